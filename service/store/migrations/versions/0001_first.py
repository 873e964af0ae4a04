"""Complaints, dispositions, events, outbox and keys.

Migrations hold the schema as it was: they import nothing of the tables as they are now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("per_minute", sa.Integer),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.Column("last_used_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("name", name="uq_api_keys_name"),
        sa.UniqueConstraint("hash", name="uq_api_keys_hash"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.String(20), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("client", NUMBER, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("channel", sa.String(40)),
        sa.Column("external_reference", sa.String(200)),
        sa.Column("kecamatan", sa.String(60)),
        sa.Column("kelurahan", sa.String(60)),
        sa.Column("address", sa.String(500)),
        sa.Column("occurred_at", MOMENT),
        sa.Column("submitted_at", MOMENT),
        sa.Column("anonymous", sa.Boolean, nullable=False),
        sa.Column("confidential", sa.Boolean, nullable=False),
        sa.Column("prediction", JSON, nullable=False),
        sa.Column("model_version", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_complaints"),
        sa.ForeignKeyConstraint(["client"], ["api_keys.id"], name="fk_complaints_client"),
    )
    op.create_index("ix_complaints_received_at", "complaints", ["received_at"])
    op.create_table(
        "reporters",
        sa.Column("complaint", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200)),
        sa.Column("phone", sa.String(40)),
        sa.Column("email", sa.String(200)),
        sa.Column("address", sa.String(500)),
        sa.PrimaryKeyConstraint("complaint", name="pk_reporters"),
        sa.ForeignKeyConstraint(["complaint"], ["complaints.id"], name="fk_reporters_complaint"),
    )
    op.create_table(
        "dispositions",
        sa.Column("complaint", sa.String(20), nullable=False),
        sa.Column("sector", sa.String(60), nullable=False),
        sa.Column("urgency", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("department", sa.String(60), nullable=False),
        sa.Column("queue", sa.String(60), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("advice", sa.Text),
        sa.Column("review_reasons", JSON, nullable=False),
        sa.Column("assigned_at", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.Column("deadline_rule", sa.String(100), nullable=False),
        sa.Column("deadline_source", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("complaint", name="pk_dispositions"),
        sa.ForeignKeyConstraint(["complaint"], ["complaints.id"], name="fk_dispositions_complaint"),
    )
    op.create_index("ix_dispositions_waiting", "dispositions", ["queue", "status", "rank", "deadline"])
    op.create_table(
        "events",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("complaint", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("type", sa.String(60), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("queue", sa.String(60), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sa.ForeignKeyConstraint(["complaint"], ["complaints.id"], name="fk_events_complaint"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_complaint", "events", ["complaint"])
    op.create_table(
        "outbox",
        sa.Column("event", NUMBER, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("event", name="pk_outbox"),
        sa.ForeignKeyConstraint(["event"], ["events.id"], name="fk_outbox_event"),
    )
    keep_events()


def keep_events() -> None:
    """Triggers that refuse to change or remove an event."""
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER events_no_{act.lower()} BEFORE {act} ON events "
                "BEGIN SELECT RAISE(ABORT, 'events are only appended to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION events_keep() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are only appended to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_keep()"
    )

"""The officers' work: claims, corrections, split complaints, reminders; and keys that make a request count once."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Plain SQL, since SQLite would otherwise have to copy a table that others refer to.
    reference = "CONSTRAINT fk_complaints_parent REFERENCES complaints (id)"
    op.execute(f"ALTER TABLE complaints ADD COLUMN parent VARCHAR(20) {reference}")
    op.create_index("ix_complaints_parent", "complaints", ["parent"])
    op.add_column("complaints", sa.Column("secondary", JSON, nullable=False, server_default="[]"))
    op.add_column("dispositions", sa.Column("claimed_by", sa.String(120)))
    for name in ("lease_until", "reminded_at", "escalated_at"):
        op.add_column("dispositions", sa.Column(name, MOMENT))
    op.create_index("ix_dispositions_status_deadline", "dispositions", ["status", "deadline"])
    op.create_table(
        "corrections",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("complaint", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("after", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.ForeignKeyConstraint(["complaint"], ["complaints.id"], name="fk_corrections_complaint"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_corrections_complaint", "corrections", ["complaint"])
    op.create_table(
        "completions",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("complaint", sa.String(20), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_completions"),
        sa.ForeignKeyConstraint(["complaint"], ["complaints.id"], name="fk_completions_complaint"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_completions_complaint", "completions", ["complaint"])
    op.create_table(
        "idempotency",
        sa.Column("client", NUMBER, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("body", sa.String(64), nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name="pk_idempotency"),
        sa.ForeignKeyConstraint(["client"], ["api_keys.id"], name="fk_idempotency_client"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["created_at"])

"""Webhooks: who is told of events, and what each must still be told."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("name", sa.String(50), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("secret", sa.String(100), nullable=False),
        sa.Column("queue", sa.String(60)),
        sa.Column("client", NUMBER),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("lease", sa.String(32)),
        sa.Column("lease_until", MOMENT),
        sa.Column("delivered_at", MOMENT),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.UniqueConstraint("name", name="uq_webhooks_name"),
        sa.ForeignKeyConstraint(["client"], ["api_keys.id"], name="fk_webhooks_client"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "deliveries",
        sa.Column("webhook", NUMBER, nullable=False),
        sa.Column("event", NUMBER, nullable=False),
        sa.Column("left", sa.Boolean, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_at", MOMENT),
        sa.Column("error", sa.String(100)),
        sa.PrimaryKeyConstraint("webhook", "event", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["webhook"], ["webhooks.id"], name="fk_deliveries_webhook"),
        sa.ForeignKeyConstraint(["event"], ["events.id"], name="fk_deliveries_event"),
    )
    op.create_index("ix_deliveries_due", "deliveries", ["webhook", "next_at"])

"""Indexes over what is open, so that nothing that officers wait for grows slower with the archive."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_dispositions_waiting", "dispositions")
    op.drop_index("ix_dispositions_status_deadline", "dispositions")
    in_turn = ["queue", "rank", "deadline", "complaint"]
    by_deadline = ["deadline", "complaint", "reminded_at"]
    for name, columns, condition in (
        ("open", [*in_turn, "status"], "status != 'selesai'"),
        ("resolved", in_turn, "status = 'selesai'"),
        ("due", by_deadline, "status IN ('menunggu', 'diproses') AND escalated_at IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(f"ix_dispositions_{name}", "dispositions", columns, sqlite_where=where, postgresql_where=where)

"""Every event gets its outbox row from the database itself; fewer indexes to write for each complaint."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_complaints_received_at", "complaints")  # numbers begin with the day
    op.drop_index("ix_complaints_parent", "complaints")
    split_off = sa.text("parent IS NOT NULL")
    op.create_index(
        "ix_complaints_parent", "complaints", ["parent"], sqlite_where=split_off, postgresql_where=split_off
    )
    insert = "INSERT INTO outbox (event, created_at) VALUES (NEW.id, NEW.at);"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER events_outbox AFTER INSERT ON events BEGIN {insert} END")
        return
    op.execute(
        f"CREATE FUNCTION events_outbox() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert} RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER events_outbox AFTER INSERT ON events FOR EACH ROW EXECUTE FUNCTION events_outbox()")

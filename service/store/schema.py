"""The schema's version: upgrade it, and tell whether a database has it."""

from pathlib import Path

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from service.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring a database to a revision, in one transaction; a new one gets all tables.

    On PostgreSQL processes that start together wait for one another.
    """
    with database.write() as connection:
        if not database.sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(3375)")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(database: Database) -> str | None:
    """The revision a database has, or None where there is no table yet."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision this version of the program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def revisions() -> list[str]:
    """All revisions that this version of the program knows, the first one first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()][::-1]


def _config() -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config

"""The service's stored complaints, for labelling and for drift. Their schema is the service's; they are only read."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import sqlalchemy as sa

from model.city import DATA, read_toml
from model.prediction import QUESTIONS
from training.errors import DataError

COMPLAINTS = sa.text(
    "SELECT c.id AS id, c.text AS text, c.received_at AS received, c.kelurahan AS area FROM complaints c "
    "JOIN dispositions d ON d.complaint = c.id WHERE NOT c.confidential AND d.queue NOT IN :hidden ORDER BY c.id"
).bindparams(sa.bindparam("hidden", expanding=True))


def stored_complaints(url: str) -> pd.DataFrame:
    """All complaints but the confidential ones and those of restricted queues: ``id, text, received, area``.

    Raises
    ------
    DataError
        The database cannot be read or is none of the service's.
    """
    routing = read_toml(DATA / "routing.toml")
    hidden = [queue["key"] for queue in routing.get("queue", []) if queue.get("restricted")]
    try:
        address = sa.make_url(url)
        if address.drivername == "sqlite" and not Path(address.database or "").is_file():
            raise DataError(f"{address.database}: there is no such database; name it as disposisi serve does")
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = sa.create_engine(address)
        with engine.connect() as connection:
            rows = connection.execute(COMPLAINTS, {"hidden": hidden}).mappings().all()
        engine.dispose()
    except (sa.exc.SQLAlchemyError, ModuleNotFoundError) as error:
        raise DataError(
            f"the database cannot be read ({type(error).__name__}); name it as disposisi serve does"
        ) from error
    return pd.DataFrame([dict(row) for row in rows], columns=["id", "text", "received", "area"]).fillna("").astype(str)


def recent_complaints(url: str, days: int) -> pd.DataFrame:
    """Those of the last days, with empty columns for the labels that nobody gave them; errors as above."""
    rows = stored_complaints(url)
    since = f"{datetime.now(UTC) - timedelta(days=days):%Y-%m-%d}"
    return rows[rows["received"] >= since].assign(**dict.fromkeys(QUESTIONS, "")).reset_index(drop=True)

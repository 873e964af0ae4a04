"""The hand-written corpus of ``data/corpus``: one CSV a sector."""

import hashlib
from pathlib import Path

import pandas as pd

from model.city import PROJECT_DATA, City
from training.errors import DataError

CORPUS = PROJECT_DATA / "corpus"
COLUMNS = ["text", "sector", "urgency", "kind", "register", "batch"]
"""``batch`` tells who wrote a row together: rows of one batch never stand on both sides of a split."""


def read_corpus(city: City, folder: Path = CORPUS) -> pd.DataFrame:
    """All messages of the corpus, in the order of the files' names, columns as ``COLUMNS``, all strings.

    Raises
    ------
    DataError
        There is no file, a column is missing, or a label is not in the taxonomy.
    """
    paths = sorted(folder.glob("*.csv"))
    if not paths:
        raise DataError(f"{folder}: no corpus file; restore data/corpus from the project")
    return pd.concat([_read(path, city) for path in paths], ignore_index=True)


def _read(path: Path, city: City) -> pd.DataFrame:
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    if list(frame.columns) != COLUMNS:
        raise DataError(f"{path}: columns are {', '.join(frame.columns)}; expected {', '.join(COLUMNS)}")
    for question, labels in city.labels.items():
        wrong = frame.index[~frame[question].isin(list(labels))]
        if len(wrong):
            row = wrong[0]
            raise DataError(
                f"{path}, row {row + 2}, column {question}: unknown label {frame.at[row, question]!r}; "
                "use a key of data/taxonomy.toml"
            )
    return frame


def content_hash(frame: pd.DataFrame) -> str:
    """Hex digest of the rows, whatever file or order of columns they came from."""
    digest = hashlib.sha256()
    for row in frame[sorted(frame.columns)].itertuples(index=False):
        digest.update("\x1f".join(map(str, row)).encode() + b"\x1e")
    return digest.hexdigest()

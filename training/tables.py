"""Files of complaints as tables of strings, whole in memory: for training and evaluation."""

from pathlib import Path

import pandas as pd

from training.errors import DataError


def read_table(path: Path, text_column: str) -> pd.DataFrame:
    """A CSV, Excel, Parquet or JSON Lines file, by its ending, as strings; the text column is named ``text``.

    Raises
    ------
    DataError
        The ending is unknown, the file cannot be read, or there is no such column.
    """
    name = path.name.lower()
    try:
        if name.endswith((".csv", ".csv.gz")):
            frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=None, engine="python")
        elif name.endswith(".xlsx"):
            frame = pd.read_excel(path, dtype=str, keep_default_na=False)
        elif name.endswith(".parquet"):
            frame = pd.read_parquet(path).astype(str)
        elif name.endswith(".jsonl"):
            frame = pd.read_json(path, lines=True, dtype=False).astype(str)
        else:
            raise DataError(f"{path}: unknown ending; use .csv, .csv.gz, .xlsx, .parquet or .jsonl")
    except (ValueError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: cannot be read as its ending says ({error})") from error
    if text_column not in frame.columns:
        raise DataError(
            f"{path}: no column {text_column!r}; choose the one with the messages by --text-column: "
            + ", ".join(map(str, frame.columns))
        )
    return frame.rename(columns={text_column: "text"})

"""Files of complaints as tables of strings, whole in memory: for checking, training and evaluation."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from training.errors import DataError
from training.labelstudio import tasks_table

SEPARATORS = (",", ";", "\t", "|")
"""Indonesian spreadsheets save CSV with semicolons."""


def read_table(path: Path) -> pd.DataFrame:
    """A CSV, Excel, Parquet, JSON Lines or Label Studio file, by its ending, as strings; nothing is empty text.

    Raises
    ------
    DataError
        The ending is unknown, or the file cannot be read.
    """
    reader = next((read for ending, read in READERS.items() if path.name.lower().endswith(ending)), None)
    if reader is None:
        raise DataError(f"{path}: unknown ending; use one of {', '.join(READERS)}")
    try:
        frame = reader(path)
    except DataError:
        raise
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}; save it as 'CSV UTF-8' or as .xlsx") from error
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"{path}: cannot be read as its ending says ({error})") from error
    frame.columns = [str(column).strip() for column in frame.columns]
    if repeated := frame.columns[frame.columns.duplicated()].tolist():
        raise DataError(f"{path}: two columns are called {repeated[0]!r}; give each its own name")
    return frame.fillna("").astype(str)


def _read_csv(path: Path) -> pd.DataFrame:
    with _opened(path) as file:
        header = file.readline()
    separator = max(SEPARATORS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=separator)


def _opened(path: Path) -> Any:
    if path.name.lower().endswith(".gz"):
        import gzip

        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _read_excel(path: Path) -> pd.DataFrame:
    from zipfile import BadZipFile

    try:
        return pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
    except BadZipFile as error:
        raise DataError(f"{path}: no Excel workbook; open it in a spreadsheet program and save it as .xlsx") from error


def _read_jsonl(path: Path) -> pd.DataFrame:
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return pd.DataFrame([json.loads(line) for line in lines if line.strip()])


def _read_json(path: Path) -> pd.DataFrame:
    return tasks_table(json.loads(path.read_text(encoding="utf-8-sig")), str(path))


READERS: dict[str, Callable[[Path], pd.DataFrame]] = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".xlsx": _read_excel,
    ".parquet": pd.read_parquet,
    ".jsonl": _read_jsonl,
    ".json": _read_json,
}
"""File ending to the function that reads such files; ``.json`` is Label Studio's export."""

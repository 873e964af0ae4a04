"""Which reader and writer a file's ending means."""

import gzip
import shutil
import zlib
from pathlib import Path

from training.errors import DataError
from training.tagging.csv_file import CsvReader, CsvWriter, open_csv
from training.tagging.interface import Reader, Writer

ENDINGS = (".csv", ".csv.gz")


def ending(path: Path) -> str:
    """The ending that tells a file's format.

    Raises
    ------
    DataError
        It is none of ``ENDINGS``.
    """
    name = path.name.lower()
    for known in ENDINGS:
        if name.endswith(known):
            return known
    raise DataError(f"{path}: unknown ending; use one of {', '.join(ENDINGS)}")


def open_reader(path: Path, text_column: str, folder: Path) -> Reader:
    """A reader of a file; one that must be unpacked first is unpacked into ``folder``."""
    if ending(path) == ".csv.gz":
        return open_csv(_unpacked(path, folder / "input.csv"), text_column, path)
    return open_csv(path, text_column, path)


def open_writer(path: Path, reader: Reader, names: list[str]) -> Writer:
    """A writer of a file with the reader's columns and those that are added."""
    packed = ending(path) == ".csv.gz"
    if isinstance(reader, CsvReader):
        return CsvWriter(reader.columns, names, packed, reader.delimiter, reader.encoding, reader.header)
    return CsvWriter(reader.columns, names, packed)


def _unpacked(path: Path, target: Path) -> Path:
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: the packed file is damaged ({error}); get it anew") from error
    return target

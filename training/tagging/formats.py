"""Which reader and writer a file's ending means."""

import gzip
import shutil
import zlib
from pathlib import Path

from training.errors import DataError
from training.tagging.csv_file import CsvReader, CsvWriter, open_csv
from training.tagging.interface import Reader, Writer
from training.tagging.jsonl_file import JsonlWriter, open_jsonl

ENDINGS = (".csv", ".csv.gz", ".parquet", ".xlsx", ".jsonl")


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


def open_reader(path: Path, text_column: str, folder: Path, target: str) -> Reader:
    """A reader of a file for an output of the ending ``target``.

    What cannot be read at any place is laid out in ``folder`` first. A format's libraries are imported only for it.
    """
    match ending(path):
        case ".parquet":
            from training.tagging.parquet_file import open_parquet

            return open_parquet(path, text_column)
        case ".xlsx":
            from training.tagging.xlsx_file import open_xlsx

            return open_xlsx(path, text_column, folder)
        case ".jsonl":
            return open_jsonl(path, text_column, all_keys=target != ".jsonl")
        case ".csv.gz":
            return open_csv(_unpacked(path, folder / "input.csv"), text_column, path)
    return open_csv(path, text_column, path)


def open_writer(
    path: Path, reader: Reader, text_column: str, names: list[str], escape_formulas: bool = False
) -> Writer:
    """A writer of a file with the reader's columns and those that are added. ``escape_formulas``: in CSV.

    Raises
    ------
    DataError
        The format wants a name of its own for each column.
    """
    columns = reader.columns
    match ending(path):
        case ".parquet":
            from training.tagging.parquet_file import ParquetReader, ParquetWriter, text_schema

            if isinstance(reader, ParquetReader):
                return ParquetWriter(reader.schema, names)
            _check_names(reader)
            return ParquetWriter(text_schema(columns), names)
        case ".xlsx":
            from training.tagging.xlsx_file import XlsxReader, XlsxWriter

            return XlsxWriter(columns, names, reader.formats if isinstance(reader, XlsxReader) else [])
        case ".jsonl":
            _check_names(reader)
            return JsonlWriter(columns, names, text_column)
        case kind:
            packed = kind == ".csv.gz"
    if isinstance(reader, CsvReader):
        own = (reader.delimiter, reader.encoding, reader.header)
        return CsvWriter(columns, names, packed, *own, escape_formulas=escape_formulas)
    return CsvWriter(columns, names, packed, escape_formulas=escape_formulas)


def _check_names(reader: Reader) -> None:
    for column in reader.columns:
        if reader.columns.count(column) > 1:
            raise DataError(f"{reader.path}, row 1: two columns are named {column!r}; rename one, or write .csv")


def _unpacked(path: Path, target: Path) -> Path:
    try:
        with gzip.open(path) as packed, target.open("wb") as plain:
            shutil.copyfileobj(packed, plain, 1 << 20)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"{path}: the packed file is damaged ({error}); get it anew") from error
    return target

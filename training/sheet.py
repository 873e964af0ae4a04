"""Spreadsheets for people to work in: drop-down labels, frozen header, readable widths."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from training.errors import DataError

CELL = 32_767
ROWS = 1_048_575
"""What one cell and one sheet of an Excel workbook hold."""

WIDE, NARROW = 80, 18


def write_sheet(path: Path, frame: pd.DataFrame, choices: Mapping[str, Sequence[str]]) -> None:
    """Write a table of strings as .xlsx or .csv; in a workbook the columns of ``choices`` get drop-down lists.

    Nothing is written over: a file of that name is an error. Entries that begin with ``=`` stay text.

    Raises
    ------
    DataError
        The file is there already, its ending is another, or the table does not fit into a workbook.
    """
    if path.exists():
        raise DataError(f"{path} is there already; move it away or name another file by --out")
    if path.suffix == ".csv":
        frame.to_csv(path, index=False, encoding="utf-8-sig")
        return
    if path.suffix != ".xlsx":
        raise DataError(f"{path}: a copy can be written as .xlsx or .csv")
    if len(frame) > ROWS or any(frame[column].str.len().max() > CELL for column in frame.columns):
        raise DataError(f"{path}: a workbook holds {ROWS} rows and {CELL} characters a cell; use --out NAME.csv")
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    _fill(sheet, frame)
    lists = book.create_sheet("label")
    lists.sheet_state = "hidden"
    for number, (column, entries) in enumerate(choices.items(), start=1):
        for row, entry in enumerate(entries, start=1):
            lists.cell(row, number, entry)
        letter = get_column_letter(number)
        rule = DataValidation("list", formula1=f"label!${letter}$1:${letter}${len(entries)}", allow_blank=True)
        rule.errorTitle, rule.error, rule.showErrorMessage = "Label tidak dikenal", "Pilih dari daftar", True
        at = get_column_letter(list(frame.columns).index(column) + 1)
        rule.add(f"{at}2:{at}{len(frame) + 1}")
        sheet.add_data_validation(rule)
    book.save(path)


def _fill(sheet: Worksheet, frame: pd.DataFrame) -> None:
    for number, column in enumerate(frame.columns, start=1):
        sheet.cell(1, number, column).font = Font(bold=True)
        lengths = frame[column].str.len()
        sheet.column_dimensions[get_column_letter(number)].width = WIDE if lengths.mean() > NARROW * 2 else NARROW
        for row, entry in enumerate(frame[column], start=2):
            cell = sheet.cell(row, number)
            cell.value = ILLEGAL_CHARACTERS_RE.sub("", entry)
            cell.data_type = TYPE_STRING
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions

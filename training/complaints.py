"""A file of complaints as training and evaluation want it: roles for columns, keys for labels, ISO dates."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from model.city import City
from model.prediction import QUESTIONS
from training.columns import Labels, find_columns
from training.findings import Finding, Level
from training.tables import read_table

ROLES = ("text", *QUESTIONS, "received", "area", "source", "weight", "batch")

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(.*)")


@dataclass(frozen=True, slots=True)
class Complaints:
    """A file that was read.

    ``table``: as it stands, all strings. ``columns``: role to column of ``table``. ``rows``: the columns ``ROLES``
    and ``row`` (the spreadsheet's row); every question's entry is a key or empty, ``received`` an ISO date or
    empty, ``weight`` a number. ``findings``: what could not be read so.
    """

    path: Path
    table: pd.DataFrame
    columns: dict[str, str]
    rows: pd.DataFrame
    findings: list[Finding]


def read_complaints(
    path: Path, city: City, given: Mapping[str, str | None] | None = None, free: Collection[str] = ()
) -> Complaints:
    """Read a file. ``given``: role to column where the name does not tell it; ``free``: questions whose labels are
    taken as they stand instead of as keys of the taxonomy.

    Raises
    ------
    DataError
        The file cannot be read, or a column is missing.
    """
    table = read_table(path)
    columns = find_columns(table, given or {}, str(path))
    rows = pd.DataFrame({role: _column(table, columns.get(role)) for role in ROLES})
    rows["row"] = range(2, len(rows) + 2)
    findings: list[Finding] = []
    for row, text in zip(rows["row"], rows["text"], strict=True):
        if not any(character.isalpha() for character in text):
            findings.append(_empty(row, columns["text"]))
    for question in QUESTIONS:
        if question in columns and question not in free:
            labels = Labels(city, question)
            rows[question] = [
                _key(entry, row, columns[question], labels, findings)
                for entry, row in zip(rows[question], rows["row"], strict=True)
            ]
    if "received" in columns:
        rows["received"] = [
            _date(entry, row, columns["received"], findings)
            for entry, row in zip(rows["received"], rows["row"], strict=True)
        ]
    column = columns.get("weight", "weight")
    rows["weight"] = [
        _weight(entry, row, column, findings) for entry, row in zip(rows["weight"], rows["row"], strict=True)
    ]
    return Complaints(path, table, columns, rows, findings)


def has_words(rows: pd.DataFrame) -> "pd.Series[bool]":
    """Which rows have a message with at least one letter."""
    return rows["text"].map(lambda text: any(character.isalpha() for character in text)).astype(bool)


def iso_date(entry: str) -> str | None:
    """A date as ISO 8601, from ISO or day/month/year; None for anything else.

    >>> iso_date("3/12/2024"), iso_date("2024-12-03 10:15:00"), iso_date("kemarin")
    ('2024-12-03', '2024-12-03T10:15:00', None)
    """
    if (found := _DAY_FIRST.fullmatch(entry)) is not None:
        day, month, year, _ = found.groups()
        entry = f"{year}-{int(month):02}-{int(day):02}"
    if (iso := _ISO.match(entry)) is None:
        return None
    try:
        return pd.Timestamp(iso.group()).isoformat() if len(iso.group()) > 10 else str(pd.Timestamp(iso.group()).date())
    except ValueError:
        return None


def _column(table: pd.DataFrame, column: str | None) -> "pd.Series[str]":
    return table[column].str.strip() if column else pd.Series([""] * len(table), dtype=str)


def _empty(row: int, column: str) -> Finding:
    message, remedy = "there is no message", "write one or delete the row; training leaves it out"
    return Finding(Level.WARNING, "empty_text", row, column, "", message, remedy, "Tidak ada teks aduan")


def _key(entry: str, row: int, column: str, labels: Labels, findings: list[Finding]) -> str:
    if not entry:
        return ""
    if key := labels.key_of(entry):
        if key != entry:
            remark = f"Label '{entry}' diganti menjadi '{key}'"
            message, remedy = f"is {key!r}", "put right in the copy"
            findings.append(Finding(Level.NOTE, "renamed_label", row, column, entry, message, remedy, remark))
        return key
    if parts := labels.parts_of(entry):
        choice = ", ".join(parts)
        remark = f"Label '{entry}' sudah dipecah; pilih salah satu: {choice}"
        message, remedy = "this label was split", f"choose one of {choice}"
        findings.append(Finding(Level.ERROR, "split_label", row, column, entry, message, remedy, remark))
        return ""
    nearest = labels.nearest(entry)
    remedy = f"did you mean {nearest!r}?" if nearest else f"use one of {', '.join(labels.keys)}"
    remark = f"Label '{entry}' tidak dikenal" + (f"; mungkin maksudnya '{nearest}'?" if nearest else "")
    findings.append(Finding(Level.ERROR, "unknown_label", row, column, entry, "unknown label", remedy, remark))
    return ""


def _date(entry: str, row: int, column: str, findings: list[Finding]) -> str:
    if not entry:
        return ""
    if date := iso_date(entry):
        return date
    remark = f"Tanggal '{entry}' tidak terbaca; tulis seperti 2024-12-03"
    message, remedy = "no date that can be read", "write it as 2024-12-03; the row counts as undated"
    findings.append(Finding(Level.WARNING, "bad_date", row, column, entry, message, remedy, remark))
    return ""


def _weight(entry: str, row: int, column: str, findings: list[Finding]) -> float:
    try:
        weight = float(entry.replace(",", ".") or 1)
    except ValueError:
        weight = -1.0
    if 0 <= weight <= 1000:
        return weight
    remark = f"Bobot '{entry}' bukan angka 0 sampai 1000"
    message, remedy = "no weight", "write a number from 0 to 1000"
    findings.append(Finding(Level.ERROR, "bad_weight", row, column, entry, message, remedy, remark))
    return 1.0

"""The copy of a checked file: every row and column of the original, labels put right where certain, remarks."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from model.prediction import QUESTIONS
from training.complaints import Complaints
from training.findings import Finding
from training.sheet import write_sheet

REMARK = "catatan_periksa"
ENDING = ".diperiksa.xlsx"


def copy_path(path: Path) -> Path:
    """Where the copy goes: beside the original.

    >>> copy_path(Path("aduan 2024.csv.gz")).name
    'aduan 2024.diperiksa.xlsx'
    """
    return path.with_name(path.name.split(".", 1)[0] + ENDING)


def write_copy(
    path: Path, complaints: Complaints, findings: Sequence[Finding], labels: Mapping[str, Collection[str]]
) -> None:
    """Write the copy with the column ``catatan_periksa`` in front, drop-downs of ``labels`` on the label columns.

    Raises
    ------
    DataError
        The file is there already, or does not fit into a workbook.
    """
    table = complaints.table.copy()
    choices = {}
    for question in QUESTIONS:
        if (column := complaints.columns.get(question)) is not None:
            keys = complaints.rows[question]
            table[column] = keys.where(keys != "", table[column])
            choices[column] = list(labels[question])
    remarks: dict[int, list[str]] = defaultdict(list)
    for finding in findings:
        remarks[finding.row].append(finding.remark)
    if REMARK in table:
        table = table.drop(columns=REMARK)
    table.insert(0, REMARK, ["; ".join(remarks.get(row, [])) for row in complaints.rows["row"]])
    write_sheet(path, table, choices)

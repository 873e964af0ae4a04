"""What is amiss with a file of complaints before anybody trains on it. Reads, counts and ranks; changes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from model.prediction import QUESTIONS
from model.privacy import PLACEHOLDERS, mask
from training.complaints import Complaints, has_words
from training.duplicates import near_duplicates
from training.findings import Finding, Level
from training.suspects import Suspect

SMALL_CLASS = 20
"""Rows a label wants before a linear model learns it at all well."""


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found. ``labels``: question to label to rows; ``personal``: placeholder to messages with it."""

    rows: int
    findings: list[Finding]
    labels: dict[str, dict[str, int]]
    personal: dict[str, int]

    def count(self, level: Level) -> int:
        """How many findings there are of a level."""
        return sum(finding.level is level for finding in self.findings)


def check(complaints: Complaints, suspects: Sequence[Suspect] = ()) -> Report:
    """Everything that can be said of the file by itself, and the suspected labels."""
    rows = complaints.rows
    findings = sorted([*complaints.findings, *_duplicates(complaints)], key=lambda finding: finding.row)
    findings += [_suspected(suspect, complaints.columns[suspect.question]) for suspect in suspects]
    labels = {
        question: dict(Counter(entry for entry in rows[question] if entry).most_common())
        for question in QUESTIONS
        if question in complaints.columns
    }
    return Report(len(rows), findings, labels, personal_data(rows["text"].tolist()))


def personal_data(texts: Sequence[str]) -> dict[str, int]:
    """Placeholder to the number of messages in which masking puts it; kinds not met are left out."""
    found: Counter[str] = Counter()
    for text in texts:
        masked = mask(text)
        found.update(kind for kind in PLACEHOLDERS if masked.count(kind) > text.count(kind))
    return dict(found.most_common())


def _duplicates(complaints: Complaints) -> list[Finding]:
    """Rows that repeat an earlier one, and those that do so under another label."""
    rows = complaints.rows[has_words(complaints.rows)]
    if len(rows) < 2:
        return []
    column = complaints.columns["text"]
    questions = [q for q in QUESTIONS if q in complaints.columns]
    findings = []
    seen: set[int] = set()
    for first, second, similarity in near_duplicates(rows["text"].tolist()):
        one, other = rows.iloc[first], rows.iloc[second]
        differing = [q for q in questions if one[q] and other[q] and one[q] != other[q]]
        findings += [_contradiction(one, other, q, complaints.columns[q]) for q in differing]
        if not differing and other["row"] not in seen:
            seen.add(int(other["row"]))
            findings.append(_duplicate(one, other, similarity, column))
    return findings


def _contradiction(one: "pd.Series[str]", other: "pd.Series[str]", question: str, column: str) -> Finding:
    message = f"row {one['row']} says nearly the same and is labelled {one[question]!r}"
    remark = f"Isi hampir sama dengan baris {one['row']}, tetapi di sana labelnya '{one[question]}'"
    remedy = "give both the same label"
    row, value = int(other["row"]), other[question]
    return Finding(Level.WARNING, "contradiction", row, column, value, message, remedy, remark)


def _duplicate(one: "pd.Series[str]", other: "pd.Series[str]", similarity: float, column: str) -> Finding:
    equal = one["text"] == other["text"]
    message = f"the same as row {one['row']}" if equal else f"{similarity:.0%} like row {one['row']}"
    remark = f"Isi {'sama' if equal else 'hampir sama'} dengan baris {one['row']}"
    remedy = "nothing to do unless it was entered twice; such rows are never split between training and test"
    code = "duplicate" if equal else "near_duplicate"
    return Finding(Level.NOTE, code, int(other["row"]), column, "", message, remedy, remark)


def _suspected(suspect: Suspect, column: str) -> Finding:
    words = ", ".join(suspect.words)
    message = f"the other rows suggest {suspect.suggested!r} ({suspect.probability:.0%}; {words})"
    remark = f"Mungkin '{suspect.suggested}' ({suspect.probability:.0%}); kata penentu: {words}"
    remedy = "read the message again"
    return Finding(Level.WARNING, "suspected_label", suspect.row, column, suspect.label, message, remedy, remark)


def as_text(report: Report, most: int) -> str:
    """The report for a terminal: at most ``most`` findings of each kind."""
    lines = []
    for code in dict.fromkeys(finding.code for finding in report.findings):
        found = [finding for finding in report.findings if finding.code == code]
        lines += [f"{found[0].level.value}: {code.replace('_', ' ')}, {len(found)} row(s)"]
        lines += [f"  {finding}" for finding in found[:most]]
        if len(found) > most:
            lines.append(f"  ... and {len(found) - most} more, all in the copy")
    for question, labels in report.labels.items():
        small = {label: rows for label, rows in labels.items() if rows < SMALL_CLASS}
        lines.append(f"{question}: {sum(labels.values())} rows with a label, {len(labels)} labels")
        if small:
            listed = ", ".join(f"{label} {rows}" for label, rows in small.items())
            lines.append(f"  fewer than {SMALL_CLASS} rows, hard to learn from this file alone: {listed}")
    if report.personal:
        listed = ", ".join(f"{kind} {rows}" for kind, rows in report.personal.items())
        lines.append(f"personal data, messages with it (masked before anything is learned): {listed}")
    counts = ", ".join(f"{report.count(level)} {level.value}s" for level in Level)
    lines.append(f"{report.rows} rows: {counts}")
    return "\n".join(lines)

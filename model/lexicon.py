"""The lexicon of ``data/lexicon``: abbreviations, slang and Javanese to standard words, and protected words."""

import csv
from dataclasses import dataclass
from pathlib import Path

from model.city import DATA

LEXICON = DATA / "lexicon"

EXPANSIONS = ("abbreviations.csv", "slang.csv", "javanese.csv")
PROTECTED = "protected.csv"


class LexiconError(ValueError):
    """A lexicon file holds an entry that cannot be used; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words that the text pipeline needs beside Sastrawi's own.

    ``expansions`` maps one lower-case token to the standard words that replace it; ``protected`` words are
    never stemmed, since their form carries the meaning.
    """

    expansions: dict[str, tuple[str, ...]]
    protected: frozenset[str]


def read_lexicon(folder: Path = LEXICON) -> Lexicon:
    """Read the lexicon files.

    Raises
    ------
    LexiconError
        An entry is empty, doubled or not in lower case.
    """
    expansions: dict[str, tuple[str, ...]] = {}
    for name in EXPANSIONS:
        for line, (short, full) in _rows(folder / name):
            if short in expansions:
                raise LexiconError(f"{folder / name}, line {line}: {short!r} is there already; remove one of the two")
            if not full:
                raise LexiconError(
                    f"{folder / name}, line {line}: {short!r} has no standard word; write one or remove it"
                )
            expansions[short] = tuple(full.split())
    protected = frozenset(word for _, (word, _why) in _rows(folder / PROTECTED))
    return Lexicon(expansions, protected)


def _rows(path: Path) -> list[tuple[int, tuple[str, str]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        rows = []
        for row in reader:
            if len(row) != 2 or not row[0].strip() or row[0] != row[0].lower():
                raise LexiconError(f"{path}, line {reader.line_num}: expected two columns, the first in lower case")
            rows.append((reader.line_num, (row[0].strip(), row[1].strip())))
    return rows

"""Word rules for whole batches: phrases are compared as columns of numbers, for all messages at once.

The answers are those of ``model.matching.DangerRules``. Words that match the same patterns are one class, so a word is
known by a small number, and a table tells which class matches which pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from model.danger import DangerRule
from model.matching import Patterns, holds, uses_of
from model.ragged import Numbers, ends_of, spans


@dataclass(frozen=True, slots=True)
class _Tables:
    """Of each class of words: which patterns it matches, and the phrases found by it, from ``starts`` in ``uses``."""

    matches: NDArray[np.bool_]
    starts: Numbers
    sizes: Numbers
    uses: Numbers


class RuleTable:
    """Rules made ready to be asked about batches of texts whose words are given by their classes."""

    def __init__(self, rules: Sequence[DangerRule]) -> None:
        self.rules = tuple(rules)
        uses = uses_of(rules)
        names = list(dict.fromkeys(word for use in uses for word in use.phrase))
        number = {name: i for i, name in enumerate(names)}
        self._patterns = Patterns(names)
        longest = max((len(use.phrase) for use in uses), default=1)
        self._phrases = np.full((longest, len(uses)), -1)
        for i, use in enumerate(uses):
            self._phrases[: len(use.phrase), i] = [number[word] for word in use.phrase]
        self._at = np.array([use.at for use in uses], dtype=np.int64)
        self._found_by: list[list[int]] = [[] for _ in names]
        for i, use in enumerate(uses):
            self._found_by[number[use.phrase[use.at]]].append(i)
        first = np.cumsum([0, *(len(rule.groups) for rule in rules)])
        self._rule = np.array([use.rule for use in uses], dtype=np.int64)
        self._group = np.array([use.group for use in uses], dtype=np.int64)
        self._column = first[self._rule] + self._group - 1
        self._first = first
        self._classes: dict[tuple[int, ...], int] = {(): 0}
        self._tables: _Tables | None = None

    def class_of(self, word: str) -> int:
        """The class of a word; 0 where no rule asks for it."""
        matching = self._patterns.matching(word)
        found = self._classes.get(matching)
        if found is None:
            found = self._classes[matching] = len(self._classes)
            self._tables = None
        return found

    def fired(self, classes: Numbers, ends: Numbers) -> dict[int, list[DangerRule]]:
        """The rules that hold, in their order, for the texts where one does.

        Text ``i`` has the words ``classes[ends[i]:ends[i + 1]]``; ``ends`` begins with 0.
        """
        use, place, text = self._hits(classes, ends)
        needed = self._group[use] > 0
        present = np.zeros((len(ends) - 1, self._first[-1]), dtype=bool)
        present[text[needed], self._column[use[needed]]] = True
        complete = np.logical_and.reduceat(present, self._first[:-1], axis=1)
        kept = np.flatnonzero(complete[text, self._rule[use]])
        places: dict[tuple[int, int], dict[int, list[int]]] = {}
        columns = (text[kept], self._rule[use[kept]], self._group[use[kept]], place[kept])
        for at, rule, group, begin in zip(*map(np.ndarray.tolist, columns), strict=True):
            places.setdefault((at, rule), {}).setdefault(group, []).append(begin)
        found: dict[int, list[DangerRule]] = {}
        for at, rule in sorted(places):
            if holds(self.rules[rule], places[at, rule]):
                found.setdefault(at, []).append(self.rules[rule])
        return found

    def _hits(self, classes: Numbers, ends: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Where phrases stand: which, at which word they begin, and in which text."""
        tables = self._tables = self._tables or self._tabulate()
        finding = np.flatnonzero(tables.sizes[classes])
        sizes = tables.sizes[classes[finding]]
        place = np.repeat(finding, sizes)
        use = tables.uses[spans(tables.starts[classes[finding]], sizes)]
        text = np.repeat(np.arange(len(ends) - 1), np.diff(ends))[place]
        place = place - self._at[use]
        for i, phrases in enumerate(self._phrases):
            asked = np.flatnonzero((phrases[use] >= 0) & (self._at[use] != i))
            at = place[asked] + i
            inside = (at >= ends[text[asked]]) & (at < ends[text[asked] + 1])
            right = np.zeros(len(asked), dtype=bool)
            right[inside] = tables.matches[classes[at[inside]], phrases[use[asked[inside]]]]
            wrong = asked[~right]
            use, place, text = (np.delete(column, wrong) for column in (use, place, text))
        return use, place, text

    def _tabulate(self) -> _Tables:
        matches = np.zeros((len(self._classes), len(self._found_by)), dtype=bool)
        uses: list[list[int]] = []
        for i, matching in enumerate(self._classes):
            matches[i, list(matching)] = True
            uses.append([use for pattern in matching for use in self._found_by[pattern]])
        ends = ends_of(np.array(list(map(len, uses))))
        return _Tables(matches, ends[:-1], np.diff(ends), np.array(list(chain.from_iterable(uses)), dtype=np.int64))

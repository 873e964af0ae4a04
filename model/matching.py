"""Which word rules hold for a text: phrases are found by one of their words, then looked at closely."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from model.danger import DangerRule
from model.memo import Memo

MEMO_WORDS = 100_000
"""Words whose phrases are remembered; past that the memo starts anew."""

COMMON = frozenset(
    "0 tidak belum sudah ada bisa akan mau saya kami warga rumah air anak ini hari lagi jalan sekolah masuk orang kali"
    " ke dari besar pohon ikut lanjut oleh listrik di dalam depan apa tanggal masih kenapa cara".split()
)
"""Words that say little by themselves: phrases are not found by them where another word can do it."""


@dataclass(frozen=True, slots=True)
class Use:
    """A phrase in a group of a rule: group 0 undoes, the others are needed.

    ``at``: which of its words it is found by, the last uncommon one. ``exact``: its words, where all are whole.
    """

    rule: int
    group: int
    phrase: tuple[str, ...]
    at: int
    size: int
    exact: list[str] | None


def uses_of(rules: Sequence[DangerRule]) -> list[Use]:
    """Every phrase of every group of the rules."""
    return [
        Use(
            number,
            group,
            phrase,
            at=_finding_word(phrase),
            size=len(phrase),
            exact=None if any(word.endswith("*") for word in phrase) else list(phrase),
        )
        for number, rule in enumerate(rules)
        for group, phrases in enumerate((rule.unless, *rule.groups))
        for phrase in phrases
    ]


def _finding_word(phrase: tuple[str, ...]) -> int:
    return max(range(len(phrase)), key=lambda i: (phrase[i] not in COMMON, i))


class Patterns:
    """Words and beginnings of words (``kebakar*``), numbered in the order in which they are added.

    >>> patterns = Patterns(["api", "bakar*", "api*"])
    >>> patterns.matching("api"), patterns.matching("bakaran"), patterns.matching("air")
    ((0, 2), (1,), ())
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._exact = {p: i for i, p in enumerate(patterns) if not p.endswith("*")}
        self._prefixes = {p[:-1]: i for i, p in enumerate(patterns) if p.endswith("*")}
        self._lengths = sorted({len(prefix) for prefix in self._prefixes})

    def matching(self, word: str) -> tuple[int, ...]:
        """The numbers of the patterns that a word matches, the exact one first, the beginnings by their lengths."""
        found = [self._prefixes.get(word[:length]) for length in self._lengths if length <= len(word)]
        return tuple(number for number in (self._exact.get(word), *found) if number is not None)


_Found = tuple[int, int, Use | None]
"""What a word may be part of: the number of a rule's group, how many words before it the phrase begins, and the phrase
to be compared where it has other words too."""


class DangerRules:
    """Rules made ready to be asked about one text.

    >>> from model.danger import rule_of
    >>> table = {"name": "api", "about": "fire", "all": [["kebakaran"]], "unless": ["padam"], "floor": "darurat"}
    >>> rules = DangerRules([rule_of(table)])
    >>> [r.name for r in rules.fired("ada kebakaran di pasar".split())]
    ['api']
    >>> rules.fired("kebakaran di pasar sudah padam".split())
    []
    """

    def __init__(self, rules: Sequence[DangerRule]) -> None:
        self.rules = tuple(rules)
        slots = list(accumulate((1 + len(rule.groups) for rule in rules), initial=0))
        self._by_first_group = {slot + 1: (slot, rule) for slot, rule in zip(slots, rules, strict=False)}
        found_by: dict[str, list[_Found]] = {}
        for use in uses_of(rules):
            found = (slots[use.rule] + use.group, use.at, use if use.size > 1 else None)
            found_by.setdefault(use.phrase[use.at], []).append(found)
        patterns, by_number = Patterns(list(found_by)), list(found_by.values())
        self._found_by: Memo[tuple[_Found, ...]] = Memo(
            lambda word: tuple(found for number in patterns.matching(word) for found in by_number[number]), MEMO_WORDS
        )

    def fired(self, words: list[str]) -> list[DangerRule]:
        """The rules that hold for a text, in the order of the file."""
        begins: dict[int, list[int]] = {}
        for at, found in enumerate(map(self._found_by.__getitem__, words)):
            for slot, before, use in found:
                if use is None or (at >= before and _is_at(use, words, at - before)):
                    begins.setdefault(slot, []).append(at - before)
        fired = []
        for first_group in sorted(begins.keys() & self._by_first_group.keys()):
            slot, rule = self._by_first_group[first_group]
            groups = range(len(rule.groups) + 1)
            if holds(rule, {group: begins[slot + group] for group in groups if slot + group in begins}):
                fired.append(rule)
        return fired


def holds(rule: DangerRule, places: dict[int, list[int]]) -> bool:
    """Whether some place of the first group has all others near and nothing that undoes it.

    ``places``: the words at which phrases begin, by their groups.
    """
    if len(places) - (0 in places) < len(rule.groups):
        return False
    undone = places.get(0, ())
    return any(
        all(any(abs(i - start) <= rule.within for i in places[group]) for group in range(2, len(rule.groups) + 1))
        and not any(abs(i - start) <= rule.reach for i in undone)
        for start in places[1]
    )


def _is_at(use: Use, words: list[str], begin: int) -> bool:
    found = words[begin : begin + use.size]
    if use.exact:
        return found == use.exact
    return len(found) == use.size and all(
        word.startswith(part[:-1]) if part[-1] == "*" else word == part
        for word, part in zip(found, use.phrase, strict=True)
    )

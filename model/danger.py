"""Word rules: phrases of the unstemmed words that decide where a linear head is deaf.

Danger rules set a floor or a ceiling to the urgency, question rules add evidence for a request of information. The
rules are data, ``danger.toml`` and ``questions.toml`` in ``data/lexicon``: each has a name, what it is for, the groups
of phrases that must stand near each other, the phrases that undo it, and examples on both sides that the test suite
runs.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.lexicon import LEXICON
from model.memo import Memo

DANGER = LEXICON / "danger.toml"
QUESTIONS = LEXICON / "questions.toml"

MEMO_WORDS = 100_000
"""Words whose phrases are remembered; past that the memo starts anew."""

COMMON = frozenset(
    "0 tidak belum sudah ada bisa akan mau saya kami warga rumah air anak ini hari lagi jalan sekolah masuk orang kali"
    " ke dari besar pohon ikut lanjut oleh listrik di dalam depan apa tanggal masih kenapa cara".split()
)
"""Words that say little by themselves: phrases are not found by them where another word can do it."""


class RuleError(ValueError):
    """A danger rule cannot be used; the message names the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class DangerRule:
    """One rule. Phrases are tuples of words; a word that ends in ``*`` stands for every word that begins so.

    ``groups``: of each group one phrase must occur, all starting within ``within`` words of a phrase of the
    first group. ``unless``: phrases that undo the match when they start within ``reach`` words of it.
    ``floor`` raises the urgency to at least that key; ``ceiling`` lowers it to at most that key; ``adds`` are
    log-odds for the kind ``permintaan_informasi``.
    """

    name: str
    about: str
    groups: tuple[tuple[tuple[str, ...], ...], ...]
    unless: tuple[tuple[str, ...], ...]
    within: int
    reach: int
    floor: str | None
    ceiling: str | None
    adds: float | None
    yes: tuple[str, ...] = field(repr=False)
    no: tuple[str, ...] = field(repr=False)


def plain_rules(path: Path = DANGER) -> list[dict[str, Any]]:
    """The rules of a file in the plain form that a model carries along, each checked by ``rule_of``."""
    with path.open("rb") as file:
        tables: list[dict[str, Any]] = tomllib.load(file)["rule"]
    for table in tables:
        rule_of(table, path.name)
    return tables


def rule_of(table: dict[str, Any], source: str = "artifact") -> DangerRule:
    """One rule from its plain form.

    Raises
    ------
    RuleError
        A key is missing or unknown, or the rule has not exactly one of ``floor``, ``ceiling`` and ``adds``.
    """
    name = table.get("name", "?")
    known = {"name", "about", "all", "unless", "within", "reach", "floor", "ceiling", "adds", "yes", "no"}
    if unknown := set(table) - known:
        raise RuleError(f"{source}, rule {name}: unknown key {sorted(unknown)[0]!r}; use {', '.join(sorted(known))}")
    if missing := {"name", "about", "all"} - set(table):
        raise RuleError(f"{source}, rule {name}: {sorted(missing)[0]!r} is missing; add it")
    if sum(key in table for key in ("floor", "ceiling", "adds")) != 1:
        raise RuleError(f"{source}, rule {name}: give either a floor or a ceiling, or what it adds")
    return DangerRule(
        name=name,
        about=table["about"],
        groups=tuple(tuple(tuple(phrase.split()) for phrase in group) for group in table["all"]),
        unless=tuple(tuple(phrase.split()) for phrase in table.get("unless", ())),
        within=table.get("within", 8),
        reach=table.get("reach", 5),
        floor=table.get("floor"),
        ceiling=table.get("ceiling"),
        adds=table.get("adds"),
        yes=tuple(table.get("yes", ())),
        no=tuple(table.get("no", ())),
    )


class DangerRules:
    """Rules made ready to be asked.

    Every phrase is found by its last uncommon word. A text is walked once to see which groups could be there at
    all; only rules with all their groups are then looked at closely.

    >>> table = {"name": "api", "about": "fire", "all": [["kebakaran"]], "unless": ["padam"], "floor": "darurat"}
    >>> rules = DangerRules([rule_of(table)])
    >>> [r.name for r in rules.fired("ada kebakaran di pasar".split())]
    ['api']
    >>> rules.fired("kebakaran di pasar sudah padam".split())
    []
    """

    def __init__(self, rules: Sequence[DangerRule]) -> None:
        self.rules = tuple(rules)
        self.needs: list[int] = []
        """Of each rule the bits of its groups: a text without one of them cannot fire it."""
        self._exact: dict[str, list[_Use]] = {}
        self._prefixed: list[tuple[str, _Use]] = []
        self._known = Memo(self._look_up, MEMO_WORDS)
        used = 0
        for number, rule in enumerate(self.rules):
            for group, phrases in enumerate((rule.unless, *rule.groups)):
                for phrase in phrases:
                    self._add(phrase, number, group, 1 << (used + group - 1) if group else 0)
            self.needs.append(((1 << len(rule.groups)) - 1) << used)
            used += len(rule.groups)

    def _add(self, phrase: tuple[str, ...], rule: int, group: int, bit: int) -> None:
        at = max(range(len(phrase)), key=lambda i: (phrase[i] not in COMMON, i))
        use = _Use(rule, group, bit, phrase, at)
        if phrase[at].endswith("*"):
            self._prefixed.append((phrase[at][:-1], use))
        else:
            self._exact.setdefault(phrase[at], []).append(use)

    def bits(self, word: str) -> int:
        """The bits of the groups that have a phrase that is found by this word."""
        return self._known[word][0]

    def fired(self, words: Sequence[str]) -> list[DangerRule]:
        """The rules that hold for a text, in the order of the file."""
        known = list(map(self._known.__getitem__, words))
        present = 0
        for bits, _, _ in known:
            present |= bits
        near = {number for number, need in enumerate(self.needs) if present & need == need}
        if not near:
            return []
        places: dict[int, list[list[int]]] = {n: [[] for _ in range(len(self.rules[n].groups) + 1)] for n in near}
        self._find([needed for _, needed, _ in known], words, places)
        places = {n: p for n, p in places.items() if all(p[1:])}
        if not places:
            return []
        self._find([undoing for _, _, undoing in known], words, places)
        return [self.rules[number] for number in sorted(places) if _holds(self.rules[number], places[number])]

    def _find(
        self, uses: Sequence[tuple["_Use", ...]], words: Sequence[str], places: dict[int, list[list[int]]]
    ) -> None:
        """Note where phrases begin, for the rules that ``places`` asks about."""
        for at, at_word in enumerate(uses):
            for use in at_word:
                if use.rule in places and _is_at(use.phrase, words, at - use.at):
                    places[use.rule][use.group].append(at - use.at)

    def _look_up(self, word: str) -> "_Known":
        prefixed = [use for prefix, use in self._prefixed if word.startswith(prefix)]
        uses = (*self._exact.get(word, ()), *prefixed)
        bits = 0
        for use in uses:
            bits |= use.bit
        return bits, tuple(use for use in uses if use.group), tuple(use for use in uses if not use.group)


@dataclass(frozen=True, slots=True)
class _Use:
    """A phrase in a group of a rule: group 0 undoes, the others are needed. ``at``: where its finding word stands."""

    rule: int
    group: int
    bit: int
    phrase: tuple[str, ...]
    at: int


_Known = tuple[int, tuple[_Use, ...], tuple[_Use, ...]]
"""Of a word: the bits of its groups, the phrases found by it that are needed, and those that undo."""


def _holds(rule: DangerRule, places: list[list[int]]) -> bool:
    """Whether some place of the first group has all others near and nothing that undoes it."""
    undone, first, *others = places
    return any(
        all(any(abs(i - start) <= rule.within for i in group) for group in others)
        and not any(abs(i - start) <= rule.reach for i in undone)
        for start in first
    )


def _is_at(phrase: tuple[str, ...], words: Sequence[str], start: int) -> bool:
    if len(phrase) == 1:
        return True
    if start < 0 or start + len(phrase) > len(words):
        return False
    return all(
        words[start + i].startswith(part[:-1]) if part[-1] == "*" else words[start + i] == part
        for i, part in enumerate(phrase)
    )

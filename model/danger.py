"""Danger rules: phrases of the unstemmed words that set a floor or a ceiling under the urgency head.

The rules are data, ``data/lexicon/danger.toml``: each has a name, what it is for, the groups of phrases that
must stand near each other, the phrases that undo it, and examples on both sides that the test suite runs.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DANGER = Path(__file__).parents[1] / "data" / "lexicon" / "danger.toml"

MEMO_WORDS = 100_000
"""Words whose phrases are remembered; past that the memo starts anew."""


class RuleError(ValueError):
    """A danger rule cannot be used; the message names the rule and the remedy."""


@dataclass(frozen=True, slots=True)
class DangerRule:
    """One rule. Phrases are tuples of words; a word that ends in ``*`` stands for every word that begins so.

    ``groups``: of each group one phrase must occur, all starting within ``within`` words of a phrase of the
    first group. ``unless``: phrases that undo the match when they start within ``reach`` words of it.
    ``floor`` raises the urgency to at least that key; ``ceiling`` lowers it to at most that key.
    """

    name: str
    about: str
    groups: tuple[tuple[tuple[str, ...], ...], ...]
    unless: tuple[tuple[str, ...], ...]
    within: int
    reach: int
    floor: str | None
    ceiling: str | None
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
        A key is missing or unknown, or the rule has neither or both of ``floor`` and ``ceiling``.
    """
    name = table.get("name", "?")
    known = {"name", "about", "all", "unless", "within", "reach", "floor", "ceiling", "yes", "no"}
    if unknown := set(table) - known:
        raise RuleError(f"{source}, rule {name}: unknown key {sorted(unknown)[0]!r}; use {', '.join(sorted(known))}")
    if missing := {"name", "about", "all"} - set(table):
        raise RuleError(f"{source}, rule {name}: {sorted(missing)[0]!r} is missing; add it")
    if ("floor" in table) == ("ceiling" in table):
        raise RuleError(f"{source}, rule {name}: give either a floor or a ceiling")
    return DangerRule(
        name=name,
        about=table["about"],
        groups=tuple(tuple(tuple(phrase.split()) for phrase in group) for group in table["all"]),
        unless=tuple(tuple(phrase.split()) for phrase in table.get("unless", ())),
        within=table.get("within", 8),
        reach=table.get("reach", 5),
        floor=table.get("floor"),
        ceiling=table.get("ceiling"),
        yes=tuple(table.get("yes", ())),
        no=tuple(table.get("no", ())),
    )


class DangerRules:
    """Rules made ready to be asked.

    All phrases of all rules stand in one index by their first word, so a text is walked once; a rule is looked at
    only where each of its groups has a phrase.

    >>> table = {"name": "api", "about": "fire", "all": [["kebakaran"]], "unless": ["padam"], "floor": "darurat"}
    >>> rules = DangerRules([rule_of(table)])
    >>> [r.name for r in rules.fired("ada kebakaran di pasar".split())]
    ['api']
    >>> rules.fired("kebakaran di pasar sudah padam".split())
    []
    """

    def __init__(self, rules: Sequence[DangerRule]) -> None:
        self.rules = tuple(rules)
        self._exact: dict[str, list[_Use]] = {}
        self._prefixed: list[tuple[str, _Use]] = []
        self._uses: dict[str, tuple[_Use, ...]] = {}
        for number, rule in enumerate(self.rules):
            for group, phrases in enumerate((rule.unless, *rule.groups)):
                for phrase in phrases:
                    self._add(_Use(number, group, phrase[1:]), phrase[0])

    def _add(self, use: "_Use", word: str) -> None:
        if word.endswith("*"):
            self._prefixed.append((word[:-1], use))
        else:
            self._exact.setdefault(word, []).append(use)

    def groups_of(self, word: str) -> set[tuple[int, int]]:
        """``(rule number, group number)`` of every needed phrase that can begin at a word; groups count from 0."""
        return {(use.rule, use.group - 1) for use in self._uses_of(word) if use.group}

    def fired(self, words: Sequence[str]) -> list[DangerRule]:
        """The rules that hold for a text, in the order of the file."""
        found: dict[int, list[list[int]]] = {}
        for at, word in enumerate(words):
            for use in self._uses_of(word):
                if not use.rest or _follows(use.rest, words, at + 1):
                    places = found.setdefault(use.rule, [[] for _ in range(len(self.rules[use.rule].groups) + 1)])
                    places[use.group].append(at)
        return [self.rules[number] for number in sorted(found) if _holds(self.rules[number], found[number])]

    def _uses_of(self, word: str) -> tuple["_Use", ...]:
        uses = self._uses.get(word)
        if uses is None:
            if len(self._uses) >= MEMO_WORDS:
                self._uses = {}
            prefixed = [use for prefix, use in self._prefixed if word.startswith(prefix)]
            uses = self._uses[word] = (*self._exact.get(word, ()), *prefixed)
        return uses


@dataclass(frozen=True, slots=True)
class _Use:
    """A phrase in a group of a rule: group 0 undoes, the others are needed. ``rest``: all but its first word."""

    rule: int
    group: int
    rest: tuple[str, ...]


def _holds(rule: DangerRule, places: list[list[int]]) -> bool:
    """Whether some place of the first group has all others near and nothing that undoes it."""
    undone, first, *others = places
    return any(
        all(any(abs(i - start) <= rule.within for i in group) for group in others)
        and not any(abs(i - start) <= rule.reach for i in undone)
        for start in first
    )


def _follows(rest: tuple[str, ...], words: Sequence[str], at: int) -> bool:
    if at + len(rest) > len(words):
        return False
    return all(
        words[at + i].startswith(part[:-1]) if part[-1] == "*" else words[at + i] == part for i, part in enumerate(rest)
    )

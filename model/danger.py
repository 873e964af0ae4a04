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
    """Rules made ready to be asked: an index of the words with which a rule's first group begins.

    >>> table = {"name": "api", "about": "fire", "all": [["kebakaran"]], "unless": ["padam"], "floor": "darurat"}
    >>> rules = DangerRules([rule_of(table)])
    >>> [r.name for r in rules.fired("ada kebakaran di pasar".split())]
    ['api']
    >>> rules.fired("kebakaran di pasar sudah padam".split())
    []
    """

    def __init__(self, rules: Sequence[DangerRule]) -> None:
        self.rules = tuple(rules)
        starts = {phrase[0] for rule in self.rules for phrase in rule.groups[0]}
        self._words = frozenset(word for word in starts if not word.endswith("*"))
        self._prefixes = tuple(word[:-1] for word in starts if word.endswith("*"))

    def is_cue(self, word: str) -> bool:
        """Whether some rule can begin at this word; a text without such a word fires none."""
        return word in self._words or word.startswith(self._prefixes)

    def fired(self, words: Sequence[str]) -> list[DangerRule]:
        """The rules that hold for a text, in the order of the file."""
        if not any(map(self.is_cue, words)):
            return []
        return [rule for rule in self.rules if _holds(rule, words)]


def _holds(rule: DangerRule, words: Sequence[str]) -> bool:
    first, *others = [_starts(group, words) for group in rule.groups]
    if not first or not all(others):
        return False
    undone = _starts(rule.unless, words)
    return any(
        all(any(abs(i - start) <= rule.within for i in group) for group in others)
        and not any(abs(i - start) <= rule.reach for i in undone)
        for start in first
    )


def _starts(phrases: Sequence[tuple[str, ...]], words: Sequence[str]) -> list[int]:
    """Positions at which one of the phrases begins."""
    return [i for phrase in phrases for i in range(len(words) - len(phrase) + 1) if _is_at(phrase, words, i)]


def _is_at(phrase: tuple[str, ...], words: Sequence[str], start: int) -> bool:
    return all(
        words[start + i].startswith(part[:-1]) if part[-1] == "*" else words[start + i] == part
        for i, part in enumerate(phrase)
    )

"""Word rules: phrases of the unstemmed words that decide where a linear head is deaf.

Danger rules set a floor or a ceiling to the urgency, question rules add evidence for a request of information. The
rules are data, ``danger.toml`` and ``questions.toml`` in ``data/lexicon``: each has a name, what it is for, the groups
of phrases that must stand near each other, the phrases that undo it, and examples on both sides that the test suite
runs. ``model.matching`` finds which of them hold for a text.
"""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.lexicon import LEXICON

DANGER = LEXICON / "danger.toml"
QUESTIONS = LEXICON / "questions.toml"


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

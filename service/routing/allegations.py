"""Signs of levies and corruption in a message: ``data/allegations.toml``, read, checked and made ready to be asked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from model.city import CityError, read_toml
from model.danger import DangerRule
from model.matching import DangerRules
from service.routing.phrases import PLAIN, as_read

NEEDED = {"name", "about", "all", "yes", "no"}
ALLOWED = NEEDED | {"unless", "within", "reach"}


def read_signs(path: Path, expansions: Mapping[str, tuple[str, ...]]) -> DangerRules:
    """The signs of a file. Phrases go through the lexicon as messages do.

    Raises
    ------
    CityError
        The file is missing or no TOML, a key is wrong or missing, a phrase can never match, a list is unknown.
    """
    tables = read_toml(path)
    if unknown := sorted(set(tables) - {"lists", "sign"}):
        raise CityError(f"{path}: unknown table {unknown[0]!r}; write [lists] and [[sign]]")
    if not tables.get("sign"):
        raise CityError(f"{path}: no [[sign]]; restore it from the project's data folder")
    reader = _Reader(path, tables.get("lists", {}), expansions)
    return DangerRules([reader.sign(table) for table in tables["sign"]])


class _Reader:
    def __init__(self, path: Path, lists: Mapping[str, list[str]], expansions: Mapping[str, tuple[str, ...]]) -> None:
        self.path, self.lists, self.expansions = path, lists, expansions

    def sign(self, table: dict[str, Any]) -> DangerRule:
        name = table.get("name", "?")
        if unknown := sorted(set(table) - ALLOWED):
            self.fail(name, f"unknown key {unknown[0]!r}; use {', '.join(sorted(ALLOWED))}")
        if missing := sorted(NEEDED - set(table)):
            self.fail(name, f"{missing[0]!r} is missing; add it")
        if not table["all"] or not isinstance(table["all"], list):
            self.fail(name, "'all' must be a list of lists of phrases, and not empty")
        for key in ("within", "reach"):
            if type(table.get(key, 1)) is not int:
                self.fail(name, f"{key!r} must be a whole number of words")
        return DangerRule(
            name=name,
            about=table["about"],
            groups=tuple(self.phrases(name, group) for group in table["all"]),
            unless=self.phrases(name, table.get("unless", [])),
            within=table.get("within", 8),
            reach=table.get("reach", 5),
            floor=None,
            ceiling=None,
            adds=None,
            yes=tuple(table["yes"]),
            no=tuple(table["no"]),
        )

    def phrases(self, name: str, entries: Any) -> tuple[tuple[str, ...], ...]:
        """The phrases of a group as tuples of words, each once; ``@name`` stands for a list's."""
        found: dict[tuple[str, ...], None] = {}
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            self.fail(name, f"{entries!r} must be a list of phrases in quotation marks")
        for entry in entries:
            if entry.startswith("@") and entry[1:] not in self.lists:
                self.fail(name, f"unknown list {entry!r}; use one of {', '.join(self.lists)}")
            for phrase in self.lists[entry[1:]] if entry.startswith("@") else [entry]:
                if not PLAIN.fullmatch(phrase):
                    self.fail(name, f"{phrase!r} can never match; write plain lower-case words, numbers as 0")
                found[tuple(as_read(phrase, self.expansions))] = None
        return tuple(found)

    def fail(self, name: str, message: str) -> NoReturn:
        raise CityError(f"{self.path}, sign {name}: {message}")

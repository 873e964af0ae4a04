"""What a city owns and both sides need: label keys and departments (``data/taxonomy.toml``, ``departments.toml``)."""

import os
import tomllib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.prediction import QUESTIONS

PROJECT_DATA = Path(__file__).parents[1] / "data"
DATA = Path(os.environ.get("DISPOSISI_DATA") or PROJECT_DATA)
"""The city's folder: the project's own, or the copy that ``DISPOSISI_DATA`` names."""


class CityError(ValueError):
    """A file of the city cannot be used; the message names file, entry and remedy."""


@dataclass(frozen=True, slots=True)
class LabelText:
    """A label as people read it: stable key, Indonesian name, what belongs to it.

    ``was``: keys that this label had before, or labels that were merged into it. A label that was split stands in
    the ``was`` of each of its parts.
    """

    key: str
    name: str
    about: str
    was: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Department:
    """An office that takes complaints. ``inside``: whether it is under the city's authority."""

    code: str
    name: str
    queue: str
    inside: bool
    sectors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """The labels of each question, in the order of the file, and the departments by code."""

    labels: dict[str, dict[str, LabelText]]
    departments: dict[str, Department]

    def department_of(self, sector: str) -> Department | None:
        """The department that takes a sector when no routing rule says otherwise."""
        return next((d for d in self.departments.values() if sector in d.sectors), None)


def successors(labels: Mapping[str, LabelText]) -> dict[str, tuple[str, ...]]:
    """Keys that are no longer in use, each with the keys that took its place; several where it was split."""
    found: dict[str, tuple[str, ...]] = {}
    for label in labels.values():
        for old in label.was:
            if old not in labels:
                found[old] = (*found.get(old, ()), label.key)
    return found


def read_city(folder: Path = DATA) -> City:
    """Read and check what the city owns.

    Raises
    ------
    CityError
        A file is no TOML, an entry lacks a key or has one too many, a sector has no department or two.
    """
    taxonomy = read_toml(folder / "taxonomy.toml")
    labels = {question: _labels(taxonomy, question, folder) for question in QUESTIONS}
    return City(labels, _departments(read_toml(folder / "departments.toml"), labels["sector"], folder))


def _labels(taxonomy: dict[str, Any], question: str, folder: Path) -> dict[str, LabelText]:
    place = folder / "taxonomy.toml"
    if not taxonomy.get(question):
        raise CityError(f"{place}: no [{question}.KEY] table; add the labels of this question")
    labels = {}
    for key, table in taxonomy[question].items():
        _check_keys(place, f"{question}.{key}", table, {"name", "about"}, optional={"was"})
        labels[key] = LabelText(key, table["name"], table["about"], tuple(table.get("was", ())))
    return labels


def _departments(tables: dict[str, Any], sectors: dict[str, LabelText], folder: Path) -> dict[str, Department]:
    place = folder / "departments.toml"
    departments: dict[str, Department] = {}
    owner: dict[str, str] = {}
    for code, table in tables.items():
        _check_keys(place, code, table, {"name", "queue", "inside", "sectors"})
        for sector in table["sectors"]:
            if sector not in sectors:
                raise CityError(f"{place}, [{code}]: unknown sector {sector!r}; use a key of taxonomy.toml")
            if sector in owner:
                raise CityError(f"{place}, [{code}]: sector {sector!r} belongs to [{owner[sector]}] already; keep one")
            owner[sector] = code
        departments[code] = Department(code, table["name"], table["queue"], table["inside"], tuple(table["sectors"]))
    if missing := [sector for sector in sectors if sector not in owner]:
        raise CityError(f"{place}: sector {missing[0]!r} has no queue; add it to the sectors of one department")
    return departments


def _check_keys(
    place: Path, entry: str, table: Any, expected: set[str], optional: AbstractSet[str] = frozenset()
) -> None:
    if not isinstance(table, dict):
        raise CityError(f"{place}, {entry}: expected a table [{entry}]")
    if missing := sorted(expected - set(table)):
        raise CityError(f"{place}, [{entry}]: {missing[0]!r} is missing; add it")
    if unknown := sorted(set(table) - expected - optional):
        raise CityError(f"{place}, [{entry}]: unknown key {unknown[0]!r}; use {', '.join(sorted(expected))}")


def read_toml(path: Path) -> dict[str, Any]:
    """A file of the city, of whatever shape.

    Raises
    ------
    CityError
        It is missing, or no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CityError(f"{path}: not found; restore it from the project's data folder") from error
    except tomllib.TOMLDecodeError as error:
        raise CityError(f"{path}: {error}") from error

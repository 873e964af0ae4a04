"""Read ``data/routing.toml`` and ``places.toml``, and refuse what cannot work: file, line, remedy."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn

from model.city import DATA, City, CityError, read_city, read_toml
from model.lexicon import read_lexicon
from model.matching import DangerRules
from service.routing.allegations import read_signs
from service.routing.deadlines import JAKARTA
from service.routing.phrases import PLAIN, as_read
from service.routing.rules import DeadlineRule, Queue, Routing, Rule, When

CONDITIONS = {"sector", "kind", "urgency", "kecamatan", "kelurahan", "words", "unless", "allegation", "review"}
FLAGS = {"allegation", "review"}
TEXTS = {"key", "name", "reason", "source", "note"}
REVIEW_REASONS = (
    "pesan_kosong",
    "ragu_sektor",
    "lokasi_tidak_dikenal",
    "lokasi_bertentangan",
    "wewenang_bertentangan",
    "dikembalikan",
)
SINGLE = {("department", "rule"), ("queue", "rule"), ("department", "queue")}
LONGEST = {"working_days": 366, "hours": 240}


def read_routing(folder: Path = DATA) -> Routing:
    """Read and check what routing needs.

    Phrases go through the lexicon as messages do: "jukir" in a rule finds what "juru parkir" finds.

    Raises
    ------
    CityError
        A key is wrong or missing, a department, label or place is unknown, a rule can never match, no deadline is
        left for some complaint, a body outside the city has no advice.
    """
    city = read_city(folder)
    places = read_toml(folder / "places.toml")
    city_name = places.pop("city", "")
    kelurahan = {name: kecamatan for kecamatan, names in places.items() for name in names}
    expansions = read_lexicon(folder / "lexicon").expansions
    signs = read_signs(folder / "allegations.toml", expansions)
    return _Reader(folder / "routing.toml", city, kelurahan, expansions, signs, city_name).read()


class _Reader:
    """The file being read, so that every error can name its line."""

    def __init__(
        self,
        path: Path,
        city: City,
        kelurahan: dict[str, str],
        expansions: Mapping[str, tuple[str, ...]],
        signs: DangerRules,
        city_name: str,
    ) -> None:
        self.city_name = city_name
        self.path, self.city, self.kelurahan, self.expansions, self.signs = path, city, kelurahan, expansions, signs
        self.tables = read_toml(path)
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.queues: dict[str, Queue] = {}

    def read(self) -> Routing:
        if unknown := sorted(set(self.tables) - {"queue", "rule", "deadline", "advice", "review_reason"}):
            self.fail(
                f"[{unknown[0]}", f"unknown table {unknown[0]!r}; use queue, rule, deadline, review_reason or advice"
            )
        self.read_queues()
        rules = tuple(self.rule(i, table) for i, table in enumerate(self.tables.get("rule", [])))
        self.check_unique("rule", [rule.name for rule in rules])
        self.check_reach(rules)
        deadlines = tuple(self.deadline(i, table) for i, table in enumerate(self.tables.get("deadline", [])))
        self.check_deadlines(deadlines)
        advice = self.tables.get("advice", {})
        self.check_advice(advice)
        reasons = self.tables.get("review_reason", {})
        self.check_texts(reasons)
        if missing := [key for key in REVIEW_REASONS if key not in reasons]:
            self.fail("[review_reason]", f"no words for {missing[0]!r}; add a line for the officers")
        if not any(rule.when.review for rule in rules):
            self.fail(
                "[[rule]]", "no rule with review = true; add one, so that a person sees what the model is unsure of"
            )
        return Routing(
            self.city,
            self.queues,
            rules,
            deadlines,
            advice.get("urgency", {}),
            advice.get("department", {}),
            advice.get("closing", ""),
            reasons,
            self.kelurahan,
            self.city_name,
            self.signs,
        )

    def read_queues(self) -> None:
        for department in self.city.departments.values():
            self.queues[department.queue] = Queue(department.queue, department.name, department.code, restricted=False)
        for i, table in enumerate(self.tables.get("queue", [])):
            self.keys("queue", i, table, {"key", "name", "department"}, {"restricted"})
            self.known("queue", i, "department", [table["department"]], self.city.departments)
            if table["key"] in self.queues:
                self.fail_at("queue", i, "key", f"queue {table['key']!r} is there already; give it another key")
            restricted = table.get("restricted", False)
            self.queues[table["key"]] = Queue(table["key"], table["name"], table["department"], restricted)

    def rule(self, i: int, table: dict[str, Any]) -> Rule:
        self.keys("rule", i, table, {"name", "reason"}, CONDITIONS | {"department", "queue"})
        if ("department" in table) == ("queue" in table):
            self.fail_at("rule", i, "name", "give either a department or a queue")
        when = self.when(i, table)
        if "queue" in table:
            self.known("rule", i, "queue", [table["queue"]], self.queues)
            queue = self.queues[table["queue"]]
            return Rule(table["name"], when, queue.department, queue.key, table["reason"])
        self.known("rule", i, "department", [table["department"]], self.city.departments)
        department = self.city.departments[table["department"]]
        return Rule(table["name"], when, department.code, department.queue, table["reason"])

    def when(self, i: int, table: dict[str, Any]) -> When:
        allowed: dict[str, Mapping[str, Any]] = {
            **self.city.labels,
            "kecamatan": dict.fromkeys(self.kelurahan.values()),
            "kelurahan": self.kelurahan,
        }
        lists = {key: tuple(table.get(key, ())) for key in CONDITIONS - FLAGS}
        for key, values in lists.items():
            if key in table and (not values or isinstance(table[key], str)):
                self.fail_at("rule", i, key, f"{key!r} must be a list with at least one entry, or be left out")
            if key in allowed:
                self.known("rule", i, key, values, allowed[key])
            else:
                lists[key] = tuple([self.phrase(i, key, value) for value in values])
        if lists["words"] and set(lists["words"]) <= set(lists["unless"]):
            self.fail_at("rule", i, "unless", "the rule can never match: `unless` undoes every phrase of `words`")
        inside = {self.kelurahan[name] for name in lists["kelurahan"]}
        if inside and lists["kecamatan"] and not inside & set(lists["kecamatan"]):
            self.fail_at("rule", i, "kelurahan", "the rule can never match: no such kelurahan lies in that kecamatan")
        flags = {key: table.get(key, False) for key in FLAGS}
        if not any(lists.values()) and not any(flags.values()):
            self.fail_at("rule", i, "name", "the rule has no condition; add one, or change departments.toml")
        return When(**lists, allegation=flags["allegation"], review=flags["review"])

    def phrase(self, i: int, key: str, value: Any) -> str:
        """A phrase as messages hold it, each word through the lexicon."""
        if not isinstance(value, str) or not PLAIN.fullmatch(value):
            self.fail_at("rule", i, key, f"{value!r} can never match; write plain lower-case words, numbers as 0")
        return " ".join(as_read(value, self.expansions))

    def deadline(self, i: int, table: dict[str, Any]) -> DeadlineRule:
        self.keys(
            "deadline", i, table, {"name", "valid_from", "source"}, {"urgency", "kind", "queue", "note", *LONGEST}
        )
        allowed_keys: dict[str, Mapping[str, Any]] = {**self.city.labels, "queue": self.queues}
        for key, allowed in allowed_keys.items():
            self.known("deadline", i, key, table.get(key, ()), allowed)
        if len(LONGEST.keys() & table) != 1:
            self.fail_at("deadline", i, "name", "give either working_days or hours")
        for key in LONGEST.keys() & table:
            if type(table[key]) is not int or not 1 <= table[key] <= LONGEST[key]:
                self.fail_at("deadline", i, key, f"must be a whole number of at least 1 and at most {LONGEST[key]}")
        if type(table["valid_from"]) is not date:
            self.fail_at("deadline", i, "valid_from", "must be a date such as 2026-01-31, without quotes")
        lists = {key: tuple(table.get(key, ())) for key in ("urgency", "kind", "queue")}
        return DeadlineRule(
            table["name"],
            **lists,
            working_days=table.get("working_days", 0),
            hours=table.get("hours", 0),
            valid_from=table["valid_from"],
            source=table["source"],
        )

    def check_unique(self, table: str, names: list[str]) -> None:
        for i, name in enumerate(names):
            if name in names[:i]:
                self.fail_at(table, i, "name", f"the name {name!r} is taken; names are kept with complaints for ever")

    def check_reach(self, rules: Sequence[Rule]) -> None:
        """No rule may stand behind another that matches whenever it does."""
        for i, rule in enumerate(rules):
            for earlier in rules[:i]:
                if _covers(earlier.when, rule.when):
                    self.fail_at(
                        "rule", i, "name", f"can never match: {earlier.name!r} comes first and matches more; move it up"
                    )

    def check_deadlines(self, deadlines: Sequence[DeadlineRule]) -> None:
        self.check_unique("deadline", [rule.name for rule in deadlines])
        if deadlines and deadlines[-1].valid_from > datetime.now(JAKARTA).date():
            self.fail(
                "[[deadline]]", f"the last deadline, {deadlines[-1].name}, is not valid yet; set an earlier valid_from"
            )
        if not deadlines or deadlines[-1].urgency or deadlines[-1].kind or deadlines[-1].queue:
            self.fail("[[deadline]]", "the last deadline must have no condition, so that every complaint gets one")

    def check_advice(self, advice: dict[str, Any]) -> None:
        if unknown := sorted(set(advice) - {"urgency", "department", "closing"}):
            self.fail("[advice", f"unknown key {unknown[0]!r} of advice; use urgency, department or closing")
        self.check_texts({"closing": advice.get("closing", "")})
        for key, allowed in (("urgency", self.city.labels["urgency"]), ("department", self.city.departments)):
            self.check_texts(advice.get(key, {}))
            for name in advice.get(key, {}):
                if name not in allowed:
                    self.fail(f"{name} =", f"advice for an unknown {key} {name!r}; use {', '.join(allowed)}")
        for department in self.city.departments.values():
            if not department.inside and department.code not in advice.get("department", {}):
                self.fail("[advice.department]", f"no advice for {department.code!r}; add a line for the citizen")

    def check_texts(self, table: dict[str, Any]) -> None:
        for name, value in table.items():
            if not isinstance(value, str):
                self.fail(f"{name} =", f"{name!r} must be a text in quotes")

    def keys(self, name: str, i: int, table: dict[str, Any], needed: set[str], allowed: set[str]) -> None:
        if unknown := sorted(set(table) - needed - allowed):
            self.fail_at(name, i, unknown[0], f"unknown key {unknown[0]!r}; use {', '.join(sorted(needed | allowed))}")
        if missing := sorted(needed - set(table)):
            self.fail_at(name, i, "", f"{missing[0]!r} is missing; add it")
        for key, value in table.items():
            if key in FLAGS | {"restricted"} and not isinstance(value, bool):
                self.fail_at(name, i, key, f"{key!r} must be true or false, without quotes")
            if (key in TEXTS or (key, name) in SINGLE) and not isinstance(value, str):
                self.fail_at(name, i, key, f"{key!r} must be one text in quotes")

    def known(self, name: str, i: int, key: str, values: Sequence[str], allowed: Mapping[str, Any]) -> None:
        for value in values:
            if not isinstance(value, str) or value not in allowed:
                self.fail_at(name, i, key, f"unknown {key} {value!r}; use one of {', '.join(allowed)}")

    def fail_at(self, table: str, i: int, key: str, message: str) -> NoReturn:
        """Fail at a key of the i-th table of a name, or at the table's head."""
        heads = [n for n, line in enumerate(self.lines) if line.strip() == f"[[{table}]]"]
        start = heads[i]
        name = self.tables[table][i].get("name", self.tables[table][i].get("key", f"number {i + 1}"))
        at = start
        for n in range(start + 1, len(self.lines)):
            line = self.lines[n].strip()
            if line.startswith("["):
                break
            if key and line.split("=")[0].strip() == key:
                at = n
                break
        raise CityError(f"{self.path}, line {at + 1}, {table} {name}: {message}")

    def fail(self, start: str, message: str) -> NoReturn:
        """Fail at the first line that starts so."""
        at = next((n for n, line in enumerate(self.lines, 1) if line.startswith(start)), len(self.lines))
        raise CityError(f"{self.path}, line {at}: {message}")


def _covers(earlier: When, later: When) -> bool:
    """Whether the earlier conditions hold wherever the later do."""
    for key in ("sector", "kind", "urgency", "kecamatan", "kelurahan", "words"):
        wide, narrow = set(getattr(earlier, key)), set(getattr(later, key))
        if wide and not (narrow and narrow <= wide):
            return False
    return set(earlier.unless) <= set(later.unless) and all(getattr(later, f) or not getattr(earlier, f) for f in FLAGS)

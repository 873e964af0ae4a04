"""From files of complaints to the rows that a model is trained on."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from model.city import City
from model.prediction import QUESTIONS
from training.complaints import Complaints, has_words, read_complaints
from training.corpus import read_corpus
from training.errors import DataError
from training.findings import refuse_errors
from training.fit import GRID, Fitted, HeadSettings, fit
from training.models import labels_of, read_language
from training.splits import find_twins
from training.suspects import Suspect, find_suspects

CORPUS = "corpus"
KNOWN = "known"
KEPT_FROM = 3
"""Rows that a word must be in to stand in a model that learned from files: what one citizen wrote may be a name. The
corpus alone holds nobody's."""

SMALLEST = 5
"""Rows that a label of the data's own must have; with fewer there is none for each of five parts."""


@dataclass(frozen=True, slots=True)
class Material:
    """What a training run starts from.

    ``frame``: ``text``, the questions, ``received``, ``weight``, ``batch`` and ``twin`` (rows that must stay
    together), ``row`` and, where labels are the data's own, ``known`` with the corpus's labels. ``labels``: question
    to keys. ``own``: questions whose labels are the data's own. ``sources``: name, rows, SHA-256 and weight of each.
    ``archive``: messages without labels.
    """

    frame: pd.DataFrame
    labels: dict[str, list[str]]
    own: tuple[str, ...] = ()
    sources: list[dict[str, Any]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    archive: list[str] = field(default_factory=list)

    def fit(self, search: bool) -> Fitted:
        """Train. ``search``: choose the settings of every question from ``GRID``, not only of the data's own."""
        searched = self.labels if search else self.own
        grid: dict[str, Sequence[HeadSettings]] = dict.fromkeys(searched, GRID)
        knowledge = KNOWN if self.own and KNOWN in self.frame else None
        least = 1 if [source["name"] for source in self.sources] == [CORPUS] else KEPT_FROM
        return fit(self.frame, self.labels, read_language(), grid, knowledge, self.archive, least)


def gather(
    paths: Sequence[Path],
    city: City,
    given: Mapping[str, str | None],
    labels_from_data: bool = False,
    corpus: bool = True,
    weights: Mapping[str, float] | None = None,
    unlabelled: Sequence[Path] = (),
) -> Material:
    """Read the files, and the project's corpus unless told otherwise.

    ``weights``: file name, or ``corpus``, to a factor for all of its rows. With ``labels_from_data`` the questions
    that the files answer get the files' labels; the corpus then teaches the other questions, and its own labels
    help to learn the new ones.

    Raises
    ------
    DataError
        A file cannot be read, an entry cannot be used, no file has labels, or a weight names no source.
    """
    weights = dict(weights or {})
    names = [*(path.name for path in paths), *([CORPUS] if corpus else [])]
    if unknown := set(weights) - set(names):
        raise DataError(f"--weight {sorted(unknown)[0]}: no such source; use one of {', '.join(names)}")
    free = QUESTIONS if labels_from_data else ()
    parts: list[pd.DataFrame] = []
    sources: list[dict[str, Any]] = []
    notices: list[str] = []
    own: set[str] = set()
    for path in paths:
        complaints = read_complaints(path, city, given, free)
        refuse_errors(complaints.findings, str(path))
        answered = [q for q in QUESTIONS if q in complaints.columns]
        if not answered:
            raise DataError(
                f"{path}: no column with labels; name it by --sector-column, --urgency-column or --kind-column. "
                f"The file has: {', '.join(complaints.table.columns)}"
            )
        own |= set(answered) & set(free)
        rows = _usable(complaints, notices)
        rows["batch"] = [f"{path}:{batch or row}" for batch, row in zip(rows["batch"], rows["row"], strict=True)]
        rows["weight"] *= weights.get(path.name, 1.0)
        parts.append(rows)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        sources.append(_source(path.name, rows, digest, weights))
    if corpus:
        rows = _corpus_rows(city, own, weights)
        parts.append(rows)
        sources.append(_source(CORPUS, rows, None, weights))
    frame = pd.concat(parts, ignore_index=True)
    if KNOWN in frame:
        frame[KNOWN] = frame[KNOWN].fillna("")
    labels = labels_of(city)
    for question in QUESTIONS:
        if question in own:
            labels[question] = _own_labels(frame, question, labels[question], notices)
        elif not (frame[question] != "").any():
            del labels[question]
    frame["twin"] = find_twins(frame["text"].tolist())
    archive = [text for path in unlabelled for text in _messages(path, city, given, sources)]
    new = set(archive) - set(frame["text"])
    archive = [text for text in dict.fromkeys(archive) if text in new]
    return Material(frame, labels, tuple(q for q in QUESTIONS if q in own), sources, notices, archive)


def suspects_of(
    complaints: Complaints, city: City, given: Mapping[str, str | None], labels_from_data: bool = False
) -> list[Suspect]:
    """Probably wrong labels of a file, by what its other rows and the corpus say; none where nothing is learned.

    Raises
    ------
    DataError
        With ``labels_from_data``: the file has no labels to learn.
    """
    if labels_from_data:
        material = gather([complaints.path], city, given, labels_from_data)
        return find_suspects(material.fit(search=False), material.frame, read_language())
    rows = _usable(complaints, [])
    questions = [q for q in QUESTIONS if (rows[q] != "").any()]
    if not questions:
        return []
    rows["batch"] = rows["row"].map(lambda row: f"file:{row}")
    frame = pd.concat([rows, _corpus_rows(city, (), {})], ignore_index=True)
    frame["twin"] = find_twins(frame["text"].tolist())
    labels = {q: keys for q, keys in labels_of(city).items() if q in questions}
    language = read_language()
    return find_suspects(fit(frame, labels, language), frame, language)


def _usable(complaints: Complaints, notices: list[str]) -> pd.DataFrame:
    """The rows with a message and at least one label."""
    rows = complaints.rows
    kept = has_words(rows) & (rows[list(QUESTIONS)] != "").any(axis=1)
    if not kept.all():
        notices.append(f"{complaints.path}: {int((~kept).sum())} rows without a message or without a label left out")
    return rows[kept].reset_index(drop=True)


def _corpus_rows(city: City, own: Collection[str], weights: Mapping[str, float]) -> pd.DataFrame:
    corpus = read_corpus(city)
    rows = corpus[["text", *QUESTIONS, "batch"]].assign(
        received="", area="", source=CORPUS, weight=weights.get(CORPUS, 1.0), row=0
    )
    if own:
        rows[KNOWN] = rows["sector"]
        rows[list(own)] = ""
    return rows


def _messages(path: Path, city: City, given: Mapping[str, str | None], sources: list[dict[str, Any]]) -> list[str]:
    """The messages of a file whose labels, if it has any, are not looked at."""
    rows = read_complaints(path, city, {"text": given.get("text")}, QUESTIONS).rows
    rows = rows[has_words(rows)]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    sources.append({"name": path.name, "rows": len(rows), "sha256": digest, "weight": 0.0, "unlabelled": True})
    return list(rows["text"])


def _own_labels(frame: pd.DataFrame, question: str, usual: Sequence[str], notices: list[str]) -> list[str]:
    """The data's labels, in the taxonomy's order where they are its own; too small ones are left out."""
    counts = frame.loc[frame[question] != "", question].value_counts()
    small = sorted(counts.index[counts < SMALLEST])
    if small:
        notices.append(f"{question}: left out, fewer than {SMALLEST} rows: {', '.join(small)}")
        frame.loc[frame[question].isin(small), question] = ""
    kept = sorted(counts.index[counts >= SMALLEST])
    if len(kept) < 2:
        raise DataError(f"{question}: {len(kept)} label(s) with {SMALLEST} rows or more; two are needed")
    return [key for key in usual if key in kept] if set(kept) <= set(usual) else kept


def _source(name: str, rows: pd.DataFrame, digest: str | None, weights: Mapping[str, float]) -> dict[str, Any]:
    return {"name": name, "rows": len(rows), "sha256": digest, "weight": weights.get(name, 1.0)}

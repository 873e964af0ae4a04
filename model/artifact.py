"""A model on disk: a folder that says what it is, and is checked before anything in it is believed.

    manifest.json    version, when, by whom, label keys, calibration, thresholds, figures, data and file hashes,
                     library versions, fingerprint of the text pipeline
    scorer.npz       the compiled scorer: plain numbers, all that serving and tagging need
    language.json    expansions, protected words, stems, danger rules
    pipeline.joblib  the trained scikit-learn objects, for inspection and for tests; never opened when serving

Beside the models, the file ``current`` names the promoted one, ``last-served`` the one that a service loaded last.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model.classifier import Classifier
from model.danger import rule_of
from model.heads import Head
from model.matching import DangerRules
from model.scorer import Scorer, ScorerTables
from model.stemming import WordStemmer
from model.text import words_of

FORMAT = 4
"""Raised when the files of an artifact change their meaning."""

NAMES = ("stems", "ngrams", "words")
NUMBERS = ("stem_rows", "ngram_rows", "word_rows", "intercepts")
"""The parts of the scorer's tables as they stand in scorer.npz."""

READ = ("manifest.json", "scorer.npz", "language.json")
"""The files that answering needs."""

CURRENT, SERVED = "current", "last-served"
"""Files in the models folder: each names a model, the promoted one and the one that a service loaded last."""

PROBES = (
    "Yth. Dinas PU, jln di Gg. 3 RT 02/RW 05 rusak parah & berlubang!!! tolooong diperbaiki",
    "lampu2 PJU mati sdh 2 mgg â€“ gelap bgt 😭 hub 0812-3456-7890 / budi@contoh.id",
    "Nama saya Siti, NIK 3375014105900001, motor G 1234 AB ditilang. Bansos blm cair pdhl sdh didata",
    "banyune mboten mili pun tigang dinten, nyuwun tulung nggih pak",
)


class ArtifactError(RuntimeError):
    """A model folder cannot be used; the message says why and how to get one that can."""


@dataclass(frozen=True, slots=True)
class Language:
    """The words a model was trained with: expansions, stems and danger rules in their plain forms."""

    expansions: dict[str, tuple[str, ...]]
    protected: list[str]
    stems: dict[str, str]
    danger: list[dict[str, Any]]

    def stemmer(self) -> WordStemmer:
        """The stemmer as it was in training."""
        return WordStemmer(self.protected, self.stems)

    def words_of(self, text: str) -> list[str]:
        """The unstemmed words of a text, as in training."""
        return words_of(text, self.expansions)

    def fingerprint(self) -> str:
        """What the text pipeline makes of fixed probes: other steps or another lexicon, another fingerprint."""
        stemmer = self.stemmer()
        seen = [[words := self.words_of(probe), stemmer.stems(words)] for probe in PROBES]
        return sha256(json.dumps(seen).encode())


def sha256(content: bytes) -> str:
    """Hex digest of bytes."""
    return hashlib.sha256(content).hexdigest()


def save(
    folder: Path,
    manifest: dict[str, Any],
    heads: dict[str, Head],
    tables: ScorerTables,
    language: Language,
    pipeline: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Write a model folder; returns the whole manifest. The manifest is written last."""
    folder.mkdir(parents=True)
    arrays: dict[str, Any] = {name: _packed(getattr(tables, name)) for name in NAMES}
    arrays |= {name: getattr(tables, name) for name in NUMBERS}
    np.savez(folder / "scorer.npz", **arrays)
    language_text = json.dumps(asdict(language), ensure_ascii=False, sort_keys=True, indent=0)
    (folder / "language.json").write_text(language_text, encoding="utf-8", newline="\n")
    if pipeline is not None:
        import joblib

        joblib.dump(pipeline, folder / "pipeline.joblib", compress=3)
    manifest = manifest | {
        "format": FORMAT,
        "heads": {question: asdict(head) for question, head in heads.items()},
        "fingerprint": language.fingerprint(),
        "files": {file.name: sha256(file.read_bytes()) for file in sorted(folder.iterdir())},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False), encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a model folder, its format checked.

    Raises
    ------
    ArtifactError
        There is none, it cannot be read, or it is of another format.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ArtifactError(f"{folder} holds no readable manifest.json; train a model: disposisi train") from error
    if manifest.get("format") != FORMAT:
        raise ArtifactError(
            f"{folder} has format {manifest.get('format')}, this version reads {FORMAT}; train again: disposisi train"
        )
    return manifest


def load(folder: Path) -> Classifier:
    """Load a model for answering, after checking every file against the manifest.

    Raises
    ------
    ArtifactError
        A file is missing or changed, the model was made by other text steps, or its parts do not fit each other.
    """
    manifest = read_manifest(folder)
    for name in READ[1:]:
        path = folder / name
        if not path.is_file() or sha256(path.read_bytes()) != manifest["files"].get(name):
            raise ArtifactError(f"{path} is missing or not the file that was trained; restore it or train again")
    language = language_of(folder)
    if language.fingerprint() != manifest["fingerprint"]:
        raise ArtifactError(f"{folder} was made by other text steps than this version's; train again: disposisi train")
    with np.load(folder / "scorer.npz", allow_pickle=False) as arrays:
        parts: dict[str, Any] = {name: _unpacked(arrays[name]) for name in NAMES}
        parts |= {name: arrays[name] for name in NUMBERS}
    tables = ScorerTables(**parts)
    heads = {question: _head(plain) for question, plain in manifest["heads"].items()}
    if not _fit(tables, heads):
        raise ArtifactError(f"{folder}: manifest.json and scorer.npz do not fit; restore them or train again")
    return Classifier(
        version=manifest["version"],
        expansions=language.expansions,
        scorer=Scorer(tables, language.stemmer()),
        heads=heads,
        danger=DangerRules([rule_of(table) for table in language.danger]),
    )


def language_of(folder: Path) -> Language:
    """The words that a model was trained with."""
    plain = json.loads((folder / "language.json").read_text(encoding="utf-8"))
    expansions = {short: tuple(full) for short, full in plain["expansions"].items()}
    return Language(expansions, plain["protected"], plain["stems"], plain["danger"])


def current(models: Path, file: str = CURRENT) -> Path | None:
    """The folder of the promoted model, or None where nothing was promoted yet. ``file``: ``CURRENT`` or ``SERVED``."""
    try:
        name = (models / file).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return models / name


def promoted(models: Path) -> Path:
    """The folder of the promoted model.

    Raises
    ------
    ArtifactError
        None is promoted.
    """
    folder = current(models)
    if folder is None:
        raise ArtifactError(f"{models} has no promoted model; train one: disposisi train")
    return folder


def set_current(models: Path, version: str, file: str = CURRENT) -> None:
    """Make a model the promoted one, in one step: readers see the old name or the new one. ``file`` as above."""
    written = models / f"{file}.{os.getpid()}"
    written.write_text(version + "\n", encoding="utf-8")
    written.replace(models / file)


def load_current(models: Path) -> Classifier:
    """Load the promoted model.

    Raises
    ------
    ArtifactError
        None is promoted, or the promoted one cannot be used.
    """
    return load(promoted(models))


def _fit(tables: ScorerTables, heads: Mapping[str, Head]) -> bool:
    """Whether every label has one score column, shift and threshold, and every name its row."""
    columns = len(tables.intercepts)
    labelled = all(len(head.keys) == len(head.shifts) == len(head.thresholds) for head in heads.values())
    shapes = [(len(getattr(tables, name)), columns) for name in NAMES]
    return (
        labelled
        and sum(len(head.keys) for head in heads.values()) == columns
        and [tables.stem_rows.shape, tables.ngram_rows.shape, tables.word_rows.shape] == shapes
    )


def _packed(names: list[str]) -> NDArray[np.uint8]:
    """Names as one array of bytes, so that nothing needs a pickle; no word holds a line break."""
    return np.frombuffer("\n".join(names).encode(), dtype=np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> list[str]:
    return packed.tobytes().decode().split("\n") if len(packed) else []


def _head(plain: dict[str, Any]) -> Head:
    return Head(
        keys=tuple(plain["keys"]),
        sharpness=plain["sharpness"],
        shifts=tuple(plain["shifts"]),
        thresholds=tuple(plain["thresholds"]),
        noise=plain["noise"],
        pressing=plain["pressing"],
    )

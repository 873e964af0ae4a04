"""The folder of trained models: make a candidate, list, promote, roll back."""

import getpass
import hashlib
import json
import platform
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from model import artifact
from model.artifact import ArtifactError, Language
from model.city import City, read_city
from model.classifier import Classifier
from model.danger import DANGER, QUESTIONS, plain_rules
from model.lexicon import read_lexicon
from model.renames import with_new_names
from training import seen
from training.baseline import baseline
from training.corpus import content_hash, read_corpus
from training.fit import Fitted, fit

LIBRARIES = ("scikit-learn", "numpy", "scipy", "PySastrawi", "ftfy")


def read_language() -> Language:
    """The language files of ``data/lexicon`` in the form a model carries."""
    lexicon = read_lexicon()
    expansions = dict(sorted(lexicon.expansions.items()))
    return Language(expansions, sorted(lexicon.protected), {}, [*plain_rules(DANGER), *plain_rules(QUESTIONS)])


def train_default(models: Path) -> str:
    """Train on the project's corpus, save and promote; returns the version."""
    city = read_city()
    frame = read_corpus(city)
    name = save(models, fit(frame, labels_of(city), read_language()), frame, {})
    artifact.set_current(models, name)
    return name


def save(
    models: Path,
    fitted: Fitted,
    frame: pd.DataFrame,
    metrics: Mapping[str, Any],
    sources: Sequence[Mapping[str, Any]] = (),
) -> str:
    """Write a candidate model; returns its version: the date and the first digits of its checksum.

    The checksum is of everything that answers: scorer, language, heads. The same data and settings give the same
    one. The folder appears whole or not at all.
    """
    now = datetime.now(UTC)
    models.mkdir(parents=True, exist_ok=True)
    manifest = {
        "created": now.isoformat(timespec="milliseconds"),
        "author": getpass.getuser(),
        "rows": len(frame),
        "data": content_hash(frame),
        "sources": list(sources),
        "settings": {question: asdict(settings) for question, settings in fitted.settings.items()},
        "python": platform.python_version(),
        "libraries": {library: version(library) for library in LIBRARIES},
        "metrics": dict(metrics),
        "baseline": baseline(fitted, frame),
    }
    with tempfile.TemporaryDirectory(dir=models, prefix=".unfinished-") as unfinished:
        folder = Path(unfinished) / "model"
        manifest = artifact.save(folder, manifest, fitted.heads, fitted.tables, fitted.language, fitted.pipeline)
        seen.write(folder, frame["text"].tolist())
        digest = checksum(manifest)
        name = f"{now:%Y%m%d-%H%M%S}-{digest[:8]}"
        manifest = {"version": name, "checksum": digest} | manifest
        (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False), encoding="utf-8")
        if not (models / name).exists():
            folder.rename(models / name)
    return name


def checksum(manifest: Mapping[str, Any]) -> str:
    """Hex digest of what makes a model's answers."""
    answering = [manifest["files"]["scorer.npz"], manifest["files"]["language.json"], manifest["heads"]]
    return hashlib.sha256(json.dumps(answering, sort_keys=True).encode()).hexdigest()


def labels_of(city: City) -> dict[str, list[str]]:
    """Each question's keys in the order of the taxonomy."""
    return {question: list(keys) for question, keys in city.labels.items()}


def list_models(models: Path) -> list[dict[str, Any]]:
    """The manifests of all models that this version can read, the oldest first."""
    found = []
    for path in models.glob("[!.]*/manifest.json"):
        try:
            found.append(artifact.read_manifest(path.parent))
        except ArtifactError:
            found.append({"version": path.parent.name, "created": "", "author": "", "unusable": True})
    return sorted(found, key=lambda manifest: str(manifest["created"]))


def find_model(models: Path, name: str | None) -> Path:
    """The folder of a version (or the beginning of one); without a name the newest candidate.

    Raises
    ------
    ArtifactError
        There is none, or several begin so.
    """
    versions = [manifest["version"] for manifest in list_models(models)]
    matching = [v for v in versions if v == name] or [v for v in versions if v.startswith(name or "")]
    if not versions:
        raise ArtifactError(f"{models} has no model; train one: disposisi train")
    if name and len(matching) != 1:
        what = "several models begin" if matching else "no model begins"
        raise ArtifactError(f"{models}: {what} with {name!r}; disposisi models lists them")
    return models / str(matching[-1])


def open_model(folder: Path, city: City) -> Classifier:
    """A model of the folder, its labels under the names that they have now.

    Raises
    ------
    ArtifactError
        It cannot be used, or a label of it was split or merged since.
    """
    return with_new_names(artifact.load(folder), city.labels)

"""The folder of trained models: make a candidate, name it, promote it."""

import getpass
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from model import artifact
from model.artifact import Language
from model.city import City, read_city
from model.danger import DANGER, plain_rules
from model.lexicon import read_lexicon
from training.corpus import content_hash, read_corpus
from training.fit import Fitted, fit

LIBRARIES = ("scikit-learn", "numpy", "scipy", "PySastrawi", "ftfy")


def read_language() -> Language:
    """The language files of ``data/lexicon`` in the form a model carries."""
    lexicon = read_lexicon()
    expansions = {short: list(full) for short, full in sorted(lexicon.expansions.items())}
    return Language(expansions, sorted(lexicon.protected), {}, plain_rules(DANGER))


def train_default(models: Path) -> str:
    """Train on the project's corpus, save and promote; returns the version."""
    city = read_city()
    frame = read_corpus(city)
    name = save(models, fit(frame, labels_of(city), read_language()), frame, {})
    artifact.set_current(models, name)
    return name


def save(models: Path, fitted: Fitted, frame: pd.DataFrame, metrics: Mapping[str, Any]) -> str:
    """Write a candidate model; returns its version: the date and the first digits of what it was made of."""
    now = datetime.now(UTC)
    data = content_hash(frame)
    name = f"{now:%Y%m%d-%H%M%S}-{data[:8]}"
    manifest = {
        "version": name,
        "created": now.isoformat(timespec="seconds"),
        "author": getpass.getuser(),
        "rows": len(frame),
        "data": data,
        "python": platform.python_version(),
        "libraries": {library: version(library) for library in LIBRARIES},
        "metrics": dict(metrics),
    }
    artifact.save(models / name, manifest, fitted.heads, fitted.tables, fitted.language, fitted.pipeline)
    return name


def labels_of(city: City) -> dict[str, list[str]]:
    """Each question's keys in the order of the taxonomy."""
    return {question: list(keys) for question, keys in city.labels.items()}

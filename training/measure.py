"""A model of the folder on a file: what `evaluate` and `report` both begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from model import artifact
from model.city import City, read_city
from model.classifier import Classifier
from training import seen
from training.complaints import has_words, read_complaints
from training.evaluate import evaluate, own_labels
from training.findings import refuse_errors
from training.models import find_model, open_model


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a model on the rows of a file; ``seen``: how many of them it was trained on."""

    city: City
    classifier: Classifier
    manifest: dict[str, Any]
    rows: pd.DataFrame
    figures: dict[str, Any]
    seen: int


def measure(data: Path, models: Path, version: str | None, given: Mapping[str, str | None]) -> Measured:
    """Measure the named model, else the promoted one.

    Raises
    ------
    ArtifactError, DataError
        There is no such model, or the file cannot be used.
    """
    folder = find_model(models, version) if version else artifact.promoted(models)
    city = read_city()
    classifier = open_model(folder, city)
    complaints = read_complaints(data, city, given, own_labels(classifier, city))
    refuse_errors(complaints.findings, str(data))
    rows = complaints.rows[has_words(complaints.rows)].reset_index(drop=True)
    known = int(seen.was_seen(folder, rows["text"].tolist()).sum())
    return Measured(city, classifier, artifact.read_manifest(folder), rows, evaluate(classifier, rows), known)

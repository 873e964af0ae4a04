"""Which model answers: promotion behind a gate, the way back, and the record of both.

``promotions.jsonl`` in the models folder is only appended to. ``current`` is replaced in one step; running services
look at it and follow.
"""

import getpass
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from model import artifact
from model.artifact import ArtifactError
from model.city import City
from training import compare, seen
from training.complaints import has_words, read_complaints
from training.errors import DataError
from training.evaluate import own_labels
from training.findings import refuse_errors
from training.models import open_model

RECORD = "promotions.jsonl"

TEST_ROWS = 50
"""With fewer unseen rows a gate would open and shut by chance."""


class PromotionError(DataError):
    """The candidate is worse on the frozen test file; the message says in what."""


def history(models: Path) -> list[dict[str, Any]]:
    """All promotions and rollbacks, the oldest first."""
    path = models / RECORD
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def frozen_test(models: Path) -> dict[str, str] | None:
    """Path and SHA-256 of the test file that the last promotion was measured on."""
    return next((entry["test"] for entry in reversed(history(models)) if entry.get("test")), None)


def gate(models: Path, candidate: Path, test: Path, city: City, given: Mapping[str, str | None]) -> dict[str, Any]:
    """Both models on the rows of the test file that neither was trained on: figures, and ``losses``.

    Raises
    ------
    DataError
        The file cannot be used, or too few of its rows are unseen.
    """
    current = artifact.current(models)
    assert current is not None
    old, new = open_model(current, city), open_model(candidate, city)
    complaints = read_complaints(test, city, given, own_labels(new, city))
    refuse_errors(complaints.findings, str(test))
    rows = complaints.rows[has_words(complaints.rows)]
    known = seen.was_seen(candidate, rows["text"].tolist()) | seen.was_seen(current, rows["text"].tolist())
    if (unseen := int((~known).sum())) < TEST_ROWS:
        raise DataError(
            f"{test}: {unseen} of {len(rows)} rows are new to both models, {TEST_ROWS} are needed; "
            "keep rows for testing that no model is trained on"
        )
    figures, _ = compare.compare(old, new, rows[~known])
    if not any(isinstance(value, dict) for value in figures.values()):
        raise DataError(f"{test}: no question that both models answer has labels there")
    return figures | {"seen": int(known.sum()), "losses": compare.losses(figures)}


def promote(models: Path, candidate: Path, test: Path | None, figures: dict[str, Any], reason: str | None) -> None:
    """Make the candidate the model that answers.

    ``figures``: of the gate, empty for the first model. ``reason``: why although the gate refuses; it is kept.

    Raises
    ------
    PromotionError
        The gate found losses and there is no reason.
    """
    if figures.get("losses") and not reason:
        raise PromotionError(
            f"{candidate.name} is not promoted: {'; '.join(figures['losses'])}. Look at disposisi compare; "
            'if it must be, give a reason: --force "..."'
        )
    artifact.load(candidate)
    told = {"test": {"path": str(test.resolve()), "sha256": digest(test)}} if test else {}
    _switch(models, "promote", candidate.name, {"figures": figures, "reason": reason} | told)


def rollback(models: Path) -> str:
    """Return to the model that answered before; returns its version.

    Raises
    ------
    ArtifactError
        There was none before, or it cannot be used any more.
    """
    current = artifact.current(models)
    entries = history(models)
    promotions = [entry for entry in entries if entry["action"] == "promote"]
    before = [entry["previous"] for entry in promotions if current and entry["version"] == current.name]
    if not before or not before[-1]:
        raise ArtifactError(f"{models}: no model was promoted before this one; disposisi models lists all")
    artifact.load(models / before[-1])
    _switch(models, "rollback", before[-1], {})
    return str(before[-1])


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _switch(models: Path, action: str, version: str, more: Mapping[str, Any]) -> None:
    current = artifact.current(models)
    entry = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "by": getpass.getuser(),
        "action": action,
        "version": version,
        "previous": current.name if current else None,
    }
    artifact.set_current(models, version)
    with (models / RECORD).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry | dict(more), ensure_ascii=False) + "\n")

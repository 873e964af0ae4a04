"""A newly promoted model takes over; one that cannot be used does not."""

import json
import shutil
import time
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from model import artifact
from model.artifact import ArtifactError, sha256
from service.app import create_app
from service.config import Config
from service.models import Models
from service.parts import Parts
from tests.service.conftest import LAMP, Api
from tests.service.running import running_server


@pytest.fixture
def models(tmp_path: Path, shipped_models: Path, parts: Parts) -> Models:
    """The application's models, in a folder of their own."""
    folder = tmp_path / "models"
    shutil.copytree(shipped_models, folder)
    made = Models(folder, parts.routing.city.labels)
    object.__setattr__(parts, "models", made)
    return made


def promote_copy(folder: Path, version: str) -> Path:
    current = artifact.current(folder)
    assert current
    made = folder / version
    shutil.copytree(current, made)
    manifest = json.loads((made / "manifest.json").read_text())
    (made / "manifest.json").write_text(json.dumps(manifest | {"version": version}))
    artifact.set_current(folder, version)
    return made


def test_a_promoted_model_takes_over(models: Models, tmp_path: Path, intake: Api) -> None:
    promote_copy(tmp_path / "models", "new")
    assert intake.get("/ready").get_json()["model_version"] != "new"
    models.refresh()
    assert intake.get("/ready").get_json() == {
        "ready": True,
        "database": "ok",
        "model_version": "new",
        "model_refused": None,
    }
    assert intake.post("/v1/classify", {"text": LAMP}).get_json()["model_version"] == "new"


def test_a_damaged_model_is_refused_and_the_old_one_stays(models: Models, tmp_path: Path, intake: Api) -> None:
    old = models.classifier.version
    damaged = promote_copy(tmp_path / "models", "damaged")
    (damaged / "scorer.npz").write_bytes(b"x")
    models.refresh()
    told = intake.get("/ready").get_json()
    assert told["model_version"] == old
    assert "scorer.npz" in told["model_refused"]
    promote_copy_of(tmp_path / "models", old, "mended")
    models.refresh()
    assert intake.get("/ready").get_json()["model_refused"] is None


def promote_copy_of(folder: Path, old: str, version: str) -> None:
    artifact.set_current(folder, old)
    promote_copy(folder, version)


def test_a_model_with_other_labels_is_refused(models: Models, tmp_path: Path) -> None:
    made = promote_copy(tmp_path / "models", "foreign")
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["heads"]["sector"]["keys"][0] = "kehutanan"
    (made / "manifest.json").write_text(json.dumps(manifest))
    models.refresh()
    assert "kehutanan" in str(models.refused)
    del manifest["heads"]["kind"]
    (made / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError):
        Models(tmp_path / "models", models._labels)


def test_a_vanished_or_unreadable_model_is_refused(models: Models, tmp_path: Path) -> None:
    artifact.set_current(tmp_path / "models", "gone")
    models.refresh()
    assert "gone" in str(models.refused)
    made = tmp_path / "models" / "odd"
    shutil.copytree(next(p for p in (tmp_path / "models").iterdir() if p.is_dir()), made)
    manifest = json.loads((made / "manifest.json").read_text())
    (made / "language.json").write_text("{}")
    manifest["files"]["language.json"] = sha256(b"{}")
    (made / "manifest.json").write_text(json.dumps(manifest))
    artifact.set_current(tmp_path / "models", "odd")
    models.refresh()
    assert "cannot be loaded" in str(models.refused)


def test_without_a_model_the_service_does_not_start(config: Config, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="disposisi train"):
        create_app(replace(config, models=tmp_path / "none"))


def test_no_request_is_lost_while_a_model_takes_over(tmp_path: Path, shipped_models: Path) -> None:
    folder = tmp_path / "copied"
    shutil.copytree(shipped_models, folder)
    with running_server(tmp_path / "var", folder) as server:
        body = json.dumps({"text": LAMP}).encode()
        headers = {"Authorization": f"Bearer {server.key}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{server.address}/v1/classify", body, headers)
        promote_copy(folder, "new")
        end = time.monotonic() + 20
        seen: list[str] = []
        while "new" not in seen and time.monotonic() < end:
            with urllib.request.urlopen(request, timeout=5) as answer:
                seen.append(json.load(answer)["model_version"])
    assert len(set(seen)) == 2
    assert seen[-1] == "new"

"""A newly promoted model takes over; one that cannot be used does not."""

import json
import os
import shutil
import signal
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
from tests.service.load import children_of
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
        "model_refused": False,
    }
    assert intake.post("/v1/classify", {"text": LAMP}).get_json()["model_version"] == "new"


def test_a_damaged_model_is_refused_and_the_old_one_stays(models: Models, tmp_path: Path, intake: Api) -> None:
    old = models.classifier.version
    damaged = promote_copy(tmp_path / "models", "damaged")
    (damaged / "scorer.npz").write_bytes(b"x")
    models.refresh()
    told = intake.get("/ready").get_json()
    assert told["model_version"] == old
    assert told["model_refused"] is True
    assert "scorer.npz" in str(models.refused)
    promote_copy_of(tmp_path / "models", old, "mended")
    models.refresh()
    assert intake.get("/ready").get_json()["model_refused"] is False


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
    (tmp_path / "models" / "last-served").unlink()
    with pytest.raises(ArtifactError, match="do not fit"):
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


def test_a_file_put_back_in_place_is_picked_up(models: Models, tmp_path: Path) -> None:
    made = promote_copy(tmp_path / "models", "restored")
    whole = (made / "scorer.npz").read_bytes()
    (made / "scorer.npz").write_bytes(whole[:-1])
    models.refresh()
    assert "restore it" in str(models.refused)
    (made / "scorer.npz").write_bytes(whole)
    models.refresh()
    assert (models.refused, models.classifier.version) == (None, "restored")


def test_a_manifest_with_a_label_less_is_refused(models: Models, tmp_path: Path) -> None:
    made = promote_copy(tmp_path / "models", "short")
    manifest = json.loads((made / "manifest.json").read_text())
    del manifest["heads"]["sector"]["keys"][3]
    (made / "manifest.json").write_text(json.dumps(manifest))
    models.refresh()
    assert "do not fit" in str(models.refused)
    assert models.classifier.predict(LAMP).sector is not None


def test_at_a_start_the_last_model_that_served_goes_on(models: Models, tmp_path: Path) -> None:
    old = models.classifier.version
    shutil.rmtree(promote_copy(tmp_path / "models", "gone"))
    again = Models(tmp_path / "models", models._labels)
    assert again.classifier.version == old
    assert "gone" in str(again.refused)
    promote_copy_of(tmp_path / "models", old, "mended")
    again.refresh()
    assert (again.refused, again.classifier.version) == (None, "mended")
    shutil.rmtree(tmp_path / "models" / "mended")
    with pytest.raises(ArtifactError, match="mended"):
        Models(tmp_path / "models", models._labels)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_serves(models: Models, tmp_path: Path) -> None:
    (tmp_path / "models" / "last-served").unlink()
    (tmp_path / "models").chmod(0o500)
    assert Models(tmp_path / "models", models._labels).refused is None


def test_without_a_model_the_service_does_not_start(config: Config, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="disposisi train"):
        create_app(replace(config, models=tmp_path / "none"))


@pytest.mark.skipif(os.name == "nt", reason="one process there")
def test_a_refused_model_and_a_killed_process_do_not_end_the_service(tmp_path: Path, shipped_models: Path) -> None:
    folder = tmp_path / "copied"
    shutil.copytree(shipped_models, folder)
    with running_server(tmp_path / "var", folder, "--workers", "2") as server:
        (promote_copy(folder, "damaged") / "scorer.npz").write_bytes(b"x")
        os.kill(children_of(server.process.pid)[-1], signal.SIGKILL)
        time.sleep(6)  # within that time a process that cannot start ends the service
        for _ in range(10):
            with urllib.request.urlopen(f"{server.address}/ready", timeout=5) as answer:
                told = json.load(answer)
        assert (told["ready"], told["model_refused"]) == (True, True)
        assert str(folder) not in str(told)


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

"""A model folder is believed only when it is whole."""

import json
import shutil
from pathlib import Path

import pytest

from model import artifact
from model.artifact import ArtifactError


@pytest.fixture
def models(tiny_models: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_models, tmp_path / "models"))


def folder(models: Path) -> Path:
    found = artifact.current(models)
    assert found is not None
    return found


def test_round_trip(models: Path) -> None:
    classifier = artifact.load_current(models)
    assert classifier.version == folder(models).name
    assert classifier.predict("lampu jalan mati").sector is not None


@pytest.mark.parametrize("name", ["scorer.npz", "language.json"])
def test_a_changed_file_is_refused(models: Path, name: str) -> None:
    path = folder(models) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match=f"{name} is missing or not the file"):
        artifact.load_current(models)


def test_other_text_steps_are_refused(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artifact, "words_of", lambda text, _lexicon: text.upper().split())
    with pytest.raises(ArtifactError, match="other text steps"):
        artifact.load_current(models)


def test_another_format_is_refused(models: Path) -> None:
    path = folder(models) / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | {"format": 0}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ArtifactError, match="has format 0"):
        artifact.load_current(models)


def test_nothing_promoted(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="disposisi train"):
        artifact.load_current(tmp_path)


def test_the_manifest_says_what_the_model_is(models: Path) -> None:
    manifest = artifact.read_manifest(folder(models))
    assert {"version", "created", "libraries", "fingerprint", "data", "heads", "files"} <= set(manifest)
    assert set(manifest["heads"]) == {"sector", "urgency", "kind"}


def test_no_personal_data_in_the_language(models: Path) -> None:
    language = json.loads((folder(models) / "language.json").read_text(encoding="utf-8"))
    assert not [word for word in language["stems"] if any(c.isdigit() for c in word) and word != "0"]

"""Label Studio's own JSON, in and out. Shapes: labelstud.io/guide/task_format, /predictions, and its ML API calls."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from disposisi import main
from model import artifact
from model.city import City
from model.classifier import Classifier
from model.prediction import QUESTIONS
from training.backend import create_app
from training.complaints import read_complaints
from training.labelstudio import labelling_config
from training.tables import read_table

CONFIG = """<View>
  <Text name="text" value="$text"/>
  <Choices name="sector" toName="text"><Choice value="energi"/></Choices>
</View>"""


def choice(name: str, value: str) -> dict[str, Any]:
    return {
        "id": f"r{name}",
        "type": "choices",
        "value": {"choices": [value]},
        "origin": "manual",
        "to_name": "text",
        "from_name": name,
    }


EXPORT = [
    {
        "id": 1,
        "created_at": "2021-03-09T21:52:49.513742Z",
        "project": 83,
        "data": {"text": "Lampu jalan mati", "id": "20260101-A"},
        "annotations": [
            {"id": 1001, "result": [choice("sector", "energi")], "was_cancelled": False, "completed_by": 10},
            {
                "id": 1002,
                "result": [choice("sector", "penerangan_jalan"), choice("urgency", "sedang")],
                "was_cancelled": False,
                "ground_truth": False,
                "lead_time": 4.288,
            },
            {"id": 1003, "result": [choice("sector", "lainnya")], "was_cancelled": True},
        ],
        "predictions": [{"model_version": "m", "result": [choice("sector", "energi")]}],
    },
    {"id": 2, "data": {"text": "Sampah menumpuk"}, "annotations": [], "predictions": []},
]
JSON_MIN = [
    {
        "id": 1,
        "text": "Lampu jalan mati",
        "sector": "penerangan_jalan",
        "kind": {"choices": ["pengaduan", "aspirasi"]},
        "annotator": 1,
    }
]


def test_an_export_is_read_with_its_last_valid_annotation(tmp_path: Path, city: City) -> None:
    path = tmp_path / "project.json"
    path.write_text(json.dumps(EXPORT), encoding="utf-8")
    rows = read_complaints(path, city).rows
    assert rows["text"].tolist() == ["Lampu jalan mati", "Sampah menumpuk"]
    assert rows["sector"].tolist() == ["penerangan_jalan", ""]
    assert rows["urgency"].tolist() == ["sedang", ""]


def test_the_short_export_is_read(tmp_path: Path) -> None:
    path = tmp_path / "min.json"
    path.write_text(json.dumps(JSON_MIN), encoding="utf-8")
    row = read_table(path).iloc[0]
    assert (row["sector"], row["kind"], row["text"]) == ("penerangan_jalan", "pengaduan", "Lampu jalan mati")


def test_the_configuration_names_every_label(city: City) -> None:
    config = labelling_config(city)
    for question in QUESTIONS:
        assert f'<Choices name="{question}" toName="text"' in config
        for key in city.labels[question]:
            assert f'value="{key}"' in config


@pytest.fixture
def backend(tiny_models: Path) -> FlaskClient:
    return create_app(tiny_models).test_client()


def test_health_and_setup(backend: FlaskClient, tiny_classifier: Classifier) -> None:
    health = backend.get("/health")
    assert health.get_json()["status"] == "UP"
    setup = {"project": "1.1614000000", "schema": CONFIG, "hostname": "http://localhost:8080", "access_token": "x"}
    assert backend.post("/setup", json=setup).get_json() == {"model_version": tiny_classifier.version}


def test_predict_answers_each_task(backend: FlaskClient, tiny_classifier: Classifier) -> None:
    body = {
        "tasks": [{"id": 1, "data": {"aduan": "Lampu jalan mati"}}, {"id": 2, "data": {"aduan": "Sampah"}}],
        "model_version": None,
        "project": "1.1614000000",
        "label_config": CONFIG.replace("$text", "$aduan"),
        "params": {"login": None, "password": None, "context": None},
    }
    answer = backend.post("/predict", json=body).get_json()
    assert answer["model_version"] == tiny_classifier.version
    first, second = answer["results"]
    prediction = tiny_classifier.predict("Lampu jalan mati")
    assert prediction.sector
    by_name = {region["from_name"]: region for region in first["result"]}
    assert set(by_name) == set(QUESTIONS)
    assert by_name["sector"]["value"] == {"choices": [prediction.sector.key]}
    assert by_name["sector"]["type"] == "choices"
    assert by_name["sector"]["to_name"] == "text"
    assert 0 <= second["score"] <= 1


@pytest.mark.parametrize(
    "body", [b"no json", b"[]", b'{"tasks": 3}', b'{"tasks": [{"data": {}}]}', b'{"tasks": ["x"]}']
)
def test_a_wrong_request_is_told_so(backend: FlaskClient, body: bytes) -> None:
    answer = backend.post("/predict", data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "error" in answer.get_json()


def test_training_events_are_taken_and_not_acted_on(backend: FlaskClient) -> None:
    assert backend.post("/webhook", json={"action": "START_TRAINING", "project": {}}).status_code == 201


def test_suggestions_come_back_as_labels(tiny_models: Path, corpus: pd.DataFrame, tmp_path: Path, city: City) -> None:
    source, out = tmp_path / "arsip.csv", tmp_path / "tugas.json"
    corpus.iloc[1::60][["text"]].to_csv(source, index=False)
    arguments = ["suggest", "12", str(out), "--data", str(source), "--models", str(tiny_models)]
    outcome = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert outcome.exit_code == 0, outcome.output
    tasks = json.loads(out.read_text(encoding="utf-8"))
    assert len(tasks) == 12
    for task in tasks:
        assert {region["from_name"] for region in task["predictions"][0]["result"]} == set(QUESTIONS)
        task["annotations"] = [{"result": task["predictions"][0]["result"], "was_cancelled": False}]
    out.write_text(json.dumps(tasks), encoding="utf-8")
    rows = read_complaints(out, city)
    assert not rows.findings
    assert (rows.rows["sector"] != "").all()
    assert out.with_suffix(".xml").read_text(encoding="utf-8") == labelling_config(city)


def test_the_backend_follows_the_promoted_model(tiny_models: Path, tmp_path: Path) -> None:
    import shutil

    models = Path(shutil.copytree(tiny_models, tmp_path / "m"))
    old = artifact.current(models)
    assert old is not None
    client = create_app(models).test_client()
    manifest = artifact.read_manifest(old) | {"version": "later"}
    shutil.copytree(old, models / "later")
    (models / "later" / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    artifact.set_current(models, "later")
    assert client.post("/setup", json={}).get_json() == {"model_version": "later"}

"""Label Studio's ML backend protocol, so that annotators see the model's answers while they label.

``GET /health``, ``POST /setup``, ``POST /predict`` and ``POST /webhook`` as Label Studio calls them
(https://labelstud.io/guide/ml_create). Texts are read and forgotten: nothing is stored or logged.
"""

import re
from pathlib import Path
from typing import Any

from flask import Flask, jsonify, request
from flask.typing import ResponseReturnValue

from model import artifact
from model.city import read_city
from model.classifier import Classifier
from training.labelstudio import TEXT, prediction_of
from training.models import open_model

MODEL_CLASS = "disposisi"
MOST_TASKS = 1000


def create_app(models: Path) -> Flask:
    """The backend over a models folder; it follows the promoted model.

    Raises
    ------
    ArtifactError
        None is promoted, or it cannot be used.
    """
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = 32 * 1024 * 1024
    city = read_city()
    loaded: dict[Path, Classifier] = {}

    def classifier() -> Classifier:
        folder = artifact.promoted(models)
        if folder not in loaded:
            fresh = open_model(folder, city)
            loaded.clear()
            loaded[folder] = fresh
        return loaded[folder]

    classifier()

    @app.get("/")
    @app.get("/health")
    def health() -> ResponseReturnValue:
        return jsonify(status="UP", model_class=MODEL_CLASS)

    @app.post("/setup")
    def setup() -> ResponseReturnValue:
        return jsonify(model_version=classifier().version)

    @app.post("/predict")
    def predict() -> ResponseReturnValue:
        body: Any = request.get_json(silent=True)
        tasks = body.get("tasks") if isinstance(body, dict) else None
        if not isinstance(tasks, list) or len(tasks) > MOST_TASKS:
            return jsonify(error=f"send an object with `tasks`, a list of at most {MOST_TASKS}"), 400
        column = text_column(str(body.get("label_config") or ""))
        texts = []
        for number, task in enumerate(tasks):
            data = task.get("data") if isinstance(task, dict) else None
            text = data.get(column) if isinstance(data, dict) else None
            if not isinstance(text, str):
                return jsonify(error=f"task {number} has no text in data.{column}"), 400
            texts.append(text)
        using = classifier()
        results = [prediction_of(prediction) for prediction in using.predict_many(texts)]
        return jsonify(results=results, model_version=using.version)

    @app.post("/webhook")
    def webhook() -> ResponseReturnValue:
        return jsonify(status="ignored; train with the project's export: disposisi train EXPORT.json"), 201

    return app


def text_column(label_config: str) -> str:
    """Which entry of a task's data holds the message: what the configuration's first Text shows.

    >>> text_column('<View><Text name="text" value="$aduan"/></View>'), text_column("")
    ('aduan', 'text')
    """
    tag = re.search(r"<Text\b[^>]*>", label_config)
    value = re.search(r"value=[\"']\$(\w+)", tag.group()) if tag else None
    return value.group(1) if value else TEXT

"""`POST /v1/classify`: what the model says of one text or of many; nothing is stored.

One text costs less to classify than Flask costs to dispatch its request, so ``straight`` answers it before Flask.
"""

from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any

from flask import Blueprint, Flask
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from model.prediction import Prediction
from service.api.fields import Request, Text, one_of
from service.endpoint import ENTERED, client, door, is_json, raw_body, route
from service.keys import Door
from service.logs import CLIENT, ROUTE, Wsgi
from service.parts import parts
from service.problems import FieldError, Problem, field_errors

blueprint = Blueprint("classify", __name__)

PATH = "/v1/classify"
ROLES = ("intake", "department", "reviewer")
MANY, MANY_CHARS = 1_000, 500_000
"""Texts of one request, and their characters together: more than so many complaints have in the mean, and eight
seconds of a core where every word is one that nobody knows."""

QUICK_BYTES = 2_000
"""A body of up to so many bytes is classified within some milliseconds, even when it holds many short texts."""

_text: TypeAdapter[str] = TypeAdapter(Text)
_prediction = TypeAdapter(Prediction)


class ClassifyRequest(Request):
    """Either ``text`` or ``texts``. A text of ``texts`` that cannot be read gets an error of its own.

    Each text counts as a request for the key's rate. ``texts`` hold 500,000 characters together at most.
    """

    model_config = one_of("text", "texts")
    text: Text | None = Field(None, examples=["Lampu jalan di Gang Melati mati sudah dua minggu"])
    texts: list[Any] | None = Field(None, min_length=1, max_length=MANY)

    @model_validator(mode="after")
    def one_of_both(self) -> "ClassifyRequest":
        """Exactly one of the two fields, and not too much in it."""
        if (self.text is None) == (self.texts is None):
            raise ValueError("give either text or texts")
        length = sum(len(item) for item in self.texts or [] if isinstance(item, str))
        if length > MANY_CHARS:
            raise ValueError(f"texts hold {length} characters together, {MANY_CHARS} are allowed; send them in parts")
        return self


class ClassifiedItem(BaseModel):
    """The answer to one of many texts: a prediction or errors."""

    prediction: Prediction | None = None
    errors: list[FieldError] | None = None


class ClassifiedMany(BaseModel):
    """One result a text, in their order."""

    results: list[ClassifiedItem]


@route(
    blueprint,
    "POST",
    PATH,
    roles=ROLES,
    summary="Classify one text, or up to 1,000",
    body=ClassifyRequest,
    answer=Prediction | ClassifiedMany,
)
def classify(body: ClassifyRequest) -> Prediction | ClassifiedMany:
    classifier = parts().models.classifier
    if body.text is not None:
        return classifier.predict(body.text)
    door().charge(client(), len(body.texts or []) - 1)
    results = []
    for number, item in enumerate(body.texts or []):
        try:
            results.append(ClassifiedItem(prediction=classifier.predict(_text.validate_python(item, strict=True))))
        except ValidationError as error:
            results.append(ClassifiedItem(errors=field_errors(error, f"texts.{number}")))
    return ClassifiedMany(results=results)


def is_quick(environ: Mapping[str, Any], door: Door) -> bool:
    """Whether a request is answered within some milliseconds, without a look into the database."""
    return (
        environ["PATH_INFO"] == PATH
        and int(environ["CONTENT_LENGTH"] or 0) <= QUICK_BYTES
        and door.knows(environ.get("HTTP_AUTHORIZATION", ""))
    )


def straight(app: Flask) -> Wsgi:
    """An application that answers a good request with one text before Flask, by the same door and the same models.

    All others are Flask's, with their body: it refuses what must be refused.
    """
    flask, door, parts_ = app.wsgi_app, app.extensions["door"], app.extensions["parts"]
    allowed = frozenset(ROLES)

    def answer(environ: dict[str, Any]) -> bytes | None:
        try:
            environ[ENTERED] = client = door.enter(environ.get("HTTP_AUTHORIZATION", ""), allowed)
        except Problem as refused:
            environ[ENTERED] = refused
            return None
        raw = raw_body(environ, parts_.config.max_body)
        if raw is None:
            return None
        environ["wsgi.input"] = BytesIO(raw)
        text = ClassifyRequest.model_validate_json(raw).text
        if text is None:
            return None
        environ[ROUTE], environ[CLIENT] = PATH, client.name
        return _prediction.dump_json(parts_.models.classifier.predict(text))

    def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        made = None
        if environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] == "POST" and is_json(environ):
            try:
                made = answer(environ)
            except Exception:  # noqa: BLE001 - Flask meets it again, and tells of it
                made = None
        if made is None:
            return flask(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(made)))])
        return [made]

    return call

"""`POST /v1/classify`: what the model says of one text or of many; nothing is stored."""

from typing import Any

from flask import Blueprint, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError, model_validator

from model.prediction import Prediction
from service.api.fields import Request, Text, one_of
from service.endpoint import route
from service.parts import parts
from service.problems import FieldError, field_errors

blueprint = Blueprint("classify", __name__)

MANY = 1_000
_text: TypeAdapter[str] = TypeAdapter(Text)


class ClassifyRequest(Request):
    """Either ``text`` or ``texts``. A text of ``texts`` that cannot be read gets an error of its own."""

    model_config = one_of("text", "texts")
    text: Text | None = Field(None, examples=["Lampu jalan di Gang Melati mati sudah dua minggu"])
    texts: list[Any] | None = Field(None, min_length=1, max_length=MANY)

    @model_validator(mode="after")
    def one_of_both(self) -> "ClassifyRequest":
        """Exactly one of the two fields."""
        if (self.text is None) == (self.texts is None):
            raise ValueError("give either text or texts")
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
    "/v1/classify",
    roles=("intake", "department", "reviewer"),
    summary="Classify one text, or up to 1,000",
    body=ClassifyRequest,
    answer=Prediction | ClassifiedMany,
)
def classify(body: ClassifyRequest) -> Prediction | ClassifiedMany | Response:
    classifier = parts().models.classifier
    if body.text is not None:
        return classifier.predict(body.text)
    results = []
    for item in body.texts or []:
        try:
            results.append(ClassifiedItem(prediction=classifier.predict(_text.validate_python(item, strict=True))))
        except ValidationError as error:
            results.append(ClassifiedItem(errors=field_errors(error)))
    return ClassifiedMany(results=results)

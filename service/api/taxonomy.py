"""`GET /v1/taxonomy`: labels, departments and places, so that clients keep no copy of them."""

from flask import Blueprint
from pydantic import BaseModel, Field

from service.endpoint import route
from service.parts import parts

blueprint = Blueprint("taxonomy", __name__)


class Label(BaseModel):
    """A label: key for ever, Indonesian name, what belongs to it."""

    key: str
    name: str
    about: str


class DepartmentAnswer(BaseModel):
    """A department; ``inside``: under the city's authority."""

    code: str
    name: str
    queue: str
    inside: bool
    sectors: list[str]


class Taxonomy(BaseModel):
    """All keys that answers may hold."""

    sectors: list[Label]
    urgencies: list[Label]
    kinds: list[Label]
    departments: list[DepartmentAnswer]
    places: dict[str, list[str]]
    review_reasons: dict[str, str] = Field(description="Why a person should look first, by key, in words for officers")


@route(
    blueprint,
    "GET",
    "/v1/taxonomy",
    roles=("intake", "department", "reviewer"),
    summary="Labels, departments and places",
    answer=Taxonomy,
)
def taxonomy() -> Taxonomy:
    routing = parts().routing
    labels = {
        question: [Label(key=label.key, name=label.name, about=label.about) for label in known.values()]
        for question, known in routing.city.labels.items()
    }
    places: dict[str, list[str]] = {}
    for kelurahan, kecamatan in routing.kelurahan.items():
        places.setdefault(kecamatan, []).append(kelurahan)
    return Taxonomy(
        sectors=labels["sector"],
        urgencies=labels["urgency"],
        kinds=labels["kind"],
        departments=[
            DepartmentAnswer(code=d.code, name=d.name, queue=d.queue, inside=d.inside, sectors=list(d.sectors))
            for d in routing.city.departments.values()
        ],
        places=places,
        review_reasons=dict(routing.review_reasons),
    )

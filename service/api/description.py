"""`GET /openapi.json`: what this service can be asked."""

from importlib.metadata import version
from typing import Any

from flask import Blueprint, current_app

from service.endpoint import route
from service.openapi import document

blueprint = Blueprint("description", __name__)


@route(blueprint, "GET", "/openapi.json", roles=None, summary="This description, OpenAPI 3.1", answer=dict[str, Any])
def openapi() -> dict[str, Any]:
    return document(current_app, version("disposisi"))

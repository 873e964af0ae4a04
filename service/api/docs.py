"""`GET /docs`: the description as a page that needs no network and no script."""

from importlib.metadata import version
from pathlib import Path

from flask import Blueprint, Response, current_app, render_template
from markupsafe import Markup, escape

from service.endpoint import route
from service.openapi import document

PAGES = Path(__file__).parents[1] / "pages"

blueprint = Blueprint("docs", __name__, template_folder=str(PAGES))


@blueprint.app_template_filter()
def with_code(text: str | None) -> Markup:
    """A docstring's text, what stands between double backticks as code; nothing where there is none."""
    parts = (text or "").split("``")
    return Markup().join(Markup("<code>{}</code>").format(p) if i % 2 else escape(p) for i, p in enumerate(parts))


@route(blueprint, "GET", "/docs", roles=None, summary="This description as a page", media="text/html")
def docs() -> Response:
    page = render_template("docs.html", api=document(current_app, version("disposisi")))
    return Response(page, content_type="text/html; charset=utf-8")


@route(blueprint, "GET", "/docs.css", roles=None, summary="The page's style", media="text/css")
def style() -> Response:
    return Response((PAGES / "docs.css").read_bytes(), content_type="text/css; charset=utf-8")

"""The OpenAPI document, made from the same models that validate requests and write answers."""

import re
from collections.abc import Iterator
from typing import Any, Literal

from flask import Flask
from pydantic import TypeAdapter

from service.api.fields import CITY_KEYS
from service.endpoint import Endpoint
from service.problems import ProblemDetails

Mode = Literal["validation", "serialization"]
REF = "#/components/schemas/{model}"
TITLES = {
    400: "Malformed JSON",
    401: "No valid API key",
    403: "The key lacks the scope",
    404: "Not there, or not for this key",
    409: "Not now: the complaint's state forbids it, or the same request still runs",
    413: "The body is too long",
    415: "The body is no application/json",
    422: "Wrong values",
    429: "Past the key's rate",
    503: "The database does not answer; try again",
}
HEADERS = {
    "Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}},
    "WWW-Authenticate": {"description": "How to send a key", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "true: the request came before with this key, and this is its first answer again",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
TELLS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
"""The headers that answers of a status carry."""


def endpoints(app: Flask) -> Iterator[Endpoint]:
    """What is known of each registered route."""
    for rule in app.url_map.iter_rules():
        endpoint = getattr(app.view_functions[rule.endpoint], "endpoint", None)
        if isinstance(endpoint, Endpoint):
            yield endpoint


def document(app: Flask, version: str) -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    known = list(endpoints(app))
    schemas, definitions = _schemas(known)
    routing = app.extensions["parts"].routing
    city = routing.city.labels | {"department": routing.city.departments, "queue": routing.queues}
    for definition in definitions.values():
        for name, field in definition.get("properties", {}).items():
            if (keys := field.get(CITY_KEYS)) is not None:
                definition["properties"][name] = {"enum": [*city[keys], None], "default": None, "title": field["title"]}
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in known:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint, path, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Disposisi", "version": version, "license": {"name": "MIT", "identifier": "MIT"}},
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(known: list[Endpoint]) -> tuple[dict[tuple[str, str], Any], dict[str, Any]]:
    """Each route's schemas by path and use, and the definitions they refer to."""
    inputs: list[tuple[tuple[str, str], Mode, TypeAdapter[Any]]] = []
    for endpoint in known:
        name = f"{endpoint.method} {endpoint.path}"
        if endpoint.body is not None:
            inputs.append(((name, "body"), "validation", TypeAdapter(endpoint.body)))
        if endpoint.answer is not None:
            inputs.append(((name, "answer"), "serialization", endpoint.answer))
    inputs.append((("", "problem"), "serialization", TypeAdapter(ProblemDetails)))
    by_input, top = TypeAdapter.json_schemas(inputs, ref_template=REF)
    schemas = {key: schema for (key, _mode), schema in by_input.items()}
    return schemas, top["$defs"]


def _operation(endpoint: Endpoint, path: str, schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    name = f"{endpoint.method} {endpoint.path}"
    operation: dict[str, Any] = {
        "summary": endpoint.summary,
        "operationId": f"{endpoint.method} {path}".lower().translate(str.maketrans(" /{}.", "_____")),
        "parameters": [
            {"name": found, "in": "path", "required": True, "schema": {"type": "string"}}
            for found in re.findall(r"{(\w+)}", path)
        ]
        + _query_parameters(endpoint)
        + [
            {"name": name, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200}}
            for name in endpoint.headers
        ],
        "responses": _responses(endpoint, schemas),
    }
    if endpoint.roles is not None:
        operation["security"] = [{"key": []}]
        operation["description"] = f"Scopes: {', '.join(sorted(endpoint.roles))}, admin"
    if endpoint.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": schemas[name, "body"]}},
        }
    return operation


def _query_parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema()
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": inner}
        for name, inner in schema["properties"].items()
    ]


def _responses(endpoint: Endpoint, schemas: dict[tuple[str, str], Any]) -> dict[str, Any]:
    statuses = set(endpoint.problems)
    if endpoint.roles is not None:
        statuses |= {401, 403, 429, 503}
    if endpoint.body is not None:
        statuses |= {400, 413, 415, 422}
    if endpoint.query is not None:
        statuses.add(422)
    name = f"{endpoint.method} {endpoint.path}"
    good: dict[str, Any] = {"description": "Done"}
    shape = schemas[name, "answer"] if endpoint.answer is not None else {"type": "string"}
    good["content"] = {endpoint.media: {"schema": shape}}
    problem = {"application/problem+json": {"schema": schemas["", "problem"]}}
    responses: dict[str, Any] = {str(endpoint.status): good}
    for status in sorted(statuses):
        responses[str(status)] = {"description": TITLES[status], "content": problem} | _headers(*TELLS.get(status, ()))
    if endpoint.headers:
        responses[str(endpoint.status)] |= _headers("Idempotent-Replayed")
        responses["409"] |= _headers("Retry-After")
    if endpoint.roles is None and 503 in statuses:  # the state is told in the same shape
        responses["503"] = {"description": TITLES[503], "content": good["content"]}
    return responses


def _headers(*names: str) -> dict[str, Any]:
    return {"headers": {name: HEADERS[name] for name in names}} if names else {}

"""The OpenAPI document: what FastAPI derives from the calls, and what the deployment knows."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import Problem
from queries.breakdown import TIMES
from queries.dimensions import Dimensions

DESCRIPTION = (
    "What AI compute costs, why, and what to do about it. Whoever calls sees the organization "
    "that the credential belongs to, and no parameter, header or cookie changes that. Money is "
    "sent as strings of plain digits, US dollars; instants are UTC; days begin in the caller's "
    "zone. Lists come in pages: send `next_cursor` back as `cursor`."
)

Json = dict[str, Any]


def described(app: FastAPI, dimensions: Dimensions) -> None:
    """Has `app` describe itself, with the dimensions of the deployment."""

    def document() -> Json:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, dimensions)
        return app.openapi_schema

    # FastAPI's own way to another document: https://fastapi.tiangolo.com/how-to/extending-openapi/
    app.openapi = document


def _document(app: FastAPI, dimensions: Dimensions) -> Json:
    found: Json = get_openapi(
        title=app.title,
        version=app.version,
        description=app.description,
        routes=app.routes,
        servers=app.servers,
    )
    found["components"]["schemas"]["Problem"] = Problem.model_json_schema()
    for path in found["paths"].values():
        for operation in cast("dict[str, Json]", path).values():
            for parameter in operation.get("parameters", ()):
                _describe(parameter, dimensions)
            _exemplify(operation)
    for name in ("HTTPValidationError", "ValidationError"):
        found["components"]["schemas"].pop(name, None)
    return found


def _describe(parameter: Json, dimensions: Dimensions) -> None:
    """A parameter that is left out is left out: `null` is none of its values."""
    schema = cast("Json", parameter["schema"])
    choices = [one for one in schema.pop("anyOf", ()) if one.get("type") != "null"]
    for choice in choices:
        schema.update({name: value for name, value in choice.items() if name not in schema})
    if schema.get("default", 0) is None:
        del schema["default"]
    if parameter["name"] == "group_by":
        names = [*dimensions]
        if schema.get("type") == "array":
            schema["items"] = {"type": "string", "enum": [*names, *TIMES]}
            schema["uniqueItems"] = True
        else:
            schema["enum"] = names
    examples = schema.pop("examples", None)
    if examples:
        parameter["example"] = examples[0]


def _exemplify(operation: Json) -> None:
    """Puts beside the answer one that was given, and beside the body one that was sent."""
    name = operation["operationId"]
    done = next(one for status, one in operation["responses"].items() if status.startswith("2"))
    for content, example in (
        (done.get("content", {}), _example(f"{name}.json")),
        (operation.get("requestBody", {}).get("content", {}), _example(f"{name}.request.json")),
    ):
        if example is not None:
            content["application/json"]["example"] = example


def _example(name: str) -> object:
    file = files("api") / "examples" / name
    return json.loads(file.read_text("utf-8")) if file.is_file() else None

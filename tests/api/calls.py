"""The calls of the REST surface, taken from the application itself, and how each is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from api.usage.described import LINES


def calls_of(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Every method of every route of the application, whoever declared it."""
    routes = [one.original_route for one in iter_route_contexts(app.routes)]
    found = [
        (method, route)
        for route in routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]
    assert found
    return found


def reads_of(app: FastAPI) -> list[APIRoute]:
    """Every route that changes nothing."""
    return [route for method, route in calls_of(app) if method == "GET"]


def changes_of(app: FastAPI) -> list[tuple[str, APIRoute]]:
    """Every method of every route that changes something."""
    return [(method, route) for method, route in calls_of(app) if method != "GET"]


def needed_of(operation: Mapping[str, Any]) -> dict[str, str]:
    """The parameters in the query without which there is no answer, with their examples."""
    return {
        str(one["name"]): str(one["example"])
        for one in operation.get("parameters", [])
        if one["in"] == "query" and one["required"]
    }


def body_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    """How the example of a body is sent: options of `Api.ask`."""
    if "requestBody" not in operation:
        return {}
    return bodies_of(operation)[0]


def bodies_of(operation: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same for each kind of content that can be sent, JSON first, but for binary ones."""
    contents = cast("dict[str, Any]", operation["requestBody"]["content"])
    example = contents["application/json"]["example"]
    found = {"application/json": json.dumps(example)}
    for kind in contents:
        if kind in LINES:
            entries = cast("list[Any] | dict[str, list[Any]]", example)
            entries = entries["events"] if isinstance(entries, dict) else entries
            found[kind] = "\n".join(json.dumps(one) for one in entries)
    return [{"data": data, "headers": {"Content-Type": kind}} for kind, data in found.items()]


def operation_of(app: FastAPI, method: str, route: APIRoute) -> dict[str, Any]:
    """What the document says of a call."""
    return cast("dict[str, Any]", app.openapi()["paths"][route.path_format][method.lower()])


def examples_of(operation: Mapping[str, Any]) -> dict[str, list[str]]:
    """The example of each parameter that stands in the query, as it is sent."""
    found: dict[str, list[str]] = {}
    for parameter in cast("list[dict[str, Any]]", operation.get("parameters", [])):
        if parameter["in"] == "query" and "example" in parameter:
            example = parameter["example"]
            several = cast("list[object]", example if isinstance(example, list) else [example])
            found[str(parameter["name"])] = [_sent(one) for one in several]
    return found


def _sent(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def takes_usage(operation: Mapping[str, Any]) -> bool:
    """Whether a call keeps what it is sent for the mart, instead of deciding something."""
    return operation["tags"] == ["usage"]

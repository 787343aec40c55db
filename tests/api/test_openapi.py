"""The OpenAPI document describes every call, and its examples run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from tests.api.calls import (
    bodies_of,
    body_of,
    calls_of,
    changes_of,
    examples_of,
    needed_of,
    operation_of,
    reads_of,
    takes_usage,
)
from tests.api.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")


def operations(api: Api) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for method, route in calls_of(api.app):
        yield route, operation_of(api.app, method, route)


def reads(api: Api) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for route in reads_of(api.app):
        yield route, operation_of(api.app, "GET", route)


def who(route: APIRoute) -> str:
    """Who may ask for the example of a call."""
    return "admin" if route.path_format == "/statements/close" else "acme-admin"


def filled(route: APIRoute, api: Api, organization: str = "acme") -> str:
    """The path of a route with the ids of an organization's things."""
    return route.path_format.format(**api.ids[organization])


async def test_every_call_of_the_facts_is_there(api: Api) -> None:
    assert {f"{method} {route.path_format}" for method, route in calls_of(api.app)} >= {
        "GET /analysis",
        "GET /breakdown/models",
        "GET /trends",
        "GET /anomalies",
        "POST /budgets",
        "GET /budgets",
        "GET /budgets/{budget_id}",
        "PATCH /budgets/{budget_id}",
        "DELETE /budgets/{budget_id}",
        "GET /budgets/{budget_id}/status",
        "GET /budgets/{budget_id}/history",
        "GET /budgets/{budget_id}/forecast",
        "GET /recommendations",
        "GET /recommendations/{recommendation_id}",
        "POST /recommendations/generate",
        "POST /recommendations/{recommendation_id}/accept",
        "POST /recommendations/{recommendation_id}/reject",
        "POST /recommendations/{recommendation_id}/implement",
        "POST /recommendations/{recommendation_id}/verify",
        "GET /pricing/models",
        "POST /pricing/models",
        "GET /pricing/compare",
        "GET /forecast",
        "GET /opportunities",
        "GET /opportunities/{opportunity_id}",
        "PATCH /opportunities/{opportunity_id}",
        "GET /opportunities/summary",
        "GET /statements",
        "GET /statements/{organization_id}",
        "POST /statements/close",
        "POST /usage",
        "POST /usage/litellm",
        "POST /otlp/v1/traces",
        "GET /budgets/check",
    }


async def test_every_call_is_described_with_an_example_of_its_answer(api: Api) -> None:
    for route, operation in operations(api):
        name = route.path_format
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert operation["security"] == [{"bearer": []}], name
        assert set(operation["responses"]) >= {"401", "403", "422", "503"}
        assert "404" in operation["responses"] or takes_usage(operation), name
        if route.methods == {"GET"}:
            is_kept = "ETag" in operation["responses"]["200"].get("headers", {})
            assert ("304" in operation["responses"]) == is_kept, name
        if "DELETE" not in (route.methods or ()):
            assert "example" in answer_of(operation), name
        for parameter in operation.get("parameters", []):
            in_path = parameter["in"] == "path"
            assert in_path or parameter.get("description"), f"{name} {parameter['name']}"


async def test_what_is_described_refers_to_nothing_that_is_not_there(api: Api) -> None:
    text = (await api.get("/openapi.json", token=None)).text
    schemas = api.app.openapi()["components"]["schemas"]
    named = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert named <= set(schemas)
    assert "Problem" in named
    assert "HTTPValidationError" not in text


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    """What is answered where all is well."""
    done = next(one for status, one in operation["responses"].items() if status.startswith("2"))
    return done["content"]["application/json"]


async def test_each_example_of_a_parameter_is_answered_as_described(api: Api) -> None:
    asked = 0
    for route, operation in reads(api):
        answer = cast("type[BaseModel]", route.response_model)
        path, token = filled(route, api), who(route)
        plain = await api.plain(path, token)
        assert plain.status == 200, f"{path} {plain.text}"
        answer.model_validate_json(plain.text)
        for query in questions_of(operation, api):
            found = await api.get(path, token, params=query)
            assert found.status == 200, f"{path} {query}: {found.text}"
            if ("format", "csv") in query:
                assert found.headers["content-type"] == "text/csv; charset=utf-8"
            else:
                answer.model_validate_json(found.text)
            asked += 1
    assert asked > 30


async def test_each_example_of_a_body_is_answered_as_described(decided: Api) -> None:
    for method, route in changes_of(decided.app):
        operation = operation_of(decided.app, method, route)
        path = route.path_format.format(**await decided.renewed("acme", route.path_format))
        for further in bodies_of(operation)[1:] if takes_usage(operation) else ():
            found = await decided.ask(method, path, who(route), **further)
            assert found.body == answer_of(operation)["example"], path
        found = await decided.ask(method, path, who(route), **body_of(operation))
        assert str(found.status) in operation["responses"], f"{method} {path} {found.text}"
        assert found.status < 300, f"{method} {path} {found.text}"
        if takes_usage(operation):
            assert found.body == answer_of(operation)["example"], path
        if found.status == 204:
            assert found.text == ""
            continue
        answer = cast("type[BaseModel]", route.response_model)
        answer.model_validate_json(found.text)
        assert set(found.body) == set(answer_of(operation)["example"]), path
        if found.status == 201:
            prefix, _, below = found.headers["location"].partition("/api/v1/costs")
            assert prefix == ""
            assert (await decided.get(below, "admin")).status == 200


def questions_of(operation: dict[str, Any], api: Api) -> Iterator[list[tuple[str, str]]]:
    """Each example by itself, for some exclude each other; those of the filters together."""
    filters: list[tuple[str, str]] = []
    needed = needed_of(operation)
    for name, values in examples_of(operation).items():
        query = [(name, one) for one in values]
        query += [one for one in needed.items() if one[0] != name]
        if name in api.parts.dimensions:
            filters += query
        else:
            yield query
    if filters:
        yield filters


async def test_each_example_of_an_answer_is_of_its_schema_and_has_what_is_answered(
    api: Api,
) -> None:
    for route, operation in operations(api):
        if "DELETE" in (route.methods or ()):
            continue
        answer = cast("type[BaseModel]", route.response_model)
        example = answer_of(operation)["example"]
        shown = answer.model_validate(example).model_dump(mode="json")
        assert shown == example
        if route.methods == {"GET"}:
            real = (await api.plain(filled(route, api), who(route))).body
            assert set(real) == set(example), route.path_format


async def test_no_example_is_left_over(api: Api) -> None:
    there = {one.name for one in (files("api") / "examples").iterdir()}
    named: set[str] = set()
    for route, operation in operations(api):
        name = operation["operationId"]
        if "DELETE" not in (route.methods or ()):
            named.add(f"{name}.json")
        if "requestBody" in operation:
            named.add(f"{name}.request.json")
    assert there == named


async def test_a_parameter_that_is_left_out_is_never_described_as_null(api: Api) -> None:
    for _, operation in operations(api):
        for parameter in operation.get("parameters", []):
            assert "null" not in str(parameter["schema"]), parameter["name"]

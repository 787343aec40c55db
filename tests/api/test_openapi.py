"""The OpenAPI document describes every call, and its examples run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, cast

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel

from tests.api.world import Api, calls_of, examples_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


def operations(api: Api) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    paths = api.app.openapi()["paths"]
    for method, route in calls_of(api.app):
        yield route, paths[route.path_format][method.lower()]


def filled(route: APIRoute, api: Api, organization: str = "acme") -> str:
    """The path of a route with the ids of an organization's things."""
    return route.path_format.format(**api.ids[organization])


async def test_every_call_of_the_facts_is_there(api: Api) -> None:
    assert {route.path_format for _, route in calls_of(api.app)} >= {
        "/analysis",
        "/breakdown/models",
        "/trends",
        "/anomalies",
        "/budgets",
        "/budgets/{budget_id}",
        "/budgets/{budget_id}/status",
        "/budgets/{budget_id}/history",
        "/budgets/{budget_id}/forecast",
        "/recommendations",
        "/recommendations/{recommendation_id}",
        "/pricing/models",
        "/pricing/compare",
        "/forecast",
        "/opportunities",
        "/opportunities/{opportunity_id}",
        "/opportunities/summary",
    }


async def test_every_call_is_described_with_an_example_of_its_answer(api: Api) -> None:
    for route, operation in operations(api):
        name = route.path_format
        assert operation["summary"], name
        assert operation["description"], name
        assert operation["tags"], name
        assert operation["security"] == [{"bearer": []}], name
        assert set(operation["responses"]) >= {"200", "304", "401", "403", "404", "422", "503"}
        assert "example" in operation["responses"]["200"]["content"]["application/json"], name
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


async def test_each_example_of_a_parameter_is_answered_as_described(api: Api) -> None:
    asked = 0
    for route, operation in operations(api):
        answer = cast("type[BaseModel]", route.response_model)
        path = filled(route, api)
        plain = await api.plain(path, "acme-admin")
        assert plain.status == 200, f"{path} {plain.text}"
        answer.model_validate_json(plain.text)
        for query in questions_of(operation, api):
            found = await api.get(path, "acme-admin", params=query)
            assert found.status == 200, f"{path} {query}: {found.text}"
            answer.model_validate_json(found.text)
            asked += 1
    assert asked > 30


def questions_of(operation: dict[str, Any], api: Api) -> Iterator[list[tuple[str, str]]]:
    """Each example by itself, for some exclude each other; those of the filters together."""
    filters: list[tuple[str, str]] = []
    for name, values in examples_of(operation).items():
        query = [(name, one) for one in values]
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
        answer = cast("type[BaseModel]", route.response_model)
        example = operation["responses"]["200"]["content"]["application/json"]["example"]
        shown = answer.model_validate(example).model_dump(mode="json")
        assert shown == example
        real = (await api.plain(filled(route, api), "acme-admin")).body
        assert set(real) == set(example), route.path_format


async def test_no_example_is_left_over(api: Api) -> None:
    there = {one.name for one in (files("api") / "examples").iterdir()}
    assert there == {f"{operation['operationId']}.json" for _, operation in operations(api)}


async def test_a_parameter_that_is_left_out_is_never_described_as_null(api: Api) -> None:
    for _, operation in operations(api):
        for parameter in operation.get("parameters", []):
            assert "null" not in str(parameter["schema"]), parameter["name"]

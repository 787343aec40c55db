"""Requests over HTTP: their ids and their counts."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from tests.observation.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


def counted(world: World, **labels: str) -> float:
    found = world.observed.metrics.registry.get_sample_value("costbot_http_requests_total", labels)
    return found or 0.0


async def test_a_sane_id_of_the_asker_is_kept_and_told(world: World):
    for path in ("/health", "/api/v1/costs/analysis", "/nowhere"):
        _, _, headers = await world.get(path, **{"X-Request-Id": "gate.way-4711"})
        assert headers["x-request-id"] == "gate.way-4711"


@pytest.mark.parametrize("told", ["", "a b", "x" * 65, "-begins", "ünï", "a,b", "{}"])
async def test_any_other_id_is_replaced(world: World, told: str):
    _, _, headers = await world.get("/health", **{"X-Request-Id": told})
    assert headers["x-request-id"] != told
    assert len(headers["x-request-id"]) == 16


async def test_requests_at_once_have_an_id_each(world: World):
    answers = await asyncio.gather(*(world.get("/health") for _ in range(20)))
    assert len({headers["x-request-id"] for _, _, headers in answers}) == 20


async def test_a_refusal_has_its_id_too(world: World):
    status, text, headers = await world.get("/api/v1/costs/analysis")
    assert (status, json.loads(text)["status"]) == (401, 401)
    assert headers["x-request-id"]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("/health", "/health"),
        ("/api/v1/costs/analysis?time_range=7d", "/api/v1/costs/analysis"),
        (
            "/api/v1/costs/budgets/00000000-0000-0000-0000-000000000000",
            "/api/v1/costs/budgets/{budget_id}",
        ),
        ("/api/v1/costs/budgets/check?estimated_cost=1", "/api/v1/costs/budgets/check"),
        ("/api/v1/costs/acme-secret-project", "other"),
        ("/acme-secret-project", "other"),
    ],
)
async def test_a_request_is_counted_by_its_route_and_not_by_its_path(
    world: World, path: str, route: str
):
    before = {status: counted(world, method="GET", route=route, status=status) for status in SEEN}
    bearer = {"Authorization": f"Bearer {world.token}"}
    status, _, _ = await world.get(path, **bearer)
    after = {status: counted(world, method="GET", route=route, status=status) for status in SEEN}
    assert {one for one in SEEN if after[one] != before[one]} == {str(status)}


SEEN = ("200", "401", "404", "422", "503")


async def test_a_request_has_one_line_which_says_nothing_of_what_was_asked(
    world: World, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO, "bot.observation.http"):
        await world.api("/analysis?model=planted-model-name")
        await world.get("/health")
    (line,) = caplog.messages
    assert line.startswith("GET /api/v1/costs/analysis ")
    assert "planted" not in line


async def test_methods_that_nobody_knows_are_one(world: World):
    async with world.session.request("BREW", f"{world.url}/health") as response:
        assert response.status in (404, 405)
    assert counted(world, method="OTHER", route="other", status="405") + counted(
        world, method="OTHER", route="/health", status="405"
    )

"""What probes are told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from analysis.checks import Check, Level
from analysis.clock import system_clock
from bot.observation.readiness import Part, Readiness, slack_part, store_part
from playground.faults import Fault
from storage import Store
from tests.observation.world import World

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ready(world: World) -> tuple[int, Mapping[str, Any]]:
    world.scheduler.look()
    await world.supervisor.idle()
    status, text, _ = await world.get("/ready")
    return status, json.loads(text)


async def test_liveness_looks_at_nothing(world: World):
    assert (await world.get("/health"))[:2] == (200, '{"status":"ok"}')


async def test_a_costbot_that_is_well_says_so_of_each_part(world: World):
    status, told = await ready(world)
    assert (status, told["status"]) == (200, "ok")
    assert {name: one["status"] for name, one in told["checks"].items()} == {
        "store": "ok",
        "mart": "ok",
        "outbox": "ok",
        "slack": "ok",
        "scheduler": "ok",
    }
    assert {name for name, one in told["checks"].items() if one["required"]} == {"store", "mart"}
    assert all(one["detail"].endswith(".") for one in told["checks"].values())


async def test_old_data_is_told_and_takes_no_replica_out(world: World):
    world.clock.advance(timedelta(days=3))
    try:
        status, told = await ready(world)
    finally:
        world.clock.advance(-timedelta(days=3))
    assert (status, told["status"]) == (200, "degraded")
    mart = told["checks"]["mart"]
    assert mart["status"] == "degraded"
    assert "stale" in mart["detail"]
    assert "gpu 73.4 h" in mart["detail"]


async def test_a_mart_that_cannot_be_read_takes_the_replica_out(world: World):
    manifest = world.parts.settings.home / "mart" / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(b"{broken")
    try:
        status, told = await ready(world)
    finally:
        manifest.write_bytes(whole)
    assert (status, told["status"]) == (503, "not ready")
    assert told["checks"]["mart"]["status"] == "failed"
    assert str(world.parts.settings.home) not in str(told)


async def test_slack_is_asked_once_a_minute_and_its_refusal_is_told(world: World):
    world.slack.faults.set(
        Fault("refused", methods=frozenset({"auth.test"}), error="token_revoked")
    )
    world.clock.advance(timedelta(minutes=2))
    told = [await ready(world) for _ in range(2)]
    world.clock.advance(timedelta(minutes=2))
    told.append(await ready(world))
    assert [status for status, _ in told] == [200, 200, 200]
    assert [one["status"] for _, one in told] == ["degraded", "degraded", "ok"]
    assert told[0][1]["checks"]["slack"]["detail"] == "Slack refuses costbot: token_revoked."


async def test_a_scheduler_that_stands_still_is_told(world: World):
    world.scheduler.look()
    await world.supervisor.idle()
    world.clock.advance(timedelta(minutes=2))
    _, text, _ = await world.get("/ready")
    scheduler = json.loads(text)["checks"]["scheduler"]
    assert (scheduler["status"], scheduler["required"]) == ("failed", False)
    status, told = await ready(world)
    assert (status, told["checks"]["scheduler"]["status"]) == (200, "ok")


async def test_a_store_that_does_not_answer_takes_the_replica_out_and_is_not_named():
    store = Store("postgresql+asyncpg://costbot:planted-password@127.0.0.1:1/planted", system_clock)
    looked = await Readiness((store_part(store),)).look()
    await store.close()
    check = looked["store"].check
    assert check is not None
    assert (check.level, looked["store"].is_required) == (Level.FAULT, True)
    assert "planted" not in f"{check.sentence} {check.cure}"


async def test_a_part_that_hangs_holds_up_no_probe():
    async def hang() -> Check | None:
        await asyncio.Event().wait()

    looked = await Readiness((Part("slow", hang),), timedelta(milliseconds=1)).look()
    check = looked["slow"].check
    assert check is not None
    assert check.sentence == "It does not answer in time."


async def test_a_slack_without_a_token_of_its_own_is_off(world: World):
    part = slack_part(None, world.slack.api_url, world.clock)
    assert (await Readiness((part,)).look())["slack"].check is None

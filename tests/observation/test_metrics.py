"""What is counted, and that it is told as Prometheus wants it."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

import pytest
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import (
    text_string_to_metric_families,  # pyright: ignore[reportUnknownVariableType]
)
from pydantic import SecretStr
from starlette.requests import Request

from analysis.errors import NotAllowed, NotIdentified
from bot.observation.lag import lag_watched
from bot.observation.observer import Unobserved
from bot.observation.page import permit
from storage.records.delivery import NewDelivery
from tests.observation.world import World, outbox_at_work

pytestmark = pytest.mark.asyncio(loop_scope="module")

OPEN_METRICS = "application/openmetrics-text; version=1.0.0"


async def families(world: World) -> dict[str, Metric]:
    """What is told, by name."""
    world.clock.advance(timedelta(seconds=10))  # what was looked up is remembered for a while
    status, text, headers = await world.get("/metrics", Accept=OPEN_METRICS)
    assert status == 200
    assert headers["content-type"].startswith("application/openmetrics-text")
    return {family.name: family for family in text_string_to_metric_families(text)}


async def value(world: World, name: str, **labels: str) -> float | None:
    family = name.removesuffix("_total").removesuffix("_count")
    samples = (await families(world))[family].samples
    found = [one.value for one in samples if one.name == name and one.labels == labels]
    return found[0] if found else None


async def test_a_command_is_counted_by_its_noun_with_ack_and_answer(world: World):
    labels = {"kind": "command", "noun": "/cost pricing"}
    acked = await value(world, "costbot_slack_requests_total", **labels, outcome="acked") or 0
    answers = await value(world, "costbot_slack_answers_total", **labels, outcome="answered") or 0
    await world.say("/cost pricing openai")
    assert (
        await value(world, "costbot_slack_requests_total", **labels, outcome="acked") == acked + 1
    )
    assert (
        await value(world, "costbot_slack_answers_total", **labels, outcome="answered")
        == answers + 1
    )
    assert await value(world, "costbot_slack_ack_duration_seconds_count", kind="command")
    assert await value(world, "costbot_slack_answer_duration_seconds_count", kind="command")


async def test_what_is_refused_and_what_is_not_verified_is_counted_so(world: World):
    await world.say("/cost by nonsense-planted")
    await world.say("/cost today", "sam")  # a stranger
    async with world.session.post(
        f"{world.url}/slack/events", data={"command": "/cost", "text": "planted-forged"}
    ) as response:
        assert response.status == 401
    labels = {"kind": "command", "noun": "/cost"}
    assert await value(world, "costbot_slack_answers_total", **labels, outcome="refused") == 2
    assert await value(world, "costbot_slack_requests_total", **labels, outcome="unverified") == 1


async def test_a_query_that_is_not_answered_from_memory_is_counted(world: World):
    before = await value(world, "costbot_query_duration_seconds_count", engine="duckdb") or 0
    assert await world.api("/analysis?start_date=2026-11-01&end_date=2026-11-03") == 200
    after = await value(world, "costbot_query_duration_seconds_count", engine="duckdb") or 0
    assert after > before


async def test_questions_of_gateways_are_counted_by_the_answer(world: World):
    before = await value(world, "costbot_budget_checks_total", decision="allow") or 0
    await world.watch.keep_up()
    assert await world.api("/budgets/check?model=gpt-4&estimated_cost=1") == 200
    after = await value(world, "costbot_budget_checks_total", decision="allow") or 0
    assert after == before + 1


async def test_jobs_are_told_with_their_last_success_and_their_failures(world: World):
    world.clock.advance(timedelta(days=1))
    try:
        world.scheduler.look()
        await world.supervisor.idle()
        assert await value(
            world, "costbot_job_runs_total", job="forgetting what is old", outcome="done"
        )
        assert await value(world, "costbot_job_runs_total", job="ending mutes", outcome="failed")
        last = await value(
            world, "costbot_job_last_success_timestamp_seconds", job="forgetting what is old"
        )
        assert last is not None
        assert 0 <= world.clock.now.timestamp() - last < 60
        assert (await value(world, "costbot_job_failures", job="ending mutes") or 0) >= 1
        good = (await families(world))["costbot_job_last_success_timestamp_seconds"].samples
        assert "ending mutes" not in {one.labels["job"] for one in good}
        every = await value(world, "costbot_job_interval_seconds", job="forgetting what is old")
        assert every == 86400
    finally:
        world.clock.advance(timedelta(days=-1))


async def test_the_outbox_is_told_with_what_waits_and_what_came_of_attempts(world: World):
    assert await value(world, "costbot_outbox_oldest_age_seconds") == 0
    channel = world.slack.workspace.find_channel("costs")
    assert channel is not None
    payload: dict[str, object] = {"text": "A message.", "blocks": []}
    new = NewDelivery(key="seen/1", channel="slack", address=channel.id, payload=payload)
    later = NewDelivery(
        key="seen/2",
        channel="email",
        address="later@planted.example",
        payload=payload,
        not_before=world.clock.now + timedelta(days=20),
    )
    mail = NewDelivery(key="seen/3", channel="email", address="x@planted.example", payload=payload)
    await world.parts.store.deliveries.add_many([new, later, mail])
    world.clock.advance(timedelta(minutes=20))
    assert await value(world, "costbot_outbox_waiting", channel="slack") == 1
    assert await value(world, "costbot_outbox_waiting", channel="email") == 1
    assert await value(world, "costbot_outbox_oldest_age_seconds") == 1210 + 20
    _, text, _ = await world.get("/ready")
    assert "2 messages wait to be sent, the oldest for 20 minutes." in text
    async with outbox_at_work(world) as sender:
        await sender.send_what_is_due()
    assert await value(world, "costbot_outbox_waiting", channel="slack") is None
    assert await value(world, "costbot_outbox_attempts_total", channel="slack", outcome="sent") == 1
    assert await value(world, "costbot_outbox_attempts_total", channel="email", outcome="never")
    assert await value(world, "costbot_outbox_dead") == 1


async def test_the_mart_is_told_by_source(world: World):
    assert await value(world, "costbot_mart_rows", source="gpu") == 2
    age = await value(world, "costbot_mart_data_age_seconds", source="gpu")
    loaded = await value(world, "costbot_mart_loaded_age_seconds", source="gpu")
    assert age is not None
    assert loaded is not None
    assert 0 <= loaded <= age
    assert await value(world, "costbot_mart_stale", source="gpu") == 0
    assert await value(world, "costbot_part_ok", part="mart") == 1


async def test_usage_that_was_taken_in_is_told_by_outcome_with_what_waits(world: World):
    counts = world.ingest.intake.counts
    counts.accepted, counts.refused = 4711, 3
    assert await value(world, "costbot_ingest_events_total", outcome="accepted") == 4711
    assert await value(world, "costbot_ingest_events_total", outcome="rejected") == 0
    assert await value(world, "costbot_ingest_refused_requests_total") == 3
    assert await value(world, "costbot_ingest_backlog_bytes") == 0


async def test_names_follow_openmetrics_and_labels_are_few(world: World):
    await world.say("/cost planted-words by model organization globex")
    await world.api("/analysis?organization=globex&model=planted-model")
    told = await families(world)
    assert [name for name in told if not name.startswith(("costbot_", "process_", "python_"))] == []
    words: set[str] = set()
    for family in told.values():
        assert family.documentation
        assert not family.name.endswith(("_total", "_count", "_sum", "_ms", "_millis"))
        durations = {"duration", "age", "lag", "timestamp", "interval"} & set(
            family.name.split("_")
        )
        assert family.name.endswith("_seconds") or not durations
        for sample in family.samples:
            words.update(sample.labels.values())
    everything = " ".join(words).lower()
    assert [word for word in PLANTED if word in everything] == []


PLANTED = ("planted", "nonsense", "acme", "globex", "u0", "c0", "@", "gpt")


async def test_a_process_that_does_not_serve_counts_nothing_and_minds_nothing():
    nobody = Unobserved()
    with nobody.span("a step") as span:
        span.name("another")
        span.tell("costbot.outcome", "done")
    nobody.requested("GET", "/", 200, 0.1)
    assert dict(nobody.checks.counts) == {}


async def test_the_lag_of_the_event_loop_is_told():
    lags: list[float] = []
    looked = asyncio.Event()

    class Lagging(Unobserved):
        def lagged(self, seconds: float) -> None:
            lags.append(seconds)
            looked.set()

    async with lag_watched(Lagging(), every=0.001):
        await asyncio.sleep(0)
        time.sleep(0.03)  # noqa: ASYNC251 - what is looked for
        await looked.wait()
    assert lags[0] >= 0.02


def asking(client: str, **headers: str) -> Request:
    told = [(name.replace("_", "-").encode(), text.encode()) for name, text in headers.items()]
    return Request({"type": "http", "client": (client, 1), "headers": told})


async def test_without_a_token_metrics_are_told_to_this_machine_alone():
    permit(asking("127.0.0.1"), None)
    permit(asking("::1"), None)
    brought = ("x_forwarded_for", "x_real_ip", "via", "forwarded")
    proxied = (asking("127.0.0.1", **{name: "10.0.0.7"}) for name in brought)
    for other in (asking("10.0.0.7"), asking("x"), *proxied):
        with pytest.raises(NotAllowed, match="this machine alone"):
            permit(other, None)


async def test_with_a_token_metrics_are_told_to_whoever_sends_it():
    token = SecretStr("sixteen-letters-")
    permit(asking("10.0.0.7", authorization="Bearer sixteen-letters-"), token)
    for sent in ({}, {"authorization": "Bearer sixteen-letters"}, {"authorization": "sixteen"}):
        with pytest.raises(NotIdentified):
            permit(asking("127.0.0.1", **sent), token)

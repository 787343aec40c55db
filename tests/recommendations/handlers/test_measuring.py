"""Savings of claimed recommendations, measured from a real mart: once a day, never twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from analysis.recommendations.gpus.gpu import Pool, Service, pool_dollars_of
from analysis.recommendations.kept.states import Move
from analysis.recommendations.proposal import Kind, Part
from bot.recommendation_jobs import SETTLING, RecommendationJobs
from bot.recommendation_words import (
    measured_line,
    method_line,
)
from handlers.recommendations.requests import DecideRequest
from queries.dimensions import Source
from storage.records.savings_measurement import MeasurementState
from tests.facts import Fact, add, request
from tests.recommendations.handlers.conftest import ADMIN, Desk
from tests.recommendations.proposals import proposal

if TYPE_CHECKING:
    pass

from tests.recommendations.handlers.claimed import (
    ACCEPTED,
    CHAT,
    DAY,
    NOW,
    D,
    accepted,
    chat_proposal,
    days,
    measured,
    moved_usage,
    usage,
)


async def test_a_cheaper_model_is_measured_from_the_day_after_it_was_accepted(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    counts = await desk.handlers.measure.measure()
    assert counts == {MeasurementState.SEEN: 1}
    (one,) = await measured(desk, row)
    assert one.measured_likely == D("50.4"), "14 days of 40 requests at 9 cents less"
    assert (one.days, one.as_of) == (14, date(2026, 11, 19))
    assert one.promised == D(56)
    assert one.details["expected_cost"] == "140.000000"
    assert one.details["since"] == "2026-11-06"
    assert "difference in differences" in one.method
    line = measured_line(row, one)
    assert line.startswith("Saved $50.40 so far (90 %: $")
    assert line.endswith(" of $56.00 promised by now (14 complete days to 2026-11-19)")
    assert method_line(one).startswith("Measured by rate before × volume since")


async def test_measuring_again_changes_nothing_and_the_next_day_adds_a_row(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    await desk.handlers.measure.measure()
    before = await measured(desk, row)
    assert not await desk.handlers.measure.measure(), "nothing is due"
    assert await measured(desk, row) == before
    desk.clock.advance(DAY)
    add(desk.mart, [usage(date(2026, 11, 20), CHAT, 100, "10")])
    last = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    add(desk.mart, [request(last, "1")])
    assert await desk.handlers.measure.measure() == {MeasurementState.SEEN: 1}
    first, second = await measured(desk, row)
    assert first == before[0]
    assert (second.as_of, second.days) == (date(2026, 11, 20), 15)
    assert second.measured_likely == D("50.4"), "a day like before saves nothing"


async def test_restated_days_correct_the_next_measurement(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    await desk.handlers.measure.measure()
    # Late requests of the smaller model, on a day that was measured already.
    small = replace(CHAT, model="gpt-4o-mini")
    add(desk.mart, [usage(date(2026, 11, 10), small, 10, "5")])
    desk.clock.advance(DAY)
    assert await desk.handlers.measure.measure() == {MeasurementState.SEEN: 1}
    (one,) = await measured(desk, row)
    assert one.measured_likely == D("46.4"), "10 requests for $1 were to be expected, $5 it was"


async def test_too_young_ones_have_no_row_and_then_are_not_seen_yet(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    desk.clock.now = ACCEPTED + timedelta(hours=20)
    assert not await desk.handlers.measure.measure()
    assert measured_line(row, None) == "Not measured yet: the first complete day is not over"
    desk.clock.now = ACCEPTED + 2 * DAY
    assert await desk.handlers.measure.measure() == {MeasurementState.NOT_SEEN_YET: 1}
    (one,) = await measured(desk, row)
    assert measured_line(row, one) == (
        "Not seen yet: 1 complete day to 2026-11-06, at least 3 are needed; $4.00 promised by now"
    )


async def test_an_implementation_begins_anew_and_a_new_claim_forgets_the_old_one(
    desk: Desk,
) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    desk.clock.now = ACCEPTED + 6 * DAY
    await desk.handlers.measure.measure()
    implement = DecideRequest(str(row.id), Move.IMPLEMENT)
    await desk.handlers.decide.decide(implement, ADMIN)
    tracker = await desk.handlers.tracker.track(ADMIN)
    assert tracker.total.not_seen_yet == 1, "what was measured before it was done is not of it"
    desk.clock.now = NOW
    await desk.handlers.measure.measure()
    *_, last = await measured(desk, row)
    assert (last.days, last.details["since"]) == (8, "2026-11-12")
    assert last.details["before_last_day"] == "2026-11-04"


async def test_traffic_that_is_gone_or_unpriced_is_told_with_its_reason(desk: Desk) -> None:
    add(desk.mart, [usage(day, CHAT, 100, "10") for day in days(last=ACCEPTED.date())])
    (row,) = await accepted(desk, chat_proposal())
    assert await desk.handlers.measure.measure() == {MeasurementState.NOT_MEASURABLE: 1}
    (one,) = await measured(desk, row)
    assert measured_line(row, one) == (
        "Cannot be measured: only 0.0 % of the volume of before is left"
    )
    assert one.measured_likely is None
    small = replace(CHAT, model="gpt-4o-mini")
    add(
        desk.mart,
        [usage(day, small, 100, None) for day in days(first=ACCEPTED.date() + DAY)],
    )
    desk.clock.advance(DAY)
    await desk.handlers.measure.measure()
    (one,) = await measured(desk, row)
    assert one.details["reason"] == "100 % more of the requests than before have no price"


async def test_gpus_users_and_keys_are_measured_too(desk: Desk) -> None:
    video = Service("api", "/video", None, "m")
    pool = Pool("api", "m", "reserved")
    rows: list[Fact] = []
    for day in days():
        since = day > ACCEPTED.date()
        at = datetime.combine(day, time(23, 30), UTC)
        gpu = {"product": "api", "model": "m"}
        asked = gpu | {"endpoint": "/video", "organization": "acme"}
        rows += [
            request(
                at,
                "8",
                source=Source.GPU,
                **asked,
                requests=80,
                gpu_seconds=D(800),
                result="success",
            ),
            request(
                at,
                "0.5" if since else "2",
                source=Source.GPU,
                **asked,
                requests=20,
                failed_requests=20,
                gpu_seconds=D(50 if since else 200),
                result="failed",
            ),
            request(
                at,
                "1" if since else "6",
                source=Source.GPU,
                **gpu,
                requests=0,
                cost_category="idle",
                billing_type="reserved",
            ),
            usage(
                day,
                CHAT,
                10,
                "2" if since or day.day % 4 else "30",
                key_name="ci",
            ),
        ]
    add(desk.mart, rows)
    failing = replace(
        proposal(kind=Kind.FAILURE_WASTE, organization=None, scope=video.scope),
        parts=(Part(video.dollars, D(60), D(40)),),
    )
    waiting = replace(
        proposal(
            kind=Kind.IDLE_CAPACITY,
            organization=None,
            scope={"billing_type": ("reserved",)},
        ),
        parts=(Part(pool_dollars_of(pool), D(180), D(40)),),
    )
    limited = proposal(kind=Kind.RATE_LIMITING, scope={"key": ("ci",)})
    drift = replace(
        proposal(kind=Kind.EFFICIENCY_DRIFT, organization=None, scope=video.scope),
        parts=(Part(video.dollars, D(300), D(40)),),
    )
    claimed = await accepted(desk, failing, waiting, limited, drift)
    await desk.handlers.measure.measure()
    found = {row.content.kind: (await measured(desk, row))[-1] for row in claimed}
    assert found[Kind.FAILURE_WASTE].measured_likely == D(21), "1.50 a day"
    assert found[Kind.FAILURE_WASTE].state is MeasurementState.SEEN
    assert found[Kind.RATE_LIMITING].state is MeasurementState.SEEN
    assert found[Kind.EFFICIENCY_DRIFT].state is MeasurementState.SEEN
    assert found[Kind.EFFICIENCY_DRIFT].measured_likely == D(21)
    # Busy capacity of requests says no billing type, so the pool's own load is not known.
    assert found[Kind.IDLE_CAPACITY].measured_likely == D(70)


async def test_a_serving_costbot_measures_by_itself(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    jobs = RecommendationJobs(desk.handlers, desk.store, desk.clock, desk.clock.now)
    await jobs.measure()
    assert await measured(desk, row) == [], "questions of people come first"
    desk.clock.advance(SETTLING)
    await jobs.measure()
    assert len(await measured(desk, row)) == 1
    (one,) = await measured(desk, row)
    desk.clock.advance(timedelta(hours=2))
    await jobs.measure()
    assert await measured(desk, row) == [one], "once a day"
    desk.clock.advance(DAY)
    await jobs.measure()
    (again,) = await measured(desk, row)
    assert again.measured_at > one.measured_at, "of the same day, but days may be restated"


async def test_unused_keys_and_pools_are_measured_and_fees_are_not(desk: Desk) -> None:
    rows: list[Fact] = []
    for day in days():
        is_since = day > ACCEPTED.date()
        at = datetime.combine(day, time(23, 30), UTC)
        rows.append(usage(day, CHAT, 100, "10", key_name="web"))
        if not is_since:
            rows.append(usage(day, CHAT, 10, "2", key_name="old"))
        cost = "1" if is_since else "4"
        rows.append(
            request(at, cost, source=Source.GPU, product="api", model="m", cost_category="idle")
        )
    add(desk.mart, rows)
    key = proposal(kind=Kind.UNUSED_FEATURES, scope={"key": ("old",)})
    pool = replace(
        proposal(kind=Kind.UNUSED_FEATURES, organization=None, scope={"product": ("api",)}),
        variant="pool",
    )
    fee = replace(proposal(kind=Kind.TIER_MIGRATION), variant="provisioned_throughput|7")
    claimed = await accepted(desk, key, pool, fee)
    await desk.handlers.measure.measure()
    found = {row.content.key: (await measured(desk, row))[-1] for row in claimed}
    assert found[key.key].measured_likely == D(28)
    assert found[pool.key].measured_likely == D(42)
    assert found[pool.key].state is MeasurementState.SEEN
    assert found[fee.key].state is MeasurementState.NOT_MEASURABLE
    assert found[fee.key].details["reason"] == (
        "its fee does not show in the usage: verify it by hand"
    )

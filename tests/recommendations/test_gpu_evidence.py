"""What is read of GPUs from a real mart, and that it agrees with the rules that stand elsewhere."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.drivers.cells import Cell
from analysis.efficiency import Unit, Work, drift
from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.gpu import GpuEvidence, Pool, Service
from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.recommendation_evidence.gpu import gpu_evidence
from tests.facts import Fact, add, request
from tests.recommendations.gpu_makers import DAY, FIRST, HOUR, PERIOD, UNTIL, D, midnight

NOW = datetime(2026, 11, 16, 3, tzinfo=UTC)


def evidence_of(facts: Iterable[Fact], period: EvidencePeriod = PERIOD) -> GpuEvidence:
    async def read() -> GpuEvidence:
        with tempfile.TemporaryDirectory() as folder:
            mart = Mart(Path(folder), Dimensions(), lambda: NOW)
            add(mart, facts)
            engine = DuckDbEngine(mart)
            try:
                return await gpu_evidence(engine, Dimensions(), period)
            finally:
                await engine.close()

    return asyncio.run(read())


def row(day: int, cost: str | None, hour: int = 9, /, **columns: object) -> Fact:
    time = midnight(FIRST + day * DAY) + hour * HOUR + timedelta(minutes=7)
    return request(time, cost, source=Source.GPU, **columns)


def machines(day: int, cost: str, category: str, **columns: object) -> Fact:
    return row(day, cost, cost_category=category, requests=0, **columns)


def test_pools_are_told_apart_by_what_waiting_capacity_says_of_itself() -> None:
    found = evidence_of(
        [
            row(1, "5", product="api", model="m", billing_type="reserved", endpoint="/v1"),
            row(1, "3", product="api", model="m", billing_type="on_demand", endpoint="/v1"),
            row(1, "1", 10, product="studio", model="m", billing_type="reserved"),
            machines(1, "4", "idle", model="m", billing_type="reserved"),
            machines(1, "2", "unused", model="m", billing_type="reserved"),
            machines(1, "1", "overhead", model="m", billing_type="reserved"),
            request(midnight(FIRST) + HOUR, "99", model="m"),
        ]
    )
    # No machine names its product: a product has no machines of its own.
    on_demand, reserved = found.pools
    assert (on_demand.pool, reserved.pool) == (
        Pool(None, "m", "on_demand"),
        Pool(None, "m", "reserved"),
    )
    first, second = reserved.hours
    assert first.start == midnight(FIRST + DAY) + 9 * HOUR
    assert (first.capacity.inference, first.capacity.waiting) == (5, 6)
    assert first.capacity.overhead.spent == 1
    assert (second.capacity.inference, second.capacity.waiting) == (1, 0)
    assert [hour.capacity.waiting for hour in on_demand.hours] == [0]
    assert found.monthly_cost == D(16) * 30 / 28


def test_hours_that_the_mart_has_forgotten_have_no_part_in_the_pools() -> None:
    old = EvidencePeriod(FIRST - 90 * DAY, FIRST, NOW)
    found = evidence_of([row(-89, "5", model="m"), machines(-89, "4", "idle", model="m")], old)
    assert found.pools == ()
    assert found.monthly_cost == D(9) * 30 / 91


def test_endings_are_at_direct_cost_beside_what_is_pushed_onto_them() -> None:
    pushed = {"attributed_idle_cost": D(2), "attributed_overhead_cost": D(1)}
    service = {"product": "api", "endpoint": "/v1", "model": "m"}
    found = evidence_of(
        [
            row(1, "5", requests=4, result="success", **service, **pushed),
            row(1, "7", failed_requests=1, result="failed", error_type="infrastructure", **service,
                **pushed),
            row(1, None, failed_requests=1, result="timeout", **service),
            row(1, "1", result="pending", organization="acme", **service),
            machines(1, "4", "idle", model="m"),
        ]
    )  # fmt: skip
    endings = {one.result: one for one in found.endings}
    assert {one.service for one in found.endings} == {Service("api", "/v1", None, "m")}
    assert (endings["success"].outcome.requests, endings["success"].outcome.cost) == (4, 5)
    failed = endings["failed"]
    assert (failed.outcome.wasted, failed.fully_loaded) == (7, 10)
    assert (failed.error_type, failed.day) == ("infrastructure", FIRST + DAY)
    assert endings["timeout"].outcome.unpriced_failed == 1
    assert endings["pending"].outcome.failed == 0


@pytest.mark.parametrize("mix", ["coarse", "fine"])
def test_expected_seconds_are_those_of_the_index_of_efficiency(mix: str) -> None:
    """Two customers; the one with long requests comes to be most of the work, and both drift."""
    facts: list[Fact] = []
    cells: dict[str | None, list[Decimal]] = {}
    for day, org, count, seconds in (
        (2, "acme", 90, "1000"),
        (2, "hooli", 10, "900"),
        (9, "acme", 30, "420"),
        (20, "acme", 40, "480"),
        (20, "hooli", 60, "6600"),
        (20, "new", 5, "1"),
    ):
        facts.append(
            row(
                day,
                "1",
                requests=count,
                gpu_seconds=D(seconds),
                organization=org,
                model="m",
                result="success",
            )
        )
        sums = cells.setdefault(org if mix == "fine" else None, [D(0)] * 4)
        place = 0 if FIRST + day * DAY < UNTIL else 2
        sums[place] += count
        sums[place + 1] += D(seconds)
    found = {one.day: one for one in evidence_of(facts).work}[FIRST + 20 * DAY]
    known = tuple(
        Cell((name,), int(sums[0]), sums[1], int(sums[2]), sums[3])
        for name, sums in cells.items()
        if sums[0]
    )
    index = drift(Work(known, 1, 1), Unit.REQUEST, D(1)).like_for_like
    assert index is not None
    mixed = found.fine if mix == "fine" else found.coarse
    assert mixed.seconds / mixed.expected - 1 == pytest.approx(float(index))
    assert mixed.seconds == (7080 if mix == "fine" else 7081)
    assert (found.requests, found.seconds, found.cost) == (105, 7081, 3)


def test_an_unpriced_request_is_no_work_and_nothing_is_nothing() -> None:
    found = evidence_of([row(1, None, gpu_seconds=D(5), model="m")])
    assert found.work == ()
    assert found.baseline_until == UNTIL
    assert found.monthly_cost == 0
    assert evidence_of([]).endings == ()

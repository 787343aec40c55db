"""The doctor looks at how the jobs went."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from analysis.checks import Level
from bot.job_inspection import OVERDUE, JobInspection
from bot.jobs import FORGET, SEND_DIGESTS
from storage import Store
from tests.stores import TestClock, sqlite_store


async def ran(store: Store, clock: TestClock, error: str = "") -> None:
    for job in (FORGET, SEND_DIGESTS):
        await store.jobs.claim(job.name, "", job.cadence.slot(clock()), "w", clock())
    await store.jobs.end(FORGET.name, "", "w", clock(), "done")
    outcome = "failed" if error else "done"
    await store.jobs.end(SEND_DIGESTS.name, "", "w", clock(), outcome, error)


async def test_jobs_that_go_well_are_one_check(tmp_path: Path) -> None:
    clock = TestClock()
    async with sqlite_store(tmp_path, clock) as store:
        looked = JobInspection(store, (FORGET, SEND_DIGESTS), clock)
        assert await looked.inspect() == []
        await ran(store, clock)
        [check] = await looked.inspect()
    assert (check.name, check.level) == ("jobs", Level.OK)


async def test_a_job_that_fails_is_told_with_what_is_wrong(tmp_path: Path) -> None:
    clock = TestClock()
    async with sqlite_store(tmp_path, clock) as store:
        await ran(store, clock, "The store is full.")
        [check] = await JobInspection(store, (FORGET, SEND_DIGESTS), clock).inspect()
    assert (check.name, check.level) == ("job: sending digests", Level.WARNING)
    assert check.sentence == "It fails since 2026-11-20 09:30 UTC: The store is full."


async def test_a_costbot_that_serves_no_more_is_told(tmp_path: Path) -> None:
    clock = TestClock()
    async with sqlite_store(tmp_path, clock) as store:
        await ran(store, clock)
        clock.advance(OVERDUE + timedelta(days=2))
        checks = await JobInspection(store, (FORGET, SEND_DIGESTS), clock).inspect()
    assert [check.name for check in checks] == [
        "job: forgetting what is old",
        "job: sending digests",
    ]

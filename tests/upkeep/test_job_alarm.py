"""The owner hears of a job that fails, once, and when it runs again."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from analysis.errors import Unavailable
from bot.job_alarm import ENOUGH_FAILURES, JobAlarm
from bot.job_ledger import JobLedger
from bot.jobs import Every, Job
from storage import Store
from storage.records.delivery import Delivery
from tests.stores import TestClock, sqlite_store

JOB = Job("counting <!channel>", Every(timedelta(minutes=1)))
HOUR = Job("seldom work", Every(timedelta(hours=1)))


class Desk:
    """A ledger over a store, and what it put into the outbox."""

    def __init__(self, store: Store, clock: TestClock) -> None:
        self.store, self.clock = store, clock
        alarm = JobAlarm(store, clock, ("U1", "U2"))
        self.ledger = JobLedger(store.jobs, clock, "machine", "worker", alarm.tell)

    async def run(self, job: Job, error: BaseException | None = None) -> None:
        self.clock.advance(timedelta(minutes=15))
        claim = await self.ledger.claim(job, job.cadence.slot(self.clock()))
        assert claim.is_mine
        await (self.ledger.done(job) if error is None else self.ledger.failed(job, error))

    async def told(self) -> list[Delivery]:
        return sorted(await self.store.deliveries.newest(limit=50), key=lambda one: one.id)

    async def texts(self) -> list[str]:
        return [cast("str", one.payload["text"]) for one in await self.told()]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    clock = TestClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    async with sqlite_store(tmp_path, clock) as store:
        yield Desk(store, clock)


async def test_what_was_not_expected_is_told_at_once_and_once(desk: Desk) -> None:
    for _ in range(4):
        await desk.run(JOB, ZeroDivisionError("division by zero"))
    told = await desk.told()
    assert [(one.channel, one.address) for one in told] == [("slack", "U1"), ("slack", "U2")]
    text = (await desk.texts())[0]
    assert "counting &lt;!channel&gt;" in text
    assert "ZeroDivisionError: division by zero" in text
    assert "since 2026-11-20 12:15 UTC" in text


async def test_a_hiccup_is_not_told_and_an_outage_is(desk: Desk) -> None:
    error = Unavailable("The warehouse does not answer.")
    for _ in range(ENOUGH_FAILURES - 1):
        await desk.run(JOB, error)
    await desk.run(JOB)
    assert await desk.told() == []
    for _ in range(ENOUGH_FAILURES + 2):
        await desk.run(JOB, error)
    assert len(await desk.told()) == 2
    assert "3 times in a row. The warehouse does not answer." in (await desk.texts())[0]


async def test_the_end_of_it_is_told_below_and_the_next_failure_anew(desk: Desk) -> None:
    await desk.run(JOB, RuntimeError("no"))
    await desk.run(JOB)
    await desk.run(JOB)
    await desk.run(JOB, RuntimeError("no"))
    told = await desk.told()
    assert [one.address for one in told] == ["U1", "U2"] * 3
    assert told[2].payload["do"] == "reply"
    assert told[2].payload["root"] == told[0].key
    assert "It runs again" in (await desk.texts())[2]
    assert told[4].key != told[0].key


async def test_each_job_is_told_by_itself(desk: Desk) -> None:
    await desk.run(JOB, RuntimeError("no"))
    await desk.run(HOUR, RuntimeError("no"))
    assert len(await desk.told()) == 4

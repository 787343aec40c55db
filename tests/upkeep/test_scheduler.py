"""Each job once in each of its slots, under a turned clock."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest

from analysis.errors import BadInput, CostbotError, Unavailable
from bot.scheduler import Every, Nightly, Scheduler
from bot.supervisor import Supervisor
from tests.stores import TestClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIVE_PAST = datetime(2026, 11, 20, 0, 5, tzinfo=UTC)


class Work:
    """Counts how often it is done; may be held up, or fail."""

    def __init__(self) -> None:
        self.done = 0
        self.may_end = asyncio.Event()
        self.may_end.set()
        self.error: Exception | None = None
        self.begun = asyncio.Event()

    async def __call__(self) -> None:
        self.begun.set()
        await self.may_end.wait()
        if self.error is not None:
            raise self.error
        self.done += 1


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (NOON, FIVE_PAST),
        (FIVE_PAST, FIVE_PAST),
        (FIVE_PAST - timedelta(seconds=1), FIVE_PAST - timedelta(days=1)),
    ],
)
def test_a_night_begins_five_minutes_after_midnight(now: datetime, slot: datetime) -> None:
    assert Nightly().slot(now) == slot


def test_stretches_follow_the_clock_on_the_wall() -> None:
    quarter = Every(timedelta(minutes=15))
    assert quarter.slot(NOON + timedelta(minutes=14, seconds=59)) == NOON
    assert quarter.slot(NOON + timedelta(minutes=15)) == NOON + timedelta(minutes=15)


async def test_work_is_done_at_the_start_and_once_in_each_slot() -> None:
    clock, supervisor, work = TestClock(NOON), Supervisor(), Work()
    scheduler = Scheduler(clock, supervisor)
    scheduler.add("work", Every(timedelta(hours=1)), work)
    done: list[int] = []
    for minutes in (0, 10, 40, 10, 5, 55, 60 * 7):
        clock.advance(timedelta(minutes=minutes))
        scheduler.look()
        await supervisor.idle()
        done.append(work.done)
    assert done == [1, 1, 1, 2, 2, 3, 4]


async def test_work_that_is_still_under_way_is_not_begun_again() -> None:
    clock, supervisor, work = TestClock(NOON), Supervisor(), Work()
    scheduler = Scheduler(clock, supervisor)
    scheduler.add("work", Every(timedelta(hours=1)), work)
    work.may_end.clear()
    scheduler.look()
    clock.advance(timedelta(hours=3))
    scheduler.look()
    work.may_end.set()
    await supervisor.idle()
    assert work.done == 1
    scheduler.look()
    await supervisor.idle()
    assert work.done == 2


async def test_work_that_fails_is_logged_and_done_in_the_next_slot(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, supervisor, work = TestClock(NOON), Supervisor(), Work()
    scheduler = Scheduler(clock, supervisor)
    scheduler.add("the work", Every(timedelta(hours=1)), work)
    work.error = RuntimeError("no")
    scheduler.look()
    await supervisor.idle()
    assert [record.getMessage() for record in caplog.records] == ["task the work failed"]
    assert caplog.records[0].levelno == logging.ERROR
    assert "Traceback" in caplog.text
    work.error = None
    clock.advance(timedelta(hours=1))
    scheduler.look()
    await supervisor.idle()
    assert work.done == 1


@pytest.mark.parametrize(
    "error", [Unavailable("The store does not answer."), BadInput("It is damaged.", "Repair it.")]
)
async def test_what_was_to_be_expected_is_told_in_a_sentence_and_tried_again(
    caplog: pytest.LogCaptureFixture, error: CostbotError
) -> None:
    clock, supervisor, work = TestClock(NOON), Supervisor(), Work()
    scheduler = Scheduler(clock, supervisor)
    scheduler.add("the work", Every(timedelta(hours=1)), work)
    work.error = error
    scheduler.look()
    await supervisor.idle()
    [record] = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.getMessage() == (
        f"the work did not succeed, and is tried again in its next turn: {error}"
    )
    work.error = None
    clock.advance(timedelta(hours=1))
    scheduler.look()
    await supervisor.idle()
    assert work.done == 1


async def test_a_started_scheduler_begins_at_once_and_then_by_itself_until_it_is_stopped() -> None:
    clock, supervisor, work = TestClock(NOON), Supervisor(), Work()
    scheduler = Scheduler(clock, supervisor, look_every=timedelta(milliseconds=10))
    scheduler.add("work", Nightly(), work)
    scheduler.start()
    async with asyncio.timeout(5):
        await work.begun.wait()
        await supervisor.idle()
        assert work.done == 1
        work.begun.clear()
        clock.advance(timedelta(days=1))
        await work.begun.wait()
        await supervisor.idle()
    await scheduler.stop(0)
    await scheduler.stop(0)
    assert work.done == 2


async def test_what_is_under_way_at_the_end_is_waited_for_and_then_cancelled(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock, supervisor, quick, slow = TestClock(NOON), Supervisor(), Work(), Work()
    scheduler = Scheduler(clock, supervisor)
    scheduler.add("quick", Nightly(), quick)
    scheduler.add("slow", Nightly(), slow)
    slow.may_end.clear()
    scheduler.look()
    await scheduler.stop(0.05)
    assert (quick.done, slow.done) == (1, 0)
    assert [record.getMessage() for record in caplog.records] == [
        "cancelled at shutdown, begun again at the next start: slow"
    ]

"""Each job once in each of its slots, under a turned clock, on both stores."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis.errors import BadInput, CostbotError, Unavailable
from bot.job_ledger import JobLedger
from bot.jobs import Every, Job, Nightly, Whose
from bot.scheduler import Scheduler
from bot.supervisor import Supervisor
from storage import Store
from storage.repositories.jobs import LEASE, MOST_ATTEMPTS, RETRY_AFTER
from tests.stores import Postgres, TestClock, lay_store

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FIVE_PAST = datetime(2026, 11, 20, 0, 5, tzinfo=UTC)

HOURLY = Job("the work", Every(timedelta(hours=1)))
NIGHTLY = Job("nightly work", Nightly())


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


@dataclass
class Replica:
    """A process with a scheduler and a job of its own."""

    store: Store
    clock: TestClock
    name: str = "a-1"
    job: Job = HOURLY
    work: Work = field(default_factory=Work)
    supervisor: Supervisor = field(default_factory=Supervisor)

    def __post_init__(self) -> None:
        machine = self.name.split("-")[0]
        ledger = JobLedger(self.store.jobs, self.clock, machine, self.name)
        self.scheduler = Scheduler(
            self.clock, self.supervisor, ledger, look_every=timedelta(milliseconds=10)
        )
        self.scheduler.add(self.job, self.work)

    async def look(self) -> int:
        """Looks at the clock once, and says how often the work was done by then."""
        self.scheduler.look()
        await self.supervisor.idle()
        return self.work.done


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NOON)


@pytest.fixture(params=["sqlite", "postgresql"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: TestClock
) -> AsyncGenerator[Store]:
    if request.param == "sqlite":
        lay_store(tmp_path)
        address = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        address = await server.new_store()
    store = Store(address, clock)
    yield store
    await store.close()


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
    assert Nightly().next_after(now) == slot + timedelta(days=1)


def test_stretches_follow_the_clock_on_the_wall() -> None:
    quarter = Every(timedelta(minutes=15))
    assert quarter.slot(NOON + timedelta(minutes=14, seconds=59)) == NOON
    assert quarter.slot(NOON + timedelta(minutes=15)) == NOON + timedelta(minutes=15)
    assert quarter.next_after(NOON) == NOON + timedelta(minutes=15)


@pytest.mark.parametrize(
    ("minutes", "words"), [(1, "every minute"), (15, "every 15 minutes"), (60, "hourly")]
)
def test_how_often_is_said_in_words(minutes: int, words: str) -> None:
    assert Every(timedelta(minutes=minutes)).words == words


async def test_work_is_done_at_the_start_and_once_in_each_slot(
    store: Store, clock: TestClock
) -> None:
    replica, done = Replica(store, clock), list[int]()
    for minutes in (0, 10, 40, 10, 5, 55, 60 * 7):
        clock.advance(timedelta(minutes=minutes))
        done.append(await replica.look())
    assert done == [1, 1, 1, 2, 2, 3, 4]


async def test_of_three_replicas_one_does_the_work_of_a_slot(
    store: Store, clock: TestClock
) -> None:
    replicas = [Replica(store, clock, name) for name in ("a-1", "b-2", "c-3")]
    for hours in range(4):
        for replica in replicas:
            replica.scheduler.look()
        for replica in replicas:
            await replica.supervisor.idle()
        assert sum(replica.work.done for replica in replicas) == hours + 1
        clock.advance(timedelta(hours=1))


async def test_a_restart_repeats_nothing_and_a_slot_that_was_slept_through_is_done_once(
    store: Store, clock: TestClock
) -> None:
    assert await Replica(store, clock, "a-1").look() == 1
    assert await Replica(store, clock, "a-2").look() == 0
    clock.advance(timedelta(hours=5))
    again = Replica(store, clock, "a-3")
    assert (await again.look(), await again.look()) == (1, 1)


async def test_what_each_machine_does_for_itself_is_done_by_each_once(
    store: Store, clock: TestClock
) -> None:
    job = Job("its own", Every(timedelta(hours=1)), Whose.MACHINE)
    done = [await Replica(store, clock, name, job).look() for name in ("a-1", "b-2", "a-3")]
    assert done == [1, 1, 0]


async def test_what_each_process_does_for_itself_is_done_at_every_start(
    store: Store, clock: TestClock
) -> None:
    job = Job("in memory", Every(timedelta(hours=1)), Whose.PROCESS)
    done = [await Replica(store, clock, name, job).look() for name in ("a-1", "a-2")]
    assert done == [1, 1]


async def test_a_clock_that_goes_back_doubles_nothing_and_one_that_was_far_ahead_blocks_nothing(
    store: Store, clock: TestClock
) -> None:
    replica = Replica(store, clock)
    assert await replica.look() == 1
    clock.advance(timedelta(hours=-3))
    assert await Replica(store, clock, "b-2").look() == 0
    clock.advance(timedelta(days=365))
    assert await Replica(store, clock, "c-3").look() == 1
    clock.advance(timedelta(days=-364))
    assert await Replica(store, clock, "d-4").look() == 1


async def test_the_slot_of_a_worker_that_died_is_begun_by_another_once_its_lease_is_over(
    store: Store, clock: TestClock
) -> None:
    dead = Replica(store, clock, "a-1", NIGHTLY)
    dead.work.may_end.clear()
    dead.scheduler.look()
    async with asyncio.timeout(5):
        await dead.work.begun.wait()
    other = Replica(store, clock, "b-2", NIGHTLY)
    assert await other.look() == 0
    clock.advance(LEASE)
    assert await other.look() == 1
    dead.work.may_end.set()
    await dead.supervisor.idle()
    [state] = await store.jobs.find_all()
    assert (state.worker, state.outcome) == ("b-2", "done")


async def test_work_that_is_still_under_way_is_not_begun_again(
    store: Store, clock: TestClock
) -> None:
    replica = Replica(store, clock)
    replica.work.may_end.clear()
    replica.scheduler.look()
    clock.advance(timedelta(hours=3))
    replica.scheduler.look()
    replica.work.may_end.set()
    await replica.supervisor.idle()
    assert replica.work.done == 1
    assert await replica.look() == 2


async def test_what_was_not_expected_is_logged_whole_and_tried_again_a_few_times(
    store: Store, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    replica = Replica(store, clock, job=NIGHTLY)
    replica.work.error = RuntimeError("no")
    await replica.look()
    assert [record.getMessage() for record in caplog.records] == ["task nightly work failed"]
    assert caplog.records[0].levelno == logging.ERROR
    assert "Traceback" in caplog.text
    for _ in range(MOST_ATTEMPTS + 2):
        clock.advance(RETRY_AFTER)
        await replica.look()
    assert len(caplog.records) == MOST_ATTEMPTS
    [state] = await store.jobs.find_all()
    assert (state.outcome, state.failures) == ("failed", MOST_ATTEMPTS)
    assert state.error == "RuntimeError: no"
    replica.work.error = None
    clock.advance(timedelta(days=1))
    assert await replica.look() == 1
    [state] = await store.jobs.find_all()
    assert (state.outcome, state.failures, state.failing_since) == ("done", 0, None)


@pytest.mark.parametrize(
    "error", [Unavailable("The store does not answer."), BadInput("It is damaged.", "Repair it.")]
)
async def test_what_was_to_be_expected_is_told_in_a_sentence_and_tried_again(
    store: Store, clock: TestClock, caplog: pytest.LogCaptureFixture, error: CostbotError
) -> None:
    replica = Replica(store, clock)
    replica.work.error = error
    await replica.look()
    [record] = caplog.records
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)
    assert record.getMessage() == (
        f"the work did not succeed, and is tried again in its next turn: {error}"
    )
    replica.work.error = None
    clock.advance(RETRY_AFTER)
    assert await replica.look() == 1


async def test_a_started_scheduler_begins_at_once_and_then_by_itself_until_it_is_stopped(
    store: Store, clock: TestClock
) -> None:
    replica = Replica(store, clock, job=NIGHTLY)
    work = replica.work
    replica.scheduler.start()
    async with asyncio.timeout(5):
        await work.begun.wait()
        await replica.supervisor.idle()
        assert work.done == 1
        work.begun.clear()
        clock.advance(timedelta(days=1))
        await work.begun.wait()
        await replica.supervisor.idle()
    await replica.scheduler.stop(0)
    await replica.scheduler.stop(0)
    assert work.done == 2


async def test_what_is_under_way_at_the_end_is_cancelled_and_begun_again_at_the_next_start(
    store: Store, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    slow = Replica(store, clock, job=NIGHTLY)
    slow.work.may_end.clear()
    slow.scheduler.look()
    async with asyncio.timeout(5):
        await slow.work.begun.wait()
    await slow.scheduler.stop(0.05)
    assert [record.getMessage() for record in caplog.records] == [
        "cancelled at shutdown, begun again at the next start: nightly work"
    ]
    [state] = await store.jobs.find_all()
    assert state.outcome == "cancelled"
    assert await Replica(store, clock, "a-2", NIGHTLY).look() == 1

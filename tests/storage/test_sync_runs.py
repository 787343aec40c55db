from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.sync_run import SyncRun
from tests.stores import TestClock


async def test_a_run_is_running_until_it_is_ended(store: Store, clock: TestClock) -> None:
    key = await store.sync_runs.begin("bot-1")
    running = await store.sync_runs.latest()
    assert running == SyncRun(
        id=key,
        machine="bot-1",
        begun_at=clock.now,
        ended_at=None,
        outcome="running",
        error="",
        days_read=0,
        days_restated=0,
        bytes_billed=0,
    )
    assert await store.sync_runs.latest_good() is None
    begun = clock.now
    clock.advance(timedelta(minutes=3))
    await store.sync_runs.end(key, "done", days_read=5, days_restated=1, bytes_billed=2**40)
    ended = SyncRun(
        id=key,
        machine="bot-1",
        begun_at=begun,
        ended_at=clock.now,
        outcome="done",
        error="",
        days_read=5,
        days_restated=1,
        bytes_billed=2**40,
    )
    assert await store.sync_runs.latest() == ended
    assert await store.sync_runs.latest_good() == ended


async def test_a_failed_run_is_the_latest_and_the_good_one_before_it_is_still_known(
    store: Store, clock: TestClock
) -> None:
    good = await store.sync_runs.begin("bot-1")
    await store.sync_runs.end(good, "done")
    clock.advance(timedelta(hours=1))
    bad = await store.sync_runs.begin("bot-1")
    await store.sync_runs.end(bad, "failed", error="The table is\nnot there.", days_read=2)
    latest, latest_good = await store.sync_runs.latest(), await store.sync_runs.latest_good()
    assert latest is not None
    assert latest_good is not None
    assert (latest.id, latest.outcome, latest.error) == (bad, "failed", "The table is not there.")
    assert latest_good.id == good


async def test_each_machine_has_runs_of_its_own(store: Store, clock: TestClock) -> None:
    one = await store.sync_runs.begin("bot-1")
    clock.advance(timedelta(minutes=1))
    two = await store.sync_runs.begin("bot-2")
    await store.sync_runs.end(one, "done")
    latest = [await store.sync_runs.latest(machine) for machine in ("bot-1", "bot-2", None)]
    assert [run and run.id for run in latest] == [one, two, two]
    assert await store.sync_runs.latest_good("bot-2") is None
    assert await store.sync_runs.latest("bot-3") is None


async def test_what_has_ended_is_not_ended_again(store: Store, clock: TestClock) -> None:
    key = await store.sync_runs.begin("bot-1")
    await store.sync_runs.end(key, "failed", error="It ended.")
    first = await store.sync_runs.latest()
    clock.advance(timedelta(minutes=1))
    await store.sync_runs.end(key, "done")
    assert await store.sync_runs.latest() == first


async def test_old_runs_are_forgotten(store: Store, clock: TestClock) -> None:
    await store.sync_runs.begin("bot-1")
    clock.advance(timedelta(days=1))
    recent = await store.sync_runs.begin("bot-1")
    assert await store.sync_runs.forget_before(clock.now) == 1
    latest = await store.sync_runs.latest()
    assert latest is not None
    assert latest.id == recent


@pytest.mark.parametrize("change", ["outcome = 'done'", "ended_at = begun_at", "outcome = 'x'"])
async def test_the_database_itself_refuses_an_end_without_an_outcome(
    store: Store, address: str, change: str
) -> None:
    await store.sync_runs.begin("bot-1")
    database = Database(parse_address(address))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(text(f"UPDATE sync_runs SET {change}"))
    await database.close()

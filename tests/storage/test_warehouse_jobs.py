from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.warehouse_job import JobTotals, WarehouseJob
from storage.repositories.lines import LONGEST_LINE
from tests.stores import TestClock

NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)

JOB = WarehouseJob(
    started_at=NOVEMBER + timedelta(days=2),
    seconds=1.25,
    purpose="sync",
    project="ltx-dwh-explore",
    outcome="done",
    job_id="costbot_1",
    bytes_estimated=2**33,
    bytes_processed=2**33,
    bytes_billed=2**33 + 2**20,
)


async def test_jobs_are_added_up_by_purpose_and_what_bills_most_comes_first(store: Store) -> None:
    for job in (
        replace(JOB, purpose="doctor", bytes_processed=5, bytes_billed=10 * 2**20),
        JOB,
        replace(JOB, outcome="failed", bytes_processed=7, bytes_billed=9, reason="backendError"),
        replace(JOB, outcome="cancelled", bytes_processed=0, bytes_billed=0),
        replace(JOB, outcome="refused", job_id=None, bytes_processed=0, bytes_billed=0),
    ):
        await store.warehouse_jobs.add(job)
    assert await store.warehouse_jobs.since(NOVEMBER) == [
        JobTotals(
            purpose="sync",
            jobs=3,
            failed=2,
            refused=1,
            bytes_processed=2**33 + 7,
            bytes_billed=2**33 + 2**20 + 9,
        ),
        JobTotals(
            purpose="doctor",
            jobs=1,
            failed=0,
            refused=0,
            bytes_processed=5,
            bytes_billed=10 * 2**20,
        ),
    ]


async def test_a_month_begins_with_its_first_instant(store: Store) -> None:
    await store.warehouse_jobs.add(replace(JOB, started_at=NOVEMBER))
    await store.warehouse_jobs.add(replace(JOB, started_at=NOVEMBER - timedelta(microseconds=1)))
    (totals,) = await store.warehouse_jobs.since(NOVEMBER)
    assert totals.jobs == 1


async def test_without_jobs_there_is_nothing_to_add_up(store: Store) -> None:
    assert await store.warehouse_jobs.since(NOVEMBER) == []


async def test_petabytes_are_added_up_to_the_byte(store: Store) -> None:
    many = [replace(JOB, bytes_billed=2**60 + 1) for _ in range(3)]
    await asyncio.gather(*(store.warehouse_jobs.add(job) for job in many))
    (totals,) = await store.warehouse_jobs.since(NOVEMBER)
    assert totals.bytes_billed == 3 * 2**60 + 3
    assert isinstance(totals.bytes_billed, int)


async def test_old_jobs_are_forgotten_and_recent_ones_are_not(store: Store) -> None:
    await store.warehouse_jobs.add(replace(JOB, started_at=NOVEMBER - timedelta(days=1)))
    await store.warehouse_jobs.add(JOB)
    assert await store.warehouse_jobs.forget_before(NOVEMBER) == 1
    assert await store.warehouse_jobs.forget_before(NOVEMBER) == 0
    (totals,) = await store.warehouse_jobs.since(NOVEMBER - timedelta(days=9))
    assert totals.jobs == 1


async def test_what_a_server_said_is_kept_as_one_line(store: Store, address: str) -> None:
    said = "first\nsecond\x00third " + "x" * 1000
    await store.warehouse_jobs.add(replace(JOB, outcome="failed", reason=said, asked_by="A\nB"))
    database = Database(parse_address(address))
    async with database.reading() as session:
        query = text("SELECT reason, asked_by FROM warehouse_jobs")
        reason, asked_by = (await session.execute(query)).one()
    await database.close()
    assert reason.startswith("first second third xxx")
    assert len(reason) == LONGEST_LINE
    assert asked_by == "A B"


async def test_the_database_itself_refuses_an_unknown_outcome(
    store: Store, address: str, clock: TestClock
) -> None:
    await store.warehouse_jobs.add(replace(JOB, started_at=clock.now))
    database = Database(parse_address(address))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(text("UPDATE warehouse_jobs SET outcome = 'lost'"))
    await database.close()

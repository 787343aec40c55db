"""What is done at the start and every night, with a real store and mart, under a turned clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from bot.assembly import Parts, assembled, budgets_of
from bot.assembly.home import home_of
from bot.budget_watch import watching
from bot.jobs import jobs_of
from bot.scheduled import scheduled
from bot.settings import Settings
from bot.slack.app import SlackAccess
from bot.supervisor import Supervisor
from bot.upkeep import RUNS_KEPT, Upkeep
from queries.dimensions import Source
from queries.mart import Mart, WriterLimits
from storage.records.budget import BudgetDraft
from storage.records.raise_ import RaiseDraft
from storage.repositories.inbound import KEPT
from tests.facts import add, request
from tests.road.serving import served
from tests.stores import TestClock

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NOON)


@pytest.fixture
async def parts(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Parts]:
    async with assembled(Settings(home=tmp_path, hourly_days=1), clock) as parts:
        add(parts.mart, [request(NOON, "1"), request(NOON - timedelta(days=1), "2")])
        yield parts


async def live(parts: Parts, clock: TestClock, nights: int, mart: Mart | None = None) -> None:
    """Starts costbot's scheduler, and lets it live through some nights."""
    supervisor = Supervisor()
    scheduler = scheduled(parts if mart is None else replace(parts, mart=mart), supervisor)
    scheduler.look()
    async with asyncio.timeout(20):
        await supervisor.idle()
        for _ in range(nights):
            clock.advance(timedelta(days=1))
            scheduler.look()
            await supervisor.idle()


def grains(mart: Mart) -> list[str | None]:
    days = (NOON.date() - timedelta(days=1), NOON.date())
    return [mart.snapshot().grain(Source.USAGE, day) for day in days]


async def test_days_lose_their_hours_in_the_night_that_is_their_turn(
    parts: Parts, clock: TestClock
) -> None:
    assert grains(parts.mart) == ["hour", "hour"]
    await live(parts, clock, 1)
    assert grains(parts.mart) == ["day", "hour"]
    await live(parts, clock, 1)
    assert grains(parts.mart) == ["day", "day"]


async def test_what_is_outdated_is_brought_up_to_date_at_the_start(
    parts: Parts, clock: TestClock
) -> None:
    clock.advance(timedelta(days=9))
    await live(parts, clock, 0)
    assert grains(parts.mart) == ["day", "day"]


async def test_events_are_forgotten_when_nobody_repeats_them_any_more(
    parts: Parts, clock: TestClock
) -> None:
    await parts.store.inbound.claim("Ev1")
    await live(parts, clock, 1)
    assert await parts.store.inbound.claim("Ev1") is False
    clock.advance(KEPT)
    await live(parts, clock, 0)
    assert await parts.store.inbound.claim("Ev1") is True


async def test_what_was_looked_at_is_forgotten_after_a_year_and_more(
    parts: Parts, clock: TestClock
) -> None:
    looks = parts.store.anomaly_looks
    day = NOON.date()
    key = await looks.begin("slot", day)
    assert key is not None
    await looks.finish(key, {})
    upkeep = Upkeep(parts.mart, parts.store, clock, budgets_of(parts, "system").raises)
    clock.advance(RUNS_KEPT)
    await upkeep.forget()
    assert await looks.last_day() == day
    clock.advance(timedelta(days=1))
    await upkeep.forget()
    assert await looks.last_day() is None


async def test_a_raise_that_nobody_decided_on_ends_with_its_last_day(
    parts: Parts, clock: TestClock
) -> None:
    draft = BudgetDraft(
        name="b", limit=Decimal(10), kind="monthly", zone=ZoneInfo("UTC"), start=NOON.date()
    )
    budget = await parts.store.budgets.add(draft, created_by="T1/U1")
    asked = await parts.store.raises.ask(
        RaiseDraft(
            budget_id=budget.id,
            amount=Decimal(5),
            reason="launch",
            first_day=NOON.date(),
            last_day=NOON.date(),
            asked_by="T1/U1",
        )
    )
    await live(parts, clock, 0)
    assert await state_of(parts, asked.id) == "pending"
    await live(parts, clock, 3)
    assert await state_of(parts, asked.id) == "expired"


async def state_of(parts: Parts, number: UUID) -> str:
    found = await parts.store.raises.find(number)
    assert found is not None
    return found.state


async def test_work_that_fails_is_logged_and_done_again_the_next_night(
    parts: Parts, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    await parts.store.inbound.claim("Ev1")
    clock.advance(timedelta(days=2))
    manifest = parts.mart.folder / "manifest.json"
    whole = manifest.read_bytes()
    manifest.write_bytes(whole[:-9])
    await live(parts, clock, 0)
    [failed] = [
        record
        for record in caplog.records
        if "did not succeed" in record.getMessage() and "keeping the mart up" in record.getMessage()
    ]
    assert "manifest.json cannot be read. Move the mart's folder away" in failed.getMessage()
    assert await parts.store.inbound.claim("Ev1") is True
    manifest.write_bytes(whole)
    await live(parts, clock, 1)
    assert grains(parts.mart) == ["day", "day"]


async def test_a_mart_that_is_being_written_to_is_left_to_its_writer(
    parts: Parts, clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    clock.advance(timedelta(days=2))
    impatient = Mart(
        parts.settings.home,
        parts.dimensions,
        clock,
        hourly_days=1,
        limits=WriterLimits(wait=0.05),
    )
    with parts.mart.writer():
        await live(parts, clock, 0, impatient)
    assert [(record.levelno, record.exc_info) for record in caplog.records] == [
        (logging.WARNING, None)
    ]
    assert "Another import or refresh is writing" in caplog.text


async def test_serving_begins_with_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with assembled(Settings(home=home, hourly_days=3660)) as parts:
        add(parts.mart, [request(parts.clock() - timedelta(days=70), "1")])
    serving = served(home, "--playground", "--port", "0", COSTBOT_LOG_LEVEL="INFO")
    async with serving as costbot:
        await costbot.says("days of the mart rolled up anew: 1")
        await costbot.says("playground is at")  # from here on a signal ends it in order
        assert await costbot.terminated() == 0
    assert "Traceback" not in costbot.output


async def test_what_is_listed_as_a_job_is_scheduled(parts: Parts) -> None:
    supervisor = Supervisor()
    access = SlackAccess(SecretStr("xoxb-nobody"), None, "http://127.0.0.1:1/api/")
    async with watching(parts) as watch:
        home = home_of(parts, access, supervisor)
        scheduler = scheduled(parts, supervisor, watch, home=home)
    assert sorted(job.name for job in scheduler.jobs) == sorted(
        job.name for job in jobs_of(parts.settings)
    )

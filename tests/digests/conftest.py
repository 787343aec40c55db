"""Processes that share one store and one mart, with a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from analysis.roles import Role
from analysis.schedules import Frequency, Schedule
from bot.assembly import Parts, assembled
from bot.assembly.digests import digests_of
from bot.settings import Settings
from handlers.caller import Caller
from handlers.digests.handlers import DigestHandlers
from handlers.digests.sending import SendReport
from storage import Store
from storage.records.delivery import Delivery
from storage.records.digest import Digest, DigestDraft, DigestSlot
from storage.records.person import Person
from tests.facts import Fact, fill, request
from tests.slack.conftest import play
from tests.storage.conftest import address, store
from tests.stores import TestClock, lay_store

__all__ = ["address", "clock", "play", "shared", "store", "world"]

TEAM = "T1"
BERLIN = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 20, 8, tzinfo=UTC)
"""A Friday, 9:00 in Berlin."""


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, 15, tzinfo=UTC)


def facts_to(last: datetime) -> list[Fact]:
    """Six weeks of requests, an hour old at the end: gpt-4 dearer on the last whole day."""
    found: list[Fact] = []
    for back in range(43):
        instant = last - timedelta(days=back)
        cost = "9" if back == 1 else "4"
        found.append(request(instant, cost, model="gpt-4", organization="acme", product="api"))
        found.append(request(instant, "2", model="claude-3-haiku", organization="acme"))
        found.append(request(instant, "1", model="gpt-4", organization="globex"))
    return found


@dataclass
class World:
    """Processes of costbot, and the clock that they all look at."""

    clock: TestClock
    processes: list[DigestHandlers] = field(default_factory=list[DigestHandlers])
    parts: list[Parts] = field(default_factory=list[Parts])

    @property
    def store(self) -> Store:
        """The store, as the first process has it open."""
        return self.parts[0].store

    async def list_person(self, user: str, role: Role, organization: str | None) -> None:
        """Lists somebody."""
        person = Person(
            team_id=TEAM,
            user_id=user,
            name=user.title(),
            organization=organization,
            role=role,
            zone=BERLIN,
            active=True,
        )
        await self.store.people.put(person)

    async def add(self, **fields: object) -> Digest:
        """A digest of ute's, daily at 9:00 in Berlin, unless `fields` say otherwise."""
        schedule = Schedule(frequency=Frequency.DAILY, at=time(9), zone=BERLIN)
        draft = DigestDraft(
            team_id=TEAM,
            owner="U_UTE",
            owner_name="Ute",
            organization="acme",
            role=Role.USER,
            address="U_UTE",
            schedule=schedule,
        )
        digest = await self.store.digests.add(replace(draft, **fields))  # pyright: ignore[reportArgumentType]
        assert digest is not None
        return digest

    async def look(self, process: int = 0) -> SendReport:
        """One look of a process."""
        return await self.processes[process].sender.send_due()

    async def roots(self, digest: Digest) -> list[Delivery]:
        """The messages of the outbox that are a digest's own, without its threads."""
        found = await self.store.deliveries.newest(limit=5_000)
        mine = [one for one in found if one.key.startswith(f"digest|{digest.id}|")]
        return sorted((one for one in mine if one.key.count("|") == 2), key=lambda one: one.id)

    async def slots(self, digest: Digest) -> list[DigestSlot]:
        """What became of its slots, oldest first."""
        return (await self.store.digests.slots(digest.id, limit=500))[::-1]


def caller(user: str, role: Role, organization: str | None) -> Caller:
    return Caller(TEAM, user, user.title(), organization, role, BERLIN)


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NINE - timedelta(hours=3))


Begin = Callable[..., AbstractAsyncContextManager[World]]


@asynccontextmanager
async def processes(
    home: Path, address: str, clock: TestClock, number: int, facts: Sequence[Fact]
) -> AsyncGenerator[World]:
    world = World(clock)
    settings = Settings(home=home, store_url=SecretStr(address), stale_after_hours=48)
    async with AsyncExitStack() as stack:
        for _ in range(number):
            parts = await stack.enter_async_context(assembled(settings, clock))
            world.parts.append(parts)
            world.processes.append(digests_of(parts, "system"))
        if facts:
            fill(world.parts[0].mart, facts, clock.now, settings.hourly_days)
        yield world


@pytest.fixture
async def world(tmp_path: Path, clock: TestClock) -> AsyncGenerator[World]:
    """Two processes on SQLite, with facts to the present."""
    lay_store(tmp_path)
    address = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    async with processes(tmp_path, address, clock, 2, facts_to(clock.now)) as world:
        await _list_people(world)
        yield world


@pytest.fixture
async def shared(
    store: object, address: str, tmp_path: Path, clock: TestClock
) -> AsyncGenerator[World]:
    """Three processes on a store of either kind."""
    del store
    async with processes(tmp_path, address, clock, 3, facts_to(clock.now)) as world:
        await _list_people(world)
        yield world


async def _list_people(world: World) -> None:
    await world.list_person("U_UTE", Role.USER, "acme")
    await world.list_person("U_OTTO", Role.ORG_ADMIN, "acme")
    await world.list_person("U_ADA", Role.ADMIN, None)

"""Random courses of a budget through real facts and a real store, against the rules told once more.

What lies in the outbox afterwards has to be what the reference sends, message by message, though
processes end between their steps, start anew, and evaluate at the same time.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.roles import Role
from bot.alerts import compose
from handlers.budget_watch.acting import AlertHandler, Mute, Which
from handlers.budget_watch.alert import Alert, Composed
from handlers.caller import Caller
from storage import Store
from storage.records.budget import Budget
from tests.budgets.analysis.test_alerts_model import Reference
from tests.budgets.evaluation.world import DRAFT, START, World, fact, mart_before, opened
from tests.facts import request
from tests.stores import TestClock, sqlite_store

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("spend"), st.sampled_from([-25, -3, 1, 4, 16, 30, 60])),
        st.tuples(st.just("wait"), st.sampled_from([10, 59, 60, 61, 1500])),
        st.tuples(st.just("next month"), st.just(0)),
        st.tuples(st.just("limit"), st.sampled_from([50, 100, 101, 200])),
        st.tuples(st.just("mute"), st.sampled_from([1, 7])),
        st.tuples(st.just("unmute"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("crash"), st.just(0)),
        st.tuples(st.just("two at once"), st.sampled_from([-20, 5, 40])),
    ),
    min_size=4,
    max_size=9,
)


class _Killed(BaseException):
    """The process ends here."""


class Course:
    """One course, and what the reference says of it."""

    def __init__(self, world: World, budget: Budget, stack: AsyncExitStack) -> None:
        self.world, self.budget, self.stack = world, budget, stack
        self.reference = Reference()
        self.spent: dict[date, Decimal] = {}
        self.limit = 100
        self.muted_until: datetime | None = None
        self.expected: list[str] = []

    @property
    def month(self) -> date:
        return self.world.clock.now.date().replace(day=1)

    def spend(self, amount: int) -> None:
        now = self.world.clock.now
        self.spent[self.month] = self.spent.get(self.month, Decimal(0)) + amount
        self.world.import_facts([fact(now, str(amount)), request(now, "1", organization="globex")])

    def look(self) -> None:
        """What the reference sends now."""
        now = self.world.clock.now
        muted = self.muted_until is not None and now < self.muted_until
        spent = self.spent.get(self.month, Decimal(0))
        self.expected += self.reference.look(now, spent, self.limit, None, muted=muted)

    async def step(self, what: str, amount: int) -> None:
        world = self.world
        match what:
            case "spend" | "two at once":
                self.spend(amount)
            case "wait":
                world.clock.advance(timedelta(minutes=amount))
                self.spend(0)
            case "next month":
                following = (self.month + timedelta(days=32)).replace(day=1)
                world.clock.now = START.replace(month=following.month, year=following.year)
                self.spend(0)
            case "limit":
                self.limit = amount
                draft = replace(DRAFT, limit=Decimal(amount), webhooks=("ops",))
                current = (await world.store.budgets.find_many([self.budget.id]))[0]
                await world.store.budgets.change(current.id, current.version, draft)
            case "mute" | "unmute":
                await self.mute(amount)
            case "restart":
                await self.restart()
            case _:
                await self.crash()
        if what == "two at once":
            await self.two_at_once()
        else:
            await world.evaluate()
        self.look()
        # However often it is looked at, nothing more is told.
        assert (await world.evaluate()).alerts == 0

    async def mute(self, days: int) -> None:
        world = self.world
        states = await world.store.alert_states.of_budgets([self.budget.id])
        if not any(state.period_first == self.month for state in states):
            return  # nothing was told that could be muted
        alerts = AlertHandler(
            world.store, world.evaluator.standings, compose, world.clock, surface="slack"
        )
        which = Which(self.budget.id, self.month)
        if days:
            length = Mute.DAY if days == 1 else Mute.WEEK
            self.muted_until = (await alerts.mute(which, length, ADMIN)).state.muted_until
        else:
            await alerts.unmute(which, ADMIN)
            self.muted_until = None

    async def restart(self) -> None:
        self.world.evaluator, spending = self.world.another()
        self.stack.push_async_callback(spending.close)

    async def crash(self) -> None:
        """A process ends in the middle of writing, with what it had found."""

        def killed(alert: Alert) -> Composed:
            compose(alert)
            raise _Killed

        self.spend(3)
        self.world.evaluator.compose = killed
        with suppress(_Killed):
            await self.world.evaluate()
        await self.restart()

    async def two_at_once(self) -> None:
        another, spending = self.world.another()
        self.stack.push_async_callback(spending.close)
        await asyncio.gather(self.world.evaluate(), another.evaluate())
        await asyncio.gather(self.world.evaluate(), another.evaluate())


async def run(store: Store, folder: Path, clock: TestClock, steps: list[tuple[str, int]]) -> None:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(opened(store, folder, clock))
        budget = await world.budget(webhooks=("ops",))
        course = Course(world, budget, stack)
        for what, amount in steps:
            await course.step(what, amount)
        outbox = await world.outbox()
        events = [one.payload["data"] for one in outbox if one.channel == "webhook"]
        told = [f"{event['notice']} {event['level']}" for event in events]  # pyright: ignore[reportIndexIssue, reportUnknownVariableType]
        assert told == course.expected
        in_slack = [one for one in outbox if one.channel == "slack"]
        news = [one for one in in_slack if one.payload.get("do") != "update"]
        assert len(news) == len(told)
        periods = {one.key.split("|")[2] for one in news}
        roots = [one for one in news if "do" not in one.payload]
        assert len(roots) == len(periods)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home to begin with: some facts, and a store that is brought up to date."""
    folder = tmp_path_factory.mktemp("template")
    mart_before(folder, lambda: START)

    async def migrated() -> None:
        async with sqlite_store(folder, lambda: START):
            pass

    asyncio.run(migrated())
    return folder


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_is_told_is_what_the_reference_tells(
    template: Path, steps: list[tuple[str, int]]
) -> None:
    async def one() -> None:
        with TemporaryDirectory() as temporary:
            folder = Path(shutil.copytree(template, Path(temporary) / "home"))
            clock = TestClock(START)
            async with sqlite_store(folder, clock) as store:
                await run(store, folder, clock, steps)

    asyncio.run(one())

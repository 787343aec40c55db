"""Random courses of a budget through real facts and a real store, against the rules told once more.

What lies in the outbox afterwards has to be what the reference sends, message by message, though
processes end between their steps, start anew, and evaluate at the same time.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from analysis.roles import Role
from bot.alerts import compose
from handlers.budget_watch.acting import AlertHandler, Mute, Which
from handlers.budget_watch.alert import Alert, Composed
from handlers.caller import Caller
from storage import Store
from storage.records.budget import Budget
from storage.records.raise_ import RaiseDraft
from tests.budgets.analysis.test_alerts_model import Reference
from tests.budgets.evaluation.world import START, World, fact, mart_before, opened
from tests.facts import add, request
from tests.stores import TestClock, sqlite_store

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("spend"), st.sampled_from([-25, -3, 1, 4, 16, 30, 60])),
        st.tuples(st.just("wait"), st.sampled_from([10, 59, 60, 61, 1500])),
        st.tuples(st.just("next month"), st.sampled_from([1, 2, 3, 20])),
        st.tuples(st.just("late"), st.sampled_from([5, 20, 60])),
        st.tuples(st.just("limit"), st.sampled_from([50, 60, 100, 101, 200])),
        st.tuples(st.just("raise"), st.sampled_from([0, 1, 40])),
        st.tuples(st.just("pause"), st.sampled_from([0, 1])),
        st.tuples(st.just("resume"), st.just(0)),
        st.tuples(st.just("mute"), st.sampled_from([1, 7])),
        st.tuples(st.just("unmute"), st.just(0)),
        st.tuples(st.just("acknowledge"), st.just(0)),
        st.tuples(st.just("restart"), st.just(0)),
        st.tuples(st.just("crash"), st.just(0)),
        st.tuples(st.just("two at once"), st.sampled_from([-20, 5, 40])),
    ),
    min_size=4,
    max_size=12,
)
"""What happens to a budget, one thing after the other.

Money in dollars, waits in minutes, days of a month, of a raise and of a mute; a pause is for a day
or until it is resumed.
"""

BEFORE = Decimal(2)
"""What acme has spent on each day before."""


class _Killed(BaseException):
    """The process ends here."""


class Course:
    """One course, and what the reference says of it.

    Attributes:
        months: the reference of each month.
        spent: by month.
        raises: amount, first and last day of each.
        muted_in: until when each month was muted in it last.
        expected: what has to be told.
    """

    def __init__(self, world: World, budget: Budget, stack: AsyncExitStack) -> None:
        self.world, self.budget, self.stack = world, budget, stack
        self.months: dict[date, Reference] = {}
        self.spent = {START.date().replace(day=1): BEFORE * (START.day - 1)}
        self.limit = 100
        self.raises: list[tuple[int, date, date]] = []
        self.paused: tuple[datetime | None] | None = None
        self.muted_until: datetime | None = None
        self.muted_in: dict[date, datetime] = {}
        self.expected: list[str] = []

    @property
    def month(self) -> date:
        return self.world.clock.now.date().replace(day=1)

    @property
    def month_before(self) -> date:
        return (self.month - timedelta(days=1)).replace(day=1)

    def spend(self, amount: int, *, late: bool = False) -> None:
        now = self.world.clock.now
        month = self.month_before if late else self.month
        at = datetime.combine(self.month, time(), UTC) - timedelta(minutes=30) if late else now
        self.spent[month] = self.spent.get(month, Decimal(0)) + amount
        self.world.import_facts([fact(at, str(amount)), request(now, "1", organization="globex")])

    def limit_on(self, day: date) -> int:
        """What may be spent, as of a day."""
        return self.limit + sum(more for more, first, last in self.raises if first <= day <= last)

    async def look(self) -> None:
        """What the reference sends now."""
        now = self.world.clock.now
        is_paused = self.paused is not None and (self.paused[0] is None or now < self.paused[0])
        is_silent = is_paused or (self.muted_until is not None and now < self.muted_until)
        if not is_silent:
            self.expected += self.of_the_month_before(now)
        reference = self.months.setdefault(self.month, Reference())
        spent = self.spent.get(self.month, Decimal(0))
        budget = await self.now()
        foreseen = (await self.world.evaluator.standings.one(budget)).status.forecast
        forecast = None if foreseen is None or budget.forecast is None else foreseen.expected
        limit = self.limit_on(now.date())
        self.expected += reference.look(now, spent, limit, forecast, muted=is_silent)

    def of_the_month_before(self, now: datetime) -> list[str]:
        """What late costs lead to: rises alone, and none where its end was muted."""
        before, end = self.month_before, datetime.combine(self.month, time(), UTC)
        if before not in self.spent or now >= end + timedelta(days=3):
            return []
        muted = self.muted_in.get(before)
        if muted is not None and muted >= end:
            return []
        limit = self.limit_on(self.month - timedelta(days=1))
        reference = self.months.setdefault(before, Reference())
        top = max(
            (mark for mark in (80, 95, 100) if 100 * self.spent[before] >= mark * limit), default=0
        )
        told = max((int(mark) for mark in reference.standing if mark != "f"), default=0)
        if top <= told:
            return []
        return reference.look(now, self.spent[before], limit, None, muted=False, month=before)

    async def now(self) -> Budget:
        """The budget as it is kept."""
        return (await self.world.store.budgets.find_many([self.budget.id]))[0]

    async def change(self, **terms: object) -> None:
        current = await self.now()
        draft = replace(current, **terms)  # pyright: ignore[reportArgumentType]
        await self.world.store.budgets.change(current.id, current.version, draft)

    async def step(self, what: str, amount: int) -> None:
        world = self.world
        match what:
            case "spend" | "two at once":
                self.spend(amount)
            case "wait":
                world.clock.advance(timedelta(minutes=amount))
                self.spend(0)
            case "next month":
                following = (self.month + timedelta(days=32)).replace(day=amount)
                world.clock.now = datetime.combine(following, START.time(), UTC)
                self.spend(0)
            case "late":
                self.spend(amount, late=self.month_before in self.spent)
            case "restart":
                await self.restart()
            case "crash":
                await self.crash()
            case "mute" | "unmute" | "acknowledge":
                await self.act(what, amount)
            case _:
                await self.decide(what, amount)
        if what == "two at once":
            await self.two_at_once()
        else:
            await world.evaluate()
        await self.look()
        # However often it is looked at, nothing more is told.
        assert (await world.evaluate()).alerts == 0

    async def decide(self, what: str, amount: int) -> None:
        """What people decide about the budget."""
        today = self.world.clock.now.date()
        match what:
            case "limit":
                self.limit = amount
                await self.change(limit=Decimal(amount))
            case "raise":
                await self.raised(30, today, today + timedelta(days=amount))
            case "pause":
                until = datetime.combine(today + timedelta(days=1), time(), UTC) if amount else None
                self.paused = (until,)
                await self.change(paused=True, paused_until=until)
            case _:
                assert what == "resume"
                self.paused = None
                await self.change(paused=False, paused_until=None)

    async def raised(self, amount: int, first: date, last: date) -> None:
        """A raise, asked for and approved."""
        raises = self.world.store.raises
        asked = await raises.ask(
            RaiseDraft(
                budget_id=self.budget.id,
                amount=Decimal(amount),
                reason="launch",
                asked_by="T1/U2",
                first_day=first,
                last_day=last,
            )
        )
        await raises.decide(asked.id, "approved", "T1/U1")
        self.raises.append((amount, first, last))

    async def act(self, what: str, days: int) -> None:
        """Somebody presses a button under the alert of the month, if there is one."""
        world = self.world
        states = await world.store.alert_states.of_budgets([self.budget.id])
        if not any(state.period_first == self.month for state in states):
            return
        alerts = AlertHandler(
            world.store, world.evaluator.standings, compose, world.clock, surface="slack"
        )
        which = Which(self.budget.id, self.month)
        match what:
            case "acknowledge":
                await alerts.acknowledge(which, ADMIN)
            case "mute":
                length = Mute.DAY if days == 1 else Mute.WEEK
                until = (await alerts.mute(which, length, ADMIN)).state.muted_until
                assert until is not None
                self.muted_until = self.muted_in[self.month] = until
            case _:
                await alerts.unmute(which, ADMIN)
                self.muted_until = None
                self.muted_in.pop(self.month, None)

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


async def run(
    store: Store,
    folder: Path,
    clock: TestClock,
    steps: list[tuple[str, int]],
) -> None:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(opened(store, folder, clock))
        budget = await world.budget(webhooks=("ops",), forecast=Decimal("1.10"))
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
    mart = mart_before(folder, lambda: START)
    add(mart, [fact(START - timedelta(days=back), str(BEFORE)) for back in range(1, 40)])

    async def migrated() -> None:
        async with sqlite_store(folder, lambda: START):
            pass

    asyncio.run(migrated())
    return folder


@example([("limit", 50), ("restart", 0), ("wait", 61), ("limit", 100), ("wait", 1500)])
@example([("raise", 0), ("spend", 60), ("acknowledge", 0), ("wait", 1500), ("raise", 40)])
@example([("pause", 1), ("spend", 60), ("restart", 0), ("wait", 1500), ("pause", 0), ("spend", 30)])
@example([("spend", 16), ("next month", 1), ("late", 20), ("late", 60), ("crash", 0)])
@example(
    [("spend", 60), ("mute", 7), ("spend", 16), ("restart", 0), ("next month", 1), ("late", 20)]
)
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_what_is_told_is_what_the_reference_tells(
    template: Path, steps: list[tuple[str, int]]
) -> None:
    asyncio.run(compared(template, steps))


async def compared(template: Path, steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(template, Path(temporary) / "home"))
        clock = TestClock(START)
        async with sqlite_store(folder, clock) as store:
            await run(store, folder, clock, steps)


async def test_a_forecast_is_told_of_after_a_correction_of_the_day_that_is_on(
    template: Path,
) -> None:
    await compared(template, [("spend", -17), ("limit", 50)])

"""Days to foresee from: usage that is dearer on working days, and a costbot whose clock moves."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from bot.assembly import Parts, assembled
from bot.settings import Settings
from queries.dimensions import Source
from tests.compare.asked import on
from tests.facts import Fact, add, fill
from tests.stores import TestClock, lay_store

DAY = timedelta(days=1)
SATURDAY = 5

WORKDAY, WEEKEND = 20, 6
"""USD a day: 112 a week."""


def weekly(first: date, last: date, times: str = "1", **columns: object) -> list[Fact]:
    """Usage on each day, 20 dollars on working days and 6 at weekends; the last day is whole."""
    days = [first + place * DAY for place in range((last - first).days + 1)]
    return [
        on(
            day,
            str((WEEKEND if day.weekday() >= SATURDAY else WORKDAY) * int(times)),
            23 if day == last else 0,
            source=Source.USAGE,
            **columns,
        )
        for day in days
    ]


def usual(first: date, last: date) -> int:
    """USD that `weekly` costs in some days."""
    days = [first + place * DAY for place in range((last - first).days + 1)]
    return sum(WEEKEND if day.weekday() >= SATURDAY else WORKDAY for day in days)


def midday(day: date) -> datetime:
    """Noon of a day, UTC."""
    return datetime.combine(day, time(12), UTC)


@dataclass
class Living:
    """A costbot, and the clock that it lives by."""

    parts: Parts
    clock: TestClock

    def spend(self, facts: Iterable[Fact]) -> None:
        """More facts come in."""
        add(self.parts.mart, facts)

    def go_to(self, day: date) -> None:
        """It is noon of a day."""
        self.clock.now = midday(day)


@asynccontextmanager
async def living(home: Path, facts: Iterable[Fact], day: date) -> AsyncGenerator[Living]:
    """Costbot with facts, at noon of a day; its clock can be moved and facts can be added."""
    lay_store(home)
    clock = TestClock(midday(day))
    async with assembled(Settings(home=home), clock) as parts:
        fill(parts.mart, facts, clock.now)
        yield Living(parts, clock)

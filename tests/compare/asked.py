"""A costbot to ask at any instant, over any facts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.assembly import Parts, assembled
from bot.settings import Settings
from handlers.caller import Caller
from queries.dimensions import Source
from tests.facts import Fact, fill, request
from tests.stores import lay_store

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)


def on(
    day: date | str,
    cost: str | None,
    hour: int = 9,
    *,
    source: Source = Source.USAGE,
    **columns: object,
) -> Fact:
    """Usage at some hour of a UTC day, of an LLM if nothing else is said."""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    return request(datetime.combine(when, time(hour, 15), UTC), cost, source=source, **columns)


def gpu_on(day: date | str, cost: str, hour: int = 9, **columns: object) -> Fact:
    """GPU time at some hour of a UTC day."""
    return on(day, cost, hour, source=Source.GPU, **columns)


def every_day(
    first: str, last: str, cost: str = "1", *, source: Source = Source.USAGE, **columns: object
) -> list[Fact]:
    """Usage on each day, from the first hour of the first to the last hour of the last."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [begin + timedelta(days=place) for place in range((end - begin).days + 1)]
    return [on(day, cost, 23 if day == end else 0, source=source, **columns) for day in days]


@asynccontextmanager
async def asking(home: Path, now: str, facts: Iterable[Fact]) -> AsyncGenerator[Parts]:
    """Costbot, assembled, with `facts`, at an instant."""
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    lay_store(home)
    async with assembled(Settings(home=home), lambda: instant) as parts:
        fill(parts.mart, facts, instant)
        yield parts

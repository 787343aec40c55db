"""Weeks of daily costs with an incident planted in them, and all that looks at them."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from analysis.roles import Role
from bot.assembly import Parts, assembled
from bot.assembly.anomalies import anomaly_watch_of, labels_of
from bot.assembly.incidents import incident_desk_of
from bot.settings import Settings
from handlers.anomalies.labels import LabelHandler
from handlers.anomalies.watch import AnomalyWatch
from handlers.caller import Caller
from handlers.incidents.desk import IncidentDesk
from queries.dimensions import Source
from storage.records.anomaly import KeptFinding
from storage.records.incident import Incident
from tests.facts import Fact, add, fill, request
from tests.stores import TestClock, lay_store

DAY = timedelta(days=1)

LAST = date(2026, 11, 19)
"""The day of the incident, a Thursday; the last one that is complete at `NOW`."""

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

WEEKS = 7

TRAFFIC = (
    ("acme", "gpt-4", "/v1/chat", "u1", 60.0),
    ("acme", "haiku", "/v1/chat", "u2", 20.0),
    ("globex", "gpt-4", "/v1/chat", "u3", 40.0),
    ("globex", "ltxv", "/v1/video", "u4", 80.0),
)
"""Organization, model, endpoint, user, and what that costs on a usual workday, USD."""


def day_of(
    day: date,
    factor: float = 1.0,
    *,
    who: tuple[str, str] | None = ("acme", "gpt-4"),
    source: Source = Source.USAGE,
    only: Iterable[tuple[str, str, str, str, float]] = TRAFFIC,
) -> list[Fact]:
    """A day's traffic; that of `who`, or of everybody, times a factor, at the same cost each."""
    facts: list[Fact] = []
    for organization, model, endpoint, user, usual in only:
        draw = random.Random(f"{day}{organization}{model}")
        weekday = 0.4 if day.weekday() >= 5 else 1.0
        is_meant = who is None or (organization, model) == who
        cost = usual * weekday * (1 + 0.04 * draw.gauss(0, 1)) * (factor if is_meant else 1.0)
        # The last hour of the day makes it complete.
        facts += [
            request(
                datetime.combine(day, time(hour, 30), UTC),
                f"{cost / 2:.6f}",
                source=source,
                organization=organization,
                model=model,
                endpoint=endpoint,
                user_id=user,
                product="llm" if model != "ltxv" else "api",
                result="success",
                requests=max(1, round(cost * 5)),
            )
            for hour in (9, 23)
        ]
    return facts


@cache
def quiet(last: date = LAST, weeks: int = WEEKS) -> tuple[Fact, ...]:
    """Weeks in which nothing is odd, up to the day before `last`."""
    days = [last - number * DAY for number in range(weeks * 7, 0, -1)]
    return tuple(fact for day in days for fact in day_of(day))


@cache
def planted() -> tuple[Fact, ...]:
    """The same with an incident on the last day: acme's gpt-4 costs five times as much."""
    return (*quiet(), *day_of(LAST, 5.0))


@dataclass(frozen=True)
class Watched:
    """A costbot with facts, and its clock."""

    parts: Parts
    clock: TestClock

    @property
    def watch(self) -> AnomalyWatch:
        """A watch of its own each time: a replica."""
        return anomaly_watch_of(self.parts)

    @property
    def desk(self) -> IncidentDesk:
        """The incident desk."""
        return incident_desk_of(self.parts)

    @property
    def labels(self) -> LabelHandler:
        """What takes what people say."""
        return labels_of(self.parts, "slack")

    def next_day(self, facts: Iterable[Fact]) -> None:
        """A day later, with what came of it."""
        add(self.parts.mart, facts)
        self.clock.advance(DAY)

    async def findings(self, day: date = LAST) -> list[KeptFinding]:
        """What was kept of a day."""
        return await self.parts.store.anomaly_findings.of_days(day, day)

    async def open(self) -> dict[str, Incident]:
        """The open incidents, by subject."""
        return await self.desk.open_subjects("anomaly")


@asynccontextmanager
async def watched(
    home: Path, facts: Iterable[Fact] | None = None, **settings: object
) -> AsyncGenerator[Watched]:
    """A costbot with the planted incident, or with other facts."""
    clock = TestClock(NOW)
    chosen = Settings(home=home, **settings)  # pyright: ignore[reportArgumentType]
    lay_store(home)
    async with assembled(chosen, clock) as parts:
        fill(parts.mart, planted() if facts is None else facts, NOW, chosen.hourly_days)
        yield Watched(parts, clock)


def person(organization: str | None = None, role: Role = Role.ADMIN, name: str = "Ada") -> Caller:
    """Somebody who asks."""
    zone = Settings(home=Path("nowhere")).zone_info
    return Caller("T1", f"U{name.upper()}", name, organization, role, zone)

"""The jobs of a serving costbot, declared: what each does, how often, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Protocol

from bot.settings import Settings

AFTER_MIDNIGHT = timedelta(minutes=5)
"""How long after UTC midnight a day ends for nightly work: clocks differ a little."""

DAY = timedelta(days=1)


class Cadence(Protocol):
    """When a job is due."""

    def slot(self, now: datetime) -> datetime:
        """The begin, UTC, of the slot in which `now` lies."""
        ...

    def next_after(self, now: datetime) -> datetime:
        """The begin, UTC, of the slot after it."""
        ...

    @property
    def words(self) -> str:
        """How often that is, as a list says it."""
        ...


@dataclass(frozen=True, slots=True)
class Nightly:
    """Once a UTC day, shortly after its midnight."""

    def slot(self, now: datetime) -> datetime:
        """The last of these instants that is not after `now`."""
        night = now.astimezone(UTC) - AFTER_MIDNIGHT
        return night.replace(hour=0, minute=0, second=0, microsecond=0) + AFTER_MIDNIGHT

    def next_after(self, now: datetime) -> datetime:
        """The first of these instants that is after `now`."""
        return self.slot(now) + DAY

    @property
    def words(self) -> str:
        """How often that is."""
        return "nightly"


@dataclass(frozen=True, slots=True)
class Every:
    """Once in each stretch of `length`, reckoned from UTC midnight of the first day of 1970.

    Attributes:
        length: above nothing.
    """

    length: timedelta

    def slot(self, now: datetime) -> datetime:
        """The begin of the stretch in which `now` lies."""
        return now - (now - datetime.fromtimestamp(0, UTC)) % self.length

    def next_after(self, now: datetime) -> datetime:
        """The begin of the stretch after it."""
        return self.slot(now) + self.length

    @property
    def words(self) -> str:
        """How often that is."""
        minutes = self.length / timedelta(minutes=1)
        if minutes % 60 == 0:
            hours = int(minutes // 60)
            return "hourly" if hours == 1 else f"every {hours} hours"
        return "every minute" if minutes == 1 else f"every {minutes:g} minutes"


class Whose(Enum):
    """Who does a job where several processes serve."""

    SHARED = "all replicas together, once"
    MACHINE = "each machine for its own mart"
    PROCESS = "each process for what it keeps in memory"


@dataclass(frozen=True, slots=True)
class Job:
    """A job.

    Attributes:
        name: what it does, a phrase that logs and lists use.
        cadence: when it is due.
        whose: who does it.
    """

    name: str
    cadence: Cadence
    whose: Whose = Whose.SHARED


MINUTE = Every(timedelta(minutes=1))
TEN_MINUTES = Every(timedelta(minutes=10))
QUARTER = Every(timedelta(minutes=15))
HOURLY = Every(timedelta(hours=1))

GATHER_DAYS = Job("gathering days of the mart", QUARTER, Whose.MACHINE)
KEEP_MART = Job("keeping the mart up", Nightly(), Whose.PROCESS)
FORGET = Job("forgetting what is old", Nightly())
END_RAISES = Job("ending raises", HOURLY)
EVALUATE_BUDGETS = Job("evaluating the budgets", MINUTE, Whose.PROCESS)
RECOUNT_BUDGETS = Job("recounting the budgets", Nightly(), Whose.PROCESS)
DRAW_RECOMMENDATIONS = Job("drawing recommendations", MINUTE)
MEASURE_SAVINGS = Job("measuring what was saved", TEN_MINUTES)
AGE_RECOMMENDATIONS = Job("moving old recommendations", Nightly())
TELL_RECOMMENDATIONS = Job("telling of recommendations", TEN_MINUTES)
TELL_PRICES = Job("telling of prices", TEN_MINUTES)
LOOK_FOR_ANOMALIES = Job("looking for anomalies", QUARTER)
LOOK_AT_RULES = Job("looking at alert rules", QUARTER)
END_MUTES = Job("ending mutes", TEN_MINUTES)
SEND_DIGESTS = Job("sending digests", MINUTE)
REFRESH_HOMES = Job("refreshing Home tabs", MINUTE)
KEEP_FORECASTS = Job("keeping forecasts", HOURLY)


def refresh_of(settings: Settings) -> Job | None:
    """The refresh of the mart from BigQuery; None: it is not set up, or wanted by hand alone."""
    if settings.bigquery_project is None or not settings.sync_minutes:
        return None
    length = timedelta(minutes=settings.sync_minutes)
    return Job("refreshing the mart", Every(length), Whose.MACHINE)


def jobs_of(settings: Settings) -> tuple[Job, ...]:
    """Every job that a serving costbot has under these settings."""
    refresh = refresh_of(settings)
    return (
        *(() if refresh is None else (refresh,)),
        KEEP_MART,
        GATHER_DAYS,
        EVALUATE_BUDGETS,
        RECOUNT_BUDGETS,
        LOOK_FOR_ANOMALIES,
        LOOK_AT_RULES,
        END_MUTES,
        SEND_DIGESTS,
        REFRESH_HOMES,
        KEEP_FORECASTS,
        DRAW_RECOMMENDATIONS,
        MEASURE_SAVINGS,
        AGE_RECOMMENDATIONS,
        TELL_RECOMMENDATIONS,
        TELL_PRICES,
        END_RAISES,
        FORGET,
    )

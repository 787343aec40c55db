"""What is answered about the days to come: money is Decimal here, whatever foresaw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from analysis.forecasts.forecast import DailyForecast
from analysis.trends import Direction
from handlers.complete import Reach
from handlers.forecasts.requests import ForecastRequest
from handlers.freshness import Freshness

DAY = timedelta(days=1)

_FINEST = Decimal("0.000001")
"""USD: a forecast has no digits behind this one that mean anything."""


def usd(foreseen: float) -> Decimal:
    """What statistics foresaw, as money."""
    return Decimal(repr(foreseen)).quantize(_FINEST)


@dataclass(frozen=True, slots=True)
class DailySeries:
    """The complete days of a cost; a day without a cost is 0.

    Attributes:
        first: the first day.
        costs: USD of each day from it on; at least one.
    """

    first: date
    costs: tuple[Decimal, ...]

    @property
    def last(self) -> date:
        """The last complete day."""
        return self.first + (len(self.costs) - 1) * DAY

    def between(self, first: date, last: date) -> Decimal:
        """USD of some days, both ends included; what lies outside is left out."""
        begin = max((first - self.first).days, 0)
        end = max((last - self.first).days + 1, 0)
        return sum(self.costs[begin:end], Decimal(0))

    def latest(self, days: int) -> Decimal | None:
        """USD of the latest days; None where not so many are known."""
        if days > len(self.costs):
            return None
        return sum(self.costs[-days:], Decimal(0))


@dataclass(frozen=True, slots=True)
class Expectation:
    """What some days together are foreseen to cost.

    Attributes:
        first: the first of the days.
        last: the last of them.
        expected: USD.
        lower, upper: USD, the interval at `analysis.forecasts.forecast.LEVEL`.
    """

    first: date
    last: date
    expected: Decimal
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True, slots=True)
class MemberForecast:
    """A member and what it is foreseen to cost.

    Attributes:
        member: its value of the dimension; None: the facts have none there, or it is the total.
        series: its complete days, from the first on that it cost anything or was asked.
        forecast: None: too little history.
        unpriced_requests: of these days, without a price: their cost is in none of the figures.
        unknown_requests: of these days, of unknown origin.
        several: how many members it stands for.
        is_unpriced: none of its requests has a price.
    """

    member: str | None
    series: DailySeries
    forecast: DailyForecast | None
    unpriced_requests: int
    unknown_requests: int
    several: int = 1
    is_unpriced: bool = False

    @property
    def total(self) -> Expectation | None:
        """All days that are foreseen, together; None where nothing is."""
        found = self.forecast
        if found is None:
            return None
        return Expectation(
            found.first,
            found.last,
            usd(found.total),
            usd(found.total_lower),
            usd(found.total_upper),
        )

    def between(self, first: date, last: date) -> Decimal | None:
        """USD that some days to come are expected to cost; None where nothing is foreseen."""
        found = self.forecast
        if found is None:
            return None
        begin = max((first - found.first).days, 0)
        return usd(sum(found.expected[begin : max((last - found.first).days + 1, 0)]))


@dataclass(frozen=True, slots=True)
class PeriodOutlook:
    """How a period that is on will end.

    Attributes:
        first: its first day.
        last: its last day.
        as_of: the last complete day.
        spent: USD so far, of the days behind `as_of` what has arrived of them.
        provisional: USD of `spent` that belong to days which are not complete.
        expected: USD at the end of the period.
        lower, upper: USD, the interval at `analysis.forecasts.forecast.LEVEL`; never below what
            is spent.
        history_days: complete days that it rests on.
        days_before_data: days at its beginning that lie before the data: their cost is missing.
        ahead: each day behind `as_of` to the end of the period by itself; together they are not
            the interval of the period.
    """

    first: date
    last: date
    as_of: date
    spent: Decimal
    provisional: Decimal
    expected: Decimal
    lower: Decimal
    upper: Decimal
    history_days: int
    days_before_data: int = 0
    ahead: tuple[Expectation, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """How forecasts that were kept came true.

    Attributes:
        horizon: days ahead that they were made for; None: to the end of a budget's period.
        first: the first day on which one of them was made.
        last: the last such day.
        error: median of their errors, as a share of what came.
        held: how many intervals held what came.
        counted: how many of them there are.
    """

    horizon: int | None
    first: date
    last: date
    error: Decimal
    held: int
    counted: int


@dataclass(frozen=True, slots=True)
class Silence:
    """Why nothing is foreseen.

    Attributes:
        known_days: complete days of history that there are.
        missing_days: how many more it takes.
        speaks_on: the day on which there will be enough, if data comes each day.
    """

    known_days: int
    missing_days: int
    speaks_on: date


@dataclass(frozen=True, slots=True)
class ForecastResult:
    """The answer to a `ForecastRequest`.

    Attributes:
        request: the question, with filter values as the data writes them.
        total: everything that the question covers; None: there is no fact behind it.
        silence: why the total is not foreseen; None: it is.
        direction: which way the last weeks run.
        weeks: the ends of the weeks to come, or of every other where they are many, each with all
            days up to there together.
        rows: members, dearest first, the rest as one at the end; empty where nothing divides.
        outlook: how this month will end; None: too little history, or data that ended long ago.
        record: how such forecasts came true; None: none was kept that long ago.
        reach: how far the data goes, and what holds it back.
        freshness: how old each source is.
    """

    request: ForecastRequest
    total: MemberForecast | None
    silence: Silence | None
    direction: Direction
    weeks: tuple[Expectation, ...]
    rows: tuple[MemberForecast, ...]
    outlook: PeriodOutlook | None
    record: Record | None
    reach: Reach
    freshness: Freshness

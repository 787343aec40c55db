"""Forecasts, trends and the burn-down of a budget, with made-up days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.forecasts.forecast import Accuracy, DailyForecast
from analysis.roles import Role
from analysis.trends import Direction
from bot.blocks.answer import Answer
from bot.blocks.forecast import forecast_answer
from bot.gallery.entry import DataSet, Entry
from handlers.caller import Caller
from handlers.complete import Feed, Reach
from handlers.forecasts.requests import ForecastRequest
from handlers.forecasts.results import (
    DailySeries,
    Expectation,
    ForecastResult,
    MemberForecast,
    PeriodOutlook,
    Record,
    Silence,
    usd,
)
from handlers.freshness import Freshness, SourceFreshness
from queries.dimensions import Source

DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)
LAST = TODAY - DAY
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, BERLIN)

SHAPE = (1.0, 1.04, 1.06, 1.02, 0.97, 0.38, 0.35)
"""A week, Monday first, as a share of its usual working day."""

_SOURCES = (Source.GPU, Source.USAGE)
HOSTILE = '<!channel> *bold* `code` <https://example.com|click> & "quotes" ' + 40 * "long "


def entries() -> list[Entry]:
    """The templates, each with its three sets of data."""
    return [
        _entry("forecast", "typical", forecast_answer(typical_forecast(), ADMIN)),
        _entry("forecast", "empty", forecast_answer(silent_forecast(), ADMIN)),
        _entry("forecast", "extreme", forecast_answer(extreme_forecast(), ADMIN)),
        _entry("forecast by member", "typical", forecast_answer(forecast_by_product(), ADMIN)),
        _entry("forecast by member", "empty", forecast_answer(forecast_of_new(), ADMIN)),
        _entry("forecast by member", "extreme", forecast_answer(forecast_of_many(), ADMIN)),
    ]


def _entry(template: str, data: DataSet, answer: Answer) -> Entry:
    return Entry(template, data, answer.payload(), answer.chart)


def days_of(working_day: Decimal, days: int, last: date = LAST) -> DailySeries:
    """A cost with a week's rhythm and ups and downs that are always the same."""
    first = last - (days - 1) * DAY
    costs: list[Decimal] = []
    for place in range(days):
        day = first + place * DAY
        shape = Decimal(str(SHAPE[day.weekday()]))
        wobble = Decimal(100 + (place * 37) % 13 - 6) / 100
        costs.append((working_day * shape * wobble).quantize(Decimal("0.01")))
    return DailySeries(first, tuple(costs))


def foreseen(working_day: float, days: int, *, history: int = 120) -> DailyForecast:
    """The days to come of such a cost."""
    ahead = [TODAY + place * DAY for place in range(days)]
    expected = [working_day * SHAPE[day.weekday()] for day in ahead]
    widths = [0.08 * working_day * (1 + place / 60) for place in range(days)]
    total = sum(expected)
    half = 0.05 * total
    return DailyForecast(
        first=TODAY,
        expected=tuple(expected),
        lower=tuple(max(0.0, day - by) for day, by in zip(expected, widths, strict=True)),
        upper=tuple(day + by for day, by in zip(expected, widths, strict=True)),
        total=total,
        total_lower=total - half,
        total_upper=total + half,
        model="weekday median and Theta",
        accuracy=Accuracy(0.84, 0.09, 0.948, 12) if history > 60 else None,
        history_days=history,
        is_wide=history < 56,
    )


def reach_of(*, last: date = LAST) -> Reach:
    """Two sources that reach to the same day."""
    newest = datetime(last.year, last.month, last.day, 22, 40, tzinfo=UTC)
    first = last - 200 * DAY
    return Reach(TODAY, last, tuple(Feed(source, first, last, newest) for source in _SOURCES))


def freshness_of(*, newest: datetime = NOW - timedelta(minutes=20)) -> Freshness:
    """Two sources of the same age."""
    is_stale = NOW - newest > timedelta(hours=48)
    return Freshness(
        NOW,
        tuple(
            SourceFreshness(source, NOW - timedelta(days=200), newest, NOW, is_stale)
            for source in _SOURCES
        ),
    )


def member(
    name: str | None, working_day: float, horizon: int, *, history: int = 120, several: int = 1
) -> MemberForecast:
    """A member with so many days of history."""
    series = days_of(Decimal(str(working_day)), history)
    is_long = history >= 14
    forecast = foreseen(working_day, horizon, history=history) if is_long else None
    return MemberForecast(name, series, forecast, 0, 0, several)


def typical_forecast() -> ForecastResult:
    """What one sees on most days: a range, the month's end, and how it was before."""
    total = member(None, 640.0, 30)
    return ForecastResult(
        request=ForecastRequest(),
        total=total,
        silence=None,
        direction=Direction.RISING,
        weeks=_weeks(total, 30),
        rows=(),
        outlook=_november(total),
        record=Record(30, LAST - 58 * DAY, LAST - 30 * DAY, Decimal("0.061"), held=27, counted=29),
        reach=reach_of(),
        freshness=freshness_of(),
    )


def silent_forecast() -> ForecastResult:
    """Nine days of history."""
    total = member(None, 640.0, 30, history=9)
    return replace(
        typical_forecast(),
        total=total,
        silence=Silence(9, 5, LAST + 6 * DAY),
        direction=Direction.UNKNOWN,
        weeks=(),
        outlook=None,
        record=None,
    )


def extreme_forecast() -> ForecastResult:
    """Millions a day, a long name, stale data, requests without a price, the longest horizon."""
    total = replace(
        member(None, 48_000_000.0, 90, history=40),
        unpriced_requests=123_456_789,
        unknown_requests=9_876_543,
    )
    request = ForecastRequest(
        horizon=90, filters={"organization": (HOSTILE, "b", "c", "d", "e"), "model": (HOSTILE,)}
    )
    last = LAST - 5 * DAY
    newest = datetime(last.year, last.month, last.day, 22, 40, tzinfo=UTC)
    outlook = _november(total)
    return replace(
        typical_forecast(),
        request=request,
        total=total,
        weeks=_weeks(total, 90),
        outlook=outlook and replace(outlook, days_before_data=3),
        record=Record(90, LAST - 500 * DAY, LAST - 90 * DAY, Decimal("7.5"), held=0, counted=90),
        reach=reach_of(last=last),
        freshness=freshness_of(newest=newest),
    )


def forecast_by_product() -> ForecastResult:
    """Three products, one of them new."""
    rows = (
        member("api", 390.0, 30),
        member("studio", 170.0, 30),
        member("llm", 80.0, 30, history=9),
    )
    return replace(typical_forecast(), request=ForecastRequest(by="product"), rows=rows)


def forecast_of_new() -> ForecastResult:
    """All members are new: none of them is foreseen."""
    rows = (member("api", 390.0, 30, history=9), member(None, 12.0, 30, history=3))
    return replace(silent_forecast(), request=ForecastRequest(by="product"), rows=rows)


def forecast_of_many() -> ForecastResult:
    """As many members as are foreseen one by one, with hostile names, and thousands more."""
    named = [member(f"{HOSTILE}{n}", 900_000.0 / (n + 1), 90) for n in range(49)]
    unpriced = replace(member("aurora", 0.0, 90), forecast=None, is_unpriced=True)
    rows = (*named, unpriced, member(None, 5_000.0, 90, several=9_950))
    extreme = extreme_forecast()
    request = replace(extreme.request, by="model", top=1000)
    return replace(extreme, request=request, rows=rows)


def _weeks(total: MemberForecast, days: int) -> tuple[Expectation, ...]:
    found = total.forecast
    if found is None:
        return ()
    ends = [*range(7, days, 7), days]
    weeks: list[Expectation] = []
    for end in ends:
        expected = sum(found.expected[:end])
        low, high = usd(0.94 * expected), usd(1.06 * expected)
        weeks.append(Expectation(TODAY, TODAY + (end - 1) * DAY, usd(expected), low, high))
    return tuple(weeks)


def _november(total: MemberForecast) -> PeriodOutlook | None:
    found = total.forecast
    if found is None:
        return None
    first = TODAY.replace(day=1)
    spent = total.series.between(first, LAST)
    today = (spent / 30).quantize(Decimal("0.01"))
    rest = usd(sum(found.expected[:11]))
    return PeriodOutlook(
        first=first,
        last=TODAY.replace(day=30),
        as_of=LAST,
        spent=spent + today,
        provisional=today,
        expected=spent + rest,
        lower=spent + rest * Decimal("0.94"),
        upper=spent + rest * Decimal("1.06"),
        history_days=found.history_days,
    )

"""What forecasts are told with, wherever one is told: sentences and the curve in a line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from analysis.forecasts.forecast import LEVEL, DailyForecast
from bot.blocks.sparkline import WIDEST, Scale, sparkline
from bot.blocks.text import count, money, percent, plural
from handlers.complete import Reach
from handlers.forecasts.results import DAY, DailySeries, Expectation, PeriodOutlook, Record, Silence
from handlers.forecasts.results import usd as money_of

SURE = f"{LEVEL:.0%}".replace("%", " %")
"""How often a range is meant to hold what comes, as it is written."""

WEEK = 7
BORDER = "┊"
"""Between what was and what is foreseen."""

MOST_WEEKS = 13
"""Weeks before the border: a quarter."""


def days_ahead(ahead: Expectation, reach: Reach) -> str:
    """The days that are foreseen, in a sentence: "the 30 days from today to 2026-12-20"."""
    days = (ahead.last - ahead.first).days + 1
    begin = "today" if ahead.first == reach.today else f"{ahead.first}"
    return f"the {days} days from {begin} to {ahead.last}"


def silence_words(silence: Silence | None) -> str:
    """Why nothing is foreseen, and when something will be."""
    if silence is None:
        return "*nothing is foreseen*: its history is too short."
    return (
        f"*too little history for a forecast*: {plural(silence.known_days, 'complete day')}, and "
        f"it takes {count(silence.known_days + silence.missing_days)}. With data each day there "
        f"will be one on {silence.speaks_on}."
    )


def curve(series: DailySeries, forecast: DailyForecast) -> str:
    """What was and what is foreseen in a line, a border between them."""
    ahead = [money_of(value) for value in forecast.expected]
    if 2 * len(ahead) <= WIDEST:
        before, scale = list(series.costs[-(WIDEST - 3 - len(ahead)) :]), Scale.DAY
        first = series.last - (len(before) - 1) * DAY
    else:
        weeks = min(len(series.costs) // WEEK, MOST_WEEKS)
        known = series.costs[len(series.costs) - weeks * WEEK :]
        # A week that is cut would be drawn by its few days' rhythm.
        ahead = _weeks(ahead[: len(ahead) // WEEK * WEEK])
        before, scale = _weeks(known), Scale.WEEK
        first = series.last - (len(known) - 1) * DAY
    drawn = sparkline([*before, *ahead], Scale.DAY)
    line = f"{drawn[: len(before)]}{BORDER}{drawn[len(before) :]}"
    return f"`{line}` {first} to {forecast.last}, {scale.legend}; foreseen behind {BORDER}"


def month_words(outlook: PeriodOutlook | None) -> list[str]:
    """How the month will end; nothing where that cannot be told."""
    if outlook is None:
        return []
    so_far = f"{money(outlook.spent)} so far"
    if outlook.provisional:
        since = outlook.as_of + DAY
        so_far += f" ({money(outlook.provisional)} of it since {since}, still growing)"
    lines = [
        f"*{outlook.first:%B}*: {so_far}, *{money(outlook.expected)}* expected at its end, in "
        f"{SURE} of cases between "
        f"{money(outlook.lower)} and {money(outlook.upper)}."
    ]
    if outlook.days_before_data:
        days = plural(outlook.days_before_data, "day")
        before = "what came before is in no sum"
        lines.append(f":warning: The data begins {days} into the month: {before}")
    return lines


def quality_words(forecast: DailyForecast) -> list[str]:
    """By what it was foreseen, from how much, and how good that was on the same days."""
    lines = [
        f"Foreseen by {forecast.model}, from {plural(forecast.history_days, 'complete day')}"
        f"{'' if forecast.accuracy is None else _tried(forecast)}"
    ]
    if forecast.is_wide:
        lines.append("The history is short: the range is widened for it")
    return lines


def record_words(record: Record | None) -> list[str]:
    """How such forecasts came true."""
    if record is None:
        return []
    return [
        f"Forecasts made {record.horizon} days ahead from {record.first} to {record.last} were off "
        f"by {percent(record.error)} (median), {held_words(record)}"
    ]


def held_words(record: Record) -> str:
    """How often the range held what came."""
    return f"the range held {count(record.held)} of {plural(record.counted, 'time')}"


def _tried(forecast: DailyForecast) -> str:
    """How the model did on the past of the same series."""
    found = forecast.accuracy
    if found is None:
        return ""
    off = percent(Decimal(repr(found.smape)).quantize(Decimal("0.001")))
    words = f"; tried on {plural(found.origins, 'earlier day')} it was off by {off} a day"
    if found.mase < 1:
        words += ", better than repeating the last week"
    if found.coverage is not None:
        share = percent(Decimal(repr(found.coverage)).quantize(Decimal("0.001")))
        words += f", and the range held {share} of what came"
    return words


def _weeks(values: Sequence[Decimal]) -> list[Decimal]:
    """The average day of each week."""
    parts = [values[at : at + WEEK] for at in range(0, len(values), WEEK)]
    return [sum(part, Decimal(0)) / len(part) for part in parts]

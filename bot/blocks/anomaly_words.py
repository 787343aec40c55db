"""An anomaly in words: names and figures escaped, marks as incidents have them."""

from __future__ import annotations

from decimal import Decimal

from analysis.series import Measure, SeriesKey
from bot.blocks.text import escape, money, percent, short
from bot.incident_words import MARKS
from handlers.anomalies.listing import AnomalyRow
from handlers.anomalies.naming import SHIFT, day_name, figure, title_of
from handlers.anomalies.promising import KINDS
from handlers.anomalies.replayed import Fired
from storage.records.anomaly import KeptFinding

STATES = {"open": "open", "over": "over", "gone": "gone: its day was restated"}


def mark(level: str) -> str:
    """The mark of a level; always beside its word."""
    return MARKS.get(level, MARKS["ok"])


def name_of(key: SeriesKey) -> str:
    """The series in a phrase, escaped."""
    return escape(short(title_of(key)))


def figures(one: KeptFinding | Fired, measure: Measure) -> str:
    """What was and what was expected: "$653.70 in place of $344.63, +89.7 %, +$309.06"."""
    actual, expected = figure(one.actual, measure), figure(one.expected, measure)
    ratio = ""
    if one.expected > 0:
        ratio = f", {percent(Decimal(f'{one.actual / one.expected - 1:.4f}'), sign=True)}"
    usd = money(one.usd, sign=True)
    at_stake = usd if measure is Measure.COST else f"about {usd}"
    return f"{escape(actual)} in place of {escape(expected)}{ratio}, {at_stake} a day"


def when(one: KeptFinding | Fired) -> str:
    """The day, or since when."""
    if one.shape == SHIFT:
        return f"since {day_name(one.since)}"
    return day_name(one.day)


def state_words(row: AnomalyRow) -> str:
    """How it stands, and what was said of it."""
    words = STATES[row.state]
    if row.label is not None:
        words += f" · {KINDS[row.label.kind]}, says {escape(short(row.label.made_by_name))}"
    if row.finding.outcome == "together":
        words += " · told together with others"
    return words

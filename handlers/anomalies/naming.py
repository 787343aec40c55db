"""What series and findings are called: plain text, names from the data are not escaped."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from analysis.drivers.wording import named
from analysis.incidents.levels import Level
from analysis.series import Measure, SeriesKey, series_key
from analysis.written import count, money, percent

if TYPE_CHECKING:  # numpy comes with it, and most commands have no use for that
    from analysis.anomalies.found import Finding

SHIFT = "shift"
"""The shape of a new level, see `Shape`."""

SUBJECT = "anomaly|"
"""How the subjects of anomalies begin."""

_MEASURES = {Measure.COST: "Cost", Measure.REQUESTS: "Requests"}
_LARGE = 10
"""From so many times on what was expected a factor says more than per cent."""


def subject_of(key: SeriesKey) -> str:
    """The subject of signals about a series."""
    return f"{SUBJECT}{key}"


def key_of(subject: str) -> SeriesKey | None:
    """The series that a subject is about; None: it is about no single one."""
    if not subject.startswith(SUBJECT):
        return None
    try:
        return series_key(subject.removeprefix(SUBJECT))
    except ValueError:
        return None


def whose(key: SeriesKey) -> str:
    """What a series is of: "model gpt-4 at acme", "everything"."""
    if key.dimension is None:
        return "everything" if key.organization is None else key.organization
    member = named(key.dimension, key.member or "")
    return member if key.organization is None else f"{member} at {key.organization}"


def title_of(key: SeriesKey) -> str:
    """The series in a phrase: "Cost of model gpt-4 at acme"."""
    return f"{_MEASURES[key.measure]} of {whose(key)}"


def figure(value: float, measure: Measure) -> str:
    """A value as its unit is written."""
    if measure is Measure.COST:
        return money(exact(value))
    return count(round(value))


def exact(value: float) -> Decimal:
    """A figure of statistics as a decimal, with as many digits as mean anything."""
    return Decimal(f"{value:.6f}")


def moved(actual: float, expected: float) -> str:
    """How far a value is from what was expected: "+77 %", "12 times", "from nothing"."""
    if expected <= 0:
        return "from nothing"
    ratio = actual / expected
    if ratio >= _LARGE:
        return f"{ratio:,.0f} times as much"
    return percent(Decimal(f"{ratio - 1:.4f}"), sign=True)


def day_name(day: date) -> str:
    """A day with its weekday: "Fri 2026-11-20"."""
    return f"{day:%a} {day}"


def summary_of(finding: Finding) -> str:
    """What happened, one sentence with the figures."""
    key, measure = finding.key, finding.key.measure
    actual, expected = figure(finding.actual, measure), figure(finding.expected, measure)
    usual = (
        f"{figure(finding.lower, measure)} to {figure(finding.upper, measure)} was to be expected"
    )
    change = moved(finding.actual, finding.expected)
    usd = money(finding.usd, sign=True)
    at_stake = usd if measure is Measure.COST else f"about {usd}"
    subject = title_of(key)
    if measure is Measure.REQUESTS:
        subject = f"Requests: {whose(key)}"
    if finding.shape == SHIFT:
        return (
            f"{subject} has a new level since {day_name(finding.since)}: {actual} a day, "
            f"{change} ({at_stake} a day); {usual}."
        )
    if finding.expected <= 0:
        return f"{subject}: {actual} on {day_name(finding.day)}, where there was nothing before."
    return (
        f"{subject}: {actual} on {day_name(finding.day)}, {change} ({at_stake}) against the "
        f"{expected} that its past says; {usual}."
    )


LEVELS = (Level.NOTICE, Level.WARNING, Level.CRITICAL)
"""The severities, from the least on."""

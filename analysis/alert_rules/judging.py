"""Where a series stands: its figure against the thresholds, with regard to where it stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.alert_rules.figures import DailySeries
from analysis.alert_rules.reading import FROM_NOTHING, Reading, read
from analysis.alert_rules.terms import Terms
from analysis.complete_days import DAY
from analysis.incidents.levels import Level


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a day.

    Attributes:
        level: how it stands; `UNKNOWN`: too little is known.
        day: that was judged; None: it is of no day.
        reading: what it was judged by; None: there is none.
    """

    level: Level
    day: date | None
    reading: Reading | None


def judge(terms: Terms, reading: Reading | None, before: Level = Level.OK) -> Level:
    """Where a series stands.

    A level is reached beyond its threshold, and left once the figure has come back behind it by
    the margin: what hovers at a threshold does not come and go.

    Args:
        terms: of the rule.
        reading: the figure; None: nothing can be said.
        before: where it stood; what is no trouble counts as `OK`.
    """
    if reading is None:
        return Level.UNKNOWN
    floor = terms.floor * (1 - terms.margin) if before.is_trouble else terms.floor
    if reading.stake < floor:
        return Level.OK
    level = _reached(terms, reading.value, Decimal(0))
    if before.rank <= level.rank:
        return level
    held = _reached(terms, reading.value, terms.margin)
    return held if held.rank <= before.rank else before


def replay(terms: Terms, series: DailySeries, days: Sequence[date]) -> tuple[Verdict, ...]:
    """What would have been said of some days, one after the other.

    Args:
        terms: of the rule.
        series: the facts.
        days: that are judged, the earliest first; those that are not complete are unknown.
    """
    found: list[Verdict] = []
    level = Level.OK
    for day in days:
        reading = read(terms, series, day) if series.knows(day) else None
        said = judge(terms, reading, level)
        found.append(Verdict(said, day, reading))
        if said is not Level.UNKNOWN:
            level = said
    return tuple(found)


def latest(days: int, last: date) -> tuple[date, ...]:
    """The days up to one, the earliest first."""
    return tuple(last - back * DAY for back in range(days - 1, -1, -1))


def _reached(terms: Terms, value: Decimal, margin: Decimal) -> Level:
    """The worst level whose threshold, eased by a margin, lies behind the value."""
    for level, threshold in terms.thresholds:
        if terms.rises:
            is_beyond = value > threshold * (1 - margin)
        else:
            is_beyond = value < threshold * (1 + margin)
        # What was not there before is worth a look: how bad it is the next days will say.
        if is_beyond and not (value == FROM_NOTHING and level is Level.CRITICAL):
            return level
    return Level.OK

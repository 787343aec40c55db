"""What a recommendation has saved since it was accepted: seen, not seen yet, or not measurable.

Nobody's promise is believed here: the cost since is held against what the same volume would have
cost at the rates of before (see `measured.counterfactual`):

    saved = sum over days since of (rate before × volume × price level × control) − actual

The rate is kept by stratum (a task, a service), so that a changed mix of them is no saving. The
price level is that of the price list, so that a price that fell is none either. Volume is what the
recommendation leaves alone: tokens at weights that do not change, requests, or days. Less volume is
less saved, never more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from analysis.recommendations.measured.counterfactual import (
    DRIFT,
    Control,
    Estimate,
    Held,
    control_of,
    estimate,
)

BEFORE_DAYS = 28
"""Complete days before the acceptance that make the counterfactual: each weekday four times."""

LEAST_BEFORE = 7
"""Of them with any volume."""

LEAST_AFTER = 3
"""Complete days since, before which nothing is said to be seen."""

LONGEST = 90
"""Days since for which it is measured: a mix of older days says little of today's."""

COLLAPSED = 0.1
"""Volume a day, by that of before, below which nothing can be said of the rate."""

MOST_UNPRICED = Decimal("0.05")
"""Of the requests since, beyond what it was before: what has no price is no saving."""

METHOD = (
    "rate before × volume since − actual cost (difference in differences; cost avoidance), at "
    "constant prices"
)
SOURCE = (
    "Angrist and Pischke, Mostly Harmless Econometrics, 2009, chapter 5; FinOps Framework, cost "
    "avoidance"
)

_MICRO = Decimal("0.000001")


class MeasuredState(StrEnum):
    """Whether savings can be told from noise."""

    NOT_SEEN_YET = "not_seen_yet"
    SEEN = "seen"
    NOT_MEASURABLE = "not_measurable"


@dataclass(frozen=True, slots=True)
class Spent:
    """What a stratum cost on one day.

    Attributes:
        day: UTC.
        stratum: what the rate before is kept by.
        cost: USD of what is priced.
        volume: of the same, in units that the recommendation leaves alone.
    """

    day: date
    stratum: str
    cost: Decimal
    volume: Decimal


Level = Callable[[str, date], Decimal]
"""The price level of a stratum on a day; only how it changes matters."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that are compared, all complete, ends included.

    Attributes:
        before_first, before_last: before it was accepted.
        since: the first one that is wholly after it was accepted, or implemented.
        as_of: the last one.
    """

    before_first: date
    before_last: date
    since: date
    as_of: date

    @property
    def days(self) -> int:
        """How many days since; 0: none is over."""
        return max(0, (self.as_of - self.since).days + 1)

    def is_before(self, day: date) -> bool:
        """Whether it is one of the days before."""
        return self.before_first <= day <= self.before_last

    def is_since(self, day: date) -> bool:
        """Whether it is one of the days since."""
        return self.since <= day <= self.as_of


def span_of(accepted: date, implemented: date | None, last_complete: date) -> Span:
    """The days that are compared.

    Args:
        accepted: the UTC day on which it was; it is in neither part.
        implemented: the same; what lies between the two is in neither part.
        last_complete: the last complete day of the facts.
    """
    since = max(accepted, implemented or accepted) + timedelta(days=1)
    return Span(
        before_first=accepted - timedelta(days=BEFORE_DAYS),
        before_last=accepted - timedelta(days=1),
        since=since,
        as_of=min(last_complete, since + timedelta(days=LONGEST - 1)),
    )


@dataclass(frozen=True, slots=True)
class Measured:
    """What was saved.

    Attributes:
        state: whether it is seen.
        reason: why not, a sentence without its full stop; empty: it is.
        low, likely, high: USD since, with the ends of the range of 90 %; None: not measured.
        expected, actual: USD since: the counterfactual, and what was spent.
        control: what it was held against; None: nothing.
        volume_change: volume a day since, by that of before; None: there was none.
    """

    state: MeasuredState
    reason: str = ""
    low: Decimal | None = None
    likely: Decimal | None = None
    high: Decimal | None = None
    expected: Decimal | None = None
    actual: Decimal | None = None
    control: Control | None = None
    volume_change: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a recommendation's scope.

    Attributes:
        own: its strata, before and since.
        others: those of the control, the same organization's that nobody has recommended anything
            for.
        unpriced_share: of the requests since that have no price, beyond what it was before.
        level: the price level of its strata.
        level_of_others: that of the control's.
        drift: by how much such rates move by themselves from month to month, relative.
    """

    own: Sequence[Spent]
    others: Sequence[Spent] = ()
    unpriced_share: Decimal = Decimal(0)
    level: Level | None = None
    level_of_others: Level | None = None
    drift: float = DRIFT


def measure(facts: Facts, span: Span) -> Measured:
    """What was saved at the rates of before.

    Args:
        facts: of its scope and its control; days that are in neither part are left out.
        span: the days.
    """
    before = [one for one in facts.own if span.is_before(one.day) and one.volume > 0]
    after = [one for one in facts.own if span.is_since(one.day) and one.volume > 0]
    reason = _why_not(before, after, facts, span)
    change = _volume_change(before, after, span)
    if reason:
        return Measured(MeasuredState.NOT_MEASURABLE, reason, volume_change=change)
    if not span.days or not after:
        return Measured(MeasuredState.NOT_SEEN_YET, "no complete day is over since")
    rates = Rates(before, facts.level)
    since = rates.held(after)
    if not any(day.expected > 0 for day in since):
        reason = "nothing of what it is about is left"
        return Measured(MeasuredState.NOT_MEASURABLE, reason, volume_change=change)
    control = _control(facts, span)
    found = estimate(rates.held(before), since, control, _alike(rates.sizes), facts.drift)
    return judged(found, span, control, change)


def judged(
    found: Estimate, span: Span, control: Control | None = None, change: Decimal | None = None
) -> Measured:
    """What an estimate says, with its range."""
    state, reason = MeasuredState.NOT_SEEN_YET, ""
    if span.days < LEAST_AFTER:
        reason = f"at least {LEAST_AFTER} complete days are needed"
    elif found.high < 0:
        reason = "it costs more than before"
    elif found.low <= 0:
        reason = "it cannot be told from noise"
    else:
        state = MeasuredState.SEEN
    return Measured(
        state=state,
        reason=reason,
        low=_usd(found.low),
        likely=_usd(found.likely),
        high=_usd(found.high),
        expected=_usd(found.expected),
        actual=_usd(found.actual),
        control=control,
        volume_change=change,
    )


class Rates:
    """The rates of before, by stratum, at constant prices.

    Args:
        before: days before, with volume.
        level: the price level; None: it does not change.

    Attributes:
        sizes: USD before, at constant prices, by stratum; for statistics.
    """

    def __init__(self, before: Sequence[Spent], level: Level | None) -> None:
        self._level = level
        self.sizes: dict[str, float] = {}
        volumes: dict[str, float] = {}
        for one in before:
            cost = float(one.cost) / self._of(one)
            self.sizes[one.stratum] = self.sizes.get(one.stratum, 0.0) + cost
            volumes[one.stratum] = volumes.get(one.stratum, 0.0) + float(one.volume)
        self.rates: Mapping[str, float] = {
            stratum: cost / volumes[stratum] for stratum, cost in self.sizes.items()
        }

    def held(self, days: Sequence[Spent]) -> list[Held]:
        """Days in order, held against these rates; strata that were not there before are not."""
        found: dict[date, Held] = {}
        for one in sorted(days, key=lambda one: one.day):
            rate = self.rates.get(one.stratum)
            if rate is None:
                continue
            last = found.get(one.day, Held(0.0, 0.0))
            expected = rate * float(one.volume) * self._of(one)
            found[one.day] = Held(last.expected + expected, last.actual + float(one.cost))
        return list(found.values())

    def _of(self, one: Spent) -> float:
        level = 1.0 if self._level is None else float(self._level(one.stratum, one.day))
        return level if level > 0 else 1.0


def _control(facts: Facts, span: Span) -> Control | None:
    before = [one for one in facts.others if span.is_before(one.day) and one.volume > 0]
    after = [one for one in facts.others if span.is_since(one.day) and one.volume > 0]
    rates = Rates(before, facts.level_of_others)
    by_stratum: dict[str, list[Spent]] = {}
    for one in after:
        by_stratum.setdefault(one.stratum, []).append(one)
    changes: list[tuple[float, float]] = []
    for stratum, days in by_stratum.items():
        held = rates.held(days)
        expected = sum(day.expected for day in held)
        if expected > 0:
            actual = sum(day.actual for day in held)
            changes.append((actual / expected, rates.sizes[stratum]))
    return control_of(changes)


def _why_not(before: Sequence[Spent], after: Sequence[Spent], facts: Facts, span: Span) -> str:
    days = len({one.day for one in before})
    if days < LEAST_BEFORE or not any(one.cost > 0 for one in before):
        return f"there are {days} days with priced usage before it, and {LEAST_BEFORE} are needed"
    if facts.unpriced_share > MOST_UNPRICED:
        share = (100 * facts.unpriced_share).quantize(Decimal(1))
        return f"{share} % more of the requests than before have no price"
    change = _volume_change(before, after, span)
    if span.days >= LEAST_AFTER and (change is None or change < Decimal(str(COLLAPSED))):
        share = (100 * (change or Decimal(0))).quantize(Decimal("0.1"))
        return f"only {share} % of the volume of before is left"
    return ""


def _volume_change(before: Sequence[Spent], after: Sequence[Spent], span: Span) -> Decimal | None:
    """Volume a day since, by that of before; of the strata that were there before."""
    if not before or not span.days:
        return None
    strata = {one.stratum for one in before}
    first = min(one.day for one in before)
    then = sum((one.volume for one in before), Decimal(0)) / ((span.before_last - first).days + 1)
    now = sum((one.volume for one in after if one.stratum in strata), Decimal(0)) / span.days
    return (now / then).quantize(Decimal("0.001")) if then > 0 else None


def _alike(sizes: Mapping[str, float]) -> float:
    """How many strata of equal size would be as many as these are."""
    squares = sum(cost**2 for cost in sizes.values())
    return sum(sizes.values()) ** 2 / squares if squares > 0 else 1.0


def _usd(value: float) -> Decimal:
    return Decimal(value).quantize(_MICRO, ROUND_HALF_EVEN) + 0  # no negative zero

"""What the figures of a day say in the terms of a rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.alert_rules.baselines import together, usual
from analysis.alert_rules.figures import DailySeries, Figures
from analysis.alert_rules.terms import Direction, Kind, Terms, Unit
from analysis.series import Measure

FROM_NOTHING = Decimal("Infinity")
"""The change of what was nothing before."""

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure, ready to be held against the thresholds.

    Attributes:
        value: in the unit of the thresholds; of a baseline the change as a share of it, above 0 on
            the side that the rule watches; `FROM_NOTHING` where the baseline is nothing.
        actual: what the day came to: USD, requests, USD a request, a share, or hours.
        usual: what it was compared with, in the unit of `actual`; None: with no baseline.
        stake: USD of the day that it is about, without sign; 0 where dollars say nothing.
    """

    value: Decimal
    actual: Decimal
    usual: Decimal | None = None
    stake: Decimal = _NOTHING


def read(terms: Terms, series: DailySeries, day: date) -> Reading | None:
    """What a day says; None: nothing can be said of it.

    Of a complete day, or of the one that is on where the terms judge that. Nothing can be said
    where too little history is known, or a ratio has nothing below its line.

    Args:
        terms: of the rule; not of freshness, which no day says.
        series: the facts.
        day: that is judged.
    """
    figures = series.on(day)
    match terms.kind:
        case Kind.ABSOLUTE:
            return _absolute(terms, figures)
        case Kind.RELATIVE:
            return _relative(terms, series, day)
        case Kind.REQUEST_COST:
            return _request_cost(terms, series, day)
        case Kind.FAILURE_COST:
            share = figures.wasted / figures.cost if figures.cost > 0 else _NOTHING
            value = share if terms.unit is Unit.SHARE else figures.wasted
            return Reading(value, value, stake=figures.wasted)
        case Kind.UNPRICED:
            count = Decimal(figures.unpriced)
            share = count / figures.requests if figures.requests else _NOTHING
            value = share if terms.unit is Unit.SHARE else count
            return Reading(value, value)
        case Kind.UTILIZATION:
            return _utilization(series, figures)
        case Kind.FRESHNESS:
            message = "freshness is no figure of a day"
            raise AssertionError(message)


def cost_of(terms: Terms, figures: Figures) -> Decimal:
    """USD, on the basis of the terms."""
    return figures.infrastructure if terms.is_infrastructure else figures.cost


def counted(terms: Terms, figures: Figures) -> Decimal:
    """What the terms count of some figures: USD or requests."""
    if terms.measure is Measure.REQUESTS or terms.unit is Unit.REQUESTS:
        return Decimal(figures.requests)
    return cost_of(terms, figures)


def _absolute(terms: Terms, figures: Figures) -> Reading:
    actual = counted(terms, figures)
    beyond = abs(actual - terms.warning) if terms.unit is Unit.USD else cost_of(terms, figures)
    return Reading(actual, actual, stake=beyond)


def _relative(terms: Terms, series: DailySeries, day: date) -> Reading | None:
    if terms.baseline is None:
        message = "what is relative has a baseline"
        raise AssertionError(message)
    actual = counted(terms, series.on(day))
    expected = usual(terms.baseline, series, day, lambda one: counted(terms, one))
    costly = usual(terms.baseline, series, day, lambda one: cost_of(terms, one))
    if expected is None or costly is None:
        return None
    stake = abs(cost_of(terms, series.on(day)) - costly)
    change = _change(terms, actual, expected)
    return None if change is None else Reading(change, actual, expected, stake)


def _request_cost(terms: Terms, series: DailySeries, day: date) -> Reading | None:
    figures = series.on(day)
    if figures.priced <= 0:
        # Where nothing was asked for, no request was dear; nor can it be said that one was cheap.
        is_over = terms.direction is Direction.ABOVE
        return Reading(_NOTHING, _NOTHING) if is_over else None
    actual = cost_of(terms, figures) / figures.priced
    if terms.baseline is None:
        beyond = abs(actual - terms.warning) * figures.priced
        return Reading(actual, actual, stake=beyond)
    past = together(terms.baseline, series, day)
    if past is None or past.priced <= 0:
        return None
    expected = cost_of(terms, past) / past.priced
    change = _change(terms, actual, expected)
    stake = abs(actual - expected) * figures.priced
    return None if change is None else Reading(change, actual, expected, stake)


def _utilization(series: DailySeries, figures: Figures) -> Reading | None:
    """Inference as a share of what the machines cost, see `analysis.utilization`."""
    if figures.infrastructure <= 0:
        return None
    # Where no row of idle or unused capacity says what the rule filters by, all of it would look
    # busy: nothing is known then.
    if all(one.infrastructure == one.inference for one in series.days.values()):
        return None
    share = figures.inference / figures.infrastructure
    return Reading(share, share, stake=figures.infrastructure - figures.inference)


def _change(terms: Terms, actual: Decimal, expected: Decimal) -> Decimal | None:
    """The change towards the side that is watched, as a share of what was expected."""
    sign = 1 if terms.direction is Direction.ABOVE else -1
    if expected > 0:
        return sign * (actual - expected) / expected
    # From nothing, every rise is infinite; only a floor in dollars can tell large from small.
    is_new = expected == 0 and actual > 0 and sign > 0 and terms.floor > 0
    if is_new:
        return FROM_NOTHING
    return _NOTHING if expected == 0 == actual else None

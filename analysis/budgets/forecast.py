"""What a period will have cost at its end: expected by weekday, with a range.

The expectation of a day to come is the mean of the same weekday over the last 28 complete days, so
that four of each weekday are in it and a weekend ahead is not priced like a Tuesday.

The range follows from residuals and never from the spread of the levels. It has two parts:

- The noise of a day, s. Each day's residual is taken against the mean of the *other* days of its
  weekday (leave one out), so no day is part of what it is held against; s is the larger of the
  conformal quantile of their size (the ceil((n + 1) c)-th smallest of n; J. Lei et al.,
  "Distribution-Free Predictive Inference for Regression", JASA 113, 2018) and z times their root
  mean square, the quantile of a normal sum: the first is wider where all days are odd, the second
  where a few are.
- The wandering of the level from week to week, t: z times the root of the variance between weeks,
  beyond what the noise within them explains (variance components of a one-way layout; S. R. Searle
  et al., "Variance Components", 1992). Without it the range of a cost whose weeks differ is far too
  narrow.

The sum of h days to come, foreseen from n days in k weeks, is off by

    √(s² (h + h²/n) + t² h² (1 + 1/k))

at most, at the stated coverage: h of the days' own noise, the rest of the level's, which is the
same for all of them. What it does not know: a trend, holidays, a release next week.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from math import ceil

from analysis.budgets.burn import KnownDays, spend_between
from analysis.budgets.terms import BudgetPeriod
from analysis.complete_days import DAY
from analysis.trends import LEAST_DAYS, MONTH, WEEK

HISTORY_DAYS = MONTH
"""Complete days that are looked back on at most: four of each weekday."""

LEAST_HISTORY_DAYS = LEAST_DAYS
"""Two of each weekday: with fewer no day can be held against another of its weekday."""

COVERAGE = Decimal("0.80")
"""How often the range is meant to hold the outcome: in four of five periods, which is also the
prediction interval that AWS Budgets and Cost Explorer forecast with."""

_Z = Decimal("1.2816")
"""The standard normal score that 80 % lie within (two-sided)."""

LEAST_ELAPSED = Decimal("0.10")
"""Share of a period that has to be complete before its end is forecast: what the first days say
about the last ones is mostly noise."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """The cost of a whole period, as it is foreseen.

    Attributes:
        expected: USD at the end of the period.
        lower: USD, the lower end of the range; never less than is spent.
        upper: USD, the upper end of the range.
        history_days: complete days that it rests on.
    """

    expected: Decimal
    lower: Decimal
    upper: Decimal
    history_days: int


@dataclass(frozen=True, slots=True)
class WeekdayModel:
    """What a day costs by its weekday.

    Attributes:
        means: USD, Monday first.
        noise: USD: s of the module.
        wandering: USD: t of the module, with its factor √(1 + 1/k).
        history_days: complete days that it rests on.
    """

    means: tuple[Decimal, ...]
    noise: Decimal
    wandering: Decimal
    history_days: int

    def expected(self, first: date, days: int) -> Decimal:
        """USD of some days to come.

        Args:
            first: the first of them.
            days: how many; none are nothing.
        """
        weeks, rest = divmod(max(days, 0), WEEK)
        begin = first.weekday()
        odd = (self.means[(begin + place) % WEEK] for place in range(rest))
        return weeks * sum(self.means, Decimal(0)) + sum(odd, Decimal(0))

    def half_width(self, days: int) -> Decimal:
        """USD by which the sum of so many days to come is off at most, at the stated coverage."""
        noise = self.noise**2 * (days + Decimal(days * days) / self.history_days)
        return (noise + self.wandering**2 * days * days).sqrt()


def weekday_model(last: date, costs: Sequence[Decimal]) -> WeekdayModel | None:
    """Learns from the latest complete days; None from fewer than `LEAST_HISTORY_DAYS`.

    Args:
        last: the last complete day.
        costs: USD of each day up to it, without a gap; no more than the last `HISTORY_DAYS` of
            them are used.
    """
    used = costs[-HISTORY_DAYS:]
    if len(used) < LEAST_HISTORY_DAYS:
        return None
    first = last - (len(used) - 1) * DAY
    # `offset` is the place in a week counted from the first day, whatever weekday that is.
    seasons = [used[offset::WEEK] for offset in range(WEEK)]
    means = [sum(season, Decimal(0)) / len(season) for season in seasons]
    residuals = [cost - means[place % WEEK] for place, cost in enumerate(used)]
    left_out = [
        residual * Decimal(len(season)) / (len(season) - 1)
        for place, residual in enumerate(residuals)
        for season in (seasons[place % WEEK],)
    ]
    by_weekday = tuple(means[(weekday - first.weekday()) % WEEK] for weekday in range(WEEK))
    return WeekdayModel(by_weekday, _noise(left_out), _wandering(residuals), len(used))


def _noise(residuals: Sequence[Decimal]) -> Decimal:
    sizes = sorted(map(abs, residuals))
    rank = ceil((len(sizes) + 1) * COVERAGE)
    conformal = sizes[min(rank, len(sizes)) - 1]
    squares = sum((size * size for size in sizes), Decimal(0))
    return max(conformal, _Z * (squares / len(sizes)).sqrt())


def _wandering(residuals: Sequence[Decimal]) -> Decimal:
    """What the level of whole weeks, counted back from the end, differs by beyond their noise."""
    weeks = [residuals[end - WEEK : end] for end in range(len(residuals), WEEK - 1, -WEEK)]
    levels = [sum(week, Decimal(0)) / WEEK for week in weeks]
    free = len(weeks) - 1
    between = sum((level * level for level in levels), Decimal(0)) / free
    within = sum(
        ((day - level) ** 2 for week, level in zip(weeks, levels, strict=True) for day in week),
        Decimal(0),
    ) / (free * (WEEK - 1))
    variance = max(between - within / WEEK, Decimal(0))
    return _Z * (variance * (1 + Decimal(1) / len(weeks))).sqrt()


@dataclass(frozen=True, slots=True)
class FanDay:
    """What a period will have cost at the end of one of its days to come.

    Attributes:
        day: local.
        forecast: USD from the first day of the period to this one.
    """

    day: date
    forecast: Forecast


@dataclass(frozen=True, slots=True)
class _Outlook:
    """A period and what its days to come are foreseen from.

    Attributes:
        as_of: the last day that is counted.
        complete: the last one that is over and whose data is all there.
        spend: USD to `as_of`.
        whole: USD to `complete`.
        model: what a day costs.
    """

    as_of: date
    complete: date
    spend: Decimal
    whole: Decimal
    model: WeekdayModel

    def at(self, day: date) -> Forecast:
        """The cost at the end of a day that is not complete yet."""
        to_come = (day - self.complete).days
        expected = max(
            self.whole + self.model.expected(self.complete + DAY, to_come),
            self.spend + self.model.expected(self.as_of + DAY, (day - self.as_of).days),
            self.spend,
        )
        half = self.model.half_width(to_come)
        return Forecast(
            expected, max(self.spend, expected - half), expected + half, self.model.history_days
        )


def forecast_of(
    period: BudgetPeriod, daily_spend: Mapping[date, Decimal], as_of: date, known: KnownDays
) -> Forecast | None:
    """What a period will have cost at its end, by weekday, with a range.

    Silent (None) with fewer than 14 complete days of history, in the period or before it, and
    while less than a tenth of the period is complete.

    Args:
        period: which is foreseen to its last day.
        daily_spend: USD by local day, from `known.first` on.
        as_of: the last day that is counted, within the period.
        known: which days of `daily_spend` are known.
    """
    outlook = _outlook(period, daily_spend, as_of, known)
    return None if outlook is None else outlook.at(period.last)


def fan_of(
    period: BudgetPeriod, daily_spend: Mapping[date, Decimal], as_of: date, known: KnownDays
) -> tuple[FanDay, ...]:
    """The same for each day behind the last complete one; none where `forecast_of` is silent.

    The last of the days is what `forecast_of` says.

    Args:
        period: which is foreseen to its last day.
        daily_spend: USD by local day, from `known.first` on.
        as_of: the last day that is counted, within the period.
        known: which days of `daily_spend` are known.
    """
    outlook = _outlook(period, daily_spend, as_of, known)
    if outlook is None:
        return ()
    ahead = (period.last - outlook.complete).days
    days = (outlook.complete + place * DAY for place in range(1, ahead + 1))
    return tuple(FanDay(day, outlook.at(day)) for day in days)


def _outlook(
    period: BudgetPeriod, daily_spend: Mapping[date, Decimal], as_of: date, known: KnownDays
) -> _Outlook | None:
    complete = min(as_of, known.complete)
    if (complete - period.first).days + 1 < LEAST_ELAPSED * len(period):
        return None
    history = (min(complete - known.first + DAY, HISTORY_DAYS * DAY)).days
    costs = [
        daily_spend.get(complete - back * DAY, Decimal(0)) for back in range(history - 1, -1, -1)
    ]
    model = weekday_model(complete, costs)
    if model is None:
        return None
    first = max(period.first, known.first)
    return _Outlook(
        as_of,
        complete,
        spend_between(daily_spend, first, as_of),
        spend_between(daily_spend, first, complete),
        model,
    )


def most_foreseen(spend: Decimal, dearest_day: Decimal, days_to_come: int) -> Decimal:
    """USD that no forecast of a period can expect more than.

    A mean is at most the largest of its values. It costs nothing, so that of very many budgets
    only those are foreseen whose forecast can reach a mark at all.

    Args:
        spend: USD to the last day that is counted or to the last complete one, whichever is more.
        dearest_day: USD of the dearest of the last `HISTORY_DAYS` complete days.
        days_to_come: behind the last complete day, to the end of the period.
    """
    return spend + max(dearest_day, Decimal(0)) * days_to_come

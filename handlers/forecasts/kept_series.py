"""The series of which forecasts are kept, made and held against what came."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analysis.forecasts.forecast import HORIZONS, LEVEL, DailyForecast
from analysis.forecasts.seasonality import weekly_strength
from analysis.series import Measure, SeriesKey
from analysis.trends import MONTH, trend_of
from handlers.forecasts.history import History, MemberHistory
from handlers.forecasts.results import DAY, DailySeries, usd
from handlers.forecasts.statistics import foreseen_all, numbers
from storage.records.forecast import Settled, StoredForecast

MOST_PRODUCTS = 100
"""Products of which forecasts are kept: the dearest of the last four weeks."""

MOST_ORGANIZATIONS = 300
"""Organizations of which forecasts are kept: the dearest of the last four weeks. It is a thousand
rows a day, and some seconds of work."""

_SHARE = Decimal("0.000001")

TOTAL = SeriesKey(None, None, None, Measure.COST)


@dataclass(frozen=True, slots=True)
class KeptSeries:
    """The histories of all series of which forecasts are kept.

    Attributes:
        by_product: everything, and each product over all organizations.
        by_organization: each organization's own cost; None: there is none.
    """

    by_product: History
    by_organization: History | None

    def chosen(self) -> dict[SeriesKey, MemberHistory]:
        """The largest of them, the total last: where it is kept, the others are."""
        found: dict[SeriesKey, MemberHistory] = {}
        organizations = () if self.by_organization is None else self.by_organization.members
        for one in _largest(organizations, MOST_ORGANIZATIONS):
            found[SeriesKey(one.member, None, None, Measure.COST)] = one
        for one in _largest(self.by_product.members, MOST_PRODUCTS):
            found[SeriesKey(None, "product", one.member, Measure.COST)] = one
        return {**found, TOTAL: self.by_product.total}

    def came(self, key: SeriesKey, first: date, last: date) -> Decimal:
        """USD that a series cost in some days that are known; what is not there cost nothing."""
        if key == TOTAL:
            found = [self.by_product.total]
        elif key.organization is not None:
            organizations = () if self.by_organization is None else self.by_organization.members
            found = [one for one in organizations if one.member == key.organization]
        else:
            found = [one for one in self.by_product.members if one.member == key.member]
        return sum(
            (one.series.between(first, last) for one in found if one.series is not None),
            Decimal(0),
        )


def made(
    histories: Mapping[SeriesKey, MemberHistory], made_on: date, now: datetime
) -> list[StoredForecast]:
    """The forecasts of all series, for all horizons; of those with too little history none.

    Takes a second or two for hundreds of series: for a thread.
    """
    keys = [key for key, one in histories.items() if one.series and not one.is_unpriced]
    series = [one for key in keys if (one := histories[key].series) is not None]
    found: dict[SeriesKey, list[StoredForecast]] = {key: [] for key in keys}
    for horizon in HORIZONS:
        foreseen = foreseen_all(series, made_on, horizon)
        for key, one, forecast in zip(keys, series, foreseen, strict=True):
            if forecast is not None:
                found[key].append(_kept(key, one, forecast, made_on, now))
    return [forecast for key in keys for forecast in found[key]]


def settled(forecast: StoredForecast, actual: Decimal) -> Settled:
    """What came of a forecast."""
    error = (forecast.expected - actual) / actual if actual > 0 else None
    return Settled(
        forecast.key,
        actual,
        None if error is None else error.quantize(_SHARE),
        forecast.lower <= actual <= forecast.upper,
    )


def trend_words(series: DailySeries) -> tuple[str, Decimal | None]:
    """Which way the last weeks run, and their growth a week as a share of the average day."""
    trend = trend_of(series.first, series.costs, MONTH)
    ratio = trend.growth_ratio
    return trend.direction.value, None if ratio is None else ratio.quantize(_SHARE)


def rhythm(series: DailySeries) -> Decimal | None:
    """How strong the week's rhythm is, 0 to 1; None: too little history to tell."""
    strength = weekly_strength(numbers(series))
    return None if strength is None else Decimal(repr(strength)).quantize(_SHARE)


def _kept(
    key: SeriesKey, series: DailySeries, found: DailyForecast, made_on: date, now: datetime
) -> StoredForecast:
    direction, strength = trend_words(series)
    accuracy = None if found.accuracy is None else Decimal(repr(found.accuracy.mase))
    return StoredForecast(
        subject=str(key),
        made_on=made_on,
        horizon=len(found.expected),
        organization=key.organization,
        first_day=made_on + DAY,
        last_day=found.last,
        expected=usd(found.total),
        lower=usd(found.total_lower),
        upper=usd(found.total_upper),
        level=Decimal(str(LEVEL)),
        model=found.model,
        history_days=found.history_days,
        accuracy=None if accuracy is None else accuracy.quantize(_SHARE),
        seasonality=rhythm(series),
        trend_direction=direction,
        trend_strength=strength,
        made_at=now,
    )


def _largest(members: Iterable[MemberHistory], most: int) -> Sequence[MemberHistory]:
    return [one for one in members if one.member is not None][:most]

"""Whose requests take more GPU time, or cost more, than they did: found in daily ratios.

See `gpus.efficiency_drift` for the formula, its source and when it is silent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import median

from analysis.efficiency import LEAST_REQUESTS
from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus.gpu import Mixed, Service, WorkDay
from analysis.shifts import BEYOND

RECENT_DAYS = 7
"""Each weekday once: weekends ask for other work."""

LEAST_DAYS = 14

ENOUGH_A_DAY = 20
"""Requests of a day whose ratio is looked at: with fewer one large request makes a day."""

USABLE_DAYS = 5
"""Of each side, with that many requests."""

LEAST_COMPARED = 0.5
"""Of the seconds now, of work that the baseline has, too, for a mix to say something."""

CERTAIN = 3.0
"""Standard errors of the median that the drift is from nothing."""

RANKS = 3.0
"""Standard deviations of the rank sum (Mann and Whitney, 1947) that the last days lie above the
baseline's: 1 in 740 by chance, however the days are distributed. A few days give no sure spread."""

MEDIAN_ERROR = 1.2533
"""A median is so much less sure than a mean of as many values, of a normal distribution."""

LEAST_SPREAD = 0.02
"""Of the daily log ratios: nothing real is steadier, and the MAD of few days may be 0 by chance."""

_CONSISTENT = 1.4826
_DAY = timedelta(days=1)
_ZERO = Decimal(0)


class Cause(StrEnum):
    """Why a request costs more than it did."""

    SECONDS = "seconds"
    """It takes more GPU time."""
    RATE = "rate"
    """It takes as much as before; a GPU second costs more."""


@dataclass(frozen=True, slots=True)
class Drifted:
    """A service whose requests cost more than they did, like for like.

    Attributes:
        service: which.
        cause: why.
        ratio: seconds of the same work, now to before.
        price_ratio: of a GPU second, now to before.
        ratios: of each usable day, in order: the smaller of both mixes.
        recent: its last days.
        before: the days of the baseline.
        compared: the share of the seconds now that has a counterpart before.
        is_by_customer: each customer's work was held against its own, too.
        error: the standard error of the logarithm of `ratio`.
    """

    service: Service
    cause: Cause
    ratio: float
    price_ratio: float
    ratios: tuple[tuple[date, float], ...]
    recent: tuple[WorkDay, ...]
    before: tuple[WorkDay, ...]
    compared: float
    is_by_customer: bool
    error: float

    @property
    def cost(self) -> Decimal:
        """USD of the recent days, direct."""
        return sum((day.cost for day in self.recent), _ZERO)

    def share(self, errors: float = 0.0) -> Decimal:
        """The share of the cost that the former rate would have saved, 0 to 1.

        Args:
            errors: standard errors by which the drift is larger than the best estimate.
        """
        ratio = self.ratio * math.exp(errors * self.error)
        return Decimal(max(0.0, self.compared * (1 - 1 / ratio)))


def drifted(work: Iterable[WorkDay], period: EvidencePeriod, baseline_until: date) -> list[Drifted]:
    """Services whose requests cost more than in the baseline, whether by seconds or by rate."""
    if period.days < LEAST_DAYS:
        return []
    by_service: dict[Service, list[WorkDay]] = {}
    for day in work:
        by_service.setdefault(day.service, []).append(day)
    found = [
        _drifted(service, days, period, baseline_until) for service, days in by_service.items()
    ]
    return [one for one in found if one is not None]


def _drifted(
    service: Service, days: Sequence[WorkDay], period: EvidencePeriod, until: date
) -> Drifted | None:
    ordered = sorted(days, key=lambda day: day.day)
    usable = [day for day in ordered if day.requests >= ENOUGH_A_DAY and day.seconds > 0]
    first = period.last_day - (RECENT_DAYS - 1) * _DAY
    before = [day for day in usable if day.day < until]
    recent = [day for day in usable if day.day >= first]
    if min(len(before), len(recent)) < USABLE_DAYS:
        return None
    if min(requests_of(before), requests_of(recent)) < LEAST_REQUESTS:
        return None
    seconds = float(sum((day.seconds for day in recent), _ZERO))
    mixes = [_Mix([day.coarse for day in before], [day.coarse for day in recent], seconds)]
    fine = _Mix([day.fine for day in before], [day.fine for day in recent], seconds)
    # Where most customers come once, there is nothing to hold them against one by one.
    if fine.compared >= LEAST_COMPARED:
        mixes.append(fine)
    judged = [(mix, found) for mix in mixes for found in (_judged(mix),) if found is not None]
    if len(judged) < len(mixes) or mixes[0].compared < LEAST_COMPARED:
        return None
    mix, smaller = min(judged, key=lambda one: one[1].drift)
    price_ratio = _price(recent) / _price(before) if _price(before) else 1.0
    if smaller.is_beyond:
        cause = Cause.SECONDS
    elif smaller.ratio * price_ratio - 1 > float(BEYOND) and price_ratio - 1 > float(BEYOND) / 2:
        cause = Cause.RATE
    else:
        return None
    all_days = [day for day in ordered if day.day >= first]
    mixed = [(day.day, day.fine if mix is fine else day.coarse) for day in usable]
    return Drifted(
        service=service,
        cause=cause,
        ratio=smaller.ratio,
        price_ratio=price_ratio,
        ratios=tuple((day, one.seconds / one.expected) for day, one in mixed if one.expected > 0),
        recent=tuple(all_days),
        before=tuple(before),
        compared=mix.compared,
        is_by_customer=len(mixes) > 1,
        error=smaller.error,
    )


@dataclass(frozen=True, slots=True)
class _Mix:
    """Usable days at one fineness, and the seconds of the recent ones."""

    before: Sequence[Mixed]
    recent: Sequence[Mixed]
    seconds: float

    @property
    def compared(self) -> float:
        """The share of the recent seconds that has a counterpart before."""
        return sum(day.seconds for day in self.recent) / self.seconds


@dataclass(frozen=True, slots=True)
class _Judged:
    """The drift of one mix, in logarithms.

    Attributes:
        drift: of the median.
        error: the standard error of that.
        ranks: how far the last days lie above the baseline's, in standard deviations.
    """

    drift: float
    error: float
    ranks: float

    @property
    def ratio(self) -> float:
        return math.exp(self.drift)

    @property
    def is_beyond(self) -> bool:
        is_sure = self.drift > CERTAIN * self.error and self.ranks >= RANKS
        return is_sure and self.ratio - 1 > float(BEYOND)


def _judged(mix: _Mix) -> _Judged | None:
    past, now = _logs(mix.before), _logs(mix.recent)
    if min(len(past), len(now)) < USABLE_DAYS:
        return None
    usual = median(past)
    spread = max(_spread(past, usual), _spread(now, median(now)), LEAST_SPREAD)
    error = MEDIAN_ERROR * spread * math.sqrt(1 / len(past) + 1 / len(now))
    return _Judged(median(now) - usual, error, _ranks(past, now))


def _ranks(past: Sequence[float], now: Sequence[float]) -> float:
    """Mann and Whitney's U, standardized."""
    above = sum((one > other) + (one == other) / 2 for one in now for other in past)
    pairs = len(now) * len(past)
    return (above - pairs / 2) / math.sqrt(pairs * (len(now) + len(past) + 1) / 12)


def _logs(days: Sequence[Mixed]) -> list[float]:
    return [math.log(day.seconds / day.expected) for day in days if day.expected > 0 < day.seconds]


def _spread(logs: Sequence[float], middle: float) -> float:
    return _CONSISTENT * median(abs(one - middle) for one in logs)


def requests_of(days: Sequence[WorkDay]) -> int:
    """How many there were."""
    return sum(day.requests for day in days)


def _price(days: Sequence[WorkDay]) -> float:
    """USD of a GPU second."""
    seconds = sum((day.seconds for day in days), _ZERO)
    return float(sum((day.cost for day in days), _ZERO) / seconds) if seconds else 0.0

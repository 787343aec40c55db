"""How often the requests of services fail, and how often they would fail if all were as usual.

Formula: avoidable = wasted x (1 - usual / rate), `analysis.failures.Judged`, with the usual rate
that holds:

- a **storm**: on a day far more failed than on the service's own other days (median of the daily
  rates; more than twice that, and more than chance). The usual rate is that median.
- a **defect**: on its other days the service fails more than twice as often as the median of its
  peers, with certainty: the lower end of Wilson's interval (E. B. Wilson, 1927) at 3.29 standard
  deviations, 1 in 1,000 two-sided, so that a hundred services raise no false alarm. The usual rate
  is the peers' median.
- **always**: nearly nothing ever succeeds. The usual rate is nothing: nobody is served.

A defect, and what fails always, have to be so in the last seven days as well: what was mended, or
is not asked for any more, has nothing left to save.

Peers are other models of the same endpoint or process; where those are too few, other services of
the same product; then all others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from analysis.failures import LEAST_FAILED, LEAST_RATE, STORM, Judged, Outcome, added
from analysis.recommendations.gpus.gpu import Ending, Service

LEAST_REQUESTS = 100
"""Of a peer, to have a rate at all: it is known to a percentage point or so."""

LEAST_PEERS = 4
"""With fewer the median is one of two services."""

LEAST_DAYS = 5
"""Of a service's own, to have a usual rate."""

ENOUGH_A_DAY = 20
"""Requests of a day whose rate is looked at for the usual one."""

ALWAYS = Decimal("0.95")

LATELY = timedelta(days=7)
"""Each weekday once."""

CERTAIN = 3.29
"""Standard deviations."""

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Failing:
    """A service that fails more often than it need.

    Attributes:
        service: which.
        whole: how all its requests ended.
        peers: the median rate of its peers; None: there are too few.
        own: the median of its own daily rates; None: there are too few days.
        storms: the days of storms, in order.
        is_always: nearly nothing ever succeeds.
        is_defect: it fails more than its peers on ordinary days, too.
        avoidable: USD by day, direct cost; of other days nothing.
        endings: of its failed requests.
    """

    service: Service
    whole: Outcome
    peers: Decimal | None
    own: Decimal | None
    storms: tuple[date, ...]
    is_always: bool
    is_defect: bool
    avoidable: Mapping[date, Decimal]
    endings: tuple[Ending, ...]

    @property
    def waste(self) -> Decimal:
        """USD of the evidence's days that were avoidable."""
        return sum(self.avoidable.values(), _NOTHING)

    @property
    def is_chronic(self) -> bool:
        """Whether it is so every day, not in storms alone."""
        return self.is_always or self.is_defect


def failing(endings: Iterable[Ending]) -> list[Failing]:
    """The services that fail more often than they need, what wastes most first."""
    by_service: dict[Service, list[Ending]] = {}
    for one in endings:
        by_service.setdefault(one.service, []).append(one)
    lately = max((ending.day for own in by_service.values() for ending in own), default=None)
    if lately is None:
        return []
    since = lately - LATELY
    wholes = {service: added(one.outcome for one in own) for service, own in by_service.items()}
    found = [
        judged
        for service, own in by_service.items()
        if wholes[service].failed >= LEAST_FAILED
        for judged in (_judged(service, own, _peers(service, wholes), since),)
        if judged.storms or judged.is_chronic
    ]
    return sorted(found, key=lambda one: (-one.waste, -one.whole.failed, str(one.service)))


def _judged(
    service: Service, endings: Sequence[Ending], peers: Decimal | None, since: date
) -> Failing:
    by_day: dict[date, Outcome] = {}
    for one in endings:
        by_day[one.day] = by_day.get(one.day, Outcome()) + one.outcome
    whole = added(by_day.values())
    rates = [day.rate for day in by_day.values() if day.requests >= ENOUGH_A_DAY]
    known = [rate for rate in rates if rate is not None]
    own = median(known) if len(known) >= LEAST_DAYS else None
    late = added(outcome for day, outcome in by_day.items() if day > since).rate or _NOTHING
    is_always = (whole.rate or _NOTHING) >= ALWAYS and late >= ALWAYS
    storms = () if is_always else _storms(by_day, own)
    ordinary = added(outcome for day, outcome in by_day.items() if day not in storms)
    is_late = late >= LEAST_RATE and late > STORM * (peers or _NOTHING)
    is_defect = not is_always and is_late and _is_defect(ordinary, peers)
    if is_always or is_defect:
        # One share for all days: a day with fewer failures than usual makes up for another.
        share = _share(whole, _NOTHING if is_always else peers)
        avoidable = {day: share * outcome.wasted for day, outcome in by_day.items()}
    else:
        avoidable = {day: Judged(by_day[day], own).avoidable or _NOTHING for day in storms}
    return Failing(
        service=service,
        whole=whole,
        peers=peers,
        own=own,
        storms=storms,
        is_always=is_always,
        is_defect=is_defect,
        avoidable=avoidable,
        endings=tuple(one for one in endings if one.outcome.failed),
    )


def _storms(by_day: Mapping[date, Outcome], own: Decimal | None) -> tuple[date, ...]:
    return tuple(day for day in sorted(by_day) if Judged(by_day[day], own).is_storm)


def _is_defect(outcome: Outcome, peers: Decimal | None) -> bool:
    rate = outcome.rate
    if rate is None or peers is None or outcome.failed < LEAST_FAILED or rate < LEAST_RATE:
        return False
    return lowest(outcome.failed, outcome.requests) > STORM * float(peers)


def _share(outcome: Outcome, usual: Decimal | None) -> Decimal:
    """The avoidable share of what was wasted, 0 to 1."""
    avoidable = Judged(outcome, usual).avoidable
    return avoidable / outcome.wasted if avoidable and outcome.wasted > 0 else _NOTHING


def _peers(service: Service, wholes: Mapping[Service, Outcome]) -> Decimal | None:
    """The median rate of its peers."""
    others = [
        (other, outcome.rate)
        for other, outcome in wholes.items()
        if other != service and outcome.requests >= LEAST_REQUESTS and outcome.rate is not None
    ]
    alike = [
        [
            r
            for other, r in others
            if (other.product, other.name) == (service.product, service.name)
        ],
        [r for other, r in others if other.product == service.product],
        [r for _, r in others],
    ]
    for rates in alike:
        if len(rates) >= LEAST_PEERS:
            return median(rates)
    return None


def lowest(failed: int, requests: int) -> float:
    """The lower end of Wilson's interval of a rate, at `CERTAIN` standard deviations, 0 to 1."""
    rate, squared = failed / requests, CERTAIN**2
    middle = rate + squared / (2 * requests)
    half = CERTAIN * math.sqrt(rate * (1 - rate) / requests + squared / (4 * requests**2))
    return max(0.0, (middle - half) / (1 + squared / requests))

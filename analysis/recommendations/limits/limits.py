"""Limits for somebody, and what they would have done: to bursts, and to ordinary requests.

    limit = 99th percentile of an ordinary hour x 1.5, in requests and in dollars

rounded up to two digits. Both hold at once; of each hour the one counts that cuts more:

    cut                   = max(1 - limit / requests, 1 - limit in dollars / cost, 0)
    waste of a burst hour = cost x max(cut, failed / requests in a retry storm)
    refused wrongly       = requests x cut, of ordinary hours

A retry storm is an hour in which half of the requests failed: its failed requests are waste wholly,
limit or not. A request costs what the hour's requests cost on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.confidence import stability
from analysis.recommendations.limits.actors import ActorHour, ActorLoad
from analysis.recommendations.limits.bursts import Bursts, bursts_of, cost_of, requests_of
from analysis.recommendations.limits.episodes import Recurrence, recurrence
from analysis.recommendations.weekly_draws import quantile

ORDINARY = Decimal("0.99")
HEADROOM = Decimal("1.5")
"""Half as much again: traffic that grows by 7 % a month reaches the limit in half a year."""

LEAST_LIMIT = 10
"""Requests an hour: a lower one hinders people."""

LEAST_DOLLARS = Decimal("1.00")
"""USD an hour: the same."""

MOST_REFUSED = Decimal("0.02")
"""Of ordinary requests, refused wrongly: more is no limit but a quota."""

APART = timedelta(days=1)
"""A loop that is stopped at night and goes on in the morning is one."""

OVER_AFTER = timedelta(hours=6)

SAME_HOURS = Decimal("0.8")
"""Of the burst hours that a user and a key share, to be the same traffic seen twice."""

_HOUR = timedelta(hours=1)
_ZERO = Decimal(0)
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limited:
    """What limits would have done to somebody.

    Attributes:
        bursts: hours that stand out, and the others.
        requests: the limit, an hour.
        dollars: the limit, USD an hour.
        waste: USD of each burst hour, in the order of `bursts.hours`.
        seen: the episodes.
    """

    bursts: Bursts
    requests: int
    dollars: Decimal
    waste: tuple[Decimal, ...]
    seen: Recurrence

    def refused(self, hours: Sequence[ActorHour]) -> list[int]:
        """Requests that the limits would have refused, of each hour of which they refuse any."""
        each = [
            int(
                (hour.requests * cut_of(hour, self.requests, self.dollars)).to_integral_value(
                    ROUND_CEILING
                )
            )
            for hour in hours
        ]
        return [one for one in each if one]

    @property
    def ordinary_requests(self) -> int:
        """Requests of all ordinary hours."""
        return sum(hour.requests for hour in self.bursts.ordinary)

    @property
    def refused_wrongly(self) -> int:
        """Of these, refused."""
        return sum(self.refused(self.bursts.ordinary))

    @property
    def wrong_share(self) -> Decimal:
        """Of the ordinary requests, refused."""
        return Decimal(self.refused_wrongly) / max(1, self.ordinary_requests)


def limit_of(load: ActorLoad, period: EvidencePeriod) -> Limited | None:
    """The limits that would have cut somebody's bursts; None: there are none to propose."""
    bursts = bursts_of(load)
    if bursts is None:
        return None
    requests, dollars = (
        quantile([of(hour) for hour in bursts.ordinary], ORDINARY) * HEADROOM
        for of in (requests_of, cost_of)
    )
    most = max(LEAST_LIMIT, int(_rounded_up(requests, whole=True)))
    dearest = max(LEAST_DOLLARS, _rounded_up(dollars, whole=False))
    seen = recurrence(
        (hour.start for hour in bursts.hours),
        _HOUR,
        datetime.combine(period.last_day, datetime.min.time(), UTC) + timedelta(days=1),
        apart=APART,
        over_after=OVER_AFTER,
    )
    waste = tuple(_waste(hour, bursts, most, dearest) for hour in bursts.hours)
    found = Limited(bursts, most, dearest, waste, seen)
    return found if found.wrong_share <= MOST_REFUSED else None


def cut_of(hour: ActorHour, requests: int, dollars: Decimal) -> Decimal:
    """The share of an hour that lies beyond one of the limits, 0 to 1."""
    cut = max(_ZERO, 1 - Decimal(requests) / hour.requests)
    return max(cut, 1 - dollars / hour.cost) if hour.cost > 0 else cut


def _waste(hour: ActorHour, bursts: Bursts, requests: int, dollars: Decimal) -> Decimal:
    """USD of a burst hour that the limits, or giving up, would have saved."""
    share = cut_of(hour, requests, dollars)
    if bursts.signs.get(hour.start) == "failures":
        share = max(share, Decimal(hour.failed) / hour.requests)
    return hour.cost * share


def _rounded_up(value: Decimal, *, whole: bool) -> Decimal:
    """To two digits: nobody sets a limit of 1,437."""
    step = Decimal(1).scaleb(max(0 if whole else -2, value.adjusted() - 1))
    return ((value / step).to_integral_value(ROUND_CEILING) * step).quantize(_CENT)


def without_doubles(limited: list[Limited]) -> list[tuple[Limited, Limited | None]]:
    """Each, with whom it has its bursts in common; users that a key stands for are left out."""
    keys = [one for one in limited if one.bursts.load.kind == "key"]
    users = [one for one in limited if one.bursts.load.kind == "user"]
    twins: dict[int, Limited] = {}
    left_out: set[int] = set()
    for user in users:
        for key in keys:
            if id(key) not in twins and _is_same(user, key):
                twins[id(key)] = user
                left_out.add(id(user))
                break
    return [(one, twins.get(id(one))) for one in limited if id(one) not in left_out]


def _is_same(one: Limited, other: Limited) -> bool:
    first = {hour.start for hour in one.bursts.hours}
    second = {hour.start for hour in other.bursts.hours}
    costs = sum(one.waste, _ZERO), sum(other.waste, _ZERO)
    shared = Decimal(len(first & second)) / len(first | second)
    return shared >= SAME_HOURS and stability(*costs) >= SAME_HOURS

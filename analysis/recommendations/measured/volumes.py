"""The volume and the price level of routes, from day to day.

What counts as volume is said by kind in `measured.usage`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Protocol

from analysis.recommendations.cells import Route
from analysis.recommendations.measured.daily import UsageDay
from analysis.recommendations.measured.measure import Level, Span, Spent
from analysis.recommendations.proposal import Kind

OUTPUT_WEIGHT = Decimal(4)
"""What an output token costs by an input token where no price is known; most lists have 3 to 5."""

_ZERO = Decimal(0)
_ONE = Decimal(1)

Task = tuple[str | None, str | None, str | None]


class RoutePrices(Protocol):
    """What the price list says of routes."""

    def weight(self, route: Route) -> Decimal:
        """What an output token costs by an input token."""
        ...

    def level(self, route: Route, day: date) -> Decimal | None:
        """What the route's usual request costs on a day; only how it changes matters.

        None: it has no price then.
        """
        ...


def task_of(route: Route) -> Task:
    """What the requests of a route are for."""
    return route.endpoint, route.feature, route.environment


class Levels:
    """The strata of some routes, and the price level of each from day to day."""

    def __init__(
        self, days: Sequence[UsageDay], span: Span, prices: RoutePrices, *, by_task: bool
    ) -> None:
        self._by_task = by_task
        self._prices = prices
        self._mix: dict[str, dict[Route, Decimal]] = {}
        for one in days:
            if span.is_before(one.day):
                mix = self._mix.setdefault(self.stratum(one.route), {})
                mix[one.route] = mix.get(one.route, _ZERO) + one.cost
        self._reference = span.before_last
        self._known: dict[tuple[str, date], Decimal] = {}

    def stratum(self, route: Route) -> str:
        """What the rate of a route is kept by."""
        return str(task_of(route)) if self._by_task else str(route)

    def of(self, days: Sequence[UsageDay]) -> Level | None:
        """The price level; None where most of the cost came with the rows, at unknown prices."""
        cost = sum((one.cost for one in days), _ZERO)
        if sum((one.billed for one in days), _ZERO) * 2 > cost:
            return None
        return self._level

    def _level(self, stratum: str, day: date) -> Decimal:
        key = stratum, day
        if key not in self._known:
            self._known[key] = self._made(self._mix.get(stratum, {}), day)
        return self._known[key]

    def _made(self, mix: Mapping[Route, Decimal], day: date) -> Decimal:
        """By Laspeyres: the mix of before at the prices of the day, by those of the last day."""
        whole = sum(mix.values(), _ZERO)
        if whole <= 0:
            return _ONE
        now = _ZERO
        for route, cost in mix.items():
            then = self._prices.level(route, self._reference)
            there = self._prices.level(route, day)
            now += cost * (there / then if there and then else _ONE)
        return now / whole


class Volumes:
    """What a kind counts as volume, see the module."""

    def __init__(
        self,
        kind: Kind,
        days: Sequence[UsageDay],
        span: Span,
        prices: RoutePrices,
        stratum_of: Callable[[Route], str],
    ) -> None:
        self._kind = kind
        self._stratum = stratum_of
        self._weights: dict[str, Decimal] = {}
        sums: dict[str, list[int]] = {}
        costs: dict[str, Decimal] = {}
        for one in days:
            if not span.is_before(one.day):
                continue
            stratum = stratum_of(one.route)
            row = sums.setdefault(stratum, [0, 0, 0])
            for place, amount in enumerate((one.requests, one.input, one.output)):
                row[place] += amount
            if one.cost >= costs.get(stratum, _ZERO):
                costs[stratum] = one.cost
                self._weights[stratum] = prices.weight(one.route)
        self._each = {
            stratum: (Decimal(tokens_in) / requests, Decimal(tokens_out) / requests)
            for stratum, (requests, tokens_in, tokens_out) in sums.items()
            if requests
        }

    def spent(self, days: Sequence[UsageDay]) -> list[Spent]:
        """The same days with their volumes."""
        return [
            Spent(one.day, self._stratum(one.route), one.cost, self.volume(one)) for one in days
        ]

    def volume(self, one: UsageDay) -> Decimal:
        """Of one route on one day."""
        stratum = self._stratum(one.route)
        of_input, of_output = self._each.get(stratum, (_ZERO, _ZERO))
        if of_input + of_output == 0:
            return Decimal(one.requests)  # priced by the request
        weight = self._weights.get(stratum, OUTPUT_WEIGHT)
        match self._kind:
            case Kind.MODEL_DOWNGRADE:
                return one.input + weight * of_output * one.requests
            case Kind.PROMPT_OPTIMIZATION:
                return of_input * one.requests + weight * one.output
            case _:
                return one.input + weight * one.output

"""The price level of routes from day to day: what a request like those of before would cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal

from analysis.prices import TokenUsage, UnitPrice, price_in_force, request_cost
from analysis.recommendations.cells import Route
from analysis.recommendations.measured.daily import UsageDay
from analysis.recommendations.measured.volumes import OUTPUT_WEIGHT
from queries.prices.catalogue import Catalogue

_NOON = time(12)
_MILLION = 1_000_000


class CataloguePrices:
    """What the price lists say of some organization's routes.

    Args:
        catalogue: of all prices.
        days: its usage: how large a request of each route is.
        first: the first day that is asked for, UTC.
        last: the last one.
    """

    def __init__(
        self, catalogue: Catalogue, days: Iterable[UsageDay], first: date, last: date
    ) -> None:
        self._catalogue = catalogue
        self._first, self._last = first, last
        self._sizes = _sizes(days)
        self._candidates: dict[tuple[str | None, str | None], Sequence[UnitPrice]] = {}
        self._levels: dict[tuple[Route, date], Decimal | None] = {}

    def weight(self, route: Route) -> Decimal:
        """What an output token costs by an input token."""
        price = self._price(route, self._first)
        if price is None or price.input <= 0:
            return OUTPUT_WEIGHT
        return price.output / price.input

    def level(self, route: Route, day: date) -> Decimal | None:
        """What the route's requests of all days would cost on a day, USD; None: no price then."""
        key = route, day
        if key not in self._levels:
            price = self._price(route, day)
            self._levels[key] = None if price is None else request_cost(self._size(route), price)
        return self._levels[key]

    def _size(self, route: Route) -> TokenUsage:
        size = self._sizes.get(route)
        return TokenUsage(fresh_input=_MILLION, requests=0) if size is None else size

    def _price(self, route: Route, day: date) -> UnitPrice | None:
        name = route.provider, route.model
        if name not in self._candidates:
            self._candidates[name] = self._found(*name)
        at = datetime.combine(day, _NOON, UTC)
        size = self._sizes.get(route)
        mean = 0 if size is None or not size.requests else size.mean_input
        return price_in_force(self._candidates[name], at, route.organization, mean)

    def _found(self, provider: str | None, model: str | None) -> Sequence[UnitPrice]:
        if model is None:
            return ()
        known = provider or self._catalogue.provider_of(model)
        if known is None:
            return ()
        first = datetime.combine(self._first, time(), UTC)
        last = datetime.combine(self._last, time(23, 59), UTC)
        return self._catalogue.candidates(known, model, first, last)


def _sizes(days: Iterable[UsageDay]) -> Mapping[Route, TokenUsage]:
    """All that a route used, as one usage: how its tokens and requests are mixed."""
    sums: dict[Route, list[int]] = {}
    for one in days:
        row = sums.setdefault(one.route, [0, 0, 0])
        for place, amount in enumerate((one.requests, one.input, one.output)):
            row[place] += amount
    return {
        route: TokenUsage(fresh_input=tokens_in, output=tokens_out, requests=requests)
        for route, (requests, tokens_in, tokens_out) in sums.items()
        if requests and tokens_in + tokens_out
    }

"""What all findings on caches have in common: a route, its priced cells, its scope and its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property

from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route, dollars_of
from analysis.recommendations.confidence import stability
from analysis.recommendations.levers import Cache, savings_with
from analysis.recommendations.proposal import Json, Part

VALID_DAYS = 30

_NONE = Decimal(0)

_NAMES = ("organization", "provider", "model", "endpoint", "feature", "environment")


@dataclass(frozen=True)
class CachedRoute:
    """A route with the cells that were seen of it.

    Attributes:
        route: where the requests went.
        cells: all of them.
        period: the days.
    """

    route: Route
    cells: Sequence[PricedCell]
    period: EvidencePeriod

    @cached_property
    def cost(self) -> Decimal:
        """USD of the evidence's days."""
        return sum((priced.cell.billed_cost for priced in self.cells), _NONE)

    @property
    def monthly_cost(self) -> Decimal:
        """USD a month."""
        return self.period.monthly(self.cost)

    @cached_property
    def priced_share(self) -> Decimal:
        """Of the requests, 0 to 1."""
        requests = sum(priced.cell.tokens.requests for priced in self.cells)
        unpriced = sum(priced.cell.unpriced_requests for priced in self.cells)
        return Decimal(requests - unpriced) / requests if requests else _NONE

    @cached_property
    def cacheable(self) -> Sequence[PricedCell]:
        """Cells whose input a provider's cache could serve: long enough, and no batches."""
        return [
            priced
            for priced in self.cells
            if priced.price is not None
            and priced.cell.input_band > 0
            and not priced.cell.tokens.batch
            and priced.cell.billed_cost > 0
        ]

    @cached_property
    def fresh(self) -> int:
        """Fresh input tokens of the cacheable cells."""
        return sum(priced.cell.tokens.fresh_input for priced in self.cacheable)

    @property
    def scope(self) -> Mapping[str, tuple[str, ...]]:
        """The route as a proposal's scope."""
        values = dict(zip(_NAMES, astuple(self.route), strict=True))
        return {
            name: (value,)
            for name, value in values.items()
            if value is not None and name != "organization"
        }

    @property
    def name(self) -> str:
        """The route in a few words."""
        task = self.route.feature or self.route.endpoint
        model = self.route.model or "a model without a name"
        where = f" in {self.route.environment}" if self.route.environment else ""
        return f"{task} on {model}{where}" if task else f"{model}{where}"

    def saved(self, cells: Sequence[PricedCell], hit: Decimal, written: Decimal) -> Decimal:
        """What reading and writing these tokens besides would save, USD; negative: it costs.

        Args:
            cells: the cacheable ones, with the price that holds.
            hit: fresh input tokens that would be read from the cache.
            written: fresh input tokens that would be written to it.
        """
        if not self.fresh:
            return _NONE
        write_share = min(Decimal(1), written / self.fresh)
        hit_share = min(1 - write_share, hit / self.fresh)
        lever = Cache(hit_share, write_share)
        return savings_with([(priced, [lever]) for priced in cells])

    def part(self, saved: Decimal) -> Part:
        """The route's dollars, with what is saved of them a month."""
        return Part(dollars_of(self.route), self.monthly_cost, min(saved, self.monthly_cost))

    @property
    def valid_until(self) -> date:
        """After which the finding has to be drawn anew."""
        return self.period.now.date() + timedelta(days=VALID_DAYS)


def routes_of(cells: Iterable[PricedCell], period: EvidencePeriod) -> dict[Route, CachedRoute]:
    """The routes of some cells."""
    found: dict[Route, list[PricedCell]] = {}
    for priced in cells:
        found.setdefault(priced.cell.route, []).append(priced)
    return {route: CachedRoute(route, its, period) for route, its in found.items()}


def stability_of(by_day: Mapping[date, Decimal], period: EvidencePeriod) -> Decimal | None:
    """How alike both halves of the days are in something that adds up, 0 to 1; None: one day."""
    half = period.days // 2
    if not half:
        return None
    middle = period.first_day + timedelta(days=half)
    first = sum((value for day, value in by_day.items() if day < middle), _NONE)
    rest = sum((value for day, value in by_day.items() if day >= middle), _NONE)
    return stability(first / half, rest / (period.days - half))


def words_of(lifetime: timedelta) -> str:
    """A lifetime in words: "5 minutes", "an hour", "24 hours"."""
    minutes = lifetime // timedelta(minutes=1)
    if minutes % 60:
        return "a minute" if minutes == 1 else f"{minutes} minutes"
    return "an hour" if minutes == 60 else f"{minutes // 60} hours"


def hit_chart(shares: Sequence[tuple[timedelta, str]], words: str) -> dict[str, Json]:
    """The chart of hit rates against lifetimes.

    Args:
        shares: the share by lifetime, in plain digits.
        words: what is hit, for the axis.
    """
    return {
        "kind": "line",
        "x_label": "minutes after the last use",
        "y_label": words,
        "x": [lifetime // timedelta(minutes=1) for lifetime, _ in shares],
        "y": [share for _, share in shares],
        "labels": [words_of(lifetime) for lifetime, _ in shares],
    }

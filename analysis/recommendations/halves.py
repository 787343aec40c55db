"""The two halves of the evidence's days, side by side: how steady a route is, how it grew."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod, Route, UsageCell
from analysis.recommendations.confidence import stability


@dataclass(frozen=True, slots=True)
class Half:
    """What some days hold.

    Attributes:
        days: how many.
        requests: made in them.
        input, output: tokens, reasoning counted as output.
        cost: USD billed.
    """

    days: int
    requests: int
    input: int
    output: int
    cost: Decimal


def first_days(period: EvidencePeriod) -> int:
    """How many days the first half has: the smaller one, where they differ."""
    return period.days // 2


class Halves:
    """The first half of the evidence's days and the rest, by route.

    Args:
        cells: of all days.
        first: of the first `first_days` of them; empty: nobody counted them apart.
        period: all days.
    """

    def __init__(
        self, cells: Iterable[UsageCell], first: Iterable[UsageCell], period: EvidencePeriod
    ) -> None:
        self._whole = _by_route(cells)
        self._first = _by_route(first)
        self._days = period.days
        self._first_days = first_days(period)

    @property
    def are_known(self) -> bool:
        """Whether the halves were counted apart."""
        return bool(self._first) and self._first_days > 0

    def of(self, routes: Collection[Route]) -> tuple[Half, Half] | None:
        """The halves of some routes together; None: they were not counted apart."""
        if not self.are_known:
            return None
        whole = _added(self._days, (self._whole[route] for route in routes if route in self._whole))
        first = _added(
            self._first_days, (self._first[route] for route in routes if route in self._first)
        )
        rest = Half(
            days=whole.days - first.days,
            requests=max(0, whole.requests - first.requests),
            input=max(0, whole.input - first.input),
            output=max(0, whole.output - first.output),
            cost=max(Decimal(0), whole.cost - first.cost),
        )
        return first, rest

    def stability(self, routes: Collection[Route]) -> Decimal | None:
        """How alike the daily cost of both halves is, 0 to 1; None: not known."""
        halves = self.of(routes)
        if halves is None:
            return None
        first, rest = halves
        return stability(first.cost / first.days, rest.cost / rest.days)


def _by_route(cells: Iterable[UsageCell]) -> dict[Route, Half]:
    routes: dict[Route, list[UsageCell]] = {}
    for cell in cells:
        routes.setdefault(cell.route, []).append(cell)
    return {route: _added(0, (_half(cell) for cell in its)) for route, its in routes.items()}


def _half(cell: UsageCell) -> Half:
    tokens = cell.tokens
    return Half(
        days=0,
        requests=tokens.requests,
        input=tokens.fresh_input + tokens.cached_input + tokens.cache_write,
        output=tokens.output + tokens.reasoning,
        cost=cell.billed_cost,
    )


def _added(days: int, halves: Iterable[Half]) -> Half:
    requests, taken, given, cost = 0, 0, 0, Decimal(0)
    for half in halves:
        requests += half.requests
        taken += half.input
        given += half.output
        cost += half.cost
    return Half(days=days, requests=requests, input=taken, output=given, cost=cost)

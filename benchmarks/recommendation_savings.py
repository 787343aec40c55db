"""How well savings are measured, where the truth is known: bias, coverage, false "seen".

An organization with eight routes is made up for each seed: growth of -20 % to +40 % a month, a
weekly shape, noise of volume and of token sizes from day to day, a mix that wanders (each route's
mean sizes, and the share that a provider's cache serves), and in half the worlds a price of the
list that falls or rises by a tenth to a half after the recommendation was accepted. From that day
on one route saves a known share of what it would have cost. The truth is what the maker would
have charged otherwise, day by day; the measuring sees daily sums alone.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean, median

from analysis.recommendations.cells import Route
from analysis.recommendations.daily import UsageDay
from analysis.recommendations.measured import (
    BEFORE_DAYS,
    Measured,
    MeasuredState,
    Span,
    measure,
    span_of,
)
from analysis.recommendations.measured_usage import REPEATS, Scope, usage_facts
from analysis.recommendations.proposal import Kind

SEEDS = 200
ACCEPTED = date(2026, 10, 1)
SHARES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Of what the route would have cost: what the recommendation truly saves."""
LENGTHS = (3, 7, 14, 28, 56)
"""Complete days since."""
KINDS = (Kind.MODEL_DOWNGRADE, Kind.CACHING, Kind.BATCH_PROCESSING, Kind.PROMPT_OPTIMIZATION)

_WEEK = (1.0, 1.05, 1.05, 1.0, 0.9, 0.45, 0.4)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Prices:
    """The list's prices, which change for one model on one day.

    Attributes:
        model: whose.
        day: from which on.
        factor: new by old price.
    """

    model: str
    day: date
    factor: float

    def of(self, model: str | None, day: date) -> float:
        """The level on a day."""
        return self.factor if model == self.model and day >= self.day else 1.0

    def weight(self, route: Route) -> Decimal:
        """What an output token costs by an input token."""
        _ = route
        return Decimal(4)

    def level(self, route: Route, day: date) -> Decimal | None:
        """The price level of a route."""
        return Decimal(repr(self.of(route.model, day)))


@dataclass(frozen=True, slots=True)
class World:
    """What happened, and what would have happened.

    Attributes:
        days: what the measuring sees.
        saved: USD truly saved, by day since.
        prices: of the list.
        scope: what was recommended.
    """

    days: Sequence[UsageDay]
    saved: Mapping[date, float]
    prices: Prices
    scope: Scope


@dataclass(slots=True)
class _Wander:
    """A value that wanders around its mean, from day to day alike (AR(1), logarithmic)."""

    random: random.Random
    size: float
    memory: float = 0.9
    state: float = 0.0

    def step(self) -> float:
        """The factor of the next day."""
        fresh = self.size * math.sqrt(1 - self.memory**2)
        self.state = self.memory * self.state + self.random.gauss(0, fresh)
        return math.exp(self.state)


def world(seed: int, kind: Kind, share: float, length: int, *, is_repeats: bool = False) -> World:
    """One organization before and after.

    Args:
        seed: of everything random.
        kind: what is recommended.
        share: of the first route's cost that is truly saved from the acceptance on.
        length: complete days since.
        is_repeats: answers are kept, so the requests themselves fall away.
    """
    chance = random.Random(f"{seed} {kind} {share} {is_repeats}")
    growth = chance.uniform(-0.2, 0.4)
    models = ["model-a", "model-b", "model-c"]
    changes = chance.random() < 0.5
    prices = Prices(
        model="model-a" if changes else "",
        day=ACCEPTED + chance.randint(-14, max(1, length // 2)) * _DAY,
        factor=chance.choice((0.5, 0.7, 0.8, 0.9, 1.1, 1.25)),
    )
    routes = [
        Route("acme", "maker", models[0 if place == 0 else chance.randrange(3)], f"/{place}")
        for place in range(8)
    ]
    days: list[UsageDay] = []
    saved: dict[date, float] = {}
    first = ACCEPTED - BEFORE_DAYS * _DAY
    for place, route in enumerate(routes):
        requests_a_day = 10 ** chance.uniform(2.3, 3.7)
        sizes = chance.uniform(500, 8_000), chance.uniform(100, 800)
        cached_before = chance.uniform(0.0, 0.5)
        noise = chance.uniform(0.05, 0.2)
        wander_in, wander_out = _Wander(chance, 0.08), _Wander(chance, 0.08)
        wander_cache = _Wander(chance, 0.1)
        for number in range(BEFORE_DAYS + 1 + length):
            day = first + number * _DAY
            month = (1 + growth) ** (number / 30)
            volume = (
                requests_a_day * month * _WEEK[day.weekday()] * math.exp(chance.gauss(0, noise))
            )
            requests = max(1, round(volume))
            tokens_in = requests * sizes[0] * wander_in.step() * math.exp(chance.gauss(0, 0.03))
            tokens_out = requests * sizes[1] * wander_out.step() * math.exp(chance.gauss(0, 0.03))
            cached = min(0.9, cached_before * wander_cache.step())
            cost = _cost(tokens_in, tokens_out, cached) * prices.of(route.model, day)
            if place == 0 and day > ACCEPTED and share:
                saved[day] = share * cost
                rows = _saving(route, day, requests, tokens_in, tokens_out, cost, kind, share)
                if is_repeats:
                    rows = [_day(route, day, requests, tokens_in, tokens_out, cost, 1 - share)]
                days += rows
            else:
                days.append(_day(route, day, requests, tokens_in, tokens_out, cost))
    variant = REPEATS if is_repeats else ""
    return World(days, saved, prices, Scope(kind, variant, frozenset({routes[0]}), "model-small"))


def _cost(tokens_in: float, tokens_out: float, cached: float) -> float:
    """At $2.50 and $10 a million, cached input for half."""
    return (tokens_in * (1 - 0.5 * cached) * 2.5 + tokens_out * 10) / 1e6


def _saving(
    route: Route,
    day: date,
    requests: int,
    tokens_in: float,
    tokens_out: float,
    cost: float,
    kind: Kind,
    share: float,
) -> list[UsageDay]:
    """A day of the route, once the recommendation is done."""
    if kind is Kind.PROMPT_OPTIMIZATION:
        # Input that costs the share is left away.
        left = max(0.0, 1 - share * cost * 1e6 / (tokens_in * 2.5))
        paid = cost * (1 - share)
        return [_day(route, day, requests, tokens_in * left, tokens_out, paid)]
    if kind is not Kind.MODEL_DOWNGRADE:
        return [_day(route, day, requests, tokens_in, tokens_out, cost * (1 - share))]
    # What goes to the smaller model costs a tenth there, at twice the length of answers.
    moved = share / 0.9
    small = Route(route.organization, route.provider, "model-small", route.endpoint)
    return [
        _day(route, day, requests, tokens_in, tokens_out, cost, 1 - moved),
        UsageDay(
            day,
            small,
            round(requests * moved),
            round(tokens_in * moved),
            round(2 * tokens_out * moved),
            _usd(cost * moved * 0.1),
        ),
    ]


def _day(
    route: Route,
    day: date,
    requests: int,
    tokens_in: float,
    tokens_out: float,
    cost: float,
    part: float = 1.0,
) -> UsageDay:
    return UsageDay(
        day,
        route,
        round(requests * part),
        round(tokens_in * part),
        round(tokens_out * part),
        _usd(cost * part),
    )


def _usd(amount: float) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.000001"))


@dataclass(frozen=True, slots=True)
class Trial:
    """A measurement beside the truth.

    Attributes:
        measured: what was said.
        truth: USD truly saved in the same days.
        cost: USD that the route would have cost in them.
    """

    measured: Measured
    truth: float
    cost: float

    @property
    def error(self) -> float:
        """Measured beyond the truth, by what the route would have cost."""
        return (float(self.measured.likely or 0) - self.truth) / self.cost

    @property
    def is_covered(self) -> bool:
        """Whether the range holds the truth."""
        low, high = self.measured.low, self.measured.high
        return low is not None and high is not None and float(low) <= self.truth <= float(high)

    @property
    def is_seen(self) -> bool:
        """Whether savings are said to be seen."""
        return self.measured.state is MeasuredState.SEEN


def trial(made: World, length: int) -> Trial:
    """Measures one world after some days."""
    span: Span = span_of(ACCEPTED, None, ACCEPTED + length * _DAY)
    facts = usage_facts(made.scope, made.days, span, made.prices)
    truth = sum(saved for day, saved in made.saved.items() if span.is_since(day))
    own = next(iter(made.scope.routes)).endpoint
    spent = sum(
        float(one.cost) for one in made.days if one.route.endpoint == own and span.is_since(one.day)
    )
    return Trial(measure(facts, span), truth, spent + truth)


@dataclass(frozen=True, slots=True)
class Line:
    """Several trials of one kind, share and length.

    Attributes:
        bias: mean error, by what the route would have cost.
        error: median of its size.
        width: median half-width of the range, the same.
        coverage: share of ranges that hold the truth.
        seen: share that is said to be seen.
    """

    bias: float
    error: float
    width: float
    coverage: float
    seen: float


def line(trials: Sequence[Trial]) -> Line:
    """The figures of several trials."""
    widths = [
        float((one.measured.high or 0) - (one.measured.low or 0)) / 2 / one.cost for one in trials
    ]
    return Line(
        bias=fmean(one.error for one in trials),
        error=median(abs(one.error) for one in trials),
        width=median(widths),
        coverage=fmean(one.is_covered for one in trials),
        seen=fmean(one.is_seen for one in trials),
    )


def trials(kind: Kind, share: float, length: int, seeds: range, *, is_repeats: bool = False):
    """The trials of some seeds."""
    return [
        trial(world(seed, kind, share, length, is_repeats=is_repeats), length) for seed in seeds
    ]


def main(seeds: range = range(SEEDS), say: Callable[[str], None] = print) -> None:
    """Prints the tables."""
    say("\nMeasured savings, truth known; errors and widths in % of what it would have cost\n")
    say("| what | truly saved | days | bias | median error | half-width | coverage | seen |")
    say("| --- | --- | --- | --- | --- | --- | --- | --- |")
    cases = [(kind, False) for kind in KINDS] + [(Kind.CACHING, True)]
    for kind, is_repeats in cases:
        name = f"{kind}, repeats" if is_repeats else kind.value
        for share in SHARES:
            for length in LENGTHS if kind is Kind.CACHING and not is_repeats else (7, 28):
                row = line(trials(kind, share, length, seeds, is_repeats=is_repeats))
                say(
                    f"| {name} | {share:.0%} | {length} | {row.bias:+.1%} | {row.error:.1%} | "
                    f"{row.width:.1%} | {row.coverage:.0%} | {row.seen:.0%} |"
                )


if __name__ == "__main__":
    main()

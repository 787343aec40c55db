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
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

from analysis.recommendations.cells import Route
from analysis.recommendations.measured.daily import UsageDay
from analysis.recommendations.measured.measure import (
    BEFORE_DAYS,
    Span,
    measure,
    span_of,
)
from analysis.recommendations.measured.usage import REPEATS, Scope, usage_facts
from analysis.recommendations.proposal import Kind
from benchmarks.operational_savings import actor_world, failure_world, idle_world, seconds_world
from benchmarks.savings_trials import Trial, line

SEEDS = 200
ACCEPTED = date(2026, 10, 1)
SHARES = (0.0, 0.05, 0.1, 0.2, 0.4)
"""Of what the route would have cost: what the recommendation truly saves."""
LENGTHS = (3, 7, 14, 28, 56)
"""Complete days since."""
KINDS = (Kind.MODEL_DOWNGRADE, Kind.CACHING, Kind.BATCH_PROCESSING, Kind.PROMPT_OPTIMIZATION)

OPERATIONS: Mapping[str, Callable[[int, float, int], Trial]] = {
    "failure_waste": failure_world,
    "efficiency_drift": seconds_world,
    "idle_capacity": idle_world,
    "rate_limiting": actor_world,
}
"""Worlds of other kinds; errors are by what would have been wasted."""

_WEEK = (1.0, 1.05, 1.05, 1.0, 0.9, 0.45, 0.4)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Prices:
    """The list's prices, which change for one model on one day.

    Attributes:
        model: whose.
        day: from which on.
        factor: new by old price.
        is_told: whether the list knows of it.
    """

    model: str
    day: date
    factor: float
    is_told: bool = True

    def of(self, model: str | None, day: date) -> float:
        """The level on a day."""
        return self.factor if model == self.model and day >= self.day else 1.0

    def weight(self, route: Route) -> Decimal:
        """What an output token costs by an input token."""
        _ = route
        return Decimal(4)

    def level(self, route: Route, day: date) -> Decimal | None:
        """The price level of a route."""
        return Decimal(repr(self.of(route.model, day))) if self.is_told else Decimal(1)


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


def world(
    seed: int,
    kind: Kind,
    share: float,
    length: int,
    *,
    is_repeats: bool = False,
    is_told: bool = True,
) -> World:
    """One organization before and after.

    Args:
        seed: of everything random.
        kind: what is recommended.
        share: of the first route's cost that is truly saved from the acceptance on.
        length: complete days since.
        is_repeats: answers are kept, so the requests themselves fall away.
        is_told: whether the price list knows of a price that changes; else it changes in all
            worlds, for a model that half of the routes use.
    """
    chance = random.Random(f"{seed} {kind} {share} {is_repeats}")
    growth = chance.uniform(-0.2, 0.4)
    models = ["model-a", "model-b", "model-c"]
    changes = chance.random() < 0.5 or not is_told
    prices = Prices(
        model="model-a" if changes else "",
        day=ACCEPTED + chance.randint(-14, max(1, length // 2)) * _DAY,
        factor=chance.choice((0.5, 0.7, 0.8, 0.9, 1.1, 1.25)),
        is_told=is_told,
    )
    routes = [
        Route("acme", "maker", _model_of(place, models, chance, is_told=is_told), f"/{place}")
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


def _model_of(place: int, models: Sequence[str], chance: random.Random, *, is_told: bool) -> str:
    drawn = models[chance.randrange(3)]
    return models[0] if place == 0 or (place < 4 and not is_told) else drawn


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


def trials(
    kind: Kind,
    share: float,
    length: int,
    seeds: range,
    *,
    is_repeats: bool = False,
    is_told: bool = True,
) -> list[Trial]:
    """The trials of some seeds."""
    return [
        trial(world(seed, kind, share, length, is_repeats=is_repeats, is_told=is_told), length)
        for seed in seeds
    ]


def ever_seen(kind: Kind, seeds: range, length: int = 28) -> float:
    """The share of worlds without any saving that are said to have one in any night of some."""
    seen = 0
    for seed in seeds:
        made = world(seed, kind, 0.0, length)
        seen += any(trial(made, days).is_seen for days in range(3, length + 1))
    return seen / len(seeds)


def rows(seeds: range) -> Iterator[tuple[str, float, int, Sequence[Trial]]]:
    """What, truly saved, days, and the trials, row by row."""
    for kind in KINDS:
        for share in SHARES:
            for length in LENGTHS if kind is Kind.CACHING else (7, 28):
                yield kind.value, share, length, trials(kind, share, length, seeds)
    for share, length in product(SHARES, (7, 28)):
        found = trials(Kind.CACHING, share, length, seeds, is_repeats=True)
        yield "caching, repeats", share, length, found
    for share, length in product((0.0, 0.2), (7, 28)):
        found = trials(Kind.CACHING, share, length, seeds, is_told=False)
        yield "caching, a price that no list knows", share, length, found
    for name, make in OPERATIONS.items():
        for share, length in product((0.0, 0.3, 0.8), (7, 28)):
            yield name, share, length, [make(seed, share, length) for seed in seeds]


def main(seeds: range = range(SEEDS), say: Callable[[str], None] = print) -> None:
    """Prints the tables."""
    say("\nMeasured savings, truth known; errors and widths in % of what it would have cost\n")
    say("| what | truly saved | days | bias | median error | half-width | coverage | seen |")
    say("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, share, length, found in rows(seeds):
        one = line(found)
        say(
            f"| {name} | {share:.0%} | {length} | {one.bias:+.1%} | {one.error:.1%} | "
            f"{one.width:.1%} | {one.coverage:.0%} | {one.seen:.0%} |"
        )
    say("\nWorlds without a saving that are said to have one in any of 26 nights:")
    for kind in (Kind.CACHING, Kind.MODEL_DOWNGRADE, Kind.PROMPT_OPTIMIZATION):
        say(f"- {kind}: {ever_seen(kind, seeds):.1%}")


if __name__ == "__main__":
    main()

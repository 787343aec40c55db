"""GPU traffic of two days, cell by cell, with a cause planted between them.

Seeded, in memory: which endpoints, models and organizations there are, who uses what, what a
request costs and how much a day's traffic wavers all follow from the seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from analysis.drivers.cells import Cell, Cells

DIMENSIONS = ("endpoint", "model", "organization", "result", "billing_type")
Key = tuple[str, str, str, str, str]
Flow = dict[Key, float]

CENT_OF_A_CENT = Decimal("0.0001")
LEAST_SHARE = 0.10
"""What is too small to move a total is no cause of its move."""


@dataclass
class World:
    """What there is, and what it costs.

    Attributes:
        expected: requests of a usual day, by cell.
        rates: USD per request, by cell.
        waver: by how much a day's requests of one cell differ from the expected ones.
    """

    random: Random
    expected: Flow
    rates: dict[Key, float]
    waver: float


@dataclass(frozen=True)
class Planted:
    """A change with its truth: the dimension and the member of each cause."""

    cells: Cells
    truth: tuple[tuple[str, str], ...]
    also: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])
    """What is just as true: the other half of a move from one member to another."""


def world(seed: int) -> World:
    """A usual day of a world of its own."""
    random = Random(seed)
    endpoints = [f"/v1/endpoint-{i}" for i in range(random.randint(3, 7))]
    models = [f"model-{i}" for i in range(random.randint(3, 6))]
    organizations = [f"org-{i}" for i in range(random.randint(4, 15))]
    requests = 10 ** random.uniform(3.7, 5.3)
    by_endpoint = _shares(random, endpoints)
    by_organization = _shares(random, organizations)
    billing = _shares(random, ["on_demand", "spot", "reserved"])
    discounts = {"on_demand": 1.0, "spot": random.uniform(0.3, 0.6), "reserved": 0.7}
    failing = random.uniform(0.01, 0.04)
    results = {"success": 1 - failing, "failed": failing * 0.7, "timeout": failing * 0.3}
    lasting = {"success": 1.0, "failed": 0.5, "timeout": 2.0}
    dearness = {model: 10 ** random.uniform(-2, -0.7) for model in models}
    expected: Flow = {}
    rates: dict[Key, float] = {}
    for endpoint in endpoints:
        served = random.sample(models, random.randint(2, 3))
        by_model = _shares(random, served)
        weight = random.uniform(0.5, 2.0)
        for organization in organizations:
            if random.random() < 0.25:
                continue
            for model in served:
                for result, part in results.items():
                    for type_, share in billing.items():
                        key = (endpoint, model, organization, result, type_)
                        expected[key] = (
                            requests
                            * by_endpoint[endpoint]
                            * by_organization[organization]
                            * by_model[model]
                            * part
                            * share
                        )
                        rates[key] = dearness[model] * weight * lasting[result] * discounts[type_]
    return World(random, expected, rates, random.uniform(0.02, 0.10))


def endpoint_doubles(world: World) -> tuple[str, str]:
    """An endpoint of some size gets twice its requests."""
    endpoint = _sizeable(world, 0)
    for key in world.expected:
        if key[0] == endpoint:
            world.expected[key] *= 2
    return "endpoint", endpoint


def model_gets_dearer(world: World) -> tuple[str, str]:
    """A request to a model of some size costs 30 % more."""
    model = _sizeable(world, 1)
    for key in world.rates:
        if key[1] == model:
            world.rates[key] *= 1.3
    return "model", model


def mix_shifts(world: World) -> tuple[str, str]:
    """A third of all requests moves to the endpoint whose requests are the dearest."""
    cost, requests = _by(world, 0, cost=True), _by(world, 0, cost=False)
    dearest = max(cost, key=lambda name: cost[name] / requests[name])
    moved = sum(n for key, n in world.expected.items() if key[0] != dearest) / 3
    for key in world.expected:
        grown = 1 + moved / requests[dearest]
        world.expected[key] *= grown if key[0] == dearest else 2 / 3
    return "endpoint", dearest


def errors_storm(world: World) -> tuple[str, str]:
    """One kind of failure happens so often that it costs a seventh of the day's total more."""
    result = world.random.choice(["failed", "timeout"])
    cost = _by(world, 3, cost=True)
    grown = 1 + sum(cost.values()) / 7 / cost[result]
    for key in world.expected:
        if key[3] == result:
            world.expected[key] *= grown
    return "result", result


def organization_arrives(world: World) -> tuple[str, str]:
    """An organization that was not there sends a tenth to a third of what all others do."""
    total: dict[tuple[str, str, str, str], float] = {}
    rates: dict[tuple[str, str, str, str], float] = {}
    for key, requests in world.expected.items():
        rest = (key[0], key[1], key[3], key[4])
        total[rest] = total.get(rest, 0.0) + requests
        rates[rest] = world.rates[key]
    share = world.random.uniform(0.10, 0.33)
    likes = {rest[0]: world.random.choice([0.3, 1.0, 2.0]) for rest in total}
    for rest, requests in total.items():
        key = (rest[0], rest[1], "newcomer", rest[2], rest[3])
        world.expected[key] = requests * share * likes[rest[0]]
        world.rates[key] = rates[rest]
    return "organization", "newcomer"


def billing_changes(world: World) -> tuple[str, str]:
    """Most of what ran on spot capacity runs on demand."""
    moved = world.random.uniform(0.5, 0.9)
    for key in list(world.expected):
        if key[4] == "spot":
            on_demand: Key = (key[0], key[1], key[2], key[3], "on_demand")
            world.expected[on_demand] += world.expected[key] * moved
            world.expected[key] *= 1 - moved
    return "billing_type", "on_demand"


CAUSES: Mapping[str, Callable[[World], tuple[str, str]]] = {
    "an endpoint's volume doubled": endpoint_doubles,
    "a model's rate up 30 %": model_gets_dearer,
    "a shift of mix to the dearest endpoint": mix_shifts,
    "an error storm": errors_storm,
    "an organization's arrival": organization_arrives,
    "a billing type changed": billing_changes,
}


def planted(seed: int, *names: str) -> Planted:
    """Two days of the world of `seed`, with the causes `names` between them."""
    there = world(seed)
    before, rates_before = _day(there), dict(there.rates)
    truth = tuple(CAUSES[name](there) for name in names)
    now = _day(there)
    cells: list[Cell] = []
    for key in {**before, **now}:
        was, is_ = before.get(key, 0), now.get(key, 0)
        if was or is_:
            rate_before = rates_before.get(key, 0.0)
            cells.append(
                Cell(
                    key,
                    was,
                    _cost(there, was, rate_before),
                    is_,
                    _cost(there, is_, there.rates[key]),
                )
            )
    also = frozenset({("billing_type", "spot")} if "a billing type changed" in names else ())
    return Planted(Cells(DIMENSIONS, cells), truth, also)


def _day(world: World) -> dict[Key, int]:
    """The requests of one day: each cell wavers, and counts are whole."""
    weather = world.random.gauss(1, 0.03)
    return {
        key: _count(world.random, expected * weather * world.random.gauss(1, world.waver))
        for key, expected in world.expected.items()
    }


def _count(random: Random, mean: float) -> int:
    """A count around `mean`, as independent requests come (normal where that is close enough)."""
    mean = max(mean, 0.0)
    if mean > 30:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), random.random(), 0
    while product > limit:
        product *= random.random()
        count += 1
    return count


def _cost(world: World, requests: int, rate: float) -> Decimal:
    wavering = requests * rate * world.random.gauss(1, 0.02 / math.sqrt(max(requests, 1)))
    return Decimal(wavering).quantize(CENT_OF_A_CENT)


def _shares(random: Random, names: list[str]) -> dict[str, float]:
    weights = [random.gammavariate(2.0, 1.0) + 0.1 for _ in names]
    return {name: weight / sum(weights) for name, weight in zip(names, weights, strict=True)}


def _by(world: World, place: int, *, cost: bool) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, requests in world.expected.items():
        value = requests * world.rates[key] if cost else requests
        found[key[place]] = found.get(key[place], 0.0) + value
    return found


def _sizeable(world: World, place: int) -> str:
    cost = _by(world, place, cost=True)
    large = [name for name, usd in cost.items() if usd >= LEAST_SHARE * sum(cost.values())]
    return world.random.choice(large)

"""Waste on GPUs, and what only looks like it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import cast

from analysis.recommendations.gpus.gpu import Pool, Service
from analysis.recommendations.proposal import Kind, Proposal
from benchmarks.recommendation_truth.arrivals import ALWAYS, FIRST_WEEKDAY, arrivals, next_month
from benchmarks.recommendation_truth.asks import DAY, DAYS, HOUR, PICO
from benchmarks.recommendation_truth.runs import MACHINE, Fault, Fleet, Run, Waiting

HOURS = 24 * DAYS
ON_DEMAND = "on_demand"
RECENT = 7
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

Shape = Callable[[Random, int], float]
"""How busy an hour is, beside the busiest usual one."""


def _waves(rng: Random, hour: int) -> float:
    return 0.55 + 0.35 * math.sin((hour % 24 - 9) / 24 * 2 * math.pi) + rng.gauss(0, 0.05)


def _office(rng: Random, hour: int) -> float:
    weekday, time = (FIRST_WEEKDAY + hour // 24) % 7, hour % 24
    if weekday >= 5 or not 7 <= time < 20:
        return 0.02
    return 0.8 + rng.gauss(0, 0.08)


def _spiky(rng: Random, _: int) -> float:
    return 1.0 if rng.random() < 0.1 else 0.12


def fleet_of_pools(rng: Random, name: str) -> Fleet:
    """Pools that are too large, or idle at night; and some that only seem so."""
    fleet = Fleet(rng, name)
    _pool(fleet, "too-large", _waves, over=rng.uniform(1.7, 3.0), waste="too large")
    _pool(fleet, "off-at-night", _office, over=1.0, waste="idle at night")
    match rng.randrange(3):
        case 0:
            _pool(fleet, "spikes", _spiky, over=1.0, like="spikes that it is kept for")
        case 1:
            pool = "reserved", rng.uniform(1.7, 3.0)
            _pool(fleet, "term", _waves, over=pool[1], like="paid for a term", billing=pool[0])
        case _:
            _pool(fleet, "launch", _waves, over=1.0, like="enlarged for a launch", launch=24)
    _pool(fleet, "scaled", _waves, over=1.0, like="scaled by the hour", scaled=True)
    if rng.random() < 0.5:
        _forgotten(fleet)
    return fleet


def _forgotten(fleet: Fleet) -> None:
    """Machines that nobody asks anything."""
    machines = fleet.rng.randint(4, 20)
    pool = Pool("api", "forgotten", ON_DEMAND)
    fleet.waiting += [Waiting(hour, pool, machines * MACHINE) for hour in range(HOURS)]
    paid = machines * HOURS * MACHINE / PICO
    scope = {"model": "forgotten"}
    fault = Fault(Kind.UNUSED_FEATURES, "forgotten", scope, True, paid, lambda _: (paid, paid))
    fleet.faults.append(fault)


def _pool(
    fleet: Fleet,
    model: str,
    shape: Shape,
    *,
    over: float,
    waste: str = "",
    like: str = "",
    billing: str = ON_DEMAND,
    launch: int | None = None,
    scaled: bool = False,
) -> None:
    rng = fleet.rng
    pool = Pool("api", model, billing)
    service = Service("api", "/v1/render", None, model)
    peak, each = rng.uniform(6, 30), rng.uniform(0.3, 1.2)
    needs = [_hour(rng, shape, hour, peak, each) for hour in range(2 * HOURS)]
    machines = over * 1.3 * sorted(sum(runs) for runs in needs[:HOURS])[int(0.95 * HOURS)]
    costs: list[int] = []
    for hour, runs in enumerate(needs):
        need = sum(runs)
        size = math.ceil(1.2 * need) if scaled else math.ceil(machines)
        if launch is not None and hour >= launch * 24:
            size = math.ceil(machines * 2)
        costs.append(max(round(need * MACHINE), size * MACHINE))
        if hour >= HOURS:
            continue
        spent = 0
        for share in runs:
            at = hour * HOUR + rng.randrange(HOUR)
            run = Run(at, service, f"org-{rng.randrange(5)}", billing, round(share * HOUR * 1_000))
            spent += run.pico
            fleet.runs.append(run)
        fleet.waiting.append(Waiting(hour, pool, max(0, costs[hour] - spent)))

    def month(proposal: Proposal, first: int) -> float:
        if not waste:
            return 0.0  # the bill stays as it is, or the machines are needed
        sizes = _sizes(proposal)
        whole = range(first, first + HOURS)
        return (
            sum(
                max(0, costs[hour] - max(round(sum(needs[hour]) * MACHINE), sizes(hour)))
                for hour in whole
            )
            / PICO
        )

    right = 1.3 * sorted(sum(runs) for runs in needs[:HOURS])[int(0.95 * HOURS)]
    expected = sum(max(0.0, cost / MACHINE - math.ceil(right)) for cost in costs[:HOURS]) * 2.52
    if waste == "idle at night":
        quiet = [
            cost for hour, cost in enumerate(costs[:HOURS]) if sum(needs[hour]) < 0.2 * machines
        ]
        expected = sum(quiet) / PICO / 2
    fleet.faults.append(
        Fault(
            kind=Kind.IDLE_CAPACITY,
            variant=waste or like,
            scope={"model": model},
            is_waste=bool(waste),
            expected=expected if waste else 0.0,
            saved=lambda proposal: (month(proposal, 0), month(proposal, HOURS)),
        )
    )


def _hour(rng: Random, shape: Shape, hour: int, peak: float, each: float) -> list[float]:
    """GPU hours of each request of an hour."""
    busy = max(0.0, shape(rng, hour)) * peak
    return [each * rng.uniform(0.7, 1.3) for _ in range(round(busy / each + rng.gauss(0, 0.3)))]


def _sizes(proposal: Proposal) -> Callable[[int], int]:
    """What machines cost in an hour after all was done; machines are whole."""
    by_place: dict[int, int] = {}
    for window in cast("list[dict[str, str]]", proposal.action["scale_down"]):
        begin, length = _place(window["from"]), int(window["hours"])
        for number in range(length):
            by_place[(begin + number) % 168] = _whole(window["size_usd_an_hour"])
    constant = _whole(str(proposal.action["size_usd_an_hour"]))

    def size(hour: int) -> int:
        place = (FIRST_WEEKDAY * 24 + hour) % 168
        return min(constant, by_place.get(place, constant))

    return size


def _whole(dollars: str) -> int:
    return math.ceil(float(dollars) * PICO / MACHINE - 1e-9) * MACHINE


def _place(clock: str) -> int:
    weekday, time = clock.split()
    return 24 * _WEEKDAYS.index(weekday) + int(time[:2])


def _asked(
    fleet: Fleet, service: Service, each: float, least: int = 1_500, most: int = 4_000
) -> list[Run]:
    """A month of requests to a service, each of several customers with a size of its own."""
    rng = fleet.rng
    factors = [rng.lognormvariate(0, 0.3) for _ in range(4)]
    fleet.sizes[service] = factors
    runs = [
        Run(
            at,
            service,
            f"org-{who}",
            ON_DEMAND,
            max(1, round(1_000 * each * factors[who] * rng.lognormvariate(0, 0.4))),
        )
        for at in arrivals(rng, rng.randint(least, most), ALWAYS)
        for who in (rng.randrange(4),)
    ]
    fleet.runs += runs
    return runs


def fleet_that_fails(rng: Random, name: str) -> Fleet:
    """Services that fail for a reason, among others that fail as usual."""
    fleet = Fleet(rng, name)
    usual = rng.choice((0.003, 0.005, 0.01, 0.04))
    services = [Service("api", f"/v1/{n % 2}", None, f"m{n // 2}") for n in range(16)]
    rng.shuffle(services)
    for number, service in enumerate(services):
        runs = _asked(fleet, service, rng.uniform(40, 120), 1_000, 2_500)
        rate = usual * rng.lognormvariate(0, 0.25)
        for run in runs:
            if rng.random() < rate:
                run.result, run.error = "failed", "infrastructure"
        if number < 4:
            (_defect, _storms, _once, _mended)[number](fleet, service, runs)
    return fleet


def _fails(rng: Random, runs: Sequence[Run], rate: float) -> None:
    for run in runs:
        if run.result == "success" and rng.random() < rate:
            run.result, run.error, run.avoidable = "failed", "infrastructure", True


def _on(runs: Sequence[Run], days: Sequence[int]) -> list[Run]:
    chosen = set(days)
    return [run for run in runs if run.at // DAY in chosen]


def _defect(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    _fails(fleet.rng, runs, fleet.rng.uniform(0.1, 0.4))
    _failing(fleet, service, runs, "a defect", next_month(fleet.rng))


def _storms(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    rng = fleet.rng
    days = sorted(rng.sample(range(1, DAYS - 1, 4), rng.randint(2, 6)))
    _fails(rng, _on(runs, days), rng.uniform(0.5, 0.95))
    again = sum(rng.random() < len(days) / DAYS for _ in range(DAYS)) / len(days)
    _failing(fleet, service, runs, "storms", again)


def _once(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    _fails(fleet.rng, _on(runs, [fleet.rng.randint(5, 22)]), 0.9)
    _failing(fleet, service, runs, "one storm, long over", None)


def _mended(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    _fails(fleet.rng, _on(runs, range(fleet.rng.randint(12, 18))), 0.3)
    _failing(fleet, service, runs, "mended since", None)


def _failing(
    fleet: Fleet, service: Service, runs: Sequence[Run], variant: str, again: float | None
) -> None:
    """Waste that comes again so often next month; None: it does not."""
    wasted = sum(run.pico for run in runs if run.avoidable) / PICO
    now, then = (0.0, 0.0) if again is None else (wasted, wasted * again)
    scope = {"endpoint": str(service.endpoint), "model": str(service.model)}
    fault = Fault(Kind.FAILURE_WASTE, variant, scope, again is not None, now, lambda _: (now, then))
    fleet.faults.append(fault)


def fleet_that_slows(rng: Random, name: str) -> Fleet:
    """Services that take longer for the same since some day, among steady ones."""
    fleet = Fleet(rng, name)
    look_alikes = [_larger_customer, _dearer, _noisy]
    if rng.random() < 0.25:
        look_alikes[2] = _larger_orders
    for number, what in enumerate((_slower, _slower, *look_alikes, None)):
        service = Service("api", "/v1/clip", None, f"m{number}")
        runs = _asked(fleet, service, rng.uniform(30, 90))
        noise = rng.choice((0.03, 0.08, 0.2))
        daily = [rng.lognormvariate(0, noise) for _ in range(DAYS)]
        for run in runs:
            run.milliseconds = max(1, round(run.milliseconds * daily[run.at // DAY]))
        if what is not None:
            what(fleet, service, runs)
    return fleet


def _slower(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    begun, ratio = fleet.rng.randint(17, 23), fleet.rng.uniform(1.25, 2.0)
    for run in runs:
        if run.at >= begun * DAY:
            run.milliseconds, run.slower = round(run.milliseconds * ratio), ratio
    late = [run for run in runs if run.at >= (DAYS - RECENT) * DAY]
    saved = sum(run.pico * (1 - 1 / run.slower) for run in late) / PICO * DAYS / RECENT
    month = saved * next_month(fleet.rng)
    fault = _drifting(service, "slower", saved, month)
    fleet.faults.append(fault)


def _drifting(service: Service, variant: str, saved: float = 0.0, month: float = 0.0) -> Fault:
    scope = {"endpoint": str(service.endpoint), "model": str(service.model)}
    return Fault(Kind.EFFICIENCY_DRIFT, variant, scope, saved > 0, saved, lambda _: (saved, month))


def _larger_customer(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    """A customer who always orders larger ones orders more."""
    factors = fleet.sizes[service]
    for run in runs:
        own = factors[int(run.organization[-1])]
        if run.organization == "org-0" or (run.at >= 20 * DAY and fleet.rng.random() < 0.35):
            run.organization = "org-0"
            run.milliseconds = round(run.milliseconds * 4 * factors[0] / own)
    fleet.faults.append(_drifting(service, "a larger customer"))


def _dearer(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    """The same seconds, at a higher price."""
    for run in runs:
        run.price = 1_500 if run.at >= 20 * DAY else 1_000
    fleet.faults.append(_drifting(service, "dearer seconds"))


def _noisy(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    """Days that differ by a third, as they please."""
    daily = [fleet.rng.lognormvariate(0, 0.3) for _ in range(DAYS)]
    for run in runs:
        run.milliseconds = max(1, round(run.milliseconds * daily[run.at // DAY]))
    fleet.faults.append(_drifting(service, "noisy days"))


def _larger_orders(fleet: Fleet, service: Service, runs: Sequence[Run]) -> None:
    """Every customer orders larger ones since some day: nothing in the rows tells."""
    for run in runs:
        if run.at >= 20 * DAY:
            run.milliseconds = round(run.milliseconds * 1.5)
    fleet.faults.append(_drifting(service, "larger orders"))


def clean_fleet(rng: Random, name: str) -> Fleet:
    """Nothing but usual failures, noise, and pools that fit."""
    fleet = Fleet(rng, name)
    for number in range(5):
        service = Service("api", f"/v1/{number % 2}", None, f"m{number}")
        rate = 0.006 * rng.lognormvariate(0, 0.3)
        runs = _asked(fleet, service, rng.uniform(30, 120))
        noise = rng.choice((0.03, 0.08, 0.2))
        daily = [rng.lognormvariate(0, noise) for _ in range(DAYS)]
        busy = [0] * HOURS
        for run in runs:
            run.milliseconds = max(1, round(run.milliseconds * daily[run.at // DAY]))
            if rng.random() < rate:
                run.result, run.error = "failed", "applicative"
            busy[run.at // HOUR] += run.pico
        pool = Pool("api", f"m{number}", ON_DEMAND)
        fleet.waiting += [Waiting(hour, pool, need // 5) for hour, need in enumerate(busy) if need]
    return fleet


FLEETS = (fleet_of_pools, fleet_that_fails, fleet_that_slows, clean_fleet)

"""Worlds of GPUs, users and keys, in which a known share of the waste ends on one day.

The truth is what would have been wasted otherwise, day by day, less what was.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from analysis.recommendations.gpus.gpu import Pool, Service
from analysis.recommendations.measured.counterfactual import estimate
from analysis.recommendations.measured.daily import ActorDay, ActorName, PoolDay, ServiceDay
from analysis.recommendations.measured.gpu import (
    actor_facts,
    efficiency_facts,
    failure_facts,
    idle_held,
    pool_days,
)
from analysis.recommendations.measured.measure import (
    BEFORE_DAYS,
    Facts,
    Span,
    judged,
    measure,
    span_of,
)
from benchmarks.savings_trials import Trial

ACCEPTED = date(2026, 10, 1)

_DAY = timedelta(days=1)
_WEEK = (1.0, 1.05, 1.05, 1.0, 0.9, 0.45, 0.4)
_SERVICE = Service("api", "/video", None, "m")


def failure_world(seed: int, share: float, length: int) -> Trial:
    """Requests fail at a rate of their own each day, with storms; a share of it ends."""
    chance = random.Random(f"failures {seed} {share}")
    rate = chance.uniform(0.03, 0.2)
    rows: list[ServiceDay] = []
    truth = would = 0.0
    for day, volume in _volumes(chance, length):
        of_day = rate * math.exp(chance.gauss(0, 0.3)) * (3 if chance.random() < 0.08 else 1)
        expected = volume * min(0.9, of_day)
        failed = expected * (1 - share if day > ACCEPTED else 1)
        if day > ACCEPTED:
            truth += (expected - failed) * 0.1
            would += expected * 0.1
        rows.append(_service_day(day, volume, round(failed), 10.0))
    span = _span(length)
    return Trial(measure(failure_facts({_SERVICE.dollars}, rows, span), span), truth, would)


def seconds_world(seed: int, share: float, length: int) -> Trial:
    """Requests take seconds that wander; a share of them ends, and seconds get cheaper."""
    chance = random.Random(f"seconds {seed} {share}")
    rows: list[ServiceDay] = []
    truth = would = 0.0
    wandering = 0.0
    for day, volume in _volumes(chance, length):
        wandering = 0.9 * wandering + chance.gauss(0, 0.02)
        expected = 10 * math.exp(wandering)
        seconds = expected * (1 - share if day > ACCEPTED else 1)
        price = 0.009 if day > ACCEPTED else 0.01
        if day > ACCEPTED:
            truth += volume * (expected - seconds) * price
            would += volume * expected * price
        rows.append(_service_day(day, volume, 0, seconds, price))
    span = _span(length)
    facts = efficiency_facts({_SERVICE.dollars}, rows, set(), span)
    return Trial(measure(facts, span), truth, would)


def idle_world(seed: int, share: float, length: int) -> Trial:
    """A fleet of fixed size around a load of the week; a share of what waits is given back."""
    chance = random.Random(f"idle {seed} {share}")
    pool = Pool("api", "m", "on_demand")
    size = chance.uniform(1.5, 3.0)
    rows: list[PoolDay] = []
    truth = would = 0.0
    for day, volume in _volumes(chance, length, growth=0.0):
        busy = volume / 1_000
        waiting = max(0.0, size - busy)
        left = waiting * (1 - share if day > ACCEPTED else 1)
        if day > ACCEPTED:
            truth += waiting - left
            would += waiting
        rows.append(PoolDay(day, pool, _usd(busy), _usd(left)))
    span = _span(length)
    before, after = idle_held(pool_days(pool, rows), span)
    return Trial(judged(estimate(before, after, None), span), truth, would)


def actor_world(seed: int, share: float, length: int) -> Trial:
    """A key that runs away on some days; that share of it is cut off."""
    chance = random.Random(f"actor {seed} {share}")
    actor = ActorName("acme", "key", "ci")
    often = chance.uniform(0.1, 0.35)
    rows: list[ActorDay] = []
    truth = would = 0.0
    for day, volume in _volumes(chance, length, growth=0.0):
        burst = chance.uniform(20, 60) if chance.random() < often else 0.0
        left = burst * (1 - share if day > ACCEPTED else 1)
        if day > ACCEPTED:
            truth += burst - left
            would += burst
        rows.append(ActorDay(day, actor, _usd(volume / 400 + left)))
    span = _span(length)
    facts: Facts = actor_facts(rows, span)
    # Held by what a month of such days wastes on average: some have no burst at all.
    return Trial(measure(facts, span), truth, max(would, often * 40 * length))


def _volumes(
    chance: random.Random, length: int, growth: float | None = None
) -> Iterator[tuple[date, int]]:
    """Days with their requests: growth, a week, and noise."""
    grown = chance.uniform(-0.2, 0.4) if growth is None else growth
    for number in range(BEFORE_DAYS + 1 + length):
        day = ACCEPTED + (number - BEFORE_DAYS) * _DAY
        noise = math.exp(chance.gauss(0, 0.08))
        yield day, round(1_000 * (1 + grown) ** (number / 30) * _WEEK[day.weekday()] * noise)


def _service_day(
    day: date, volume: int, failed: int, seconds: float, price: float = 0.01
) -> ServiceDay:
    return ServiceDay(
        day=day,
        service=_SERVICE,
        organization="acme",
        requests=volume,
        failed_requests=failed,
        cost=_usd(volume * seconds * price),
        failed_cost=_usd(failed * seconds * price),
        seconds=_usd(volume * seconds),
    )


def _span(length: int) -> Span:
    return span_of(ACCEPTED, None, ACCEPTED + length * _DAY)


def _usd(amount: float) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.000001"))

"""Pools of GPUs that answered nothing in the whole window: see `unused_features`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.confidence import confidence
from analysis.recommendations.gpus.gpu import Pool, PoolLoad, pool_dollars_of
from analysis.recommendations.plain_digits import dollars
from analysis.recommendations.proposal import (
    Difficulty,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.weekly_draws import monthly_range
from analysis.written import money, plural

LEAST_DAYS = 7
"""On which the pool cost something: a pool of a few days may be about to be used."""

RECENT = timedelta(days=2)
"""It still costs something within so long before the evidence ends: otherwise it is gone."""

COMMITTED = ("reserv", "commit", "cud", "savings_plan", "savings plan", "prepaid", "contract")
"""Words in a billing type that say that it is paid for a term."""

COMMITTED_CERTAINTY = Decimal("0.5")
"""What the confidence is multiplied by where the bill stays until the term ends."""

VALID_DAYS = 14

_ZERO = Decimal(0)


def unused_pools(pools: Sequence[PoolLoad], period: EvidencePeriod) -> list[Proposal]:
    """The pools that cost something and answered nothing."""
    busy = [load.pool for load in pools if _inference(load) > 0]
    found: list[Proposal] = []
    for load in pools:
        if _inference(load) > 0 or any(_may_serve(one, load.pool) for one in busy):
            continue
        daily = _daily(load, period)
        seen = [place for place, amount in enumerate(daily) if amount > 0]
        if len(seen) < LEAST_DAYS or period.days - 1 - seen[-1] > RECENT.days:
            continue
        found.append(_proposal(load, daily, seen, period))
    return found


def _inference(load: PoolLoad) -> Decimal:
    return sum((hour.capacity.inference for hour in load.hours), _ZERO)


def _may_serve(busy: Pool, pool: Pool) -> bool:
    """Whether requests of one may have been answered by the other: nothing known speaks against.

    Rows of requests often say less of the machines than the rows of the machines do.
    """
    pairs = (
        (busy.product, pool.product),
        (busy.model, pool.model),
        (busy.billing_type, pool.billing_type),
    )
    is_vague = any((one is None) != (other is None) for one, other in pairs)
    return is_vague and all(one is None or other is None or one == other for one, other in pairs)


def _daily(load: PoolLoad, period: EvidencePeriod) -> list[Decimal]:
    daily = [_ZERO] * period.days
    for hour in load.hours:
        place = (hour.start.date() - period.first_day).days
        if 0 <= place < period.days:
            daily[place] += hour.capacity.machines
    return daily


def _proposal(
    load: PoolLoad, daily: Sequence[Decimal], seen: Sequence[int], period: EvidencePeriod
) -> Proposal:
    pool = load.pool
    own = daily[seen[0] :]
    waiting = sum((hour.capacity.waiting for hour in load.hours), _ZERO)
    around = monthly_range(own, sum(own, _ZERO) * 30 / len(own))
    is_committed = any(word in (pool.billing_type or "").lower() for word in COMMITTED)
    savings = Savings(_ZERO, around.likely, around.high) if is_committed else around
    trusted = confidence(
        days=len(own), requests=24 * len(own), stability=Decimal(1), known_share=Decimal(1)
    )
    certainty = COMMITTED_CERTAINTY if is_committed else Decimal(1)
    known = {"product": pool.product, "model": pool.model, "billing_type": pool.billing_type}
    named = {name: (value,) for name, value in known.items() if value is not None}
    label = " ".join(value for (value,) in named.values()) or "no name"
    return Proposal(
        kind=Kind.UNUSED_FEATURES,
        organization=None,
        scope=named,
        variant="pool",
        title=f"The pool of {label} answers nothing",
        description=(
            f"The pool of {label} cost {money(sum(daily, _ZERO))} in {plural(len(own), 'day')} and "
            "answered no request in any of their hours."
            + (
                " It is paid for a term: until that ends it is capacity to move work to or to sell."
                if is_committed
                else ""
            )
        ),
        current_cost=around.likely,
        savings=savings,
        confidence=(trusted * certainty).quantize(Decimal("0.001")),
        difficulty=Difficulty.HARD if is_committed else Difficulty.EASY,
        quality_impact=QualityImpact.NONE,
        formula="saved = direct cost of the pool (idle, unused, overhead) a month, all of it",
        source="FinOps Framework, Workload Optimization: unused resources",
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=(
            "Ask whoever owns the pool what it is kept for: a standby for failures is a reason.",
            "Move work that is paid on demand onto it, or offer it on the provider's market."
            if is_committed
            else "Scale it to zero, and delete it after a week in which nobody asks for it.",
            "See by `/cost utilization 7d` that its cost is gone.",
        ),
        parts=(Part(pool_dollars_of(pool), around.likely, around.likely),),
        action={
            "do": "move_or_sell_capacity" if is_committed else "shut_down_pool",
            **{name: value for name, (value,) in named.items()},
        },
        evidence={
            "first_day": period.first_day.isoformat(),
            "last_day": period.last_day.isoformat(),
            "days_with_cost": len(seen),
            "requests": 0,
            "cost": dollars(sum(daily, _ZERO)),
            "idle_and_unused": dollars(waiting),
            "savings_range": "from nothing before the term ends"
            if is_committed
            else "90 % for one further month: weeks as draws, Student's t",
            "chart": {
                "x": [
                    (period.first_day + timedelta(days=place)).isoformat()
                    for place in range(period.days)
                ],
                "y": [dollars(amount) for amount in daily],
                "labels": {"title": "Direct cost of the pool", "x": "day, UTC", "y": "USD"},
            },
        },
    )

"""Idle capacity: pools of GPUs that are larger than their requests need, always or at some hours.

Formula: see `gpus.pool_plan`. A smaller constant size and a schedule for the
hours of the week that are quiet in nearly all weeks; the schedule counts only what the smaller
size leaves. Savings are of idle and unused capacity alone, at direct cost. Source: AWS Compute
Optimizer, rightsizing preferences (95th percentile, 30 % headroom); FinOps Framework, capability
"Workload Optimization" (rightsizing, scheduling); "Rate Optimization" for commitments.

What is reserved or committed is paid until its term ends, whether it runs or not. There it is
capacity to move work to, or to sell: likely is the part that is not needed at any hour, low is
nothing, and the confidence is halved.

Silent: where there are no idle or unused rows (utilization is not known), where a pool served
nothing at all (that is an unused pool, another kind), in the first week of a pool, where both
halves of the evidence do not say the same, below the floor of all recommendations.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.gpus.gpu import Pool, PoolLoad, pool_dollars_of
from analysis.recommendations.gpus.pool_plan import HEADROOM, PEAK, QUIET, Block, Plan, plan_of
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.ranges import NORMAL_90
from analysis.recommendations.weekly_draws import monthly_range
from analysis.written import money, percent, plural

COMMITTED = ("reserv", "commit", "cud", "savings_plan", "savings plan", "prepaid", "contract")
"""Words in a billing type that say that it is paid for a term."""

COMMITTED_CERTAINTY = Decimal("0.5")
"""What the confidence is multiplied by: the data does not tell of other work, nor of a buyer."""

UNKNOWN_BILLING = Decimal("0.8")
"""The same where no row says how the pool is paid for: it may be committed."""

LEAST_SHARE = Decimal("0.05")
"""Of the pool's cost. Less than a twentieth is within what whole machines round to."""

LEAST_ALIKE = Decimal("0.5")
"""One half of the days has to show at least half of what the other shows."""

METHOD_SPREAD = Decimal("0.1")
"""Relative standard deviation: machines are whole, and take their time to start and to stop. Of
pools of 6 to 30 machines rounding up alone took 4 to 15 % of what a plan to the cent would save."""

LEAST_DAYS = 7

VALID_DAYS = 14

TOP = 20

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_RANGE = (
    "90 % for one further month: weeks as draws, Student's t, and 10 % for machines that are whole"
)
_RANGE_COMMITTED = "from nothing before the term ends to the smaller size and the schedule at once"
_ZERO = Decimal(0)
_SHARE = Decimal("0.0001")
_CENT = Decimal("0.01")


def propose(
    pools: Iterable[PoolLoad],
    period: EvidencePeriod,
    *,
    monthly_cost: Decimal,
    zone: ZoneInfo,
) -> list[Proposal]:
    """Pools that would do with less.

    Args:
        pools: by the hour.
        period: the evidence's days.
        monthly_cost: of all GPUs, USD a month.
        zone: in which the weeks of the schedule begin.
    """
    found: list[Proposal] = []
    for load in pools:
        seen = [hour for hour in load.hours if hour.capacity.infrastructure.usd > 0]
        if not seen or not any(hour.capacity.waiting > 0 for hour in seen):
            continue
        first = max(period.first_day, seen[0].start.date())
        own = EvidencePeriod(first, period.last_day, period.now)
        plan = plan_of(load.hours, own, zone)
        if own.days < LEAST_DAYS or plan.need <= 0 or plan.cost <= 0:
            continue
        proposal = _proposal(load.pool, plan, own, zone)
        alike = _alike(plan)
        is_stable = alike >= LEAST_ALIKE
        is_large = sum(plan.daily, _ZERO) >= LEAST_SHARE * plan.cost
        if is_stable and is_large and is_worth_it(proposal.savings.likely, monthly_cost):
            found.append(proposal)
    return sorted(found, key=lambda one: (-one.savings.likely, one.key))


def _alike(plan: Plan) -> Decimal:
    daily = plan.daily
    half = len(daily) // 2
    first, second = daily[:half], daily[half:]
    return stability(sum(first, _ZERO) / len(first), sum(second, _ZERO) / len(second))


def _proposal(pool: Pool, plan: Plan, period: EvidencePeriod, zone: ZoneInfo) -> Proposal:
    waiting = period.monthly(plan.cost - plan.need)
    is_committed = _is_committed(pool)
    savings = _savings(plan, waiting, is_committed=is_committed)
    certainty = COMMITTED_CERTAINTY if is_committed else Decimal(1)
    known = UNKNOWN_BILLING if pool.billing_type is None else Decimal(1)
    trusted = confidence(
        days=period.days, requests=24 * period.days, stability=_alike(plan), known_share=known
    )
    label = _label(pool)
    cost = period.monthly(plan.cost)
    by_size, by_schedule = (
        period.monthly(sum(some, _ZERO)) for some in (plan.by_size, plan.by_schedule)
    )
    return Proposal(
        kind=Kind.IDLE_CAPACITY,
        organization=None,
        scope=_scope(pool),
        title=f"{label[0].upper()}{label[1:]} has more capacity than its requests need",
        description=(
            f"Requests took {percent(plan.utilization)} of what {label} cost in "
            f"{plural(period.days, 'day')}. A smaller constant size saves {money(by_size)} a "
            f"month, a schedule for quiet hours {money(by_schedule)} beyond that."
            + (
                " The capacity is paid for a term: until it ends this is capacity to move work "
                "to, or to sell, and no lower bill."
                if is_committed
                else ""
            )
        ),
        current_cost=cost,
        savings=savings,
        confidence=(trusted * certainty).quantize(Decimal("0.001")),
        difficulty=Difficulty.HARD if is_committed else Difficulty.MEDIUM,
        quality_impact=QualityImpact.LOW,
        formula=(
            "saved = sum over hours of (cost of the hour − max(need, size)); size = "
            f"{PEAK:%} quantile of the hourly need × {HEADROOM}; in quiet hours of the week the "
            f"largest need of that hour in any week × {HEADROOM}"
        ),
        source=(
            "AWS Compute Optimizer, rightsizing recommendation preferences (P95, 30 % headroom); "
            "FinOps Framework, Workload Optimization"
        ),
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(plan, zone, is_committed=is_committed),
        parts=(Part(pool_dollars_of(pool), waiting, min(waiting, savings.likely)),),
        action={
            "do": "move_or_sell_capacity" if is_committed else "resize_and_schedule",
            "size_usd_an_hour": str(plan.constant.quantize(_CENT)),
            "mean_usd_an_hour": str(plan.mean.quantize(_CENT)),
            "share_of_mean": str(_ratio(plan.constant, plan.mean)),
            "scale_down": [_window(block, plan) for block in plan.blocks[:TOP]],
            "zone": zone.key,
        },
        evidence={
            **_evidence(plan, period, zone, by_size, by_schedule),
            "range": _RANGE_COMMITTED if is_committed else _RANGE,
        },
    )


def _savings(plan: Plan, waiting: Decimal, *, is_committed: bool) -> Savings:
    whole = monthly_range(plan.daily, waiting)
    if not is_committed:
        method = NORMAL_90 * METHOD_SPREAD * whole.likely
        below, above = (
            (part**2 + method**2).sqrt()
            for part in (whole.likely - whole.low, whole.high - whole.likely)
        )
        return Savings(
            low=max(_ZERO, whole.likely - below),
            likely=whole.likely,
            high=max(whole.likely, min(waiting, whole.likely + above)),
        )
    likely = monthly_range(plan.by_size, waiting).likely
    return Savings(low=_ZERO, likely=likely, high=max(likely, whole.likely))


def _is_committed(pool: Pool) -> bool:
    billing_type = (pool.billing_type or "").lower()
    return any(word in billing_type for word in COMMITTED)


def _scope(pool: Pool) -> dict[str, tuple[str, ...]]:
    known = {
        "product": pool.product,
        "model": pool.model,
        "billing_type": pool.billing_type,
    }
    return {name: (value,) for name, value in known.items() if value is not None}


def _label(pool: Pool) -> str:
    served = " ".join(part for part in (pool.product, pool.model) if part is not None)
    paid = f"{pool.billing_type} " if pool.billing_type else ""
    return f"the {paid}pool of {served}" if served else f"the {paid}pool"


def _steps(plan: Plan, zone: ZoneInfo, *, is_committed: bool) -> tuple[str, ...]:
    share = percent(_ratio(plan.constant, plan.mean))
    steps: list[str] = []
    if any(plan.by_size):
        steps.append(
            f"Let the base size be {share} of today's mean: {money(plan.constant)} an hour covers "
            "the need of 95 % of all hours with 30 % to spare. What goes beyond runs on demand, "
            "or waits in the queue."
        )
    windows = ", ".join(_written(block) for block in _largest(plan)[:3])
    if windows and not is_committed:
        steps.append(
            f"Scale down in the quiet hours of each week ({zone.key}): {windows}. In Kubernetes "
            "a cron trigger of KEDA (`desiredReplicas`, `start`, `end`, `timezone`), on cloud "
            "instance groups a scheduled action (`MinSize`, `MaxSize`)."
        )
    if is_committed:
        quiet = f" above all in the quiet hours of each week ({zone.key}): {windows}"
        steps.append(
            "Nothing falls away before the term ends: move work that is paid on demand, or that "
            f"can wait, onto this capacity{',' + quiet if windows else ''}. Offer the rest on the "
            "provider's market for reservations, and renew only the base size."
        )
    else:
        steps.append("Set the floor of the autoscaler to the base size, and watch the queue time.")
    steps.append(
        "Hold a week against this one by `/cost utilization 7d`: failures and queue time must "
        "not have risen."
    )
    return tuple(steps)


def _evidence(
    plan: Plan, period: EvidencePeriod, zone: ZoneInfo, by_size: Decimal, by_schedule: Decimal
) -> dict[str, Json]:
    known = [(place, slot) for place, slot in enumerate(plan.slots) if slot.utilization is not None]
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "hours": 24 * period.days,
        "cost": str(plan.cost.quantize(_CENT)),
        "need": str(plan.need.quantize(_CENT)),
        "utilization": str(plan.utilization.quantize(_SHARE)),
        "quiet_below": str(QUIET),
        "saved_by_size_monthly": str(by_size.quantize(_CENT)),
        "saved_by_schedule_monthly": str(by_schedule.quantize(_CENT)),
        "quiet_hours": [_window(block, plan) for block in _largest(plan)[:TOP]],
        "chart": {
            "x": [place for place, _ in known],
            "y": [str((slot.utilization or _ZERO).quantize(_SHARE)) for _, slot in known],
            "labels": {
                "title": "Utilization by hour of the week, median of the weeks",
                "x": f"hour of the week from Monday 00:00 on ({zone.key})",
                "y": "utilization",
            },
        },
    }


def _largest(plan: Plan) -> list[Block]:
    return sorted(plan.blocks, key=lambda block: (-block.hours, block.first))


def _window(block: Block, plan: Plan) -> dict[str, Json]:
    places = [(block.first + number) % len(plan.slots) for number in range(block.hours)]
    peak = max(plan.slots[place].peak for place in places)
    return {
        "from": _clock(block.first),
        "until": _clock((block.first + block.hours) % len(plan.slots)),
        "hours": block.hours,
        "weeks": min(plan.slots[place].weeks for place in places),
        "size_usd_an_hour": str((peak * HEADROOM).quantize(_CENT)),
    }


def _written(block: Block) -> str:
    return f"{_clock(block.first)} to {_clock((block.first + block.hours) % 168)}"


def _clock(place: int) -> str:
    return f"{_DAYS[place // 24]} {place % 24:02}:00"


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return (part / whole).quantize(_SHARE) if whole > 0 else _ZERO

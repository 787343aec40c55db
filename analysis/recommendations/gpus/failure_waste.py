"""Failure waste: what requests on GPUs cost that failed, beyond what usually fails.

What is usual and what is avoidable: `gpus.failure_rates`. Each service whose
avoidable waste is worth it is a recommendation of its own. The others are gathered into one: where
together they are worth it, or where one of them fails always. The floor in dollars spares readers
what is too small for their time; callers who never get an answer are worth it whatever their GPU
seconds cost.

Storms that came once and are over count a twelfth a month (`limits.episodes`).
Savings are direct cost: what idle time was pushed onto failed requests stays to be paid.

Source: "wasted spend" of failed requests (rules of the GPU cost table); FinOps Framework,
capability "Workload Optimization"; Google, "Site Reliability Engineering", chapters 21 and 22
(retry budgets, load shedding).

Silent: where the rate is what it is on the service's other days and with its peers; with fewer
than 20 failed requests or below one in a hundred; where failed requests have no price.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.gpus.failure_evidence import STEPS, TOP, evidence_of, kinds_of, named
from analysis.recommendations.gpus.failure_rates import Failing, failing
from analysis.recommendations.gpus.gpu import Ending
from analysis.recommendations.limits.episodes import Recurrence, recurrence, savings_of
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.weekly_draws import monthly_range
from analysis.written import money, percent, plural

VALID_DAYS = 14

SMALL = "small_services"
"""The variant that gathers what is too small to stand alone."""

UNDECIDED = ("pending", "running", "queued", "waiting", "processing", "in_progress", "in progress")
"""Results of requests that were not over: on days that are long over they never will be."""

_DAY = timedelta(days=1)
_ZERO = Decimal(0)
_CENT = Decimal("0.01")


def propose(
    endings: Iterable[Ending], period: EvidencePeriod, *, monthly_cost: Decimal
) -> list[Proposal]:
    """Services that waste more on failures than they need.

    Args:
        endings: of all requests on GPUs, by day.
        period: the evidence's days.
        monthly_cost: of all GPUs, USD a month.
    """
    known = list(endings)
    small: list[Failing] = []
    found: list[Proposal] = []
    for one in failing(known):
        proposal = _one(one, period)
        if is_worth_it(proposal.savings.likely, monthly_cost):
            found.append(proposal)
        else:
            small.append(one)
    if small:
        unfinished = [one for one in known if (one.result or "").lower() in UNDECIDED]
        together = _together(small, unfinished, period)
        is_enough = is_worth_it(together.savings.likely, monthly_cost)
        if is_enough or any(one.is_always for one in small):
            found.append(together)
    return found


def _one(failing: Failing, period: EvidencePeriod) -> Proposal:
    seen = _seen(failing.storms, period)
    savings = _savings(failing, seen, period)
    label = failing.service.label
    return _proposal(
        title=f"Requests of {label} fail more often than they need",
        description=_description(failing, seen, savings),
        scope=failing.service.scope,
        several=[failing],
        savings=savings,
        certainty=Decimal(1) if failing.is_chronic else seen.certainty,
        extra={
            "storm_days": [day.isoformat() for day in failing.storms[:TOP]],
            "episodes": len(seen.episodes),
            "is_running": seen.is_running,
        },
        period=period,
    )


def _together(
    several: Sequence[Failing], unfinished: Sequence[Ending], period: EvidencePeriod
) -> Proposal:
    each = [_savings(one, _seen(one.storms, period), period) for one in several]
    savings = Savings(
        low=sum((one.low for one in each), _ZERO),
        likely=sum((one.likely for one in each), _ZERO),
        high=sum((one.high for one in each), _ZERO),
    )
    always = [one for one in several if one.is_always]
    named = ", ".join(one.service.label for one in always[:3])
    count = plural(sum(one.whole.failed for one in several), "request")
    opening = (
        f"{plural(len(always), 'service')} never succeeded: {named}"
        f"{' and others' if len(always) > 3 else ''}. "
        if always
        else ""
    )
    stuck = sum(one.outcome.requests for one in unfinished)
    ending = f" {plural(stuck, 'more request')} never ended at all." if stuck else ""
    return _proposal(
        title="Small services fail more often than they need"
        if not always
        else "Some models never answer: every request to them fails",
        description=(
            f"{opening}Together {count} of {plural(len(several), 'service')} failed in "
            f"{plural(period.days, 'day')}; what is beyond the usual costs "
            f"{money(savings.likely)} a month.{ending}"
        ),
        scope={},
        several=several,
        savings=savings,
        certainty=Decimal(1),
        extra={
            "never_finished": stuck,
            "never_finished_cost": str(
                sum((one.outcome.cost for one in unfinished), _ZERO).quantize(_CENT)
            ),
        },
        period=period,
        variant=SMALL,
    )


def _proposal(
    *,
    title: str,
    description: str,
    scope: dict[str, tuple[str, ...]],
    several: Sequence[Failing],
    savings: Savings,
    certainty: Decimal,
    extra: dict[str, Json],
    period: EvidencePeriod,
    variant: str = "",
) -> Proposal:
    current = sum((period.monthly(one.whole.cost) for one in several), _ZERO)
    failed = sum(one.whole.failed for one in several)
    unpriced = sum(one.whole.unpriced_failed for one in several)
    trusted = confidence(
        days=period.days,
        requests=failed,
        stability=_alike(several, period),
        known_share=1 - Decimal(unpriced) / failed,
    )
    kinds = kinds_of(several)
    return Proposal(
        kind=Kind.FAILURE_WASTE,
        organization=None,
        scope=scope,
        variant=variant,
        title=title,
        description=description,
        current_cost=current,
        savings=savings,
        confidence=(trusted * certainty).quantize(Decimal("0.001")),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.NONE,
        formula=(
            "saved = wasted × (1 − usual rate / rate), direct cost; usual: the median of the "
            "peers, of the service's own other days for storms, nothing where all fails"
        ),
        source=(
            "Wasted spend of failed requests; FinOps Framework, Workload Optimization; Google, "
            "Site Reliability Engineering, chapters 21 and 22"
        ),
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(several, kinds),
        parts=_parts(several, period),
        action={
            "do": "reduce_failures",
            "services": [named(one) for one in several[:TOP]],
            "error_types": list(kinds),
        },
        evidence=evidence_of(several, period) | extra,
    )


def _seen(storms: Sequence[date], period: EvidencePeriod) -> Recurrence:
    return recurrence(
        (_midnight(day) for day in storms),
        _DAY,
        _midnight(period.last_day) + _DAY,
        apart=2 * _DAY,
        over_after=_DAY,
    )


def _savings(one: Failing, seen: Recurrence, period: EvidencePeriod) -> Savings:
    cost = period.monthly(one.whole.cost)
    daily = [
        one.avoidable.get(period.first_day + number * _DAY, _ZERO) for number in range(period.days)
    ]
    return monthly_range(daily, cost) if one.is_chronic else savings_of(daily, seen, period, cost)


def _description(one: Failing, seen: Recurrence, savings: Savings) -> str:
    rate = one.whole.rate or _ZERO
    counted = (
        f"{plural(one.whole.failed, 'request')} of {one.whole.requests:,} failed "
        f"({percent(rate)}) and cost {money(one.whole.wasted)}"
    )
    if one.is_always:
        why = "nearly nothing ever succeeds"
    elif one.is_defect and one.peers is not None:
        why = f"{percent(one.peers)} is usual with its peers"
    else:
        usual = percent(one.own or _ZERO)
        days = plural(len(one.storms), "day")
        why = f"{usual} is usual on its other days, and there were {days} of storms"
        if not seen.recurs:
            why += ", once, and it is over"
    return f"{counted}; {why}. What is beyond the usual costs {money(savings.likely)} a month."


def _steps(several: Sequence[Failing], kinds: dict[str, Decimal]) -> tuple[str, ...]:
    always = [one for one in several if one.is_always]
    steps: list[str] = []
    if always:
        named = ", ".join(one.service.label for one in always[:TOP])
        steps.append(
            f"Take what never answers out of service, or mend it: {named}. Refuse its requests "
            "at the door (HTTP 404 or 503) until it is mended."
        )
    steps += [STEPS[kind] for kind in kinds]
    steps.append(
        "Give clients a retry budget (at most 10 % of their requests are retries), so that a "
        "storm does not feed itself."
    )
    steps.append("Hold the next week against this one by `/cost failures 7d`.")
    return tuple(steps)


def _parts(several: Sequence[Failing], period: EvidencePeriod) -> tuple[Part, ...]:
    costs: dict[str, tuple[Decimal, Decimal]] = {}
    for one in several:
        own = _savings(one, _seen(one.storms, period), period).likely
        cost, saved = costs.get(one.service.dollars, (_ZERO, _ZERO))
        costs[one.service.dollars] = (cost + period.monthly(one.whole.cost), saved + own)
    return tuple(Part(cell, cost, min(cost, saved)) for cell, (cost, saved) in costs.items())


def _alike(several: Sequence[Failing], period: EvidencePeriod) -> Decimal:
    middle = period.first_day + (period.days // 2) * _DAY
    first = second = _ZERO
    for one in several:
        for day, saved in one.avoidable.items():
            first, second = (first + saved, second) if day < middle else (first, second + saved)
    return stability(first, second)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)

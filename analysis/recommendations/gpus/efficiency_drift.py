"""Efficiency drift: services whose requests take more GPU time than they used to, like for like.

The first half of the days is the baseline; the last seven are held against it, each by itself:

    ratio of a day = GPU seconds of its requests / what they take at their cells' rates before

which is one more than `like_for_like` of `analysis.efficiency` (Paasche's index), in seconds. It
is reckoned twice: with cells by result alone, and with cells by organization, environment, billing
type and whatever else tells work apart. The smaller drift counts: a customer who asks for larger
pictures is no drift. Where most customers come once only the first can be reckoned; then the
confidence is halved. Then

    drift = median of the days' ratios / median of the baseline's own
    saved = direct cost of the compared work x (1 - 1 / drift)

the cost of going back to the former rate, at today's price of a GPU second. Robust against a few
days (the median of seven moves only when four do), held against the days' own spread (the median
absolute deviation of the log ratios), and against chance by ranks: nearly all of the last days
have to lie above nearly all of the baseline's.

Source: H. Paasche, 1874; "Consumer Price Index Manual", IMF and others, 2020, chapter 2; median
absolute deviation: Rousseeuw and Croux, JASA 1993; rank sums: Mann and Whitney, 1947.

Silent: where the price of a GPU second rose and the seconds did not (that is a rate, see
`Cause.RATE`); where the rows have no GPU seconds; with less than 14 days, 5 of them with enough
requests on each side; where less than half of the work now has a counterpart before; below the
floor of all recommendations.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from statistics import median

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.gpus.drift_ratios import (
    RECENT_DAYS,
    Cause,
    Drifted,
    drifted,
    requests_of,
)
from analysis.recommendations.gpus.gpu import WorkDay
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

NOT_BY_CUSTOMER = Decimal("0.5")
"""What is known where customers could not be held against themselves: they may ask for more."""

_NORMAL = 1.645
"""Standard errors of a range of 90 %."""

_DAY = timedelta(days=1)
_ZERO = Decimal(0)
_SHARE = Decimal("0.0001")
_CENT = Decimal("0.01")
_MICRO = Decimal("0.000001")


def propose(
    work: Iterable[WorkDay], period: EvidencePeriod, *, baseline_until: date, monthly_cost: Decimal
) -> list[Proposal]:
    """Services that take more GPU time than they used to.

    Args:
        work: of all services, by day.
        period: the evidence's days.
        baseline_until: the first day that is not in the baseline of `work` any more.
        monthly_cost: of all GPUs, USD a month.
    """
    found = [
        _proposal(one, period)
        for one in drifted(work, period, baseline_until)
        if one.cause is Cause.SECONDS
    ]
    worth = [one for one in found if is_worth_it(one.savings.likely, monthly_cost)]
    return sorted(worth, key=lambda one: (-one.savings.likely, one.key))


def _proposal(one: Drifted, period: EvidencePeriod) -> Proposal:
    own = EvidencePeriod(period.last_day - (RECENT_DAYS - 1) * _DAY, period.last_day, period.now)
    cost = own.monthly(one.cost)
    savings = _savings(one, own)
    label = one.service.label
    now, before = _seconds_each(one.recent), _seconds_each(one.before)
    ratio = Decimal(one.ratio)
    return Proposal(
        kind=Kind.EFFICIENCY_DRIFT,
        organization=None,
        scope=one.service.scope,
        title=f"Requests of {label} take more GPU time than they used to",
        description=(
            f"In the last {RECENT_DAYS} days ({plural(requests_of(one.recent), 'request')}) the "
            f"same work took {percent(ratio - 1)} more GPU seconds than in the days up to "
            f"{one.before[-1].day.isoformat()}. Back at the former rate it saves "
            f"{money(savings.likely)} a month."
        ),
        current_cost=cost,
        savings=savings,
        confidence=confidence(
            days=period.days,
            requests=requests_of(one.recent),
            stability=_alike(one),
            known_share=min(Decimal(1), Decimal(one.compared))
            * (1 if one.is_by_customer else NOT_BY_CUSTOMER),
        ),
        difficulty=Difficulty.HARD,
        quality_impact=QualityImpact.NONE,
        formula=(
            "saved = direct cost × compared share × (1 − 1 / drift); drift = median daily GPU "
            "seconds of the same work, now to the baseline (Paasche), the smaller of two mixes"
        ),
        source="Paasche's price index: Consumer Price Index Manual, IMF and others, 2020, ch. 2",
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=(
            f"Find what changed with {label} when the curve rose: a deployment, a version of the "
            "model or its runtime (`--max-num-seqs`, quantization, compiled graphs), another "
            "kind of GPU, smaller batches.",
            "Run the same request on the former version and the present one, and compare GPU "
            "seconds.",
            "Roll back, or restore the former settings; where the longer time is meant (more "
            "steps, higher resolution), reject this with that reason.",
            "Hold the next week against this one by `/cost efficiency 7d by model`.",
        ),
        parts=(Part(one.service.dollars, cost, min(cost, savings.likely)),),
        action={
            "do": "restore_efficiency",
            "service": one.service.name,
            "model": one.service.model,
            "seconds_per_request_before": _plain(before),
            "seconds_per_request_now": _plain(now),
        },
        evidence=_evidence(one, period),
    )


def _savings(one: Drifted, own: EvidencePeriod) -> Savings:
    """From the spread of the days' cost, and of the drift itself."""
    by_day = {day.day: day.cost for day in one.recent}
    daily = [by_day.get(own.first_day + number * _DAY, _ZERO) for number in range(own.days)]
    cost = own.monthly(one.cost)
    volume = monthly_range(daily, 2 * cost)
    return Savings(
        low=volume.low * one.share(-_NORMAL),
        likely=cost * one.share(),
        high=max(cost * one.share(), min(cost, volume.high * one.share(_NORMAL))),
    )


def _evidence(one: Drifted, period: EvidencePeriod) -> dict[str, Json]:
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "baseline_first_day": one.before[0].day.isoformat(),
        "baseline_last_day": one.before[-1].day.isoformat(),
        "recent_days": [day.day.isoformat() for day in one.recent],
        "requests_before": requests_of(one.before),
        "requests_now": requests_of(one.recent),
        "seconds_per_request_before": _plain(_seconds_each(one.before)),
        "seconds_per_request_now": _plain(_seconds_each(one.recent)),
        "drift_like_for_like": str(Decimal(one.ratio - 1).quantize(_SHARE)),
        "is_by_customer": one.is_by_customer,
        "compared_share": str(Decimal(one.compared).quantize(_SHARE)),
        "price_of_a_second_ratio": str(Decimal(one.price_ratio).quantize(_SHARE)),
        "cost_of_recent_days": str(one.cost.quantize(_CENT)),
        "range": "90 %: the days' cost as draws, Student's t, times 1.645 errors of the drift",
        "chart": {
            "x": [day.isoformat() for day, _ in one.ratios],
            "y": [str(Decimal(ratio).quantize(_SHARE)) for _, ratio in one.ratios],
            "labels": {
                "title": "GPU seconds of the same work, 1 is the baseline",
                "x": "day",
                "y": "ratio",
            },
        },
    }


def _alike(one: Drifted) -> Decimal:
    """How alike the drift of the first and of the last recent days is."""
    logs = [max(0.0, math.log(ratio)) for day, ratio in one.ratios if day >= one.recent[0].day]
    half = len(logs) // 2
    first, second = logs[:half], logs[half:]
    return stability(Decimal(median(first)), Decimal(median(second)))


def _seconds_each(days: Sequence[WorkDay]) -> Decimal:
    requests = requests_of(days)
    return sum((day.seconds for day in days), _ZERO) / requests if requests else _ZERO


def _plain(seconds: Decimal) -> str:
    return str(
        seconds.quantize(_MICRO).quantize(_CENT) if seconds >= 1 else seconds.quantize(_MICRO)
    )

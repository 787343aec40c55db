"""Rate limiting: limits for users and keys that run away, from their own ordinary hours.

Bursts are found by `limits.bursts`, the limits and what they would have done by
`limits.limits`:

    limit = 99th percentile of an ordinary hour x 1.5, in requests and in dollars

Waste counts monthly where it recurs (two episodes a day apart, or one that is not over); a single
episode that is over counts a twelfth a month, as if it came once a year, with little confidence.

Source: Google, "Site Reliability Engineering", chapter 21, "Handling Overload" (per-customer
limits, client-side throttling); FinOps Framework, capability "Anomaly Management".

Silent: with fewer than 24 ordinary hours; where the same hour of other days or weeks is as large;
where bursts are a good part of all hours (a new habit: a matter of budgets); where there was one
episode, over, without a sign of waste (a launch); where the limits would
refuse more than 2 % of ordinary requests; below the floor of all recommendations. Of a user and a
key with the same bursts only the key is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, timedelta
from decimal import Decimal

from analysis.recommendations.cells import EvidencePeriod, Route, dollars_of
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.limits.actors import ActorLoad
from analysis.recommendations.limits.episodes import savings_of
from analysis.recommendations.limits.limits import Limited, limit_of, without_doubles
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.written import money, percent, plural

UNSIGNED = Decimal("0.6")
"""What is known of bursts that neither repeat nor fail: that they are unlike the rest. That they
are waste is assumed: some are work that somebody wanted."""

VALID_DAYS = 14

TOP = 20

_ZERO = Decimal(0)
_SHARE = Decimal("0.0001")
_CENT = Decimal("0.01")


def propose(
    loads: Iterable[ActorLoad],
    period: EvidencePeriod,
    *,
    monthly_cost: Decimal,
    route_costs: Mapping[Route, Decimal],
) -> list[Proposal]:
    """Limits for those of one organization who run away.

    Args:
        loads: users and keys whose busiest hours stand out.
        period: the evidence's days.
        monthly_cost: of the organization, USD a month.
        route_costs: USD of the evidence's days that everybody's requests cost, by route.
    """
    limited = [
        one
        for load in loads
        for one in (limit_of(load, period),)
        # What came once, is over, and neither repeated nor failed was work that somebody wanted.
        if one is not None and (one.seen.recurs or one.bursts.is_signed)
    ]
    found = [_proposal(one, same, period, route_costs) for one, same in without_doubles(limited)]
    worth = [one for one in found if is_worth_it(one.savings.likely, monthly_cost)]
    return sorted(worth, key=lambda one: (-one.savings.likely, one.key))


def _proposal(
    one: Limited,
    same: Limited | None,
    period: EvidencePeriod,
    route_costs: Mapping[Route, Decimal],
) -> Proposal:
    load = one.bursts.load
    current = period.monthly(sum((cost for _, cost in load.routes), _ZERO))
    daily = _daily(one, period)
    savings = savings_of(daily, one.seen, period, current)
    half = len(daily) // 2
    is_signed = one.bursts.is_signed
    trusted = confidence(
        days=len({hour.start.date() for hour in load.hours}),
        requests=sum(hour.requests for hour in one.bursts.hours),
        stability=stability(sum(daily[:half], _ZERO), sum(daily[half:], _ZERO)),
        known_share=Decimal(1) if is_signed else UNSIGNED,
    )
    return Proposal(
        kind=Kind.RATE_LIMITING,
        organization=load.organization,
        scope={load.kind: (load.name,)},
        title=f"Limits for the {load.kind} {load.name}",
        description=_description(one, savings),
        current_cost=current,
        savings=savings,
        confidence=(trusted * one.seen.certainty).quantize(Decimal("0.001")),
        difficulty=Difficulty.EASY,
        quality_impact=QualityImpact.NONE if not one.refused_wrongly else QualityImpact.LOW,
        formula=(
            "limit = 99th percentile of an ordinary hour × 1.5, in requests and in dollars; saved "
            "= sum over burst hours of cost × max(1 − limit / requests, 1 − limit / cost, "
            "failed / requests in retry storms)"
        ),
        source=(
            "Google, Site Reliability Engineering, chapter 21; FinOps Framework, Anomaly Management"
        ),
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(one),
        parts=_parts(load, savings, period, route_costs),
        action={
            "do": "limit_rate",
            "actor_kind": load.kind,
            "actor": load.name,
            "limit_requests_an_hour": one.requests,
            "limit_usd_an_hour": str(one.dollars),
        },
        evidence=_evidence(one, same, period),
    )


def _daily(one: Limited, period: EvidencePeriod) -> list[Decimal]:
    daily = [_ZERO] * period.days
    for hour, waste in zip(one.bursts.hours, one.waste, strict=True):
        place = (hour.start.astimezone(UTC).date() - period.first_day).days
        if 0 <= place < period.days:
            daily[place] += waste
    return daily


def _description(one: Limited, savings: Savings) -> str:
    bursts = one.bursts
    largest = max(bursts.hours, key=lambda hour: hour.requests)
    dearest = max(hour.cost for hour in bursts.hours)
    seen = (
        f"In {plural(len(bursts.hours), 'hour')} the {bursts.load.kind} {bursts.load.name} made up "
        f"to {largest.requests:,} requests and cost up to {money(dearest)} an hour; "
        f"{bursts.usual_requests:,.0f} and {money(bursts.usual_cost)} are usual"
    )
    signs = list(bursts.signs.values())
    if signs.count("repeats") * 2 > len(bursts.hours):
        seen += ". Most of them repeated a prompt of the hour before"
    elif signs.count("failures") * 2 > len(bursts.hours):
        seen += ". Most of them failed"
    refused = one.refused_wrongly
    wrong = (
        f"{plural(refused, 'ordinary request')} ({percent(one.wrong_share)})"
        if refused
        else "no ordinary request"
    )
    once = "" if one.seen.recurs else " It was once, and it is over: a twelfth a month is counted."
    return (
        f"{seen}. Limits of {one.requests:,} requests and {money(one.dollars)} an hour would have "
        f"cut {money(sum(one.waste, _ZERO))} and refused {wrong}. "
        f"That is {money(savings.likely)} a month.{once}"
    )


def _steps(one: Limited) -> tuple[str, ...]:
    load = one.bursts.load
    signs = set(one.bursts.signs.values())
    steps = [
        f"Look at what the {load.kind} {load.name} ran in these hours; if it was wanted, reject "
        "this with that reason."
    ]
    if "repeats" in signs:
        steps.append("Find the loop: the same prompt was sent again within the hour.")
    if "failures" in signs:
        steps.append(
            "Retry with exponential backoff and jitter, three times at most, and not at all "
            "after HTTP 400, 401, 403 or 422; heed `retry-after` after 429."
        )
    a_minute = max(1, -(-one.requests // 60))
    steps += [
        f"Limit it at the gateway to {one.requests:,} requests and {money(one.dollars)} an hour "
        f"(in a LiteLLM proxy, on the {load.kind}: `rpm_limit` {a_minute:,}, `max_budget` "
        f'{one.dollars} with `budget_duration` "1h"), answered by HTTP 429 with `retry-after`.',
        "Begin by logging what would be refused for a week, then refuse.",
    ]
    return tuple(steps)


def _parts(
    load: ActorLoad,
    savings: Savings,
    period: EvidencePeriod,
    route_costs: Mapping[Route, Decimal],
) -> tuple[Part, ...]:
    """The waste is spread over the actor's routes by what it cost there."""
    whole = sum((cost for _, cost in load.routes), _ZERO)
    if whole <= 0:
        return ()
    costs: dict[str, tuple[Decimal, Decimal]] = {}
    for route, own in load.routes:
        everybody = max(own, route_costs.get(route, own))
        cost, saved = costs.get(dollars_of(route), (_ZERO, _ZERO))
        costs[dollars_of(route)] = (
            max(cost, period.monthly(everybody)),
            saved + savings.likely * own / whole,
        )
    return tuple(Part(cell, cost, min(cost, saved)) for cell, (cost, saved) in costs.items())


def _evidence(one: Limited, same: Limited | None, period: EvidencePeriod) -> dict[str, Json]:
    hours = one.bursts.hours
    ranked = sorted(zip(hours, one.waste, strict=True), key=lambda pair: (-pair[1], pair[0].start))
    shown = sorted(one.bursts.load.hours, key=lambda hour: (-hour.requests, hour.start))[:50]
    shown.sort(key=lambda hour: hour.start)
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "burst_hours": len(hours),
        "burst_requests": sum(hour.requests for hour in hours),
        "burst_cost": str(sum((hour.cost for hour in hours), _ZERO).quantize(_CENT)),
        "wasted": str(sum(one.waste, _ZERO).quantize(_CENT)),
        "failed": sum(hour.failed for hour in hours),
        "repeats": sum(hour.repeats for hour in hours),
        "ordinary_hours": len(one.bursts.ordinary),
        "ordinary_requests": one.ordinary_requests,
        "usual_requests_an_hour": str(one.bursts.usual_requests.quantize(Decimal("0.1"))),
        "usual_cost_an_hour": str(one.bursts.usual_cost.quantize(_CENT)),
        "limit_requests_an_hour": one.requests,
        "limit_usd_an_hour": str(one.dollars),
        "refused_wrongly": one.refused_wrongly,
        "refused_wrongly_share": str(one.wrong_share.quantize(_SHARE)),
        "refused_wrongly_hours": len(one.refused(one.bursts.ordinary)),
        "refused_in_bursts": sum(one.refused(hours)),
        "episodes": [
            {"from": each.start.isoformat(), "until": each.end.isoformat()}
            for each in one.seen.episodes[:TOP]
        ],
        "is_running": one.seen.is_running,
        "same_traffic_as": None
        if same is None
        else f"{same.bursts.load.kind} {same.bursts.load.name}",
        "hours": [
            {
                "hour": hour.start.isoformat(),
                "requests": hour.requests,
                "failed": hour.failed,
                "repeats": hour.repeats,
                "cost": str(hour.cost.quantize(_CENT)),
                "wasted": str(waste.quantize(_CENT)),
            }
            for hour, waste in ranked[:TOP]
        ],
        "range": "90 % for one further month: weeks as draws, Student's t"
        if one.seen.recurs
        else "from nothing to once in as many days as were looked at",
        "chart": {
            "x": [hour.start.isoformat() for hour in shown],
            "y": [hour.requests for hour in shown],
            "labels": {
                "title": f"The busiest hours, and a limit of {one.requests:,}",
                "x": "hour (UTC)",
                "y": "requests",
            },
        },
    }

"""Rate limiting: a limit for users and keys that run away, from their own ordinary hours.

Bursts are found by `analysis.recommendations.bursts`. The limit is

    limit = 99th percentile of the requests of an ordinary hour x 1.5

rounded up to two digits, and what it would have done is told of both kinds of hours:

    waste of a burst hour = its cost x max(1 - limit / requests, failed / requests in a retry storm)
    refused wrongly       = requests beyond the limit in ordinary hours

A retry storm is an hour in which half of the requests failed: its failed requests are waste wholly,
limit or not. A request costs what the hour's requests cost on average. Waste counts monthly where
it recurs (two episodes a day apart, or one that is not over); a single episode that is over counts
a twelfth a month, as if it came once a year, with little confidence.

Source: Google, "Site Reliability Engineering", chapter 21, "Handling Overload" (per-customer
limits, client-side throttling); FinOps Framework, capability "Anomaly Management"; Iglewicz and
Hoaglin, "How to Detect and Handle Outliers", 1993.

Silent: with fewer than 24 ordinary hours; where the same hour of other days or weeks is as large;
where bursts are a good part of all hours (a new habit: a matter of budgets); where the limit would
refuse more than 2 % of ordinary requests; below the floor of all recommendations. Of a user and a
key with the same bursts only the key is named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from analysis.recommendations.actors import ActorHour, ActorLoad
from analysis.recommendations.bursts import Bursts, bursts_of, sign_of
from analysis.recommendations.cells import EvidencePeriod, Route, dollars_of
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.episodes import Recurrence, recurrence, savings_of
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.weekly_draws import quantile
from analysis.written import money, percent, plural

ORDINARY = Decimal("0.99")
HEADROOM = Decimal("1.5")
"""Half as much again: traffic that grows by 7 % a month reaches the limit in half a year."""

LEAST_LIMIT = 10
"""Requests an hour: a lower one hinders people."""

MOST_REFUSED = Decimal("0.02")
"""Of ordinary requests, refused wrongly: more is no limit but a quota."""

APART = timedelta(days=1)
"""A loop that is stopped at night and goes on in the morning is one."""

OVER_AFTER = timedelta(hours=6)

UNSIGNED = Decimal("0.6")
"""What is known of bursts that neither repeat nor fail: that they are unlike the rest. That they
are waste is assumed: some are work that somebody wanted."""

SAME_HOURS = Decimal("0.8")
"""Of the burst hours that a user and a key share, to be the same traffic seen twice."""

VALID_DAYS = 14

TOP = 20

_HOUR = timedelta(hours=1)
_ZERO = Decimal(0)
_SHARE = Decimal("0.0001")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Limited:
    """What a limit would have done to somebody.

    Attributes:
        bursts: hours that stand out, and the others.
        limit: requests an hour.
        waste: USD of each burst hour, in the order of `bursts.hours`.
        refused_wrongly: requests beyond the limit in ordinary hours.
        hit_hours: in which those were.
        seen: the episodes.
    """

    bursts: Bursts
    limit: int
    waste: tuple[Decimal, ...]
    refused_wrongly: int
    hit_hours: int
    seen: Recurrence

    @property
    def ordinary_requests(self) -> int:
        """Requests of all ordinary hours."""
        return sum(hour.requests for hour in self.bursts.ordinary)

    @property
    def wrong_share(self) -> Decimal:
        """Of the ordinary requests, refused."""
        return Decimal(self.refused_wrongly) / max(1, self.ordinary_requests)


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
    limited = [one for load in loads for one in (limit_of(load, period),) if one is not None]
    found = [_proposal(one, same, period, route_costs) for one, same in _without_doubles(limited)]
    worth = [one for one in found if is_worth_it(one.savings.likely, monthly_cost)]
    return sorted(worth, key=lambda one: (-one.savings.likely, one.key))


def limit_of(load: ActorLoad, period: EvidencePeriod) -> Limited | None:
    """The limit that would have cut somebody's bursts; None: there is none to propose."""
    bursts = bursts_of(load)
    if bursts is None:
        return None
    usual = quantile([Decimal(hour.requests) for hour in bursts.ordinary], ORDINARY)
    limit = max(LEAST_LIMIT, _rounded_up(usual * HEADROOM))
    waste = tuple(_waste(hour, limit) for hour in bursts.hours)
    beyond = [hour.requests - limit for hour in bursts.ordinary if hour.requests > limit]
    seen = recurrence(
        (hour.start for hour in bursts.hours),
        _HOUR,
        datetime.combine(period.last_day, datetime.min.time(), UTC) + timedelta(days=1),
        apart=APART,
        over_after=OVER_AFTER,
    )
    found = Limited(bursts, limit, waste, sum(beyond), len(beyond), seen)
    return found if found.wrong_share <= MOST_REFUSED else None


def _waste(hour: ActorHour, limit: int) -> Decimal:
    """USD of a burst hour that the limit, or giving up, would have saved."""
    share = max(_ZERO, 1 - Decimal(limit) / hour.requests)
    if sign_of(hour) == "failures":
        share = max(share, Decimal(hour.failed) / hour.requests)
    return hour.cost * share


def _rounded_up(value: Decimal) -> int:
    """To two digits: nobody sets a limit of 1,437."""
    step = Decimal(1).scaleb(max(0, value.adjusted() - 1))
    return int((value / step).to_integral_value(ROUND_CEILING) * step)


def _without_doubles(limited: list[Limited]) -> list[tuple[Limited, Limited | None]]:
    """Each, with whom it has its bursts in common; users that a key stands for are left out."""
    keys = [one for one in limited if one.bursts.load.kind == "key"]
    users = [one for one in limited if one.bursts.load.kind == "user"]
    twins: dict[int, Limited] = {}
    left_out: set[int] = set()
    for user in users:
        for key in keys:
            if id(key) not in twins and _is_same(user, key):
                twins[id(key)] = user
                left_out.add(id(user))
                break
    return [(one, twins.get(id(one))) for one in limited if id(one) not in left_out]


def _is_same(one: Limited, other: Limited) -> bool:
    first = {hour.start for hour in one.bursts.hours}
    second = {hour.start for hour in other.bursts.hours}
    costs = sum(one.waste, _ZERO), sum(other.waste, _ZERO)
    shared = Decimal(len(first & second)) / len(first | second)
    return shared >= SAME_HOURS and stability(*costs) >= SAME_HOURS


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
        title=f"A limit for the {load.kind} {load.name}",
        description=_description(one, savings),
        current_cost=current,
        savings=savings,
        confidence=(trusted * one.seen.certainty).quantize(Decimal("0.001")),
        difficulty=Difficulty.EASY,
        quality_impact=QualityImpact.NONE if not one.refused_wrongly else QualityImpact.LOW,
        formula=(
            "limit = 99th percentile of ordinary hourly requests × 1.5; saved = sum over burst "
            "hours of cost × max(1 − limit / requests, failed / requests in retry storms)"
        ),
        source=(
            "Google, Site Reliability Engineering, chapter 21; FinOps Framework, Anomaly "
            "Management; Iglewicz and Hoaglin, 1993"
        ),
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(one),
        parts=_parts(load, savings, period, route_costs),
        action={
            "do": "limit_rate",
            "actor_kind": load.kind,
            "actor": load.name,
            "limit_requests_an_hour": one.limit,
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
    hours = one.bursts.hours
    largest = max(hours, key=lambda hour: hour.requests)
    name, kind = one.bursts.load.name, one.bursts.load.kind
    seen = (
        f"In {plural(len(hours), 'hour')} the {kind} {name} made up to {largest.requests:,} "
        f"requests, {money(sum((hour.cost for hour in hours), _ZERO))} in all; "
        f"{one.bursts.usual:,.0f} are usual"
    )
    signs = [sign for hour in hours for sign in (sign_of(hour),) if sign is not None]
    if signs.count("repeats") * 2 > len(hours):
        seen += ", and most of them repeated a prompt of the hour before"
    elif signs.count("failures") * 2 > len(hours):
        seen += ", and most of them failed"
    wrong = (
        "it would have refused no ordinary request"
        if not one.refused_wrongly
        else f"it would have refused {plural(one.refused_wrongly, 'ordinary request')} "
        f"({percent(one.wrong_share)})"
    )
    once = "" if one.seen.recurs else " It was once, and it is over: a twelfth a month is counted."
    return (
        f"{seen}. A limit of {one.limit:,} requests an hour would have cut "
        f"{money(sum(one.waste, _ZERO))}; {wrong}. That is {money(savings.likely)} a month.{once}"
    )


def _steps(one: Limited) -> tuple[str, ...]:
    load = one.bursts.load
    signs = {sign for hour in one.bursts.hours for sign in (sign_of(hour),) if sign is not None}
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
    steps += [
        f"Limit it to {one.limit:,} requests an hour at the gateway (in a LiteLLM proxy "
        f"`rpm_limit` {max(1, -(-one.limit // 60)):,} on the key or user), answered by HTTP 429 "
        "with `retry-after`.",
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
        "usual_requests_an_hour": str(one.bursts.usual.quantize(Decimal("0.1"))),
        "limit_requests_an_hour": one.limit,
        "refused_wrongly": one.refused_wrongly,
        "refused_wrongly_share": str(one.wrong_share.quantize(_SHARE)),
        "refused_wrongly_hours": one.hit_hours,
        "refused_in_bursts": sum(max(0, hour.requests - one.limit) for hour in hours),
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
                "title": f"The busiest hours, and a limit of {one.limit:,}",
                "x": "hour (UTC)",
                "y": "requests",
            },
        },
    }

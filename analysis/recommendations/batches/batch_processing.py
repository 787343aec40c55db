"""Requests that could wait, at the price of the batch interface.

Which ones can is told by their traces, see `batches.waiting`. Each group of them
is priced with its own tokens at the batch price of its model; what came through the batch
interface already is left out.

    saved = Σ cost of the cells that can wait · (1 - batch price on their tokens / regular price)

Silent where: the model has no batch price, or none that is lower; nothing that could wait is seen;
what is saved is below the floor in dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.batches.batch_interfaces import BatchInterface, batch_interface
from analysis.recommendations.batches.waiting import (
    ABLE_TO_WAIT,
    can_wait,
    is_machine_driven,
    names_users,
)
from analysis.recommendations.cells import (
    EvidencePeriod,
    PricedCell,
    Route,
    Timing,
    UsageCell,
    dollars_of,
)
from analysis.recommendations.confidence import confidence
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.halves import Halves
from analysis.recommendations.levers import Batch, cost_with
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.ranges import savings_range, widened
from analysis.written import money, percent

METHOD_SPREAD = Decimal("0.05")
"""Relative standard deviation: the prices are exact; some requests come back expired and are sent
again by the regular interface."""

VALID_DAYS = 30
ROWS = 20
MOST_OF_THE_DAY = Decimal("0.9")

FORMULA = (
    "saved = Σ over cells that can wait of cost × (1 − batch price on the same tokens ÷ regular "
    "price); monthly = × 30 ÷ days of evidence"
)


@dataclass(frozen=True, slots=True)
class _Waiting:
    cell: UsageCell
    saved: Decimal


def propose(
    cells: Sequence[PricedCell],
    period: EvidencePeriod,
    *,
    first_half: Iterable[UsageCell] = (),
    monthly_cost: Decimal | None = None,
) -> list[Proposal]:
    """At most one proposal for each model in use, the one that saves most first.

    Args:
        cells: of one organization, with their prices.
        period: the days of the evidence.
        first_half: its cells of the first half of the days, see `Halves`; empty: not counted.
        monthly_cost: of everything that the organization spends, USD; None: of these cells.
    """
    spent = sum((priced.cell.billed_cost for priced in cells), Decimal(0))
    total = period.monthly(spent) if monthly_cost is None else monthly_cost
    first_half = list(first_half)
    halves = Halves((priced.cell for priced in cells), first_half, period)
    routes: dict[Route, list[PricedCell]] = {}
    for priced in cells:
        routes.setdefault(priced.cell.route, []).append(priced)
    waiting: dict[tuple[str | None, str | None, str | None], list[_Waiting]] = {}
    firsts: dict[Route, list[UsageCell]] = {}
    for cell in first_half:
        firsts.setdefault(cell.route, []).append(cell)
    for route, its in routes.items():
        driven = is_machine_driven(
            (priced.cell for priced in its),
            firsts.get(route, ()),
            are_users_named=names_users((priced.cell for priced in cells), route),
        )
        found = _waiting_of(its, driven=driven)
        if found:
            key = (route.organization, route.provider, route.model)
            waiting.setdefault(key, []).extend(found)
    ordered = sorted(waiting.values(), key=_saved_of, reverse=True)
    return [
        _proposal(found, cells, period, halves)
        for found in ordered
        if is_worth_it(period.monthly(_saved_of(found)), total)
    ]


def _saved_of(waiting: Iterable[_Waiting]) -> Decimal:
    return sum((each.saved for each in waiting), Decimal(0))


def _waiting_of(route_cells: Sequence[PricedCell], *, driven: bool) -> list[_Waiting]:
    found: list[_Waiting] = []
    for priced in route_cells:
        cell, price = priced.cell, priced.price
        if price is None or (price.batch_input is None and price.batch_output is None):
            continue
        if cell.tokens.batch or not can_wait(cell, machine_driven=driven):
            continue
        saved = cell.billed_cost - cost_with(priced, [Batch(Decimal(1))])
        if saved > 0:
            found.append(_Waiting(cell, saved))
    return found


def _proposal(
    waiting: Sequence[_Waiting],
    cells: Sequence[PricedCell],
    period: EvidencePeriod,
    halves: Halves,
) -> Proposal:
    route = waiting[0].cell.route
    key = (route.organization, route.provider, route.model)
    group = [
        priced
        for priced in cells
        if (priced.cell.route.organization, priced.cell.route.provider, priced.cell.route.model)
        == key
    ]
    listed = next((priced.price.provider for priced in group if priced.price), route.provider)
    interface = batch_interface(listed)
    name = route.model or "unnamed"
    cost = period.monthly(sum((priced.cell.billed_cost for priced in group), Decimal(0)))
    saved = period.monthly(_saved_of(waiting))
    steady = halves.stability({each.cell.route for each in waiting})
    requests = sum(each.cell.tokens.requests for each in waiting)
    part = Decimal(requests) / sum(priced.cell.tokens.requests for priced in group)
    action: dict[str, Json] = {
        "type": Kind.BATCH_PROCESSING.value,
        "provider": route.provider,
        "model": name,
        "completion_hours": interface.most_hours,
        "timings": [*sorted({each.cell.timing.value for each in waiting})],
    }
    return Proposal(
        kind=Kind.BATCH_PROCESSING,
        organization=route.organization,
        scope={"model": (name,)} | ({"provider": (route.provider,)} if route.provider else {}),
        title=f"Send {name} requests that can wait as batches",
        description=(
            f"{percent(part)} of the {name} requests look able to wait for their answers, up to "
            f"{interface.most_hours} hours. As batches they would cost {money(saved)} a month less."
        ),
        current_cost=cost,
        savings=_savings(waiting, cost, period, steady),
        confidence=_confidence(waiting, group, period, steady),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.NONE,
        formula=FORMULA,
        source=f"Terms and prices of the batch interface: {interface.source}",
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(waiting, interface),
        parts=_parts(waiting, group, period),
        action=action,
        evidence=_evidence(waiting, group, period, interface),
    )


def _savings(
    waiting: Sequence[_Waiting], cost: Decimal, period: EvidencePeriod, stability: Decimal | None
) -> Savings:
    saved = period.monthly(_saved_of(waiting))
    around = savings_range(saved, most=cost, stability=stability, method=METHOD_SPREAD)
    sure = _saved_of(each for each in waiting if each.cell.timing is Timing.FLAGGED)
    return widened(around, period.monthly(sure), saved)


def _confidence(
    waiting: Sequence[_Waiting],
    group: Sequence[PricedCell],
    period: EvidencePeriod,
    stability: Decimal | None,
) -> Decimal:
    requests = sum(priced.cell.tokens.requests for priced in group)
    unpriced = sum(priced.cell.unpriced_requests for priced in group)
    sure = sum((each.saved * ABLE_TO_WAIT[each.cell.timing] for each in waiting), Decimal(0))
    known = max(Decimal(0), 1 - Decimal(unpriced) / requests) * sure / _saved_of(waiting)
    return confidence(
        days=period.days,
        requests=sum(each.cell.tokens.requests for each in waiting),
        stability=stability,
        known_share=min(Decimal(1), known),
    )


def _parts(
    waiting: Iterable[_Waiting], group: Iterable[PricedCell], period: EvidencePeriod
) -> tuple[Part, ...]:
    costs: dict[Route, Decimal] = {}
    for priced in group:
        route = priced.cell.route
        costs[route] = costs.get(route, Decimal(0)) + priced.cell.billed_cost
    saved: dict[Route, Decimal] = {}
    for each in waiting:
        route = each.cell.route
        saved[route] = saved.get(route, Decimal(0)) + each.saved
    return tuple(
        Part(dollars_of(route), period.monthly(costs[route]), period.monthly(saved[route]))
        for route in sorted(saved, key=lambda route: saved[route], reverse=True)
    )


def _evidence(
    waiting: Sequence[_Waiting],
    group: Sequence[PricedCell],
    period: EvidencePeriod,
    interface: BatchInterface,
) -> dict[str, Json]:
    requests = sum(priced.cell.tokens.requests for priced in group)
    timings: dict[str, Json] = {}
    for timing in ABLE_TO_WAIT:
        its = [each for each in waiting if each.cell.timing is timing]
        timings[timing.value] = {
            "requests": sum(each.cell.tokens.requests for each in its),
            "monthly_saved": dollars(period.monthly(_saved_of(its))),
        }
    able = sum(each.cell.tokens.requests for each in waiting)
    return {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "requests": requests,
        "able_to_wait_share": share(Decimal(able) / requests),
        "already_batch_requests": sum(
            priced.cell.tokens.requests for priced in group if priced.cell.tokens.batch
        ),
        "timings": timings,
        "delay": {"most_hours": interface.most_hours, "words": interface.words},
        "savings_range": (
            "90 %: next month's volume by how far the two halves of the days differ, at least "
            "13 %; at the low end only what is flagged as able to wait"
        ),
        "tasks": _tasks(waiting, period),
        **_hours(waiting),
    }


def _tasks(waiting: Iterable[_Waiting], period: EvidencePeriod) -> list[Json]:
    tasks: dict[tuple[str | None, str | None], list[_Waiting]] = {}
    for each in waiting:
        route = each.cell.route
        tasks.setdefault((route.endpoint, route.feature), []).append(each)
    ordered = sorted(tasks.items(), key=lambda pair: _saved_of(pair[1]), reverse=True)
    return [
        {
            "endpoint": endpoint,
            "feature": feature,
            "requests": sum(each.cell.tokens.requests for each in its),
            "monthly_saved": dollars(period.monthly(_saved_of(its))),
        }
        for (endpoint, feature), its in ordered[:ROWS]
    ]


def _hours(waiting: Iterable[_Waiting]) -> dict[str, Json]:
    """In which hours of the organization's day they come, where that was counted."""
    counted = [each.cell.by_hour for each in waiting if each.cell.by_hour]
    totals = [sum(hours) for hours in zip(*counted, strict=True)]
    if not sum(totals):
        return {}
    needed, held = 0, 0
    for requests in sorted(totals, reverse=True):
        if held >= MOST_OF_THE_DAY * sum(totals):
            break
        needed, held = needed + 1, held + requests
    return {
        "hours_with_most_requests": needed,
        "chart": {
            "kind": "bars",
            "x_label": "hour of the day",
            "y_label": "requests that could wait",
            "x": [*range(len(totals))],
            "y": [*totals],
        },
    }


def _steps(waiting: Iterable[_Waiting], interface: BatchInterface) -> tuple[str, ...]:
    guessed = any(each.cell.timing is not Timing.FLAGGED for each in waiting)
    ask = (
        "Ask who owns the tasks listed whether anybody waits for the answers, and flag those that "
        "nobody waits for.",
    )
    return (
        *(ask if guessed else ()),
        *interface.steps,
        f"Send again by the regular interface what expired: {interface.words}.",
    )

"""Requests that a cheaper model could answer as well, or nearly.

For each model in use: of all models that are on offer, priced and known to score at most 0.05
lower on a common test, the one that saves most. Only requests that it is able to answer and that
are small enough for its score are counted (see `cheaper_models.alternatives`), each
group of them with its own tokens (fresh, cached, written, output, batch) at the price of its own
tier. So the share that is migrated follows from the requests, and where they cost less at the
present model they stay.

    saved = Σ cost of migrated cells · (1 - price there on the same tokens / price here)

Silent where: the present model is not on the price list or has no score; no other model took the
same test; none is able, cheaper and within the floor; what is saved is below the floor in dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.cells import (
    EvidencePeriod,
    ModelFacts,
    PricedCell,
    Route,
    UsageCell,
    dollars_of,
)
from analysis.recommendations.cheaper_models.alternatives import Reach
from analysis.recommendations.cheaper_models.evidence import evidence_of
from analysis.recommendations.cheaper_models.offers import Group, Offer
from analysis.recommendations.cheaper_models.quality import impact_of
from analysis.recommendations.confidence import confidence
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.halves import Halves
from analysis.recommendations.proposal import Difficulty, Json, Kind, Part, Proposal, Savings
from analysis.recommendations.ranges import savings_range, widened
from analysis.written import money, percent, plural

METHOD_SPREAD = Decimal("0.2")
"""Relative standard deviation of what the other model costs: the same text is more or fewer tokens
there (vendors tell of up to 30 % more with a new tokenizer), its answers are longer or shorter. Of
what is saved it is the less, the cheaper the other model is."""

ASSUMED_NEEDS = Decimal("0.8")
"""What the confidence is multiplied by where the requests do not say what they need."""

ASSUMED_THOUGHTS = Decimal("0.7")
"""The same where the other model thinks before it answers and the present one does not."""

OTHER_PROVIDER = Decimal("0.8")
"""What savings at another provider count for when alternatives are compared: a contract, a review
of what it does with data, and a second way to fail come with them."""

VALID_DAYS = 30

TRIAL = 200
"""Requests to compare answers on: enough to see a share of worse answers to within 7 points."""

FORMULA = (
    "saved = Σ over migrated cells of cost × (1 − price at the alternative on the same tokens ÷ "
    "price at the present model); monthly = × 30 ÷ days of evidence"
)
SOURCE = (
    "Same-token comparison by the providers' price lists, as in the FinOps Foundation's "
    '"FinOps for AI"; which requests to migrate: FrugalGPT (Chen et al., 2023), RouteLLM '
    "(Ong et al., 2024)"
)


def propose(
    cells: Sequence[PricedCell],
    models: Sequence[ModelFacts],
    period: EvidencePeriod,
    *,
    first_half: Iterable[UsageCell] = (),
    monthly_cost: Decimal | None = None,
) -> list[Proposal]:
    """At most one proposal for each model in use, dearest model first.

    Args:
        cells: of one organization, with their prices.
        models: all models of the price list, see `ModelFacts`; those on offer may be proposed.
        period: the days of the evidence.
        first_half: its cells of the first half of the days, see `Halves`; empty: not counted.
        monthly_cost: of everything that the organization spends, USD; None: of these cells.
    """
    spent = sum((priced.cell.billed_cost for priced in cells), Decimal(0))
    total = period.monthly(spent) if monthly_cost is None else monthly_cost
    halves = Halves((priced.cell for priced in cells), first_half, period)
    models_in_use: dict[tuple[str | None, str | None, str | None], list[PricedCell]] = {}
    for priced in cells:
        route = priced.cell.route
        key = (route.organization, route.provider, route.model)
        models_in_use.setdefault(key, []).append(priced)
    found = [
        proposal
        for its in models_in_use.values()
        if (group := _group(its, period, total)) is not None
        if (proposal := _of_model(group, models, period, halves, total)) is not None
    ]
    return sorted(found, key=lambda proposal: proposal.current_cost, reverse=True)


def _group(cells: Sequence[PricedCell], period: EvidencePeriod, total: Decimal) -> Group | None:
    """The requests of one model; None: nothing is known of it, or it costs too little."""
    present = next((priced.model for priced in cells if priced.model is not None), None)
    cost = sum((priced.cell.billed_cost for priced in cells), Decimal(0))
    if present is None or not is_worth_it(period.monthly(cost), total):
        return None
    return Group(cells, present, period.now)


def _of_model(
    group: Group,
    models: Sequence[ModelFacts],
    period: EvidencePeriod,
    halves: Halves,
    total: Decimal,
) -> Proposal | None:
    present = group.present
    offers = [
        offer
        for model in models
        if model.is_offered and (model.provider, model.model) != (present.provider, present.model)
        if (offer := group.offer(model)) is not None
    ]
    best = max(
        (offer for offer in offers if is_worth_it(period.monthly(offer.saved), total)),
        key=lambda offer: (_weighed(offer, present), offer.change, offer.model.model),
        default=None,
    )
    return None if best is None else _proposal(group, best, offers, period, halves)


def _weighed(offer: Offer, present: ModelFacts) -> Decimal:
    return offer.saved * (1 if offer.model.provider == present.provider else OTHER_PROVIDER)


def _proposal(
    group: Group, best: Offer, offers: Sequence[Offer], period: EvidencePeriod, halves: Halves
) -> Proposal:
    route, present, requests = group.cells[0].cell.route, group.present, group.requests
    name = route.model or present.model
    cost = period.monthly(group.cost)
    steady = halves.stability({moved.cell.route for moved in best.moved})
    is_whole = best.reach is not None and not best.reach.is_limited
    is_near = best.model.provider == present.provider
    action: dict[str, Json] = {
        "type": Kind.MODEL_DOWNGRADE.value,
        "from": {"provider": route.provider, "model": name},
        "to": {"provider": best.model.provider, "model": best.model.model},
        "max_input_tokens": best.reach.largest_input if best.reach else None,
        "max_output_tokens": best.reach.largest_output if best.reach else None,
    }
    what = f"{name} requests" if is_whole else f"the smaller {name} requests"
    return Proposal(
        kind=Kind.MODEL_DOWNGRADE,
        organization=route.organization,
        scope={"model": (name,)} | ({"provider": (route.provider,)} if route.provider else {}),
        title=f"Send {what} to {best.model.model}",
        description=_description(name, best, cost, period, Decimal(best.requests) / requests),
        current_cost=cost,
        savings=_savings(best, cost, period, steady),
        confidence=_confidence(group, best, period, steady),
        difficulty=Difficulty.EASY if is_near else Difficulty.MEDIUM,
        quality_impact=impact_of(best.change),
        quality_change=best.change,
        formula=FORMULA,
        source=SOURCE,
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(name, present, best, is_whole=is_whole),
        parts=_parts(group, best, period),
        action=action,
        evidence=evidence_of(group, best, offers, period),
    )


def _savings(
    best: Offer, cost: Decimal, period: EvidencePeriod, stability: Decimal | None
) -> Savings:
    there = sum((moved.cost for moved in best.moved), Decimal(0))
    savings = savings_range(
        period.monthly(best.saved),
        most=cost,
        stability=stability,
        method=METHOD_SPREAD * there / best.saved,
    )
    if not best.starts_thinking:
        return savings
    least = sum((moved.cell.billed_cost - moved.most for moved in best.moved), Decimal(0))
    most = sum((moved.cell.billed_cost - moved.least for moved in best.moved), Decimal(0))
    return widened(savings, period.monthly(least), period.monthly(most))


def _confidence(
    group: Group, best: Offer, period: EvidencePeriod, stability: Decimal | None
) -> Decimal:
    unpriced = sum(priced.cell.unpriced_requests for priced in group.cells)
    known = max(Decimal(0), 1 - Decimal(unpriced) / group.requests)
    known *= ASSUMED_NEEDS if best.needs_are_assumed else 1
    known *= ASSUMED_THOUGHTS if best.starts_thinking else 1
    return confidence(
        days=period.days, requests=best.requests, stability=stability, known_share=known
    )


def _parts(group: Group, best: Offer, period: EvidencePeriod) -> tuple[Part, ...]:
    costs: dict[Route, Decimal] = {}
    for priced in group.cells:
        route = priced.cell.route
        costs[route] = costs.get(route, Decimal(0)) + priced.cell.billed_cost
    saved: dict[Route, Decimal] = {}
    for moved in best.moved:
        route = moved.cell.route
        saved[route] = saved.get(route, Decimal(0)) + moved.saved
    return tuple(
        Part(dollars_of(route), period.monthly(costs[route]), period.monthly(saved[route]))
        for route in sorted(saved, key=lambda route: saved[route], reverse=True)
    )


def _description(
    name: str, best: Offer, cost: Decimal, period: EvidencePeriod, migrated: Decimal
) -> str:
    points = f"{-100 * best.change:.1f} points lower" if best.change < 0 else "no lower"
    return (
        f"{name} costs {money(cost)} a month. {best.model.model} could answer "
        f"{percent(migrated)} of its requests and scores {points} on the same test. "
        f"That would save about {money(period.monthly(best.saved))} a month."
    )


def _steps(name: str, present: ModelFacts, best: Offer, *, is_whole: bool) -> tuple[str, ...]:
    target = best.model.model
    steps = [
        f"Replay {plural(min(TRIAL, best.requests), 'recent request')} of the tasks listed at "
        f"{target} and compare the answers, blind where people judge them."
    ]
    if best.model.provider != present.provider:
        steps.append(f"Clear {best.model.provider} as a processor of this data, and get a key.")
    if best.starts_thinking:
        steps.append(
            f"{target} thinks before it answers and bills that as output: set its reasoning effort "
            "to the lowest that keeps the answers, and read the output tokens that it bills."
        )
    limit = "" if is_whole or best.reach is None else _limit(best.reach)
    steps += [
        f"Set `model` from `{name}` to `{target}`{limit}, for a tenth of the traffic first.",
        "Watch errors, retries and complaints for a week, then send the rest.",
    ]
    if present.deprecated_at is not None:
        named = f" and names {present.replacement} instead" if present.replacement else ""
        rest = "it has to be left anyway" if is_whole else "plan for what stays behind, too"
        steps.append(
            f"{present.provider} announced the end of {present.model} on "
            f"{present.deprecated_at:%Y-%m-%d}{named}: {rest}."
        )
    return tuple(steps)


def _limit(reach: Reach) -> str:
    words = [
        f"{most:,} tokens of {what}"
        for what, most in (("input", reach.largest_input), ("output", reach.largest_output))
        if most is not None
    ]
    return f" where a request has at most {' and '.join(words)}" if words else ""

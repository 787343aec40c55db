"""Requests just beyond the edge of a dearer context tier.

Where requests with more input than an edge have another price, all of their tokens do. Just beyond
it a little less input makes the whole request cheaper.

    saved = Σ cost × (1 − cost of the edge's input at the lower tier ÷ cost at the upper tier)

over requests within a tenth beyond the edge. Source: the price lists of the providers (OpenAI,
Anthropic and Google each price long context by the size of the whole request).
Silent: where few requests are there, or on few days; where the lower tier is no cheaper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from analysis.prices import TokenUsage, price_in_force, request_cost
from analysis.recommendations.cells import (
    EvidencePeriod,
    ModelFacts,
    PricedCell,
    Route,
    dollars_of,
)
from analysis.recommendations.confidence import confidence
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.halves import Halves
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    Difficulty,
    Kind,
    Part,
    Proposal,
    QualityImpact,
)
from analysis.recommendations.ranges import savings_range, widened
from analysis.written import count, money, percent, plural

REACH = Decimal("1.1")
"""How far beyond the edge requests are looked at: to leave out a tenth of the input is a matter of
fewer passages or a shorter history; a fifth is another prompt."""

LEAST_REQUESTS, LEAST_DAYS = 20, 3

TRIMMED_AT_LEAST = Decimal("0.5")
"""Of the savings, at the low end: the other half needs all of its input. An assumption."""

METHOD_SPREAD = Decimal("0.2")

VALID_DAYS = 30
ROWS = 20

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class NearEdge:
    """Requests of one route just beyond an edge.

    Attributes:
        route: where they went.
        edge: input tokens.
        tokens: of all of them, with their number; its `batch` says by which interface.
        billed_cost: USD of the evidence's days.
        days: on how many there were any.
    """

    route: Route
    edge: int
    tokens: TokenUsage
    billed_cost: Decimal
    days: int


@dataclass(frozen=True, slots=True)
class _Trimmed:
    near: NearEdge
    saved: Decimal


def below_the_edge(
    near: Iterable[NearEdge],
    cells: Sequence[PricedCell],
    period: EvidencePeriod,
    halves: Halves,
    monthly_cost: Decimal,
) -> list[Proposal]:
    """One proposal for each model and edge.

    Args:
        near: requests just beyond any edge.
        cells: of one organization, with their models.
        period: the days.
        halves: of the days.
        monthly_cost: of everything that the organization spends, USD.
    """
    models = {cell.cell.route: cell.model for cell in cells if cell.model is not None}
    groups: dict[tuple[str, str, int], list[_Trimmed]] = {}
    facts: dict[tuple[str, str, int], ModelFacts] = {}
    for one in near:
        model = models.get(one.route)
        saved = None if model is None else _saved(one, model, period)
        if model is None or saved is None or one.route.model is None:
            continue
        key = (model.provider, model.model, one.edge)
        facts[key] = model
        groups.setdefault(key, []).append(_Trimmed(one, saved))
    found: list[Proposal] = []
    for key, group in sorted(groups.items()):
        requests = sum(each.near.tokens.requests for each in group)
        saved = period.monthly(sum((each.saved for each in group), _ZERO))
        if requests < LEAST_REQUESTS or max(each.near.days for each in group) < LEAST_DAYS:
            continue
        if is_worth_it(saved, monthly_cost):
            found.append(_proposal(facts[key], key[2], group, cells, period, halves))
    return found


def _saved(near: NearEdge, model: ModelFacts, period: EvidencePeriod) -> Decimal | None:
    """USD of the evidence's days; None: the lower tier is no cheaper, or there is none."""
    whose = near.route.organization
    lower = price_in_force(model.prices, period.now, whose, near.edge)
    upper = price_in_force(model.prices, period.now, whose, near.edge + 1)
    tokens = near.tokens
    if lower is None or upper is None or upper.above_input_tokens != near.edge:
        return None
    before = request_cost(tokens, upper)
    after = request_cost(_trimmed(tokens, near.edge), lower)
    return near.billed_cost * (1 - after / before) if after < before else None


def _trimmed(tokens: TokenUsage, edge: int) -> TokenUsage:
    """The same requests with the edge's input each: fresh input falls away first."""
    taken = tokens.fresh_input + tokens.cached_input + tokens.cache_write
    surplus = max(0, taken - edge * tokens.requests)
    fresh = max(0, tokens.fresh_input - surplus)
    surplus -= tokens.fresh_input - fresh
    written = max(0, tokens.cache_write - surplus)
    surplus -= tokens.cache_write - written
    cached = max(0, tokens.cached_input - surplus)
    return replace(tokens, fresh_input=fresh, cache_write=written, cached_input=cached)


def _proposal(
    model: ModelFacts,
    edge: int,
    group: Sequence[_Trimmed],
    cells: Sequence[PricedCell],
    period: EvidencePeriod,
    halves: Halves,
) -> Proposal:
    saved: dict[Route, Decimal] = {}
    for each in group:
        route = each.near.route
        saved[route] = saved.get(route, _ZERO) + period.monthly(each.saved)
    costs = dict.fromkeys(saved, _ZERO)
    for cell in cells:
        if cell.cell.route in costs:
            costs[cell.cell.route] += period.monthly(cell.cell.billed_cost)
    requests = sum(each.near.tokens.requests for each in group)
    beyond = period.monthly(sum((each.near.billed_cost for each in group), _ZERO))
    likely = sum(saved.values(), _ZERO)
    alike = halves.stability({*saved})
    around = savings_range(likely, most=beyond, stability=alike, method=METHOD_SPREAD)
    route = group[0].near.route
    return Proposal(
        kind=Kind.TIER_MIGRATION,
        organization=route.organization,
        scope={"provider": (model.provider,), "model": (model.model,)},
        variant=f"context_tier|{edge}",
        title=f"Keep {model.model} requests below {count(edge)} input tokens",
        description=(
            f"{plural(requests, 'request')} of {plural(period.days, 'day')} had just more input "
            f"than {count(edge)} tokens, from where all of a request is dearer. With at most "
            f"{percent(REACH - 1)} less input they would cost {money(likely)} a month less."
        ),
        current_cost=beyond,
        savings=widened(around, likely * TRIMMED_AT_LEAST, likely),
        confidence=confidence(
            days=period.days, requests=requests, stability=alike, known_share=Decimal("0.8")
        ),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.LOW,
        formula=(
            "saved = Σ cost × (1 − cost of the edge's input at the lower tier ÷ cost at the upper "
            "tier), over requests within a tenth beyond the edge; monthly = × 30 ÷ days"
        ),
        source=f"The dated price list: {model.provider} {model.model}, tier above {edge}",
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=(
            "Find what these requests are made of: retrieved passages, tool results, history.",
            f"Leave out the least relevant of it until {count(edge)} tokens are not exceeded, "
            "counted by the provider's own tokenizer before the request is sent.",
            "Compare answers on some requests of your own before and after.",
        ),
        parts=tuple(
            Part(dollars_of(route), costs[route], min(costs[route], amount))
            for route, amount in sorted(saved.items(), key=lambda pair: -pair[1])
        ),
        action={
            "do": "trim_input",
            "provider": model.provider,
            "model": model.model,
            "most_input_tokens": edge,
        },
        evidence={
            "first_day": period.first_day.isoformat(),
            "last_day": period.last_day.isoformat(),
            "edge": edge,
            "requests": requests,
            "monthly_cost": dollars(beyond),
            "share_saved": share(likely / beyond if beyond else _ZERO),
            "savings_range": "90 % of next month's volume; at the low end half of them need all "
            "of their input",
            "tasks": [
                {
                    "endpoint": each.near.route.endpoint,
                    "feature": each.near.route.feature,
                    "requests": each.near.tokens.requests,
                    "monthly_saved": dollars(period.monthly(each.saved)),
                }
                for each in sorted(group, key=lambda each: -each.saved)[:ROWS]
            ],
        },
    )

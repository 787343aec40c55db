"""Prompts that are longer than the task needs, by how long they are elsewhere or were before.

Against peers (see `prompts.peers`): both the input of a request and its ratio to
the output are outliers among other organizations that use the same model for the same task, and
the input is at least half as long again as that of three quarters of them. The second condition
tells bloat from more work: who asks for longer answers may have longer questions too.

Against itself: the input of a route's requests grew by half or more from the first half of the
days to the second, while the output did not grow along (contexts and histories that creep).

    saved = cost - cost with input tokens beyond the target left out, fresh ones only

at the rate and length of the second half, where it grew: next month begins where this one ended.

The target lies between the peers' 75th percentile and their median, likely in the middle; or is the
length in the first half. Where input is cached already, only its fresh part can be saved.

Silent where: fewer than 4 peers or 100 requests; nobody says what the task is (no endpoint and no
feature); peers are as long (retrieval among retrieval); the growth comes with longer answers or
with many more requests; many requests fail; what is saved is below the floor in dollars.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.cells import (
    EvidencePeriod,
    PricedCell,
    Route,
    UsageCell,
    dollars_of,
)
from analysis.recommendations.confidence import confidence
from analysis.recommendations.floors import is_worth_it
from analysis.recommendations.halves import Half, Halves
from analysis.recommendations.levers import Shorten, cost_with
from analysis.recommendations.plain_digits import share
from analysis.recommendations.prompts.peers import Norm, Peers, Shape
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
)
from analysis.recommendations.ranges import savings_range, widened
from analysis.written import money

OUTLIER = 3.5
"""Modified z-score, by Iglewicz and Hoaglin (1993)."""

LEAST_EXCESS = 1.5
"""Input at the 75th percentile of the peers times this is long."""

LEAST_GROWTH = Decimal("1.5")
"""From the first half of the days to the second."""

ALIKE_OUTPUT = Decimal("1.2")
"""Output that grew by less stayed as it was."""

LEAST_REQUESTS_OF_HALF = 1_000
"""So that growth by half is far beyond chance: with lengths that scatter by a factor of e the mean
of 1,000 is known to within 6 %."""

LEAST_DAYS_OF_GROWTH = 14

ALIKE_VOLUME = Decimal("1.3")
"""Requests a day that grew by less are the same requests. More of another kind, such as a loop or
a launch for a day, raise the mean without any prompt growing."""

MOST_FAILED = Decimal("0.05")
"""Of a route: storms of retries have lengths of their own, and no output to go with them."""

METHOD_SPREAD = Decimal("0.2")
"""Relative standard deviation: how much of a prompt can go is seen only when it is read."""

GROWTH_IS_BLOAT = Decimal("0.6")
"""What the confidence is multiplied by where a route is held against itself: it may do more now."""

VALID_DAYS = 30

FORMULA = (
    "saved = cost × (1 − price of the tokens with input beyond the target left out ÷ price of the "
    "tokens as they are), fresh input only; monthly = × 30 ÷ days of evidence"
)
SOURCE = (
    "Modified z-score: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993; that prompts "
    "can be shortened with little loss: LLMLingua (Jiang et al., 2023)"
)


@dataclass(frozen=True, slots=True)
class _Excess:
    """Input beyond what it could be.

    Attributes:
        likely, low, high: tokens of one request that would fall away.
        known_share: how sure it is that they are not needed.
        words: why they are thought so.
        evidence: for who doubts.
    """

    likely: float
    low: float
    high: float
    known_share: Decimal
    words: str
    variant: str
    evidence: dict[str, Json]
    volume: Decimal = Decimal(1)
    """Requests at the rate that they come now, by those of all days."""
    level: Decimal = Decimal(1)
    """Their cost at the length that they have now, by that of all days."""


def propose(
    cells: Sequence[PricedCell],
    peers: Peers,
    period: EvidencePeriod,
    *,
    first_half: Iterable[UsageCell] = (),
    monthly_cost: Decimal | None = None,
) -> list[Proposal]:
    """At most one proposal for each route, dearest route first.

    Args:
        cells: of one organization, with their prices.
        peers: the shapes of all organizations' requests in the same days.
        period: the days of the evidence.
        first_half: the organization's cells of the first half of the days, see `Halves`; empty:
            not counted, so that no route is held against itself.
        monthly_cost: of everything that the organization spends, USD; None: of these cells.
    """
    spent = sum((priced.cell.billed_cost for priced in cells), Decimal(0))
    total = period.monthly(spent) if monthly_cost is None else monthly_cost
    halves = Halves((priced.cell for priced in cells), first_half, period)
    routes: dict[Route, list[PricedCell]] = {}
    for priced in cells:
        routes.setdefault(priced.cell.route, []).append(priced)
    found: list[Proposal] = []
    for route, its in sorted(routes.items(), key=lambda pair: _cost_of(pair[1]), reverse=True):
        if not is_worth_it(period.monthly(_cost_of(its)), total):
            break
        if _fails_much(its):
            continue
        excess = _beside_peers(route, peers) or _beside_itself(route, halves, period)
        if excess is None:
            continue
        proposal = _proposal(route, its, excess, period, halves)
        if proposal is not None and is_worth_it(proposal.savings.likely, total):
            found.append(proposal)
    return found


def _cost_of(cells: Iterable[PricedCell]) -> Decimal:
    return sum((priced.cell.billed_cost for priced in cells), Decimal(0))


def _fails_much(cells: Sequence[PricedCell]) -> bool:
    requests = sum(priced.cell.tokens.requests for priced in cells)
    return sum(priced.cell.failed_requests for priced in cells) > MOST_FAILED * requests


def _beside_peers(route: Route, peers: Peers) -> _Excess | None:
    compared = peers.norm(route)
    if compared is None:
        return None
    own, norm = compared
    if min(norm.input_score, norm.ratio_score) < OUTLIER:
        return None
    if own.input < LEAST_EXCESS * norm.upper_input:
        return None
    return _Excess(
        likely=own.input - (norm.upper_input + norm.median_input) / 2,
        low=own.input - norm.upper_input,
        high=own.input - norm.median_input,
        known_share=Decimal(norm.peers) / (norm.peers + 1),
        words=(
            f"{own.input:,.0f} tokens of input a request, where {norm.peers} others with the same "
            f"task on the same model send {norm.median_input:,.0f} in the middle"
        ),
        variant="",
        evidence=_peer_evidence(own, norm),
    )


def _peer_evidence(own: Shape, norm: Norm) -> dict[str, Json]:
    return {
        "held_against": "peers",
        "peers": norm.peers,
        "input_per_request": round(own.input, 1),
        "output_per_request": round(own.output, 1),
        "input_to_output": round(own.ratio, 2),
        "peers_median_input": round(norm.median_input, 1),
        "peers_upper_quartile_input": round(norm.upper_input, 1),
        "input_modified_z_score": round(norm.input_score, 1),
        "input_to_output_modified_z_score": round(norm.ratio_score, 1),
        "chart": {
            "kind": "bars",
            "y_label": "tokens of input a request",
            "x": ["peers' median", "peers' 75th percentile", "here"],
            "y": [round(norm.median_input), round(norm.upper_input), round(own.input)],
        },
    }


def _beside_itself(route: Route, halves: Halves, period: EvidencePeriod) -> _Excess | None:
    both = halves.of([route])
    if both is None or period.days < LEAST_DAYS_OF_GROWTH:
        return None
    first, rest = both
    if min(first.requests, rest.requests) < LEAST_REQUESTS_OF_HALF or not first.input:
        return None
    growth = Decimal(rest.input * first.requests) / (rest.requests * first.input)
    given = Decimal(rest.output * first.requests) / max(1, rest.requests * first.output)
    more = Decimal(rest.requests * first.days) / (first.requests * rest.days)
    if growth < LEAST_GROWTH or given > ALIKE_OUTPUT or more > ALIKE_VOLUME:
        return None
    before, after = first.input / first.requests, rest.input / rest.requests
    whole = first.cost + rest.cost
    return _Excess(
        likely=after - before,
        low=(after - before) / 2,
        high=after - before,
        known_share=GROWTH_IS_BLOAT,
        words=(
            f"{after:,.0f} tokens of input a request in the second half of the days, after "
            f"{before:,.0f} in the first, with answers as long as before"
        ),
        variant="growth",
        evidence=_growth_evidence(first, rest, before, after),
        volume=Decimal(rest.requests * period.days)
        / (rest.days * (first.requests + rest.requests)),
        level=rest.cost * period.days / (rest.days * whole) if whole else Decimal(1),
    )


def _growth_evidence(first: Half, rest: Half, before: float, after: float) -> dict[str, Json]:
    return {
        "held_against": "itself",
        "first_half_requests": first.requests,
        "second_half_requests": rest.requests,
        "first_half_input_per_request": round(before, 1),
        "second_half_input_per_request": round(after, 1),
        "first_half_output_per_request": round(first.output / first.requests, 1),
        "second_half_output_per_request": round(rest.output / rest.requests, 1),
        "chart": {
            "kind": "bars",
            "y_label": "tokens of input a request",
            "x": ["first half", "second half"],
            "y": [round(before), round(after)],
        },
    }


def _proposal(
    route: Route,
    cells: Sequence[PricedCell],
    excess: _Excess,
    period: EvidencePeriod,
    halves: Halves,
) -> Proposal | None:
    requests = sum(priced.cell.tokens.requests for priced in cells)
    fresh = sum(priced.cell.tokens.fresh_input for priced in cells)
    unpriced = sum(priced.cell.unpriced_requests for priced in cells)
    if not fresh:
        return None
    cost = excess.level * period.monthly(_cost_of(cells))
    # What all fresh input of these days costs: each token of it as much as any other.
    of_all = _saved(cells, Decimal(1), period)
    most = min(cost, of_all * max(Decimal(1), excess.level))
    likely, low, high = (
        min(most, of_all * Decimal(tokens) * requests * excess.volume / fresh)
        for tokens in (excess.likely, excess.low, excess.high)
    )
    if likely <= 0:
        return None
    steady = halves.stability([route])
    around = savings_range(likely, most=cost, stability=steady, method=METHOD_SPREAD)
    known = max(Decimal(0), 1 - Decimal(unpriced) / requests) * excess.known_share
    task = " ".join(name for name in (route.feature, route.endpoint) if name) or "unnamed"
    evidence: dict[str, Json] = {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        "requests": requests,
        "fresh_input_share": share(Decimal(fresh) / _input_of(cells)),
        "savings_range": (
            "90 %: next month's volume by how far the two halves of the days differ, at least "
            "13 %, and 20 % for what can go; it holds both ends of the target as well"
        ),
        **excess.evidence,
    }
    return Proposal(
        kind=Kind.PROMPT_OPTIMIZATION,
        organization=route.organization,
        scope=_scope(route),
        variant=excess.variant,
        title=f"Shorten the prompts of {task} on {route.model or 'an unnamed model'}",
        description=(
            f"{task} sends {excess.words}. Brought down to that it would cost about "
            f"{money(likely)} a month less."
        ),
        current_cost=cost,
        savings=widened(around, low, min(cost, high)),
        confidence=confidence(
            days=period.days, requests=requests, stability=steady, known_share=known
        ),
        difficulty=Difficulty.MEDIUM,
        quality_impact=QualityImpact.LOW,
        formula=FORMULA,
        source=SOURCE,
        valid_until=period.now.date() + timedelta(days=VALID_DAYS),
        steps=_STEPS,
        parts=(Part(dollars_of(route), cost, likely),),
        action={
            "type": Kind.PROMPT_OPTIMIZATION.value,
            "provider": route.provider,
            "model": route.model,
            "endpoint": route.endpoint,
            "feature": route.feature,
            "input_tokens_to_remove_per_request": round(excess.likely),
        },
        evidence=evidence,
    )


_STEPS = (
    "Print ten whole prompts of this task and mark what is the same in all, what is history, what "
    "was retrieved, and what the answer used.",
    "Cut instructions that repeat each other and examples beyond the two or three that help.",
    "Keep the last turns of a conversation and a summary of the rest, instead of all turns.",
    "Retrieve fewer and shorter passages (a lower `top_k`, a threshold on the score), and ask only "
    "for the tool definitions that the step can use.",
    "Compare answers on 50 requests before and after, then set a ceiling on input tokens in the "
    "code and an alert where it is hit.",
)


def _scope(route: Route) -> dict[str, tuple[str, ...]]:
    named = {
        "provider": route.provider,
        "model": route.model,
        "endpoint": route.endpoint,
        "feature": route.feature,
        "environment": route.environment,
    }
    return {name: (value,) for name, value in named.items() if value is not None}


def _saved(cells: Iterable[PricedCell], part: Decimal, period: EvidencePeriod) -> Decimal:
    """What leaving out a part of the fresh input saves, USD a month."""
    levers = [Shorten(max(Decimal(0), part))]
    saved = (
        priced.cell.billed_cost - cost_with(priced, levers)
        for priced in cells
        if priced.price is not None
    )
    return period.monthly(sum(saved, Decimal(0)))


def _input_of(cells: Iterable[PricedCell]) -> int:
    tokens = (priced.cell.tokens for priced in cells)
    return sum(each.fresh_input + each.cached_input + each.cache_write for each in tokens)

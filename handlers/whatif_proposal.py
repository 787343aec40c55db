"""What a what-if says as a recommendation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from analysis.errors import NotUnderstood
from analysis.recommendations.cells import Route, dollars_of
from analysis.recommendations.cheaper_models.model_downgrade import ASSUMED_NEEDS, ASSUMED_THOUGHTS
from analysis.recommendations.cheaper_models.quality import impact_of
from analysis.recommendations.confidence import confidence, stability
from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import (
    BY_HAND,
    Difficulty,
    Json,
    Kind,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.recommendations.proposal import Part as Dollars
from analysis.recommendations.whatif import Part
from analysis.written import money, percent
from handlers.own_usage import MODEL, ORGANIZATION
from handlers.whatif import WhatIfResult
from handlers.whatif_words import part_words, plain_percent, range_words

VALID_DAYS = 30

ASSUMED_SHARES = Decimal("0.7")
"""What the confidence is multiplied by: how much can be cached, sent elsewhere or wait is what
somebody said, not what was seen."""

KINDS = {
    Part.MODEL: Kind.MODEL_DOWNGRADE,
    Part.CACHE: Kind.CACHING,
    Part.BATCH: Kind.BATCH_PROCESSING,
    Part.LENGTH: Kind.PROMPT_OPTIMIZATION,
    Part.REQUESTS: Kind.RATE_LIMITING,
}
"""The kind is that of the first of these parts. It is in the key: prices must not change it."""

ROWS = 20

FORMULA = (
    "saved = Σ over requests of cost × (1 − price with the changes ÷ price now); monthly = × 30 ÷ "
    "days; the changes in order: fewer requests, shorter ones, cache, other model, batch"
)
SOURCE = (
    "Same-token comparison by the providers' price lists, as in the FinOps Foundation's "
    '"FinOps for AI"; the shares are those of whoever asked'
)


def proposal_of(
    result: WhatIfResult, organization: str | None, whole: Mapping[Route, Decimal]
) -> Proposal:
    """The recommendation.

    Args:
        result: the what-if.
        organization: whose usage it is.
        whole: USD a month of each route, all of its requests.

    Raises:
        NotUnderstood: nothing is saved, or the other model cannot answer so many requests.
    """
    outcome = result.outcome
    if outcome.saved <= 0:
        sentence = f"This would cost {money(-outcome.saved)} a month more."
        raise NotUnderstood(sentence, "What saves nothing is no recommendation.")
    _check_fit(result)
    words = ", ".join(part_words(result, part) for part in result.request.changes.parts)
    parts = result.request.changes.parts
    kind = next(KINDS[part] for part in KINDS if part in parts)
    return Proposal(
        kind=kind,
        organization=organization,
        scope=_scope(result),
        variant=_variant(result),
        title=f"What if: {words}",
        description=(
            f"This usage costs {money(outcome.current)} a month. With {words} it would cost about "
            f"{money(outcome.projected)}. The shares were given by whoever asked."
        ),
        current_cost=outcome.current,
        savings=Savings(low=max(Decimal(0), outcome.low), likely=outcome.saved, high=outcome.high),
        confidence=_confidence(result),
        difficulty=_difficulty(result),
        quality_impact=_impact(result),
        quality_change=result.comparison.quality_change if result.comparison else None,
        formula=FORMULA,
        source=SOURCE,
        valid_until=result.usage.days.now.date() + timedelta(days=VALID_DAYS),
        steps=_steps(result),
        parts=_dollars(result, whole),
        action=_action(result, kind),
        evidence=_evidence(result),
    )


def _check_fit(result: WhatIfResult) -> None:
    one = result.comparison
    if one is None or one.fit is None:
        return
    fit, wanted = one.fit, result.request.changes.model
    fitting = 1 - Decimal(fit.not_fitting) / fit.requests
    if wanted > fitting:
        sentence = (
            f"{plain_percent(wanted)} of the requests were to go to {one.other.model}, and only "
            f"{percent(fitting)} are sure to fit what it takes, gives and can do."
        )
        most = int(fitting * 100)
        hint = f"Try `share {most}%`, or another model." if most else "Name another model."
        raise NotUnderstood(sentence, hint)


def _scope(result: WhatIfResult) -> dict[str, tuple[str, ...]]:
    filters = result.usage.filters
    scope = {name: values for name, values in filters.items() if name != ORGANIZATION}
    return scope | ({MODEL: result.models} if result.models else {})


def _variant(result: WhatIfResult) -> str:
    """What is asked, in plain digits: the same for the same question, whenever it is asked."""
    changes = result.request.changes
    named = {
        "requests": changes.requests,
        "input": changes.input,
        "output": changes.output,
        "cache": changes.cache,
        "write": changes.cache_write,
        "share": changes.model,
        "batch": changes.batch,
    }
    words = [f"{name} {value.normalize():f}" for name, value in named.items() if value]
    one = result.comparison
    if one is not None:
        words.append(f"to {one.other.provider}/{one.other.model}")
    return BY_HAND + "|".join(words)


def _confidence(result: WhatIfResult) -> Decimal:
    days = result.usage.days.days
    totals = [sum(day, Decimal(0)) for day in zip(*result.daily.values(), strict=True)]
    half = days // 2
    steady = None
    if half:
        first, rest = sum(totals[:half], Decimal(0)), sum(totals[half:], Decimal(0))
        steady = stability(first / half, rest / (days - half))
    known = (1 - result.unpriced_share) * ASSUMED_SHARES
    one = result.comparison
    if one is not None:
        known *= ASSUMED_THOUGHTS if one.thinks else 1
        known *= 1 if one.fit is not None and one.fit.is_certain else ASSUMED_NEEDS
    return confidence(days=days, requests=result.requests, stability=steady, known_share=known)


def _difficulty(result: WhatIfResult) -> Difficulty:
    one = result.comparison
    present = None if one is None else one.present
    if one is None or present is None or result.request.changes.parts != (Part.MODEL,):
        return Difficulty.MEDIUM
    return Difficulty.EASY if one.other.provider == present.provider else Difficulty.MEDIUM


def _impact(result: WhatIfResult) -> QualityImpact:
    one = result.comparison
    if one is not None:
        # What cannot be compared is not taken for harmless.
        change = one.quality_change
        return QualityImpact.MEDIUM if change is None else impact_of(change)
    is_shorter = Part.LENGTH in result.request.changes.parts
    return QualityImpact.LOW if is_shorter else QualityImpact.NONE


def _steps(result: WhatIfResult) -> tuple[str, ...]:
    changes, one = result.request.changes, result.comparison
    steps = {
        Part.REQUESTS: f"Find the {plain_percent(changes.requests)} of requests that nobody "
        "needs, and stop them where they are made.",
        Part.LENGTH: "Shorten the prompts, or set `max_tokens`, for a tenth of the traffic first.",
        Part.CACHE: "Put what all prompts share at their beginning and mark it for the cache "
        "(`cache_control` at Anthropic; by itself at OpenAI from 1,024 tokens on).",
        Part.MODEL: "" if one is None else _migration(result, one.other.model),
        Part.BATCH: "Send what can wait for a day through the provider's batch interface.",
    }
    return (
        *(steps[part] for part in changes.parts),
        "Ask again after two weeks: `/cost whatif` shows what is left to be saved.",
    )


def _migration(result: WhatIfResult, name: str) -> str:
    share_ = plain_percent(result.request.changes.model)
    return (
        f"Compare answers of {name} on 200 requests, then set `model` to `{name}` for {share_} of "
        "the requests, the smallest first."
    )


def _dollars(result: WhatIfResult, whole: Mapping[Route, Decimal]) -> tuple[Dollars, ...]:
    routes = result.outcome.routes
    return tuple(
        Dollars(dollars_of(route), max(one.cost, whole.get(route, Decimal(0))), one.saved)
        for route, one in sorted(routes.items(), key=lambda pair: -pair[1].saved)
        if one.saved > 0
    )


def _action(result: WhatIfResult, kind: Kind) -> dict[str, Json]:
    changes, one = result.request.changes, result.comparison
    models: list[Json] = [*result.models]
    return {
        "type": kind.value,
        "models": models,
        "to": None if one is None else {"provider": one.other.provider, "model": one.other.model},
        "migrated_share": share(changes.model),
        "cache_hit_share": share(changes.cache),
        "cache_write_share": share(changes.cache_write),
        "batch_share": share(changes.batch),
        "removed_requests_share": share(changes.requests),
        "removed_input_share": share(changes.input),
        "removed_output_share": share(changes.output),
    }


def _evidence(result: WhatIfResult) -> dict[str, Json]:
    outcome, days = result.outcome, result.usage.days
    top = sorted(outcome.routes.items(), key=lambda pair: -pair[1].cost)[:ROWS]
    routes: list[Json] = [
        {
            "provider": route.provider,
            "model": route.model,
            "endpoint": route.endpoint,
            "feature": route.feature,
            "monthly_cost": dollars(one.cost),
            "monthly_saved": dollars(one.saved),
        }
        for route, one in top
    ]
    parts: list[Json] = [
        {
            "part": one.part.value,
            "monthly_saved": dollars(one.saved),
            "monthly_saved_alone": dollars(one.alone),
        }
        for one in outcome.parts
    ]
    names: list[Json] = ["now", *(one.part.value for one in outcome.parts)]
    left: list[Json] = [dollars(outcome.current)]
    remaining = outcome.current
    for one in outcome.parts:
        remaining -= one.saved
        left.append(dollars(remaining))
    return {
        "first_day": days.first_day.isoformat(),
        "last_day": days.last_day.isoformat(),
        "requests": result.requests,
        "unpriced_requests_share": share(result.unpriced_share),
        "savings_range": range_words(result),
        "quality_test": result.comparison.test if result.comparison else None,
        "parts": parts,
        "routes": routes,
        "chart": {
            "kind": "bar",
            "x_label": "after each change",
            "y_label": "USD a month",
            "x": names,
            "y": left,
        },
    }

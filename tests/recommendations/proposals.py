"""Proposals for tests: made of a few words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from analysis.recommendations.cells import Route, dollars_of
from analysis.recommendations.proposal import (
    Difficulty,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)

VALID_UNTIL = date(2026, 12, 20)


def proposal(
    model: str = "gpt-4",
    saved: str = "40",
    *,
    kind: Kind = Kind.MODEL_DOWNGRADE,
    organization: str | None = "acme",
    cost: str = "100",
    valid_until: date = VALID_UNTIL,
    scope: dict[str, tuple[str, ...]] | None = None,
) -> Proposal:
    """A proposal to save some dollars a month on a model."""
    likely = Decimal(saved)
    route = Route(organization, "openai", model)
    return Proposal(
        kind=kind,
        organization=organization,
        scope={"provider": ("openai",), "model": (model,)} if scope is None else scope,
        title=f"Send short requests of {model} to a smaller model",
        description="Most requests are short.",
        current_cost=Decimal(cost),
        savings=Savings(likely / 2, likely, likely * 2),
        confidence=Decimal("0.8"),
        difficulty=Difficulty.EASY,
        quality_impact=QualityImpact.LOW,
        quality_change=Decimal("-0.02"),
        formula="cost × share × (1 − ratio)",
        source="FinOps Foundation",
        valid_until=valid_until,
        steps=("Try it on a tenth.", "Then on all."),
        parts=(Part(dollars_of(route), Decimal(cost), likely),),
        action={"model": "gpt-4o-mini", "share": "0.4"},
        evidence={"requests": 1200, "days": ["2026-11-01"], "chart": {"x": [1], "y": [2]}},
    )

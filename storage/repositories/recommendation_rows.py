"""Recommendations as rows of the table, and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from decimal import ROUND_FLOOR, Decimal
from typing import TypeAlias, cast
from uuid import UUID

from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import (
    Difficulty,
    Json,
    Kind,
    Part,
    Proposal,
    QualityImpact,
    Savings,
)
from analysis.roles import Role
from storage.models import RecommendationRow
from storage.records.recommendation import (
    ESTIMATE,
    Card,
    Drawn,
    Recommendation,
    Standing,
    StateParts,
    share,
)
from storage.types import plain


def micros(amount: Decimal) -> int:
    """An amount in millionths of a dollar: a whole number, which sorts on both databases."""
    return int((amount / ESTIMATE).to_integral_value(ROUND_FLOOR))


def content_values(drawn: Drawn) -> dict[str, object]:
    """The columns that evidence decides."""
    proposal = drawn.proposal
    savings = proposal.savings
    return with_digest(
        {
            "organization": proposal.organization,
            "kind": proposal.kind.value,
            "scope": {name: list(values) for name, values in sorted(proposal.scope.items())},
            "variant": proposal.variant,
            "title": proposal.title,
            "description": proposal.description,
            "current_cost": proposal.current_cost,
            "projected_cost": proposal.projected_cost,
            "savings_low": savings.low,
            "savings_likely": savings.likely,
            "savings_high": savings.high,
            "savings_micros": micros(savings.likely),
            "priority_tenths": int(drawn.priority * 10),
            "savings_percent": share(proposal.savings_share * 100),
            "confidence": proposal.confidence,
            "difficulty": proposal.difficulty.value,
            "quality_impact": proposal.quality_impact.value,
            "quality_change": proposal.quality_change,
            "action": dict(proposal.action),
            "evidence": dict(proposal.evidence),
            "steps": list(proposal.steps),
            "formula": proposal.formula,
            "source": proposal.source,
            "parts": [
                {"cell": part.cell, "cost": _digits(part.cost), "saved": _digits(part.saved)}
                for part in proposal.parts
            ],
            "valid_until": proposal.valid_until,
            "evidence_first": drawn.evidence_first,
            "evidence_last": drawn.evidence_last,
            "audience": drawn.audience.value,
        }
    )


def with_digest(values: Mapping[str, object]) -> dict[str, object]:
    """The columns of a content and their digest: alike where, and only where, all of them are."""
    whole = json.dumps(values, default=str, sort_keys=True)
    return {**values, "digest": hashlib.sha256(whole.encode()).hexdigest()[:32]}


def standing_values(standing: Standing) -> dict[str, object]:
    """The columns that people and time decide."""
    return {
        "state": standing.state.value,
        "state_since": standing.since,
        "state_before": None if standing.before is None else standing.before.value,
        "decided_by": standing.decided_by,
        "decided_reason": standing.decided_reason,
        "snoozed_until": standing.snoozed_until,
        "dismissed_until": standing.dismissed_until,
        "assigned_to": standing.assigned_to,
        "accepted_at": standing.accepted_at,
        "implemented_at": standing.implemented_at,
        "verified_at": standing.verified_at,
        "verified_savings": standing.verified_savings,
        "verified_by": standing.verified_by,
        "archived_at": standing.archived_at,
    }


def card_values(card: Card) -> dict[str, str]:
    """A card as JSON."""
    return cast("dict[str, str]", asdict(card))


def recommendation_of(row: RecommendationRow) -> Recommendation:
    """The recommendation of a row."""
    return Recommendation(
        id=row.id,
        key=row.key,
        drawn=_drawn(row),
        standing=_standing(row),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        cards=tuple(Card(**card) for card in row.cards),
        version=row.version,
    )


PlainParts: TypeAlias = "tuple[str | None, str, str, Decimal, list[dict[str, str]], Decimal | None]"


def state_parts_of(row: PlainParts) -> StateParts:
    """What a row counts for: organization, state, kind, savings, parts and verified savings."""
    organization, state, kind, likely, parts, verified = row
    return StateParts(organization, State(state), kind, likely, _parts(parts), verified)


def _drawn(row: RecommendationRow) -> Drawn:
    proposal = Proposal(
        kind=Kind(row.kind),
        organization=row.organization,
        scope={name: tuple(values) for name, values in row.scope.items()},
        variant=row.variant,
        title=row.title,
        description=row.description,
        current_cost=row.current_cost,
        savings=Savings(row.savings_low, row.savings_likely, row.savings_high),
        confidence=row.confidence,
        difficulty=Difficulty(row.difficulty),
        quality_impact=QualityImpact(row.quality_impact),
        quality_change=row.quality_change,
        action=cast("Mapping[str, Json]", row.action),
        evidence=cast("Mapping[str, Json]", row.evidence),
        steps=tuple(row.steps),
        formula=row.formula,
        source=row.source,
        parts=_parts(row.parts),
        valid_until=row.valid_until,
    )
    priority = Decimal(row.priority_tenths) / 10
    return Drawn(proposal, priority, row.evidence_first, row.evidence_last, Role(row.audience))


def _standing(row: RecommendationRow) -> Standing:
    return Standing(
        state=State(row.state),
        since=row.state_since,
        before=None if row.state_before is None else State(row.state_before),
        decided_by=row.decided_by,
        decided_reason=row.decided_reason,
        snoozed_until=row.snoozed_until,
        dismissed_until=row.dismissed_until,
        assigned_to=row.assigned_to,
        accepted_at=row.accepted_at,
        implemented_at=row.implemented_at,
        verified_at=row.verified_at,
        verified_savings=row.verified_savings,
        verified_by=row.verified_by,
        archived_at=row.archived_at,
    )


def _parts(rows: list[dict[str, str]]) -> tuple[Part, ...]:
    return tuple(Part(row["cell"], Decimal(row["cost"]), Decimal(row["saved"])) for row in rows)


def _digits(amount: Decimal) -> str:
    return f"{plain(amount):f}"


def bounds_of(prefix: str) -> tuple[UUID, UUID]:
    """The first and the last id that begin with some hexadecimal digits."""
    return UUID(prefix.ljust(32, "0")), UUID(prefix.ljust(32, "f"))

"""Recommendations, and what each has saved."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from analysis.recommendations.kept.states import Move, State
from api.models.base import Answer, Figure, Money, Page
from handlers.recommendations.fields import measurement_json, recommendation_json
from handlers.recommendations.results import RecommendationList, ShownRecommendation
from storage.records.recommendation import Recommendation


class SavedPart(Answer):
    """Dollars of one stretch of cost that a recommendation takes."""

    cell: str
    cost: Money
    saved: Money


class RecommendationAnswer(Answer):
    """A recommendation."""

    id: UUID
    organization_id: str | None = Field(description="Null: the deployment's own.")
    type: str
    title: str
    description: str
    scope: dict[str, list[str]]
    current_monthly_cost: Money
    projected_monthly_cost: Money
    estimated_savings: Money = Field(description="US dollars a month, the likely ones.")
    estimated_savings_low: Money
    estimated_savings_high: Money
    savings_percentage: float
    priority: Figure = Field(description="0 to 100.")
    confidence: Figure = Field(description="0 to 1.")
    difficulty: str
    quality_impact: str
    quality_change: Figure | None = Field(description="In points of the quality score.")
    recommended_action: dict[str, Any]
    analysis_data: dict[str, Any]
    steps: list[str]
    formula: str
    source: str
    parts: list[SavedPart]
    evidence_from: date
    evidence_until: date
    valid_until: date
    status: State
    status_since: datetime
    status_changed_by: str | None
    status_reason: str | None
    snoozed_until: datetime | None
    dismissed_until: datetime | None
    assigned_to: str | None
    accepted_at: datetime | None
    implemented_at: datetime | None
    actual_savings: Money | None = Field(description="As somebody verified them.")
    verified_at: datetime | None
    verified_by: str | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class RecommendationPage(Page):
    """Recommendations by priority, then by dollars, the highest first."""

    total: int = Field(description="How many there are of what is asked for.")
    savings_alone: Money = Field(description="Of all that are pending, added up one by one.")
    savings_together: Money = Field(description="Of the same, no dollar counted twice.")
    recommendations: list[RecommendationAnswer]


class Measurement(Answer):
    """What a recommendation has saved so far, as of a day."""

    as_of: date
    status: str
    promised: Money
    measured: Money | None
    measured_low: Money | None
    measured_high: Money | None
    method: str
    control: str | None
    days: int
    details: dict[str, Any]


class RecommendationShown(RecommendationAnswer):
    """A recommendation with what it has saved, and what can be decided."""

    moves: list[Move] = Field(description="What the caller may decide now.")
    undo_until: datetime | None = Field(
        description="Until when the last decision can be taken back; null: it cannot."
    )
    measurements: list[Measurement]


def recommendation_answer(row: Recommendation) -> RecommendationAnswer:
    """A recommendation as it is sent."""
    return RecommendationAnswer.model_validate(recommendation_json(row))


def recommendation_page(found: RecommendationList, next_cursor: str | None) -> RecommendationPage:
    """A page of recommendations as it is sent."""
    together = found.totals.open
    return RecommendationPage(
        total=found.total,
        savings_alone=f"{together.alone:.2f}",
        savings_together=f"{together.together:.2f}",
        recommendations=[recommendation_answer(row) for row in found.rows],
        next_cursor=next_cursor,
    )


def recommendation_shown(shown: ShownRecommendation) -> RecommendationShown:
    """A recommendation with all that is known of it, as it is sent."""
    fields = {
        **recommendation_json(shown.recommendation),
        "moves": shown.moves,
        "undo_until": shown.undo_until,
        "measurements": [measurement_json(one) for one in shown.measurements],
    }
    return RecommendationShown.model_validate(fields)

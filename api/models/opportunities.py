"""Opportunities: what looks like a saving, for somebody to look into."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import Field

from analysis.recommendations.kept.opportunity_states import OpportunityState
from api.models.base import Answer, Figure, Money, Page
from handlers.recommendations.fields import opportunity_json, opportunity_summary_json
from handlers.recommendations.results import OpportunityList, OpportunitySummary
from storage.records.opportunity import StoredOpportunity


class OpportunityAnswer(Answer):
    """An opportunity."""

    id: UUID
    organization_id: str | None = Field(description="Null: the deployment's own.")
    type: str
    title: str
    affected_models: list[str]
    affected_users: list[str]
    affected: dict[str, list[str]]
    period_start: date
    period_end: date
    current_cost: Money
    potential_savings: Money = Field(description="US dollars a month.")
    confidence: Figure = Field(description="0 to 1.")
    method: str
    supporting_data: dict[str, Any]
    actions: list[str]
    hours_to_implement: int | None
    status: OpportunityState
    status_since: datetime
    status_changed_by: str | None
    assigned_to: str | None
    resolution: str | None
    verified_savings: Money | None
    created_at: datetime
    updated_at: datetime
    version: int


class OpportunityPage(Page):
    """Opportunities, those that save most first."""

    opportunities: list[OpportunityAnswer]


class OpportunitySummaryAnswer(Answer):
    """How many opportunities there are, and what they come to."""

    by_status: dict[OpportunityState, int]
    potential_savings: Money = Field(
        description="US dollars a month that the live ones could save at least: of each "
        "organization's the largest one alone, since several may be about the same dollars."
    )
    verified_savings: Money


def opportunity_answer(row: StoredOpportunity) -> OpportunityAnswer:
    """An opportunity as it is sent."""
    return OpportunityAnswer.model_validate(opportunity_json(row))


def opportunity_page(found: OpportunityList, next_cursor: str | None) -> OpportunityPage:
    """A page of opportunities as it is sent."""
    rows = [opportunity_answer(row) for row in found.rows]
    return OpportunityPage(opportunities=rows, next_cursor=next_cursor)


def summary_answer(summary: OpportunitySummary) -> OpportunitySummaryAnswer:
    """What opportunities come to, as it is sent."""
    return OpportunitySummaryAnswer.model_validate(opportunity_summary_json(summary))

"""Decisions on recommendations and opportunities as they are sent, and what drawing came to."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from analysis.recommendations.kept.opportunity_states import OpportunityState
from api.bodies import Body, OfOrganization
from api.models.base import Answer
from api.models.fields import Day, Exact, Line, Name, Whole, amount_text
from handlers.recommendations.fields import generated_json
from handlers.recommendations.gathering import LEAST_DAYS
from handlers.recommendations.generating import MOST_DAYS
from handlers.recommendations.requests import DEFAULT_DAYS, ResolveRequest
from handlers.recommendations.results import Generated


class Drawing(OfOrganization):
    """What recommendations are drawn from."""

    EMPTIED: ClassVar = frozenset({"organization_id"})

    days: Whole = Field(
        DEFAULT_DAYS,
        ge=LEAST_DAYS,
        le=MOST_DAYS,
        description="Complete UTC days of the evidence, the latest ones.",
    )
    organization_id: Name | None = Field(
        None,
        description="Only this one's; null: everybody's. For admins of all organizations alone: "
        "whoever is bound to an organization leaves it away.",
    )


class Rejection(Body):
    """Why a recommendation is rejected."""

    reason: Line = Field(examples=["The contract ends in March."])
    until: Day | None = Field(
        None, description="From this day on it may be proposed again; without it: the usual time."
    )


class Verification(Body):
    """What was found to be saved."""

    actual_savings: Exact = Field(description="US dollars a month; 0 where it saved nothing.")


class OpportunityChange(Body):
    """What is decided of an opportunity; what is left away stays as it is."""

    EMPTIED: ClassVar = frozenset({"assigned_to"})

    status: Literal["open", "investigating", "planned", "implemented", "dismissed"] | None = None
    resolution: Line | None = Field(
        None, description="What was found, or why it is dismissed: a dismissal needs it."
    )
    verified_savings: Exact | None = Field(None, description="US dollars a month.")
    assigned_to: Name | None = Field(
        None, description="Who looks into it: an id of Slack; null: nobody."
    )

    def request(self, which: str, version: int | None) -> ResolveRequest:
        """What the handler takes."""
        return ResolveRequest(
            which,
            state=None if self.status is None else OpportunityState(self.status),
            resolution=self.resolution,
            savings=amount_text(self.verified_savings),
            assign="assigned_to" in self.model_fields_set,
            user=self.assigned_to,
            version=version,
        )


class DrawingFailed(Answer):
    """A type that could not be drawn."""

    type: str
    reason: str
    organizations: int | None = Field(description="For how many; null: for all.")


class Drawn(Answer):
    """What came of drawing recommendations anew."""

    evidence_from: date | None
    evidence_until: date | None
    organizations: int = Field(description="That were looked at.")
    found: int = Field(description="Recommendations that the evidence supports.")
    created: int
    updated: int
    came_back: int
    expired: int
    archived: int
    opportunities: int
    failed: list[DrawingFailed]


def drawn_answer(done: Generated) -> Drawn:
    """What came of it, as it is sent."""
    return Drawn.model_validate(generated_json(done))

"""An opportunity as it is kept: what was drawn, and what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from analysis.recommendations.kept.opportunities import Opportunity
from analysis.recommendations.kept.opportunity_states import KeptOpportunity, OpportunityState


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredOpportunity:
    """An opportunity as the store gives it.

    Attributes:
        id: its key.
        key: see `Opportunity.key`; no two that are live have the same.
        content: what it is about.
        state: where it is.
        state_since: since when, UTC.
        decided_by: see `Actor.key`; None: nobody has decided.
        assigned_to: who looks into it: an id of Slack; None: nobody.
        resolution: what was found, or why it was dismissed; empty: nothing.
        verified_savings: USD a month that were found to be saved; None: nobody has said.
        first_seen, last_seen: when it was drawn first and last, UTC.
        version: grows by 1 with each change.
    """

    id: UUID
    key: str
    content: Opportunity
    state: OpportunityState
    state_since: datetime
    decided_by: str | None
    assigned_to: str | None
    resolution: str
    verified_savings: Decimal | None
    first_seen: datetime
    last_seen: datetime
    version: int

    def kept(self) -> KeptOpportunity:
        """What decides what becomes of it."""
        return KeptOpportunity(self.id, self.key, self.content.kind, self.state, self.state_since)

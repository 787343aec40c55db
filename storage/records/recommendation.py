"""A recommendation as it is kept: what was drawn, and what was decided about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Self
from uuid import UUID

from analysis.errors import BadInput
from analysis.recommendations.kept.merge import Kept
from analysis.recommendations.kept.states import State
from analysis.recommendations.priority import priority
from analysis.recommendations.proposal import Part, Proposal, Savings
from analysis.roles import Role
from storage.types import plain

ESTIMATE = Decimal("0.000001")
"""USD to which estimates are kept: what is finer is noise, and both databases keep it alike."""

SHARE = Decimal("0.0001")
"""To which shares are kept."""

LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """What evidence supports: the content of a recommendation.

    Attributes:
        proposal: it; its amounts to `ESTIMATE`, its shares to `SHARE`.
        priority: 0 to 100, with one digit after the point.
        evidence_first, evidence_last: the days of its evidence, both included.
        audience: the least role that it is there for: users and keys are no affair of everybody.
    """

    proposal: Proposal
    priority: Decimal
    evidence_first: date
    evidence_last: date
    audience: Role = Role.USER

    @classmethod
    def of(
        cls,
        proposal: Proposal,
        evidence_first: date,
        evidence_last: date,
        audience: Role = Role.USER,
    ) -> Self:
        """A proposal in the form in which it is kept."""
        settled = _settled(proposal)
        return cls(settled, priority(settled), evidence_first, evidence_last, audience)

    @property
    def evidence_days(self) -> int:
        """Of how many days it was drawn."""
        return (self.evidence_last - self.evidence_first).days + 1


@dataclass(frozen=True, slots=True)
class Card:
    """A message in Slack that shows a recommendation, to be changed with it.

    Attributes:
        channel: id of the channel or person.
        ts: of the message; empty: it left through the outbox.
        key: of the delivery with which it left; empty: it did not leave through the outbox.
    """

    channel: str
    ts: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What was decided about a recommendation; the content aside, all that changes.

    Attributes:
        state: where it is.
        since: since when, UTC.
        before: the state before the last decision; None: there is nothing to be undone.
        decided_by: see `Actor.key`; None: nobody has decided.
        decided_reason: what they gave as reason; empty: nothing.
        snoozed_until: first instant at which a snoozed one comes back, UTC.
        dismissed_until: the same of a rejected one.
        assigned_to: who sees to it: an id of Slack; None: nobody.
        accepted_at, implemented_at, verified_at, archived_at: UTC; None: it was not.
        verified_savings: USD a month that it was found to save.
        verified_by: see `Actor.key`.
    """

    state: State
    since: datetime
    before: State | None = None
    decided_by: str | None = None
    decided_reason: str = ""
    snoozed_until: datetime | None = None
    dismissed_until: datetime | None = None
    assigned_to: str | None = None
    accepted_at: datetime | None = None
    implemented_at: datetime | None = None
    verified_at: datetime | None = None
    verified_savings: Decimal | None = None
    verified_by: str | None = None
    archived_at: datetime | None = None

    @property
    def until(self) -> datetime | None:
        """Until when somebody does not want to hear of it; None: nobody has said so."""
        if self.state is State.SNOOZED:
            return self.snoozed_until
        return self.dismissed_until if self.state is State.REJECTED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """A recommendation as the store gives it.

    Attributes:
        id: its key.
        key: see `Proposal.key`; no two that are not archived have the same.
        drawn: its content.
        standing: what was decided about it.
        first_seen, last_seen: when it was drawn first and last, UTC.
        cards: the messages that show it.
        version: grows by 1 with each change: a change names the version that it is based on.
    """

    id: UUID
    key: str
    drawn: Drawn
    standing: Standing
    first_seen: datetime
    last_seen: datetime
    cards: tuple[Card, ...]
    version: int

    @property
    def content(self) -> Proposal:
        """What is recommended."""
        return self.drawn.proposal

    @property
    def state(self) -> State:
        """Where it is."""
        return self.standing.state

    @property
    def organization(self) -> str | None:
        """Whose it is; None: the deployment's own."""
        return self.drawn.proposal.organization

    def kept(self) -> Kept:
        """What decides what becomes of it."""
        return Kept(
            id=self.id,
            key=self.key,
            kind=self.content.kind,
            state=self.state,
            state_since=self.standing.since,
            valid_until=self.content.valid_until,
            evidence_days=self.drawn.evidence_days,
            until=self.standing.until,
            is_by_hand=self.content.is_by_hand,
        )


@dataclass(frozen=True, slots=True)
class StateParts:
    """What a recommendation counts for in the totals.

    Attributes:
        organization: whose; None: the deployment's own.
        state: where it is.
        kind: what is recommended.
        likely: USD a month that it saves alone.
        parts: of which dollars.
        verified: USD a month that it was found to save; None: nobody has.
    """

    organization: str | None
    state: State
    kind: str
    likely: Decimal
    parts: tuple[Part, ...]
    verified: Decimal | None


def checked_reason(reason: str) -> str:
    """A reason in the form in which it is kept.

    Raises:
        BadInput: it is too long, or no text.
    """
    text = reason.strip()
    if len(text) > LONGEST_REASON or "\0" in text:
        raise BadInput("The reason cannot be kept.", f"Give at most {LONGEST_REASON:,} characters.")
    return text


def estimate(amount: Decimal) -> Decimal:
    """An estimate, USD, to as many digits as are kept."""
    return plain(amount.quantize(ESTIMATE, ROUND_HALF_EVEN))


def share(value: Decimal) -> Decimal:
    """A share to as many digits as are kept."""
    return plain(value.quantize(SHARE, ROUND_HALF_EVEN))


def _settled(proposal: Proposal) -> Proposal:
    savings = proposal.savings
    change = proposal.quality_change
    return replace(
        proposal,
        current_cost=estimate(proposal.current_cost),
        savings=Savings(estimate(savings.low), estimate(savings.likely), estimate(savings.high)),
        confidence=share(proposal.confidence),
        quality_change=None if change is None else share(change),
        parts=tuple(
            Part(part.cell, estimate(part.cost), estimate(part.saved)) for part in proposal.parts
        ),
    )

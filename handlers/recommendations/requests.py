"""What is asked of the recommendations and the opportunities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind

DEFAULT_DAYS = 30
"""Of the evidence: a month has each weekday four times."""


@dataclass(frozen=True, slots=True)
class GenerateRequest:
    """Recommendations to be drawn anew.

    Attributes:
        days: complete UTC days of the evidence, 7 to 90.
        organization: only this one's; None: as far as the caller reaches.
    """

    days: int = DEFAULT_DAYS
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The recommendations that the caller sees, a page of them.

    Attributes:
        states: only those in one of them; empty: all that are not archived.
        kinds: only those; empty: all.
        min_savings: USD a month that they save at least.
        organization: only those of this one; of an admin alone.
        after: the id of the last one of the page before; None: the first page.
        limit: how many at most.
    """

    states: frozenset[State] = frozenset({State.PENDING})
    kinds: frozenset[Kind] = frozenset()
    min_savings: Decimal = Decimal(0)
    organization: str | None = None
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """One recommendation with everything about it.

    Attributes:
        which: its id, or the first digits of it.
    """

    which: str


@dataclass(frozen=True, slots=True)
class DecideRequest:
    """A decision on a recommendation.

    Attributes:
        which: its id, or the first digits of it.
        move: what is decided.
        reason: why; a rejection needs one.
        until: the day, in the caller's zone, on which a snoozed or rejected one may come back;
            None: the usual time.
        savings: USD a month, as a form takes it: what it was found to save, of `verify` alone.
        seen: the state in which it was shown to whoever decides; None: they name it as it is now.
    """

    which: str
    move: Move
    reason: str = ""
    until: date | None = None
    savings: str | None = None
    seen: State | None = None


@dataclass(frozen=True, slots=True)
class AssignRequest:
    """Who sees to a recommendation.

    Attributes:
        which: its id, or the first digits of it.
        user: an id of Slack; None: nobody.
    """

    which: str
    user: str | None


@dataclass(frozen=True, slots=True)
class OpportunityListRequest:
    """The opportunities that the caller sees, a page of them.

    Attributes:
        states: only those in one of them; empty: all.
        organization: only those of this one; of an admin alone.
        after: the id of the last one of the page before; None: the first page.
        limit: how many at most.
    """

    states: frozenset[OpportunityState] = frozenset()
    organization: str | None = None
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ResolveRequest:
    """A decision on an opportunity.

    Attributes:
        which: its id, or the first digits of it.
        state: to which it moves; None: it stays.
        resolution: what was found, or why it is dismissed; None: it stays as it is.
        savings: USD a month that were found to be saved, as a form takes it; None: it stays.
        assign: whether `user` is meant.
        user: who looks into it: an id of Slack; None: nobody.
        seen: the state in which it was shown to whoever decides; None: as it is now.
        version: that was shown to them; None: as it is now.
    """

    which: str
    state: OpportunityState | None = None
    resolution: str | None = None
    savings: str | None = None
    assign: bool = False
    user: str | None = None
    seen: OpportunityState | None = None
    version: int | None = None

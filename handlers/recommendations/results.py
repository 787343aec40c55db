"""What is answered about recommendations and opportunities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.together import Together
from handlers.recommendations.permissions import Act
from storage.records.audit import StoredAuditEntry
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import Recommendation
from storage.records.recommendation_run import RecommendationRun
from storage.records.savings_measurement import SavingsMeasurement


@dataclass(frozen=True, slots=True)
class Failure:
    """A kind that could not be drawn.

    Attributes:
        kind: which.
        reason: why, a sentence.
        organizations: for how many; None: for all.
    """

    kind: str
    reason: str
    organizations: int | None = None


@dataclass(frozen=True, slots=True)
class Generated:
    """What came of drawing recommendations anew.

    Attributes:
        first_day, last_day: of the evidence, UTC; None: there is no complete day.
        organizations: that were looked at, the deployment's own among them.
        found: recommendations that the evidence supports.
        created, updated, came_back, expired, archived: what became of them and of those there.
        opportunities: that the evidence supports.
        failed: the kinds that could not be drawn; those of them that are there stay as they are.
    """

    first_day: date | None
    last_day: date | None
    organizations: int = 0
    found: int = 0
    created: int = 0
    updated: int = 0
    came_back: int = 0
    expired: int = 0
    archived: int = 0
    opportunities: int = 0
    failed: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class StateTotal:
    """The recommendations of one state.

    Attributes:
        state: which.
        count: how many they are.
        savings: USD a month, alone and together.
        verified: USD a month that were found to be saved, where somebody has verified.
    """

    state: State
    count: int
    savings: Together
    verified: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """What recommendations save, no dollar counted twice.

    Attributes:
        states: by state, in its order; those that have none are left out.
        open: what is pending.
    """

    states: tuple[StateTotal, ...]
    open: Together

    def of(self, state: State) -> StateTotal:
        """The total of one state."""
        nothing = StateTotal(state, 0, Together(Decimal(0), Decimal(0)), Decimal(0))
        return next((total for total in self.states if total.state is state), nothing)


@dataclass(frozen=True, slots=True)
class RecommendationList:
    """A page of recommendations.

    Attributes:
        rows: by priority, then by dollars.
        total: how many there are of what was asked for.
        after: where the next page begins; None: this is the last one.
        totals: of all that the caller reaches, by state, whatever was asked for.
        may: what the caller's role may do.
        last_run: when they were drawn last; None: never.
    """

    rows: tuple[Recommendation, ...]
    total: int
    after: UUID | None
    totals: Totals
    may: frozenset[Act]
    last_run: RecommendationRun | None


@dataclass(frozen=True, slots=True)
class ShownRecommendation:
    """Everything about one recommendation.

    Attributes:
        recommendation: it.
        names: how those are called who had to do with it, by `Actor.key`.
        entries: what was decided of it, newest first.
        measurements: what it has saved so far, by day.
        moves: what the caller may decide now.
        undo_until: the last instant at which the last decision can be taken back, UTC; None: there
            is none that can.
        may: what the caller's role may do.
    """

    recommendation: Recommendation
    names: Mapping[str, str]
    entries: tuple[StoredAuditEntry, ...]
    measurements: tuple[SavingsMeasurement, ...]
    moves: tuple[Move, ...]
    undo_until: datetime | None
    may: frozenset[Act]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that was made.

    Attributes:
        before: what it was.
        after: what it is.
        by: the name of who decided.
        undo_until: the last instant at which it can be taken back, UTC; None: it cannot.
        moves: what the caller may decide next.
    """

    before: Recommendation
    after: Recommendation
    by: str
    undo_until: datetime | None
    moves: tuple[Move, ...]


@dataclass(frozen=True, slots=True)
class OpportunityList:
    """A page of opportunities.

    Attributes:
        rows: those that save most first.
        after: where the next page begins; None: this is the last one.
        counts: how many the caller reaches, by state.
        may: what the caller's role may do.
    """

    rows: tuple[StoredOpportunity, ...]
    after: UUID | None
    counts: Mapping[OpportunityState, int]
    may: frozenset[Act]


@dataclass(frozen=True, slots=True)
class ShownOpportunity:
    """Everything about one opportunity.

    Attributes:
        opportunity: it.
        names: how those are called who had to do with it, by `Actor.key`.
        entries: what was decided of it, newest first.
        may: what the caller's role may do.
    """

    opportunity: StoredOpportunity
    names: Mapping[str, str]
    entries: tuple[StoredAuditEntry, ...]
    may: frozenset[Act]


@dataclass(frozen=True, slots=True)
class OpportunitySummary:
    """The opportunities of a caller's reach, added up.

    Attributes:
        counts: how many, by state.
        potential: USD a month that the live ones could save at least: of each organization's the
            largest one alone, since several may be about the same dollars.
        verified: USD a month that were found to be saved.
    """

    counts: Mapping[OpportunityState, int]
    potential: Decimal
    verified: Decimal


@dataclass(frozen=True, slots=True)
class SavedSoFar:
    """What claimed recommendations have saved up to now, no dollar counted twice.

    Attributes:
        seen: USD, of those whose savings can be told from noise, or were verified by hand.
        promised: USD that were promised of the same ones in the same time.
        counted: how many these are.
        not_seen_yet: how many are claimed whose savings cannot be told yet.
        low, high: USD, the ends of the range of `seen`, 90 %.
        not_measurable: how many are claimed whose savings cannot be measured.
        promised_unseen: USD that were promised by now of those that are not seen yet.
    """

    seen: Decimal
    promised: Decimal
    counted: int
    not_seen_yet: int
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    not_measurable: int = 0
    promised_unseen: Decimal = Decimal(0)

    @property
    def claimed(self) -> int:
        """How many recommendations these are."""
        return self.counted + self.not_seen_yet + self.not_measurable


@dataclass(frozen=True, slots=True)
class WeeklySummary:
    """How recommendations stand, for whoever is responsible.

    Attributes:
        organization: whose; None: all of them, and the deployment's own.
        totals: by state.
        saved: up to now.
        top: the most important ones that are pending.
        last_run: when they were drawn last; None: never.
    """

    organization: str | None
    totals: Totals
    saved: SavedSoFar
    top: tuple[Recommendation, ...] = field(default=())
    last_run: RecommendationRun | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not self.totals.states

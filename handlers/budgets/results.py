"""What is answered about budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from analysis.budgets.burn import KnownDays
from analysis.budgets.course import CourseDay
from analysis.budgets.forecast import FanDay
from analysis.budgets.levels import Level
from analysis.budgets.overlaps import Overlap
from analysis.budgets.rollover import LimitInForce
from analysis.budgets.status import Status
from analysis.budgets.terms import Terms
from handlers.budgets.permissions import Act
from handlers.budgets.spend import Spend
from handlers.cost_results import CostResult
from handlers.forecasts.results import Record
from storage.records.audit import StoredAuditEntry
from storage.records.budget import Budget, BudgetDraft
from storage.records.raise_ import BudgetRaise


@dataclass(frozen=True, slots=True)
class PeriodOutcome:
    """A budget in one of its periods, and when it came how far.

    Attributes:
        status: at the end of the period, or as far as it has come.
        limit: in force then, and what it was made of.
        reached: by level, the day since which spend was at its mark; without those not reached.
    """

    status: Status
    limit: LimitInForce
    reached: Mapping[Level, date]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a budget stands.

    Attributes:
        budget: as it was decided; on a day behind us, with the terms that it had then.
        terms: the same, for arithmetic.
        outcome: in the period of the day that was asked for.
        past: earlier periods, the latest first; empty where they were not asked for.
        spend: by day, from before the period on.
        known: the days that are known; None: no data at all, or a scope that nothing can be said
            of: it names a dimension that this deployment does not have.
        since: names of the terms that are others today than on the day that was asked for.
    """

    budget: Budget
    terms: Terms
    outcome: PeriodOutcome
    past: tuple[PeriodOutcome, ...]
    spend: Spend
    known: KnownDays | None
    since: tuple[str, ...] = ()

    @property
    def status(self) -> Status:
        """Where it stands."""
        return self.outcome.status


@dataclass(frozen=True, slots=True)
class OverlappingBudget:
    """Another budget that the same spend may count in.

    Attributes:
        name: of the other one.
        organization: whose it is; None: the deployment's own.
        key: its id.
        overlap: how the spend of the budget that was asked for lies to that of this one.
    """

    name: str
    organization: str | None
    key: UUID
    overlap: Overlap


@dataclass(frozen=True, slots=True)
class BudgetPreview:
    """What a budget would have looked like.

    Attributes:
        draft: what would be kept.
        terms: the same, for arithmetic.
        periods: the present period, then the up to three before it, as if it had been in force;
            those without any data are left out.
        overlaps: with other budgets that the caller sees.
        unseen: values of the scope that no cost has had lately, as `dimension value`.
    """

    draft: BudgetDraft
    terms: Terms
    periods: tuple[PeriodOutcome, ...]
    overlaps: tuple[OverlappingBudget, ...]
    unseen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Created:
    """A budget that there is now.

    Attributes:
        budget: it.
        is_new: False: an equal request created it before.
        overlaps: with other budgets that the caller sees.
    """

    budget: Budget
    is_new: bool
    overlaps: tuple[OverlappingBudget, ...]


@dataclass(frozen=True, slots=True)
class BudgetList:
    """A page of budgets.

    Attributes:
        standings: by name.
        total: how many the caller reaches, whatever was asked for.
        after: where the next page begins; None: this is the last one.
        may: what the caller's role may do.
    """

    standings: tuple[Standing, ...]
    total: int
    after: UUID | None
    may: frozenset[Act]


@dataclass(frozen=True, slots=True)
class NamedRaise:
    """A raise, and the names of who had to do with it.

    Attributes:
        raise_: it.
        asked_by: the name of who asked for it.
        decided_by: the name of who decided; None: nobody has, or it expired by itself.
        decision_reason: what they gave as reason; empty: nothing.
    """

    raise_: BudgetRaise
    asked_by: str
    decided_by: str | None
    decision_reason: str


@dataclass(frozen=True, slots=True)
class ShownBudget:
    """Everything about one budget.

    Attributes:
        standing: where it stands, with the last periods.
        created_by: the name of who created it.
        drivers: what its spend in the period was made of, against the time before; None: nothing
            is known.
        overlaps: with other budgets that the caller sees.
        raises: asked for and decided, newest first.
        may: what the caller's role may do.
        record: how the forecasts came true that were made halfway through earlier periods; None:
            none was kept.
    """

    standing: Standing
    created_by: str
    drivers: CostResult | None
    overlaps: tuple[OverlappingBudget, ...]
    raises: tuple[NamedRaise, ...]
    may: frozenset[Act]
    record: Record | None = None


@dataclass(frozen=True, slots=True)
class BudgetHistory:
    """What was decided of a budget, and how it has spent.

    Attributes:
        standing: where it stands, with the last periods.
        entries: decisions, newest first, with before and after.
        before: where the next page of them begins; None: this is the last one.
        course: the days of the present period.
        fan: what it will have cost at the end of each day to come; empty where that is not told.
    """

    standing: Standing
    entries: tuple[StoredAuditEntry, ...]
    before: int | None
    course: tuple[CourseDay, ...]
    fan: tuple[FanDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Edited:
    """A budget that was changed.

    Attributes:
        before: what it was.
        after: what it is.
        changed: the names of the fields that differ; empty: nothing was changed.
    """

    before: Budget
    after: Budget
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deleted:
    """A budget that was deleted.

    Attributes:
        budget: it.
        undo_until: the last instant at which that can be taken back, UTC.
    """

    budget: Budget
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class RaiseAnswer:
    """A raise that was asked for or decided on.

    Attributes:
        budget: whose limit.
        raise_: it, with names.
        standing: of the budget, with the raise where it is in force.
        told: ids of the channels and people in Slack that were asked for a decision.
    """

    budget: Budget
    raise_: NamedRaise
    standing: Standing
    told: tuple[str, ...] = ()

"""What is asked of the budgets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from handlers.budgets.form import BudgetForm


@dataclass(frozen=True, slots=True)
class Which:
    """A budget that somebody means.

    Attributes:
        name: its name, however it is capitalized, or its id.
        organization: whose it is, where several of that name are within the caller's reach.
    """

    name: str
    organization: str | None = None


@dataclass(frozen=True, slots=True)
class CreateRequest:
    """A budget to be created, or to be previewed.

    Attributes:
        form: what is filled in.
        key: its id; a request with the same one that arrives twice creates one budget.
    """

    form: BudgetForm
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListRequest:
    """The budgets that the caller sees, a page of them.

    Attributes:
        containing: only those whose name has this in it.
        organization: only those of this one; of an admin alone.
        after: the id of the last one of the page before; None: the first page.
        limit: how many at most.
    """

    containing: str = ""
    organization: str | None = None
    after: UUID | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class ShowRequest:
    """One budget with everything about it; also for its status alone.

    Attributes:
        which: the budget.
        as_of: the local day of its zone that is looked at; None: today.
    """

    which: Which
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """What was decided of a budget, and how it has spent.

    Attributes:
        which: the budget.
        before: the number of the last entry of the page before; None: the first page.
        limit: how many entries at most.
    """

    which: Which
    before: int | None = None
    limit: int = 20


@dataclass(frozen=True, slots=True)
class EditRequest:
    """A budget to be changed.

    Attributes:
        which: the budget.
        form: what is changed.
        version: of the budget that the change is based on; None: whatever it is now.
    """

    which: Which
    form: BudgetForm
    version: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteRequest:
    """A budget to be deleted, or of which that is previewed.

    Attributes:
        which: the budget.
        version: of the budget that was looked at; None: whatever it is now.
    """

    which: Which
    version: int | None = None


@dataclass(frozen=True, slots=True)
class UndoRequest:
    """A deletion to be taken back, within a day.

    Attributes:
        key: of the budget.
    """

    key: UUID


@dataclass(frozen=True, slots=True)
class PauseRequest:
    """A budget to be paused.

    Attributes:
        which: the budget.
        until: the local day on which it alerts and denies again; None: when it is resumed.
    """

    which: Which
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ResumeRequest:
    """A budget that alerts and denies again.

    Attributes:
        which: the budget.
    """

    which: Which


@dataclass(frozen=True, slots=True)
class RaiseRequest:
    """More to spend for some days.

    Attributes:
        which: the budget.
        amount: USD, as a form takes it.
        reason: why.
        last_day: the last local day; None: the last one of the present period.
        first_day: the first one; None: today.
    """

    which: Which
    amount: str
    reason: str
    last_day: date | None = None
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class DecideRaiseRequest:
    """A raise to be decided on.

    Attributes:
        key: of the raise.
        decision: what; who asked for it withdraws, somebody else approves or rejects.
        reason: why; a rejection needs one.
    """

    key: UUID
    decision: Literal["approved", "rejected", "withdrawn"]
    reason: str = ""

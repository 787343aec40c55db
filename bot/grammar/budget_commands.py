"""What a typed `/budget …` can ask for; each kind of command is a class of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.grammar.command import Command
from handlers.budgets.requests import (
    CreateRequest,
    DecideRaiseRequest,
    DeleteRequest,
    EditRequest,
    HistoryRequest,
    ListRequest,
    PauseRequest,
    RaiseRequest,
    ResumeRequest,
    ShowRequest,
    UndoRequest,
    Which,
)


@dataclass(frozen=True, slots=True)
class BudgetHelpCommand(Command):
    """`help`: what may be typed."""


@dataclass(frozen=True, slots=True)
class BudgetCreateCommand(Command):
    """`create …`; None: with nothing behind it, which asks for the form."""

    request: CreateRequest | None = None


@dataclass(frozen=True, slots=True)
class BudgetListCommand(Command):
    """`list …`, `status` alone, or nothing."""

    request: ListRequest = field(default_factory=ListRequest)


@dataclass(frozen=True, slots=True)
class BudgetShowCommand(Command):
    """`show NAME [on DAY]`."""

    request: ShowRequest


@dataclass(frozen=True, slots=True)
class BudgetStatusCommand(Command):
    """`status NAME [on DAY]`."""

    request: ShowRequest


@dataclass(frozen=True, slots=True)
class BudgetHistoryCommand(Command):
    """`history NAME`."""

    request: HistoryRequest


@dataclass(frozen=True, slots=True)
class BudgetEditCommand(Command):
    """`edit NAME …`; with no field filled it asks for the form."""

    request: EditRequest


@dataclass(frozen=True, slots=True)
class BudgetPauseCommand(Command):
    """`pause NAME [until DAY]`."""

    request: PauseRequest


@dataclass(frozen=True, slots=True)
class BudgetResumeCommand(Command):
    """`resume NAME`."""

    request: ResumeRequest


@dataclass(frozen=True, slots=True)
class BudgetDeleteCommand(Command):
    """`delete NAME`: what it would delete is shown first."""

    request: DeleteRequest


@dataclass(frozen=True, slots=True)
class BudgetUndoCommand(Command):
    """`undo ID`."""

    request: UndoRequest


@dataclass(frozen=True, slots=True)
class BudgetRaiseCommand(Command):
    """`raise NAME …`; without a request it asks for the form."""

    which: Which
    request: RaiseRequest | None = None


@dataclass(frozen=True, slots=True)
class BudgetDecideCommand(Command):
    """`approve`, `reject` or `withdraw`, of a raise."""

    request: DecideRaiseRequest

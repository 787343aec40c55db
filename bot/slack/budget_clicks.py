"""What a click under a message about budgets does, with the identity of who clicks.

A button carries an id. Whether there is such a thing within the reach of who clicks, in which state
it is, and whether they may, is decided when it is clicked, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from analysis.errors import BadInput
from bot.blocks import budget_buttons as buttons
from bot.blocks.answer import Answer
from bot.blocks.budget import shown_answer
from bot.blocks.budget_changes import (
    deleted_answer,
    paused_answer,
    restored_answer,
    resumed_answer,
)
from bot.blocks.budget_history import history_answer
from bot.blocks.budget_list import list_answer
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.permissions import Act, may
from handlers.budgets.requests import (
    DeleteRequest,
    HistoryRequest,
    ListRequest,
    PauseRequest,
    ResumeRequest,
    ShowRequest,
    UndoRequest,
    Which,
)
from handlers.caller import Caller

Click = Callable[[str, Caller], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class BudgetClicks:
    """Answers the buttons that need no form."""

    budgets: BudgetHandlers

    @property
    def by_action(self) -> Mapping[str, Click]:
        """What each button does; by its `action_id`, without a number at its end."""
        return {
            buttons.LIST: self.list_after,
            buttons.SHOW: self.show,
            buttons.HISTORY: self.history,
            buttons.PAUSE: self.pause,
            buttons.RESUME: self.resume,
            buttons.DELETE: self.delete,
            buttons.UNDO: self.undo,
        }

    async def list_after(self, value: str, caller: Caller) -> Answer:
        """The next page of a list, or its first one."""
        request = ListRequest(after=None if value == buttons.FIRST else id_in(value))
        return list_answer(await self.budgets.read.list(request, caller), caller)

    async def show(self, value: str, caller: Caller) -> Answer:
        """Everything about a budget."""
        request = ShowRequest(which_in(value))
        return shown_answer(await self.budgets.read.show(request, caller), caller)

    async def history(self, value: str, caller: Caller) -> Answer:
        """What was decided of a budget; behind a colon, before which entry."""
        key, _, before = value.partition(":")
        if before and (not before.isdecimal() or len(before) > 18):
            raise stale()
        request = HistoryRequest(which_in(key), int(before) if before else None)
        return history_answer(await self.budgets.read.history(request, caller), caller)

    async def pause(self, value: str, caller: Caller) -> Answer:
        """Neither alerts nor denies until it is resumed."""
        edited = await self.budgets.change.pause(PauseRequest(which_in(value)), caller)
        return paused_answer(edited.after, acts_of(caller))

    async def resume(self, value: str, caller: Caller) -> Answer:
        """Alerts and denies again."""
        edited = await self.budgets.change.resume(ResumeRequest(which_in(value)), caller)
        return resumed_answer(edited.after, acts_of(caller))

    async def delete(self, value: str, caller: Caller) -> Answer:
        """Deletes; Slack has asked before."""
        deleted = await self.budgets.change.delete(DeleteRequest(which_in(value)), caller)
        return deleted_answer(deleted, caller.zone)

    async def undo(self, value: str, caller: Caller) -> Answer:
        """Takes a deletion back."""
        budget = await self.budgets.change.undo(UndoRequest(id_in(value)), caller)
        return restored_answer(budget, acts_of(caller))


def acts_of(caller: Caller) -> frozenset[Act]:
    """What the caller's role may do: what buttons are offered by."""
    return frozenset(act for act in Act if may(act, caller))


def which_in(value: str) -> Which:
    """The budget whose id a button carries.

    Raises:
        BadInput: it carries none.
    """
    return Which(str(id_in(value)))


def id_in(value: str) -> UUID:
    """The id that a button carries.

    Raises:
        BadInput: it carries none.
    """
    try:
        return UUID(value)
    except ValueError:
        raise stale() from None


def stale() -> BadInput:
    """What is said of a button that costbot does not make like this."""
    return BadInput("That button belongs to an older message.", "Ask again: `/budget list`.")

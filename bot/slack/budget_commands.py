"""What is typed after `/budget`, answered."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from bot.blocks.answer import Answer
from bot.blocks.budget import shown_answer, status_answer
from bot.blocks.budget_changes import (
    asks_to_delete,
    created_answer,
    edited_answer,
    paused_answer,
    restored_answer,
    resumed_answer,
)
from bot.blocks.budget_help import budget_help_answer
from bot.blocks.budget_history import history_answer
from bot.blocks.budget_list import list_answer
from bot.grammar.budget import (
    BudgetCreateCommand,
    BudgetDecideCommand,
    BudgetDeleteCommand,
    BudgetEditCommand,
    BudgetHelpCommand,
    BudgetHistoryCommand,
    BudgetListCommand,
    BudgetPauseCommand,
    BudgetRaiseCommand,
    BudgetResumeCommand,
    BudgetShowCommand,
    BudgetStatusCommand,
    BudgetUndoCommand,
    parse_budget,
)
from bot.grammar.command import Command
from bot.slack.budget_clicks import acts_of
from bot.slack.raise_forms import RaiseForms
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.permissions import Act, allow
from handlers.caller import Caller
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class BudgetCommands:
    """Answers what is typed.

    Attributes:
        budgets: what can be done with them.
        raises: asks for raises and decides on them.
        dimensions: of the deployment.
    """

    budgets: BudgetHandlers
    raises: RaiseForms
    dimensions: Dimensions

    def understand(self, text: str, caller: Caller) -> Command:
        """What `text` asks for.

        Raises:
            NotUnderstood: it asks for nothing that costbot knows.
        """
        return parse_budget(text, self.dimensions, caller.role)

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """The answer to `text`, within what `caller` may see and do.

        Args:
            text: as it was typed.
            caller: who typed it.
            channel: where.

        Raises:
            Refused: it is not understood, not there, not allowed or cannot be.
            Unavailable: the facts or the store cannot be read.
        """
        command = self.understand(text, caller)
        match command:
            case BudgetHelpCommand():
                return budget_help_answer(self.dimensions, caller.role)
            case BudgetListCommand() | BudgetShowCommand() | BudgetStatusCommand():
                return await self._looked_at(command, caller)
            case BudgetHistoryCommand(request=request):
                return history_answer(await self.budgets.read.history(request, caller), caller)
            case BudgetRaiseCommand(request=request) if request is not None:
                return await self.raises.ask(request, caller, channel)
            case BudgetDecideCommand(request=request):
                return await self.raises.decide(request, caller)
            case _:
                return await self._changed(command, caller)

    async def _looked_at(
        self, command: BudgetListCommand | BudgetShowCommand | BudgetStatusCommand, caller: Caller
    ) -> Answer:
        read = self.budgets.read
        match command:
            case BudgetListCommand(request=request):
                is_narrowed = bool(request.containing or request.organization)
                found = await read.list(request, caller)
                return list_answer(found, caller, is_narrowed=is_narrowed)
            case BudgetShowCommand(request=request):
                return shown_answer(await read.show(request, caller), caller)
            case BudgetStatusCommand(request=request):
                return status_answer(await read.status(request, caller), acts_of(caller))

    async def _changed(self, command: Command, caller: Caller) -> Answer:
        create, change, may = self.budgets.create, self.budgets.change, acts_of(caller)
        match command:
            case BudgetCreateCommand(request=request) if request is not None:
                return created_answer(await create.create(request, caller), may)
            case BudgetEditCommand(request=request):
                return edited_answer(await change.edit(request, caller), may)
            case BudgetPauseCommand(request=request):
                return paused_answer((await change.pause(request, caller)).after, may)
            case BudgetResumeCommand(request=request):
                return resumed_answer((await change.resume(request, caller)).after, may)
            case BudgetDeleteCommand(request=request):
                return asks_to_delete(await change.preview_deletion(request, caller))
            case BudgetUndoCommand(request=request):
                return restored_answer(await change.undo(request, caller), may)
            case BudgetCreateCommand():
                allow(Act.CREATE, caller)
                raise NotUnderstood("A form opens in Slack alone.", "`/budget help` has the words.")
            case _:
                message = f"nothing answers {type(command).__name__}"
                raise AssertionError(message)

"""The road of a question: text to request, request to result, result to message."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from analysis.clock import Clock
from analysis.errors import NotUnderstood
from bot.blocks.answer import Answer, context
from bot.blocks.text import escape
from bot.csv_file import CsvFile
from bot.grammar.command import Command
from bot.grammar.parse import parse
from bot.kept_answers import KeptAnswers
from bot.route import Route, Routes
from handlers.caller import Caller
from queries.dimensions import Dimensions
from queries.engines.base import Engine


@dataclass(frozen=True, slots=True)
class Road:
    """Takes what a caller typed all the way to the answer.

    Attributes:
        dimensions: of the deployment.
        routes: how each kind of command is answered.
        engine: whose state the kept answers never outlive.
        clock: the present.
        kept: answers that are given again.
    """

    dimensions: Dimensions
    routes: Routes
    engine: Engine
    clock: Clock
    kept: KeptAnswers = field(default_factory=KeptAnswers)

    def understand(self, text: str, caller: Caller) -> Command:
        """What `text` asks for.

        Raises:
            NotUnderstood: it asks for nothing that costbot knows.
        """
        return parse(text, self.dimensions, caller.role)

    async def answer(self, command: Command, caller: Caller) -> Answer:
        """The answer to `command`, within what `caller` may see."""
        command = replace(command, csv=False)
        route = self.routes.of(command)
        if route.kept_as is None:
            return await route.answer(command, caller)
        # Of the caller, the answer depends on nothing but these three.
        key = (route.kept_as(command), caller.organization, caller.role, caller.zone.key)
        return await self.kept.get(
            key, self.engine.snapshot(), self.clock(), lambda: _answered(route, command, caller)
        )

    async def csv(self, command: Command, caller: Caller) -> CsvFile:
        """All rows of the answer to `command`, as a file.

        Raises:
            NotUnderstood: there is no such file.
        """
        csv = self.routes.of(command).csv
        if csv is None:
            hint = "Ask without `csv`; a button that leads here belongs to an older answer."
            raise NotUnderstood("There is no file of that answer.", hint)
        return await csv(command, caller)

    async def shared(self, command: Command, caller: Caller) -> Answer:
        """The answer to `command` for everybody in the channel, its sharer named, not pinged."""
        answer = (await self.answer(command, caller)).without_buttons()
        signed = context([f"Shared by {escape(caller.name)}, as they see it"], "shared-by")
        return replace(answer, blocks=(*answer.blocks, signed), in_channel=True)


async def _answered(route: Route[Command], command: Command, caller: Caller) -> Answer:
    return await route.answer(command, caller)

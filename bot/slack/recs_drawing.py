"""`/recs generate` in Slack: begun at once, told of now and then, answered in the same place."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.blocks.answer import Answer
from bot.blocks.recs_generated import generated_answer, progress_answer
from bot.grammar.recs_commands import RecsGenerateCommand
from bot.slack.boundary import answered
from bot.slack.reply import send
from bot.supervisor import Supervisor
from handlers.caller import Caller
from handlers.recommendations.generating import GenerateHandler
from handlers.recommendations.permissions import Act, may
from handlers.recommendations.requests import GenerateRequest

TOLD_AFTER = (5.0, 15.0, 60.0)
"""Seconds after which it is told how far it has got: a response URL can be used five times."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws recommendations for whoever asked.

    Attributes:
        generate: draws them.
        supervisor: keeps the work, which outlives its request.
        told_after: seconds between two words of how far it has got.
    """

    generate: GenerateHandler
    supervisor: Supervisor
    told_after: tuple[float, ...] = TOLD_AFTER

    def begin(self, command: RecsGenerateCommand, caller: Caller, response_url: str) -> None:
        """Begins; what comes of it takes the place of what stands at the response URL."""
        self.supervisor.spawn(self._drawn(command, caller, response_url), "/recs generate")

    async def _drawn(self, command: RecsGenerateCommand, caller: Caller, url: str) -> None:
        what, share = "beginning", 0.0

        def tell(step: str, done: float) -> None:
            nonlocal what, share
            what, share = step, done

        async def work() -> Answer:
            request = GenerateRequest(command.days, command.organization)
            return generated_answer(await self.generate.generate(request, caller, tell))

        task = self.supervisor.spawn(answered(work(), "/recs generate"), "drawing")
        for seconds in self.told_after:
            await asyncio.wait({task}, timeout=seconds)
            if task.done():
                break
            await send(url, progress_answer(command, what, share), replaces=True)
        await send(url, await task, replaces=True)


def is_begun(command: RecsGenerateCommand, caller: Caller) -> bool:
    """Whether drawing begins at once: who reaches all organizations is asked before."""
    is_own = caller.organization is not None or command.organization is not None
    return may(Act.GENERATE, caller) and (is_own or command.is_meant)

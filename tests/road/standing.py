"""A costbot that stays on the stage while plain tests say one line after another to it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.assembly import Parts, assembled
from bot.settings import Settings
from bot.stage import CHANNEL, Stage, staged
from playground.outcome import Outcome
from tests.facts import Fact, fill
from tests.slack.conftest import NOW, PATIENCE
from tests.stores import lay_store


class Complaints(logging.Handler):
    """What was logged as a warning or worse; not that a stranger was turned away."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.addFilter(lambda record: not record.getMessage().startswith("failed logins: "))
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a complaint, with its traceback."""
        self.said.append(self.format(record))

    def take(self) -> list[str]:
        """What was kept since the last time, newest last."""
        taken, self.said = self.said, []
        return taken


@dataclass(frozen=True)
class Standing:
    """A running costbot, for tests that are not coroutines."""

    parts: Parts
    stage: Stage
    complaints: Complaints
    _runner: asyncio.Runner

    def say(self, line: str, name: str) -> Outcome:
        """What comes of a typed line, once everything that it began is over."""
        return self._runner.run(self._said(line, name))

    def closed_forms(self, name: str) -> int:
        """Closes the forms that somebody has open, and says how many they were."""
        workspace = self.stage.slack.workspace
        user = self.stage.user_id(name)
        number = len(workspace.modals_of(user))
        workspace.set_modals(user, [])
        return number

    async def _said(self, line: str, name: str) -> Outcome:
        slack = self.stage.slack
        channel = slack.workspace.find_channel(CHANNEL)
        assert channel is not None
        outcome = await slack.delivery.command(self.stage.user_id(name), channel.id, line)
        await self.stage.supervisor.idle()
        return outcome


@contextmanager
def standing(home: Path, facts: Sequence[Fact]) -> Generator[Standing]:
    """Costbot over `facts`, on one event loop for as long as the block lasts."""
    complaints = Complaints()
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            lay_store(home)
            parts = runner.run(stack.enter_async_context(_assembled(home)))
            fill(parts.mart, facts, NOW)
            stage = runner.run(stack.enter_async_context(staged(parts)))
            stage.slack.sender.patience = PATIENCE
            logging.getLogger().addHandler(complaints)
            yield Standing(parts, stage, complaints, runner)
        finally:
            logging.getLogger().removeHandler(complaints)
            runner.run(stack.aclose())


def _assembled(home: Path):
    return assembled(Settings(home=home), lambda: NOW)

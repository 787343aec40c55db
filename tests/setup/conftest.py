"""A Slack without costbot in it, over real HTTP, and somebody who sets costbot up there."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from analysis.checks import Check, Level
from bot.settings import Settings
from bot.setup.asking import Wishes
from bot.setup.walk import Walk
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.model import SlackApp
from playground.server import running
from playground.slack import FakeSlack
from tests.stores import lay_store

CONFIG_TOKEN = "xoxe.xoxp-1-configuration"
"""Of whoever makes apps in the workspace."""


@dataclass
class Somebody:
    """Who runs a setup, with answers in their order; without any, nobody answers.

    Attributes:
        answers: to what is asked; True and False to what is to be agreed on.
        checks: how the steps ended.
        said: the lines beside them, and the questions.
    """

    answers: list[str | bool] = field(default_factory=list[str | bool])
    is_answered: bool = False
    checks: list[Check] = field(default_factory=list[Check])
    said: list[str] = field(default_factory=list[str])
    hidden: list[str] = field(default_factory=list[str])

    def tell(self, check: Check) -> None:
        self.checks.append(check)

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, question: str, *, default: str = "", hidden: bool = False) -> str:
        self.said.append(question)
        if hidden:
            self.hidden.append(question)
        answer = self.answers.pop(0)
        assert isinstance(answer, str), question
        return answer or default

    def confirm(self, question: str, *, default: bool) -> bool:
        self.said.append(question)
        answer = self.answers.pop(0)
        assert isinstance(answer, bool), question
        return answer

    @property
    def shown(self) -> str:
        """Everything that was ever seen."""
        return "\n".join([*map(str, self.checks), *self.said])

    def of(self, name: str) -> Check:
        """The last check of a name."""
        return [check for check in self.checks if check.name == name][-1]

    @property
    def faults(self) -> list[str]:
        return [check.name for check in self.checks if check.level is Level.FAULT]


@dataclass
class Beginner:
    """A machine with nothing set up, and the Slack that it is to speak to."""

    slack: FakeSlack
    app: SlackApp
    home: Path
    paused: list[float] = field(default_factory=list[float])

    @property
    def env_file(self) -> Path:
        return self.home / ".env"

    def settings(self) -> Settings:
        """As they stand in the file now."""
        return Settings(
            _env_file=self.env_file,  # pyright: ignore[reportCallIssue]
            home=self.home / "costbot",
            slack_api_url=self.slack.api_url,
        )

    async def set_up(
        self,
        wishes: Wishes | None = None,
        answers: Sequence[str | bool] | None = None,
        environment: frozenset[str] = frozenset(),
    ) -> tuple[bool, Somebody]:
        """Walks once; without answers nobody is there."""
        somebody = Somebody(list(answers or ()), is_answered=answers is not None)

        async def pause(seconds: float) -> None:
            self.paused.append(seconds)

        walk = Walk(wishes or Wishes(), somebody, self.env_file, environment, self.settings, pause)
        done = await walk.run()
        assert not somebody.answers, "not everything was asked"
        return done, somebody

    def wishes(self, **changed: object) -> Wishes:
        """All that a setup through a socket needs, but for what is changed."""
        all_ = Wishes(
            socket=True,
            bot_token=self.app.bot_token,
            app_token=self.app.app_token,
            channel="costs",
            admin="ada@playground.example",
        )
        return replace(all_, **changed)  # pyright: ignore[reportArgumentType]


@pytest.fixture
async def beginner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Beginner]:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"COSTBOT_{name.upper()}", raising=False)
    lay_store(tmp_path / "costbot")  # migrating one takes a while; a setup does it by itself
    app = replace(installed_app(), socket_mode=True)
    workspace = begin(SystemClock(), people(), app)
    workspace.config_tokens.add(CONFIG_TOKEN)
    async with running(workspace) as slack:
        slack.rate_limits.enabled = False
        yield Beginner(slack, app, tmp_path)

"""How a setup speaks with who runs it: lines, and questions where somebody answers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from analysis.checks import Check
from bot.setup.tokens import Secret

TRIES = 3
"""How often somebody is asked again for what does not fit."""


class Console(Protocol):
    """Where a setup is run."""

    @property
    def is_answered(self) -> bool:
        """Whether somebody is there who answers questions."""
        ...

    def tell(self, check: Check) -> None:
        """Shows how a step ended."""
        ...

    def say(self, text: str) -> None:
        """Shows a line, such as an address to open."""
        ...

    def ask(self, question: str, *, default: str = "", hidden: bool = False) -> str:
        """What somebody types; hidden: it is not shown while it is typed."""
        ...

    def confirm(self, question: str, *, default: bool) -> bool:
        """Whether somebody agrees."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What was said by options; None: it is asked for, or left as it is.

    Attributes:
        url: where Slack reaches costbot.
        socket: costbot opens a socket instead.
        bot_token, app_token, signing_secret, config_token: what Slack gave out.
        channel: in which it is tried.
        message: whether a test message is sent there.
        admin: the first admin, by member id or e-mail address.
        organization: what people see who are not listed.
        replace: what stands in `.env` otherwise is replaced without a question.
    """

    url: str | None = None
    socket: bool = False
    bot_token: str | None = None
    app_token: str | None = None
    signing_secret: str | None = None
    config_token: str | None = None
    channel: str | None = None
    message: bool | None = None
    admin: str | None = None
    organization: str | None = None
    replace: bool = False

    def of(self, secret: Secret) -> str | None:
        """What was given as a secret."""
        given = {
            "COSTBOT_SLACK_BOT_TOKEN": self.bot_token,
            "COSTBOT_SLACK_APP_TOKEN": self.app_token,
            "COSTBOT_SLACK_SIGNING_SECRET": self.signing_secret,
            "": self.config_token,
        }[secret.key]
        return None if given is None else given.strip()

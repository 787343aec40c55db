"""Which workspace a call of Slack's Web API is for, and the token with which it goes out.

Whatever a request of Slack's sets off runs in its workspace: the tasks that it begins inherit it.
What costbot does by itself names the workspace: `inside`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, cast

from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.outbox.slack_calls import CallFailed

REVOKED = frozenset({"account_inactive", "token_revoked"})
"""Slack's words for a token that was taken away: costbot was removed from the workspace."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A workspace that calls are made in.

    Attributes:
        workspace: its id; empty: that of the settings' own token.
        token: of the bot there.
        bot_user_id, bot_id: the bot's; empty: they are not known.
        lost: is told Slack's word where it does not take the token any more.
    """

    workspace: str
    token: SecretStr
    bot_user_id: str = ""
    bot_id: str = ""
    lost: Callable[[str], Awaitable[None]] | None = None


ENTERED: ContextVar[Entered | None] = ContextVar("workspace", default=None)


def here() -> str:
    """The workspace that calls are made in now; empty: the only one, or that of the settings."""
    entered = ENTERED.get()
    return "" if entered is None else entered.workspace


class NoWorkspace(CallFailed):
    """There is no token for a workspace; said is why, and what cures it."""


class Workspaces(Protocol):
    """Knows the token of each workspace."""

    async def entered(self, workspace: str) -> Entered:
        """The workspace of an id; empty: the only one, or that of the settings' own token.

        Raises:
            NoWorkspace: costbot is not installed there (any more).
            CallFailed: Slack does not tell what is needed to know.
            Unavailable: the store does not answer, or the token cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class OneWorkspace:
    """The workspace of the settings' token, whatever its id is.

    Attributes:
        token: of the bot.
    """

    token: SecretStr

    async def entered(self, workspace: str) -> Entered:
        """The only one."""
        del workspace
        return Entered("", self.token)


@asynccontextmanager
async def inside(workspaces: Workspaces, workspace: str) -> AsyncGenerator[Entered]:
    """Makes the block's calls in a workspace.

    Raises:
        NoWorkspace: costbot is not installed there (any more).
        CallFailed: Slack does not tell what is needed to know.
        Unavailable: the store does not answer, or the token cannot be read.
    """
    entered = await workspaces.entered(workspace)
    mark = ENTERED.set(entered)
    try:
        yield entered
    finally:
        ENTERED.reset(mark)


class WorkspaceClient(AsyncWebClient):
    """The Web API of the workspace that is entered; outside of all, with its own token, or none."""

    @property
    def token(self) -> str | None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Of the workspace that is entered."""
        entered = ENTERED.get()
        return self._own if entered is None else entered.token.get_secret_value()

    @token.setter
    def token(self, value: str | None) -> None:
        self._own = value

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        """Calls a method; a workspace whose token Slack does not take any more is given up."""
        entered = ENTERED.get()
        calling = cast("Callable[..., Awaitable[AsyncSlackResponse]]", super().api_call)  # pyright: ignore[reportUnknownMemberType]
        try:
            return await calling(api_method, **arguments)
        except SlackApiError as error:
            response = cast("object", error.response)
            answer = cast("object", getattr(response, "data", None))
            word = (
                cast("dict[str, object]", answer).get("error") if isinstance(answer, dict) else ""
            )
            if entered is not None and entered.lost is not None and word in REVOKED:
                await entered.lost(str(word))
            raise

"""OAuth: a workspace installs costbot by itself, and leaves its token here, encrypted.

The flow is Slack's: https://docs.slack.dev/authentication/installing-with-oauth. The state is bound
to the browser by a cookie, kept as a digest in the store so that any replica may see it come back,
counts once, and for ten minutes.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Protocol, cast

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator

from analysis.errors import Refused
from bot.slack.api import Json
from bot.slack.many_workspaces import OAuthApp, exchanged, oauth_client
from handlers.workspaces.managing import NewInstallation, WorkspaceHandler
from handlers.workspaces.sealing import Tokens
from storage.records.workspace import Workspace

log = logging.getLogger(__name__)

STATE_LASTS = timedelta(minutes=10)
"""Between the page that offers to install, and Slack's word that it was allowed."""

_AGAIN = "Begin again at /slack/install."


class NotInstalled(Refused):
    """An installation came to nothing."""


class _Api(Protocol):
    async def auth_test(self, *, token: str) -> Json: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """An installation that begins.

    Attributes:
        state: that the browser keeps, and Slack gives back.
        address: of Slack's page on which it is allowed.
    """

    state: str
    address: str


@dataclass(frozen=True, slots=True)
class Installing:
    """Installs costbot in workspaces.

    Attributes:
        handler: keeps them.
        app: that is installed.
        scopes: that it asks for.
        redirect_uri: where Slack sends the browser back to; None: as the app's settings say.
        own_team: tells the id of the workspace of the settings' own token, empty: there is none.
            It is not installed: its people would be strangers from then on. None: nobody asks.
    """

    handler: WorkspaceHandler
    app: OAuthApp
    scopes: Sequence[str]
    redirect_uri: str | None = None
    own_team: Callable[[], Awaitable[str]] | None = None

    async def begin(self) -> Begun:
        """A new state, and the page of Slack's that it goes to.

        Raises:
            Unavailable: the store does not answer.
        """
        state = token_urlsafe(32)
        workspaces, now = self.handler.store.workspaces, self.handler.clock()
        await workspaces.forget_states(now)  # anybody may open the page, again and again
        await workspaces.issue_state(_digest(state), now + STATE_LASTS)
        pages = self.app.api_url.removesuffix("api/")
        generator = AuthorizeUrlGenerator(
            client_id=self.app.client_id,
            scopes=sorted(self.scopes),
            redirect_uri=self.redirect_uri,
            authorization_url=f"{pages}oauth/v2/authorize",
        )
        return Begun(state, generator.generate(state))

    async def finish(self, query: Mapping[str, str], state_of_browser: str) -> Workspace:
        """Takes the code with which Slack has sent a browser back.

        Args:
            query: of the address that it was sent to.
            state_of_browser: as its cookie has it; empty: it has none.

        Raises:
            NotInstalled: it was not allowed, or is not what was begun here.
            Unavailable: the store does not answer.
        """
        state, code = query.get("state", ""), query.get("code", "")
        if not state or not compare_digest(state.encode(), state_of_browser.encode()):
            sentence = "This installation was not begun in this browser."
            raise NotInstalled(sentence, _AGAIN)
        workspaces, now = self.handler.store.workspaces, self.handler.clock()
        if not await workspaces.consume_state(_digest(state), now):
            raise NotInstalled("This installation took too long, or was finished before.", _AGAIN)
        if query.get("error") == "access_denied":
            raise NotInstalled("The installation was cancelled in Slack.", _AGAIN)
        if "error" in query or not code:
            raise NotInstalled("Slack did not allow the installation.", _AGAIN)
        own = "" if self.own_team is None else await self.own_team()
        try:
            new = await self._exchanged(code)
        except SlackApiError as error:
            answer = cast("object", error.response.data)
            word = cast("Json", answer).get("error") if isinstance(answer, dict) else "no reason"
            log.warning("an installation is not finished: Slack says %s", word)
            raise NotInstalled("Slack does not take the code any more.", _AGAIN) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("an installation is not finished: %s", type(error).__name__)
            raise NotInstalled("Slack did not answer.", _AGAIN) from error
        if new.id == own:
            sentence = "This workspace is the deployment's own: costbot is there already."
            raise NotInstalled(sentence, "Nothing has changed.")
        installed = await self.handler.install(new)
        log.info("costbot was installed in workspace %s", installed.id)
        return installed

    async def _exchanged(self, code: str) -> NewInstallation:
        client = oauth_client(self.app)
        api = cast("_Api", client)
        told = await exchanged(client, self.app, code=code, redirect_uri=self.redirect_uri)
        token = str(told.get("access_token") or "")
        if not token or told.get("token_type") != "bot":
            raise NotInstalled("Slack gave no token of a bot.", _AGAIN)
        itself = await api.auth_test(token=token)
        team, grid = _named(told.get("team")), _named(told.get("enterprise"))
        where = grid if told.get("is_enterprise_install") else team
        if not where.get("id"):
            raise NotInstalled("Slack did not say which workspace it is.", _AGAIN)
        refresh, lasts = told.get("refresh_token"), told.get("expires_in")
        return NewInstallation(
            id=where["id"],
            name=where.get("name") or str(itself.get("team") or ""),
            enterprise_id=grid.get("id"),
            tokens=Tokens(SecretStr(token), SecretStr(str(refresh)) if refresh else None),
            expires_at=self.handler.clock() + timedelta(seconds=int(str(lasts))) if lasts else None,
            bot_user_id=str(told.get("bot_user_id") or itself.get("user_id") or ""),
            bot_id=str(itself.get("bot_id") or ""),
            scopes=tuple(sorted(filter(None, str(told.get("scope") or "").split(",")))),
            installed_by=_named(told.get("authed_user")).get("id", ""),
        )


def _named(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    fields = cast("dict[str, object]", value)
    return {name: str(fields[name]) for name in ("id", "name") if fields.get(name)}


def _digest(state: str) -> str:
    """What the store keeps of a state: nobody who reads it can use it."""
    return sha256(state.encode()).hexdigest()

"""The workspaces that installed costbot: which token a request, or a message, goes out with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol, cast

import aiohttp
from pydantic import SecretStr
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from analysis.errors import Outdated, Unavailable
from bot.outbox.slack_calls import CallFailed, Calls, Json, NoAnswer, WebApi
from bot.owners import tell_of_removal
from bot.slack.workspaces import ENTERED, REVOKED, Entered, NoWorkspace
from handlers.workspaces.managing import WorkspaceHandler
from handlers.workspaces.sealing import Tokens
from storage.records.actor import Actor
from storage.records.workspace import Workspace

log = logging.getLogger(__name__)

RENEWED_BEFORE = timedelta(hours=2)
"""How long before its end a token is asked for anew; Slack's last 12 hours."""

WITHIN = timedelta(seconds=2)
"""For an answer: a person waits for it."""

TIMEOUT = 10
"""Seconds for each call of OAuth's."""

SLACK = "slack"
"""Who it was, in the audit trail, where Slack told it."""


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """What the Slack app is known by.

    Attributes:
        client_id: public.
        client_secret: with which codes and refresh tokens are exchanged.
        api_url: where the Web API is, a slash at its end.
    """

    client_id: str
    client_secret: SecretStr
    api_url: str


class _OAuthCalls(Protocol):
    async def api_call(self, api_method: str, *, data: Mapping[str, str]) -> Json: ...


def oauth_client(app: OAuthApp) -> AsyncWebClient:
    """The Web API for tokens and secrets: at debug level the library logs what is in bodies."""
    silent = logging.getLogger("bot.slack.oauth")
    silent.setLevel(logging.INFO)
    return AsyncWebClient(base_url=app.api_url, timeout=TIMEOUT, logger=silent, retry_handlers=[])


async def exchanged(client: AsyncWebClient, app: OAuthApp, **given: str | None) -> Json:
    """oauth.v2.access: what Slack gives for a code, or for a refresh token.

    The secret goes as a field of the form: the library's own way is deprecated by aiohttp.

    Raises:
        SlackApiError: Slack says no.
    """
    fields = {"client_id": app.client_id, "client_secret": app.client_secret.get_secret_value()}
    fields |= {name: value for name, value in given.items() if value is not None}
    return await cast("_OAuthCalls", client).api_call("oauth.v2.access", data=fields)


async def uninstalled_at_slack(app: OAuthApp, token: SecretStr) -> str:
    """Has Slack remove an app from the workspace of a token: its word for why not, or empty."""
    client = oauth_client(app)
    client.token = token.get_secret_value()
    fields = {"client_id": app.client_id, "client_secret": app.client_secret.get_secret_value()}
    try:
        await cast("_OAuthCalls", client).api_call("apps.uninstall", data=fields)
    except SlackApiError as error:
        response = cast("object", error.response)
        answer = cast("object", getattr(response, "data", None))
        word = cast("Json", answer).get("error") if isinstance(answer, dict) else None
        return "" if word in REVOKED else str(word or "no reason")
    except (aiohttp.ClientError, TimeoutError):
        return "no answer"
    return ""


@dataclass(slots=True)
class _Own:
    """The workspace of the settings' token, as Slack told it."""

    team_id: str
    entered: Entered


@dataclass(frozen=True, slots=True)
class ManyWorkspaces:
    """Knows the token of each workspace that installed costbot.

    Attributes:
        handler: keeps them.
        app: that was installed.
        own_token: of the settings, for a workspace of the deployment's own; None: there is none.
        admins: of the settings, who are told of a removal.
    """

    handler: WorkspaceHandler
    app: OAuthApp
    own_token: SecretStr | None = None
    admins: tuple[str, ...] = ()
    _own: list[_Own] = field(default_factory=list[_Own])
    _renewing: dict[str, asyncio.Lock] = field(default_factory=dict[str, asyncio.Lock])

    async def entered(self, workspace: str) -> Entered:
        """The workspace of an id; see `Workspaces.entered`."""
        if not workspace:
            return await self._the_only_one()
        found = await self.handler.store.workspaces.find(workspace)
        if found is None:
            if self.own_token is not None and await self.own_team() == workspace:
                return self._own[0].entered
            raise NoWorkspace(f"Costbot was never installed in workspace {workspace}. {_CURE}")
        return await self._of(found)

    async def requested(self, team_id: str | None, enterprise_id: str | None) -> Entered:
        """The workspace that a request of Slack's comes from.

        Args:
            team_id: the workspace's; None: the request names its grid alone.
            enterprise_id: its grid's; None: it belongs to none.

        Raises:
            NoWorkspace: costbot is not installed there.
            CallFailed: Slack does not tell what is needed to know.
            Unavailable: the store does not answer, or the token cannot be read.
        """
        workspaces = self.handler.store.workspaces
        key = team_id or enterprise_id or ""
        found = await workspaces.find(key)
        if found is None and team_id and enterprise_id:
            grid = await workspaces.find(enterprise_id)
            if grid is not None and grid.removed_at is None:
                await self.handler.see(team_id, grid)
                found = await workspaces.find(team_id)
        if found is not None:
            return await self._of(found)
        if not key:
            raise NoWorkspace(f"The request names no workspace. {_CURE}")
        return await self.entered(key)

    @property
    def authorize(self) -> Callable[..., Awaitable[AuthorizeResult | None]]:
        """What Bolt asks of each request, by the names of its arguments."""

        async def authorize(
            enterprise_id: str | None, team_id: str | None
        ) -> AuthorizeResult | None:
            """Enters the workspace of a request; None: nobody there is heard."""
            ENTERED.set(None)
            try:
                entered = await self.requested(team_id, enterprise_id)
            except NoWorkspace as error:
                log.warning("a request is not heard: %s", error)
                return None
            ENTERED.set(entered)
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_token=entered.token.get_secret_value(),
                bot_id=entered.bot_id or None,
                bot_user_id=entered.bot_user_id or None,
            )

        return authorize

    async def own_team(self) -> str:
        """The id of the workspace of the settings' own token; empty: there is none.

        Raises:
            Unavailable: Slack does not tell.
        """
        if self.own_token is None:
            return ""
        if not self._own:
            client = AsyncWebClient(
                token=self.own_token.get_secret_value(),
                base_url=self.app.api_url,
                retry_handlers=[],
            )
            try:
                told = await Calls(cast("WebApi", client), WITHIN).write("auth.test", {})
            except CallFailed as error:
                raise Unavailable(f"Slack does not tell whose the bot token is: {error}") from error
            entered = Entered(
                "", self.own_token, str(told.get("user_id", "")), str(told.get("bot_id", ""))
            )
            self._own.append(_Own(str(told["team_id"]), entered))
        return self._own[0].team_id

    async def removed(self, key: str, why: str, *, by: datetime | None = None) -> bool:
        """Marks a workspace as removed, as Slack tells, and has the owners told.

        Args:
            key: its id.
            why: a phrase.
            by: when that happened; an installation that came later stays. None: now.

        Returns:
            Whether it was installed.

        Raises:
            Outdated: it was changed at the same time.
            Unavailable: the store does not answer.
        """
        actor = Actor(team_id=key, user_id=SLACK, name="Slack")
        before = await self.handler.removed(key, why, actor, by=by)
        if before is None:
            return False
        log.info("costbot was removed from workspace %s: %s", key, why)
        await tell_of_removal(self.handler.store, self.admins, before, why)
        return True

    async def _the_only_one(self) -> Entered:
        """For what names no workspace: it was kept when there was one alone."""
        if self.own_token is not None:
            return Entered("", self.own_token)
        known = [one for one in await self.handler.store.workspaces.find_all() if not _is_seen(one)]
        if len(known) == 1:
            return await self._of(known[0])
        raise NoWorkspace(
            "It names no workspace, and there is not one alone. Set COSTBOT_SLACK_BOT_TOKEN to the "
            "token of the one that is meant, or name the channel again from within it."
        )

    async def _of(self, found: Workspace) -> Entered:
        holder = found
        if found.removed_at is None and found.sealed is None and found.enterprise_id:
            holder = await self.handler.store.workspaces.find(found.enterprise_id) or found
        if found.removed_at is not None or holder.removed_at is not None or not holder.sealed:
            raise NoWorkspace(f"Costbot was removed from the workspace {_called(found)}. {_CURE}")
        holder, tokens = await self._fresh(holder)

        async def lost(word: str) -> None:
            log.warning("Slack does not take the token of %s any more: %s", holder.id, word)
            try:
                await self.removed(holder.id, word)
            except Outdated:
                log.info("workspace %s was changed at the same time", holder.id)

        return Entered(found.id, tokens.bot, holder.bot_user_id, holder.bot_id, lost)

    async def _fresh(self, holder: Workspace) -> tuple[Workspace, Tokens]:
        """The tokens, renewed where they end soon."""
        tokens, now = self.handler.tokens_of(holder), self.handler.clock()
        if holder.expires_at is None or tokens.refresh is None:
            return holder, tokens
        if now < holder.expires_at - RENEWED_BEFORE:
            return holder, tokens
        async with self._renewing.setdefault(holder.id, asyncio.Lock()):
            # Another request, or another replica, may have been faster.
            again = await self.handler.store.workspaces.find(holder.id)
            if again is None or again.sealed is None:
                raise NoWorkspace(f"Costbot was removed from {_called(holder)}. {_CURE}")
            if again.version != holder.version:
                return again, self.handler.tokens_of(again)
            return await self._renewed(again, tokens)

    async def _renewed(self, holder: Workspace, tokens: Tokens) -> tuple[Workspace, Tokens]:
        client = oauth_client(self.app)
        refresh, now = cast("SecretStr", tokens.refresh), self.handler.clock()
        try:
            told = await exchanged(
                client,
                self.app,
                grant_type="refresh_token",
                refresh_token=refresh.get_secret_value(),
            )
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            log.warning("the token of %s is not renewed: %s", holder.id, type(error).__name__)
            if holder.expires_at is not None and now < holder.expires_at:
                return holder, tokens
            again = await self.handler.store.workspaces.find(holder.id)
            if again is not None and again.version != holder.version and again.sealed:
                return again, self.handler.tokens_of(again)
            raise NoAnswer(
                f"The token of {_called(holder)} has ended, and is not renewed."
            ) from error
        fresh = Tokens(SecretStr(str(told["access_token"])), SecretStr(str(told["refresh_token"])))
        ends = now + timedelta(seconds=int(str(told["expires_in"])))
        renewed = await self.handler.renew(holder, fresh, ends)
        return renewed, fresh


_CURE = "Its people install it by opening /slack/install at costbot's address."


def _is_seen(one: Workspace) -> bool:
    """Whether it is known through its grid alone."""
    return one.enterprise_id is not None and one.enterprise_id != one.id and not one.installed_by


def _called(one: Workspace) -> str:
    return f"{one.name} ({one.id})" if one.name else one.id

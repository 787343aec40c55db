"""Whether Slack takes the tokens, and grants what costbot needs: a part of `costbot doctor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Protocol, cast

from pydantic import SecretStr

from analysis.checks import Check, failed, passed, warned
from analysis.clock import Clock, system_clock
from bot.slack.cures import APPS, cure_of
from bot.slack.permissions import LOOKING, SCOPES

SECONDS = 10
"""How long Slack may take to answer."""

CLOCK_DOUBT, CLOCK_FAULT = 60.0, 240.0
"""Seconds that this machine's clock may be off: requests that are stamped more than 5 minutes off
are taken for old ones that somebody repeats."""


class _Answer(Protocol):
    """`AsyncSlackResponse`, as far as it is used."""

    headers: Mapping[str, str]

    def get(self, key: str, default: object = None) -> object:
        """A value of the body."""
        ...


class _Client(Protocol):
    async def auth_test(self) -> _Answer: ...

    async def apps_connections_open(self, *, app_token: str) -> _Answer: ...


@dataclass(frozen=True, slots=True)
class _Silence:
    """What came in place of an answer.

    Attributes:
        error: Slack's word for it; empty where Slack did not answer.
        detail: why it did not.
    """

    error: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SlackInspection:
    """Looks at what Slack is given.

    Attributes:
        bot_token: `xoxb-…`; None: not set.
        app_token: `xapp-…`; None: not set, Slack speaks over HTTP.
        signing_secret: None: not set, Slack speaks through a socket.
        api_url: where the Web API is, a slash at its end.
        clock: of this machine, compared with Slack's.
        is_installed_elsewhere: workspaces install costbot by themselves: it needs no bot token.
    """

    bot_token: SecretStr | None
    app_token: SecretStr | None
    signing_secret: SecretStr | None
    api_url: str
    clock: Clock = system_clock
    is_installed_elsewhere: bool = False

    async def inspect(self) -> list[Check]:
        """What Slack says to the tokens; nothing is posted and no socket is opened."""
        if not (self.bot_token or self.app_token or self.signing_secret):
            return [passed("Slack", "Not set: costbot runs with `serve --playground` only.")]
        checks: list[Check] = []
        if self.bot_token is None and self.is_installed_elsewhere:
            pass  # each workspace has its own
        elif self.bot_token is None:
            sentence = "There is no bot token: costbot cannot speak to Slack."
            cure = f"Set COSTBOT_SLACK_BOT_TOKEN to the xoxb- token of the app, {APPS}."
            checks.append(failed("Slack", sentence, cure))
        else:
            checks += await self.inspect_bot(self.bot_token)
        if self.app_token is not None:
            checks.append(await self._app(self.app_token))
        elif self.signing_secret is None:
            sentence = "Neither signing secret nor app token is set: costbot does not hear Slack."
            cure = "Set COSTBOT_SLACK_SIGNING_SECRET (HTTP) or COSTBOT_SLACK_APP_TOKEN (a socket)."
            checks.append(failed("Slack hearing", sentence, cure))
        else:
            sentence = "Over HTTP, signed; whether the signing secret is right shows when it asks."
            checks.append(passed("Slack hearing", sentence))
        return checks

    async def inspect_bot(self, token: SecretStr, name: str = "Slack") -> list[Check]:
        """What Slack says to a bot token.

        Args:
            token: of the bot.
            name: under which that is told.
        """
        answer = await self._ask(token, socket=False)
        if isinstance(answer, _Silence):
            return [self._refused(name, "bot token", answer)]
        who = f"The bot token is {answer.get('user')}'s in the workspace {answer.get('team')}."
        scopes = replace(_scopes(answer.headers), name=f"{name} scopes")
        return [passed(name, who), scopes, *self._time(answer.headers)]

    async def _app(self, token: SecretStr) -> Check:
        answer = await self._ask(token, socket=True)
        if isinstance(answer, _Silence):
            return self._refused("Slack hearing", "app token", answer)
        return passed("Slack hearing", "Through a socket: Slack takes the app token.")

    async def _ask(self, token: SecretStr, *, socket: bool) -> _Answer | _Silence:
        # Slack's library is slow to load, and a deployment without tokens needs nothing of it.
        import aiohttp
        from slack_sdk.errors import SlackApiError
        from slack_sdk.web.async_client import AsyncWebClient

        secret = token.get_secret_value()
        real = AsyncWebClient(
            token=secret, base_url=self.api_url, timeout=SECONDS, retry_handlers=[]
        )
        client = cast("_Client", real)
        try:
            if socket:
                return await client.apps_connections_open(app_token=secret)
            return await client.auth_test()
        except SlackApiError as error:
            said = cast("Mapping[str, object]", error.response).get("error")
            return _Silence(str(said)) if said else _Silence("", "its answer cannot be read")
        except TimeoutError:
            return _Silence("", f"nothing came in {SECONDS} seconds")
        except (aiohttp.ClientError, OSError) as error:
            return _Silence("", str(error) or type(error).__name__)

    def _time(self, headers: Mapping[str, str]) -> list[Check]:
        """A check where this machine's clock is off, by the time in Slack's answer."""
        written = {name.lower(): value for name, value in headers.items()}.get("date")
        if written is None:
            return []
        try:
            off = (self.clock() - parsedate_to_datetime(written)).total_seconds()
        except ValueError:
            return []
        if abs(off) < CLOCK_DOUBT:
            return []
        where = "ahead of" if off > 0 else "behind"
        sentence = f"This machine's clock is {abs(off) / 60:,.0f} minutes {where} Slack's."
        cure = "Set it, best by NTP: requests more than 5 minutes off are refused as old ones."
        judge = failed if abs(off) >= CLOCK_FAULT else warned
        return [judge("clock", sentence, cure)]

    def _refused(self, name: str, token: str, silence: _Silence) -> Check:
        if not silence.error:
            sentence = f"Slack does not answer at {self.api_url}: {silence.detail}."
            return failed(name, sentence, "See that this machine reaches it, and try again.")
        sentence = f"Slack does not take the {token}: {silence.error}."
        return failed(name, sentence, cure_of(silence.error))


def _scopes(headers: Mapping[str, str]) -> Check:
    written = {name.lower(): value for name, value in headers.items()}.get("x-oauth-scopes")
    if written is None:
        sentence = "Slack did not say which scopes the bot token has."
        return warned("Slack scopes", sentence, "Compare them with manifest.yaml by hand.")
    granted = {scope.strip() for scope in written.split(",") if scope.strip()}
    missing, more = sorted(SCOPES - granted), sorted(granted - SCOPES)
    cure = f"Put manifest.yaml into the app's settings, {APPS}, and install it again."
    if missing and LOOKING.issuperset(missing):
        sentence = (
            f"The bot token lacks {', '.join(missing)}: where Slack's reply to a message is lost, "
            "that message may stand twice."
        )
        return warned("Slack scopes", sentence, cure)
    if missing:
        return failed("Slack scopes", f"The bot token lacks {', '.join(missing)}.", cure)
    if more:
        sentence = f"The bot token has scopes that costbot does not need: {', '.join(more)}."
        return warned("Slack scopes", sentence, "Take them out of the app: least is safest.")
    return passed("Slack scopes", f"All {len(SCOPES)} that the manifest names, and no others.")

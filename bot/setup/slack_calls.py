"""What a setup asks of Slack, each refusal a sentence with its next step."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast
from zoneinfo import available_timezones

from pydantic import SecretStr

from analysis.errors import BadInput, NotFound, Unavailable
from bot.slack.cures import APPS, cure_of
from handlers.nearest import did_you_mean, shown

SECONDS = 15
"""How long Slack may take to answer."""

DEFAULT_PAUSE = "30"
"""Seconds to wait where Slack does not say how many."""

LONGEST_PAUSE = 60.0
"""Seconds that Slack may ask to wait; beyond, it is told."""

MOST_PAGES = 20
"""Pages of a thousand channels that are looked through once, and never again."""

INVITE = "Type `/invite @costbot` there, then run this again."

_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{8,20}", re.ASCII)
_USER_ID = re.compile(r"[UW][A-Z0-9]{7,20}", re.ASCII)

_HINTS = {
    "not_in_channel": INVITE,
    "channel_not_found": "Give the channel's id, which stands at the end of its details; into a "
    "private one, `/invite @costbot` first.",
    "is_archived": "Take another channel, or bring this one back.",
    "restricted_action": "The workspace lets only some post there: take another channel.",
    "invalid_manifest": "See what manifest.yaml asks for, and try the link instead.",
    "user_not_found": "The member id is in the person's profile, under “Copy member ID”.",
    "users_not_found": "Nobody there has this address; give the member id instead.",
    "missing_scope": f"Put manifest.yaml into the app's settings, {APPS}, and install it again.",
}


@dataclass(frozen=True, slots=True)
class Bot:
    """Whose a bot token is.

    Attributes:
        team_id, team: the workspace.
        user_id, name: of the bot.
        scopes: that the token has.
    """

    team_id: str
    team: str
    user_id: str
    name: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel.

    Attributes:
        id: of Slack.
        name: without `#`; empty: costbot may not know it.
        is_member: whether the bot is in it; None: that cannot be known before it posts.
    """

    id: str
    name: str
    is_member: bool | None

    @property
    def called(self) -> str:
        """How people call it."""
        return f"#{self.name}" if self.name else self.id

    @property
    def named(self) -> str:
        """How people call it, and its id."""
        return f"#{self.name} ({self.id})" if self.name else self.id


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the workspace; `zone` is empty where Slack names none that is known."""

    id: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class MadeApp:
    """An app that was made of a manifest.

    Attributes:
        id: of the app.
        signing_secret: its own.
        install_url: where it is installed into the workspace.
    """

    id: str
    signing_secret: SecretStr
    install_url: str


@dataclass(frozen=True, slots=True)
class SetupCalls:
    """Slack's Web API.

    Attributes:
        api_url: a slash at its end.
        token: of the bot, or a configuration token.
        pause: waits so many seconds, where Slack asks to.
    """

    api_url: str
    token: SecretStr
    pause: Callable[[float], Awaitable[None]]

    async def bot(self) -> Bot:
        """Whose the token is.

        Raises:
            BadInput, Unavailable: see `_call`.
        """
        answer, headers = await self._call("auth.test", {})
        scopes = headers.get("x-oauth-scopes", "").split(",")
        return Bot(
            team_id=str(answer["team_id"]),
            team=str(answer.get("team", "")),
            user_id=str(answer["user_id"]),
            name=str(answer.get("user", "costbot")),
            scopes=frozenset(scope.strip() for scope in scopes if scope.strip()),
        )

    async def make_app(self, manifest: Mapping[str, object]) -> MadeApp:
        """Makes the app; the token is a configuration token.

        Raises:
            BadInput: Slack does not take the token or the manifest.
            Unavailable: it does not answer.
        """
        answer, _ = await self._call("apps.manifest.create", {"manifest": json.dumps(manifest)})
        credentials = cast("dict[str, str]", answer["credentials"])
        key = str(answer["app_id"])
        return MadeApp(
            key, SecretStr(credentials["signing_secret"]), f"{APPS}/{key}/install-on-team"
        )

    async def channel(self, typed: str) -> Channel:
        """A channel by its id, or a public one by its name.

        Raises:
            NotFound: there is none that costbot may know of.
            BadInput, Unavailable: see `_call`.
        """
        name = typed.strip().removeprefix("#")
        if _CHANNEL_ID.fullmatch(name):
            try:
                answer, _ = await self._call("conversations.info", {"channel": name})
            except _Lacking:
                return Channel(name, "", None)  # a private one: its name is not costbot's to know
            return _channel(cast("dict[str, object]", answer["channel"]))
        return await self._by_name(name.lower())

    async def _by_name(self, name: str) -> Channel:
        """Each page is read once: a list of all channels is what Slack lets nobody read often."""
        cursor, names = "", list[str]()
        for _ in range(MOST_PAGES):
            asked = {"limit": "1000", "exclude_archived": "true", "types": "public_channel"}
            answer, _ = await self._call("conversations.list", {**asked, "cursor": cursor})
            for one in cast("list[dict[str, object]]", answer["channels"]):
                if one.get("name") == name:
                    return _channel(one)
                names.append(str(one.get("name")))
            metadata = cast("dict[str, str]", answer.get("response_metadata") or {})
            cursor = metadata.get("next_cursor", "")
            if not cursor:
                break
        meant = did_you_mean(name, names, otherwise="")
        rest = "A private one is named by its id, which stands at the end of its details."
        raise NotFound(
            f"There is no public channel {shown(f'#{name}')}.", f"{meant} {rest}".strip()
        )

    async def join(self, channel: Channel) -> Channel:
        """Has the bot join a public channel; it needs the scope channels:join for that.

        Raises:
            BadInput, Unavailable: see `_call`.
        """
        answer, _ = await self._call("conversations.join", {"channel": channel.id})
        return _channel({**cast("dict[str, object]", answer["channel"]), "is_member": True})

    async def post(self, channel: Channel, text: str) -> str:
        """Posts a message, and gives its address.

        Raises:
            BadInput: the bot may not post there.
            Unavailable: Slack does not answer.
        """
        asked = {"channel": channel.id, "text": text, "unfurl_links": "false"}
        answer, _ = await self._call("chat.postMessage", asked)
        asked = {"channel": str(answer["channel"]), "message_ts": str(answer["ts"])}
        link, _ = await self._call("chat.getPermalink", asked)
        return str(link["permalink"])

    async def member(self, typed: str) -> Member:
        """A person, by member id or e-mail address.

        Raises:
            NotFound: there is nobody, or it is no person.
            BadInput, Unavailable: see `_call`.
        """
        text = typed.strip()
        if "@" in text.strip("@"):
            answer, _ = await self._call("users.lookupByEmail", {"email": text})
        elif _USER_ID.fullmatch(text):
            answer, _ = await self._call("users.info", {"user": text})
        else:
            sentence = f"{shown(text)} is neither a member id nor an e-mail address."
            raise NotFound(sentence, _HINTS["user_not_found"])
        user = cast("dict[str, object]", answer["user"])
        if user.get("is_bot") or user.get("deleted"):
            raise NotFound(f"{shown(text)} is no person who is there.", _HINTS["user_not_found"])
        zone = str(user.get("tz") or "")
        name = str(user.get("real_name") or user.get("name") or user["id"])
        return Member(str(user["id"]), name, zone if zone in available_timezones() else "")

    async def _call(
        self, method: str, asked: Mapping[str, str]
    ) -> tuple[dict[str, object], dict[str, str]]:
        """The answer to one call, and its headers in lower case.

        Raises:
            BadInput: Slack says no; the hint is the next step.
            Unavailable: it does not answer, or asks to wait longer than `LONGEST_PAUSE`.
        """
        first = await self._answered(method, asked)
        if first.wait is None:
            return first.taken(method)
        if first.wait > LONGEST_PAUSE:
            sentence = f"Slack asks to wait {first.wait:,.0f} seconds before it is asked again."
            raise Unavailable(sentence)
        await self.pause(first.wait)
        return (await self._answered(method, asked)).taken(method)

    async def _answered(self, method: str, asked: Mapping[str, str]) -> _Answer:
        # Slack's library is slow to load, and no other command needs this module.
        import aiohttp
        from slack_sdk.errors import SlackApiError
        from slack_sdk.web.async_client import AsyncWebClient

        secret = self.token.get_secret_value()
        real = AsyncWebClient(
            token=secret, base_url=self.api_url, timeout=SECONDS, retry_handlers=[]
        )
        try:
            answer = await cast("_Client", real).api_call(method, data=dict(asked))
        except SlackApiError as error:
            answer = cast("_Response", error.response)
        except TimeoutError as error:
            message = f"Slack does not answer {method}: nothing came in {SECONDS} seconds."
            raise Unavailable(message) from error
        except (aiohttp.ClientError, OSError) as error:
            why = " ".join(str(error).split()).rstrip(".") or type(error).__name__
            raise Unavailable(f"Slack does not answer at {self.api_url}: {why}.") from error
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = cast("dict[str, object]", answer.data) if isinstance(answer.data, dict) else {}
        is_busy = answer.status_code == 429 or body.get("error") == "ratelimited"
        wait = float(headers.get("retry-after", DEFAULT_PAUSE)) if is_busy else None
        return _Answer(body, headers, wait)


class _Response(Protocol):
    """`AsyncSlackResponse`, as far as it is used."""

    headers: Mapping[str, str]
    status_code: int
    data: object


class _Client(Protocol):
    async def api_call(self, api_method: str, *, data: Mapping[str, str]) -> _Response: ...


class _Lacking(BadInput):
    """A scope is missing."""


@dataclass(frozen=True, slots=True)
class _Answer:
    body: dict[str, object]
    headers: dict[str, str]
    wait: float | None

    def taken(self, method: str) -> tuple[dict[str, object], dict[str, str]]:
        if self.body.get("ok"):
            return self.body, self.headers
        if self.wait is not None:
            raise Unavailable(f"Slack asks to wait before {method} is tried again: it is busy.")
        error = str(self.body.get("error", "its answer cannot be read"))
        sentence = f"Slack refuses {method}: {error}{self._more()}."
        if error == "missing_scope":
            needed = str(self.body.get("needed", "")) or "one more"
            raise _Lacking(f"The token lacks the scope {needed}.", _HINTS[error])
        raise BadInput(sentence, _HINTS.get(error) or cure_of(error))

    def _more(self) -> str:
        """What Slack says of a manifest."""
        found = cast("list[dict[str, object]]", self.body.get("errors") or [])
        told = [f"{one.get('pointer', '')} {one.get('message', '')}".strip() for one in found]
        return f" ({'; '.join(told)})" if told else ""


def _channel(one: Mapping[str, object]) -> Channel:
    return Channel(str(one["id"]), str(one.get("name") or ""), bool(one.get("is_member")))

"""A message and the replies below it, none of them sent twice."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from analysis.errors import Unavailable
from bot.blocks.answer import Answer
from bot.csv_file import CsvFile
from bot.slack.api import Json, SlackApi
from bot.slack.metadata import key_of, metadata_of
from bot.slack.pace import Pace

log = logging.getLogger(__name__)

EVENT = "costbot_report"
"""The type of the metadata by which a message is found again."""

LOOKED_THROUGH = 200
"""Messages in which one is looked for that may have arrived: those of the last seconds."""


class NotReachable(Unavailable):
    """The bot may not post there: it is no member, or the conversation takes nothing."""


class _Response(Protocol):
    """What Slack answered, as its library leaves it untyped."""

    status_code: int


class _Broken(Exception):
    """It was sent, and Slack did not say whether it arrived."""


class _Hidden(Exception):
    """Slack does not show what is there."""


_SILENCE = (aiohttp.ClientError, TimeoutError)
"""What is raised where Slack does not answer."""


_NOT_REACHABLE = frozenset(
    {"not_in_channel", "channel_not_found", "is_archived", "restricted_action"}
)


@dataclass(frozen=True, slots=True)
class Posted:
    """Where something stands.

    Attributes:
        channel: its id; of a direct message, where a person was named.
        ts: of the message.
    """

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class Threads:
    """Posts to channels and threads, at Slack's pace.

    A connection that breaks may have delivered. So what is posted carries a key in its metadata,
    and is looked for before it is sent again; where the bot may not read what is there, it is not
    sent again by itself.

    Attributes:
        client: that sends nothing again by itself, but for what Slack had no time for.
        pace: of the messages.
    """

    client: SlackApi
    pace: Pace

    async def post(
        self, channel: str, answer: Answer, key: str, *, thread: str | None, look: bool
    ) -> Posted:
        """Posts `answer` once.

        Args:
            channel: its id.
            answer: what is said.
            key: tells it apart from every other message of the bot's.
            thread: `ts` of the message below which it goes; None: into the channel.
            look: it may have been posted before: whether it stands there is looked at first.

        Raises:
            NotReachable: the bot may not post there.
            Unavailable: Slack does not take it.
        """

        async def send() -> Json:
            payload = answer.payload()
            async with self.pace.turn(channel):
                return await self.client.chat_postMessage(
                    channel=channel,
                    text=str(payload["text"]),
                    blocks=cast("list[Json]", payload["blocks"]),
                    thread_ts=thread,
                    metadata=metadata_of(EVENT, key),
                    unfurl_links=False,
                )

        async def find() -> Json | None:
            return next(
                (m for m in await self._standing(channel, thread) if key_of(m, EVENT) == key), None
            )

        sent = await _once(send, find, look=look)
        return Posted(str(sent.get("channel") or channel), str(sent["ts"]))

    async def upload(self, thread: Posted, file: CsvFile, *, look: bool) -> None:
        """Shares `file` in a thread, once; `look` as in `post`.

        Raises:
            NotReachable: the bot may not post there.
            Unavailable: Slack does not take it.
        """

        async def send() -> Json:
            return await self.client.files_upload_v2(
                channel=thread.channel,
                thread_ts=thread.ts,
                content=file.content,
                filename=file.name,
                title=file.name,
            )

        async def find() -> Json | None:
            standing = await self._standing(thread.channel, thread.ts)
            return next((m for m in standing if file.name in _files_of(m)), None)

        await _once(send, find, look=look)

    async def link(self, posted: Posted) -> str | None:
        """The address of a message; None where Slack does not tell it."""
        try:
            found = await self.client.chat_getPermalink(
                channel=posted.channel, message_ts=posted.ts
            )
        except (SlackApiError, *_SILENCE) as error:
            log.warning("no link to a report: %s", error)
            return None
        return str(found["permalink"])

    async def _standing(self, channel: str, thread: str | None) -> list[Json]:
        """The messages of a thread, or the newest of a channel."""
        try:
            if thread is None:
                found = await self.client.conversations_history(
                    channel=channel, limit=LOOKED_THROUGH, include_all_metadata=True
                )
            else:
                found = await self.client.conversations_replies(
                    channel=channel, ts=thread, include_all_metadata=True
                )
        except SlackApiError as error:
            raise _Hidden(reason(error)) from error
        return cast("list[Json]", found["messages"])


async def _once(
    send: Callable[[], Awaitable[Json]], find: Callable[[], Awaitable[Json | None]], *, look: bool
) -> Json:
    if look and (standing := await _standing_already(find)) is not None:
        return standing
    try:
        return await _sent(send)
    except _Broken as error:
        log.warning("it may have been posted: %s", error)
    try:
        found = await find()
        return await _sent(send) if found is None else found
    except _Hidden as error:
        sentence = "The connection to Slack broke"
        raise Unavailable(f"{sentence}; whether the last message arrived I cannot see.") from error
    except (_Broken, *_SILENCE) as error:
        raise Unavailable("The connection to Slack broke.") from error


async def _sent(send: Callable[[], Awaitable[Json]]) -> Json:
    try:
        return await send()
    except SlackApiError as error:
        if cast("_Response", error.response).status_code >= 500:
            raise _Broken(reason(error)) from error
        if reason(error) in _NOT_REACHABLE:
            raise NotReachable(f"I may not post there ({reason(error)}).") from error
        raise Unavailable(f"Slack did not take it ({reason(error)}).") from error
    except (SlackRequestError, *_SILENCE) as error:
        raise _Broken(str(error)) from error


async def _standing_already(find: Callable[[], Awaitable[Json | None]]) -> Json | None:
    """What stands there; None too where nobody can tell, and a person wants it sent."""
    try:
        return await find()
    except _Hidden as error:
        log.warning("sent without having looked for it: %s", error)
        return None
    except _SILENCE as error:
        raise Unavailable("Slack does not answer.") from error


def reason(error: SlackApiError) -> str:
    """Slack's word for why it says no."""
    data = cast("object", error.response.data)
    if isinstance(data, dict):
        return str(cast("Json", data).get("error", "no reason given"))
    return "no reason given"


def _files_of(message: Json) -> list[object]:
    return [file.get("name") for file in cast("list[Json]", message.get("files") or [])]

"""Looking in a conversation of Slack's for a message that carries a key in its metadata."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from bot.outbox.slack_calls import Calls, Json, Refusal
from bot.outbox.slack_words import NOT_SHOWN, THREAD_GONE
from bot.slack.metadata import key_of

MARGIN = timedelta(minutes=5)
"""By how much Slack's clock may be behind this machine's."""

PAGE = 200
"""Messages a page, as Slack recommends at most."""


class NotShown(Exception):
    """Slack does not let the conversation be read.

    Args:
        word: Slack's own for why.
    """

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


@dataclass(frozen=True, slots=True)
class Conversation:
    """A channel, or a thread in it.

    Attributes:
        channel: its id.
        thread: `ts` of the thread's root; None: the channel itself.
    """

    channel: str
    thread: str | None = None


async def found_again(
    calls: Calls, place: Conversation, event: str, key: str, since: datetime
) -> str | None:
    """The `ts` of the message whose metadata is of type `event` and holds `key`.

    Args:
        calls: of the Web API.
        place: where it is looked for.
        event: type of the metadata.
        key: what they hold under `key`.
        since: it cannot stand there longer, UTC.

    Returns:
        None: it is not there.

    Raises:
        NotShown: the bot may not read the conversation.
        CallFailed: Slack does not answer.
    """
    async for message in _messages(calls, place, since - MARGIN):
        if key_of(message, event) == key:
            return str(message["ts"])
    return None


async def _messages(calls: Calls, place: Conversation, oldest: datetime) -> AsyncGenerator[Json]:
    arguments: dict[str, object] = {
        "channel": place.channel,
        "oldest": f"{oldest.timestamp():.6f}",
        "limit": PAGE,
        "include_all_metadata": True,
    }
    method = "conversations.history"
    if place.thread is not None:
        method = "conversations.replies"
        arguments["ts"] = place.thread
    while True:
        try:
            page = await calls.read(method, arguments)
        except Refusal as refusal:
            if refusal.word in THREAD_GONE and place.thread is not None:
                return
            if refusal.word in NOT_SHOWN:
                raise NotShown(refusal.word) from refusal
            raise
        for message in cast("list[Json]", page["messages"]):
            yield message
        cursor = cast("Json", page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        arguments["cursor"] = cursor

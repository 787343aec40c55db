"""A call of Slack's Web API for the outbox: sent once, and what is known after it failed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.outbox.slack_words import SAYS_NOTHING, TOO_MANY

log = logging.getLogger(__name__)

Json = Mapping[str, object]

LEFT_ALONE = timedelta(seconds=30)
"""How long Slack is left alone where it says "too many" without saying for how long."""


class WebApi(Protocol):
    """`AsyncWebClient`, made without retry handlers: it must send nothing again by itself."""

    def api_call(
        self,
        api_method: str,
        *,
        http_verb: str = "POST",
        params: dict[str, object] | None = None,
        json: dict[str, object] | None = None,
    ) -> Awaitable[Json]:
        """Calls a method; raises `SlackApiError` where Slack says no."""
        ...


class CallFailed(Exception):
    """A call did not end in an answer; said is what is known of it."""


class Refusal(CallFailed):
    """Slack said no: nothing was done.

    Args:
        word: Slack's own for why.
        details: more of it, where Slack says more.
    """

    def __init__(self, word: str, details: tuple[str, ...] = ()) -> None:
        super().__init__(f"Slack did not take it ({word}).")
        self.word = word
        self.details = details


class TooMany(CallFailed):
    """Slack has had too many calls: nothing was done.

    Args:
        after: how long it wants to be left alone.
    """

    def __init__(self, after: timedelta) -> None:
        seconds = round(after.total_seconds())
        super().__init__(f"Slack had too many messages and asks for {seconds} s without.")
        self.after = after


class NotReached(CallFailed):
    """The connection was never made: nothing was done."""


class NoAnswer(CallFailed):
    """It was sent, and what Slack did with it is not known."""


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls methods of the Web API, each once.

    Attributes:
        client: without retry handlers.
        timeout: how long one call may take.
    """

    client: WebApi
    timeout: timedelta

    async def write(self, method: str, arguments: dict[str, object]) -> Json:
        """Calls a method that changes something.

        Raises:
            CallFailed: which of its kinds says whether anything was done.
        """
        return await self._answer(self.client.api_call(method, json=arguments))

    async def read(self, method: str, arguments: dict[str, object]) -> Json:
        """Calls a method that changes nothing.

        Raises:
            CallFailed: there is no answer.
        """
        call = self.client.api_call(method, http_verb="GET", params=arguments)
        return await self._answer(call)

    async def _answer(self, call: Awaitable[Json]) -> Json:
        try:
            async with asyncio.timeout(self.timeout.total_seconds()):
                return await call
        except SlackApiError as error:
            raise _meaning(error) from error
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotReached("Slack could not be reached.") from error
        except TimeoutError as error:
            raise NoAnswer("Slack did not answer in time.") from error
        except (aiohttp.ClientError, SlackRequestError) as error:
            raise NoAnswer("The connection to Slack broke.") from error


def _meaning(error: SlackApiError) -> CallFailed:
    # Where Slack's answer is no JSON the library puts aiohttp's own response here.
    response = cast("object", error.response)
    status = cast("int", getattr(response, "status_code", None) or getattr(response, "status", 0))
    body = cast("object", getattr(response, "data", None))
    answer = cast("Json", body if isinstance(body, dict) else {})
    word = str(answer.get("error", ""))
    if status == 429 or word in TOO_MANY:
        return TooMany(_retry_after(response))
    if status >= 500 or not word or word in SAYS_NOTHING:
        return NoAnswer(f"Slack failed ({word or status}).")
    return Refusal(word, _details(answer))


def _retry_after(response: object) -> timedelta:
    headers = cast("Mapping[str, str]", getattr(response, "headers", {}))
    value = next((v for name, v in headers.items() if name.lower() == "retry-after"), "")
    return timedelta(seconds=int(value)) if value.isdecimal() else LEFT_ALONE


def _details(answer: Json) -> tuple[str, ...]:
    metadata = answer.get("response_metadata")
    messages = cast("Json", metadata).get("messages") if isinstance(metadata, dict) else None
    return tuple(map(str, cast("list[object]", messages))) if isinstance(messages, list) else ()

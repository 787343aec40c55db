"""Answers on their way: in the ack if they are ready in time, else through the response URL.

A picture comes after the words, in the place of them: nobody waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import cast

import aiohttp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse

from bot.blocks.answer import Answer, Payload
from bot.blocks.refusal import fetching_answer
from bot.slack.api import Json
from bot.slack.attention import Attention
from bot.slack.boundary import answered
from bot.slack.pictures import PROCESSING, NoPicture, Pictures, is_unprocessed, placed
from bot.slack.places import PLACE
from bot.supervisor import Supervisor

log = logging.getLogger(__name__)

MOST_RETRIES = 3

AFTER_ACK = 0.3
"""Seconds for which a picture is held back, so that it does not overtake the ack."""

Acknowledge = Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Replies:
    """Gets answers to the person who asked.

    Attributes:
        supervisor: keeps the work that is answered later.
        within_seconds: how long the ack waits for the answer; Slack gives up after 3.
        pictures: makes them; None: answers go without.
        attention: of the people who asked.
    """

    supervisor: Supervisor
    within_seconds: float
    pictures: Pictures | None = None
    attention: Attention = field(default_factory=Attention)

    async def in_ack(
        self,
        ack: AsyncAck,
        response_url: str,
        work: Coroutine[object, object, Answer],
        *,
        name: str,
        fetching: str,
    ) -> None:
        """Answers in the ack itself, or says there what is being fetched and answers later."""
        task = self.supervisor.spawn(answered(work, name), name)
        await asyncio.wait({task}, timeout=self.within_seconds)
        if task.done():
            answer = task.result()
            await ack(answer.payload())
            if answer.chart is not None and self.pictures is not None:
                self.supervisor.spawn(
                    self._add_picture(response_url, answer, replaces=not answer.in_channel),
                    f"{name}, picture",
                )
            return
        await ack(fetching_answer(fetching).payload())
        self.supervisor.spawn(self._later(task, response_url), f"{name}, answered later")

    def after_ack(
        self,
        response_url: str,
        work: Coroutine[object, object, Answer],
        *,
        name: str,
        replaces: bool,
    ) -> None:
        """Answers a click, whose ack says nothing, through its response URL."""
        task = self.supervisor.spawn(answered(work, name), name)
        self.supervisor.spawn(
            self._later(task, response_url, replaces=replaces), f"{name}, answered"
        )

    async def _later(
        self, task: asyncio.Task[Answer], response_url: str, *, replaces: bool = True
    ) -> None:
        answer = await task
        await self.send(response_url, answer, replaces=replaces and not answer.in_channel)

    async def send(self, response_url: str, answer: Answer, *, replaces: bool) -> None:
        """Sends an answer, with its picture, to a response URL.

        Args:
            response_url: of what was asked.
            answer: what is said.
            replaces: it takes the place of the message that it answers to.
        """
        if answer.chart is None or self.pictures is None or not response_url:
            await send(response_url, answer, replaces=replaces)
        elif replaces:
            await send(response_url, answer, replaces=True)
            await self._add_picture(response_url, answer, replaces=True)
        else:
            # What replaces nothing cannot be replaced: it comes with its picture at once.
            payload = await self._pictured(self.pictures, answer, replaces=False)
            if payload is None or not await self._taken(response_url, answer, payload):
                await send(response_url, answer, replaces=False)

    async def _add_picture(self, response_url: str, answer: Answer, *, replaces: bool) -> None:
        """Puts the answer with its picture in the place of the answer without."""
        if self.pictures is None:
            return
        _, payload = await asyncio.gather(
            asyncio.sleep(AFTER_ACK),
            self._pictured(self.pictures, answer, replaces=replaces),
        )
        if payload is None:
            return
        if not replaces and answer.chart is not None:
            # All see it already, and it cannot be replaced: the picture comes by itself.
            images = [b for b in cast("list[Json]", payload["blocks"]) if b["type"] == "image"]
            payload = {**payload, "text": answer.chart.alt, "blocks": images}
        await self._taken(response_url, answer, payload)

    async def _pictured(
        self, pictures: Pictures, answer: Answer, *, replaces: bool
    ) -> Payload | None:
        """The answer with its picture; None: there is none, which is logged."""
        if answer.chart is None:
            return None
        try:
            block = await pictures.block(answer.chart)
            payload = answer.payload(replaces=replaces)
            blocks = placed(cast("list[Json]", payload["blocks"]), block)
        except NoPicture as reason:
            log.warning("an answer stays without its picture: %s", reason)
            return None
        return {**payload, "blocks": blocks}

    async def _taken(self, response_url: str, answer: Answer, payload: Payload) -> bool:
        """Whether Slack takes an answer with a picture, once it has looked through the upload."""
        pictures, said, replaces = self.pictures, "", "replace_original" in payload
        if pictures is None or answer.chart is None:
            return False
        for wait in (0.0, *PROCESSING):
            if wait:
                await pictures.pause(wait)
            if replaces and self.attention.has_gone_on(response_url):
                return True
            try:
                response = await _sent(response_url, payload, may_repeat=replaces)
            except (aiohttp.ClientError, TimeoutError) as error:
                log.warning("an answer stays without its picture: %s", error)
                return True  # it may be there
            said = f"{response.status_code} {response.body}"
            if response.status_code == 200 and '"ok":false' not in said.replace(" ", ""):
                return True
            if not is_unprocessed(said) and "invalid_blocks" not in said:
                break
        pictures.forget(answer.chart)
        log.warning("an answer stays without its picture: %s", said)
        return False


async def send(response_url: str, answer: Answer, *, replaces: bool) -> None:
    """Sends `answer` to a response URL; a failure is logged: there is nowhere else to say it.

    What was clicked on a Home tab or in a modal has none: it is answered in its place.
    """
    if not response_url and (place := PLACE.get()) is not None:
        await place.show(answer)
        return
    response = await _sent(response_url, answer.payload(replaces=replaces), may_repeat=replaces)
    if response.status_code != 200:
        log.error("an answer was not delivered: %s %s", response.status_code, response.body)


async def _sent(response_url: str, payload: Payload, *, may_repeat: bool) -> WebhookResponse:
    handlers: list[AsyncRetryHandler] = [
        AsyncRateLimitErrorRetryHandler(max_retry_count=MOST_RETRIES),
        AsyncServerErrorRetryHandler(max_retry_count=MOST_RETRIES),
    ]
    if may_repeat:
        # A lost connection may have delivered: only what replaces can be sent again unharmed.
        handlers.append(AsyncConnectionErrorRetryHandler(max_retry_count=MOST_RETRIES))
    client = AsyncWebhookClient(response_url, retry_handlers=handlers)
    return await client.send_dict(payload)

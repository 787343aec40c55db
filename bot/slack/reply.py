"""Answers on their way: in the ack if they are ready in time, else through the response URL."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.blocks.answer import Answer
from bot.blocks.refusal import fetching_answer
from bot.slack.boundary import answered
from bot.supervisor import Supervisor

log = logging.getLogger(__name__)

MOST_RETRIES = 3

Acknowledge = Callable[..., Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Replies:
    """Gets answers to the person who asked.

    Attributes:
        supervisor: keeps the work that is answered later.
        within_seconds: how long the ack waits for the answer; Slack gives up after 3.
    """

    supervisor: Supervisor
    within_seconds: float

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
            await ack(task.result().payload())
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
        await send(response_url, answer, replaces=replaces and not answer.in_channel)


async def send(response_url: str, answer: Answer, *, replaces: bool) -> None:
    """Sends `answer` to a response URL; a failure is logged: there is nowhere else to say it."""
    handlers: list[AsyncRetryHandler] = [
        AsyncRateLimitErrorRetryHandler(max_retry_count=MOST_RETRIES),
        AsyncServerErrorRetryHandler(max_retry_count=MOST_RETRIES),
    ]
    if replaces:
        # A lost connection may have delivered: only what replaces can be sent again unharmed.
        handlers.append(AsyncConnectionErrorRetryHandler(max_retry_count=MOST_RETRIES))
    client = AsyncWebhookClient(response_url, retry_handlers=handlers)
    response = await client.send_dict(answer.payload(replaces=replaces))
    if response.status_code != 200:
        log.error("an answer was not delivered: %s %s", response.status_code, response.body)

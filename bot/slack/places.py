"""Where a click is answered that came from no message: Home tabs and modals have no response URL.

On a Home tab the answer opens a modal; in a modal it takes the place of what stands there. What
cannot be shown so any more goes into the direct messages.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Literal, cast

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from bot.blocks.answer import Answer, Payload
from bot.blocks.answer_view import answer_view
from bot.blocks.modal import loading_view
from bot.slack.api import Json, SlackApi
from bot.slack.thread import reason
from bot.supervisor import Supervisor

log = logging.getLogger(__name__)

PATIENCE = 1.2
"""Seconds until a modal opens that says to wait: what a click may open has to be open within 3."""

CHANNELS_OWN = frozenset({"share", "recs_share", "report_post", "report_on"})
"""Buttons that say something to the channel in which they stand: there is none here."""

_CLOSED = frozenset({"not_found", "view_not_found", "hash_conflict"})


class ViewPlace:
    """The place of one click on a Home tab or in a modal.

    Args:
        api: Slack.
        body: the click.
        supervisor: keeps the work.
        after: is called when it has been answered.
    """

    def __init__(
        self, api: SlackApi, body: Json, supervisor: Supervisor, after: Callable[[], None]
    ) -> None:
        view = cast("Json", body["view"])
        self._api = api
        self._supervisor = supervisor
        self._after = after
        self._trigger = str(body.get("trigger_id", ""))
        self._user = str(cast("Json", body.get("user") or {}).get("id", ""))
        self._is_modal = view.get("type") == "modal"
        self._shown = str(view.get("id", "")) if self._is_modal else ""
        self._turn = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None

    def hurry(self) -> None:
        """Says to wait, if nothing has been opened by then."""
        if not self._is_modal:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(PATIENCE, self._wait)

    async def open_form(self, view: Payload) -> Json:
        """Opens a form: above the modal in which it was asked for, or by itself.

        Raises:
            SlackApiError: Slack does not open it.
        """
        self._stop()
        async with self._turn:
            if self._is_modal:
                return await self._api.views_push(trigger_id=self._trigger, view=view)
            if self._shown:  # what says to wait is there already
                await self._api.views_update(view_id=self._shown, view=view)
                return {"view": {"id": self._shown}}
            return await self._open(view)

    async def show(self, answer: Answer) -> None:
        """Shows an answer."""
        self._stop()
        view = answer_view(answer, left_out=CHANNELS_OWN)
        try:
            async with self._turn:
                if self._shown:
                    await self._api.views_update(view_id=self._shown, view=view)
                else:
                    await self._open(view)
        except SlackApiError as error:
            if self._shown and reason(error) in _CLOSED:
                log.debug("a modal was closed before it was answered")
            else:
                await self._tell(answer, reason(error))
        except (ClientError, TimeoutError) as error:
            await self._tell(answer, str(error) or type(error).__name__)
        finally:
            self._after()

    def done(self) -> None:
        """What was sent in has been answered, in the modal itself."""
        self._stop()
        self._after()

    async def _open(self, view: Payload) -> Json:
        opened = await self._api.views_open(trigger_id=self._trigger, view=view)
        self._shown = str(cast("Json", opened["view"])["id"])
        return opened

    async def _tell(self, answer: Answer, why: str) -> None:
        """Into the direct messages, where no modal can be opened any more."""
        log.info("an answer goes into the direct messages: %s", why)
        opened = await self._api.conversations_open(users=[self._user])
        payload = answer.payload()
        await self._api.chat_postMessage(
            channel=str(cast("Json", opened["channel"])["id"]),
            text=str(payload["text"]),
            blocks=cast("list[Json]", payload["blocks"]),
            thread_ts=None,
            metadata={},
            unfurl_links=False,
        )

    def _wait(self) -> None:
        self._supervisor.spawn(self._loading(), "a modal that says to wait")

    async def _loading(self) -> None:
        async with self._turn:
            if self._shown:
                return
            try:
                await self._open(loading_view("costbot"))
            except (SlackApiError, ClientError, TimeoutError) as error:
                log.info("no modal says to wait: %s", error)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


PLACE: ContextVar[ViewPlace | None] = ContextVar("place", default=None)
"""Of the click that is being answered; None: it came from a message, with a response URL."""

Clicked = Literal["home", "modal", "message"]


def clicked_in(body: Json) -> Clicked:
    """On what a click, or a modal that was sent in, stands."""
    view = cast("Json", body.get("view") or {})
    kind = str(view.get("type", ""))
    if body.get("type") != "block_actions" or body.get("response_url") or not kind:
        return "message"
    return "home" if kind == "home" else "modal"

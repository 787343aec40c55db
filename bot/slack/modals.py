"""Modals: a loading view at once, then the form; what is sent in is answered in the ack.

What takes longer than Slack waits is answered by drawing the open modal anew. A modal that was
closed meanwhile is no error.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import cast

import aiohttp
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.blocks.answer import Answer, Payload, section
from bot.blocks.modal import loading_view, notice_view
from bot.slack.api import Json, SlackApi
from bot.slack.boundary import answered
from bot.slack.places import PLACE
from bot.slack.reply import send
from bot.slack.thread import reason
from bot.supervisor import Supervisor

log = logging.getLogger(__name__)

ACK_TRAVELS = 0.25
"""Seconds after which an ack has arrived at Slack."""

TOO_LATE = (
    "Slack did not open the form in time. Try again, or write it in one line: `/budget help` "
    "shows how."
)

_CLOSED = frozenset({"not_found", "view_not_found"})


@dataclass(frozen=True, slots=True)
class Submitted:
    """What follows from a modal that was sent in.

    Attributes:
        view: what takes its place.
        errors: sentences by block, in place of the view; the modal stays as it is.
    """

    view: Payload
    errors: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Modals:
    """Opens modals and answers them.

    Attributes:
        client: Slack.
        supervisor: keeps the work that outlives a request.
        within_seconds: how long the ack of a modal waits for what follows; Slack gives up after 3.
    """

    client: SlackApi
    supervisor: Supervisor
    within_seconds: float

    def open(self, body: Json, title: str, form: Coroutine[object, object, Payload]) -> None:
        """Opens a modal that loads, and puts the form in its place.

        Args:
            body: of what the person did: it has the trigger.
            title: of the modal, at most 24 characters.
            form: makes what is seen then.
        """
        self.supervisor.spawn(self._open(body, title, form), "a modal")

    async def submit(
        self, ack: AsyncAck, body: Json, work: Coroutine[object, object, Submitted]
    ) -> None:
        """Answers a modal that was sent in: in the ack, or by drawing it anew."""
        view = cast("Json", body["view"])
        title = str(cast("Json", view.get("title") or {}).get("text") or "costbot")
        task = self.supervisor.spawn(_viewed(work, title), "a modal that was sent in")
        await asyncio.wait({task}, timeout=self.within_seconds)
        if not task.done():
            await ack(response_action="update", view=loading_view(title))
            self.supervisor.spawn(self._later(task, str(view["id"])), "a modal, answered later")
            return
        submitted = task.result()
        if submitted.errors:
            await ack(response_action="errors", errors=dict(submitted.errors))
        else:
            await ack(response_action="update", view=submitted.view)
            _done()

    async def _open(self, body: Json, title: str, form: Coroutine[object, object, Payload]) -> None:
        try:
            opened = await self._opened(str(body.get("trigger_id", "")), loading_view(title))
        except (SlackApiError, aiohttp.ClientError, TimeoutError) as error:
            form.close()
            log.warning("a modal was not opened: %s", error)
            too_late = Answer(TOO_LATE, (section(TOO_LATE, "budget-late"),))
            await send(str(body.get("response_url", "")), too_late, replaces=False)
            return
        submitted = await _viewed(_submitted(form), title)
        await self._draw(str(cast("Json", opened["view"])["id"]), submitted.view)

    async def _opened(self, trigger_id: str, view: Payload) -> Json:
        """Opens a view: above the modal that asks for it, or by itself."""
        place = PLACE.get()
        if place is not None:
            return await place.open_form(view)
        return await self.client.views_open(trigger_id=trigger_id, view=view)

    async def _later(self, task: asyncio.Task[Submitted], view_id: str) -> None:
        # Slack shows what an ack carries once it has arrived: over what was drawn before it, too.
        submitted, _ = await asyncio.gather(task, asyncio.sleep(ACK_TRAVELS))
        await self._draw(view_id, submitted.view)
        _done()

    async def _draw(self, view_id: str, view: Payload) -> None:
        try:
            await self.client.views_update(view_id=view_id, view=view)
        except SlackApiError as error:
            if reason(error) not in _CLOSED:
                raise
            log.debug("a modal was closed before it was drawn")


def _done() -> None:
    """Tells the Home tab of who sent a modal in that something may be decided."""
    place = PLACE.get()
    if place is not None:
        place.done()


async def _submitted(form: Coroutine[object, object, Payload]) -> Submitted:
    return Submitted(await form)


async def _viewed(work: Coroutine[object, object, Submitted], title: str) -> Submitted:
    """What `work` gives, or a view that tells why it gives nothing."""
    done: list[Submitted] = []

    async def run() -> Answer:
        done.append(await work)
        return Answer("", ())

    answer = await answered(run(), title)
    return done[0] if done else Submitted(notice_view(title, [answer.text]))

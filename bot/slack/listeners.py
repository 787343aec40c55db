"""What costbot hears in Slack: commands, clicks, and the opening of its Home tab."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from bot.blocks.answer import Answer
from bot.blocks.home import home_view
from bot.road import Road
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.files import send_csv
from bot.slack.reply import Replies
from handlers.caller import Caller
from storage.repositories.inbound import InboundEventRepository

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


@dataclass(frozen=True, slots=True)
class Listeners:
    """The listeners, with what they need."""

    road: Road
    replies: Replies
    client: SlackApi
    inbound: InboundEventRepository

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners."""
        app.command("/cost")(self.on_command)
        app.action(re.compile(r"^ask_\d+$"))(self.on_ask)
        app.action("csv")(self.on_csv)
        app.action("share")(self.on_share)
        app.event("app_home_opened")(self.on_home)

    async def on_command(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """`/cost …`: answered in the ack, or from there on through the response URL."""
        text = unescape(str(body.get("text") or ""))
        await self.replies.in_ack(
            ack,
            str(body.get("response_url", "")),
            self._answer(text, caller_of(context)),
            name="/cost",
            fetching=f"/cost {text[:200]}",
        )

    async def on_ask(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A next question: its answer takes the place of the one that it was asked from."""
        await ack()
        self._after_click(body, self._answer(clicked(body), caller_of(context)), replaces=True)

    async def on_csv(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The rows of an answer, as a file in the person's direct messages."""
        await ack()
        text, caller = clicked(body), caller_of(context)
        self._after_click(body, self._csv(text, caller), replaces=False)

    async def on_share(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """An answer, shown to the channel."""
        await ack()
        self._after_click(body, self._share(clicked(body), caller_of(context)), replaces=False)

    async def on_home(self, body: Json, context: AsyncBoltContext) -> None:
        """The Home tab, drawn when it is opened; a repeated event is passed over."""
        event = cast("Json", body["event"])
        if event.get("tab") != "home" or not await self.inbound.claim(str(body["event_id"])):
            return
        caller = caller_of(context)
        today = await self.road.answer(self.road.understand("today by model", caller), caller)
        await self.client.views_publish(user_id=caller.user_id, view=home_view(today))

    def _after_click(
        self, body: Json, work: Coroutine[object, object, Answer], *, replaces: bool
    ) -> None:
        self.replies.after_ack(
            str(body.get("response_url", "")), work, name="a click", replaces=replaces
        )

    async def _answer(self, text: str, caller: Caller) -> Answer:
        command = self.road.understand(text, caller)
        if command.csv:
            return await self._csv(text, caller)
        return await self.road.answer(command, caller)

    async def _csv(self, text: str, caller: Caller) -> Answer:
        command = self.road.understand(text, caller)
        file = await self.road.csv(command, caller)
        if not file.rows:
            return await self.road.answer(command, caller)
        return await send_csv(self.client, caller.user_id, file, text)

    async def _share(self, text: str, caller: Caller) -> Answer:
        return await self.road.shared(self.road.understand(text, caller), caller)


def caller_of(context: AsyncBoltContext) -> Caller:
    """The caller whom the permission check has let through."""
    return cast("Caller", context["caller"])


def clicked(body: Json) -> str:
    """What the clicked button carries: the text of a question, checked again like a typed one."""
    actions = cast("list[Json]", body["actions"])
    return str(actions[0].get("value") or "")


def unescape(text: str) -> str:
    """What the person typed: Slack sends three characters as entities."""
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text

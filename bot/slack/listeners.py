"""What costbot hears in Slack: commands and clicks."""

from __future__ import annotations

import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from bot.blocks.answer import Answer
from bot.blocks.report import GO_ON, POST
from bot.blocks.text import unescape
from bot.grammar.report import ReportCommand
from bot.road import Road
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.files import send_csv
from bot.slack.modals import Modals
from bot.slack.nouns import Noun, noun_in
from bot.slack.recs_payload import is_ephemeral
from bot.slack.reply import Replies
from bot.slack.report import Asked, Reports
from handlers.caller import Caller


@dataclass(frozen=True, slots=True)
class Listeners:
    """The listeners, with what they need."""

    road: Road
    replies: Replies
    reports: Reports
    client: SlackApi
    modals: Modals
    nouns: Mapping[str, Noun] = field(default_factory=dict[str, Noun])

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners."""
        app.command("/cost")(self.on_command)
        app.action(re.compile(r"^ask_\d+$"))(self.on_ask)
        app.action("csv")(self.on_csv)
        app.action("share")(self.on_share)
        app.action(POST)(self.on_ask)
        app.action(GO_ON)(self.on_go_on)

    async def on_command(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """`/cost …`: answered in the ack, or from there on through the response URL.

        Some nouns open a form in place of an answer.
        """
        text = unescape(str(body.get("text") or ""))
        asked, caller = asked_in(body), caller_of(context)
        noun = noun_in(self.nouns, text)
        form = noun.form_for(text, caller, asked.channel) if noun is not None else None
        if form is not None:
            await ack()
            self.modals.open(body, *form)
            return
        work = (
            self._answer(text, caller, asked)
            if noun is None
            else noun.answer(text, caller, asked.channel)
        )
        await self.replies.in_ack(
            ack,
            asked.response_url,
            work,
            name="/cost",
            fetching=f"/cost {text[:200]}",
        )
        asked.acked.set()

    async def on_ask(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A next question: its answer takes the place of the one that it was asked from.

        Where everybody sees that one, the answer is for who clicked alone, and stands beside it.
        """
        await ack()
        text, caller, asked = clicked(body), caller_of(context), asked_in(body, is_acked=True)
        noun = noun_in(self.nouns, text)
        work = (
            self._answer(text, caller, asked)
            if noun is None
            else noun.answer(text, caller, asked.channel)
        )
        self._after_click(body, work, replaces=is_ephemeral(body))

    async def on_go_on(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A report that stopped on its way: what is missing of it is posted."""
        await ack()
        work = self._go_on(clicked(body), caller_of(context), asked_in(body, is_acked=True))
        self._after_click(body, work, replaces=True)

    async def on_csv(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The rows of an answer, as a file in the person's direct messages."""
        await ack()
        text, caller = clicked(body), caller_of(context)
        work = self._csv(text, caller, asked_in(body, is_acked=True))
        self._after_click(body, work, replaces=False)

    async def on_share(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """An answer, shown to the channel."""
        await ack()
        self._after_click(body, self._share(clicked(body), caller_of(context)), replaces=False)

    def _after_click(
        self, body: Json, work: Coroutine[object, object, Answer], *, replaces: bool
    ) -> None:
        self.replies.after_ack(
            str(body.get("response_url", "")), work, name="a click", replaces=replaces
        )

    async def _answer(self, text: str, caller: Caller, asked: Asked) -> Answer:
        command = self.road.understand(text, caller)
        if isinstance(command, ReportCommand):
            return await self.reports.answer(command, caller, asked)
        if command.csv:
            return await self._csv(text, caller, asked)
        return await self.road.answer(command, caller)

    async def _go_on(self, key: str, caller: Caller, asked: Asked) -> Answer:
        return self.reports.go_on(key, caller, asked)

    async def _csv(self, text: str, caller: Caller, asked: Asked) -> Answer:
        command = self.road.understand(text, caller)
        if isinstance(command, ReportCommand):
            return await self.reports.answer(replace(command, csv=True), caller, asked)
        file = await self.road.csv(command, caller)
        if not file.rows:
            return await self.road.answer(command, caller)
        return await send_csv(self.client, caller.user_id, file, text)

    async def _share(self, text: str, caller: Caller) -> Answer:
        return await self.road.shared(self.road.understand(text, caller), caller)


def caller_of(context: AsyncBoltContext) -> Caller:
    """The caller whom the permission check has let through."""
    return cast("Caller", context["caller"])


def asked_in(body: Json, *, is_acked: bool = False) -> Asked:
    """Where a command was typed or a button clicked."""
    clicked_in = cast("Json", body.get("channel") or {})
    channel = str(body.get("channel_id") or clicked_in.get("id") or "")
    asked = Asked(channel, str(body.get("response_url", "")))
    if is_acked:
        asked.acked.set()
    return asked


def clicked(body: Json) -> str:
    """What the clicked button carries: the text of a question, checked again like a typed one."""
    actions = cast("list[Json]", body["actions"])
    return str(actions[0].get("value") or "")

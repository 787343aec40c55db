"""The buttons under an alert of a budget: acknowledge, mute, unmute."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import BadInput
from bot.alert_words import moment_of
from bot.blocks.answer import Answer, section
from bot.blocks.budget_alert import ACKNOWLEDGE, MUTE, UNMUTE
from bot.blocks.text import escape, short
from bot.slack.api import BoltApp, Json
from bot.slack.listeners import caller_of, clicked
from bot.slack.reply import Replies
from handlers.budget_watch.acting import ActedOn, AlertHandler, Mute, Which
from handlers.caller import Caller


@dataclass(frozen=True, slots=True)
class AlertListeners:
    """Hears the clicks; what they change is seen in the alert itself, which the outbox changes.

    Attributes:
        alerts: what can be done about them.
        replies: tells who clicked.
    """

    alerts: AlertHandler
    replies: Replies

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners."""
        app.action(ACKNOWLEDGE)(self.on_acknowledge)
        app.action(MUTE)(self.on_mute)
        app.action(UNMUTE)(self.on_unmute)

    async def on_acknowledge(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Somebody has seen it."""
        await ack()
        self._answer(body, self._acknowledged(clicked(body), caller_of(context)))

    async def on_mute(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Nothing is to be heard for a while."""
        await ack()
        self._answer(body, self._muted(_chosen(body), caller_of(context)))

    async def on_unmute(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """It is to be heard again."""
        await ack()
        self._answer(body, self._heard(clicked(body), caller_of(context)))

    async def _acknowledged(self, value: str, caller: Caller) -> Answer:
        done = await self.alerts.acknowledge(_which(value), caller)
        told = "You have acknowledged it" if done.is_new else "It was acknowledged before"
        return _told(done, f"{told}: the next level asks for that again.")

    async def _muted(self, value: str, caller: Caller) -> Answer:
        ids, _, length = value.rpartition(":")
        if length not in {mute.value for mute in Mute}:
            raise _stale()
        done = await self.alerts.mute(_which(ids), Mute(length), caller)
        until = done.state.muted_until
        if until is None:
            message = "a muted alert says until when"
            raise AssertionError(message)
        return _told(done, f"Nothing more is told of it until {moment_of(until, caller.zone)}.")

    async def _heard(self, value: str, caller: Caller) -> Answer:
        return _told(await self.alerts.unmute(_which(value), caller), "It is heard again.")

    def _answer(self, body: Json, work: Coroutine[object, object, Answer]) -> None:
        url = str(body.get("response_url", ""))
        self.replies.after_ack(url, work, name="a click on an alert", replaces=False)


def _told(done: ActedOn, sentence: str) -> Answer:
    text = f"*{escape(short(done.budget.name))}*: {escape(sentence)}"
    return Answer(text=text, blocks=(section(text, "alert-acted"),))


def _chosen(body: Json) -> str:
    """What the chosen option carries."""
    actions = cast("list[Json]", body["actions"])
    option = cast("Json", actions[0].get("selected_option") or {})
    return str(option.get("value") or "")


def _which(value: str) -> Which:
    budget_id, _, first = value.partition(":")
    try:
        return Which(UUID(budget_id), date.fromisoformat(first))
    except ValueError:
        raise _stale() from None


def _stale() -> BadInput:
    return BadInput("That button belongs to an older message.", "Ask again: `/budget list`.")

"""`/cost incidents`, and the buttons under an incident: acknowledge, mute, unmute, details."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import BadInput
from bot.alert_words import moment_of
from bot.blocks.answer import Answer, Payload, section
from bot.blocks.incident import ACKNOWLEDGE, MUTE, SHOW, UNMUTE, Shown, root_answer
from bot.blocks.incidents import LATELY, incidents_answer
from bot.blocks.routes import ADD
from bot.blocks.text import escape, short
from bot.grammar.incidents import WORDS, IncidentShow, parse_incidents
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.listeners import caller_of, clicked
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun
from bot.slack.recs_payload import chosen
from bot.slack.reply import Replies
from handlers.caller import Caller
from handlers.incidents.book import ActedOn
from handlers.incidents.desk import IncidentDesk
from handlers.incidents.muting import MuteLength
from handlers.incidents.permissions import Act, may
from handlers.incidents.telling import story_of
from storage.records.incident import Incident


@dataclass(frozen=True, slots=True)
class IncidentNoun:
    """Hears of incidents; what a click changes is seen in the root, which the outbox changes.

    Attributes:
        desk: keeps them.
        zone: of the deployment, in which what everybody sees is written.
        replies: gets answers to who clicked.
    """

    desk: IncidentDesk
    zone: ZoneInfo
    replies: Replies

    @property
    def words(self) -> tuple[str, ...]:
        """See `Noun.words`."""
        return WORDS

    def register(self, app: BoltApp) -> None:
        """See `Noun.register`."""
        app.action(ACKNOWLEDGE)(self.on_acknowledge)
        app.action(MUTE)(self.on_mute)
        app.action(UNMUTE)(self.on_unmute)
        app.action(re.compile(rf"^{SHOW}(_\d+)?$"))(self.on_show)

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """See `Noun.form_for`: there is none."""
        return None

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """See `Noun.answer`."""
        command = parse_incidents(text)
        if isinstance(command, IncidentShow):
            return await self._shown(command.key, caller)
        found = await self.desk.open_incidents(caller)
        closed = await self.desk.recent(caller, LATELY)
        hint = ""
        if may(Act.ROUTE, caller) and not await self.desk.has_routes(caller):
            hint = f"No route leads anywhere yet, so nothing is sent by one. Make one: {ADD}"
        return incidents_answer(
            found,
            closed,
            self.desk.clock(),
            caller.zone,
            with_closed=command.with_closed,
            hint=hint,
        )

    async def on_acknowledge(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Somebody is at it."""
        await ack()
        self._answer(body, self._acknowledged(clicked(body), caller_of(context)))

    async def on_mute(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Nothing is to be heard for a while."""
        await ack()
        self._answer(body, self._muted(chosen(body), caller_of(context)))

    async def on_unmute(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """It is to be heard again."""
        await ack()
        self._answer(body, self._heard(clicked(body), caller_of(context)))

    async def on_show(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Everything about an incident, for who asks alone."""
        await ack()
        caller = caller_of(context)
        self._answer(body, self._shown_of(clicked(body), caller))

    async def _acknowledged(self, value: str, caller: Caller) -> Answer:
        done = await self.desk.acknowledge(_id(value), caller)
        told = "You have acknowledged it" if done.is_new else "It was acknowledged before"
        rest = "it is told again when it turns critical, and when it is over."
        return _told(done, f"{told}: {rest}")

    async def _muted(self, value: str, caller: Caller) -> Answer:
        key, _, length = value.partition(":")
        if length not in {one.value for one in MuteLength}:
            raise _stale()
        until = MuteLength(length).until(self.desk.clock(), caller.zone)
        done = await self.desk.mute(_id(key), until, caller)
        told = f"Nothing more is told of it until {moment_of(until, caller.zone)}"
        return _told(done, f"{told}, whatever happens. The message has a button to undo that.")

    async def _heard(self, value: str, caller: Caller) -> Answer:
        done = await self.desk.unmute(_id(value), caller)
        told = "It is heard again" if done.is_new else "It was not muted any more"
        return _told(done, f"{told}.")

    async def _shown_of(self, value: str, caller: Caller) -> Answer:
        return await self._shown(_id(value), caller)

    async def _shown(self, key: UUID, caller: Caller) -> Answer:
        incident = await self.desk.find(key, caller)
        names = await self.desk.names(incident)
        return root_answer(Shown(incident, self.desk.clock(), caller.zone, names))

    def _answer(self, body: Json, work: Coroutine[object, object, Answer]) -> None:
        url = str(body.get("response_url", ""))
        self.replies.after_ack(url, work, name="a click on an incident", replaces=False)


def make_incidents(desk: IncidentDesk, zone: ZoneInfo) -> MakeNoun:
    """Makes the noun."""

    def make(client: SlackApi, replies: Replies, modals: Modals) -> IncidentNoun:
        return IncidentNoun(desk, zone, replies)

    return make


def _told(done: ActedOn, sentence: str) -> Answer:
    text = f"*{escape(short(_title(done.incident)))}*: {escape(sentence)}"
    return Answer(text=text, blocks=(section(text, "incident-acted"),))


def _title(incident: Incident) -> str:
    return story_of(incident).title


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        raise _stale() from None


def _stale() -> BadInput:
    sentence = "That button belongs to an older message."
    return BadInput(sentence, "`/cost incidents` shows what is open.")

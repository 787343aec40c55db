"""`/cost route`: where incidents are told, and the buttons under it."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import BadInput
from bot.blocks.answer import Answer, Payload
from bot.blocks.routes import (
    REMOVE,
    RESTORE,
    TEST,
    added_answer,
    hearing_answer,
    removed_answer,
    restored_answer,
    routes_answer,
    tested_answer,
)
from bot.grammar.route import WORDS, RouteAct, RouteAdd, RouteList, RouteWho, parse_route
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.listeners import caller_of, clicked
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun
from bot.slack.recs_payload import is_ephemeral
from bot.slack.reply import Replies
from handlers.caller import Caller
from handlers.incidents.routing import RouteHandler


@dataclass(frozen=True, slots=True)
class RouteNoun:
    """Hears of routes.

    Attributes:
        routes: what can be done with them.
        replies: gets answers to who clicked.
    """

    routes: RouteHandler
    replies: Replies

    @property
    def words(self) -> tuple[str, ...]:
        """See `Noun.words`."""
        return WORDS

    def register(self, app: BoltApp) -> None:
        """See `Noun.register`."""
        for name, listener in (
            (REMOVE, self.on_remove),
            (RESTORE, self.on_restore),
            (TEST, self.on_test),
        ):
            app.action(re.compile(rf"^{name}(_\d+)?$"))(listener)

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """See `Noun.form_for`: there is none."""
        return None

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """See `Noun.answer`."""
        match parse_route(text):
            case RouteList():
                return routes_answer(await self.routes.all(caller))
            case RouteAdd(request):
                return added_answer(await self.routes.add(request, caller))
            case RouteWho(request):
                found = await self.routes.who_hears(request, caller)
                return hearing_answer(found, is_all=caller.organization is None)
            case RouteAct(verb, key):
                return await self._act(verb, key, caller)

    async def on_remove(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """It leads nowhere any more."""
        await ack()
        self._after(body, self._clicked("remove", clicked(body), caller_of(context)))

    async def on_restore(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """It is in force again."""
        await ack()
        self._after(body, self._clicked("restore", clicked(body), caller_of(context)))

    async def on_test(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A test message is to be sent."""
        await ack()
        work = self._clicked("test", clicked(body), caller_of(context))
        self._after(body, work, replaces=False)

    async def _clicked(self, verb: str, value: str, caller: Caller) -> Answer:
        if not (value.isdecimal() and value.isascii()):
            sentence = "That button belongs to an older message."
            raise BadInput(sentence, "`/cost route` lists the routes.")
        return await self._act(verb, int(value), caller)

    async def _act(self, verb: str, key: int, caller: Caller) -> Answer:
        match verb:
            case "remove":
                return removed_answer(await self.routes.remove(key, caller))
            case "restore":
                return restored_answer(await self.routes.restore(key, caller))
            case _:
                return tested_answer(await self.routes.test(key, caller))

    def _after(
        self, body: Json, work: Coroutine[object, object, Answer], *, replaces: bool = True
    ) -> None:
        url = str(body.get("response_url", ""))
        self.replies.after_ack(
            url, work, name="a click on a route", replaces=replaces and is_ephemeral(body)
        )


def make_routes(routes: RouteHandler) -> MakeNoun:
    """Makes the noun."""

    def make(client: SlackApi, replies: Replies, modals: Modals) -> RouteNoun:
        return RouteNoun(routes, replies)

    return make

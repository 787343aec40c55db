"""`/cost token`: who may call the REST API, and the buttons under it."""

from __future__ import annotations

import re
from collections.abc import Coroutine
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.clock import Clock
from analysis.errors import BadInput
from bot.blocks.answer import Answer, Payload
from bot.blocks.api_tokens import (
    HIDE,
    LIST,
    REVOKE,
    created_answer,
    hidden_answer,
    list_answer,
    revoked_answer,
)
from bot.grammar.api_tokens import WORDS, TokenCreate, TokenList, TokenRevoke, parse_token
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.listeners import caller_of, clicked
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun
from bot.slack.recs_payload import is_ephemeral
from bot.slack.reply import Replies
from handlers.api_tokens.managing import ApiTokenHandler
from handlers.budgets.finding import id_of
from handlers.caller import Caller


@dataclass(frozen=True, slots=True)
class ApiTokenNoun:
    """Hears of API tokens.

    Attributes:
        tokens: what can be done with them.
        clock: the present.
        replies: gets answers to who clicked.
    """

    tokens: ApiTokenHandler
    clock: Clock
    replies: Replies

    @property
    def words(self) -> tuple[str, ...]:
        """See `Noun.words`."""
        return WORDS

    def register(self, app: BoltApp) -> None:
        """See `Noun.register`."""
        for name, listener in (
            (HIDE, self.on_hide),
            (LIST, self.on_list),
            (REVOKE, self.on_revoke),
        ):
            app.action(re.compile(rf"^{name}(_\d+)?$"))(listener)

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """See `Noun.form_for`: there is none."""
        return None

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """See `Noun.answer`."""
        match parse_token(text):
            case TokenList(with_ended):
                return await self._listed(caller, with_ended=with_ended)
            case TokenCreate(new):
                return created_answer(await self.tokens.create(new, caller), caller.zone)
            case TokenRevoke(which):
                return revoked_answer(await self.tokens.revoke(which, caller))

    async def on_hide(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The secret is taken down."""
        await ack()
        self._after(body, self._hidden(clicked(body), caller_of(context)))

    async def on_list(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Which there are."""
        await ack()
        self._after(body, self._listed(caller_of(context), with_ended=False))

    async def on_revoke(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """One opens nothing any more."""
        await ack()
        self._after(body, self._revoked(clicked(body), caller_of(context)))

    async def _listed(self, caller: Caller, *, with_ended: bool) -> Answer:
        tokens = await self.tokens.listed(caller, with_ended=with_ended)
        return list_answer(tokens, self.clock(), caller.zone, with_ended=with_ended)

    async def _hidden(self, value: str, caller: Caller) -> Answer:
        return hidden_answer(await self.tokens.find(_id_in(value), caller), caller.zone)

    async def _revoked(self, value: str, caller: Caller) -> Answer:
        return revoked_answer(await self.tokens.revoke(_id_in(value), caller))

    def _after(self, body: Json, work: Coroutine[object, object, Answer]) -> None:
        url = str(body.get("response_url", ""))
        replaces = is_ephemeral(body)
        self.replies.after_ack(url, work, name="a click on an API token", replaces=replaces)


def make_api_tokens(tokens: ApiTokenHandler, clock: Clock) -> MakeNoun:
    """Makes the noun."""

    def make(client: SlackApi, replies: Replies, modals: Modals) -> ApiTokenNoun:
        return ApiTokenNoun(tokens, clock, replies)

    return make


def _id_in(value: str) -> str:
    if id_of(value) is None:
        sentence = "That button belongs to an older message."
        raise BadInput(sentence, "`/cost token list` has the tokens.")
    return value

"""`/cost setup`: what is set up and what is not, and "Send me a test"."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import dataclass

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from bot.blocks.answer import Answer, Payload
from bot.blocks.setup import TEST, on_its_way_answer, setup_answer
from bot.grammar.setup import WORDS, parse_setup
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.listeners import caller_of
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun
from bot.slack.reply import Replies
from handlers.caller import Caller
from handlers.setup import SetupHandler


@dataclass(frozen=True, slots=True)
class SetupNoun:
    """Hears of the setup.

    Attributes:
        handler: looks, and sends tests.
        replies: gets answers to who clicked.
    """

    handler: SetupHandler
    replies: Replies

    @property
    def words(self) -> tuple[str, ...]:
        """See `Noun.words`."""
        return WORDS

    def register(self, app: BoltApp) -> None:
        """See `Noun.register`."""
        app.action(TEST)(self.on_test)

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """See `Noun.form_for`: there is none."""
        return None

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """See `Noun.answer`."""
        parse_setup(text)
        return setup_answer(await self.handler.look(caller))

    async def on_test(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A test message is to be sent to who clicked."""
        await ack()
        url, work = str(body.get("response_url", "")), self._tested(caller_of(context))
        self.replies.after_ack(url, work, name="a test of the setup", replaces=False)

    async def _tested(self, caller: Caller) -> Answer:
        return on_its_way_answer(is_new=await self.handler.test(caller))


def make_setup(handler: SetupHandler) -> MakeNoun:
    """Makes the noun."""

    def make(client: SlackApi, replies: Replies, modals: Modals) -> SetupNoun:
        return SetupNoun(handler, replies)

    return make

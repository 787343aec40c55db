"""What costbot hears of digests in Slack: `/cost digest`, the buttons, and the form."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import BadInput, NotUnderstood
from bot.blocks import digest_buttons as buttons
from bot.blocks.answer import Answer, Payload
from bot.blocks.digest import digest_answer
from bot.blocks.digest_form import FORM
from bot.blocks.digest_list import (
    changed_answer,
    digest_help_answer,
    ended_answer,
    list_answer,
    shown_answer,
    skipped_answer,
    subscribed_answer,
    tested_answer,
)
from bot.blocks.digest_words import schedule_words
from bot.grammar.digest import HERE, DigestCommand, parse_digest
from bot.grammar.tokens import tokenize
from bot.slack import digest_forms
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.budget_choices import BudgetChoices
from bot.slack.digest_channels import ChannelApi, DigestChannels
from bot.slack.digest_forms import DigestForms
from bot.slack.listeners import asked_in, caller_of, clicked
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun, Noun
from bot.slack.permissions import action_name
from bot.slack.recs_payload import is_ephemeral
from bot.slack.reply import Replies
from handlers.budgets.finding import id_of
from handlers.caller import Caller
from handlers.digests.handlers import DigestHandlers
from handlers.digests.requests import ME, EditRequest, SubscribeRequest
from handlers.digests.results import Decided
from queries.dimensions import Dimensions
from storage.records.digest import DigestDraft

Click = Callable[[str, Caller], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class DigestNoun:
    """Hears `digest` and `digests`.

    Attributes:
        digests: what can be done with them.
        dimensions: of the deployment.
        forms: makes the form, and takes what was filled in.
        channels: know whether costbot is in them.
        modals: opens modals and answers them.
        replies: gets answers to who asked.
    """

    digests: DigestHandlers
    dimensions: Dimensions
    forms: DigestForms
    channels: DigestChannels
    modals: Modals
    replies: Replies

    @property
    def words(self) -> tuple[str, ...]:
        """The first words after `/cost` that it hears."""
        return ("digest", "digests")

    @property
    def clicks(self) -> Mapping[str, Click]:
        """What each button does that needs no form; by its `action_id`, without a number."""
        return {
            buttons.LIST: self._list_clicked,
            buttons.SHOW: self._show,
            buttons.PREVIEW: self._preview_of,
            buttons.TEST: self._test,
            buttons.PAUSE: self._pause,
            buttons.RESUME: self._resume,
            buttons.SKIP: self._skip,
            buttons.UNSKIP: self._unskip_clicked,
            buttons.END: self._end,
            buttons.UNDO: self._undo,
        }

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners of its buttons and modals."""
        for action in self.clicks:
            app.action(re.compile(rf"^{action}(_\d+)?$"))(self.on_click)
        app.action(buttons.NEW)(self.on_new)
        app.action(buttons.EDIT)(self.on_edit)
        app.view(FORM)(self.on_form)

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """The form that a line opens; None: it is answered instead."""
        try:
            command = self._understood(text, caller)
        except NotUnderstood:
            return None
        if not command.form.is_empty:
            return None
        if command.word == "subscribe":
            return digest_forms.NEW, self.forms.new(caller, channel)
        if command.word == "edit":
            return digest_forms.EDIT, self.forms.edit(command.which, caller)
        return None

    def answer(self, text: str, caller: Caller, channel: str) -> Coroutine[object, object, Answer]:
        """The answer to a line; what is refused is raised."""
        return self._answer(text, caller, channel)

    async def on_click(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A button that needs no form: its answer takes the place of what only the person sees."""
        await ack()
        actions = cast("list[Json]", body["actions"])
        click = self.clicks[action_name(str(actions[0]["action_id"]))]
        work = _answered(click, clicked(body), caller_of(context))
        self.replies.after_ack(
            str(body.get("response_url", "")),
            work,
            name="a click on a digest",
            replaces=is_ephemeral(body),
        )

    async def on_new(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a new digest."""
        await ack()
        form = self.forms.new(caller_of(context), asked_in(body).channel)
        self.modals.open(body, digest_forms.NEW, form)

    async def on_edit(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a digest, filled."""
        await ack()
        form = self.forms.edit(clicked(body), caller_of(context))
        self.modals.open(body, digest_forms.EDIT, form)

    async def on_form(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form, sent in: its fault, its preview, or that it is saved."""
        view = cast("Json", body["view"])
        await self.modals.submit(ack, body, self.forms.submitted(view, caller_of(context)))

    def _understood(self, text: str, caller: Caller) -> DigestCommand:
        return parse_digest(tokenize(text)[1:], self.dimensions, caller.role)

    async def _answer(self, text: str, caller: Caller, channel: str) -> Answer:
        command = _placed(self._understood(text, caller), caller, channel)
        match command.word:
            case "help":
                return digest_help_answer()
            case "list":
                return list_answer(await self.digests.read.list(caller), caller)
            case "subscribe":
                return await self._subscribed(command, caller)
            case "edit":
                request = EditRequest(command.which, command.form)
                decided = await self.digests.manage.edit(request, caller)
                warning = await self.channels.warning(decided.digest)
                return changed_answer("Changed", decided, caller, warning=warning)
            case "preview" if not command.which:
                request = SubscribeRequest(command.form)
                draft = await self.digests.manage.draft(request, caller)
                return await self._preview(draft, caller)
            case "unskip" if command.day is not None:
                return await self._unskip(command.which, command.day, caller)
            case "undo" if command.key is not None:
                return await self._undo(str(command.key), caller)
            case _:
                return await self._by_word[command.word](command.which, caller)

    @property
    def _by_word(self) -> Mapping[str, Click]:
        return {
            "show": self._show,
            "preview": self._preview_of,
            "test": self._test,
            "pause": self._pause,
            "resume": self._resume,
            "skip": self._skip,
            "unsubscribe": self._end,
        }

    async def _subscribed(self, command: DigestCommand, caller: Caller) -> Answer:
        request = SubscribeRequest(command.form)
        decided = await self.digests.manage.subscribe(request, caller)
        warning = await self.channels.warning(decided.digest)
        return subscribed_answer(decided, caller, warning=warning)

    async def _list_clicked(self, value: str, caller: Caller) -> Answer:
        del value
        return list_answer(await self.digests.read.list(caller), caller)

    async def _show(self, which: str, caller: Caller) -> Answer:
        return shown_answer(await self.digests.read.show(which, caller))

    async def _preview_of(self, which: str, caller: Caller) -> Answer:
        digest = await self.digests.manage.finder.find(which, caller)
        return await self._preview(digest, caller)

    async def _preview(self, draft: DigestDraft, caller: Caller) -> Answer:
        figures = await self.digests.read.preview(draft, caller)
        footer = [f"Preview: nothing is sent. It would come {schedule_words(draft.schedule)}"]
        if draft.skip_quiet and figures.is_quiet:
            footer.insert(0, "Nothing moved and nothing is wrong: today it would be left out")
        return replace(digest_answer(figures, footer), in_channel=False)

    async def _test(self, which: str, caller: Caller) -> Answer:
        digest = await self.digests.manage.finder.find(which, caller)
        await self.digests.sender.test(digest, caller)
        return tested_answer(digest)

    async def _pause(self, which: str, caller: Caller) -> Answer:
        return changed_answer("Paused", await self.digests.manage.pause(which, caller), caller)

    async def _resume(self, which: str, caller: Caller) -> Answer:
        return changed_answer("Resumed", await self.digests.manage.resume(which, caller), caller)

    async def _skip(self, which: str, caller: Caller) -> Answer:
        return skipped_answer(await self.digests.manage.skip(which, caller), caller)

    async def _unskip_clicked(self, value: str, caller: Caller) -> Answer:
        which, _, day = value.partition(":")
        try:
            return await self._unskip(which, date.fromisoformat(day), caller)
        except ValueError:
            raise _stale() from None

    async def _unskip(self, which: str, day: date, caller: Caller) -> Answer:
        decided: Decided = await self.digests.manage.unskip(which, day, caller)
        if not decided.is_new:
            raise BadInput(
                f"{day} was not left out, or it is over.", "`/cost digest list` has all."
            )
        return changed_answer(f"Sent after all on {day}", decided, caller)

    async def _end(self, which: str, caller: Caller) -> Answer:
        return ended_answer(await self.digests.manage.unsubscribe(which, caller))

    async def _undo(self, value: str, caller: Caller) -> Answer:
        key = id_of(value)
        if key is None:
            raise _stale()
        return changed_answer(
            "Subscribed again", await self.digests.manage.undo(key, caller), caller
        )


def digest_noun_maker(digests: DigestHandlers) -> MakeNoun:
    """What makes the noun.

    Args:
        digests: what can be done with them.
    """
    figures = digests.read.figures
    choices = BudgetChoices(figures.engine, figures.dimensions)

    def make(client: SlackApi, replies: Replies, modals: Modals) -> Noun:
        channels = DigestChannels(cast("ChannelApi", client))
        return DigestNoun(
            digests=digests,
            dimensions=figures.dimensions,
            forms=DigestForms(digests, choices, channels),
            channels=channels,
            modals=modals,
            replies=replies,
        )

    return make


def _placed(command: DigestCommand, caller: Caller, channel: str) -> DigestCommand:
    """The command with `here` as the channel in which it was typed, or who typed it there."""
    if command.form.target == HERE:
        here = channel if channel.startswith(("C", "G")) else ME
        return replace(command, form=replace(command.form, target=here))
    if command.form.target == caller.user_id:
        return replace(command, form=replace(command.form, target=ME))
    return command


async def _answered(click: Click, value: str, caller: Caller) -> Answer:
    return await click(value, caller)


def _stale() -> BadInput:
    return BadInput("That button belongs to an older message.", "Ask again: `/cost digest list`.")

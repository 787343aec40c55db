"""`/cost alert`: the noun, its buttons and its form."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import BadInput, NotUnderstood
from bot.blocks import alert_rule as blocks
from bot.blocks.alert_rule_form import FORM
from bot.blocks.answer import Answer, Payload
from bot.grammar.alert_rule_words import WORDS
from bot.grammar.alert_rules import (
    AlertCreateCommand,
    AlertDeleteCommand,
    AlertEditCommand,
    AlertHelpCommand,
    AlertListCommand,
    AlertPauseCommand,
    AlertPreviewCommand,
    AlertUndoCommand,
    AlertWhichCommand,
    parse_alert,
)
from bot.grammar.command import Command
from bot.slack import alert_rule_forms
from bot.slack.alert_rule_forms import AlertRuleForms
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.boundary import answered
from bot.slack.budget_choices import BudgetChoices
from bot.slack.listeners import asked_in, caller_of, clicked
from bot.slack.modals import Modals
from bot.slack.nouns import MakeNoun
from bot.slack.permissions import action_name
from bot.slack.reply import Replies
from handlers.alert_rules.handlers import AlertRuleHandlers
from handlers.alert_rules.permissions import Act, may
from handlers.alert_rules.reading import allowed
from handlers.alert_rules.requests import DeleteRequest, ListRequest, PauseRequest, Which
from handlers.caller import Caller
from queries.dimensions import Dimensions
from queries.engines.base import Engine

Click = Callable[[str, Caller], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class AlertRuleNoun:
    """Hears `/cost alert …`, and the clicks and forms of it.

    Attributes:
        rules: what can be done with them.
        forms: makes the form, and takes what was filled in.
        dimensions: of the deployment.
        replies: gets answers to who asked.
        modals: opens forms.
    """

    rules: AlertRuleHandlers
    forms: AlertRuleForms
    dimensions: Dimensions
    replies: Replies
    modals: Modals

    @property
    def words(self) -> tuple[str, ...]:
        """The first words after `/cost` that it hears."""
        return WORDS

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners of its buttons and modals."""
        for action in self._by_action:
            app.action(re.compile(rf"^{action}(_\d+)?$"))(self.on_click)
        app.action(blocks.NEW)(self.on_new)
        app.action(blocks.EDIT)(self.on_edit)
        app.view(FORM)(self.on_form)

    def form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """The form that `create` and `edit NAME` open alone; None: it is answered instead."""
        try:
            command = parse_alert(text, self.dimensions, caller.role, channel)
        except NotUnderstood:
            return None
        match command:
            case AlertCreateCommand(request=None) if may(Act.CREATE, caller):
                return alert_rule_forms.NEW, self.forms.new(caller, channel)
            case AlertEditCommand(request=request) if not request.form.filled:
                if may(Act.EDIT, caller):
                    return alert_rule_forms.EDIT, self.forms.edit(request.which, caller)
            case _:
                pass
        return None

    async def answer(self, text: str, caller: Caller, channel: str) -> Answer:
        """The answer to a text; what is refused is raised."""
        command = parse_alert(text, self.dimensions, caller.role, channel)
        match command:
            case AlertHelpCommand():
                return blocks.alert_help_answer(self.dimensions, caller.role)
            case AlertListCommand(request=request):
                is_narrowed = bool(request.containing or request.organization)
                found = await self.rules.read.list(request, caller)
                return blocks.list_answer(found, is_narrowed=is_narrowed)
            case AlertWhichCommand(word=word, which=which):
                return await self._named(word, which, caller)
            case _:
                return await self._decided(command, caller)

    async def on_click(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A button that needs no form: its answer takes the place of what only the person sees."""
        await ack()
        actions = cast("list[Json]", body["actions"])
        name = action_name(str(actions[0]["action_id"]))
        container = cast("Json", body.get("container") or {})
        may_replace = bool(container.get("is_ephemeral")) and name != blocks.TEST
        work = self._by_action[name](clicked(body), caller_of(context))
        url = str(body.get("response_url", ""))
        self.modals.supervisor.spawn(
            self._send(url, work, may_replace=may_replace), "a click on an alert rule"
        )

    async def on_new(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a new rule."""
        await ack()
        form = self.forms.new(caller_of(context), asked_in(body).channel)
        self.modals.open(body, alert_rule_forms.NEW, form)

    async def on_edit(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a rule, filled."""
        await ack()
        form = self._edit_form(clicked(body), caller_of(context))
        self.modals.open(body, alert_rule_forms.EDIT, form)

    async def on_form(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form, sent in: its faults, its preview, or that it is saved."""
        work = self.forms.submitted(cast("Json", body["view"]), caller_of(context))
        await self.modals.submit(ack, body, work)

    @property
    def _by_action(self) -> Mapping[str, Click]:
        return {
            blocks.SHOW: self._show,
            blocks.LIST: self._list,
            blocks.PAUSE: self._pause,
            blocks.RESUME: self._resume,
            blocks.DELETE: self._delete,
            blocks.UNDO: self._undo,
            blocks.TEST: self._test,
        }

    async def _named(self, word: str, which: Which, caller: Caller) -> Answer:
        match word:
            case "resume":
                edited = await self.rules.change.resume(which, caller)
                return blocks.resumed_answer(edited.after, allowed(caller))
            case "test":
                return blocks.tested_answer(await self.rules.test.test(which, caller))
            case _:
                return blocks.shown_answer(await self.rules.read.show(which, caller))

    async def _decided(self, command: Command, caller: Caller) -> Answer:
        create, change, acts = self.rules.create, self.rules.change, allowed(caller)
        match command:
            case AlertCreateCommand(request=request) if request is not None:
                return blocks.created_answer(await create.create(request, caller), acts)
            case AlertPreviewCommand(request=request):
                return blocks.previewed_answer(await create.preview(request, caller))
            case AlertEditCommand(request=request):
                return blocks.edited_answer(await change.edit(request, caller), acts)
            case AlertPauseCommand(request=request):
                return blocks.paused_answer((await change.pause(request, caller)).after, acts)
            case AlertDeleteCommand(request=request):
                deleted = await change.delete(request, caller)
                return blocks.deleted_answer(deleted, caller.zone)
            case AlertUndoCommand(key=key):
                return blocks.restored_answer(await change.undo(key, caller), acts)
            case _:
                # `create` alone, of somebody whose role does not reach: the refusal says so.
                await self.forms.new(caller, "")
                return blocks.alert_help_answer(self.dimensions, caller.role)

    async def _send(self, url: str, work: Awaitable[Answer], *, may_replace: bool) -> None:
        """Answers a click; what was refused is said beside the message, which is still true."""
        done: list[Answer] = []

        async def run() -> Answer:
            done.append(await work)
            return done[0]

        answer = await answered(run(), "a click on an alert rule")
        await self.replies.send(url, answer, replaces=may_replace and bool(done))

    async def _show(self, value: str, caller: Caller) -> Answer:
        return blocks.shown_answer(await self.rules.read.show(_which(value), caller))

    async def _list(self, value: str, caller: Caller) -> Answer:
        request = ListRequest(after=_id(value) if value else None)
        return blocks.list_answer(await self.rules.read.list(request, caller))

    async def _pause(self, value: str, caller: Caller) -> Answer:
        edited = await self.rules.change.pause(PauseRequest(_which(value)), caller)
        return blocks.paused_answer(edited.after, allowed(caller))

    async def _resume(self, value: str, caller: Caller) -> Answer:
        edited = await self.rules.change.resume(_which(value), caller)
        return blocks.resumed_answer(edited.after, allowed(caller))

    async def _delete(self, value: str, caller: Caller) -> Answer:
        deleted = await self.rules.change.delete(DeleteRequest(_which(value)), caller)
        return blocks.deleted_answer(deleted, caller.zone)

    async def _undo(self, value: str, caller: Caller) -> Answer:
        rule = await self.rules.change.undo(_id(value), caller)
        return blocks.restored_answer(rule, allowed(caller))

    async def _test(self, value: str, caller: Caller) -> Answer:
        return blocks.tested_answer(await self.rules.test.test(_which(value), caller))

    async def _edit_form(self, value: str, caller: Caller) -> Payload:
        return await self.forms.edit(_which(value), caller)


def _which(value: str) -> Which:
    return Which(str(_id(value)))


def _id(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        hint = "Ask again: `/cost alert list`."
        raise BadInput("That button belongs to an older message.", hint) from None


def alert_rule_noun(rules: AlertRuleHandlers, dimensions: Dimensions, engine: Engine) -> MakeNoun:
    """Makes the noun.

    Args:
        rules: what can be done with them.
        dimensions: of the deployment.
        engine: knows the values that costs have had.
    """

    def make(client: SlackApi, replies: Replies, modals: Modals) -> AlertRuleNoun:
        del client
        forms = AlertRuleForms(rules, BudgetChoices(engine, dimensions))
        return AlertRuleNoun(rules, forms, dimensions, replies, modals)

    return make

"""What costbot hears of budgets in Slack: `/budget`, the buttons under messages, and the modals."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import NotUnderstood
from bot.blocks import budget_buttons as buttons
from bot.blocks.answer import Answer, Payload
from bot.blocks.budget_form import FORM
from bot.blocks.budget_raise import ASK_FORM, REJECT_FORM
from bot.grammar.budget import BudgetCreateCommand, BudgetEditCommand, BudgetRaiseCommand
from bot.slack import budget_forms, raise_forms
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.boundary import answered
from bot.slack.budget_choices import BudgetChoices
from bot.slack.budget_clicks import BudgetClicks, which_in
from bot.slack.budget_commands import BudgetCommands
from bot.slack.budget_forms import BudgetForms
from bot.slack.listeners import asked_in, caller_of, clicked, unescape
from bot.slack.modals import Modals
from bot.slack.permissions import action_name
from bot.slack.raise_forms import RaiseForms
from bot.slack.reply import Replies
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.permissions import Act, may
from handlers.caller import Caller
from queries.dimensions import Dimensions
from queries.engines.base import Engine


@dataclass(frozen=True, slots=True)
class BudgetListeners:
    """The listeners, with what they need."""

    commands: BudgetCommands
    clicks: BudgetClicks
    forms: BudgetForms
    raises: RaiseForms
    modals: Modals
    replies: Replies

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners."""
        app.command("/budget")(self.on_command)
        for action in self.clicks.by_action:
            app.action(re.compile(rf"^{action}(_\d+)?$"))(self.on_click)
        app.action(buttons.NEW)(self.on_new)
        app.action(buttons.EDIT)(self.on_edit)
        app.action(buttons.RAISE)(self.on_raise)
        app.action(buttons.REJECT)(self.on_reject)
        app.action(buttons.APPROVE)(self.on_approve)
        app.action(buttons.WITHDRAW)(self.on_withdraw)
        app.view(FORM)(self.on_form)
        app.view(ASK_FORM)(self.on_ask_form)
        app.view(REJECT_FORM)(self.on_reject_form)

    async def on_command(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """`/budget …`: answered in the ack, or from there on through the response URL.

        Without anything to create or to change, a form is opened in place of an answer.
        """
        text, caller = unescape(str(body.get("text") or "")), caller_of(context)
        asked = asked_in(body)
        title, form = self._form_for(text, caller, asked.channel)
        if form is not None:
            await ack()
            self.modals.open(body, title, form)
            return
        await self.replies.in_ack(
            ack,
            asked.response_url,
            self.commands.answer(text, caller, asked.channel),
            name="/budget",
            fetching=f"/budget {text[:200]}",
        )

    async def on_click(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A button that needs no form: its answer takes the place of what only the person sees."""
        await ack()
        actions = cast("list[Json]", body["actions"])
        click = self.clicks.by_action[action_name(str(actions[0]["action_id"]))]
        self._answer(body, click(clicked(body), caller_of(context)))

    async def on_new(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a new budget."""
        await ack()
        form = self.forms.new(caller_of(context), asked_in(body).channel)
        self.modals.open(body, budget_forms.NEW, form)

    async def on_edit(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a budget, filled."""
        await ack()
        form = self._edit_form(clicked(body), caller_of(context))
        self.modals.open(body, budget_forms.EDIT, form)

    async def on_raise(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form in which a raise is asked for."""
        await ack()
        form = self._ask_form(clicked(body), caller_of(context), asked_in(body).channel)
        self.modals.open(body, raise_forms.ASK, form)

    async def on_reject(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form in which a rejection is given its reason."""
        await ack()
        form = self.raises.reject_form(clicked(body), caller_of(context))
        self.modals.open(body, raise_forms.REJECT, form)

    async def on_approve(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A raise is approved: who did, and when, takes the place of the buttons."""
        await ack()
        work = self.raises.approve(clicked(body), caller_of(context))
        self._answer(body, work, for_all=True)

    async def on_withdraw(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A raise is withdrawn by who asked for it."""
        await ack()
        work = self.raises.withdraw(clicked(body), caller_of(context))
        self._answer(body, work, for_all=True)

    async def on_form(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form of a budget, sent in: its faults, its preview, or that it is saved."""
        view = cast("Json", body["view"])
        work = self.forms.submitted(view, caller_of(context))
        await self.modals.submit(ack, body, work)

    async def on_ask_form(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A raise, asked for in the form."""
        work = self.raises.asked_in_form(cast("Json", body["view"]), caller_of(context))
        await self.modals.submit(ack, body, work)

    async def on_reject_form(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A rejection with its reason."""
        work = self.raises.rejected_in_form(cast("Json", body["view"]), caller_of(context))
        await self.modals.submit(ack, body, work)

    def _form_for(
        self, text: str, caller: Caller, channel: str
    ) -> tuple[str, Coroutine[object, object, Payload] | None]:
        """The form that a line asks for, with its title; None: it asks for an answer.

        So does a line that is not understood, or one for whose form the role does not reach: the
        answer says why.
        """
        try:
            command = self.commands.understand(text, caller)
        except NotUnderstood:
            return "", None
        match command:
            case BudgetCreateCommand(request=None) if may(Act.CREATE, caller):
                return budget_forms.NEW, self.forms.new(caller, channel)
            case BudgetEditCommand(request=request) if not request.form.filled:
                if may(Act.EDIT, caller):
                    return budget_forms.EDIT, self.forms.edit(request.which, caller)
            case BudgetRaiseCommand(which=which, request=None):
                return raise_forms.ASK, self.raises.ask_form(which, caller, channel)
            case _:
                pass
        return "", None

    async def _edit_form(self, value: str, caller: Caller) -> Payload:
        return await self.forms.edit(which_in(value), caller)

    async def _ask_form(self, value: str, caller: Caller, channel: str) -> Payload:
        return await self.raises.ask_form(which_in(value), caller, channel)

    def _answer(self, body: Json, work: Awaitable[Answer], *, for_all: bool = False) -> None:
        """Answers a click.

        What was refused is said beside the message and never in its place: the message is still
        true. A message that others see is replaced by what is `for_all` alone.
        """
        container = cast("Json", body.get("container") or {})
        may_replace = for_all or bool(container.get("is_ephemeral"))
        self.modals.supervisor.spawn(
            _send(self.replies, str(body.get("response_url", "")), work, may_replace=may_replace),
            "a click on a budget",
        )


async def _send(
    replies: Replies, response_url: str, work: Awaitable[Answer], *, may_replace: bool
) -> None:
    done: list[Answer] = []

    async def run() -> Answer:
        done.append(await work)
        return done[0]

    answer = await answered(run(), "a click on a budget")
    await replies.send(response_url, answer, replaces=may_replace and bool(done))


def budget_listeners(
    budgets: BudgetHandlers,
    client: SlackApi,
    replies: Replies,
    dimensions: Dimensions,
    engine: Engine,
) -> BudgetListeners:
    """The listeners, put together.

    Args:
        budgets: what can be done with them.
        client: Slack.
        replies: gets answers to who asked.
        dimensions: of the deployment.
        engine: knows the values that costs have had.
    """
    raises = RaiseForms(budgets)
    return BudgetListeners(
        commands=BudgetCommands(budgets, raises, dimensions),
        clicks=BudgetClicks(budgets),
        forms=BudgetForms(budgets, BudgetChoices(engine, dimensions)),
        raises=raises,
        modals=Modals(client, replies.supervisor, replies.within_seconds),
        replies=replies,
    )

"""What costbot hears of recommendations in Slack: `/recs`, the buttons, the modals."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass
from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import NotUnderstood, Refused, Unavailable
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move
from bot.blocks import recs_buttons as buttons
from bot.blocks import recs_forms as forms
from bot.blocks.answer import Answer, Payload, section
from bot.blocks.recs_generated import progress_answer
from bot.blocks.text import escape
from bot.grammar.command import Command
from bot.grammar.recs import parse_recs
from bot.grammar.recs_commands import (
    UNSAID,
    RecsAssignCommand,
    RecsDecideCommand,
    RecsGenerateCommand,
)
from bot.recs_answers import RecsAnswers, Where
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.boundary import answered
from bot.slack.identity import Identities
from bot.slack.listeners import asked_in, caller_of, clicked, unescape
from bot.slack.modals import Modals, Submitted
from bot.slack.recs_commands import RecsCommands
from bot.slack.recs_drawing import Drawing, is_begun
from bot.slack.recs_forms import ASSIGN, OPPORTUNITY, TITLES, Asked, RecsForms, Sent
from bot.slack.recs_payload import (
    action_of,
    asked_from,
    block_of,
    chosen,
    is_ephemeral,
    read_click,
    stale,
    stale_error,
    where_of,
)
from bot.slack.reply import Replies, send
from handlers.caller import Caller
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.recommendations.permissions import Act, may
from handlers.recommendations.requests import DecideRequest, ResolveRequest
from handlers.recommendations.sharing import ShareHandler
from storage.records.recommendation import Recommendation

_BY_CLICK: Mapping[str, Move] = {
    buttons.ACCEPT: Move.ACCEPT,
    buttons.IMPLEMENT: Move.IMPLEMENT,
    buttons.REOPEN: Move.REOPEN,
    buttons.UNDO: Move.UNDO,
}
_BY_FORM: Mapping[str, Move] = {
    forms.REJECT_FORM: Move.REJECT,
    forms.SNOOZE_FORM: Move.SNOOZE,
    forms.VERIFY_FORM: Move.VERIFY,
}


@dataclass(frozen=True, slots=True)
class RecsListeners:
    """The listeners, with what they need."""

    commands: RecsCommands
    forms: RecsForms
    share: ShareHandler
    modals: Modals
    replies: Replies
    drawing: Drawing

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listeners."""
        app.command("/recs")(self.on_command)
        app.action(re.compile(rf"^{buttons.ASK}_\d+$"))(self.on_ask)
        app.action("recs_csv")(self.on_csv)
        app.action(buttons.SHOW)(self.on_show)
        for action in _BY_CLICK:
            app.action(action)(self.on_decide)
        app.action(buttons.SNOOZE)(self.on_snooze)
        app.action(buttons.REJECT)(self.on_form)
        app.action(buttons.VERIFY)(self.on_form)
        app.action(buttons.ASSIGN)(self.on_assign)
        app.action(buttons.SHARE)(self.on_share)
        app.action(buttons.GENERATE)(self.on_generate)
        app.action(buttons.OPPORTUNITY_TAKE)(self.on_take)
        app.action(buttons.OPPORTUNITY_STATUS)(self.on_status)
        for callback in _BY_FORM:
            app.view(callback)(self.on_sent)
        app.view(forms.ASSIGN_FORM)(self.on_assigned)
        app.view(forms.OPPORTUNITY_FORM)(self.on_resolved)

    async def on_command(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """`/recs …`: answered in the ack, or from there on through the response URL.

        A decision that lacks what it needs opens a form in place of an answer.
        """
        text, caller = unescape(str(body.get("text") or "")), caller_of(context)
        command = _understood(text)
        url = asked_in(body).response_url
        if isinstance(command, RecsGenerateCommand) and is_begun(command, caller):
            await ack(progress_answer(command, "beginning", 0).payload())
            self.drawing.begin(command, caller, url)
            return
        opened = None if command is None else self._form_for(command, caller, url)
        if opened is not None:
            await ack()
            self.modals.open(body, *opened)
            return
        await self.replies.in_ack(
            ack, url, self._typed(text, caller), name="/recs", fetching=f"/recs {text[:200]}"
        )

    async def on_ask(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A next question: its answer takes the place of the one that it was asked from."""
        await ack()
        self._answer(body, self.commands.clicked(clicked(body), caller_of(context)))

    async def on_csv(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The rows of a list, as a file in the person's direct messages."""
        await ack()
        work = self.commands.clicked(clicked(body), caller_of(context))
        self._beside(body, work)

    async def on_show(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Everything about a recommendation."""
        await ack()
        question = buttons.question_in(block_of(body))
        work = self._show(clicked(body), caller_of(context), question)
        self._answer(body, work)

    async def on_decide(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A decision that needs nothing more: it takes the place of the buttons."""
        await ack()
        move = _BY_CLICK[action_of(body)]
        work = self._decide(move, clicked(body), caller_of(context), where_of(body))
        self._answer(body, work, for_all=True)

    async def on_snooze(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A time was chosen; a day that is to be picked opens a form."""
        await ack()
        value, caller = chosen(body), caller_of(context)
        read = buttons.read_value(value)
        if read is not None and read.more == "day":
            self._open(body, Move.SNOOZE, value, caller)
            return
        self._answer(body, self._snooze(value, caller, where_of(body)), for_all=True)

    async def on_form(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form that a rejection or a verification needs."""
        await ack()
        move = {buttons.REJECT: Move.REJECT, buttons.VERIFY: Move.VERIFY}[action_of(body)]
        self._open(body, move, clicked(body), caller_of(context))

    async def on_assign(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form in which it is said who sees to it."""
        await ack()
        form = self._assign_form(clicked(body), caller_of(context), asked_from(body))
        self.modals.open(body, ASSIGN, form)

    async def on_share(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A card for everybody in the channel, through the outbox."""
        await ack()
        channel = asked_in(body).channel
        self._beside(body, self._share(clicked(body), channel, caller_of(context)))

    async def on_generate(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Everybody's recommendations are drawn: the question was answered by yes."""
        await ack()
        caller, command = caller_of(context), _understood(clicked(body))
        if not isinstance(command, RecsGenerateCommand):
            self._beside(body, stale())
            return
        self.drawing.begin(command, caller, asked_in(body).response_url)

    async def on_take(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Somebody looks into an opportunity."""
        await ack()
        self._answer(body, self._take(clicked(body), caller_of(context)))

    async def on_status(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form in which it is said where an opportunity stands."""
        await ack()
        which = clicked(body).partition(":")[0]
        form = self.forms.opportunity_form(which, caller_of(context), asked_from(body))
        self.modals.open(body, OPPORTUNITY, form)

    async def on_sent(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """A decision that was sent in with what it needs."""
        view = cast("Json", body["view"])
        move = _BY_FORM[str(view.get("callback_id"))]
        await self._submit(ack, body, self.forms.sent(move, view, caller_of(context)))

    async def on_assigned(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Somebody was picked."""
        work = self.forms.assigned(cast("Json", body["view"]), caller_of(context))
        await self._submit(ack, body, work)

    async def on_resolved(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """An opportunity's status was sent in."""
        work = self.forms.resolved(cast("Json", body["view"]), caller_of(context))
        await self._submit(ack, body, work)

    async def _typed(self, text: str, caller: Caller) -> Answer:
        return await self.commands.answer(parse_recs(text), caller)

    async def _show(self, value: str, caller: Caller, question: str) -> Answer:
        return await self.commands.answers.show(str(read_click(value).id), caller, back=question)

    async def _decide(self, move: Move, value: str, caller: Caller, where: Where) -> Answer:
        read = read_click(value)
        request = DecideRequest(str(read.id), move, seen=read.seen)
        return await self.commands.answers.decide(request, caller, where)

    async def _snooze(self, value: str, caller: Caller, where: Where) -> Answer:
        read = read_click(value)
        _, span = buttons.SNOOZES.get(read.more, ("", None))
        if span is None:
            raise stale_error()
        command = RecsDecideCommand(str(read.id), Move.SNOOZE, days=span.days)
        request = self.commands.request_of(command, caller)
        asked = DecideRequest(request.which, request.move, until=request.until, seen=read.seen)
        return await self.commands.answers.decide(asked, caller, where)

    async def _share(self, value: str, channel: str, caller: Caller) -> Answer:
        row, is_new = await self.share.share(str(read_click(value).id), channel, caller)
        title = escape(row.content.title)
        if is_new:
            text = (
                f"*Shared:* {title}. It appears here in a moment, for everybody; where I am no "
                "member of the channel, invite me first."
            )
        else:
            text = f"{title} was shared here today already."
        return Answer(text=text.replace("*", ""), blocks=(section(text, "recs-shared"),))

    async def _take(self, value: str, caller: Caller) -> Answer:
        key, _, seen = value.partition(":")
        if seen not in {state.value for state in OpportunityState}:
            raise stale_error()
        request = ResolveRequest(
            which=key,
            state=OpportunityState.INVESTIGATING,
            assign=True,
            user=caller.user_id,
            seen=OpportunityState(seen),
        )
        return await self.commands.answers.resolve(request, caller)

    async def _assign_form(self, value: str, caller: Caller, asked: Asked) -> Payload:
        return await self.forms.assign_form(str(read_click(value).id), caller, asked)

    def _open(self, body: Json, move: Move, value: str, caller: Caller) -> None:
        async def form() -> Payload:
            read = read_click(value)
            return await self.forms.form(move, str(read.id), read.seen, caller, asked_from(body))

        self.modals.open(body, TITLES[move], form())

    def _form_for(
        self, command: Command, caller: Caller, url: str
    ) -> tuple[str, Coroutine[object, object, Payload]] | None:
        """The form that a line asks for, with its title; None: it asks for an answer."""
        asked = Asked(url, replaces=False, where=Where())
        match command:
            case RecsDecideCommand(which=which, move=Move.REJECT, reason="") if may(
                Act.REJECT, caller
            ):
                return TITLES[Move.REJECT], self.forms.form(Move.REJECT, which, None, caller, asked)
            case RecsDecideCommand(which=which, move=Move.VERIFY, savings=None) if may(
                Act.VERIFY, caller
            ):
                return TITLES[Move.VERIFY], self.forms.form(Move.VERIFY, which, None, caller, asked)
            case RecsAssignCommand(which=which, user=user) if user == UNSAID and may(
                Act.ASSIGN, caller
            ):
                return ASSIGN, self.forms.assign_form(which, caller, asked)
            case _:
                return None

    async def _submit(
        self, ack: AsyncAck, body: Json, work: Coroutine[object, object, Sent]
    ) -> None:
        """Answers a form, and edits the message that it was opened from."""

        async def submitted() -> Submitted:
            sent = await work
            if sent.answer is not None and sent.asked is not None and sent.asked.response_url:
                asked = sent.asked
                self.modals.supervisor.spawn(
                    send(asked.response_url, sent.answer, replaces=asked.replaces),
                    "a message that a form was opened from",
                )
            return sent.submitted

        await self.modals.submit(ack, body, submitted())

    def _beside(self, body: Json, work: Coroutine[object, object, Answer]) -> None:
        url = str(body.get("response_url", ""))
        self.replies.after_ack(url, work, name="a click on a recommendation", replaces=False)

    def _answer(self, body: Json, work: Awaitable[Answer], *, for_all: bool = False) -> None:
        """Answers a click.

        What was refused is said beside the message and never in its place: the message is still
        true. A message that others see is replaced by what is `for_all` alone.
        """
        may_replace = for_all or is_ephemeral(body)
        self.modals.supervisor.spawn(
            _send(self.replies, str(body.get("response_url", "")), work, may_replace=may_replace),
            "a click on a recommendation",
        )


async def _send(
    replies: Replies, response_url: str, work: Awaitable[Answer], *, may_replace: bool
) -> None:
    done: list[Answer] = []

    async def run() -> Answer:
        done.append(await work)
        return done[0]

    answer = await answered(run(), "a click on a recommendation")
    await replies.send(response_url, answer, replaces=may_replace and bool(done))


def _understood(text: str) -> Command | None:
    """What a line asks for; None: it is not understood, and its answer says why."""
    try:
        return parse_recs(text)
    except NotUnderstood:
        return None


def recs_listeners(
    recs: RecommendationHandlers, client: SlackApi, replies: Replies, identities: Identities
) -> RecsListeners:
    """The listeners, put together.

    Args:
        recs: what can be done with recommendations.
        client: Slack.
        replies: gets answers to who asked.
        identities: who people are: only who may see a recommendation is told of it.
    """
    decide = recs.decide
    if decide.messages is None:
        message = "recommendations in Slack need their messages"
        raise ValueError(message)
    share = ShareHandler(recs.finder.store, recs.finder, decide.clock, decide.messages, decide.wake)

    async def tell(row: Recommendation, user: str, caller: Caller) -> str:
        # It is decided already: whatever goes wrong here changes nothing of that.
        try:
            assignee = await identities.caller(caller.team_id, user)
            is_told = assignee is not None and await share.tell(row, assignee, caller)
        except (Refused, Unavailable) as error:
            return f"they could not be told ({error})"
        if is_told:
            return "they are told in their direct messages"
        return "they may not see it, so they are not told"

    answers = RecsAnswers(recs, tell_assignee=tell)
    return RecsListeners(
        commands=RecsCommands(answers, client),
        forms=RecsForms(answers),
        share=share,
        modals=Modals(client, replies.supervisor, replies.within_seconds),
        replies=replies,
        drawing=Drawing(recs.generate, replies.supervisor),
    )

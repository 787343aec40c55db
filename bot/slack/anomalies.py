"""The buttons and the form of anomalies: real, expected, planned, too small, muted, taken back.

What a click changes is seen in the incident's own message, which the outbox changes, and told to
whoever clicked, with the way back.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from slack_bolt.async_app import AsyncAck, AsyncBoltContext

from analysis.errors import BadInput
from bot.blocks.anomalies import MUTE, MUTES, plan_about, said_answer
from bot.blocks.answer import Answer, Payload
from bot.blocks.incident import LABELS, UNDO
from bot.blocks.modal import Json as View
from bot.blocks.modal import day, input_block, modal, notice_view, plain, text_block, typed
from bot.blocks.text import escape
from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.boundary import answered
from bot.slack.budget_state import Fields, metadata_of
from bot.slack.listeners import caller_of, clicked
from bot.slack.modals import Modals, Submitted
from bot.slack.nouns import MakeNoun, Wordless
from bot.slack.recs_payload import action_of, chosen, is_ephemeral
from bot.slack.reply import Replies, send
from handlers.anomalies.drafting import LONGEST_NOTE, Planned
from handlers.anomalies.finding import About
from handlers.anomalies.labels import LabelHandler, Said
from handlers.caller import Caller
from storage.records.anomaly import LabelKind

PLANNED_FORM = "anomaly_planned"
"""`callback_id` of the form."""

PLANNED = "anomaly_planned"
_BY_CLICK: Mapping[str, LabelKind] = {
    "anomaly_real": "real",
    "anomaly_expected": "expected",
    "anomaly_small": "too_small",
}
ACTIONS = (*(action for _, action in LABELS), UNDO, MUTE)
"""What is heard."""

ONE, ALL = "one", "all"


@dataclass(frozen=True, slots=True)
class AnomalyListeners(Wordless):
    """Hears the clicks.

    Attributes:
        labels: takes what people say.
        replies: gets answers to who clicked.
        modals: opens the form.
    """

    labels: LabelHandler
    replies: Replies
    modals: Modals

    def register(self, app: BoltApp) -> None:
        """See `Noun.register`."""
        for action in _BY_CLICK:
            app.action(action)(self.on_label)
        app.action(PLANNED)(self.on_planned)
        app.action(MUTE)(self.on_mute)
        app.action(UNDO)(self.on_undo)
        app.view(PLANNED_FORM)(self.on_plan)

    async def on_label(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Somebody says what it is."""
        await ack()
        kind, caller = _BY_CLICK[action_of(body)], caller_of(context)
        self._answer(body, self._said(self.labels.say(_checked(clicked(body)), kind, caller)))

    async def on_planned(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """It was planned: the form asks for the days."""
        await ack()
        form = self._form(clicked(body), caller_of(context))
        self.modals.open(body, "Planned", form)

    async def on_mute(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """Nothing is to be heard of the series for a while."""
        await ack()
        self._answer(body, self._muted(chosen(body), caller_of(context)))

    async def on_undo(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """What was said is taken back."""
        await ack()
        work = self.labels.undo(_checked(clicked(body)), caller_of(context))
        self._answer(body, self._said(work))

    async def on_plan(self, ack: AsyncAck, body: Json, context: AsyncBoltContext) -> None:
        """The form was sent in."""
        view = cast("Json", body["view"])
        await self.modals.submit(ack, body, self._planned(view, caller_of(context)))

    async def _said(self, work: Awaitable[Said]) -> Answer:
        return said_answer(await work)

    async def _muted(self, value: str, caller: Caller) -> Answer:
        key, _, word = value.partition(":")
        if word not in MUTES:
            raise _stale()
        until = self.labels.clock() + timedelta(days=MUTES[word][1])
        return said_answer(await self.labels.mute(_checked(key), until, caller))

    async def _form(self, value: str, caller: Caller) -> Payload:
        about = await self.labels.find(_checked(value), caller)
        label = await self.labels.said_of(about)
        if label is not None and label.day == about.day:
            lines = [plan_about(about), f"{escape(label.made_by_name)} has said what it is."]
            return notice_view("Planned", [*lines, "Take that back first: Undo is below it."])
        return planned_view(about, value)

    async def _planned(self, view: Json, caller: Caller) -> Submitted:
        fields, metadata = Fields(view), metadata_of(view)
        try:
            first, last = _day(fields.text("first")), _day(fields.text("last"))
        except ValueError:
            return Submitted({}, {"last": "Give both days."})
        if last < first:
            return Submitted({}, {"last": f"It would end before it begins, on {first}."})
        planned = Planned(first, last, fields.text("note"), everything=fields.option("what") == ALL)
        try:
            said = await self.labels.say(metadata.get("which", ""), "planned", caller, planned)
        except BadInput as fault:
            return Submitted({}, {"last": f"{fault} {fault.hint}".strip()})
        return Submitted(notice_view("Planned", [escape(said.promise)]))

    def _answer(self, body: Json, work: Coroutine[object, object, Answer]) -> None:
        """Answers a click; only a message that nobody else sees is replaced, and if it was done."""
        url, may_replace = str(body.get("response_url", "")), is_ephemeral(body)
        self.modals.supervisor.spawn(
            _send(url, work, may_replace=may_replace), "a click on an anomaly"
        )


def planned_view(about: About, which: str) -> Payload:
    """The form in which it is said what was planned, and when."""
    whose = "the deployment" if about.organization is None else about.organization
    options: list[View] = [
        {"text": plain("This series, and what it is made of"), "value": ONE},
        {"text": plain(f"Everything of {whose}"[:75]), "value": ALL},
    ]
    select: View = {
        "type": "static_select",
        "options": options,
        "initial_option": options[0],
    }
    blocks = [
        text_block(plan_about(about), "planned-about"),
        input_block("first", "First day", day(str(about.since))),
        input_block(
            "last",
            "Last day",
            day(str(about.day)),
            hint="Nothing is told for these days, and they leave the baseline.",
        ),
        input_block("what", "Of what", select),
        input_block(
            "note",
            "What it is",
            typed("", longest=LONGEST_NOTE, multiline=True),
            hint="Shown to whoever looks at it again, such as: launch of the new editor.",
            optional=True,
        ),
    ]
    return modal(
        "Planned",
        blocks,
        submit="Save",
        callback_id=PLANNED_FORM,
        metadata={"which": which},
    )


def make_anomalies(labels: LabelHandler) -> MakeNoun:
    """Makes what hears the buttons."""

    def make(client: SlackApi, replies: Replies, modals: Modals) -> AnomalyListeners:
        del client
        return AnomalyListeners(labels, replies, modals)

    return make


async def _send(response_url: str, work: Awaitable[Answer], *, may_replace: bool) -> None:
    done: list[Answer] = []

    async def run() -> Answer:
        done.append(await work)
        return done[0]

    answer = await answered(run(), "a click on an anomaly")
    await send(response_url, answer, replaces=may_replace and bool(done))


def _checked(value: str) -> str:
    digits = value.replace("-", "")
    if len(digits) != 32 or any(one not in "0123456789abcdef" for one in digits):
        raise _stale()
    return value


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _stale() -> BadInput:
    sentence = "That button belongs to an older message."
    return BadInput(sentence, "`/cost anomalies` shows what was found.")

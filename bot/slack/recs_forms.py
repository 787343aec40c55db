"""The forms under recommendations: opened from a button or a line, and what was sent in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from analysis.errors import BadInput
from analysis.recommendations.kept.merge import DISMISSED
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move, State, is_possible
from bot.blocks.answer import Answer, Payload
from bot.blocks.modal import VALUE, notice_view
from bot.blocks.recs_card import Card, card_lines
from bot.blocks.recs_figures import state_words, title_of
from bot.blocks.recs_forms import (
    assign_view,
    opportunity_view,
    reject_view,
    snooze_view,
    verify_view,
)
from bot.blocks.text import escape
from bot.recs_answers import RecsAnswers, Where
from bot.slack.api import Json
from bot.slack.budget_state import Fields, metadata_of
from bot.slack.modals import Submitted
from handlers.caller import Caller
from handlers.recommendations.deciding import SNOOZED
from handlers.recommendations.naming import names_of
from handlers.recommendations.permissions import MOVES, Act, allow
from handlers.recommendations.requests import AssignRequest, DecideRequest, ResolveRequest
from storage.records.recommendation import LONGEST_REASON

TITLES: Mapping[Move, str] = {
    Move.REJECT: "Reject",
    Move.SNOOZE: "Snooze",
    Move.VERIFY: "Verify",
}
ASSIGN, OPPORTUNITY = "Assign", "Opportunity"


@dataclass(frozen=True, slots=True)
class Asked:
    """From where a form was opened: what it carries along.

    Attributes:
        response_url: of the message or the command.
        replaces: the message is edited in place; else the answer is put beside.
        where: see `Where`.
    """

    response_url: str
    replaces: bool
    where: Where

    def as_metadata(self, **more: object) -> dict[str, object]:
        """What a form carries."""
        return {
            **more,
            "url": self.response_url,
            "replaces": "1" if self.replaces else "",
            "question": self.where.question,
            "public": "1" if self.where.is_public else "",
        }

    @classmethod
    def of(cls, metadata: Mapping[str, str]) -> Asked:
        """From where a form was opened that was sent in."""
        where = Where(metadata.get("question", ""), is_public=bool(metadata.get("public")))
        return cls(metadata.get("url", ""), bool(metadata.get("replaces")), where)


@dataclass(frozen=True, slots=True)
class Sent:
    """What follows from a form that was sent in.

    Attributes:
        submitted: what takes its place.
        answer: what takes the place of the message that it was opened from; None: nothing.
        asked: from where it was opened.
    """

    submitted: Submitted
    answer: Answer | None = None
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class RecsForms:
    """Makes the forms, and takes what was filled in.

    Attributes:
        answers: makes what is answered.
    """

    answers: RecsAnswers

    async def form(
        self, move: Move, which: str, seen: State | None, caller: Caller, asked: Asked
    ) -> Payload:
        """The form that a decision needs.

        Args:
            move: what is decided.
            which: the recommendation's id, or the first digits of it.
            seen: the state in which it was shown; None: it is named as it is now.
            caller: who decides.
            asked: from where.

        Raises:
            NotAllowed: the role does not reach.
            NotFound: there is none that the caller sees.
            Unavailable: the store does not answer.
        """
        allow(MOVES[move], caller)
        card = await self._card(which, caller)
        if (seen is not None and card.row.state is not seen) or not is_possible(
            move, card.row.state
        ):
            return notice_view(TITLES[move], [*card_lines(card), "There is nothing to decide."])
        metadata = asked.as_metadata(rec=card.row.id, seen=card.row.state.value)
        today = self.answers.recs.decide.clock().astimezone(caller.zone).date()
        match move:
            case Move.REJECT:
                return reject_view(card, today + DISMISSED, metadata)
            case Move.SNOOZE:
                return snooze_view(card, today + SNOOZED, metadata)
            case _:
                return verify_view(card, metadata)

    async def assign_form(self, which: str, caller: Caller, asked: Asked) -> Payload:
        """The form in which it is said who sees to it; raises as `form`."""
        allow(Act.ASSIGN, caller)
        card = await self._card(which, caller)
        return assign_view(card, asked.as_metadata(rec=card.row.id))

    async def opportunity_form(self, which: str, caller: Caller, asked: Asked) -> Payload:
        """The form in which it is said where an opportunity stands; raises as `form`."""
        allow(Act.RESOLVE, caller)
        shown = await self.answers.recs.opportunities.show(which, caller)
        row = shown.opportunity
        return opportunity_view(row, asked.as_metadata(rec=row.id, seen=row.state.value))

    async def sent(self, move: Move, view: Json, caller: Caller) -> Sent:
        """A decision that was sent in.

        Raises:
            Refused: it cannot be made.
            Unavailable: the store does not answer.
        """
        metadata, fields = metadata_of(view), Fields(view)
        asked = Asked.of(metadata)
        amount = fields.text("amount") if move is Move.VERIFY else None
        request = DecideRequest(
            which=metadata.get("rec", ""),
            move=move,
            reason=fields.text("reason"),
            until=_day(fields.text("until")),
            savings=amount,
            seen=_seen(metadata),
        )
        try:
            decided = await self.answers.recs.decide.decide(request, caller)
        except BadInput as refusal:
            return _unfit(TITLES[move], _blamed(request), refusal)
        answer = await self.answers.decided(decided, caller, asked.where)
        names = await names_of(self.answers.recs.finder.store, [decided.after], caller)
        lines = [
            f"*{title_of(decided.after)}*",
            state_words(decided.after, names, caller.zone),
        ]
        return Sent(Submitted(notice_view(TITLES[move], lines)), answer, asked)

    async def assigned(self, view: Json, caller: Caller) -> Sent:
        """Who sees to it, as it was sent in; raises as `sent`."""
        metadata = metadata_of(view)
        asked = Asked.of(metadata)
        request = AssignRequest(metadata.get("rec", ""), _picked(view))
        answer = await self.answers.assign(request, caller, asked.where)
        lines = [answer.text]
        return Sent(Submitted(notice_view(ASSIGN, lines)), answer, asked)

    async def resolved(self, view: Json, caller: Caller) -> Sent:
        """Where an opportunity stands, as it was sent in; raises as `sent`."""
        metadata, fields = metadata_of(view), Fields(view)
        asked = Asked.of(metadata)
        seen = metadata.get("seen", "")
        state = fields.option("state")
        if {seen, state} - {one.value for one in OpportunityState}:
            raise _forged()
        request = ResolveRequest(
            which=metadata.get("rec", ""),
            state=OpportunityState(state),
            resolution=fields.text("resolution"),
            savings=fields.text("amount") or None,
            seen=OpportunityState(seen),
        )
        try:
            answer = await self.answers.resolve(request, caller)
        except BadInput as refusal:
            blamed = "resolution" if request.savings is None else "amount"
            is_unsaid = state == OpportunityState.DISMISSED and not request.resolution
            return _unfit(OPPORTUNITY, "resolution" if is_unsaid else blamed, refusal)
        return Sent(Submitted(notice_view(OPPORTUNITY, [answer.text])), answer, asked)

    async def _card(self, which: str, caller: Caller) -> Card:
        recs = self.answers.recs
        row = await recs.finder.recommendation(await self.answers.named(which, caller), caller)
        return Card(row, await names_of(recs.finder.store, [row], caller), caller.zone)


def _unfit(title: str, field: str, refusal: BadInput) -> Sent:
    """A form that stays open, with what is wrong under a field of it."""
    late = notice_view(title, [escape(str(refusal))])
    return Sent(Submitted(late, {field: str(refusal)}))


def _blamed(request: DecideRequest) -> str:
    """The field under which it is told that a decision cannot be made like this."""
    if len(request.reason) > LONGEST_REASON:
        return "reason"
    match request.move:
        case Move.REJECT:
            return "until" if request.reason else "reason"
        case Move.SNOOZE:
            return "until"
        case _:
            return "amount"


def _picked(view: Json) -> str | None:
    """The person who was picked; None: nobody was."""
    state = cast("Json", view.get("state") or {})
    values = cast("Mapping[str, Mapping[str, Json]]", state.get("values") or {})
    user = values.get("user", {}).get(VALUE, {}).get("selected_user")
    return str(user) if user else None


def _seen(metadata: Mapping[str, str]) -> State | None:
    try:
        return State(metadata["seen"])
    except (KeyError, ValueError):
        raise _forged() from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"The calendar has no {text[:20]}.", "Pick a day.") from None


def _forged() -> BadInput:
    return BadInput("This form is not one of costbot's, or an older one.", "Open it again.")

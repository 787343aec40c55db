"""The forms under recommendations: a reason, a day, an amount, a person, a status."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from analysis.recommendations.kept.opportunity_states import OPPORTUNITY_MOVES, OpportunityState
from bot.blocks.answer import Payload
from bot.blocks.modal import Json, day, input_block, modal, number, plain, text_block, typed
from bot.blocks.recs_card import Card, card_lines
from bot.blocks.recs_figures import whose
from bot.blocks.text import escape, money, short
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import LONGEST_REASON

REJECT_FORM = "recs_reject"
SNOOZE_FORM = "recs_snooze"
VERIFY_FORM = "recs_verify"
ASSIGN_FORM = "recs_assign"
OPPORTUNITY_FORM = "recs_opportunity"
"""`callback_id` of the forms."""

Metadata = Mapping[str, object]


def reject_view(card: Card, usual: date, metadata: Metadata) -> Payload:
    """The form in which a rejection is given its reason, and its day.

    Args:
        card: what is rejected.
        usual: until when it is not proposed again where nobody changes that.
        metadata: what the form carries.
    """
    blocks = [
        _about(card),
        input_block("reason", "Why not", _reason(), hint="Shown to whoever looks at it again."),
        input_block("until", "Do not propose it again before", day(str(usual))),
    ]
    return modal("Reject", blocks, submit="Reject", callback_id=REJECT_FORM, metadata=metadata)


def snooze_view(card: Card, usual: date, metadata: Metadata) -> Payload:
    """The form in which the day is picked on which it comes back."""
    blocks = [_about(card), input_block("until", "It comes back on", day(str(usual)))]
    return modal("Snooze", blocks, submit="Snooze", callback_id=SNOOZE_FORM, metadata=metadata)


def verify_view(card: Card, metadata: Metadata) -> Payload:
    """The form in which somebody says what it saves."""
    savings = card.row.content.savings
    known = card.row.standing.verified_savings
    blocks = [
        _about(card),
        input_block(
            "amount",
            "US dollars that it saves a month",
            number("" if known is None else f"{known:f}"),
            hint=f"Promised: {money(savings.likely)}. 0 where it saved nothing.",
        ),
        input_block("reason", "How that is known", _reason(), optional=True),
    ]
    return modal("Verify", blocks, submit="Verify", callback_id=VERIFY_FORM, metadata=metadata)


def assign_view(card: Card, metadata: Metadata) -> Payload:
    """The form in which it is said who sees to it."""
    picked: Json = {"type": "users_select"}
    assigned = card.row.standing.assigned_to
    if assigned is not None:
        picked["initial_user"] = assigned
    hint = "Empty for nobody. Who may see it is told in their direct messages."
    blocks = [_about(card), input_block("user", "Who sees to it", picked, hint=hint, optional=True)]
    return modal("Assign", blocks, submit="Assign", callback_id=ASSIGN_FORM, metadata=metadata)


def opportunity_view(row: StoredOpportunity, metadata: Metadata) -> Payload:
    """The form in which it is said where an opportunity stands."""
    content = row.content
    states = [row.state, *sorted(OPPORTUNITY_MOVES[row.state] - {row.state}, key=_place)]
    options = [_option(state) for state in states if state is not OpportunityState.EXPIRED]
    select: Json = {"type": "static_select", "options": options}
    if options:
        select["initial_option"] = options[0]
    about = (
        f"*{escape(short(content.title))}* · {whose(content.organization)} · up to "
        f"{money(content.potential_savings)} a month"
    )
    known = "" if row.verified_savings is None else f"{row.verified_savings:f}"
    blocks = [
        text_block(about, "opportunity-about"),
        input_block("state", "Status", select),
        input_block(
            "resolution",
            "What was found",
            typed(row.resolution, longest=LONGEST_REASON, multiline=True),
            hint="A dismissal needs a reason.",
            optional=True,
        ),
        input_block("amount", "US dollars saved a month", number(known), optional=True),
    ]
    return modal(
        "Opportunity", blocks, submit="Save", callback_id=OPPORTUNITY_FORM, metadata=metadata
    )


def _place(state: OpportunityState) -> int:
    return list(OpportunityState).index(state)


def _option(state: OpportunityState) -> Json:
    return {"text": plain(state.value.capitalize()), "value": state.value}


def _reason() -> Json:
    return typed("", longest=LONGEST_REASON, multiline=True)


def _about(card: Card) -> Json:
    return text_block("\n".join(card_lines(card)[:2]), "recs-about")

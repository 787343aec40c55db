"""The buttons under messages about recommendations: an id, and the state in which it was shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from slackblocks import ActionsBlock, Button, ConfirmationDialogue, Option, StaticSelectMenu

from analysis.recommendations.kept.states import Move, State
from bot.blocks.answer import button
from bot.blocks.budget_buttons import plain
from handlers.recommendations.permissions import Act
from storage.records.recommendation import Recommendation

ASK = "recs_ask"
SHOW = "recs_show"
ACCEPT = "recs_accept"
REJECT = "recs_reject"
SNOOZE = "recs_snooze"
IMPLEMENT = "recs_implement"
VERIFY = "recs_verify"
REOPEN = "recs_reopen"
UNDO = "recs_undo"
ASSIGN = "recs_assign"
SHARE = "recs_share"
GENERATE = "recs_generate"
OPPORTUNITY_TAKE = "recs_opportunity_take"
OPPORTUNITY_STATUS = "recs_opportunity_status"

SNOOZES: dict[str, tuple[str, timedelta | None]] = {
    "week": ("a week", timedelta(days=7)),
    "month": ("a month", timedelta(days=30)),
    "quarter": ("three months", timedelta(days=90)),
    "day": ("until a day …", None),
}
"""How long a recommendation can be snoozed by one click; None: a form asks for the day."""

LONGEST_PLACE = 200
"""Of a question that a block remembers: Slack takes 255 characters as its id."""

_MOVES: dict[Move, tuple[str, str]] = {
    Move.ACCEPT: (ACCEPT, "Accept"),
    Move.REJECT: (REJECT, "Reject …"),
    Move.SNOOZE: (SNOOZE, "Snooze …"),
    Move.IMPLEMENT: (IMPLEMENT, "It is done"),
    Move.VERIFY: (VERIFY, "Verify …"),
    Move.REOPEN: (REOPEN, "Reopen"),
}


@dataclass(frozen=True, slots=True)
class Clicked:
    """What a button under a recommendation carries.

    Attributes:
        id: of the recommendation.
        seen: the state in which it was shown; None: the button does not say.
        more: what else it says.
    """

    id: UUID
    seen: State | None
    more: str = ""


def value_of(row: Recommendation, more: str = "") -> str:
    """What a button carries; see `Clicked`."""
    return ":".join([str(row.id), row.state.value, *([more] if more else [])])


def read_value(value: str) -> Clicked | None:
    """What a button carries; None: costbot makes none like this."""
    key, _, rest = value.partition(":")
    state, _, more = rest.partition(":")
    try:
        return Clicked(UUID(key), State(state) if state else None, more)
    except ValueError:
        return None


def block_of(name: str, question: str) -> str:
    """The id of a block of buttons that stands in the answer to a question.

    Args:
        name: of the block, unique in its message.
        question: what was asked after `/recs`; too long a one is forgotten.
    """
    return f"{name}|{question}" if 0 < len(question) <= LONGEST_PLACE else name


def question_in(block_id: str) -> str:
    """The question in whose answer a block stands; empty: in none."""
    return block_id.partition("|")[2]


def card_buttons(
    row: Recommendation,
    moves: Collection[Move],
    may: Collection[Act],
    *,
    block_id: str,
    can_undo: bool,
    is_short: bool = False,
    left_out: Collection[str] = (),
) -> ActionsBlock:
    """What can be done with a recommendation, as far as somebody may.

    Args:
        row: it.
        moves: what can be decided.
        may: what the role may do.
        block_id: of the block.
        can_undo: the last decision can be taken back.
        is_short: only what is needed to decide: it stands in a list.
        left_out: actions that have no button here.
    """
    elements: list[object] = []
    if can_undo:
        elements.append(button("Undo", UNDO, value_of(row)))
    for move, (action, label) in _MOVES.items():
        if move not in moves or action in left_out:
            continue
        if move is Move.REOPEN and can_undo:
            continue  # it would come to the same
        if is_short and (move, row.state) == (Move.IMPLEMENT, State.PENDING):
            continue
        elements.append(_snoozes(row) if move is Move.SNOOZE else _decides(row, action, label))
    if SHOW not in left_out:
        elements.append(button("Details", SHOW, value_of(row)))
    if not is_short:
        if Act.ASSIGN in may and row.state in (State.PENDING, State.ACCEPTED, State.IMPLEMENTED):
            elements.append(button("Assign …", ASSIGN, value_of(row)))
        if SHARE not in left_out:
            elements.append(
                button("Share", SHARE, value_of(row), hint="Show it to everybody in this channel")
            )
    return ActionsBlock(elements, block_id=block_id)  # pyright: ignore[reportArgumentType]


def _decides(row: Recommendation, action: str, label: str) -> Button:
    value = value_of(row)
    if action == ACCEPT:
        return Button(label, action_id=action, value=value, style="primary")
    if action == VERIFY and row.state is State.VERIFIED:
        label = "Correct …"
    return button(label, action, value)


def _snoozes(row: Recommendation) -> StaticSelectMenu:
    options = [
        Option(plain(f"Snooze {words}"), value=value_of(row, name))
        for name, (words, _) in SNOOZES.items()
    ]
    return StaticSelectMenu(action_id=SNOOZE, options=options, placeholder=plain("Snooze …"))


def generate_button(question: str) -> Button:
    """Draws everybody's recommendations anew; asks before it does."""
    return Button(
        "Draw them anew",
        action_id=GENERATE,
        value=question,
        style="primary",
        confirm=ConfirmationDialogue(
            title=plain("Draw for all organizations?"),
            text=plain("What people have decided stays as it is."),
            confirm=plain("Draw"),
            deny=plain("Leave it"),
        ),
    )


def ask_buttons(questions: Sequence[tuple[str, str]]) -> list[Button]:
    """Buttons that ask something after `/recs`: what stands on each, and the question."""
    return [
        button(label, f"{ASK}_{place}", question)
        for place, (label, question) in enumerate(questions)
    ]

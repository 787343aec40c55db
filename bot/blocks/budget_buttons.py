"""The buttons under messages about budgets: each carries an id and nothing else."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from slackblocks import ActionsBlock, Button, ConfirmationDialogue, Text, TextType

from bot.blocks.answer import button
from bot.blocks.fit import cut
from bot.blocks.text import escape, short
from handlers.budgets.permissions import Act
from storage.records.budget import Budget

SHOW = "budget_show"
LIST = "budget_list"
NEW = "budget_new"
EDIT = "budget_edit"
HISTORY = "budget_history"
PAUSE = "budget_pause"
RESUME = "budget_resume"
DELETE = "budget_delete"
UNDO = "budget_undo"
RAISE = "budget_raise"
APPROVE = "raise_approve"
REJECT = "raise_reject"
WITHDRAW = "raise_withdraw"

FIRST = "first"
"""What a button carries that asks for the first page of the list."""

LONGEST_LABEL = 75


def budget_buttons(
    budget: Budget, may: Collection[Act], *, left_out: Collection[str] = ()
) -> ActionsBlock:
    """What can be done with a budget, as far as somebody may."""
    key = str(budget.id)
    paused = (RESUME, "Resume") if budget.paused else (PAUSE, "Pause")
    offered = [
        (Act.SEE, SHOW, "Details"),
        (Act.EDIT, EDIT, "Edit"),
        (Act.SEE, HISTORY, "History"),
        (Act.PAUSE, *paused),
        (Act.ASK_RAISE, RAISE, "Ask for a raise"),
    ]
    buttons = [
        button(label, action, key)
        for act, action, label in offered
        if act in may and action not in left_out
    ]
    if Act.DELETE in may and DELETE not in left_out:
        buttons.append(delete_button(budget))
    return ActionsBlock(list(buttons), block_id="budget-next")


def delete_button(budget: Budget) -> Button:
    """Asks before it does."""
    text = f"It neither alerts nor denies any more. {short(budget.name)} can be restored for a day."
    return Button(
        "Delete",
        action_id=DELETE,
        value=str(budget.id),
        style="danger",
        confirm=ConfirmationDialogue(
            title=plain("Delete this budget?"),
            text=plain(cut(escape(text), 300)),
            confirm=plain("Delete"),
            deny=plain("Keep it"),
            style="danger",
        ),
    )


def show_buttons(budgets: Collection[Budget]) -> list[Button]:
    """A button a budget, with its name on it."""
    return [
        button(cut(escape(short(budget.name)), LONGEST_LABEL), f"{SHOW}_{at}", str(budget.id))
        for at, budget in enumerate(budgets)
    ]


def raise_buttons(key: UUID) -> ActionsBlock:
    """What can be decided of a raise; whether by who clicks is looked at then."""
    approve = Button("Approve", action_id=APPROVE, value=str(key), style="primary")
    reject = Button("Reject …", action_id=REJECT, value=str(key), style="danger")
    withdraw = button("Withdraw", WITHDRAW, str(key), hint="For who asked for it")
    return ActionsBlock([approve, reject, withdraw], block_id="raise-next")


def plain(text: str) -> Text:
    """Text without marks."""
    return Text(text, type_=TextType.PLAINTEXT, emoji=False)

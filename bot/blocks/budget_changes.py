"""What was decided of a budget, as messages: created, changed, deleted, restored, paused."""

from __future__ import annotations

from collections.abc import Collection
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget import contact_words, overlap_lines
from bot.blocks.budget_buttons import SHOW, UNDO, budget_buttons, delete_button
from bot.blocks.budget_values import change_lines
from bot.blocks.budget_words import paused_words, spent_words, terms_words, title
from bot.blocks.text import escape, moment, short
from handlers.budgets.permissions import Act
from handlers.budgets.results import Created, Deleted, Edited, Standing
from storage.records.budget import Budget


def created_answer(result: Created, may: Collection[Act]) -> Answer:
    """That there is a budget now."""
    return _told(created_lines(result), result.budget, may)


def created_lines(result: Created) -> list[str]:
    """The same, paragraph by paragraph."""
    word = "Created" if result.is_new else "It was created already"
    budget = result.budget
    lines = [f"*{word}:* {title(budget)}\n{terms_words(budget)}\n{contact_words(budget)}"]
    if result.overlaps:
        shared = "\n".join(overlap_lines(result.overlaps))
        lines.append(f"*Overlaps: one spend counts in each of these*\n{shared}")
    return lines


def edited_answer(result: Edited, may: Collection[Act]) -> Answer:
    """What was changed of a budget."""
    return _told(edited_lines(result), result.after, may)


def edited_lines(result: Edited) -> list[str]:
    """The same, paragraph by paragraph."""
    if not result.changed:
        return [f"{title(result.after)}: nothing was changed."]
    return ["\n".join([f"*Changed:* {title(result.after)}", *change_lines(result)])]


def deleted_answer(result: Deleted, zone: ZoneInfo) -> Answer:
    """That a budget is deleted, and how that is taken back."""
    name = escape(short(result.budget.name))
    until = moment(result.undo_until, zone)
    lines = [f"*Deleted:* {name}. It neither alerts nor denies any more."]
    lines.append(f"It can be restored until {until}.")
    undo = button("Undo", UNDO, str(result.budget.id), hint="Restore the budget")
    return Answer(
        text=" ".join(lines).replace("*", ""),
        blocks=(
            section("\n".join(lines), "budget-change"),
            ActionsBlock([undo], block_id="budget-next"),
            context([f"Id `{result.budget.id}`"], "budget-id"),
        ),
    )


def asks_to_delete(standing: Standing) -> Answer:
    """The question before a typed deletion."""
    budget = standing.budget
    text = f"Delete {title(budget)}, {terms_words(budget)}? {spent_words(standing.status)}"
    keep = button("Keep it", SHOW, str(budget.id))
    return Answer(
        text=text.replace("*", ""),
        blocks=(
            section(f"{text}\nIt can be restored for a day.", "budget-change"),
            ActionsBlock([delete_button(budget), keep], block_id="budget-next"),
        ),
    )


def restored_answer(budget: Budget, may: Collection[Act]) -> Answer:
    """That a deleted budget is back."""
    return _told([f"*Restored:* {title(budget)}\n{terms_words(budget)}"], budget, may)


def paused_answer(budget: Budget, may: Collection[Act]) -> Answer:
    """That a budget is paused."""
    return _told([f"{title(budget)}\n{paused_words(budget)}"], budget, may)


def resumed_answer(budget: Budget, may: Collection[Act]) -> Answer:
    """That a budget is not paused any more."""
    lines = [
        f"*Resumed:* {title(budget)}\nIt alerts again" + (" and denies." if budget.is_hard else ".")
    ]
    return _told(lines, budget, may)


def _told(lines: list[str], budget: Budget, may: Collection[Act]) -> Answer:
    blocks: list[Block] = [section(line, f"budget-change-{at}") for at, line in enumerate(lines)]
    blocks.append(budget_buttons(budget, may))
    return Answer(text=" ".join(lines).replace("*", "").replace("\n", " · "), blocks=tuple(blocks))

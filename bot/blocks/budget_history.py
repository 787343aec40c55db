"""`/budget history`: what was decided of a budget, by whom, and how its period went."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget import past_lines, standing_lines
from bot.blocks.budget_burn_chart import burn_chart
from bot.blocks.budget_buttons import HISTORY, SHOW
from bot.blocks.budget_values import difference_lines
from bot.blocks.budget_words import title
from bot.blocks.sparkline import scale_of, sparkline
from bot.blocks.text import escape, moment, money, percent, plural, short
from handlers.budgets.results import BudgetHistory
from handlers.caller import Caller
from storage.records.audit import StoredAuditEntry

MOST_LINES = 8
"""Changed fields that one entry shows."""

DECISIONS = {
    "budget.create": "Created",
    "budget.edit": "Changed",
    "budget.pause": "Paused",
    "budget.resume": "Resumed",
    "budget.delete": "Deleted",
    "budget.undo": "Restored",
    "raise.ask": "Raise asked for",
    "raise.approved": "Raise approved",
    "raise.rejected": "Raise rejected",
    "raise.withdrawn": "Raise withdrawn",
    "raise.expired": "Raise expired",
    "alert.acknowledge": "Alert acknowledged",
    "alert.mute": "Alert muted",
    "alert.unmute": "Alert unmuted",
}
"""What was done, by the word of the audit trail for it."""

SURFACES = {
    "slack": "in Slack",
    "cli": "in the terminal",
    "rest": "over REST",
    "system": "by itself",
}


def history_answer(result: BudgetHistory, caller: Caller) -> Answer:
    """The message with the course of a period, earlier ones, and the decisions, newest first."""
    budget = result.standing.budget
    head = "\n".join([title(budget), *standing_lines(result.standing)])
    blocks: list[Block] = [section(head, "budget-status")]
    if curve := _curve(result):
        blocks.append(section(curve, "budget-course"))
    if past := past_lines(result.standing.past):
        blocks.append(section("*Before*\n" + "\n".join(past), "budget-past"))
    blocks += [
        section(_entry(entry, caller.zone), f"budget-entry-{entry.id}") for entry in result.entries
    ]
    if not result.entries:
        blocks.append(section("Nothing was decided of it yet.", "budget-entry-none"))
    blocks.append(context(["Who decided is named, and never pinged"], "budget-notes"))
    buttons = [button("Details", SHOW, str(budget.id))]
    if result.before is not None:
        buttons.append(button("Earlier", HISTORY, f"{budget.id}:{result.before}"))
    blocks.append(ActionsBlock(list(buttons), block_id="budget-next"))
    text = f"History of {escape(short(budget.name))}: {plural(len(result.entries), 'decision')}"
    return Answer(text=text, blocks=tuple(blocks), chart=burn_chart(result))


def _curve(result: BudgetHistory) -> str:
    if len(result.course) < 2:
        return ""
    last, legend = result.course[-1], scale_of(len(result.course)).legend
    return (
        f"*Spent* `{sparkline([day.cost for day in result.course])}` "
        f"{result.course[0].day} to {last.day}, {legend}\n"
        f"*Added up* `{sparkline([day.cumulative for day in result.course])}` "
        f"{money(last.cumulative)}, {percent(last.utilization)}; "
        f"an even burn would be at {percent(last.pace)}"
    )


def _entry(entry: StoredAuditEntry, zone: ZoneInfo) -> str:
    what = DECISIONS.get(entry.action) or escape(short(entry.action.replace(".", " ")))
    who = escape(short(entry.actor.name))
    where = SURFACES[entry.surface]
    lines = difference_lines(entry.before, entry.after)
    rest = [f"• and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    head = f"*{what}* by {who} {where}, {moment(entry.at, zone)}"
    return "\n".join([head, *lines[:MOST_LINES], *rest])

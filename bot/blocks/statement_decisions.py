"""Closing a month, the closed months, and the rule, as messages."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block, Button, ConfirmationDialogue

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import plain
from bot.blocks.statement import books_lines, books_notes, books_table
from bot.blocks.statement_words import cents, month_words, rule_words, share_words
from bot.blocks.table import fitted_table
from bot.blocks.text import escape, short
from bot.grammar.statement import (
    StatementCloseCommand,
    StatementCommand,
    StatementListCommand,
    write_statement,
)
from handlers.caller import Caller
from handlers.showback.months import after, written
from handlers.showback.results import (
    ClosePreview,
    ListedMonth,
    RuleResult,
    StatementRequest,
)
from storage.records.statement import ClosedMonth


def close_preview_answer(preview: ClosePreview) -> Answer:
    """What would be frozen, with the button that does."""
    result = preview.statement
    month, books = result.month, result.books
    title = f"*Close {month_words(month)}?* Nothing is frozen yet"
    lines = [title]
    blocks: list[Block] = []
    if books is not None:
        lines += books_lines(result, books)[:-1]
        blocks.append(books_table(result, books, "close-table"))
        notes = books_notes(result, books)
        blocks.append(context(notes, "close-notes"))
    blocks.insert(0, section("\n".join(lines), "close-preview"))
    done = write_statement(StatementCloseCommand(month, preview.digest))
    confirm = ConfirmationDialogue(
        title=plain(f"Close {written(month)}?"),
        text=plain(
            "Its statements are frozen for good. What late data changes is billed as corrections "
            f"with {written(after(month))}."
        ),
        confirm=plain("Close it"),
        deny=plain("Not yet"),
    )
    close = Button(
        f"Close {written(month)}", action_id="ask_0", value=done, style="primary", confirm=confirm
    )
    blocks.append(ActionsBlock([close], block_id="close-next"))
    return Answer(" · ".join(lines).replace("*", ""), tuple(blocks))


def closed_answer(closed: ClosedMonth) -> Answer:
    """That a month is closed."""
    charged = closed.infrastructure - closed.not_charged
    line = f"🔒 *{month_words(closed.month)} is closed*: {cents(charged)} in its statements"
    if closed.not_charged:
        line += f", {cents(closed.not_charged)} not charged"
    if closed.corrected:
        line += f", {cents(closed.corrected, sign=True)} of corrections"
    following = written(after(closed.month))
    notes = [f"What late data changes of it is billed as corrections with {following}"]
    shown = write_statement(StatementCommand(StatementRequest(closed.month)))
    buttons = [
        button("Statements", "ask_0", shown),
        button("Closed months", "ask_1", write_statement(StatementListCommand())),
        button("CSV", "csv", shown, hint="Every line as a CSV file"),
    ]
    blocks = (
        section(line, "closed"),
        context(notes, "closed-notes"),
        ActionsBlock(list(buttons), block_id="closed-next"),
    )
    return Answer(f"{line}. {notes[0]}".replace("*", ""), blocks)


def closed_months_answer(listed: Sequence[ListedMonth], caller: Caller) -> Answer:
    """The closed months, the newest first."""
    if not listed:
        sentence = "No month is closed yet."
        hint = "`/cost statement` shows the last month that is over, with a button to close it."
        if caller.organization is not None:
            hint = "`/cost statement` shows your statement of the last month that is over."
        return Answer(f"{sentence} {hint}", (section(f"*{sentence}*\n{hint}", "closed-none"),))
    headline = f"*Closed up to {written(listed[0].closed.month)}*"
    whose = "Charged" if caller.organization is None else escape(short(caller.organization))
    rows = [
        [
            written(one.closed.month),
            cents(one.total),
            f"{one.closed.at.astimezone(caller.zone):%Y-%m-%d}",
            escape(short(one.closed.actor.name)),
        ]
        for one in listed
    ]
    header = ["Month", whose, "Closed", "By"]
    table = fitted_table(
        lambda shown: [header, *rows[:shown]], len(rows), names=1, block_id="closed-table"
    )
    shown = write_statement(StatementCommand(StatementRequest(listed[0].closed.month)))
    newest = button(f"Statement {rows[0][0]}", "ask_0", shown)
    blocks = (
        section(f"{headline}\nCorrections that were billed with a month are in it", "closed-list"),
        table,
        ActionsBlock([newest], block_id="closed-next"),
    )
    return Answer(f"{headline}, {len(listed)} in all".replace("*", ""), blocks)


def rule_answer(result: RuleResult) -> Answer:
    """The rule that is in force, or was set just now."""
    done = "Set: from" if result.is_set else "From"
    line = (
        f"*{done} {written(result.month)} on*, what no request carries and what is shared is "
        f"divided *{rule_words(result.rule)}*"
    )
    lines = [line]
    if result.rule.left:
        lines.append(f"{share_words(result.rule.left)} is charged to nobody")
    lines += [f":warning: {escape(doubt)}" for doubt in result.doubts]
    notes: list[str] = []
    if result.decision is None:
        notes.append("Nobody has decided on a rule: this is the one to begin with")
    elif not result.is_set:
        who, at = result.decision.actor, result.decision.at
        since = written(result.decision.from_month)
        notes.append(f"Set by {escape(short(who.name))} on {at:%Y-%m-%d}, from {since} on")
    notes += [
        f"From {written(one.from_month)} on: {rule_words(one.rule)}" for one in result.upcoming
    ]
    notes.append(
        "Another one: `/cost statement rule proportional by cost`, `even`, or "
        "`fixed acme 60% globex 40%`, with `from 2026-11` where it is to begin later"
    )
    text = write_statement(StatementCommand(StatementRequest(result.month)))
    shown = button(f"Statement {written(result.month)}", "ask_0", text)
    blocks = (
        section("\n".join(lines), "statement-rule"),
        context(notes, "statement-rule-notes"),
        ActionsBlock([shown], block_id="statement-rule-next"),
    )
    return Answer(" · ".join(lines).replace("*", ""), blocks)

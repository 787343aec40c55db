"""`/cost statement`: what a month cost each organization, or one of them, as a message."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import ActionsBlock, Block, Button, TableBlock

from analysis.showback.dividing import Line, Part
from analysis.showback.facts import NOTHING
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.freshness import freshness_line
from bot.blocks.statement_words import (
    PART_NAMES,
    cents,
    coverage_words,
    credit_words,
    fallback_words,
    month_words,
    rule_words,
    state_words,
    uncorrected_words,
    unpriced_words,
    whose,
)
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, percent, plural, short
from bot.grammar.statement import (
    StatementCloseCommand,
    StatementCommand,
    StatementListCommand,
    StatementRuleCommand,
    write_statement,
)
from handlers.caller import Caller
from handlers.showback.months import MonthState, before, written
from handlers.showback.permissions import Act, may
from handlers.showback.results import Books, MonthStatement, Statement, StatementRequest

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""
ROWS_SHOWN = 20
TEAMS_SHOWN = 10

_DIRECT = (Part.GPU, Part.LLM, Part.OTHER)


def statement_answer(result: MonthStatement, caller: Caller) -> Answer:
    """The message that answers `/cost statement`."""
    if result.books is not None:
        return _everybody(result, result.books, caller)
    if len(result.statements) == 1:
        return _one(result, result.statements[0], caller)
    return _several(result, caller)


def books_lines(result: MonthStatement, books: Books) -> list[str]:
    """What the statements of a month add up to, a line each; escaped."""
    headline = (
        f"*{cents(books.infrastructure)}* infrastructure cost of {month_words(result.month)} in "
        f"*{plural(books.statements, 'statement')}*"
    )
    if books.difference:
        check = f":warning: *{cents(books.difference, sign=True)}* of it is in no statement"
    elif books.not_charged.line.total:
        check = (
            f"The statements are {cents(books.charged)} of it, and "
            f"{cents(books.not_charged.line.total)} is not charged: they add up to the cent"
        )
    else:
        check = "They add up to it to the cent"
    lines = [headline, check]
    if books.corrected:
        lines.append(f"Corrections of closed months: *{cents(books.corrected, sign=True)}*")
    return [*lines, state_words(result)]


def books_table(result: MonthStatement, books: Books, block_id: str) -> TableBlock:
    """A row for each statement, what is not charged, and the total."""
    nobody = [books.not_charged] if books.not_charged.total else []
    return _table(result.statements, nobody, block_id)


def books_notes(result: MonthStatement, books: Books) -> list[str]:
    """The rule, the reconciliation, what has no price; escaped."""
    costs = books.reconciliation
    reconciled = (
        f"Infrastructure = {cents(costs.fully_loaded.usd)} fully loaded + "
        f"{cents(costs.unattributed)} unattributed"
    )
    if costs.difference:
        reconciled += f" + {cents(costs.difference)} that the parts do not explain"
    shared = sum((pool.amount for pool in books.pools if pool.part is Part.SHARED), NOTHING)
    rule = f"Unattributed cost and {cents(shared)} of shared cost are divided "
    return [
        f"{rule}{rule_words(result.rule)}",
        reconciled,
        *fallback_words(books.pools),
        *credit_words(result),
        *unpriced_words(result),
        *coverage_words(result),
        *uncorrected_words(result.uncorrected),
        f"Month in {result.zone.key} · {freshness_line(result.freshness, result.zone)}",
    ]


def _everybody(result: MonthStatement, books: Books, caller: Caller) -> Answer:
    if not (result.statements or books.infrastructure or books.not_charged.total):
        return _nothing(result, caller)
    lines = books_lines(result, books)
    blocks: list[Block] = [section("\n".join(lines), "statement-total")]
    if result.statements or books.not_charged.total:
        blocks.append(books_table(result, books, "statement-table"))
    blocks.append(context(books_notes(result, books), "statement-notes"))
    blocks.append(ActionsBlock(list(_buttons(result, caller)), block_id="statement-next"))
    return Answer(" · ".join(lines).replace("*", ""), tuple(blocks))


def _nothing(result: MonthStatement, caller: Caller) -> Answer:
    sentence = f"There is no cost in {month_words(result.month)}."
    covered = result.freshness.covered(result.zone)
    hint = "There is no data yet: load some with `costbot import` or `costbot sample`."
    if covered is not None:
        hint = f"The data runs from {covered[0]} to {covered[1]}."
    notes = [*coverage_words(result), freshness_line(result.freshness, result.zone)]
    blocks: tuple[Block, ...] = (
        section(f"*{sentence}*\n{hint}", "statement-total"),
        context(notes, "statement-notes"),
        ActionsBlock(list(_buttons(result, caller)), block_id="statement-next"),
    )
    return Answer(f"{sentence} {hint}", blocks)


def _one(result: MonthStatement, one: Statement, caller: Caller) -> Answer:
    name = escape(whose(one.line))
    if one.line.team is not None:
        name = f"Team {name} of {escape(short(one.line.organization))}"
    headline = f"*{name}: {cents(one.total)}* for {month_words(result.month)}"
    if one.line.use.is_unpriced:
        headline += ", without direct cost: none of its requests has a price"
    blocks: list[Block] = [
        section(f"{headline}\n{state_words(result)}", "statement-total"),
        _parts_table(one),
    ]
    if one.teams:
        blocks.append(section("\n".join(_team_lines(one)), "statement-teams"))
    blocks.append(context(_own_notes(result, one), "statement-notes"))
    blocks.append(ActionsBlock(list(_buttons(result, caller)), block_id="statement-next"))
    text = f"{headline}. {state_words(result)}"
    return Answer(text.replace("*", ""), tuple(blocks))


def _several(result: MonthStatement, caller: Caller) -> Answer:
    whole = sum((one.total for one in result.statements), NOTHING)
    what = "statement" if result.request.team is None else "team"
    headline = (
        f"*{cents(whole)}* for {month_words(result.month)}, {plural(len(result.statements), what)}"
    )
    notes = [*_rule_note(result), *credit_words(result), *unpriced_words(result)]
    notes.append(freshness_line(result.freshness, result.zone))
    blocks: list[Block] = [section(f"{headline}\n{state_words(result)}", "statement-total")]
    if result.statements:
        blocks.append(_table(result.statements, [], "statement-table"))
    blocks.append(context(notes, "statement-notes"))
    blocks.append(ActionsBlock(list(_buttons(result, caller)), block_id="statement-next"))
    return Answer(f"{headline}. {state_words(result)}".replace("*", ""), tuple(blocks))


def _table(rows: tuple[Statement, ...], nobody: list[Statement], block_id: str) -> TableBlock:
    every = [*rows, *nobody]
    has_corrections = any(one.corrections for one in every)
    header = ["Organization", "Direct", "Idle", "Overhead", "Unattributed", "Shared"]
    header += ["Corrections"] if has_corrections else []

    def cells(name: str, several: list[Statement]) -> list[str]:
        amounts = [sum((_of(one.line, *parts) for one in several), NOTHING) for parts in _COLUMNS]
        if has_corrections:
            amounts.append(sum((one.corrected for one in several), NOTHING))
        amounts.append(sum((one.total for one in several), NOTHING))
        written = [cents(amount) for amount in amounts]
        if several and all(one.line.use.is_unpriced for one in several):
            written[0] = "not known"
        return [escape(name), *written]

    def lines(shown: int) -> Lines:
        kept, rest = list(rows[:shown]), list(rows[shown:])
        found = [[*header, "Total"], *(cells(_name(one), [one]) for one in kept)]
        if rest:
            found.append(cells(f"{count(len(rest))} others", rest))
        found += [cells("Not charged", nobody)] if nobody else []
        return [*found, cells("Total", every)]

    return fitted_table(lines, min(ROWS_SHOWN, len(rows)), names=1, block_id=block_id)


_COLUMNS = (_DIRECT, (Part.IDLE,), (Part.OVERHEAD,), (Part.UNATTRIBUTED,), (Part.SHARED,))


def _of(line: Line, *parts: Part) -> Decimal:
    return sum((line.amounts[part] for part in parts), NOTHING)


def _name(one: Statement) -> str:
    if one.line.team is None:
        return whose(one.line)
    return f"{short(one.line.organization)} · {whose(one.line)}"


def _parts_table(one: Statement) -> TableBlock:
    rows: list[tuple[str, Decimal]] = [
        (PART_NAMES[part], one.line.amounts[part])
        for part in Part
        if one.line.amounts[part] or part in (Part.UNATTRIBUTED, Part.SHARED)
    ]
    rows += [(f"Corrections of {written(each.of_month)}", each.amount) for each in one.corrections]
    rows.append(("= Total", one.total))
    lines: Lines = [["Part", "Amount", "Share"]]
    for name, amount in rows:
        share = percent(amount / one.total) if one.total else "–"
        lines.append([name, cents(amount), share])
    return fitted_table(
        lambda shown: lines[: shown + 1], len(lines) - 1, names=1, block_id="statement-parts"
    )


def _team_lines(one: Statement) -> list[str]:
    teams = sorted(one.teams, key=lambda line: (-line.total, line.team or ""))
    lines = ["*By team*"]
    lines += [f"• {escape(whose(line))}: {cents(line.total)}" for line in teams[:TEAMS_SHOWN]]
    rest = teams[TEAMS_SHOWN:]
    if rest:
        left = sum((line.total for line in rest), NOTHING)
        lines.append(f"• {plural(len(rest), 'other')}: {cents(left)}")
    return lines


def _own_notes(result: MonthStatement, one: Statement) -> list[str]:
    notes = _rule_note(result)
    notes += [
        f"{written(each.of_month)} was closed; late data changed it from {cents(each.before)} to "
        f"{cents(each.after)}"
        for each in one.corrections
    ]
    notes += [*credit_words(result), *unpriced_words(result), *coverage_words(result)]
    notes += uncorrected_words(result.uncorrected)
    notes.append(f"{plural(one.line.use.requests, 'request')} · month in {result.zone.key}")
    return [*notes, freshness_line(result.freshness, result.zone)]


def _rule_note(result: MonthStatement) -> list[str]:
    return [f"What no request carries, and what is shared, is divided {rule_words(result.rule)}"]


def _buttons(result: MonthStatement, caller: Caller) -> list[Button]:
    request = result.request
    asked = StatementCommand(request)
    earlier = StatementCommand(
        StatementRequest(before(result.month), request.organization, request.team)
    )
    own = write_statement(asked)
    offered: list[tuple[str, str, str]] = []
    if may(Act.CLOSE, caller) and result.state is MonthState.OPEN and result.books is not None:
        close = write_statement(StatementCloseCommand(result.month))
        offered.append((f"Close {written(result.month)} …", close, "Look at what is frozen"))
    if result.books is not None:
        offered.append(("Rule", write_statement(StatementRuleCommand()), "How cost is divided"))
    offered.append((written(before(result.month)), write_statement(earlier), "The month before"))
    closed = write_statement(StatementListCommand())
    offered.append(("Closed months", closed, "Which months are closed"))
    buttons = [
        button(label, f"ask_{place}", text, hint=hint)
        for place, (label, text, hint) in enumerate(offered)
        if len(text) <= LONGEST_VALUE
    ]
    if len(own) <= LONGEST_VALUE:
        buttons.append(button("CSV", "csv", own, hint="Every line as a CSV file"))
        buttons.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return buttons

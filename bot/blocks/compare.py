"""`/cost compare`: what changed between two stretches of complete days, as a message."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from analysis.complete_days import Span
from analysis.shifts import BEYOND, LEAST_SHARE, LEAST_USD, Shift
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.compare_chart import compare_chart
from bot.blocks.complete import (
    MARK,
    member_name,
    no_cost,
    reach_notes,
    subject,
    unknown_note,
    unpriced_note,
)
from bot.blocks.freshness import freshness_line
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, money, percent, plural
from bot.grammar.compare import CompareCommand, write_compare
from bot.grammar.why import write_why
from handlers.caller import Caller
from handlers.compare import CompareResult, CompareRow, is_unpriced, others_row
from handlers.why import WhyRequest
from queries.measures import Measures

ROWS_SHOWN = 10
"""Members that a message shows of itself; `top N` shows more, and the CSV all."""

MOST_NAMED = 3
"""Shifts that the headline names; the table marks them all."""

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def compare_answer(result: CompareResult, caller: Caller) -> Answer:
    """The message that answers what changed."""
    if result.is_empty:
        label = result.compared.now.label
        return no_cost(result.request, result.reach, result.freshness, label, caller)
    headline = [_headline(result), *_beyond(result)]
    blocks: list[Block] = [section("\n".join(headline), "compare-total"), _table(result)]
    notes = [*_notes(result, caller), freshness_line(result.freshness, caller.zone)]
    blocks.append(context(notes, "compare-notes"))
    if actions := _buttons(result):
        blocks.append(actions)
    text = " ".join(headline).replace("*", "")
    return Answer(text=text, blocks=tuple(blocks), chart=compare_chart(result))


def shift_words(shift: Shift | None) -> str:
    """How far a cost moved: "+18.2 %"; escaped."""
    if shift is None:
        return "–"
    if shift.ratio is None:
        return "new" if shift.change else "–"
    return percent(shift.ratio, sign=True)


def flag_words() -> str:
    """From when on a shift is marked, beside the mark itself."""
    return (
        f"{MARK} beyond {BEYOND:.0%}, from {money(LEAST_USD)} and {LEAST_SHARE:.1%} of the total on"
    ).replace("%", " %")


def _headline(result: CompareResult) -> str:
    """The whole answer in a sentence."""
    total = result.total
    mark = ":warning: " if total.is_flagged else ""
    cost = "not known, no request has a price" if is_unpriced(total.now) else money(total.now.cost)
    parts = [
        f"{mark}{subject(result.request, result.reach)}, {result.compared.now.label}: *{cost}*"
    ]
    for shift, stretch in zip(total.shifts, result.compared.against, strict=True):
        if shift is None:
            parts.append(f"not to be compared with {stretch.label}")
        elif not shift.change:
            parts.append(f"as {stretch.label}")
        elif shift.ratio is None:
            parts.append(f"{money(shift.change, sign=True)} on {stretch.label}")
        else:
            parts.append(
                f"*{percent(shift.ratio, sign=True)}* ({money(shift.change, sign=True)}) "
                f"on {stretch.label}"
            )
    return ", ".join(parts) + "."


def _beyond(result: CompareResult) -> list[str]:
    """The members that shifted, the largest change in dollars first."""
    flagged = result.flagged
    if not flagged or len(result.rows) < 2:  # a single one is the total, which is marked itself
        return []
    named = [_moved(row, result.by) for row in flagged[:MOST_NAMED]]
    rest = len(flagged) - len(named)
    more = f" and {count(rest)} more" if rest else ""
    return [f":warning: Beyond {_threshold()}: {', '.join(named)}{more}."]


def _moved(row: CompareRow, by: str) -> str:
    name, shift = member_name(row.member, by), row.shifts[0]
    if shift is None:  # what is not known is never flagged
        return name
    how = shift_words(shift)
    if shift.before and not row.now.requests and not row.now.cost:
        how = "gone"
    return f"{name} {how} ({money(shift.change, sign=True)})"


def _threshold() -> str:
    return f"{BEYOND:.0%}".replace("%", " %")


def _table(result: CompareResult) -> TableBlock:
    rows = result.rows[: result.request.top or ROWS_SHOWN]
    return fitted_table(
        lambda shown: _lines(result, rows[:shown]), len(rows), names=1, block_id="compare-table"
    )


def _lines(result: CompareResult, rows: tuple[CompareRow, ...]) -> Lines:
    """Header, these rows, the others as one, and the total."""
    by = result.by
    lines = [[by.replace("_", " ").capitalize(), *_headers(result)]]
    lines += [[member_name(row.member, by), *_figures(row)] for row in rows]
    rest = result.rows[len(rows) :]
    if rest:
        lines.append([f"others ({count(len(rest))})", *_figures(others_row(rest))])
    if len(result.rows) > 1:
        lines.append(["Total", *_figures(result.total)])
    return lines


def _headers(result: CompareResult) -> list[str]:
    headers = ["Cost", "Before", "Change", "Change %", "Requests"]
    if len(result.compared.against) > 1:
        headers[1] = "Day before"
        headers += ["Week before", "Change % on it"]
    return headers


def _figures(row: CompareRow) -> list[str]:
    mark = f"{MARK} " if row.is_flagged else ""
    first = row.shifts[0]
    cells = [
        _cost(row.now),
        _cost(row.before[0]),
        "–" if first is None else money(first.change, sign=True),
        mark + shift_words(first),
        _requests(row.now.requests, row.before[0].requests),
    ]
    for before, shift in zip(row.before[1:], row.shifts[1:], strict=True):
        cells += [_cost(before), shift_words(shift)]
    return cells


def _cost(measures: Measures) -> str:
    return "unpriced" if is_unpriced(measures) else money(measures.cost)


def _requests(now: int, before: int) -> str:
    if not before:
        return count(now)
    return f"{count(now)} ({percent(Decimal(now - before) / before, sign=True)})"


def _notes(result: CompareResult, caller: Caller) -> list[str]:
    stretches, total = result.compared, result.total
    against = " and ".join(f"{stretch.days}" for stretch in stretches.against)
    alike = ", against both alike" if len(stretches.against) > 1 else ""
    lines = [f"{stretches.now.days} against {against}, complete days · {flag_words()}{alike}"]
    if stretches.left_out is not None:
        lines.append(
            f"The months differ in length: {stretches.left_out} is left out, "
            f"so that {plural(len(stretches.now), 'day')} stand against as many"
        )
    if result.request.span is Span.DAY and len(stretches.against) == 1:
        lines.append(f"The data begins on {result.reach.first}: not compared with the week before")
    lines += reach_notes(result.reach, stretches.first, caller)
    lines += unpriced_note(total.now.unpriced_requests, total.before[0].unpriced_requests)
    if total.now.estimated_requests:
        lines.append(
            f"{money(total.now.estimated_cost)} of it is an estimate, at public list prices "
            "(genai-prices)"
        )
    customers_only = result.request.customers_only
    lines += unknown_note(total.now.unknown_requests, customers_only=customers_only)
    if total.now.internal_requests and caller.organization is None:
        verb = "left out" if customers_only else "included"
        lines.append(f"Internal traffic {verb}: {money(total.now.internal_cost)}")
    return lines


def _buttons(result: CompareResult) -> ActionsBlock | None:
    """The next questions, one click away."""
    request, now, before = result.request, result.compared.now, result.compared.against[0]
    why = write_why(
        WhyRequest(
            period=now.days,
            versus=before.days,
            filters=request.filters,
            basis=request.basis,
            customers_only=request.customers_only,
        )
    )
    questions = [
        (span.capitalize(), write_compare(CompareCommand(replace(request, span=span))))
        for span in Span
        if span is not request.span
    ]
    if result.total.change:
        questions.insert(0, ("Why?", why))
    own = write_compare(CompareCommand(request))
    if any(len(text) > LONGEST_VALUE for text in [own, *(text for _, text in questions)]):
        return None
    elements = [button(label, f"ask_{i}", text) for i, (label, text) in enumerate(questions)]
    elements.append(button("CSV", "csv", own, hint="All rows as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return ActionsBlock(list(elements), block_id="compare-next")

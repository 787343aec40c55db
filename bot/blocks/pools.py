"""`/cost breakeven` without a pool: all pools of GPUs, paid and used, as a message."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import ActionsBlock, Block, Button

from analysis.breakeven import monthly
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.breakeven import LONGEST_VALUE, comparison_answer
from bot.blocks.breakeven_notes import period_notes
from bot.blocks.freshness import freshness_line
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, plural, short
from bot.grammar.breakeven import BreakEvenCommand, write_break_even
from handlers.breakeven import BreakEvenRequest, BreakEvenResult, Pool
from handlers.caller import Caller
from handlers.equivalents import PerRequest

MOST_BUTTONS = 3
"""Pools that are one click away."""


def break_even_answer(result: BreakEvenResult, caller: Caller) -> Answer:
    """The message that answers `/cost breakeven`."""
    return _list(result, caller) if result.is_list else comparison_answer(result, caller)


def _list(result: BreakEvenResult, caller: Caller) -> Answer:
    paid = sum((pool.allocation.paid.usd for pool in result.pools), Decimal(0))
    used = sum((pool.allocation.used for pool in result.pools), Decimal(0))
    share = f" ({percent(used / paid)})" if paid else ""
    headline = (
        f"*{money(paid)}* paid for GPUs {_when(result.period.label)}, *{money(used)}* used{share}"
    )
    blocks: list[Block] = [
        section(f"{headline}\n{_what_next(result)}", "pools-total"),
        fitted_table(
            lambda shown: _lines(result, shown),
            len(result.pools),
            names=1,
            block_id="pools-table",
        ),
        context(_notes(result, caller), "pools-notes"),
        ActionsBlock(list(_buttons(result)), block_id="pools-next"),
    ]
    return Answer(text=headline.replace("*", ""), blocks=tuple(blocks))


def _when(label: str) -> str:
    return f"from {label}" if " to " in label else label


def _what_next(result: BreakEvenResult) -> str:
    """How a pool is compared: with a price that makes a difference."""
    pool = next((pool for pool in result.pools if pool.model), None)
    if pool is None:
        return "Compare them with an API: `/cost breakeven at 0.04` (US dollars a request)."
    served = pool.allocation.traffic.served
    own = pool.allocation.paid.usd / served if served else Decimal(0)
    price = Decimal(f"{own:.1g}") if own > 0 else Decimal("0.04")
    question = BreakEvenRequest(None, {"model": (pool.model or "",)}, PerRequest(price))
    line = escape(write_break_even(BreakEvenCommand(question)))
    return (
        f"Compare one with an API: `/cost {line}` (US dollars a request), `at 0.50/1.50` (per "
        "million input and output tokens) or `api gpt-4o-mini`, where tokens are known."
    )


def _lines(result: BreakEvenResult, shown: int) -> Lines:
    header = ["Model", "Paid", "A month", "Used", "Utilization", "Requests", "Paid per request"]
    header.append("GPU hours used")
    lines: Lines = [header]
    lines += [_line(pool, result.hours) for pool in result.pools[:shown]]
    if rest := len(result.pools) - shown:
        lines.append([f"{count(rest)} more", *[""] * (len(header) - 1)])
    return lines


def _line(pool: Pool, hours: Decimal) -> list[str]:
    found = pool.allocation
    traffic, paid = found.traffic, found.paid.usd
    unpriced = bool(traffic.requests) and traffic.unpriced == traffic.requests
    return [
        escape(short(pool.model)) if pool.model is not None else "no model named",
        money(paid),
        money(monthly(paid, hours)),
        "unpriced" if unpriced else money(found.used),
        "–" if unpriced or found.utilization is None else percent(found.utilization),
        count(traffic.requests),
        money(paid / traffic.served) if traffic.served else "–",
        f"{traffic.gpu_seconds / 3600:,.1f}" if traffic.gpu_seconds else "–",
    ]


def _notes(result: BreakEvenResult, caller: Caller) -> list[str]:
    found = [pool.allocation for pool in result.pools]
    lines = [
        "Paid: direct cost of requests, idle, overhead and unused · used: of requests alone · "
        "utilization: used of paid"
    ]
    if shared := sum((sum(one.shared.values(), Decimal(0)) for one in found), Decimal(0)):
        lines.append(f"{money(shared)} names no model, and is divided by direct cost of requests")
    if undivided := max((one.undivided for one in found), default=Decimal(0)):
        lines.append(f":warning: {money(undivided)} names no model and served no request: left out")
    if unpriced := sum(one.traffic.unpriced for one in found):
        lines.append(f":warning: {plural(unpriced, 'request')} without a price, not in the figures")
    return [*lines, *period_notes(result), freshness_line(result.freshness, caller.zone)]


def _buttons(result: BreakEvenResult) -> list[Button]:
    named = [pool.model for pool in result.pools if pool.model][:MOST_BUTTONS]
    questions = [(escape(short(model)[:40]), _of_model(result.request, model)) for model in named]
    buttons = [
        button(label, f"ask_{place}", text)
        for place, (label, text) in enumerate(questions)
        if len(text) <= LONGEST_VALUE
    ]
    own = write_break_even(BreakEvenCommand(result.request))
    buttons.append(button("CSV", "csv", own, hint="All pools as a CSV file"))
    buttons.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return buttons


def _of_model(request: BreakEvenRequest, model: str) -> str:
    return write_break_even(BreakEvenCommand(BreakEvenRequest(request.period, {"model": (model,)})))

"""`/cost reconcile`: the parts of infrastructure cost beside their sum, as a message."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.freshness import freshness_line
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import money, percent, plural
from bot.grammar.periods import write_period
from handlers.caller import Caller
from handlers.reconcile import ReconcileResult


def reconcile_answer(result: ReconcileResult, caller: Caller) -> Answer:
    """The message that answers `/cost reconcile`."""
    figures, costs = result.figures, result.figures.costs
    label = result.period.label
    if not figures.facts:
        sentence = f"Nothing to reconcile {label}: there is no cost."
        hint = _covered(result, caller)
        lines = [freshness_line(result.freshness, caller.zone)]
        return Answer(
            text=f"{sentence} {hint}",
            blocks=(
                section(f"*{sentence}*\n{hint}", "reconcile-total"),
                context(lines, "reconcile-notes"),
            ),
        )
    verdict = (
        f":warning: *{money(costs.difference, sign=True)}* of it is explained by none of the parts"
        if costs.difference
        else "Fully loaded and unattributed cost add up to it exactly"
    )
    headline = f"*{money(costs.infrastructure.usd)}* {label}, infrastructure cost"
    lines = _table(result)
    table = fitted_table(
        lambda shown: lines[: shown + 1], len(lines) - 1, names=1, block_id="reconcile-table"
    )
    period = write_period(result.request)
    buttons = [
        button("By category", "ask_0", f"{period} by category"),
        button("7 days", "ask_1", "reconcile 7d"),
    ]
    blocks: list[Block] = [
        section(f"{headline}\n{verdict}", "reconcile-total"),
        table,
        context(_notes(result, caller), "reconcile-notes"),
        ActionsBlock(list(buttons), block_id="reconcile-next"),
    ]
    return Answer(text=f"{headline}. {verdict}".replace("*", ""), blocks=tuple(blocks))


def _covered(result: ReconcileResult, caller: Caller) -> str:
    covered = result.freshness.covered(caller.zone)
    if covered is None:
        return "There is no data yet: load some with `costbot import` or `costbot sample`."
    return f"The data runs from {covered[0]} to {covered[1]}."


def _table(result: ReconcileResult) -> Lines:
    costs = result.figures.costs
    whole = costs.infrastructure.usd
    parts: list[tuple[str, Decimal]] = [
        ("Fully loaded cost of requests", costs.fully_loaded.usd),
        ("+ unattributed", costs.unattributed),
        ("    unused", costs.unused),
        ("    idle", costs.idle.spent),
        ("    − attributed idle", -costs.idle.attributed),
        ("    overhead", costs.overhead.spent),
        ("    − attributed overhead", -costs.overhead.attributed),
        ("+ difference", costs.difference),
        ("= infrastructure cost", whole),
    ]
    rows = [[name, money(usd), percent(usd / whole) if whole else "–"] for name, usd in parts]
    return [["Part", "Cost", "Share"], *rows]


def _notes(result: ReconcileResult, caller: Caller) -> list[str]:
    figures, lines = result.figures, list[str]()
    for name, pushed in (("idle", figures.costs.idle), ("overhead", figures.costs.overhead)):
        if pushed.left < 0:
            lines.append(f":warning: More {name} is attributed than there was")
    lines.append(
        f"Internal traffic put back in: {money(figures.internal.usd)}, "
        f"{plural(figures.internal_requests, 'request')}"
    )
    lines.append(
        f"Traffic of unknown origin included: {money(figures.unknown.usd)}, "
        f"{plural(figures.unknown_requests, 'request')}"
    )
    if figures.bought.usd:
        lines.append(
            f"{money(figures.bought.usd)} of both is LLM usage, which has no machines of its own"
        )
    if figures.unpriced_requests:
        unpriced = plural(figures.unpriced_requests, "request")
        lines.append(f":warning: {unpriced} without a price, in none of the figures")
    if result.period.provisional:
        lines.append("Provisional: the period is not over, and late data may still change it")
    return [*lines, freshness_line(result.freshness, caller.zone)]

"""`/cost why`: what moved a cost, as a message."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from slackblocks import ActionsBlock, Block, Button, TableBlock

from analysis.drivers.cells import RESULT
from analysis.drivers.explain import Driver, Kind
from analysis.drivers.split import Split
from analysis.periods import Window
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.freshness import freshness_line
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, short
from bot.blocks.why_chart import why_chart
from bot.grammar.cost import CostCommand, write_cost
from bot.grammar.why import write_why
from handlers.asking import Filters
from handlers.caller import Caller
from handlers.cost_results import CostRequest
from handlers.why import WhyRequest, WhyResult

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""

HOW = {
    Kind.ARRIVAL: "new",
    Kind.DEPARTURE: "gone",
    Kind.VOLUME: "volume",
    Kind.SHIFT: "mix",
    Kind.MIX: "mix inside",
    Kind.RATE: "rate",
}
"""What a kind of move is called in the table."""


def why_answer(result: WhyResult, caller: Caller) -> Answer:
    """The message that answers why a cost moved; findings name data, so all of it is escaped."""
    found, split = result.finding, result.explanation.split
    blocks: list[Block] = [
        section(f"*{escape(found.summary)}*\n{escape(found.root_cause)}", "why-finding"),
        section(_parts(split), "why-split"),
    ]
    if result.explanation.drivers:
        blocks.append(_table(result.explanation.drivers))
    blocks.append(section(f"*What to do:* {escape(found.recommendation)}", "why-advice"))
    notes = [*_notes(result), freshness_line(result.freshness, caller.zone)]
    blocks.append(context(notes, "why-notes"))
    blocks.append(ActionsBlock(list(_buttons(result)), block_id="why-next"))
    text = f"{found.summary} {found.root_cause} {found.recommendation}"
    return Answer(text=escape(text), blocks=tuple(blocks), chart=why_chart(result))


def _parts(split: Split) -> str:
    requests = f"{count(split.requests_before)} → {count(split.requests_now)} requests"
    lines = [
        f"*Volume* {money(split.volume, sign=True)} ({requests})",
        f"*Mix* {money(split.mix, sign=True)}",
        f"*Rate* {money(split.rate, sign=True)}",
    ]
    line = " · ".join(lines)
    if split.fixed:
        line += f", of which {money(split.fixed, sign=True)} comes without requests"
    return f"{line} · together {money(split.change, sign=True)}"


def _table(drivers: tuple[Driver, ...]) -> TableBlock:
    return fitted_table(
        lambda shown: _lines(drivers[:shown]), len(drivers), names=3, block_id="why-drivers"
    )


def _lines(drivers: tuple[Driver, ...]) -> Lines:
    header = ["Dimension", "Driver", "How", "Change", "Change %", "Requests", "Cost/request"]
    lines = [header]
    for driver in drivers:
        split = driver.split
        lines.append(
            [
                driver.dimension.replace("_", " ").capitalize(),
                escape(short(driver.member)),
                _how(driver),
                money(split.change, sign=True),
                "new" if split.ratio is None else percent(split.ratio, sign=True),
                f"{count(split.requests_before)} → {count(split.requests_now)}",
                f"{_rate(split.rate_before)} → {_rate(split.rate_now)}",
            ]
        )
    return lines


def _how(driver: Driver) -> str:
    how = "errors" if driver.dimension == RESULT else HOW[driver.kind]
    return f"cause: {how}" if driver.cause else how


def _rate(usd: Decimal | None) -> str:
    return "–" if usd is None else money(usd)


def _notes(result: WhyResult) -> list[str]:
    lines = [
        "Volume: more or fewer requests · mix: moved to dearer or cheaper ones · "
        "rate: the same request costs more or less",
    ]
    if len(result.explanation.drivers) > 1:
        lines.append("Dimensions overlap: drivers of different ones do not add up")
    if not result.same_length:
        now, before = result.comparison.now, result.comparison.before
        lines.append(
            f":warning: The periods differ in length: {_days(now)} against {_days(before)} days"
        )
    if result.provisional:
        lines.append("The period is not over: its complete hours are compared")
    return lines


def _days(window: Window) -> str:
    seconds = int((window.end - window.start).total_seconds())
    return f"{(Decimal(seconds) / 86_400).quantize(Decimal('0.1')):f}"


def _buttons(result: WhyResult) -> list[Button]:
    """The breakdown of what drove it, and the same question inside it."""
    request, questions = result.request, list[tuple[str, str]]()
    drivers = [driver for driver in result.explanation.drivers[:2] if driver.cause is not None]
    for driver in drivers:
        inside = {**request.filters, driver.dimension: (driver.member,)}
        name = short(driver.member)[:40]
        divided = "model" if driver.dimension != "model" else "endpoint"
        questions.append((f"{name} by {divided}", _cost(request, inside, divided)))
        questions.append((f"Why, in {name}?", write_why(replace(request, filters=inside))))
    by = drivers[0].dimension if drivers else "model"
    questions.append((f"All by {by.replace('_', ' ')}", _cost(request, request.filters, by)))
    buttons = [
        button(escape(label), f"ask_{index}", text)
        for index, (label, text) in enumerate(questions)
        if len(text) <= LONGEST_VALUE
    ]
    own, file = write_why(request), write_why(request, csv=True)
    if len(file) <= LONGEST_VALUE:
        buttons.append(button("CSV", "csv", file, hint="Every driver as a CSV file"))
        buttons.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return buttons


def _cost(request: WhyRequest, filters: Filters, by: str) -> str:
    """The question for the cost of the same period, divided."""
    return write_cost(
        CostCommand(
            CostRequest(
                period=request.period,
                by=(by,),
                filters=filters,
                basis=request.basis,
                customers_only=request.customers_only,
            )
        )
    )

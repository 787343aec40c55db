"""What stands in the thread of a digest: every mover in a table, what drove it, all budgets."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import Block, TableBlock

from analysis.drivers.explain import Driver
from analysis.drivers.finding import first_cause
from bot.blocks.answer import Answer, context, section
from bot.blocks.budget_list import list_answer
from bot.blocks.compare import shift_words
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, short
from handlers.budgets.results import BudgetList
from handlers.digests.results import Costs, DigestFigures, Mover

MOST_DRIVERS = 6

MOST_ROWS = 25


def detail_answer(figures: DigestFigures) -> Answer | None:
    """Every member with its change in parts, and the drivers; None: there is nothing to divide."""
    costs = figures.costs
    if costs is None or not costs.movers:
        return None
    title = f"*{costs.days.label} by {escape(costs.by)}*"
    if costs.is_compared:
        title += f", against {costs.days.before_label}"
    blocks: list[Block] = [section(title, "digest-detail"), _table(costs)]
    if lines := _drivers(costs):
        blocks.append(section("\n".join(lines), "digest-drivers"))
    blocks.append(
        context(
            [
                "Volume: more or fewer requests · price: the same request costs more or less · "
                "mix: requests moved to dearer or cheaper ones",
            ],
            "digest-detail-notes",
        )
    )
    return Answer(text=title.replace("*", ""), blocks=tuple(blocks), in_channel=True)


def budgets_answer(figures: DigestFigures) -> Answer | None:
    """All budgets that a digest looked at; None: there are none."""
    around = figures.around
    if not around.budgets:
        return None
    listed = BudgetList(
        around.budgets, max(around.budgets_in_all, len(around.budgets)), None, frozenset()
    )
    answer = list_answer(listed, figures.caller)
    return Answer(answer.text, answer.blocks, in_channel=True)


def _table(costs: Costs) -> TableBlock:
    movers = costs.movers[:MOST_ROWS]

    def lines(shown: int) -> Lines:
        header = [costs.by.capitalize(), "Cost"]
        if costs.is_compared:
            header += ["Before", "Change", "Change %", "Volume", "Price", "Mix"]
        header.append("Requests")
        rows = [_row(one, costs) for one in movers[:shown]]
        rest = _others(costs, movers[:shown])
        return [header, *rows, *rest, _total(costs)]

    return fitted_table(lines, len(movers), names=1, block_id="digest-table")


def _row(mover: Mover, costs: Costs) -> list[str]:
    split = mover.split
    if mover.is_unpriced:
        blank = ["–"] * (6 if costs.is_compared else 0)
        name = escape(short(mover.member or f"no {costs.by}"))
        return [name, "unpriced", *blank, count(mover.unpriced_requests)]
    cells = [escape(short(mover.member or f"no {costs.by}")), money(split.now)]
    if costs.is_compared:
        cells += [
            money(split.before),
            money(split.change, sign=True),
            shift_words(mover.shift),
            *(_part(usd) for usd in (split.volume, split.rate, split.mix)),
        ]
    return [*cells, count(split.requests_now)]


def _part(usd: Decimal) -> str:
    return money(usd, sign=True) if abs(usd) >= Decimal("0.005") else "–"


def _others(costs: Costs, shown: tuple[Mover, ...]) -> list[list[str]]:
    now = costs.total.cost - sum((one.split.now for one in shown), Decimal(0))
    before = costs.before.cost - sum((one.split.before for one in shown), Decimal(0))
    requests = costs.total.requests - costs.total.unpriced_requests
    requests -= sum(one.split.requests_now for one in shown)
    if requests <= 0 and abs(now) < Decimal("0.005") and abs(before) < Decimal("0.005"):
        return []
    cells = ["others", money(now)]
    if costs.is_compared:
        cells += [money(before), money(now - before, sign=True), "", "", "", ""]
    return [[*cells, count(max(requests, 0))]]


def _total(costs: Costs) -> list[str]:
    now, before = costs.total, costs.before
    cells = ["Total", money(now.cost)]
    if costs.is_compared:
        change = now.cost - before.cost
        ratio = percent(change / before.cost, sign=True) if before.cost else "–"
        cells += [money(before.cost), money(change, sign=True), ratio]
        # The parts of the whole are not the sums of these: moves between members are in its mix.
        cells += ["", "", ""]
    return [*cells, count(now.requests - now.unpriced_requests)]


def _drivers(costs: Costs) -> list[str]:
    found = costs.explanation
    if found is None or not found.split.change:
        return []
    lines = ["*What drove it*", escape(first_cause(found))]
    lines += [_driver_line(one) for one in found.drivers[:MOST_DRIVERS]]
    if len(found.drivers) > 1:
        lines.append("_Dimensions overlap: drivers of different ones do not add up._")
    return lines


def _driver_line(driver: Driver) -> str:
    how = "cause" if driver.cause is not None else driver.kind.value
    change = money(driver.split.change, sign=True)
    dimension = escape(driver.dimension.replace("_", " "))
    return f"• {dimension} {escape(short(driver.member))}: {change} ({how})"

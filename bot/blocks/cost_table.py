"""The table of a breakdown: a row a member, then the others, then the total."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from slackblocks import TableBlock

from bot.blocks.names import value_name
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, short
from handlers.cost_results import CostResult, CostRow, Delta, others_row
from queries.breakdown import TIMES
from queries.measures import Measures

ROWS_SHOWN = 10
"""Members that a message shows of itself; `top N` shows more, and the CSV all."""
TIME_ROWS_SHOWN = 99
"""Days and hours are read as a curve: a table shows as many as it can."""


def cost_table(result: CostResult, zone: ZoneInfo) -> TableBlock:
    """The members, dearest first or in order of time, with the others and the total."""
    top = result.request.top
    runs_along_time = result.request.by[0] in TIMES
    most = top or (TIME_ROWS_SHOWN if runs_along_time else ROWS_SHOWN)

    def lines(shown: int) -> Lines:
        # A curve without a gap, unless the dearest were asked for.
        return _lines(result, result.dearest(shown) if top else result.rows[:shown], zone)

    return fitted_table(
        lines,
        min(most, len(result.rows)),
        names=len(result.request.by),
        block_id="cost-table",
    )


def _lines(result: CostResult, rows: tuple[CostRow, ...], zone: ZoneInfo) -> Lines:
    """Header, these rows, the others as one, and the total."""
    by = result.request.by
    compared = any(row.delta is not None for row in result.rows)
    header = [*(name.replace("_", " ").capitalize() for name in by)]
    header += ["Cost", "Share", "Requests", "Cost/request"]
    if compared:
        header.append("Change")
    lines = [header]
    for row in rows:
        names = [_cell_name(value, zone, name) for value, name in zip(row.key, by, strict=True)]
        lines.append([*names, *_figures_of(row, compared=compared)])
    blank = [""] * (len(by) - 1)
    rest = result.beyond(rows)
    if rest:
        others = others_row(rest, result.total.cost)
        label = f"others ({count(len(rest))})"
        lines.append([label, *blank, *_figures_of(others, compared=compared)])
    if len(result.rows) > 1:
        whole = Decimal(1) if result.total.cost else None
        total = CostRow(key=(), measures=result.total, share=whole, delta=result.delta)
        lines.append(["Total", *blank, *_figures_of(total, compared=compared)])
    return lines


def _figures_of(row: CostRow, *, compared: bool) -> list[str]:
    measures = row.measures
    cells = [
        "unpriced" if is_unpriced(measures) else money(measures.cost),
        percent(row.share) if row.share is not None and not is_unpriced(measures) else "–",
        count(measures.requests),
        cost_per_request(measures),
    ]
    if compared:
        cells.append(_change(row.delta))
    return cells


def is_unpriced(measures: Measures) -> bool:
    """None of its requests has a price: its cost is not known, which is not nothing."""
    return bool(measures.requests) and measures.unpriced_requests == measures.requests


def cost_per_request(measures: Measures) -> str:
    """What a priced request costs on average; a dash where none is priced."""
    cost = measures.cost_per_request
    return "–" if cost is None else money(cost)


def _change(delta: Delta | None) -> str:
    if delta is None:
        return "–"
    if not delta.before:
        return "new" if delta.now else "–"
    ratio = delta.ratio or Decimal(0)
    return percent(ratio, sign=True)


def _cell_name(value: str | date | datetime | None, zone: ZoneInfo, dimension: str) -> str:
    return escape(short(value_name(value, zone, dimension)))

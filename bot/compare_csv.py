"""The answers to `compare` and `trends` as CSV files: every row, unrounded."""

from __future__ import annotations

from decimal import Decimal

from bot.csv_file import CsvFile, as_csv
from handlers.compare import CompareResult, CompareRow
from handlers.trends import MemberTrend, TrendsResult


def compare_csv(result: CompareResult) -> CsvFile:
    """All members: USD and requests now and before, the change in USD and as a ratio.

    What is not known, because no request has a price, is an empty cell.
    """
    stretches = result.compared
    header = [result.by, "first_day", "last_day", "total_cost", "currency", "requests"]
    header += ["unpriced_requests", "is_flagged"]
    for stretch in stretches.against:
        until = f"{stretch.days.first}_to_{stretch.days.last}"
        header += [f"{name}_{until}" for name in ("cost", "requests", "change", "change_ratio")]
    rows = [
        [
            row.member,
            stretches.now.days.first,
            stretches.now.days.last,
            *_compared(row),
        ]
        for row in result.rows
    ]
    return as_csv(["compare", result.request.span, f"by {result.by}"], header, rows)


def _compared(row: CompareRow) -> list[object]:
    now = row.now
    cells: list[object] = [
        None if row.is_unpriced else now.cost,
        "USD",
        now.requests,
        now.unpriced_requests,
        row.is_flagged,
    ]
    for before, shift in zip(row.before, row.shifts, strict=True):
        cells += [
            None if shift is None else before.cost,
            before.requests,
            None if shift is None else shift.change,
            None if shift is None else _ratio(shift.ratio),
        ]
    return cells


def trends_csv(result: TrendsResult) -> CsvFile:
    """All members, the total last: the figures of the trend, then a column of USD for each day.

    A day of which the cost is not known is an empty cell.
    """
    total = result.total
    if total is None:
        return as_csv(["trends"], ["member"], [])
    by = result.by or "member"
    rows = [*result.rows, total]
    first = min(row.trend.first for row in rows)
    days = (total.trend.last - first).days + 1
    longest = max(rows, key=lambda row: len(row.trend.costs)).trend
    header = [by, "is_total", "total_cost", "currency", "average", "min", "max", "requests"]
    header += ["unpriced_requests", "direction", "growth_per_week", "growth_ratio"]
    header += ["last_day_to_7_day_average", "week_to_week", "month_to_month", "is_flagged"]
    header += [f"{longest.day(place)}" for place in range(days)]
    cells = [[row.member, row is total, *_trend(row, days)] for row in rows]
    return as_csv(["trends", f"{days}d", f"by {by}"], header, cells)


def _trend(row: MemberTrend, days: int) -> list[object]:
    trend = row.trend
    shifts = (trend.against_week, trend.prior_week, trend.prior_month)
    return [
        None if row.is_unpriced else trend.total,
        "USD",
        *((None,) * 3 if row.is_unpriced else (trend.average, trend.least[1], trend.most[1])),
        sum(row.requests),
        row.unpriced_requests,
        trend.direction.value,
        trend.growth,
        _ratio(trend.growth_ratio),
        *(None if shift is None else _ratio(shift.ratio) for shift in shifts),
        trend.is_shifted,
        *((None,) * (days - len(trend.costs))),
        *trend.costs,
    ]


def _ratio(ratio: Decimal | None) -> str | None:
    return None if ratio is None else f"{ratio:.6f}"

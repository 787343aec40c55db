"""A result as a CSV file: every row, unrounded, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.cost_results import CostResult, CostRow
from handlers.pricing import PriceListResult
from handlers.spreadsheet import cell


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A file to hand to somebody.

    Attributes:
        name: its file name.
        content: its text, with a header row.
        rows: how many rows it has, the header not counted.
    """

    name: str
    content: str
    rows: int


def cost_csv(result: CostResult, zone: ZoneInfo) -> CsvFile:
    """All rows of `result`: dimensions, USD, share (0 to 1), counts, USD before."""
    by = result.request.by
    header = (*by, "total_cost", "currency", "share", "requests", "failed_requests")
    header += ("unpriced_requests", "estimated_cost", "cost_before")
    rows = [
        (
            *(_written(value, zone) for value in row.key),
            # Not known is not nothing: a row without any price has an empty cost.
            None if _is_unpriced(row) else row.measures.cost,
            "USD",
            None if row.share is None or _is_unpriced(row) else f"{row.share:.6f}",
            row.measures.requests,
            row.measures.failed_requests,
            row.measures.unpriced_requests,
            row.measures.estimated_cost,
            None if row.delta is None else row.delta.before,
        )
        for row in result.rows
    ]
    return as_csv(["cost", result.period.label, *(f"by {name}" for name in by)], header, rows)


def pricing_csv(result: PriceListResult) -> CsvFile:
    """The price list, in force now and dated ahead: USD per million tokens."""
    names = ("provider", "model", "organization", "above_input_tokens", "input", "cached_input")
    names += ("cache_write", "output", "reasoning", "batch_input", "batch_output")
    names += ("effective_from", "effective_until", "deprecated_at", "replacement", "source")
    names += ("reference",)
    rows = [
        tuple(getattr(price, name) for name in names)
        for price in (*result.current, *result.upcoming)
    ]
    return as_csv(
        ["pricing", result.provider or ""], (*names, "currency"), [(*r, "USD") for r in rows]
    )


def as_csv(name: Sequence[str], header: Sequence[str], rows: Sequence[Sequence[object]]) -> CsvFile:
    """Rows as a CSV file.

    Args:
        name: the words of its name.
        header: names of the columns.
        rows: text, numbers, instants; None is an empty cell.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([cell(value) for value in row] for row in rows)
    words = re.sub(r"[^a-z0-9_]+", "-", " ".join(name).casefold()).strip("-")
    return CsvFile(name=f"{words}.csv", content=out.getvalue(), rows=len(rows))


def _is_unpriced(row: CostRow) -> bool:
    requests = row.measures.requests
    return bool(requests) and row.measures.unpriced_requests == requests


def _written(value: str | date | datetime | None, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return "" if value is None else str(value)

"""A result as a CSV file: every row, unrounded, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.cost import CostResult

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


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
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    by = result.request.by
    writer.writerow(
        [
            *by,
            "total_cost",
            "currency",
            "share",
            "requests",
            "failed_requests",
            "unpriced_requests",
            "estimated_cost",
            "cost_before",
        ]
    )
    for row in result.rows:
        measures = row.measures
        unpriced = measures.requests and measures.unpriced_requests == measures.requests
        writer.writerow(
            [
                *(_safe(_written(value, zone)) for value in row.key),
                # Not known is not nothing: a row without any price has an empty cost.
                "" if unpriced else f"{measures.cost:f}",
                "USD",
                "" if row.share is None or unpriced else f"{row.share:.6f}",
                measures.requests,
                measures.failed_requests,
                measures.unpriced_requests,
                f"{measures.estimated_cost:f}",
                "" if row.delta is None else f"{row.delta.before:f}",
            ]
        )
    label = re.sub(r"[^a-z0-9]+", "-", result.period.label.casefold()).strip("-")
    name = "-".join(["cost", label, *(f"by-{name}" for name in by)])
    return CsvFile(name=f"{name}.csv", content=out.getvalue(), rows=len(result.rows))


def _written(value: str | date | datetime | None, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat()
    return "" if value is None else str(value)


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text

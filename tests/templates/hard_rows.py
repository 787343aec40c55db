"""Request rows as hard as a table may have them, and what each of them means, written by hand.

What a row means stands here a second time, in Python, so that the rules of the request table are
not compared with themselves.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import cast

from queries.dimensions import Source
from queries.sources import words
from tests.facts import Fact, request

FIELDS: Mapping[str, str] = {
    "dt": "DATE",
    "cost_category": "STRING",
    "row_cost": "FLOAT64",
    "attributed_idle_cost": "FLOAT64",
    "attributed_overhead_cost": "FLOAT64",
    "is_lt_team": "BOOL",
    "product": "STRING",
    "endpoint": "STRING",
    "model": "STRING",
    "org": "STRING",
    "process": "STRING",
    "workspace": "STRING",
    "billing_type": "STRING",
    "result": "STRING",
    "error_type": "STRING",
    "request_inference_time_ms": "FLOAT64",
    "request_processing_time_ms": "FLOAT64",
}
"""The columns of the table, their types as BigQuery names them."""

Row = dict[str, object]

LAST_DAYS = 40
_CENTS = Decimal("1e-15")
_WIDE = Context(prec=100)
_CATEGORIES = ("inference",) * 12 + ("idle", "overhead", "unused", " Inference ", "IDLE")
_NAMES = ("a", "b", "a'b", 'say "x"', "back\\slash", "snow ☃ 雪", "100 %_", "two\nlines", " a ", "")
_RESULTS = (
    *("success", "OK", " Success ", "200", "302", "finished", "pending"),
    *("failed", "Error", "503", "404", "timeout", "504", "who knows", "", "-1", "12.7"),
)


@dataclass(frozen=True)
class HardRows:
    """Rows of the table, and the same as facts of the mart."""

    rows: Sequence[Row]
    facts: Sequence[Fact]


def hard_rows(seed: int, count: int, today: date) -> HardRows:
    """Random rows of the days before `today`, `today` among them."""
    draw = random.Random(seed)
    rows = [_row(draw, today) for _ in range(count)]
    return HardRows(rows, [_fact(row) for row in rows])


def _row(draw: random.Random, today: date) -> Row:
    category = draw.choice(_CATEGORIES)
    row: Row = {name: None for name in FIELDS}  # noqa: C420 - typed, which dict.fromkeys is not
    row["dt"] = today - timedelta(days=draw.randrange(LAST_DAYS))
    row["cost_category"] = category
    row["row_cost"] = _amount(draw)
    row["is_lt_team"] = draw.choice([True, False, False, False, False, None])
    for name in ("attributed_idle_cost", "attributed_overhead_cost"):
        row[name] = _amount(draw) if "nference" in category else None
    row["product"] = draw.choice(["api", "api", "studio", "API", None, *_NAMES])
    row["endpoint"] = draw.choice(["/v1/a", "/v1/b", None, *_NAMES])
    row["model"] = draw.choice(["m", "n", None, *_NAMES])
    row["org"] = draw.choice(["acme", "acme", "globex", None, *_NAMES])
    row["process"] = draw.choice(["render", None, *_NAMES])
    row["workspace"] = draw.choice(["w", None, *_NAMES])
    row["billing_type"] = draw.choice(["spot", "reserved", None])
    row["result"] = draw.choice([*_RESULTS, None])
    row["error_type"] = draw.choice(["infrastructure", "applicative", None])
    for name in ("request_inference_time_ms", "request_processing_time_ms"):
        row[name] = _amount(draw)
    return row


def _amount(draw: random.Random) -> float | None:
    """Mostly a cost that no binary fraction writes exactly; else what is none."""
    strange = (None, None, math.nan, math.inf, -math.inf, -0.25, -0.0, 0.0, 1e30, 1e-20)
    if draw.random() < 0.12:
        return draw.choice(strange)
    return round(draw.uniform(0, 40), draw.choice([0, 2, 6, 15]))


def _fact(row: Row) -> Fact:
    """The row as the mart has it."""
    day = cast("date", row["dt"])
    category = (_text(row["cost_category"]) or "").lower()
    serves = category == "inference"
    cost, told = _money(row["row_cost"]), (_text(row["result"]) or "").lower()
    decided = told and told not in (*words.SUCCESS, *words.UNDECIDED)
    fact = request(
        datetime.combine(day, time(), UTC),
        None,
        source=Source.GPU,
        requests=int(serves),
    )
    return {
        **fact,
        "billed_cost": cost,
        "price_source": "unpriced" if cost is None else "billed",
        "unpriced_requests": int(serves and cost is None),
        "failed_requests": int(serves and bool(decided) and not 100 <= _code(told) <= 399),
        "attributed_idle_cost": _money(row["attributed_idle_cost"]) or Decimal(0),
        "attributed_overhead_cost": _money(row["attributed_overhead_cost"]) or Decimal(0),
        "is_internal": row["is_lt_team"],
        "cost_category": category,
        "organization": _text(row["org"]),
        "result": _result(told, row["result"]),
        **{
            name: _text(row[name])
            for name in (
                *("product", "endpoint", "model", "process", "workspace"),
                *("billing_type", "error_type"),
            )
        },
    }


def _text(cell: object) -> str | None:
    """A cell without the blanks around it; nothing is no text."""
    return cast("str", cell).strip() or None if cell is not None else None


def _money(cell: object) -> Decimal | None:
    """What a FLOAT64 stands for, to 15 digits; NULL, NaN, infinite and negative are no price."""
    if cell is None or not math.isfinite(cast("float", cell)):
        return None
    exact = Decimal(cast("float", cell))
    if not 0 <= exact <= 10**15:
        return None
    return exact.quantize(_CENTS, ROUND_HALF_UP, _WIDE)


def _code(told: str) -> int:
    """An HTTP status; what is none counts as 0."""
    return int(told) if told.lstrip("-").isdigit() else 0


def _result(told: str, cell: object) -> str | None:
    if told in words.SUCCESS or 100 <= _code(told) <= 399:
        return "success"
    if told in (*words.TIMEOUT, *words.TIMEOUT_CODES):
        return "timeout"
    if told in words.FAILED or 400 <= _code(told) <= 599:
        return "failed"
    return _text(cell)

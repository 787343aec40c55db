"""Statements as a CSV file: a row for each part of each statement, and for each correction."""

from __future__ import annotations

from decimal import Decimal

from analysis.showback.corrections import Correction
from analysis.showback.dividing import Line, Part
from bot.csv_file import CsvFile, as_csv
from handlers.showback.months import window, written
from handlers.showback.results import MonthStatement, Statement

_HEADER = (
    *("month", "state", "organization", "team", "item", "of_month", "amount", "currency"),
    *("BillingPeriodStart", "BillingPeriodEnd", "ChargeCategory", "requests"),
    "unpriced_requests",
)
"""Those in FOCUS's own spelling are its columns (FinOps Open Cost and Usage Specification)."""


def statement_csv(result: MonthStatement) -> CsvFile:
    """All rows of `result`, USD in cents.

    Rows of teams are parts of rows of their organization: whoever adds up takes those without a
    team. What is charged to nobody has neither.
    """
    rows: list[tuple[object, ...]] = []
    every = [*result.statements]
    if result.books is not None:
        every.append(result.books.not_charged)
    for one in every:
        rows += _rows(result, one)
        for team in one.teams:
            rows += _parts(result, team)
    name = ["statement", written(result.month)]
    name += [each for each in (result.request.organization, result.request.team) if each]
    return as_csv(name, _HEADER, rows)


def _rows(result: MonthStatement, one: Statement) -> list[tuple[object, ...]]:
    return [
        *_parts(result, one.line),
        *(_row(result, one.line, "correction", each.amount, each) for each in one.corrections),
    ]


def _parts(result: MonthStatement, line: Line) -> list[tuple[object, ...]]:
    # The first one always: the requests stand there.
    kept = [part for part in Part if line.amounts[part] or part is Part.GPU]
    # Not known is not nothing.
    unknown = line.use.is_unpriced
    return [
        _row(result, line, part.value, None if unknown and part is Part.GPU else line.amounts[part])
        for part in kept
    ]


def _row(
    result: MonthStatement,
    line: Line,
    item: str,
    amount: Decimal | None,
    correction: Correction | None = None,
) -> tuple[object, ...]:
    team = "no team" if line.team == "" else line.team
    period = window(result.month, result.zone)
    counted = item == Part.GPU.value  # a line's requests stand once
    return (
        written(result.month),
        result.state.value,
        line.organization or None,
        team,
        item if line.organization else f"not charged: {item}",
        None if correction is None else written(correction.of_month),
        amount,
        "USD",
        period.start,
        period.end,
        "Usage" if correction is None else "Adjustment",
        line.use.requests if counted else None,
        line.use.unpriced if counted else None,
    )

"""`costbot compare` and `costbot trends`: complete days in the terminal, as text or as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from analysis.complete_days import Span
from analysis.forecasts.forecast import DailyForecast
from analysis.shifts import Shift
from analysis.trends import MONTH
from bot.assembly import assembled
from bot.blocks.answer import Answer
from bot.blocks.compare import compare_answer
from bot.blocks.trends import trends_answer
from bot.cli.cost import filters_of, operator
from bot.cli.terminal import print_message
from bot.routes import Handlers
from bot.settings import Settings
from handlers.caller import Caller
from handlers.compare import CompareRequest, CompareResult, CompareRow
from handlers.forecasts.results import usd
from handlers.trends import MemberTrend, TrendsRequest, TrendsResult
from queries.breakdown import Basis

By = Annotated[str | None, typer.Option(help="Dimension; by itself product, or model.")]
Filters = Annotated[list[str] | None, typer.Option("--filter", help="DIMENSION=VALUE, repeatable.")]
Zone = Annotated[str | None, typer.Option(help="IANA zone in which days begin.")]
Customers = Annotated[bool, typer.Option(help="Leave internal traffic out.")]
Infrastructure = Annotated[bool, typer.Option(help="What the machines cost.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]

ResultT = TypeVar("ResultT")


def compare(
    span: Annotated[Span, typer.Argument(help="Day, week or month.")] = Span.WEEK,
    by: By = None,
    filters: Filters = None,
    zone: Zone = None,
    customers: Customers = False,
    infrastructure: Infrastructure = False,
    as_json: AsJson = False,
) -> None:
    """What changed over complete days; the last 7 against the 7 before."""
    request = CompareRequest(
        span=span,
        by=by,
        filters=filters_of(filters or ()),
        basis=Basis.INFRASTRUCTURE if infrastructure else Basis.FULLY_LOADED,
        customers_only=customers,
    )

    async def ask(handlers: Handlers, caller: Caller) -> CompareResult:
        return await handlers.compare.compare(request, caller)

    show(ask, compare_json if as_json else None, compare_answer, zone)


def trends(
    days: Annotated[int, typer.Option(help="Over how many complete days.")] = MONTH,
    by: By = None,
    filters: Filters = None,
    zone: Zone = None,
    customers: Customers = False,
    infrastructure: Infrastructure = False,
    as_json: AsJson = False,
) -> None:
    """Where the cost is heading over complete days."""
    request = TrendsRequest(
        days=days,
        by=by,
        filters=filters_of(filters or ()),
        basis=Basis.INFRASTRUCTURE if infrastructure else Basis.FULLY_LOADED,
        customers_only=customers,
    )

    async def ask(handlers: Handlers, caller: Caller) -> TrendsResult:
        return await handlers.trends.trends(request, caller)

    show(ask, trends_json if as_json else None, trends_answer, zone)


def show(
    ask: Callable[[Handlers, Caller], Awaitable[ResultT]],
    as_json: Callable[[ResultT], dict[str, object]] | None,
    as_message: Callable[[ResultT, Caller], Answer],
    zone: str | None,
) -> None:
    """Asks as who has the terminal, and prints what comes: as JSON where that is wanted."""
    settings = Settings() if zone is None else Settings(zone=zone)
    caller = operator(settings.zone_info)

    async def answered() -> ResultT:
        async with assembled(settings) as parts:
            return await ask(parts.handlers, caller)

    result = asyncio.run(answered())
    if as_json is not None:
        typer.echo(json.dumps(as_json(result), ensure_ascii=False))
        return
    print_message(as_message(result, caller).without_buttons().payload(), Console())


def compare_json(result: CompareResult) -> dict[str, object]:
    """The result as JSON: money as decimal strings, unrounded; null where it is not known."""
    stretches = result.compared
    return {
        "span": result.request.span.value,
        "by": result.by,
        "basis": result.request.basis.value,
        "period_start": f"{stretches.now.days.first}",
        "period_end": f"{stretches.now.days.last}",
        "against": [
            {"period_start": f"{some.days.first}", "period_end": f"{some.days.last}"}
            for some in stretches.against
        ],
        "total": _row_json(result.total),
        "rows": [{result.by: row.member, **_row_json(row)} for row in result.rows],
    }


def _row_json(row: CompareRow) -> dict[str, object]:
    now = row.now
    return {
        "total_cost": None if row.is_unpriced else plain_digits(now.cost),
        "requests": now.requests,
        "unpriced_requests": now.unpriced_requests,
        "is_flagged": row.is_flagged,
        "against": [
            {"requests": before.requests, **_shift_json(shift)}
            for before, shift in zip(row.before, row.shifts, strict=True)
        ],
    }


def trends_json(result: TrendsResult) -> dict[str, object]:
    """The result as JSON: money as decimal strings, unrounded; ratios: 1 is twice as much."""
    stretch = result.stretch.days
    return {
        "by": result.by,
        "basis": result.request.basis.value,
        "period_start": f"{stretch.first}",
        "period_end": f"{stretch.last}",
        "total": None if result.total is None else _trend_json(result.total),
        "rows": [{str(result.by): row.member, **_trend_json(row)} for row in result.rows],
        "changes": [
            {
                "day": f"{change.day}",
                "before": plain_digits(change.before),
                "after": plain_digits(change.after),
            }
            for change in result.changes
        ],
        "prediction": _ahead_json(result.ahead),
    }


def _ahead_json(ahead: DailyForecast | None) -> dict[str, object] | None:
    """The next days together; null where nothing is foreseen."""
    if ahead is None:
        return None
    return {
        "period_start": f"{ahead.first}",
        "period_end": f"{ahead.last}",
        "expected": plain_digits(usd(ahead.total)),
        "lower": plain_digits(usd(ahead.total_lower)),
        "upper": plain_digits(usd(ahead.total_upper)),
        "model": ahead.model,
    }


def _trend_json(row: MemberTrend) -> dict[str, object]:
    trend = row.trend
    return {
        "total": None if row.is_unpriced else plain_digits(trend.total),
        "average": None if row.is_unpriced else plain_digits(trend.average),
        "min": None if row.is_unpriced else plain_digits(trend.least[1]),
        "max": None if row.is_unpriced else plain_digits(trend.most[1]),
        "requests": sum(row.requests),
        "unpriced_requests": row.unpriced_requests,
        "direction": trend.direction.value,
        "growth_per_week": None if trend.growth is None else plain_digits(trend.growth),
        "growth_ratio": _ratio(trend.growth_ratio),
        "last_day_to_7_day_average": _shift_json(trend.against_week),
        "week_to_week": _shift_json(trend.prior_week),
        "month_to_month": _shift_json(trend.prior_month),
        "is_flagged": trend.is_shifted,
        "data_points": [
            {"day": f"{trend.day(place)}", "cost": plain_digits(cost), "requests": requests}
            for place, (cost, requests) in enumerate(zip(trend.costs, row.requests, strict=True))
        ],
    }


def _shift_json(shift: Shift | None) -> dict[str, object]:
    return {
        "now": None if shift is None else plain_digits(shift.now),
        "before": None if shift is None else plain_digits(shift.before),
        "change": None if shift is None else plain_digits(shift.change),
        "ratio": None if shift is None else _ratio(shift.ratio),
    }


def _ratio(ratio: Decimal | None) -> float | None:
    return None if ratio is None else float(round(ratio, 6))


def plain_digits(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

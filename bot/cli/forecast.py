"""`costbot forecast`: what the days to come will cost, as text or as JSON."""

from __future__ import annotations

from typing import Annotated

import typer

from analysis.forecasts.forecast import DailyForecast
from bot.blocks.forecast import forecast_answer
from bot.cli.compare import AsJson, Customers, Filters, Infrastructure, Zone, plain_digits, show
from bot.cli.cost import filters_of
from bot.routes import Handlers
from handlers.caller import Caller
from handlers.forecasts.requests import USUAL_HORIZON, ForecastRequest
from handlers.forecasts.results import (
    DAY,
    Expectation,
    ForecastResult,
    MemberForecast,
    PeriodOutlook,
    Record,
    usd,
)
from queries.breakdown import Basis

Json = dict[str, object]


def forecast(
    days: Annotated[int, typer.Option(help="7, 14, 30 or 90 days ahead.")] = USUAL_HORIZON,
    by: Annotated[str | None, typer.Option(help="Dimension; its members one by one.")] = None,
    filters: Filters = None,
    zone: Zone = None,
    customers: Customers = False,
    infrastructure: Infrastructure = False,
    as_json: AsJson = False,
) -> None:
    """What the days to come will cost."""
    request = ForecastRequest(
        horizon=days,
        by=by,
        filters=filters_of(filters or ()),
        basis=Basis.INFRASTRUCTURE if infrastructure else Basis.FULLY_LOADED,
        customers_only=customers,
    )

    async def ask(handlers: Handlers, caller: Caller) -> ForecastResult:
        return await handlers.forecasts.forecast(request, caller)

    show(ask, forecast_json if as_json else None, forecast_answer, zone)


def forecast_json(result: ForecastResult) -> Json:
    """The result as JSON: money as decimal strings; null where nothing is foreseen."""
    return {
        "horizon": result.request.horizon,
        "by": result.request.by,
        "basis": result.request.basis.value,
        "as_of": f"{result.reach.last}",
        "total": None if result.total is None else _member(result.total),
        "missing_days": None if result.silence is None else result.silence.missing_days,
        "month": _month(result.outlook),
        "direction": result.direction.value,
        "accuracy": _record(result.record),
        "rows": [{str(result.request.by): row.member, **_member(row)} for row in result.rows],
    }


def _member(row: MemberForecast) -> Json:
    found, series = row.forecast, row.series
    return {
        **_together(row.total),
        "members": row.several,
        "history_days": len(series.costs),
        "unpriced_requests": row.unpriced_requests,
        "forecast_model": None if found is None else found.model,
        "backtest": None if found is None else _backtest(found),
        "data_points": [] if found is None else _points(found),
    }


def _together(ahead: Expectation | None) -> Json:
    if ahead is None:
        names = ("period_start", "period_end", "expected", "lower", "upper")
        return {name: None for name in names}  # noqa: C420 - which would be of these names alone
    return {
        "period_start": f"{ahead.first}",
        "period_end": f"{ahead.last}",
        "expected": plain_digits(ahead.expected),
        "lower": plain_digits(ahead.lower),
        "upper": plain_digits(ahead.upper),
    }


def _points(found: DailyForecast) -> list[Json]:
    days = zip(found.expected, found.lower, found.upper, strict=True)
    return [
        {
            "day": f"{found.first + place * DAY}",
            **{
                name: plain_digits(usd(value))
                for name, value in zip(("expected", "lower", "upper"), day, strict=True)
            },
        }
        for place, day in enumerate(days)
    ]


def _backtest(found: DailyForecast) -> Json | None:
    tried = found.accuracy
    if tried is None:
        return None
    return {
        "mase": round(tried.mase, 6),
        "smape": round(tried.smape, 6),
        "coverage": None if tried.coverage is None else round(tried.coverage, 6),
        "origins": tried.origins,
    }


def _month(outlook: PeriodOutlook | None) -> Json | None:
    if outlook is None:
        return None
    return {
        "period_start": f"{outlook.first}",
        "period_end": f"{outlook.last}",
        "as_of": f"{outlook.as_of}",
        "spent": plain_digits(outlook.spent),
        "provisional": plain_digits(outlook.provisional),
        "expected": plain_digits(outlook.expected),
        "lower": plain_digits(outlook.lower),
        "upper": plain_digits(outlook.upper),
        "history_days": outlook.history_days,
        "days_before_data": outlook.days_before_data,
    }


def _record(record: Record | None) -> Json | None:
    if record is None:
        return None
    return {
        "first": f"{record.first}",
        "last": f"{record.last}",
        "median_error": float(round(record.error, 6)),
        "held": record.held,
        "counted": record.counted,
    }

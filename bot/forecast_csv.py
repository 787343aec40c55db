"""A forecast as a CSV file: every day, what was and what is foreseen."""

from __future__ import annotations

from bot.csv_file import CsvFile, as_csv
from handlers.forecasts.results import DAY, ForecastResult, MemberForecast, usd


def forecast_csv(result: ForecastResult) -> CsvFile:
    """All days of all members, the total last: USD that were spent, or that are foreseen.

    What is not known, because no request has a price or the history is too short, is empty.
    """
    by, days = result.request.by, result.request.horizon
    header = [by or "member", "is_total", "day", "kind", "cost", "expected", "lower", "upper"]
    header += ["currency", "forecast_model", "history_days"]
    total = result.total
    whole = () if total is None else (total,)
    rows: list[list[object]] = []
    for row in (*result.rows, *whole):
        name = f"others ({row.several})" if row.several > 1 else row.member
        rows += [[name, row is total, *cells] for cells in _days(row)]
    return as_csv(["forecast", f"{days}d", f"by {by}" if by else ""], header, rows)


def _days(row: MemberForecast) -> list[list[object]]:
    series, found = row.series, row.forecast
    cells: list[list[object]] = [
        [
            series.first + place * DAY,
            "actual",
            None if row.is_unpriced else cost,
            *((None,) * 3),
            "USD",
            None,
            None,
        ]
        for place, cost in enumerate(series.costs)
    ]
    if found is None:
        return cells
    foreseen = zip(found.expected, found.lower, found.upper, strict=True)
    ahead: list[list[object]] = [
        [
            found.first + place * DAY,
            "forecast",
            None,
            *map(usd, amounts),
            "USD",
            found.model,
            found.history_days,
        ]
        for place, amounts in enumerate(foreseen)
    ]
    return cells + ahead

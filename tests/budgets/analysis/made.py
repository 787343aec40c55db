"""Terms and daily spend, as the tests of budgets make them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from analysis.budgets.terms import Kind, Terms

UTC = ZoneInfo("UTC")
DAY = timedelta(days=1)


def terms(
    limit: Decimal | int | str = 5000,
    kind: Kind = Kind.MONTHLY,
    start: date = date(2026, 1, 1),
    end: date | None = None,
    *,
    zone: ZoneInfo = UTC,
    warning: str = "0.80",
    critical: str = "0.95",
    forecast: str | None = "1.10",
    rollover: str | None = None,
) -> Terms:
    return Terms(
        limit=Decimal(limit),
        kind=kind,
        zone=zone,
        start=start,
        end=end,
        warning=Decimal(warning),
        critical=Decimal(critical),
        forecast=None if forecast is None else Decimal(forecast),
        rollover=None if rollover is None else Decimal(rollover),
    )


def worked() -> Terms:
    """The worked case: 5,000 for the first quarter of 2026."""
    return terms(5000, Kind.CUSTOM, date(2026, 1, 1), date(2026, 3, 31))


def daily(first: date, *costs: Decimal | int | str) -> dict[date, Decimal]:
    return {first + place * DAY: Decimal(cost) for place, cost in enumerate(costs)}


def even(first: date, last: date, cost: Decimal | int | str) -> dict[date, Decimal]:
    return daily(first, *[Decimal(cost)] * ((last - first).days + 1))

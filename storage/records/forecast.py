"""A forecast, kept to be held against what came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredForecast:
    """What some days together were foreseen to cost; one for each subject, day and horizon.

    Attributes:
        subject: a series' key as text, or `budget|` and the budget's id.
        made_on: the last complete day that it rests on.
        horizon: days ahead, from the one behind `made_on` to `last_day`.
        organization: whose cost it is; None: that of all.
        budget_id: of a budget whose period's end was foreseen.
        scope: what the budget counted then, as text: of another scope nothing came true or not.
        first_day: the first of the days that are added up.
        last_day: the last of them.
        expected: USD.
        lower, upper: USD, the interval at `level`.
        level: how often the interval is meant to hold what comes.
        model: by which it was foreseen.
        history_days: complete days that it rested on.
        accuracy: of the model on that history: mean absolute scaled error of its backtest.
        seasonality: strength of the week's rhythm, 0 to 1; None: too little history to tell.
        trend_direction: rising, falling, flat or unknown.
        trend_strength: growth a week as a share of the average day; None: unknown.
        exhausted_on: of a budget, the day on which it was reckoned to run out.
        made_at: UTC.
        actual: USD that came; None: it is not known yet.
        error: how far `expected` was off, as a share of what came; above 0: too much was expected.
            None: not known, or nothing came.
        held: whether the interval held what came.
        settled_at: when that was filled in, UTC.
    """

    subject: str
    made_on: date
    horizon: int
    first_day: date
    last_day: date
    expected: Decimal
    lower: Decimal
    upper: Decimal
    level: Decimal
    model: str
    history_days: int
    made_at: datetime
    organization: str | None = None
    budget_id: UUID | None = None
    scope: str = ""
    accuracy: Decimal | None = None
    seasonality: Decimal | None = None
    trend_direction: str = "unknown"
    trend_strength: Decimal | None = None
    exhausted_on: date | None = None
    actual: Decimal | None = None
    error: Decimal | None = None
    held: bool | None = None
    settled_at: datetime | None = None

    @property
    def key(self) -> tuple[str, date, int]:
        """What there is one of."""
        return self.subject, self.made_on, self.horizon


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of a forecast.

    Attributes:
        key: of the forecast: subject, day, horizon.
        actual: USD.
        error: see `StoredForecast`.
        held: see `StoredForecast`.
    """

    key: tuple[str, date, int]
    actual: Decimal
    error: Decimal | None
    held: bool

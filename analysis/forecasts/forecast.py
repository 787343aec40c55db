"""What a forecast is: days to come, each with an interval, and how good its kind was lately."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

HORIZONS = (7, 14, 30, 90)
"""Days ahead that are forecast."""

LEVEL = 0.95
"""How often an interval is meant to hold what comes."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a model did in the rolling backtest on the same series.

    Attributes:
        mase: mean absolute scaled error: below 1 it beats repeating the last week (R. J. Hyndman
            and A. B. Koehler, "Another look at measures of forecast accuracy", 2006).
        smape: symmetric mean absolute percentage error, 0 to 2.
        coverage: share of the outcomes that lay within the interval; None: too few origins.
        origins: days from which it was tried.
    """

    mase: float
    smape: float
    coverage: float | None
    origins: int


@dataclass(frozen=True, slots=True)
class DailyForecast:
    """The days to come of one series; statistics, hence floats.

    Attributes:
        first: the first day that is foreseen, the one after the last complete day.
        expected: of each day, never below zero.
        lower, upper: of each day, the interval at `LEVEL`; never below zero.
        total: of all days together.
        total_lower, total_upper: the interval of the total, which is not the sum of the days'.
        model: which one was chosen, as `/cost forecast` names it.
        accuracy: of that model on this series; None: too little history to try it.
        history_days: known days that it rests on.
        is_wide: the history is short, and the interval was widened for it.
    """

    first: date
    expected: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    total: float
    total_lower: float
    total_upper: float
    model: str
    accuracy: Accuracy | None
    history_days: int
    is_wide: bool

    @property
    def last(self) -> date:
        """The last day that is foreseen."""
        return self.first + timedelta(days=len(self.expected) - 1)

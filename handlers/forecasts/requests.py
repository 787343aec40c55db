"""What is asked about the days to come."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.complete import Asked

USUAL_HORIZON = 30
"""Days ahead where nobody says how many."""

MEMBERS_SHOWN = 10
"""Members that are foreseen one by one where nobody says how many."""

MOST_MEMBERS = 50
"""Members that are foreseen one by one at most; the rest is foreseen as one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastRequest(Asked):
    """A question for what the days to come will cost.

    Attributes:
        by: the dimension whose members are foreseen one by one; None: only the total is.
        top: how many members, `MEMBERS_SHOWN` if left out; the rest is foreseen as one.
        horizon: how many days ahead, one of `analysis.forecasts.forecast.HORIZONS`.
    """

    horizon: int = USUAL_HORIZON

"""A budget that is looked at again and again, as the tests of alerts do it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from analysis.budgets.alerts import AlertState, Decision, Outcome, decide
from analysis.budgets.burn import KnownDays
from analysis.budgets.forecast import Forecast
from analysis.budgets.status import Status, status_of
from tests.budgets.analysis.made import terms

BEGIN = datetime(2026, 1, 5, 10, tzinfo=UTC)
SINCE = date(2026, 1, 1)
FIRST_DAY = date(2026, 1, 5)


def status(
    spend: Decimal | int | str | None,
    *,
    limit: Decimal | int = 100,
    forecast: Decimal | int | None = None,
    day: date = FIRST_DAY,
) -> Status:
    """A monthly budget with so much spent on a day; with None, of which nothing is known."""
    if spend is None:
        known = KnownDays(date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 2))
        return status_of(terms(), Decimal(limit), {}, day, known=known)
    found = status_of(terms(), Decimal(limit), {day: Decimal(spend)}, day)
    if forecast is None:
        return replace(found, forecast=None)
    foreseen = Decimal(forecast)
    return replace(found, forecast=Forecast(foreseen, foreseen, foreseen, 28))


@dataclass
class Watched:
    """A budget and what was told about it."""

    now: datetime = BEGIN
    state: AlertState | None = None
    outcome: Outcome | None = None

    def look(
        self,
        spend: Decimal | int | str | None,
        *,
        after: timedelta = timedelta(minutes=1),
        limit: Decimal | int = 100,
        forecast: Decimal | int | None = None,
    ) -> list[str]:
        """What is decided, some time later: the notices with their levels."""
        self.now += after
        found = status(spend, limit=limit, forecast=forecast, day=self.now.date())
        self.outcome = decide(self.state, found, self.now)
        self.state = self.outcome.state
        return [told(decision) for decision in self.outcome.decisions]

    def mute(self, **until: float) -> None:
        """Mutes the budget for so many hours or days."""
        state = self.state or AlertState(SINCE)
        self.state = replace(state, muted_until=self.now + timedelta(**until))


def told(decision: Decision) -> str:
    """A decision as a table writes it: "alert warning"."""
    return f"{decision.notice} {decision.level.value}"

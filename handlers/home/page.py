"""What a person's Home tab tells, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from handlers.caller import Caller
from handlers.cost_results import CostResult
from handlers.digests.results import Around, ListedDigest
from handlers.forecasts.results import PeriodOutlook
from handlers.freshness import Freshness
from handlers.recommendations.tracker_results import Tracker


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """What is the same for all who see the same.

    Attributes:
        today: what today has cost so far.
        week: the last seven days.
        month: the month so far.
        curve: USD of each of the last complete days, from `curve_first` on; empty: no data.
        curve_first: the day of its first value.
        outlook: how the month will end; None: too little history.
        around: budgets, open incidents and recommendations.
        tracker: promised against saved.
        freshness: how old each source is.
    """

    today: CostResult
    week: CostResult
    month: CostResult
    curve: tuple[Decimal, ...]
    curve_first: date
    outlook: PeriodOutlook | None
    around: Around
    tracker: Tracker
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class HomePage:
    """All of it.

    Attributes:
        caller: whose tab it is.
        figures: what is the same for all who see the same.
        digests: those to which they have subscribed, in the order of subscribing.
    """

    caller: Caller
    figures: HomeFigures
    digests: tuple[ListedDigest, ...]

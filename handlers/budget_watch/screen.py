"""Which of very many budgets have to be looked at closely: a look costs far more than this.

What is let pass here is told nothing, so it may only be what `analysis.budgets.alerts.decide`
would tell nothing of.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from analysis.budgets.burn import KnownDays
from analysis.budgets.forecast import HISTORY_DAYS, LEAST_HISTORY_DAYS
from analysis.budgets.levels import HYSTERESIS, Level, level_at
from analysis.budgets.terms import BudgetPeriod
from handlers.budget_watch.alert import Told
from handlers.budget_watch.watched import NOTHING, Watched
from storage.records.alert_state import StoredAlertState

DAY = timedelta(days=1)
WEEK = 7


def recent_days(now: datetime) -> BudgetPeriod:
    """The days whose cost bounds every forecast.

    They are alike for a whole week, so that they are not added up anew each day. The last 28
    complete days lie among them where data is at most a week late.
    """
    monday = now.date() - now.weekday() * DAY
    return BudgetPeriod(monday - (HISTORY_DAYS + WEEK + 1) * DAY, monday + (WEEK + 1) * DAY)


def is_told_all(
    watched: Watched, told: Told, known: KnownDays | None, now: datetime, *, is_credited: bool
) -> bool:
    """Whether nothing can follow from a closer look at a budget.

    Args:
        watched: the budget, whose spend is known.
        told: what is kept of what was told of it.
        known: the days of its zone that are known; None: there is no data.
        now: the present, UTC.
        is_credited: some of the costs that it may count lie below zero.
    """
    row = told.of(watched.period.first)
    level = watched.level
    if row is None:
        return level is Level.OK and _is_far_off(watched, known, is_credited=is_credited)
    if row.muted_until is not None and now < row.muted_until:
        return True
    if row.limit_told is not None and row.limit_told != watched.in_force:
        return False
    if not _is_level_told(watched, row, level):
        return False
    if watched.forecast is None or level is Level.EXCEEDED:
        return True
    return not row.forecast_told and _is_far_off(watched, known, is_credited=is_credited)


def is_closing_told(watched: Watched, told: Told) -> bool:
    """Whether nothing can follow from a closer look at the period before the present one.

    Only rises are told of it, and none where nobody wanted to hear of the period any more. What
    was carried or raised then would make the limit higher and the level lower.
    """
    if watched.closing is None or watched.closed_spend is None:
        return True
    row = told.of(watched.closing.first)
    muted_until = None if row is None else row.muted_until
    if muted_until is not None and muted_until >= watched.closing.window(watched.zone).end:
        return True
    before = Level.OK if row is None else Level(row.level_told)
    level = level_at(watched.closed_spend, watched.limit, watched.warning, watched.critical)
    return level <= before


def _is_level_told(watched: Watched, row: StoredAlertState, level: Level) -> bool:
    told = Level(row.level_told)
    if level >= told:
        return level is told
    limit = watched.in_force
    lifted = (watched.spend or NOTHING) + HYSTERESIS * limit
    return level_at(lifted, limit, watched.warning, watched.critical) >= told


def _is_far_off(watched: Watched, known: KnownDays | None, *, is_credited: bool) -> bool:
    """Whether no forecast of the budget can reach its mark.

    What is expected of the days to come is a sum of means by weekday. In n days each weekday is
    there n // 7 times at least, so its mean is at most its sum over that, and in w weeks begun no
    weekday comes more than w times: expected ≤ spend + w × cost of the n days / (n // 7).
    That takes costs to be never negative: with credits among them nothing is ruled out.
    """
    if watched.forecast is None or known is None:
        return True
    if is_credited:
        return False
    days = min((known.complete - known.first).days + 1, HISTORY_DAYS)
    if days < LEAST_HISTORY_DAYS:
        return True
    to_come = (watched.period.last - known.complete).days
    weeks, least = Decimal(-(-max(to_come, 0) // WEEK)), days // WEEK
    foreseen = (watched.spend or NOTHING) * least + weeks * watched.recent
    return foreseen < watched.forecast * watched.in_force * least

"""An alert in sentences, alike in Slack, in e-mail and in a terminal; nothing is escaped yet."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from analysis.budgets.alerts import Decision, Notice
from analysis.budgets.levels import Level
from analysis.budgets.status import State, Status
from analysis.written import money, percent, plural
from handlers.budget_watch.alert import Alert
from storage.records.budget import Budget

ONCE = "You will not hear of this level again in this period."
ONCE_FORECAST = "You will not hear of the forecast again in this period."


def subject(alert: Alert) -> str:
    """What has happened, in a line.

    Such as "Budget Prod LLM (acme) has reached its critical mark: 95.2 % is spent".
    """
    status, decision = alert.status, alert.decision
    named = f"Budget {alert.budget.name} ({whose(alert.budget)})"
    if decision is not None and decision.notice is Notice.FORECAST and status.forecast is not None:
        share = percent(status.forecast.expected / status.limit)
        return f"{named} is expected to end at {share} of its limit"
    if decision is not None and decision.notice is Notice.FORECAST_RECOVERY:
        return f"{named} is expected to stay within its mark again"
    if decision is not None and decision.notice is Notice.RECOVERY:
        return f"{named} is {_recovered(decision.level)}: {spent_share(status)}"
    return f"{named} {_stands(status)}: {spent_share(status)}"


def whose(budget: Budget) -> str:
    """Whose it is."""
    return "all organizations" if budget.organization is None else budget.organization


def spent_share(status: Status) -> str:
    """How much of the limit is spent."""
    return f"{percent(status.utilization)} is spent"


def facts(alert: Alert) -> list[str]:
    """What holds of the budget now, a sentence each."""
    status = alert.status
    lines = [_spent(status)]
    if status.state is State.ENDED:
        lines.append("That period is over: some of its costs came late.")
    if alert.decision is not None and alert.decision.limit_before is not None:
        before = money(alert.decision.limit_before)
        lines.append(f"The limit in force was {before} before, and is {money(status.limit)} now.")
    lines += _outlook(status)
    return lines


def _spent(status: Status) -> str:
    left = status.remaining
    rest = f"{money(left)} is left" if left >= 0 else f"{money(-left)} is spent beyond it"
    period = f"{status.period.first} to {status.period.last}"
    return f"{money(status.spend)} of {money(status.limit)} is spent in {period}; {rest}."


def _outlook(status: Status) -> list[str]:
    """How it goes on: burn, forecast, and the day on which it runs out."""
    if status.burn is None or status.remaining_days <= 0 or status.state is not State.RUNNING:
        return []
    lines = [
        f"It burns {money(status.burn)} a day, with {plural(status.remaining_days, 'day')} to go."
    ]
    if status.forecast is not None:
        found = status.forecast
        lines.append(
            f"By weekday, {money(found.expected)} is expected at the end of the period, in four"
            f" of five cases between {money(found.lower)} and {money(found.upper)}."
        )
    if status.level is Level.EXCEEDED:
        if status.exhaustion is not None:
            lines.append(f"The limit has been {status.word} since {status.exhaustion}.")
    elif status.exhaustion is not None:
        lines.append(f"It runs out: {status.exhaustion} is the last day that it pays for.")
    else:
        lines.append("At that pace it outlasts its period.")
    return lines


def consequence(alert: Alert) -> str:
    """Whether anything is blocked."""
    budget, status = alert.budget, alert.status
    if not budget.is_hard:
        return "Nothing is blocked: this budget tells, and denies nothing."
    if status.state is State.ENDED:
        return "Nothing is blocked: the period is over."
    if status.level is Level.EXCEEDED:
        return "Requests are denied where a gateway asks: this budget is hard."
    return "Nothing is blocked yet: this budget is hard, and denies what would exceed its limit."


def promise(decision: Decision) -> str:
    """Whether more of this is to come; empty where nothing was alerted."""
    match decision.notice:
        case Notice.ALERT | Notice.ESCALATION:
            return ONCE
        case Notice.FORECAST:
            return ONCE_FORECAST
        case _:
            return ""


def moment_of(instant: datetime, zone: ZoneInfo) -> str:
    """An instant in a zone, the zone named."""
    local = instant.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M} {local.tzname() or zone.key}"


def _stands(status: Status) -> str:
    """How far it has come: 100 % is reached, what is above is exceeded."""
    match status.level:
        case Level.EXCEEDED:
            return "has exceeded its limit" if status.is_exceeded else "has reached its limit"
        case Level.WARNING | Level.CRITICAL:
            return f"has reached its {status.word} mark"
        case Level.OK | Level.UNKNOWN:
            return "is below its marks"


def _recovered(level: Level) -> str:
    return "below its marks again" if level is Level.OK else f"back at {level.value}"

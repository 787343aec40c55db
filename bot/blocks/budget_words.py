"""What every message about a budget is written with: its bar, its marks, its figures in a line."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

from analysis.budgets.levels import Level
from analysis.budgets.status import State, Status
from bot.blocks.text import count, enumerate_names, escape, money, percent, plural, short
from storage.records.budget import Budget, BudgetDraft, Scope

BAR_CELLS = 20
NARROW_CELLS = 10

MARKS = {
    Level.UNKNOWN: "⚪",
    Level.OK: "🟢",
    Level.WARNING: "🟡",
    Level.CRITICAL: "🟠",
    Level.EXCEEDED: "🔴",
}
"""Always beside the word: nobody has to tell colours apart. Tables show no `:name:` of Slack's."""


def bar(share: Decimal, cells: int = BAR_CELLS) -> str:
    """A share as a bar; full from 100 % on and never before, empty at nothing and at nothing else.

    Args:
        share: of the limit.
        cells: how wide.
    """
    if share <= 0:
        return "░" * cells
    if share >= 1:
        return "▓" * cells
    full = int((share * cells).to_integral_value(ROUND_FLOOR))
    full = max(full, 1)
    return "▓" * full + "░" * (cells - full)


def used_words(share: Decimal) -> str:
    """A utilization in per cent; what is not 100 % never reads like it. Escaped."""
    if share != 1 and round(share, 3) == 1:
        return "just under 100 %" if share < 1 else "just over 100 %"
    return percent(share)


def level_word(status: Status) -> str:
    """The level with its mark: "🟡 warning"."""
    return f"{MARKS[status.level]} {status.word}"


def title(budget: BudgetDraft) -> str:
    """The budget's name in bold, whose it is, what it counts; escaped."""
    parts = [f"*{escape(short(budget.name))}*", escape(whose(budget)), scope_words(budget.scope)]
    return " · ".join(part for part in parts if part)


def whose(budget: BudgetDraft) -> str:
    """Whose it is, not escaped yet."""
    return "all organizations" if budget.organization is None else budget.organization


def scope_words(scope: Scope) -> str:
    """What it counts besides: "model gpt-4, gpt-4o · team search"; escaped; empty: everything."""
    return " · ".join(
        f"{escape(name.replace('_', ' '))} {enumerate_names(values)}"
        for name, values in scope.items()
    )


def terms_words(budget: BudgetDraft) -> str:
    """What was agreed on: "$5,000.00 monthly, hard"."""
    parts = [f"{money(budget.limit)} {'once' if budget.kind == 'custom' else budget.kind}"]
    parts.append("hard" if budget.is_hard else "soft")
    if budget.rollover is not None:
        parts.append(f"carries up to {money(budget.rollover)}")
    return ", ".join(parts)


def spent_words(status: Status) -> str:
    """How much of it is spent: "85.0 % · $4,250.75 of $5,000.00 · $749.25 left"."""
    if is_dark(status):
        yet = "" if status.days_before_data else " yet"
        return f"nothing is known of its spend{yet} · limit {money(status.limit)}"
    left = status.remaining
    rest = f"{money(left)} left" if left >= 0 else f"{money(-left)} beyond the limit"
    if not left:
        rest = "nothing left"
    used = used_words(status.utilization)
    return f"*{used}* · {money(status.spend)} of {money(status.limit)} · {rest}"


def is_dark(status: Status) -> bool:
    """Whether nothing is known of a period that has begun: its spend is no nought then."""
    return status.as_of is None and status.state is not State.NOT_BEGUN


def days_words(status: Status) -> str:
    """Where in its period it is."""
    period = f"{status.period.first} to {status.period.last}"
    length = plural(len(status.period), "day")
    if status.state is State.NOT_BEGUN:
        return f"not begun: {period}, {length}"
    if status.state is State.ENDED:
        return f"ended: {period}, {length}"
    if status.as_of is None:
        return f"running: {period}, {length}"
    left = "its last day"
    if status.remaining_days:
        left = f"{plural(status.remaining_days, 'day')} left"
    as_of = f"as of {status.as_of}: " if status.days_behind else ""
    return (
        f"{as_of}day {count(status.elapsed_days)} of {count(len(status.period))}, {left} · {period}"
    )


def burn_words(status: Status) -> list[str]:
    """How fast it burns and how it ends, a line each."""
    if status.burn is None or status.projected is None:
        return []
    if status.state is State.ENDED:
        burned = f"Burned {money(status.burn)} a day"
        if status.level is Level.EXCEEDED and status.exhaustion is not None:
            burned += f" · {status.word} since {status.exhaustion}"
        return [burned]
    lines = [
        f"Burns {money(status.burn)} a day · at that, {money(status.projected)} at its end "
        f"({percent(status.projected / status.limit)})"
    ]
    if status.forecast is not None:
        found = status.forecast
        lines.append(
            f"By weekday {money(found.expected)}, in four of five cases between "
            f"{money(found.lower)} and {money(found.upper)}"
        )
    return [*lines, outlook_words(status)]


def outlook_words(status: Status) -> str:
    """When it runs out, and whether it is on track."""
    if status.level is Level.EXCEEDED:
        word = "Exceeded" if status.is_exceeded else "Reached"
        since = f" since {status.exhaustion}" if status.exhaustion else ""
        return f"{word}{since}: not on track"
    track = "on track" if status.is_on_track else "not on track"
    if status.exhaustion is not None:
        return f"Runs out: *{status.exhaustion}* is the last day it pays for · {track}"
    return f"Outlasts its period · {track}"


def runs_out(status: Status) -> str:
    """The day on which it runs out, for a table."""
    if status.state is State.ENDED and status.level is not Level.EXCEEDED:
        return "–"
    if status.exhaustion is not None:
        return str(status.exhaustion)
    return "–" if status.as_of is None or status.state is not State.RUNNING else "not in period"


def doubts(status: Status) -> list[str]:
    """What a reader has to know of the figures before trusting them, a line each."""
    is_over = status.state is State.ENDED
    lines: list[str] = []
    if status.is_provisional and is_over:
        lines.append(
            f"The period is over, but {status.as_of} is not complete: late costs may still come"
        )
    elif status.is_provisional:
        lines.append(f"{status.as_of} is not complete: its spend may still grow")
    if status.days_behind and is_over:
        days = "day" if status.days_behind == 1 else plural(status.days_behind, "day")
        lines.append(
            f":warning: No data has come for the last {days} of the period: what was spent in that "
            "time is not in the figures"
        )
    elif status.days_behind:
        days = plural(status.days_behind, "day")
        lines.append(
            f":warning: The data is {days} behind: what was spent since is not in the figures"
        )
    if is_dark(status) and status.days_before_data:
        lines.append(":warning: The data begins after the period")
    elif status.days_before_data:
        days = plural(status.days_before_data, "day")
        lines.append(
            f":warning: The data begins {days} into the period: what was spent before is not in "
            "the figures"
        )
    if status.unpriced_requests:
        requests = plural(status.unpriced_requests, "request")
        lines.append(f":warning: {requests} without a price: their cost is in none of the figures")
    return lines


def paused_words(budget: Budget) -> str:
    """That it is paused, and until when; empty: it is not."""
    if not budget.paused:
        return ""
    if budget.paused_until is None:
        return "⏸ paused until it is resumed: it neither alerts nor denies"
    until = budget.paused_until.astimezone(budget.zone).date()
    return f"⏸ paused until {until}: it neither alerts nor denies"

"""The words of statements: rules, parts, states; escaped where they hold names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from analysis.complete_days import first_complete_day
from analysis.showback.cents import to_cents
from analysis.showback.dividing import Line, Measure, Part, Pool
from analysis.showback.facts import NOTHING, Feed
from analysis.showback.rules import Basis, Method, Rule
from bot.blocks.text import escape, plural, short
from handlers.showback.months import MonthState, window, written
from handlers.showback.results import MonthStatement
from queries.dimensions import Source

PART_NAMES: Mapping[Part, str] = {
    Part.GPU: "GPU requests",
    Part.LLM: "LLM usage",
    Part.OTHER: "Other bills",
    Part.IDLE: "Idle pushed onto requests",
    Part.OVERHEAD: "Overhead pushed onto requests",
    Part.UNATTRIBUTED: "Share of unattributed cost",
    Part.SHARED: "Share of shared cost",
}
"""As a statement calls them."""

NOT_CHARGED = "Not charged"

_BASES = {
    Basis.COST: "direct cost",
    Basis.REQUESTS: "requests",
    Basis.GPU_SECONDS: "GPU seconds",
}
_FEEDS = {Feed.GPU: "GPU", Feed.USAGE: "LLM", Feed.FOCUS: "billed"}
MOST_SHARES = 10
"""Fixed shares that a sentence names."""


def cents(usd: Decimal, *, sign: bool = False) -> str:
    """US dollars to the cent, whatever their size: a statement is added up."""
    rounded = to_cents(usd)
    prefix = "−" if rounded < 0 else "+" if sign and rounded > 0 else ""
    return f"{prefix}${abs(rounded):,.2f}"


def month_words(month: date) -> str:
    """A month in a sentence: "October 2026"."""
    return f"{month:%B %Y}"


def rule_words(rule: Rule | None) -> str:
    """How cost that is nobody's own is divided, a phrase; escaped."""
    if rule is None:
        return "by fixed shares, none of them yours"
    match rule.method:
        case Method.PROPORTIONAL:
            return f"in proportion to {_BASES[rule.basis]}"
        case Method.EVEN:
            return "evenly"
        case Method.FIXED:
            pairs = list(rule.shares.items())
            named = [f"{escape(short(name))} {share_words(share)}" for name, share in pairs]
            if len(named) > MOST_SHARES:
                named[MOST_SHARES:] = [f"{len(named) - MOST_SHARES} more"]
            return f"by fixed shares: {', '.join(named)}"


def share_words(share: Decimal) -> str:
    """A fixed share: "12.5 %"."""
    text = f"{share:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} %"


def whose(line: Line) -> str:
    """Whose a line is, shortened; not escaped."""
    if line.team is not None:
        return short(line.team) if line.team else "no team"
    return short(line.organization) if line.organization else NOT_CHARGED


def state_words(result: MonthStatement) -> str:
    """How far the month is, a sentence; escaped."""
    match result.state:
        case MonthState.CLOSED if result.closed is not None:
            who = escape(short(result.closed.actor.name))
            day = result.closed.at.astimezone(result.zone)
            return f"🔒 Closed by {who} on {day:%Y-%m-%d}: it does not change any more"
        case MonthState.PROVISIONAL:
            return ":hourglass_flowing_sand: Provisional: the month is not over"
        case _:
            return "Over, and not closed yet: late data may still change it"


def fallback_words(pools: Iterable[Pool]) -> list[str]:
    """Where the rule found nothing to go by, what it went by; escaped."""
    lines: list[str] = []
    for pool in pools:
        if pool.measure is Measure.RULE or not pool.amount:
            continue
        part = "unattributed" if pool.part is Part.UNATTRIBUTED else "shared"
        what = f"{cents(pool.amount)} of {part} {_FEEDS[pool.feed]} cost"
        if pool.measure is Measure.NOBODY:
            lines.append(f":warning: {what} is not charged: no organization has requests")
        elif pool.measure is Measure.EVEN:
            lines.append(f"{what} was divided evenly: nobody has what the rule goes by")
        else:
            measure = pool.measure.value
            lines.append(f"{what} was divided by {measure}: nobody has what the rule goes by")
    return lines


def credit_words(result: MonthStatement) -> list[str]:
    """What was credited, where anything was."""
    credited = sum((one.line.use.credits for one in result.statements), NOTHING)
    return [f"Credits of {cents(-credited)} are in direct cost"] if credited else []


def coverage_words(result: MonthStatement) -> list[str]:
    """The sources whose data begins within the month: what was before is not known."""
    begin = window(result.month, result.zone)
    sources = (one for one in result.freshness.sources if begin.start < one.data_from < begin.end)
    names = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}
    return [
        f":warning: {names[one.source]} data begins on {day}: what was before is not known"
        for one in sources
        if (day := first_complete_day(one.data_from, result.zone)) > result.month
    ]


def unpriced_words(result: MonthStatement) -> list[str]:
    """What has no price, where anything has none."""
    unpriced = result.unpriced
    if result.books is not None:
        unpriced += result.books.shared_unpriced
    if not unpriced:
        return []
    requests = plural(unpriced, "request")
    return [f":warning: {requests} without a price: their cost is in none of the figures"]


def uncorrected_words(months: Iterable[date]) -> list[str]:
    """The closed months that can no longer be corrected."""
    named = ", ".join(written(month) for month in months)
    if not named:
        return []
    return [f":warning: No corrections of {named}: not all of its facts are in the mart any more"]

"""The digest itself: one screen that a team reads each morning, detail in its thread."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block, Button

from analysis.digest_days import DigestDays
from analysis.drivers.finding import first_cause
from analysis.schedules import Frequency
from analysis.shifts import least_worth
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.digest_beside import beside_blocks, beside_lines
from bot.blocks.digest_words import dollars, scope_words
from bot.blocks.fit import cut
from bot.blocks.freshness import freshness_line
from bot.blocks.sparkline import sparkline
from bot.blocks.text import escape, moment, money, percent, plural, short
from bot.grammar.compare import CompareCommand, write_compare
from bot.grammar.why import write_why
from bot.links import Links
from handlers.compare import CompareRequest
from handlers.digests.results import Costs, DigestFigures, Mover
from handlers.forecasts.results import PeriodOutlook
from handlers.freshness import Freshness
from handlers.why import WhyRequest
from queries.dimensions import Source

MOST_MOVERS = 5

WORTH_SAYING = Decimal("0.1")
"""Of the cost: less than this at estimated prices changes nobody's mind."""

LONGEST_CAUSE = 300
LONGEST_LINE = 220

NOTES, NEXT = "digest-notes", "digest-next"
"""Blocks to which each digest adds what it says of itself."""

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""

SOURCES = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}


def digest_answer(
    figures: DigestFigures,
    footer: Sequence[str],
    *,
    more: Sequence[Button] = (),
    links: Links | None = None,
) -> Answer:
    """The digest.

    Args:
        figures: what it tells.
        footer: lines about itself, below everything; escaped.
        more: buttons behind the next questions.
        links: to what it names; None: there are none.
    """
    zone = figures.caller.zone
    notes = [*_notes(figures), freshness_line(figures.freshness, zone), *footer]
    whose = f"*{_whose(figures)}*"
    if figures.costs is None:
        told = nothing_words(figures)
        blocks: list[Block] = [section(f"{whose}\n{told}", "digest-head")]
        blocks += beside_blocks(figures.around, links)
        blocks.append(context(notes, NOTES))
        return Answer(text=f"{_whose(figures)}: {told}", blocks=tuple(blocks), in_channel=True)
    costs = figures.costs
    headline = headline_words(costs)
    cause = cause_words(costs)
    head = [whose, f"*{headline}*", *([cause] if cause else [])]
    blocks = []
    if stale := stale_words(costs, figures.freshness, zone):
        blocks.append(section(stale, "digest-stale"))
    blocks.append(section("\n".join(head), "digest-head"))
    blocks.append(section("\n".join(_course(figures, costs)), "digest-course"))
    blocks.append(section(movers_words(costs), "digest-movers"))
    blocks += beside_blocks(figures.around, links)
    if calm := _calm(figures):
        blocks.append(section(calm, "digest-calm"))
    blocks.append(context(notes, NOTES))
    blocks.append(ActionsBlock([*_questions(costs, figures), *more], block_id=NEXT))
    text = " ".join(part for part in (stale, f"{_whose(figures)}: {headline}", cause) if part)
    return Answer(text=text.replace("*", ""), blocks=tuple(blocks), in_channel=True)


def preview_lines(figures: DigestFigures) -> list[str]:
    """The digest in paragraphs, for a form; escaped."""
    whose = f"*{_whose(figures)}*"
    costs = figures.costs
    if costs is None:
        return [f"{whose}\n{nothing_words(figures)}"]
    cause = cause_words(costs)
    head = [whose, f"*{headline_words(costs)}*", *([cause] if cause else [])]
    lines = ["\n".join(head), "\n".join(_course(figures, costs)), movers_words(costs)]
    beside = beside_lines(figures.around)
    stale = stale_words(costs, figures.freshness, figures.caller.zone)
    return [*([stale] if stale else []), *lines, *(["\n".join(beside)] if beside else [])]


def headline_words(costs: Costs) -> str:
    """What moved, in a sentence; escaped."""
    days, total = costs.days, costs.total
    if costs.is_unpriced:
        return f"{days.label}: the cost is not known, no request has a price."
    sentence = f"{days.label}: {money(total.cost)}"
    parts = _against(costs) if costs.is_compared else []
    if not costs.is_compared:
        return f"{sentence}; the data does not reach back to {days.before_label}."
    return f"{', '.join([sentence, *parts])}."


def _against(costs: Costs) -> list[str]:
    days, now, before = costs.days, costs.total.cost, costs.before.cost
    label = days.before_label
    change = now - before
    if not before:
        parts = [f"nothing {_on(days)}{label}"] if change else [f"as {label}"]
    elif not change:
        parts = [f"as {label}"]
    else:
        ratio = percent(change / before, sign=True)
        parts = [f"{ratio} ({dollars(change, sign=True)}) on {label}"]
    if costs.usual:
        ratio = percent(now / costs.usual - 1, sign=True)
        parts.append(f"{ratio} on the 7-day average")
    if days.length != days.length_before and before:
        each = (now / days.length) / (before / days.length_before) - 1
        parts.append(
            f"{percent(each, sign=True)} a day "
            f"({plural(days.length, 'day')} against {days.length_before})"
        )
    return parts


def _on(days: DigestDays) -> str:
    return "on " if days.frequency is Frequency.DAILY else "in "


def cause_words(costs: Costs) -> str:
    """Why, in a sentence; escaped; empty: nothing moved."""
    if costs.explanation is None or costs.is_unpriced:
        return ""
    return cut(escape(first_cause(costs.explanation)), LONGEST_CAUSE)


def stale_words(costs: Costs, freshness: Freshness, zone: ZoneInfo) -> str:
    """That it is older than it should be, at the top; empty: it is not."""
    held = [
        f"{SOURCES[feed.source]} data ends {moment(feed.newest, zone)}"
        for feed in costs.reach.holding_back
    ]
    if costs.is_behind:
        missing = "" if not held else f" ({', '.join(held)})"
        return (
            f":warning: *Not up to date*: {costs.wanted:%a} {costs.wanted.day} {costs.wanted:%b} "
            f"is not complete{missing}. These are the days to "
            f"{costs.days.now.last:%a} {costs.days.now.last.day} {costs.days.now.last:%b}."
        )
    stale = [SOURCES[one.source] for one in freshness.sources if one.is_stale]
    if stale:
        return f":warning: *Stale*: {' and '.join(stale)} data is older than it should be."
    return ""


def nothing_words(figures: DigestFigures) -> str:
    """That there is nothing to tell, and the next step; escaped."""
    refusal = figures.nothing
    if refusal is None:
        return "There is nothing to tell."
    return escape(f"{refusal.sentence} {refusal.hint}".strip())


def movers_words(costs: Costs) -> str:
    """The movers, a line each, the largest in dollars first; escaped."""
    if not costs.is_compared:
        dearest = [
            f"{dollars(one.shift.now)} {_member(one, costs)}"
            for one in costs.movers[:MOST_MOVERS]
            if one.shift.now
        ]
        return "\n".join(["*Dearest*", *dearest]) if dearest else "*Nothing has cost anything.*"
    least = least_worth(costs.total.cost)
    moved = [one for one in costs.movers if abs(one.shift.change) >= least]
    against = f"against {costs.days.before_label}"
    if not moved:
        return f"*No {escape(costs.by)} moved by {dollars(least)} or more*, {against}."
    lines = [f"*What moved*, {against}"]
    lines += [_mover_line(one, costs) for one in moved[:MOST_MOVERS]]
    rest = costs.total.cost - costs.before.cost
    rest -= sum((one.shift.change for one in moved[:MOST_MOVERS]), Decimal(0))
    others = len(costs.movers) - min(len(moved), MOST_MOVERS)
    if others and abs(rest) >= least:
        lines.append(f"{dollars(rest, sign=True)} all others together")
    return "\n".join(lines)


def _mover_line(mover: Mover, costs: Costs) -> str:
    change = dollars(mover.shift.change, sign=True)
    name = _member(mover, costs)
    if mover.is_unpriced:
        how = "its requests have no price now, so its cost is not known"
    elif mover.shift.before == 0 and not mover.split.requests_before:
        how = "new"
    elif mover.shift.now == 0 and not mover.split.requests_now:
        how = "gone"
    else:
        how = parts_words(mover)
    line = f"*{change}* {name}: {how}"
    if mover.inside is not None:
        dimension, member = mover.inside
        line += f" · mostly {escape(dimension)} {escape(short(member))}"
    return cut(line, LONGEST_LINE)


def parts_words(mover: Mover) -> str:
    """A change in its parts, the largest first: "volume +$38, price +$6, mix −$2"."""
    parts = {"volume": mover.split.volume, "price": mover.split.rate, "mix": mover.split.mix}
    told = [
        f"{name} {dollars(usd, sign=True)}"
        for name, usd in sorted(parts.items(), key=lambda part: -abs(part[1]))
        if abs(usd) >= Decimal("0.005")
    ]
    return ", ".join(told) or "–"


def _member(mover: Mover, costs: Costs) -> str:
    return escape(short(mover.member or f"no {costs.by}"))


def _course(figures: DigestFigures, costs: Costs) -> list[str]:
    lines: list[str] = []
    if len(costs.curve) > 1:
        low, high = min(costs.curve), max(costs.curve)
        first, last = costs.curve_first, costs.days.now.last
        lines.append(
            f"`{sparkline(costs.curve)}` {first.day} {first:%b} – {last.day} {last:%b}, "
            f"{dollars(low)} to {dollars(high)} a day"
        )
    if figures.outlook is not None:
        lines.append(outlook_words(figures.outlook))
    return lines or [f"The data begins on {costs.curve_first}."]


def outlook_words(outlook: PeriodOutlook) -> str:
    """How the month will end; escaped."""
    month = f"{outlook.first:%B}"
    if outlook.as_of >= outlook.last:
        return f"{month} ends at {dollars(outlook.spent)}"
    so_far = f"{dollars(outlook.spent)} so far, " if outlook.as_of >= outlook.first else ""
    late = " of what the data reaches" if outlook.days_before_data else ""
    return (
        f"{month}: {so_far}*{dollars(outlook.expected)}* expected by {outlook.last.day} "
        f"{outlook.last:%b}{late} ({dollars(outlook.lower)} to {dollars(outlook.upper)})"
    )


def _calm(figures: DigestFigures) -> str:
    """One word where there is nothing beside the cost; what is stale is never calm."""
    around = figures.around
    if figures.is_stale or around.at_risk or around.incidents:
        return ""
    if not around.budgets:
        return ":white_check_mark: No incident is open."
    return ":white_check_mark: No budget is at risk, and no incident is open."


def _notes(figures: DigestFigures) -> list[str]:
    costs = figures.costs
    if costs is None:
        return []
    lines: list[str] = []
    if costs.total.unpriced_requests:
        requests = plural(costs.total.unpriced_requests, "request")
        lines.append(f":warning: {requests} without a price: not in these sums")
    if costs.total.estimated_cost >= WORTH_SAYING * costs.total.cost > 0:
        lines.append(f"{dollars(costs.total.estimated_cost)} of it at public list prices")
    if costs.difference:
        lines.append(
            f":warning: {dollars(costs.difference, sign=True)} does not reconcile: "
            "`/cost reconcile` shows the parts"
        )
    if costs.unattributed:
        lines.append(f"{dollars(costs.unattributed)} of the machines' cost no request carries")
    begins = costs.reach.beginning_after(costs.days.before.first)
    lines += [
        f":warning: {SOURCES[feed.source]} data is whole from {feed.first} on" for feed in begins
    ]
    return lines


def _whose(figures: DigestFigures) -> str:
    asked = figures.asked
    return scope_words(
        figures.caller.organization, asked.filters, customers_only=asked.customers_only
    )


def _questions(costs: Costs, figures: DigestFigures) -> list[Button]:
    """The next questions; each is answered to who clicks, as they may see it."""
    days, asked = costs.days, figures.asked
    why = write_why(
        WhyRequest(
            period=days.now,
            versus=days.before if costs.is_compared else None,
            filters=asked.filters,
            customers_only=asked.customers_only,
        )
    )
    spans = {Frequency.DAILY: "day", Frequency.WEEKLY: "week", Frequency.MONTHLY: "month"}
    compare = CompareRequest(filters=asked.filters, customers_only=asked.customers_only)
    words = write_compare(CompareCommand(compare)).replace(
        "compare week", f"compare {spans[days.frequency]}", 1
    )
    questions = [("Why?", why), ("All movers", words)]
    return [
        button(label, f"ask_{place}", text)
        for place, (label, text) in enumerate(questions)
        if len(text) <= LONGEST_VALUE
    ]

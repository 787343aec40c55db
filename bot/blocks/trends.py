"""`/cost trends`: where a cost is heading, as a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from analysis.shifts import BEYOND, Shift
from analysis.trends import LEAST_DAYS, LEAST_GROWTH, MONTH, WEEK, Direction, Trend
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.compare import flag_words, shift_words
from bot.blocks.complete import (
    MARK,
    member_name,
    no_cost,
    reach_notes,
    subject,
    unknown_note,
    unpriced_note,
)
from bot.blocks.forecast_words import SURE
from bot.blocks.freshness import freshness_line
from bot.blocks.sparkline import Scale, scale_of, sparkline
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, enumerate_names, money, percent
from bot.blocks.trends_chart import trends_chart
from bot.grammar.compare import CompareCommand, write_compare
from bot.grammar.trends import TrendsCommand, write_trends
from handlers.caller import Caller
from handlers.compare import CompareRequest
from handlers.forecasts.results import usd
from handlers.trends import MemberTrend, TrendsResult

ROWS_SHOWN = 10
"""Members that a message shows of itself; `top N` shows more, and the CSV all."""

MOST_NAMED = 3
"""Members that a sentence names; the table has them all."""

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""

ARROWS = {
    Direction.RISING: "↗",
    Direction.FALLING: "↘",
    Direction.FLAT: "→",
    Direction.UNKNOWN: "?",
}


def trends_answer(result: TrendsResult, caller: Caller) -> Answer:
    """The message that answers where a cost is heading."""
    total = result.total
    if total is None:
        label = result.stretch.label
        return no_cost(result.request, result.reach, result.freshness, label, caller)
    said = [*_levels(result), *_sentences(result, total.trend), *_ahead(result), *_members(result)]
    lines = [_total(result, total), _curve(total.trend), *said]
    blocks: list[Block] = [section("\n".join(lines), "trends-total")]
    if result.rows:
        blocks.append(_table(result, result.by or ""))
    notes = [*_notes(result, total, caller), freshness_line(result.freshness, caller.zone)]
    blocks.append(context(notes, "trends-notes"))
    if actions := _buttons(result):
        blocks.append(actions)
    text = " ".join([lines[0], *said]).replace("*", "")
    return Answer(text=text, blocks=tuple(blocks), chart=trends_chart(result))


def _total(result: TrendsResult, total: MemberTrend) -> str:
    trend = total.trend
    name = f"{subject(result.request, result.reach)}, {result.stretch.label}"
    if total.is_unpriced:
        return f"{name}: *not known, no request has a price*."
    (dearest, most), (cheapest, least) = trend.most, trend.least
    return (
        f"{name}: *{money(trend.total)}*, *{money(trend.average)}* a day on average, from "
        f"{money(least)} ({cheapest:%a} {cheapest}) to {money(most)} ({dearest:%a} {dearest})."
    )


def _curve(trend: Trend) -> str:
    """The days, or the whole weeks, from when to when."""
    scale = scale_of(len(trend.costs))
    first = trend.day(len(trend.costs) % scale.value)
    return f"`{sparkline(trend.costs)}` {first} to {trend.last}, {scale.legend}"


def _sentences(result: TrendsResult, trend: Trend) -> list[str]:
    """The direction, and the last day, week and month against what was before them."""
    lines = [_direction(trend, has_changed=bool(result.changes))]
    latest = _latest(trend)
    if latest:
        lines.append(latest)
    longer = [
        f"{_marked(shift, days)} on the {days} before"
        for shift, days in ((trend.prior_week, WEEK), (trend.prior_month, MONTH))
        if shift is not None
    ]
    if longer:
        lines.append(f"{' · '.join(longer)}.")
    return lines


def _direction(trend: Trend, *, has_changed: bool) -> str:
    growth = trend.growth
    if growth is None or trend.direction is Direction.UNKNOWN:
        return f"Too short for a direction: that takes {LEAST_DAYS} complete days."
    if trend.direction is Direction.FLAT:
        ratio = trend.growth_ratio
        flat = "*→ Flat* otherwise" if has_changed else "*→ Flat*"
        if ratio is not None and abs(ratio) < LEAST_GROWTH:
            return f"{flat}: less than {_whole_percent(LEAST_GROWTH)} more or less a week."
        return f"{flat}: its ups and downs are no steadier than chance."
    more = "more" if trend.direction is Direction.RISING else "less"
    ratio = trend.growth_ratio
    rate = "" if ratio is None else f" ({percent(ratio, sign=True)})"
    arrow = ARROWS[trend.direction]
    return (
        f"*{arrow} {trend.direction.capitalize()}*: a day costs {money(abs(growth))} {more} "
        f"each week{rate}."
    )


def _latest(trend: Trend) -> str:
    shift = trend.against_week
    if shift is None:
        return ""
    day = trend.last
    usual = f", as usual on a {day:%A}" if shift.is_beyond and trend.is_usual else ""
    mark = ":warning: " if trend.is_shifted else ""
    return (
        f"{mark}{day:%A} {day} cost {money(shift.now)}, *{shift_words(shift)}* on the average of "
        f"the {WEEK} days before it ({money(shift.before)}){usual}."
    )


def _levels(result: TrendsResult) -> list[str]:
    """Since when it is at another level; of several changes the latest."""
    if not result.changes:
        return []
    *earlier, last = result.changes
    more = "" if last.before <= 0 else f" ({percent(last.after / last.before - 1, sign=True)})"
    words = (
        f"Since {last.day:%A} {last.day} at a new level: *{money(last.after)}* a day in place of "
        f"{money(last.before)}{more}"
    )
    if not earlier:
        return [f"{words}."]
    days = enumerate_names([f"{change.day}" for change in reversed(earlier)])
    return [f"{words}; it had changed on {days}, too."]


def _ahead(result: TrendsResult) -> list[str]:
    """What the next days are foreseen to cost."""
    found = result.ahead
    if found is None:
        return []
    days = len(found.expected)
    begin = "The next" if found.first == result.reach.today else f"From {found.first} on"
    return [
        f"{begin} {days} days: *{money(usd(found.total))}* expected, in {SURE} of cases between "
        f"{money(usd(found.total_lower))} and {money(usd(found.total_upper))}."
    ]


def _marked(shift: Shift, days: int) -> str:
    mark = ":warning: " if shift.is_beyond else ""
    how = f"*{shift_words(shift)}* ({money(shift.change, sign=True)})"
    return f"{mark}Last {days} days: {how}"


def _members(result: TrendsResult) -> list[str]:
    """The members that run away, the dearest first, and those that stood out last."""
    by = result.by or ""
    lines: list[str] = []
    for direction in (Direction.RISING, Direction.FALLING):
        moving = [row for row in result.rows if row.trend.direction is direction]
        moving.sort(key=lambda row: -abs(row.trend.growth or Decimal(0)))
        if moving:
            names = [f"{member_name(row.member, by)} ({_pace(row.trend)})" for row in moving]
            lines.append(f"{direction.capitalize()}: {_listed(names)}.")
    shifted = [row for row in result.rows if row.trend.is_shifted]
    if shifted:
        names = [
            f"{member_name(row.member, by)} {shift_words(row.trend.against_week)}"
            for row in sorted(shifted, key=_size)
        ]
        day = shifted[0].trend.last
        lines.append(f":warning: Beyond {_whole_percent(BEYOND)} on {day}: {_listed(names)}.")
    return lines


def _size(row: MemberTrend) -> Decimal:
    shift = row.trend.against_week
    return Decimal(0) if shift is None else -abs(shift.change)


def _listed(names: list[str]) -> str:
    rest = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {count(rest)} more" if rest > 0 else "")


def _pace(trend: Trend) -> str:
    ratio = trend.growth_ratio
    return "–" if ratio is None else f"{percent(ratio, sign=True)} a week"


def _whole_percent(ratio: Decimal) -> str:
    return f"{ratio:.0%}".replace("%", " %")


def _table(result: TrendsResult, by: str) -> TableBlock:
    rows = result.rows[: result.request.top or ROWS_SHOWN]
    return fitted_table(
        lambda shown: _lines(result, rows[:shown], by), len(rows), names=2, block_id="trends-table"
    )


def _lines(result: TrendsResult, rows: tuple[MemberTrend, ...], by: str) -> Lines:
    # One scale for all rows: a source that began a week ago is drawn like those beside it.
    scale = scale_of(len(result.total.trend.costs) if result.total else result.request.days)
    header = [by.replace("_", " ").capitalize(), scale.heading, "A day", "Last day"]
    lines = [[*header, "Week", "Month", "Growth a week"]]
    lines += [[member_name(row.member, by), *_figures(row, scale)] for row in rows]
    if result.total is not None and len(result.rows) > 1:
        lines.append(["Total", *_figures(result.total, scale)])
    return lines


def _figures(row: MemberTrend, scale: Scale) -> list[str]:
    trend = row.trend
    if row.is_unpriced:
        return ["", "unpriced", "–", "–", "–", "–"]
    mark = f"{MARK} " if trend.is_shifted else ""
    return [
        sparkline(trend.costs, scale),
        money(trend.average),
        mark + shift_words(trend.against_week),
        _cell(trend.prior_week),
        _cell(trend.prior_month),
        _growth(trend),
    ]


def _cell(shift: Shift | None) -> str:
    mark = f"{MARK} " if shift is not None and shift.is_beyond else ""
    return mark + shift_words(shift)


def _growth(trend: Trend) -> str:
    arrow = ARROWS[trend.direction]
    if trend.direction in (Direction.FLAT, Direction.UNKNOWN):
        return f"{arrow} {trend.direction}" if trend.direction is Direction.FLAT else "–"
    return f"{arrow} {_pace(trend).removesuffix(' a week')}"


def _notes(result: TrendsResult, total: MemberTrend, caller: Caller) -> list[str]:
    lines = [
        f"Last day: on the average of the {WEEK} before · week: 7 days on the 7 before · "
        f"month: {MONTH} on the {MONTH} before · {flag_words()}",
        "Growth: median slope between days of the same weekday; flat where the seasonal Kendall "
        f"test finds nothing at 5 %, or under {_whole_percent(LEAST_GROWTH)} a week",
    ]
    if result.rows:
        rest = len(result.rows) - (result.request.top or ROWS_SHOWN)
        if rest > 0:
            lines.append(f"{count(rest)} more in the CSV")
    asked_from = result.reach.last - timedelta(days=result.request.days - 1)
    lines += reach_notes(result.reach, asked_from, caller)
    lines += unpriced_note(total.unpriced_requests)
    customers_only = result.request.customers_only
    lines += unknown_note(total.unknown_requests, customers_only=customers_only)
    return lines


def _buttons(result: TrendsResult) -> ActionsBlock | None:
    """The next questions, one click away."""
    request = result.request
    by = [name for name in ("product", "model") if name != result.by]
    questions = [
        (f"By {name}", write_trends(TrendsCommand(replace(request, by=name)))) for name in by
    ]
    questions += [
        (f"{days} days", write_trends(TrendsCommand(replace(request, days=days))))
        for days in (MONTH, 90)
        if days != request.days
    ]
    compare = CompareRequest(
        by=request.by,
        filters=request.filters,
        basis=request.basis,
        customers_only=request.customers_only,
    )
    questions.append(("Compare weeks", write_compare(CompareCommand(compare))))
    own = write_trends(TrendsCommand(request))
    if any(len(text) > LONGEST_VALUE for text in [own, *(text for _, text in questions)]):
        return None
    elements = [button(label, f"ask_{i}", text) for i, (label, text) in enumerate(questions)]
    elements.append(button("CSV", "csv", own, hint="All rows as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return ActionsBlock(list(elements), block_id="trends-next")

"""`/cost forecast`: what the days to come will cost, as a message."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from analysis.forecasts.forecast import HORIZONS
from analysis.shifts import Shift
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.compare import shift_words
from bot.blocks.complete import member_name, no_cost, reach_notes, subject, unknown_note
from bot.blocks.complete import unpriced_note as unpriced_notes
from bot.blocks.forecast_chart import forecast_chart
from bot.blocks.forecast_words import (
    SURE,
    curve,
    days_ahead,
    month_words,
    quality_words,
    record_words,
    silence_words,
)
from bot.blocks.freshness import freshness_line
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, money, plural
from bot.blocks.trends import LONGEST_VALUE
from bot.grammar.forecast import ForecastCommand, write_forecast
from bot.grammar.trends import TrendsCommand, write_trends
from handlers.caller import Caller
from handlers.forecasts.requests import MOST_MEMBERS
from handlers.forecasts.results import DAY, Expectation, ForecastResult, MemberForecast
from handlers.trends import TrendsRequest


def forecast_answer(result: ForecastResult, caller: Caller) -> Answer:
    """The message that answers what the days to come will cost."""
    total = result.total
    if total is None:
        label = f"the days to {result.reach.last}"
        return no_cost(result.request, result.reach, result.freshness, label, caller)
    lines = [_headline(result, total), *month_words(result.outlook)]
    if total.forecast is not None:
        lines.insert(1, curve(total.series, total.forecast))
    blocks: list[Block] = [section("\n".join(lines), "forecast-total")]
    if table := _table(result, total):
        blocks.append(table)
    notes = [*_notes(result, total, caller), freshness_line(result.freshness, caller.zone)]
    blocks.append(context(notes, "forecast-notes"))
    if actions := _buttons(result):
        blocks.append(actions)
    text = " ".join([lines[0], *month_words(result.outlook)]).replace("*", "")
    return Answer(text=text, blocks=tuple(blocks), chart=forecast_chart(result))


def _headline(result: ForecastResult, total: MemberForecast) -> str:
    """The whole answer in a sentence."""
    name = subject(result.request, result.reach)
    ahead = total.total
    if total.is_unpriced:
        return f"{name}: *nothing is foreseen, no request has a price*."
    if ahead is None:
        return f"{name}: {silence_words(result.silence)}"
    sentence = (
        f"{name}, {days_ahead(ahead, result.reach)}: *{money(ahead.expected)}* expected, "
        f"in {SURE} of cases between {money(ahead.lower)} and {money(ahead.upper)}"
    )
    before = total.series.latest(result.request.horizon)
    if before is None:
        return f"{sentence}."
    shift = Shift(ahead.expected, before)
    how = f"*{shift_words(shift)}* ({money(shift.change, sign=True)})"
    if shift.ratio is None or not shift.change:
        how = money(shift.change, sign=True)
    return f"{sentence}; {how} on the last {result.request.horizon} ({money(before)})."


def _table(result: ForecastResult, total: MemberForecast) -> TableBlock | None:
    """The members, or the weeks where nothing divides: a message bears one table."""
    if result.rows:
        rows = result.rows
        if not any(row.forecast for row in rows):
            return None  # the sentence says it of all
        return fitted_table(
            lambda shown: _members(result, total, rows[:shown]),
            len(rows),
            names=1,
            block_id="forecast-table",
        )
    if len(result.weeks) < 2:
        return None
    weeks = result.weeks
    return fitted_table(
        lambda shown: _weeks(total, weeks[:shown]), len(weeks), names=1, block_id="forecast-table"
    )


def _weeks(total: MemberForecast, weeks: tuple[Expectation, ...]) -> Lines:
    """A line for each week to come: what it costs, and everything up to its end."""
    lines = [["Days", "Expected", "A day", "Up to then", f"{SURE} between"]]
    first = weeks[0].first
    for week in weeks:
        days = (week.last - first).days + 1
        cost = total.between(first, week.last) or Decimal(0)
        lines.append(
            [
                f"{_short(first)} to {_short(week.last)}",
                money(cost),
                money(cost / days),
                money(week.expected),
                f"{money(week.lower)} and {money(week.upper)}",
            ]
        )
        first = week.last + DAY
    return lines


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"


def _members(
    result: ForecastResult, total: MemberForecast, rows: tuple[MemberForecast, ...]
) -> Lines:
    by, days = result.request.by or "", result.request.horizon
    header = [by.replace("_", " ").capitalize(), f"Last {days} days", f"Next {days} days"]
    lines = [[*header, "Change", f"{SURE} between"]]
    for row in rows:
        name = f"others ({count(row.several)})" if row.several > 1 else member_name(row.member, by)
        lines.append([name, *_figures(row, days)])
    if len(rows) > 1:
        lines.append(["Total", *_figures(total, days)])
    return lines


def _figures(row: MemberForecast, days: int) -> list[str]:
    if row.is_unpriced:
        return ["unpriced", "–", "–", "–"]
    before = row.series.latest(days)
    was = "–" if before is None else money(before)
    ahead = row.total
    if ahead is None:
        days_known = plural(len(row.series.costs), "day")
        return [was, f"only {days_known} known", "–", "–"]
    change = "–" if before is None else shift_words(Shift(ahead.expected, before))
    return [was, money(ahead.expected), change, f"{money(ahead.lower)} and {money(ahead.upper)}"]


def _notes(result: ForecastResult, total: MemberForecast, caller: Caller) -> list[str]:
    lines: list[str] = []
    if total.forecast is not None:
        lines += quality_words(total.forecast)
    lines += record_words(result.record)
    if any(row.forecast for row in result.rows):
        lines.append("Each is foreseen by itself: together they need not be the total")
        if (result.request.top or 0) > MOST_MEMBERS:
            lines.append(f"{MOST_MEMBERS} are foreseen one by one at most")
    lines += reach_notes(result.reach, total.series.first, caller)
    lines += unpriced_notes(total.unpriced_requests)
    customers_only = result.request.customers_only
    lines += unknown_note(total.unknown_requests, customers_only=customers_only)
    return lines


def _buttons(result: ForecastResult) -> ActionsBlock | None:
    """The next questions, one click away."""
    request = result.request
    questions = [
        (f"{days} days", write_forecast(ForecastCommand(replace(request, horizon=days))))
        for days in HORIZONS
        if days != request.horizon
    ]
    questions += [
        (f"By {name}", write_forecast(ForecastCommand(replace(request, by=name))))
        for name in ("product", "model")
        if name != request.by
    ]
    trends = TrendsRequest(
        by=request.by,
        filters=request.filters,
        basis=request.basis,
        customers_only=request.customers_only,
    )
    questions.append(("Trends", write_trends(TrendsCommand(trends))))
    own = write_forecast(ForecastCommand(request))
    if any(len(text) > LONGEST_VALUE for text in [own, *(text for _, text in questions)]):
        return None
    elements = [button(label, f"ask_{i}", text) for i, (label, text) in enumerate(questions)]
    elements.append(button("CSV", "csv", own, hint="Every day as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return ActionsBlock(list(elements), block_id="forecast-next")

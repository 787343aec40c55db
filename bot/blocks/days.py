"""What the messages about rates and shares over complete days have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Button

from analysis.periods import Dates, Window
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.complete import NAMES
from bot.blocks.fit import cut
from bot.blocks.freshness import freshness_line
from bot.blocks.text import enumerate_names, moment, money, plural
from bot.grammar.days import DaysCommand, write_days
from bot.grammar.why import write_why
from handlers.caller import Caller
from handlers.days import DaysRequest, Pinned
from handlers.freshness import Freshness
from handlers.origin import Origin
from handlers.why import WhyRequest
from queries.breakdown import Basis
from queries.dimensions import Source

ROWS_SHOWN = 10
"""Members that a message shows; the CSV has all."""

LONGEST_SCOPE = 1000
"""A third of a paragraph: what follows the filters still has its place in it."""

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def scope(request: DaysRequest, pinned: Pinned) -> str:
    """The days and the filters, as a sentence names them; escaped."""
    filters = [
        f"{name.replace('_', ' ')} {enumerate_names(values, 4)}"
        for name, values in request.filters.items()
    ]
    if request.customers_only:
        filters.append("customers only")
    return cut(" · ".join([pinned.label, *filters]), LONGEST_SCOPE)


def dates_line(pinned: Pinned) -> str:
    """Which days those are."""
    return _days_of(pinned.window)


def baseline_line(baseline: Window | None) -> str:
    """Which days are the usual; that there are none, where there are none."""
    if baseline is None:
        return "No baseline: there is no data before the period"
    return f"Baseline: {_days_of(baseline)}, the days before"


def _days_of(window: Window) -> str:
    days = (window.last_day - window.first_day).days + 1
    if days == 1:
        return f"{window.first_day}"
    return f"{window.first_day} to {window.last_day} ({plural(days, 'day')})"


def empty(sentence: str, freshness: Freshness, zone: ZoneInfo, name: str) -> Answer:
    """That there is nothing, and where there may be something."""
    hint = "There is no data yet: load some with `costbot import` or `costbot sample`."
    if covered := freshness.covered(zone):
        hint = f"The data runs from {covered[0]} to {covered[1]}."
    return Answer(
        text=f"{sentence} {hint}",
        blocks=(
            section(f"*{sentence}*\n{hint}", f"{name}-empty"),
            context([freshness_line(freshness, zone)], f"{name}-notes"),
        ),
    )


def origin_notes(origin: Origin, caller: Caller) -> list[str]:
    """What is not known to be of customers; a customer is told of the unknown alone."""
    verb = "left out" if origin.is_left_out else "included"
    lines: list[str] = []
    if origin.internal_requests and caller.organization is None:
        lines.append(
            f"Internal traffic {verb}: {money(origin.internal_cost)}, "
            f"{plural(origin.internal_requests, 'request')}"
        )
    if origin.unknown_requests:
        lines.append(
            f"Traffic of unknown origin {verb}: {money(origin.unknown_cost)}, "
            f"{plural(origin.unknown_requests, 'request')}"
        )
    return lines


def ending_notes(freshness: Freshness, pinned: Pinned, sources: Sequence[Source]) -> list[str]:
    """The sources whose data ends before the period does."""
    zone = pinned.window.zone
    lines: list[str] = []
    for source in freshness.sources:
        ends = source.data_until
        if source.source in sources and ends.astimezone(zone).date() < pinned.window.last_day:
            lines.append(
                f":warning: {NAMES[source.source]} data ends on {moment(ends, zone)}: "
                "the days after it are not in the figures"
            )
    return lines


def day_name(day: date) -> str:
    """A day as short as it can be named: "Fri 20 Nov"."""
    return f"{day:%a} {day.day} {day:%b}"


def why_button(
    request: DaysRequest, pinned: Pinned, *, versus: Window | None = None, basis: Basis
) -> tuple[str, str]:
    """The question for what moved the cost of exactly these days, behind its label.

    Against `versus`, or what the days are compared with anyway.
    """
    before = versus or pinned.before
    whole = pinned.is_whole_days
    asked = WhyRequest(
        period=pinned.dates if whole else request.period,
        versus=Dates(before.first_day, before.last_day) if whole or versus else None,
        filters=request.filters,
        basis=basis,
        customers_only=request.customers_only,
    )
    return "Why?", write_why(asked)


def buttons(
    command: DaysCommand, questions: Sequence[tuple[str, str]], block_id: str
) -> list[ActionsBlock]:
    """The next questions, the CSV and Share; no block where the own question is too long."""
    own = write_days(command)
    if len(own) > LONGEST_VALUE:
        return []
    elements: list[Button] = [
        button(label, f"ask_{index}", text)
        for index, (label, text) in enumerate(questions)
        if len(text) <= LONGEST_VALUE
    ]
    elements.append(button("CSV", "csv", own, hint="All rows as a CSV file"))
    elements.append(button("Share", "share", own, hint="Show this answer to the channel"))
    return [ActionsBlock(list(elements), block_id=block_id)]

"""What the messages about complete days share: whose cost it is, and what must be said of it."""

from __future__ import annotations

from datetime import date

from bot.blocks.answer import Answer, context, section
from bot.blocks.fit import cut
from bot.blocks.freshness import freshness_line
from bot.blocks.text import count, enumerate_names, escape, moment, plural, short
from handlers.caller import Caller
from handlers.complete import Asked, Reach
from handlers.freshness import Freshness
from queries.breakdown import Basis
from queries.dimensions import Source

NAMES = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}
"""What the sources are called."""

LONGEST_SUBJECT = 1000
"""A third of a paragraph: what follows the filters still has its place in it."""

MARK = "⚠"
"""Marks a shift in a table, whose cells know no emoji by name."""


def subject(request: Asked, reach: Reach) -> str:
    """Whose cost it is, at the beginning of a sentence; escaped."""
    kind = "Infrastructure cost"
    if request.basis is Basis.FULLY_LOADED:
        found = [name for source, name in NAMES.items() if source in reach.sources]
        kind = f"{' and '.join(found)} cost" if found else "Cost"
    whose = [
        f"{name.replace('_', ' ')} {enumerate_names(values, 4)}"
        for name, values in request.filters.items()
    ]
    if request.customers_only:
        whose.append("customers only")
    return cut(" · ".join([kind, *whose]), LONGEST_SUBJECT)


def member_name(member: str | None, dimension: str) -> str:
    """What a member is called, escaped; what has no value is called so."""
    return escape(short(member or f"no {dimension.replace('_', ' ')}"))


def no_cost(
    request: Asked, reach: Reach, freshness: Freshness, label: str, caller: Caller
) -> Answer:
    """That there is nothing, and where there may be something."""
    sentence = f"{subject(request, reach)}, {label}: none."
    hint = "`/cost 30d` shows what there is."
    covered = freshness.covered(caller.zone)
    if covered is not None:
        hint = f"The data runs from {covered[0]} to {covered[1]}: {hint}"
    return Answer(
        text=f"{sentence} {hint}",
        blocks=(
            section(f"*{sentence}*\n{hint}", "complete-empty"),
            context([freshness_line(freshness, caller.zone)], "complete-notes"),
        ),
    )


def reach_notes(reach: Reach, first: date, caller: Caller) -> list[str]:
    """What is not known of the days from `first` on, because a source begins late or ends early."""
    lines = [
        f":warning: Nothing after {reach.last} is judged: {NAMES[feed.source]} data ends on "
        f"{moment(feed.newest, caller.zone)}"
        for feed in reach.holding_back
    ]
    begins: dict[date, list[str]] = {}
    for feed in reach.beginning_after(first):
        begins.setdefault(feed.first, []).append(NAMES[feed.source])
    lines += [
        f":warning: {' and '.join(names)} data is whole from {day} on: "
        "what it cost before that is not known"
        for day, names in begins.items()
    ]
    return lines


def unpriced_note(now: int, before: int | None = None) -> list[str]:
    """How many requests have no price, in the days and in those before them."""
    if not now and not before:
        return []
    also = "" if before is None else f", {count(before)} before"
    return [f":warning: {plural(now, 'request')} without a price{also}: not in these sums"]


def unknown_note(requests: int, *, customers_only: bool) -> list[str]:
    """How many requests are of unknown origin, and what became of them."""
    if not requests:
        return []
    verb = "left out" if customers_only else "included"
    return [f"Traffic of unknown origin {verb}: {plural(requests, 'request')}"]

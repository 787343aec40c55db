"""`/budget show` and the status of one budget, as messages."""

from __future__ import annotations

from collections.abc import Collection

from slackblocks import Block

from analysis.budgets.levels import Level
from analysis.budgets.overlaps import Overlap
from analysis.budgets.status import State
from bot.blocks.answer import Answer, context, section
from bot.blocks.budget_buttons import SHOW, budget_buttons
from bot.blocks.budget_values import LABELS
from bot.blocks.budget_words import (
    bar,
    burn_words,
    days_words,
    doubts,
    is_dark,
    level_word,
    paused_words,
    spent_words,
    terms_words,
    title,
    used_words,
)
from bot.blocks.cost_table import cost_table
from bot.blocks.forecast_words import held_words
from bot.blocks.text import count, escape, money, percent, plural, short
from handlers.budgets.permissions import Act
from handlers.budgets.results import (
    NamedRaise,
    OverlappingBudget,
    PeriodOutcome,
    ShownBudget,
    Standing,
)
from handlers.caller import Caller
from handlers.forecasts.results import Record
from handlers.workspaces.addresses import bare
from storage.records.budget import BudgetDraft

MOST_NAMED = 5

_OVERLAPS = {
    Overlap.EQUAL: "counts the same spend",
    Overlap.INSIDE: "counts all of this one's spend, and more",
    Overlap.AROUND: "counts a part of this one's spend",
    Overlap.PARTLY: "may count some of the same spend",
}


def shown_answer(result: ShownBudget, caller: Caller) -> Answer:
    """The message with everything about one budget."""
    standing = result.standing
    blocks: list[Block] = [_head(standing), *_course(standing)]
    if result.drivers is not None and result.drivers.rows and result.drivers.request.by:
        blocks.append(cost_table(result.drivers, caller.zone))
    if past := past_lines(standing.past):
        blocks.append(section("*Before*\n" + "\n".join(past), "budget-past"))
    if result.raises:
        lines = [raise_line(raise_) for raise_ in result.raises[:MOST_NAMED]]
        blocks.append(section("*Raises*\n" + "\n".join(lines), "budget-raises"))
    if result.overlaps:
        lines = overlap_lines(result.overlaps)
        blocks.append(section("*Overlaps*\n" + "\n".join(lines), "budget-overlaps"))
    blocks.append(context(_notes(result), "budget-notes"))
    blocks.append(budget_buttons(standing.budget, result.may, left_out=(SHOW,)))
    return Answer(text=_text(standing), blocks=tuple(blocks))


def status_answer(standing: Standing, may: Collection[Act]) -> Answer:
    """The message with where one budget stands, and no more."""
    blocks: list[Block] = [_head(standing), *_course(standing)]
    if notes := [*doubts(standing.status), *_since(standing)]:
        blocks.append(context(notes, "budget-notes"))
    blocks.append(budget_buttons(standing.budget, may))
    return Answer(text=_text(standing), blocks=tuple(blocks))


def standing_lines(standing: Standing) -> list[str]:
    """Where a budget stands, in two lines."""
    status = standing.status
    drawn = "" if is_dark(status) else f"`{bar(status.utilization)}` "
    return [
        f"{level_word(status)} · {days_words(status)} · days in {standing.budget.zone.key}",
        f"{drawn}{spent_words(status)}",
    ]


def past_lines(past: tuple[PeriodOutcome, ...]) -> list[str]:
    """Earlier periods, a line each."""
    return [_past_line(outcome) for outcome in past]


def overlap_lines(overlaps: tuple[OverlappingBudget, ...]) -> list[str]:
    """Budgets that the same spend may count in, a line each; escaped."""
    lines = [
        f"• {escape(short(other.name))} ({_owner(other)}) {_OVERLAPS[other.overlap]}"
        for other in overlaps[:MOST_NAMED]
        if other.overlap in _OVERLAPS
    ]
    if len(overlaps) > MOST_NAMED:
        lines.append(f"• and {plural(len(overlaps) - MOST_NAMED, 'more budget')}")
    return lines


def raise_line(named: NamedRaise) -> str:
    """A raise and what became of it; escaped, and pinging nobody."""
    raise_ = named.raise_
    until = f"{raise_.first_day} to {raise_.last_day}"
    line = f"• {money(raise_.amount)} for {until}, asked by {escape(short(named.asked_by))}"
    match raise_.state:
        case "pending":
            return f"{line}: pending, id `{raise_.id}`"
        case "expired":
            return f"{line}: expired, nobody decided"
        case _:
            by = escape(short(named.decided_by or "somebody"))
            return f"{line}: {raise_.state} by {by}"


def contact_words(budget: BudgetDraft) -> str:
    """Who is told, without pinging anybody."""
    if not budget.alerts_enabled:
        return "Nobody is told: its alerts are switched off"
    parts = [
        *(f"<#{escape(bare(channel))}>" for channel in budget.slack_channels),
        *([plural(len(budget.slack_users), "person", "people")] if budget.slack_users else []),
        *(escape(short(email)) for email in budget.emails),
        *(f"webhook {escape(short(name))}" for name in budget.webhooks),
    ]
    return f"Told: {', '.join(parts)}" if parts else ":warning: Nobody is told of its alerts"


def _head(standing: Standing) -> Block:
    budget = standing.budget
    lines = [f"{title(budget)}", terms_words(budget)]
    if paused := paused_words(budget):
        lines.append(paused)
    if budget.description:
        lines.append(f"_{escape(short(' '.join(budget.description.split())))}_")
    return section("\n".join(lines), "budget-head")


def _course(standing: Standing) -> list[Block]:
    lines = [*standing_lines(standing), *burn_words(standing.status)]
    limit = standing.outcome.limit
    if limit.carried or limit.raised:
        parts = [f"{money(limit.agreed)} agreed"]
        parts += [f"{money(limit.carried)} carried over"] if limit.carried else []
        parts += [f"{money(limit.raised)} raised"] if limit.raised else []
        lines.append(f"Limit {money(limit.total)}: {' + '.join(parts)}")
    return [section("\n".join(lines), "budget-status")]


def _past_line(outcome: PeriodOutcome) -> str:
    status = outcome.status
    line = (
        f"`{bar(status.utilization, 10)}` {status.period.first} to {status.period.last}: "
        f"{money(status.spend)} of {money(status.limit)}, {used_words(status.utilization)}"
    )
    if is_dark(status):
        return f"{status.period.first} to {status.period.last}: nothing is known"
    marks = (Level.EXCEEDED, Level.CRITICAL, Level.WARNING)
    highest = next((level for level in marks if level in outcome.reached), None)
    if highest is not None:
        word = status.word if highest is Level.EXCEEDED else highest.value
        line += f" · {word} since {outcome.reached[highest]}"
    return line


def _owner(other: OverlappingBudget) -> str:
    return "all organizations" if other.organization is None else escape(short(other.organization))


def _notes(result: ShownBudget) -> list[str]:
    budget = result.standing.budget
    unknown = "allowed" if budget.when_unknown == "allow" else "denied"
    standing = result.standing
    lines = [*doubts(standing.status), *_since(standing), contact_words(budget)]
    forecast = "" if budget.forecast is None else f", forecast at {percent(budget.forecast)}"
    lines.append(
        f"Warning at {percent(budget.warning)}, critical at {percent(budget.critical)}{forecast}"
    )
    if budget.is_hard:
        lines.append(f"Hard: beyond the limit requests are denied; with spend unknown {unknown}")
    lines += _record_words(result.record)
    lines.append(f"Created by {escape(short(result.created_by))}")
    return lines


def _record_words(record: Record | None) -> list[str]:
    """How the forecasts of earlier periods came true."""
    if record is None:
        return []
    periods = "the last period" if record.counted == 1 else f"{count(record.counted)} periods"
    off = f"off by {percent(record.error)}" + (" (median)" if record.counted > 1 else "")
    return [f"Foreseen by weekday halfway through {periods}: {off}, {held_words(record)}"]


def _since(standing: Standing) -> list[str]:
    """That a day behind us is looked at with the terms of that day."""
    if not standing.since:
        return []
    names = ", ".join(LABELS[name].casefold() for name in standing.since)
    return [f"With the terms of that day; changed since: {names}"]


def _text(standing: Standing) -> str:
    budget, status = standing.budget, standing.status
    parts = [escape(short(budget.name)), spent_words(status), status.word]
    if status.state is State.RUNNING and status.exhaustion is not None:
        parts.append(f"runs out {status.exhaustion}")
    return " · ".join(parts).replace("*", "")

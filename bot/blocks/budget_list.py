"""`/budget list` and `/budget status`: where all budgets stand, as a message."""

from __future__ import annotations

from collections import Counter

from slackblocks import ActionsBlock, Block, TableBlock

from analysis.budgets.levels import Level
from analysis.budgets.status import State, Status
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.budget_buttons import LIST, NEW, show_buttons
from bot.blocks.budget_words import MARKS, NARROW_CELLS, bar, doubts, runs_out, used_words
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, plural, short
from handlers.budgets.permissions import Act
from handlers.budgets.results import BudgetList, Standing
from handlers.caller import Caller

MOST_SHOWN = 5
"""Budgets that have a button of their own under a list."""

_PLACES = {
    Level.EXCEEDED: 0,
    Level.CRITICAL: 1,
    Level.WARNING: 2,
    Level.UNKNOWN: 3,
    Level.OK: 4,
}
"""What is in danger comes first, then what nobody knows: no data is not ok."""


def list_answer(result: BudgetList, caller: Caller, *, is_narrowed: bool = False) -> Answer:
    """The message with a row for each budget.

    Args:
        result: a page of them.
        caller: who asked.
        is_narrowed: not all were asked for: a button, which carries no more than an id, cannot ask
            for the next page of these.
    """
    if not result.standings:
        return _empty(result)
    standings = sorted(result.standings, key=_danger)
    headline = _headline(result, standings)
    with_owner = len({standing.budget.organization for standing in standings}) > 1 or (
        caller.organization is None
    )
    blocks: list[Block] = [
        section(headline, "budget-list-total"),
        _table(standings, with_owner=with_owner),
        context(_notes(standings), "budget-list-notes"),
        _buttons(result, standings, with_more=not is_narrowed),
    ]
    return Answer(text=headline.replace("*", ""), blocks=tuple(blocks))


def _empty(result: BudgetList) -> Answer:
    if result.total:
        sentence = "No budget of that name here."
        hint = "`/budget list` shows all of them."
    else:
        sentence = "There is no budget yet."
        hint = (
            "Create one: `/budget create` opens a form."
            if Act.CREATE in result.may
            else "An organization admin can create one."
        )
    blocks: list[Block] = [section(f"*{sentence}*\n{hint}", "budget-list-empty")]
    if Act.CREATE in result.may:
        new = button("New budget", NEW, "new")
        blocks.append(ActionsBlock([new], block_id="budget-next"))
    return Answer(text=f"{sentence} {hint}", blocks=tuple(blocks))


def _danger(standing: Standing) -> tuple[bool, int, bool, object, str]:
    status = standing.status
    return (
        status.state is not State.RUNNING,
        _PLACES[status.level],
        status.is_on_track is not False,
        -status.utilization,
        standing.budget.name_key,
    )


def _headline(result: BudgetList, standings: list[Standing]) -> str:
    levels = Counter(s.status.level for s in standings if s.status.state is State.RUNNING)
    parts = [
        f"{MARKS[level]} {count(levels[level])} {level.value}" for level in _PLACES if levels[level]
    ]
    shown = plural(len(standings), "budget")
    if len(standings) < result.total:
        shown = f"{count(len(standings))} of {plural(result.total, 'budget')}"
    return " · ".join([f"*{shown}*", *parts])


def _table(standings: list[Standing], *, with_owner: bool) -> TableBlock:
    header = ["Budget", *(["Organization"] if with_owner else []), "Level", "Spent"]
    header += ["", "Limit", "Used", "A day", "Projected", "Runs out"]

    def lines(shown: int) -> Lines:
        rows = [_row(standing, with_owner=with_owner) for standing in standings[:shown]]
        rest = len(standings) - shown
        blank = [""] * (len(header) - 1)
        return [header, *rows, *([[f"{count(rest)} more", *blank]] if rest > 0 else [])]

    names = 3 if with_owner else 2
    return fitted_table(lines, len(standings), names=names, block_id="budget-list")


def _row(standing: Standing, *, with_owner: bool) -> list[str]:
    budget, status = standing.budget, standing.status
    name = escape(short(budget.name))
    if budget.paused:
        name = f"⏸ {name}"
    owner = "all" if budget.organization is None else escape(short(budget.organization))
    return [
        name,
        *([owner] if with_owner else []),
        _level(status),
        money(status.spend) if status.as_of else "–",
        bar(status.utilization, NARROW_CELLS) if status.as_of else "–",
        money(status.limit),
        used_words(status.utilization) if status.as_of else "–",
        "–" if status.burn is None else money(status.burn),
        "–" if status.projected is None else money(status.projected),
        runs_out(status),
    ]


def _level(status: Status) -> str:
    if status.state is not State.RUNNING:
        return status.state.value
    track = (
        ", not on track" if status.is_on_track is False and status.level < Level.EXCEEDED else ""
    )
    return f"{MARKS[status.level]} {status.word}{track}"


def _notes(standings: list[Standing]) -> list[str]:
    """What holds for several is said once."""
    lines = ["Each budget counts in its own zone; one spend may count in several"]
    found = Counter(
        line for standing in standings for line in doubts(standing.status) if "warning" in line
    )
    for line, times in found.most_common(3):
        whom = "" if times == len(standings) else f" ({plural(times, 'budget')})"
        lines.append(f"{line}{whom}")
    provisional = {one.status.state for one in standings if one.status.is_provisional}
    if State.RUNNING in provisional:
        lines.append("The last day is not complete: its spend may still grow")
    if State.ENDED in provisional:
        lines.append("Of periods that are over late costs may still come")
    return lines


def _buttons(result: BudgetList, standings: list[Standing], *, with_more: bool) -> ActionsBlock:
    buttons = show_buttons([standing.budget for standing in standings[:MOST_SHOWN]])
    if result.after is not None and with_more:
        buttons.append(button("More budgets", LIST, str(result.after)))
    if Act.CREATE in result.may:
        buttons.append(button("New budget", NEW, "new"))
    return ActionsBlock(list(buttons), block_id="budget-next")

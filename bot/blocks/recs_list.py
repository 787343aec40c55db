"""`/recs list`: the most important as cards, the next ones in a table, and what they save."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from slackblocks import ActionsBlock, Block, DividerBlock, TableBlock

from analysis.recommendations.kept.states import State
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.recs_buttons import ask_buttons
from bot.blocks.recs_card import Card, card_blocks, card_text
from bot.blocks.recs_figures import MARKS, together_words, whose
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, moment, money, percent, plural, short
from bot.grammar.recs_commands import RecsListCommand
from bot.grammar.recs_write import write_recs
from bot.recommendation_words import KINDS
from handlers.caller import Caller
from handlers.recommendations.finding import short_id
from handlers.recommendations.moving import undo_until
from handlers.recommendations.permissions import Act, moves_of
from handlers.recommendations.requests import ListRequest
from handlers.recommendations.results import RecommendationList
from storage.records.recommendation import Recommendation

CARDS = 5
"""Recommendations that have a card of their own; the next ones stand in a table."""

PAGE = 25
"""Recommendations of one message."""

OTHERS = (State.ACCEPTED, State.IMPLEMENTED, State.VERIFIED, State.SNOOZED, State.REJECTED)
"""States that a list offers to look at, in this order."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A list to be drawn.

    Attributes:
        request: what was asked for.
        result: a page of it.
        names: of who had to do with the first ones.
        caller: who asked.
        now: the present, UTC.
    """

    request: ListRequest
    result: RecommendationList
    names: Mapping[str, str]
    caller: Caller
    now: datetime

    @property
    def is_numbered(self) -> bool:
        """Whether a place in it means something to `/recs show`."""
        return self.request == ListRequest(limit=self.request.limit)

    @property
    def question(self) -> str:
        """What was typed after `/recs`, or would have been."""
        return write_recs(RecsListCommand(self.request))


def list_answer(listed: Listed, *, decided: Card | None = None, notice: str = "") -> Answer:
    """The message with a page of recommendations.

    Args:
        listed: the page.
        decided: what has just been decided on, which stands above it.
        notice: what has just been done, above all; escaped.
    """
    result, question = listed.result, listed.question
    blocks: list[Block] = [section(notice, "recs-notice")] if notice else []
    if decided is not None:
        blocks += [*card_blocks(decided, place=CARDS, question=question), DividerBlock("recs-rule")]
    headline = _headline(listed)
    if not result.rows:
        headline = _nothing(listed)
    blocks.append(section(headline, "recs-total"))
    for place, row in enumerate(result.rows[:CARDS]):
        number = place + 1 if listed.is_numbered else None
        blocks += card_blocks(_card(listed, row), place=place, number=number, question=question)
    if rest := result.rows[CARDS:]:
        blocks.append(_table(listed, rest))
    blocks.append(context(_notes(listed), "recs-notes"))
    blocks.append(_next(listed))
    text = headline.replace("*", "") if decided is None else card_text(decided, notice)
    return Answer(text=text, blocks=tuple(blocks))


def _card(listed: Listed, row: Recommendation) -> Card:
    caller, until = listed.caller, undo_until(row.standing)
    can_undo = Act.UNDO in listed.result.may and until is not None and listed.now <= until
    return Card(
        row=row,
        names=listed.names,
        zone=caller.zone,
        moves=moves_of(caller, row.state),
        may=listed.result.may,
        undo_until=until if can_undo else None,
    )


def _headline(listed: Listed) -> str:
    result, request = listed.result, listed.request
    states = request.states or frozenset(State)
    names = " or ".join(state.value for state in State if state in states)
    shown = plural(result.total, "recommendation")
    line = f"*{shown}, {names}*" if request.states else f"*{shown} of every state*"
    is_narrowed = bool(request.kinds or request.min_savings)
    if len(request.states) == 1 and not is_narrowed:
        (state,) = request.states
        total = result.totals.of(state)
        if total.count:
            line += f" · {together_words(total.savings)}"
        if state is State.VERIFIED:
            line += f" promised, {money(total.verified)} verified"
    if is_narrowed:
        bounds = [KINDS[kind] for kind in sorted(request.kinds)]
        bounds += [f"at least {money(request.min_savings)} a month"] if request.min_savings else []
        line += f" · {', '.join(bounds)}"
    return line


def _nothing(listed: Listed) -> str:
    result, request = listed.result, listed.request
    if result.last_run is None:
        hint = (
            "`/recs generate` draws them from the last 30 complete days."
            if Act.GENERATE in result.may
            else "They are drawn once a day while costbot serves."
        )
        return f"*No recommendations have been drawn yet.*\n{hint}"
    if request == ListRequest(limit=request.limit):
        return "*Nothing is pending.*\nWhat was decided stands behind the buttons below."
    return "*There is no such recommendation.*\n`/recs list all` shows every one."


def _table(listed: Listed, rows: Sequence[Recommendation]) -> TableBlock:
    with_owner = listed.caller.organization is None
    with_state = len(listed.request.states) != 1
    header = ["#" if listed.is_numbered else "Id", "Recommendation"]
    header += ["For"] if with_owner else []
    header += ["State"] if with_state else []
    header += ["A month", "Range", "Confidence", *(["Id"] if listed.is_numbered else [])]

    def lines(shown: int) -> Lines:
        body = [
            _row(listed, row, CARDS + place + 1, with_owner=with_owner, with_state=with_state)
            for place, row in enumerate(rows[:shown])
        ]
        rest = len(rows) - shown
        more = ["", f"{count(rest)} more", *[""] * (len(header) - 2)]
        return [header, *body, *([more] if rest > 0 else [])]

    names = 2 + with_owner + with_state
    return fitted_table(lines, len(rows), names=names, block_id="recs-table")


def _row(
    listed: Listed, row: Recommendation, number: int, *, with_owner: bool, with_state: bool
) -> list[str]:
    content = row.content
    key = short_id(row.id)
    return [
        str(number) if listed.is_numbered else key,
        escape(short(content.title)),
        *([whose(row.organization)] if with_owner else []),
        *([f"{MARKS[row.state]} {row.state.value}"] if with_state else []),
        money(content.savings.likely),
        f"{money(content.savings.low)} to {money(content.savings.high)}",
        percent(content.confidence),
        *([key] if listed.is_numbered else []),
    ]


def _notes(listed: Listed) -> list[str]:
    result = listed.result
    lines: list[str] = []
    if result.rows:
        lines.append(
            "By priority: savings, confidence, ease. A range is meant to hold the truth in nine of "
            "ten cases; a month has 30 days"
        )
        if len(result.rows) < result.total:
            lines.append(f"{count(len(result.rows))} of {count(result.total)} are shown here")
        what = "a number or " if listed.is_numbered else ""
        lines.append(f"`/recs show` with {what}an id has the rest")
    run = result.last_run
    if run is not None:
        at = run.finished_at or run.began_at
        drawn = f"Drawn {moment(at, listed.caller.zone)} from the days {run.first_day} to"
        lines.append(f"{drawn} {run.last_day} (UTC)")
        if run.failed:
            kinds = ", ".join(escape(kind) for kind in run.failed)
            lines.append(f":warning: Could not be drawn: {kinds}")
    return lines or ["Nobody is pinged"]


def _next(listed: Listed) -> ActionsBlock:
    result, request = listed.result, listed.request
    questions: list[tuple[str, str]] = []
    if result.after is not None:
        following = ListRequest(
            request.states,
            request.kinds,
            request.min_savings,
            request.organization,
            result.after,
        )
        questions.append(("More", write_recs(RecsListCommand(following))))
    whose_ = request.organization
    if request.states != ListRequest().states or request.kinds or request.min_savings:
        pending = result.totals.of(State.PENDING).count
        asked = write_recs(RecsListCommand(ListRequest(organization=whose_)))
        questions.append((f"Pending ({count(pending)})", asked))
    for state in OTHERS:
        number = result.totals.of(state).count
        if number and request.states != frozenset({state}):
            asked = ListRequest(states=frozenset({state}), organization=whose_)
            label = f"{state.value.capitalize()} ({count(number)})"
            questions.append((label, write_recs(RecsListCommand(asked))))
    questions += [("Opportunities", "opportunities"), ("Tracker", "tracker"), ("Help", "help")]
    buttons = ask_buttons(questions)
    if result.rows:
        file = write_recs(RecsListCommand(request, csv=True))
        buttons.append(button("CSV", "recs_csv", file, hint="All of them as a CSV file"))
    return ActionsBlock(list(buttons), block_id="recs-next")

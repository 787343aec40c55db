"""`/recs show`: everything about a recommendation: evidence, steps, formula, decisions, savings."""

from __future__ import annotations

from collections.abc import Sequence

from slackblocks import ActionsBlock, Block

from analysis.written import plural
from bot.blocks.answer import Answer, context, section
from bot.blocks.budget_history import SURFACES
from bot.blocks.fit import cut
from bot.blocks.recs_buttons import SHOW, ask_buttons, card_buttons
from bot.blocks.recs_card import Card, card_lines, card_text, origin_words
from bot.blocks.recs_chart import chart_of
from bot.blocks.recs_evidence import evidence_lines, evidence_table
from bot.blocks.recs_points import points_chart
from bot.blocks.text import count, escape, moment, short
from handlers.recommendations.journal import did
from storage.records.audit import StoredAuditEntry

MOST_ENTRIES = 6
LONGEST_STEP = 600


def details_answer(
    card: Card,
    entries: Sequence[StoredAuditEntry],
    saved: Sequence[str] = (),
    *,
    back: str = "",
) -> Answer:
    """The message with everything about a recommendation.

    Args:
        card: it.
        entries: what was decided of it, newest first.
        saved: what it has saved so far, in sentences; escaped.
        back: the question after `/recs` that led here; empty: none.
    """
    row, content = card.row, card.row.content
    blocks: list[Block] = [section("\n".join(card_lines(card)), "recs-head-0")]
    blocks.append(context([origin_words(card)], "recs-origin-0"))
    if saved:
        blocks.append(section("\n".join(["*Saved so far*", *saved]), "recs-saved"))
    if content.steps:
        steps = [
            f"{number}. {cut(escape(' '.join(step.split())), LONGEST_STEP)}"
            for number, step in enumerate(content.steps, start=1)
        ]
        blocks.append(section("\n".join(["*What to do*", *steps]), "recs-steps"))
    first, last, days = row.drawn.evidence_first, row.drawn.evidence_last, row.drawn.evidence_days
    seen = [f"*What was seen*, {first} to {last} (UTC), {plural(days, 'complete day')}"]
    blocks.append(section("\n".join([*seen, *evidence_lines(content.evidence)]), "recs-evidence"))
    table = evidence_table(content.evidence, "recs-rows")
    if table is not None:
        blocks += [section(f"*{table[0]}*", "recs-rows-title"), table[1]]
    if chart := chart_of(content.evidence):
        blocks.append(section("\n".join(chart), "recs-chart"))
    blocks.append(section("\n".join(_reckoned(card)), "recs-formula"))
    if lines := entry_lines(entries, card):
        blocks.append(section("\n".join(["*What was decided*", *lines]), "recs-entries"))
    buttons = card_buttons(
        row,
        card.moves,
        card.may,
        block_id="recs-card-0",
        can_undo=card.undo_until is not None,
        left_out=(SHOW,),
    )
    blocks += [
        buttons,
        ActionsBlock(
            list(ask_buttons([("Back to the list", back or "list")])), block_id="recs-next"
        ),
    ]
    return Answer(text=card_text(card), blocks=tuple(blocks), chart=points_chart(row))


def entry_lines(entries: Sequence[StoredAuditEntry], card: Card) -> list[str]:
    """What was decided, a line each, newest first; escaped, and pinging nobody."""
    lines = [
        f"• {escape(did(entry))} it {SURFACES[entry.surface]}, {moment(entry.at, card.zone)}"
        f"{_reason(entry)}"
        for entry in entries[:MOST_ENTRIES]
    ]
    rest = len(entries) - MOST_ENTRIES
    return [*lines, f"• and {count(rest)} before"] if rest > 0 else lines


def _reason(entry: StoredAuditEntry) -> str:
    after = entry.after or {}
    reason = str(after.get("decided_reason") or "")
    return f": {escape(short(' '.join(reason.split())))}" if reason else ""


def _reckoned(card: Card) -> list[str]:
    content = card.row.content
    ranged = content.evidence.get("savings_range") or content.evidence.get("range")
    lines = ["*How it was reckoned*", escape(" ".join(content.formula.split()))]
    if isinstance(ranged, str):
        told = " ".join(ranged.split()).removeprefix("90 %: ")
        lines.append(f"Range, 90 %: {escape(told)}")
    lines.append(f"Source: {_source(content.source)}")
    tests = content.evidence.get("quality_sources")
    if isinstance(tests, dict):
        lines += [
            f"Quality of {escape(short(model))}: {cut(escape(str(test)), 300)}"
            for model, test in list(tests.items())[:4]
        ]
    lines.append(f"Holds until {content.valid_until} unless it is drawn anew")
    return lines


def _source(source: str) -> str:
    return escape(" ".join(source.split()))

"""`/recs tracker`: what was promised against what was measured, by type."""

from __future__ import annotations

from slackblocks import ActionsBlock, Block

from bot.blocks.answer import Answer, context, section
from bot.blocks.recs_buttons import ask_buttons
from bot.blocks.recs_figures import whose
from bot.blocks.text import escape
from bot.recommendation_words import tracker_lines
from handlers.recommendations.tracker_results import Tracker


def tracker_answer(tracker: Tracker) -> Answer:
    """The message."""
    organization = tracker.organization
    name = "all organizations" if organization is None else whose(organization)
    head = f"*What was promised, and what was saved: {name}*"
    first, *kinds = [escape(line) for line in tracker_lines(tracker)]
    lines = [head, first, *(f"• {kind}" for kind in kinds)]
    notes = [
        "Measured against what the same requests would have cost without it; what somebody "
        "verified by hand goes before that"
    ]
    buttons = ask_buttons([("Accepted", "list accepted implemented"), ("Pending", "list")])
    blocks: list[Block] = [
        section("\n".join(lines), "tracker"),
        context(notes, "tracker-notes"),
        ActionsBlock(list(buttons), block_id="recs-next"),
    ]
    return Answer(text=" · ".join(lines[:2]).replace("*", ""), blocks=tuple(blocks))

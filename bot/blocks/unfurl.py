"""What stands below a link of costbot's in a channel: a few lines, nothing to click."""

from __future__ import annotations

from typing import cast

from slackblocks import Block

from bot.blocks.answer import Answer, Payload, context, section
from bot.blocks.budget_words import days_words, scope_words, terms_words
from bot.blocks.digest_beside import incident_line
from bot.blocks.fit import cut
from bot.blocks.home_beside import budget_line
from bot.blocks.recs_figures import MARKS, savings_words, title_of, why_of
from bot.blocks.statement import statement_answer
from bot.blocks.text import escape, short
from handlers.budgets.results import Standing
from handlers.caller import Caller
from handlers.linked import Thing
from handlers.recommendations.finding import short_id
from storage.records.incident import Incident
from storage.records.recommendation import Recommendation

LONGEST_LINE = 600


def unfurl_payload(thing: Thing, caller: Caller) -> Payload:
    """The preview of a thing, as Slack takes it.

    Args:
        thing: what the link leads to.
        caller: whose organization it is of.
    """
    lines, ask = _told(thing, caller)
    whose = escape(short(str(caller.organization)))
    blocks: list[Block] = [
        section("\n".join(cut(line, LONGEST_LINE) for line in lines), "unfurl"),
        context([f"What everybody of {whose} sees · `{ask}` has more"], "unfurl-notes"),
    ]
    payload = Answer(lines[0], tuple(blocks)).payload()
    return {"blocks": cast("list[Payload]", payload["blocks"])}


def _told(thing: Thing, caller: Caller) -> tuple[list[str], str]:
    """Lines, escaped, and the command that tells more."""
    if isinstance(thing, Standing):
        budget = thing.budget
        parts = [part for part in (terms_words(budget), scope_words(budget.scope)) if part]
        lines = [budget_line(thing), " · ".join(parts), days_words(thing.status)]
        return lines, f"/budget show {budget.id}"
    if isinstance(thing, Incident):
        cause = cast("list[str]", thing.story.get("cause") or [])
        return [incident_line(thing), *map(escape, cause[:1])], f"/cost incidents show {thing.id}"
    if isinstance(thing, Recommendation):
        state = f"{MARKS[thing.state]} *{title_of(thing)}* · {thing.state.value}"
        lines = [state, savings_words(thing.content), why_of(thing)]
        return lines, f"/recs show {short_id(thing.id)}"
    said = statement_answer(thing, caller).text
    return [said], f"/cost statement {thing.month:%Y-%m}"

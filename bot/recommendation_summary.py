"""The weekly summary of recommendations, for whoever is responsible for an organization."""

from __future__ import annotations

from slackblocks import Block

from analysis.recommendations.kept.states import State
from bot.blocks.answer import Answer, context, section
from bot.blocks.text import escape, money, percent, short
from bot.recommendation_words import saved_line
from handlers.recommendations.finding import short_id
from handlers.recommendations.results import SavedSoFar, WeeklySummary
from storage.records.recommendation import Recommendation


def summary_answer(summary: WeeklySummary) -> Answer:
    """What is open, what was accepted, what has been saved so far, and what comes first."""
    whose = "all organizations" if summary.organization is None else short(summary.organization)
    head = f"*Recommendations of {escape(whose)}*"
    facts = [open_line(summary), *_claimed_lines(summary), *_saved_lines(summary.saved)]
    blocks: list[Block] = [section("\n".join([head, *facts]), "summary")]
    if summary.top:
        several = summary.organization is None
        top = [_top_line(place, row, several) for place, row in enumerate(summary.top, start=1)]
        blocks.append(section("\n".join(["*First of all*", *top]), "summary-top"))
    blocks.append(context([_origin(summary)], "summary-origin"))
    text = " · ".join([head.replace("*", ""), *facts])
    return Answer(text=text, blocks=tuple(blocks), in_channel=True)


def open_line(summary: WeeklySummary) -> str:
    """What is open: how many, and what all of them together would save."""
    pending = summary.totals.of(State.PENDING)
    if not pending.count:
        return "Open: none"
    savings = summary.totals.open
    line = f"Open: {pending.count}, together {money(savings.together)} a month"
    if savings.counted_twice > 0:
        line += f" ({money(savings.alone)} if each were alone)"
    return line


def _claimed_lines(summary: WeeklySummary) -> list[str]:
    words = {State.ACCEPTED: "Accepted", State.IMPLEMENTED: "Implemented"}
    lines: list[str] = []
    for state, word in words.items():
        total = summary.totals.of(state)
        if total.count:
            promised = money(total.savings.together)
            lines.append(f"{word}: {total.count}, {promised} a month promised")
    verified = summary.totals.of(State.VERIFIED)
    if verified.count:
        lines.append(f"Verified: {verified.count}, {money(verified.verified)} a month")
    return lines


def _saved_lines(saved: SavedSoFar) -> list[str]:
    line = saved_line(saved)
    return [escape(line)] if line else []


def _top_line(place: int, row: Recommendation, several: bool) -> str:
    content = row.content
    savings = content.savings
    whose = ""
    if several:
        whose = f" for {escape(short(content.organization or 'the deployment itself'))}"
    return (
        f"{place}. {escape(content.title)}{whose}: {money(savings.likely)} a month "
        f"({money(savings.low)} to {money(savings.high)}), "
        f"confidence {percent(content.confidence)} · `{short_id(row.id)}`"
    )


def _origin(summary: WeeklySummary) -> str:
    run = summary.last_run
    drawn = "" if run is None else f"Drawn from the days to {run.last_day} (UTC) · "
    return f"{drawn}`/recs list` shows all · sent on Mondays to organization admins and admins"

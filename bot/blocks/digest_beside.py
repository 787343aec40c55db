"""What stands beside the cost in a digest: budgets, incidents, recommendations, a line each.

Each line has its button at its right: a row of buttons below would take a line of its own.
"""

from __future__ import annotations

from slackblocks import Block, Button, SectionBlock, Text

from analysis.budgets.status import State
from bot.blocks import budget_buttons, recs_buttons
from bot.blocks.answer import button
from bot.blocks.budget_words import MARKS, is_dark, used_words
from bot.blocks.digest_words import dollars
from bot.blocks.fit import MOST_SECTION, cut
from bot.blocks.incident import SHOW as INCIDENT
from bot.blocks.recs_figures import title_of
from bot.blocks.text import count, escape, short
from bot.links import Links
from handlers.budgets.results import Standing
from handlers.digests.results import Around
from handlers.linked import Kind
from handlers.recommendations.finding import short_id
from storage.records.incident import Incident
from storage.records.recommendation import Recommendation

MOST_BUDGETS = 3
MOST_INCIDENTS = 3
MOST_RECOMMENDATIONS = 3

LONGEST_LINE = 220

LEVELS = {"critical": "🔴", "warning": "🟠", "notice": "🟡", "no data": "⚪", "ok": "🟢"}
"""Always beside the word."""


def beside_blocks(around: Around, links: Links | None = None) -> list[Block]:
    """All of it.

    Args:
        around: what is told.
        links: to each of it; None: there are none.
    """
    return [
        *_budget_blocks(around, links),
        *_incident_blocks(around, links),
        *_recommendation_blocks(around, links),
    ]


def _link(links: Links | None, kind: Kind, key: object) -> str:
    """A link behind a line; empty: there is none."""
    return "" if links is None else f" · <{links.to(kind, key)}|link>"


def _budget_blocks(around: Around, links: Links | None) -> list[Block]:
    at_risk = around.at_risk
    if not at_risk:
        return []
    blocks: list[Block] = []
    for place, standing in enumerate(at_risk[:MOST_BUDGETS]):
        head = f"*Budgets at risk* ({count(len(at_risk))})\n" if not place else ""
        show = button("Details", f"{budget_buttons.SHOW}_{place}", str(standing.budget.id))
        line = head + budget_line(standing) + _link(links, Kind.BUDGET, standing.budget.id)
        blocks.append(_beside(line, show, f"digest-budget-{place}"))
    return blocks


def budget_line(standing: Standing) -> str:
    """A budget in a line; escaped."""
    budget, status = standing.budget, standing.status
    name = f"{MARKS[status.level]} {escape(short(budget.name))}"
    if is_dark(status):
        return f"{name}: nothing is known of its spend"
    line = f"{name}: {used_words(status.utilization)} of {dollars(status.limit)}, {status.word}"
    if status.exhaustion is not None and status.state is State.RUNNING and not status.is_exceeded:
        line += f" · runs out {status.exhaustion:%a} {status.exhaustion.day} {status.exhaustion:%b}"
    elif status.forecast is not None and status.forecast.expected > status.limit:
        line += f" · {dollars(status.forecast.expected)} expected at its end"
    return cut(line, LONGEST_LINE)


def _incident_blocks(around: Around, links: Links | None) -> list[Block]:
    blocks: list[Block] = []
    for place, incident in enumerate(around.incidents[:MOST_INCIDENTS]):
        head = f"*Open incidents* ({count(len(around.incidents))})\n" if not place else ""
        show = button("Details", f"{INCIDENT}_{place}", str(incident.id))
        line = head + incident_line(incident) + _link(links, Kind.INCIDENT, incident.id)
        blocks.append(_beside(line, show, f"digest-incident-{place}"))
    return blocks


def incident_line(incident: Incident) -> str:
    """An incident in a line; escaped."""
    story = incident.story
    title = escape(short(str(story.get("title") or incident.subject)))
    line = f"{LEVELS[incident.level]} {title}, {incident.level}"
    summary = escape(str(story.get("summary") or ""))
    if summary:
        line += f": {summary}"
    if incident.acknowledged_at is not None:
        line += " · seen"
    return cut(line, LONGEST_LINE + 80)


def _recommendation_blocks(around: Around, links: Links | None) -> list[Block]:
    rows = around.recommendations[:MOST_RECOMMENDATIONS]
    blocks: list[Block] = []
    for place, row in enumerate(rows):
        head = ""
        if not place:
            head = (
                f"*Worth doing* ({count(around.pending)} open, {dollars(around.saves)} a month"
                f"{' together' if around.pending > 1 else ''})\n"
            )
        show = button("Details", recs_buttons.SHOW, recs_buttons.value_of(row))
        line = cut(head + recommendation_line(row), LONGEST_LINE + 120)
        line += _link(links, Kind.RECOMMENDATION, row.id)
        blocks.append(_beside(line, show, f"digest-rec-{place}"))
    return blocks


def recommendation_line(row: Recommendation) -> str:
    """A recommendation in a line; escaped."""
    saved = dollars(row.content.savings.likely)
    return f"{title_of(row)}: saves {saved} a month · `{short_id(row.id)}`"


def _beside(mrkdwn: str, accessory: Button, block_id: str) -> SectionBlock:
    """A line with its button at the right: a row of buttons below would take a line of its own."""
    return SectionBlock(Text(cut(mrkdwn, MOST_SECTION)), block_id=block_id, accessory=accessory)


def beside_lines(around: Around) -> list[str]:
    """The same without buttons, for a form; escaped."""
    lines = [budget_line(one) for one in around.at_risk[:MOST_BUDGETS]]
    lines += [incident_line(one) for one in around.incidents[:MOST_INCIDENTS]]
    lines += [recommendation_line(one) for one in around.recommendations[:MOST_RECOMMENDATIONS]]
    return lines

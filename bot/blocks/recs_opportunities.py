"""Opportunities as messages: the list, and one with everything about it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block, Button, TableBlock

from analysis.recommendations.kept.opportunities import OpportunityKind
from analysis.recommendations.kept.opportunity_states import (
    LIVE,
    OPPORTUNITY_MOVES,
    OpportunityState,
)
from analysis.written import plural
from bot.alert_words import moment_of
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.fit import cut
from bot.blocks.recs_buttons import ASK, OPPORTUNITY_STATUS, OPPORTUNITY_TAKE, ask_buttons
from bot.blocks.recs_evidence import evidence_lines, evidence_table
from bot.blocks.recs_figures import whose
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, enumerate_names, escape, moment, money, percent, short
from bot.grammar.recs_commands import OpportunityListCommand
from bot.grammar.recs_write import write_recs
from handlers.caller import Caller
from handlers.recommendations.finding import short_id
from handlers.recommendations.permissions import Act
from handlers.recommendations.requests import OpportunityListRequest
from handlers.recommendations.results import OpportunityList, OpportunitySummary, ShownOpportunity
from storage.records.audit import StoredAuditEntry
from storage.records.opportunity import StoredOpportunity

CARDS = 5
PAGE = 25
MOST_ENTRIES = 6

KINDS: Mapping[OpportunityKind, str] = {
    OpportunityKind.EXPENSIVE_MODEL_OVERUSE: "expensive models",
    OpportunityKind.LOW_CACHE_HIT_RATE: "little from the cache",
    OpportunityKind.HIGH_ERROR_RATE: "many errors",
    OpportunityKind.UNUSED_FEATURES: "unused features",
    OpportunityKind.OFF_PEAK_USAGE_POTENTIAL: "work that can wait",
    OpportunityKind.DUPLICATE_REQUESTS: "repeated requests",
}


def opportunities_answer(
    result: OpportunityList,
    summary: OpportunitySummary,
    request: OpportunityListRequest,
    caller: Caller,
) -> Answer:
    """The message with a page of opportunities, those that save most first."""
    rows = result.rows
    parts = [f"{count(number)} {state.value}" for state, number in result.counts.items() if number]
    if not rows:
        sentence = "*There is no such opportunity.*" if parts else "*There is no opportunity yet.*"
        hint = f"There are: {', '.join(parts)}." if parts else "They are drawn with `/recs`."
        blocks: list[Block] = [section(f"{sentence}\n{hint}", "opportunities-none")]
        return Answer(text=f"{sentence} {hint}".replace("*", ""), blocks=tuple(blocks))
    head = f"*Opportunities: {', '.join(parts)}*"
    live = sum(result.counts.get(state, 0) for state in LIVE)
    if live:
        head += f" · at least {money(summary.potential)} a month"
    if summary.verified:
        head += f" · {money(summary.verified)} a month verified"
    notes = [
        "An opportunity says where to look; several may be about the same dollars, so the sum "
        "takes the largest of each organization",
        "`/recs opportunities show` with an id has the rest",
    ]
    buttons = [_show(place, row) for place, row in enumerate(rows[:CARDS])]
    more = [("Recommendations", "list")]
    if result.after is not None:
        following = OpportunityListRequest(request.states, request.organization, result.after)
        more.append(("More", write_recs(OpportunityListCommand(following))))
    buttons += [
        button(label, f"{ASK}_{CARDS + place}", question)
        for place, (label, question) in enumerate(more)
    ]
    file = write_recs(OpportunityListCommand(request, csv=True))
    buttons.append(button("CSV", "recs_csv", file, hint="All of them as a CSV file"))
    blocks = [
        section(head, "opportunities-total"),
        _table(result, caller),
        context(notes, "opportunities-notes"),
        ActionsBlock(list(buttons), block_id="recs-next"),
    ]
    return Answer(text=head.replace("*", ""), blocks=tuple(blocks))


def opportunity_answer(
    shown: ShownOpportunity, names: Mapping[str, str], zone: ZoneInfo, *, notice: str = ""
) -> Answer:
    """The message with everything about one opportunity.

    Args:
        shown: it.
        names: of who is assigned, by the id of Slack.
        zone: in which instants are told.
        notice: what was done to it, above it; escaped.
    """
    row, content = shown.opportunity, shown.opportunity.content
    share = content.potential_savings / content.current_cost if content.current_cost else Decimal(0)
    lines = [
        f"*{escape(short(content.title))}*",
        f"Up to *{money(content.potential_savings)} a month*, {percent(share)} of "
        f"{money(content.current_cost)} · confidence {percent(content.confidence)} · about "
        f"{plural(content.hours_to_implement, 'hour')} of work",
    ]
    affected = [
        f"{escape(name.replace('_', ' '))} {enumerate_names(values, 6)}"
        for name, values in content.affected.items()
        if values
    ]
    lines += [f"Concerns {'; '.join(affected)}"] if affected else []
    lines.append(_standing(shown, zone))
    origin = [
        whose(content.organization),
        KINDS[content.kind],
        f"`{short_id(row.id)}`",
        f"{content.first_day} to {content.last_day} (UTC)",
    ]
    if row.assigned_to is not None:
        origin.append(f"assigned to {escape(short(names.get(row.assigned_to, 'somebody')))}")
    blocks: list[Block] = [section(notice, "recs-notice")] if notice else []
    blocks += [
        section("\n".join(lines), "opportunity-head"),
        context([" · ".join(origin)], "opportunity-origin"),
    ]
    if content.actions:
        steps = [
            f"• {cut(escape(' '.join(action.split())), 400)}" for action in content.actions[:10]
        ]
        blocks.append(section("\n".join(["*What can be done*", *steps]), "opportunity-steps"))
    seen = [f"*How it was found:* {escape(content.method)}", *evidence_lines(content.data)]
    blocks.append(section("\n".join(seen), "opportunity-data"))
    table = evidence_table(content.data, "opportunity-rows")
    if table is not None:
        blocks += [section(f"*{table[0]}*", "opportunity-rows-title"), table[1]]
    if entries := _entries(shown, zone):
        blocks.append(section("\n".join(["*What was decided*", *entries]), "opportunity-entries"))
    buttons = [*_decisions(shown), *ask_buttons([("All opportunities", "opportunities")])]
    blocks.append(ActionsBlock(list(buttons), block_id="recs-next"))
    text = f"{escape(short(content.title))}: up to {money(content.potential_savings)} a month"
    parts = [part for part in (notice, text, row.state.value) if part]
    return Answer(text=" · ".join(parts).replace("*", ""), blocks=tuple(blocks))


def _standing(shown: ShownOpportunity, zone: ZoneInfo) -> str:
    row = shown.opportunity
    line = f"*{row.state.value.capitalize()}*"
    if row.decided_by is not None:
        by = escape(short(shown.names.get(row.decided_by, "somebody")))
        line += f" by {by}"
    line += f", {moment_of(row.state_since, zone)}"
    if row.verified_savings is not None:
        line += f": saves {money(row.verified_savings)} a month"
    if row.resolution:
        line += f": {escape(' '.join(row.resolution.split()))}"
    return line


def _entries(shown: ShownOpportunity, zone: ZoneInfo) -> list[str]:
    lines = [
        f"• {escape(short(entry.actor.name))} {_did(entry)}, {moment(entry.at, zone)}"
        for entry in shown.entries[:MOST_ENTRIES]
    ]
    rest = len(shown.entries) - MOST_ENTRIES
    return [*lines, f"• and {count(rest)} before"] if rest > 0 else lines


def _did(entry: StoredAuditEntry) -> str:
    word = entry.action.rpartition(".")[2]
    known = {"create": "found it", "assign": "changed who looks into it, or what is known of it"}
    return known.get(word, f"moved it to {escape(word.replace('_', ' '))}")


def _decisions(shown: ShownOpportunity) -> list[Button]:
    row = shown.opportunity
    if Act.RESOLVE not in shown.may or not OPPORTUNITY_MOVES[row.state]:
        return []
    buttons: list[Button] = []
    if row.state is OpportunityState.OPEN:
        buttons.append(button("I look into it", OPPORTUNITY_TAKE, f"{row.id}:{row.state}"))
    buttons.append(button("Status …", OPPORTUNITY_STATUS, f"{row.id}:{row.state}"))
    return buttons


def _show(place: int, row: StoredOpportunity) -> Button:
    label = f"{KINDS[row.content.kind]}, {whose(row.content.organization)}"
    return button(cut(label, 75), f"{ASK}_{place}", f"opportunities show {row.id}")


def _table(result: OpportunityList, caller: Caller) -> TableBlock:
    rows = result.rows
    with_owner = caller.organization is None
    header = ["Opportunity", *(["For"] if with_owner else []), "Status"]
    header += ["Up to a month", "Confidence", "Hours", "Id"]

    def lines(shown: int) -> Lines:
        body = [_row(row, with_owner=with_owner) for row in rows[:shown]]
        rest = len(rows) - shown
        more = [f"{count(rest)} more", *[""] * (len(header) - 1)]
        return [header, *body, *([more] if rest > 0 else [])]

    return fitted_table(lines, len(rows), names=2 + with_owner, block_id="opportunities-table")


def _row(row: StoredOpportunity, *, with_owner: bool) -> list[str]:
    content = row.content
    return [
        escape(short(content.title)),
        *([whose(content.organization)] if with_owner else []),
        row.state.value,
        money(content.potential_savings),
        percent(content.confidence),
        count(content.hours_to_implement),
        short_id(row.id),
    ]

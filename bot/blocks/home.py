"""The Home tab: what one person's costs, budgets, incidents and savings come to, in one page.

Its buttons are those of messages; what they answer is shown in a modal, for a tab has no channel.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import cast
from zoneinfo import ZoneInfo

from slackblocks import (
    ActionsBlock,
    Block,
    DividerBlock,
    HeaderBlock,
    HomeTabView,
    SectionBlock,
    Text,
)

from bot.blocks import recs_buttons
from bot.blocks.answer import Payload, button, context, section
from bot.blocks.digest import SOURCES, outlook_words
from bot.blocks.digest_words import dollars
from bot.blocks.fit import MOST_HEADER, cut
from bot.blocks.freshness import freshness_line
from bot.blocks.home_beside import budget_blocks, incident_blocks, recommendation_blocks
from bot.blocks.home_digests import digest_blocks
from bot.blocks.sparkline import sparkline
from bot.blocks.text import escape, moment, percent, plural, short
from bot.recommendation_words import saved_line
from handlers.cost_results import CostResult
from handlers.home.page import HomeFigures, HomePage

MOST_BLOCKS = 100
"""Slack's limit of a view."""

REFRESHED = "home-refreshed"
"""The block that says when the tab was drawn: no part of what it tells."""

QUESTIONS = (
    ("Today by model", "today by model"),
    ("Why the change?", "why 7d"),
    ("Forecast", "forecast"),
    ("Help", "help"),
)
"""What can be asked of the figures by a button."""

TRY = (
    ("/cost 7d by model by day", "a curve for each model"),
    ("/cost compare week", "what changed over complete days"),
    ("/cost whatif model gpt-4→gpt-4o-mini share 40%", "what another model would have cost"),
    ("/budget create", "a limit, and who hears when it is near"),
    ("/cost digest subscribe me daily 9:00", "this each morning"),
)


def home_view(page: HomePage, at: datetime) -> Payload:
    """The Home tab of somebody who sees costs.

    Args:
        page: what it tells.
        at: when it is drawn, UTC.
    """
    figures, caller = page.figures, page.caller
    whose = "all organizations" if caller.organization is None else short(caller.organization)
    title = cut(f"What AI compute costs: {escape(whose)}", MOST_HEADER)
    blocks: list[Block] = [HeaderBlock(title, block_id="home-title")]
    if stale := _stale(figures):
        blocks.append(section(stale, "home-stale"))
    blocks += _spend(figures, caller.zone)
    blocks += [DividerBlock(block_id="home-line-1"), *budget_blocks(figures.around, caller)]
    blocks += incident_blocks(figures.around, caller)
    blocks += recommendation_blocks(figures.around, caller)
    blocks += _savings(figures)
    blocks += [DividerBlock(block_id="home-line-2"), *digest_blocks(page.digests)]
    blocks += [DividerBlock(block_id="home-line-3"), _to_try()]
    blocks.append(context([freshness_line(figures.freshness, caller.zone)], "home-freshness"))
    blocks.append(context([f"Refreshed {moment(at, caller.zone)}"], REFRESHED))
    return _view(blocks)


def stranger_view(team_id: str, user_id: str) -> Payload:
    """The Home tab of somebody whom costbot does not know: what to ask, and whom."""
    words = (
        "*I don't know you yet, so I can't show you any costs.*\n"
        "Ask an admin of costbot for a role: `user` sees what your organization spends, "
        "`org_admin` looks after its budgets too."
    )
    command = f"costbot people add {escape(user_id)} --team {escape(team_id)} --organization …"
    return _view(
        [
            HeaderBlock("What AI compute costs", block_id="home-title"),
            section(words, "home-stranger"),
            section(f"They run:\n```{command}```", "home-stranger-how"),
            context(["Then this page shows your costs when you open it again."], "home-notes"),
        ]
    )


def refused_view(sentence: str, hint: str) -> Payload:
    """The Home tab of somebody of whom it cannot be told what they may see."""
    text = f"*{escape(sentence)}*\n{escape(hint)}".strip()
    return _view(
        [
            HeaderBlock("What AI compute costs", block_id="home-title"),
            section(text, "home-refused"),
        ]
    )


def content_of(view: Payload) -> str:
    """A digest of what a tab tells: the same where nobody would see a difference but the time."""
    blocks = cast("Sequence[Payload]", view["blocks"])
    told = [block for block in blocks if block.get("block_id") != REFRESHED]
    written = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def _view(blocks: Sequence[Block]) -> Payload:
    return cast("Payload", HomeTabView(blocks=list(blocks[:MOST_BLOCKS])).to_dict())


def _stale(figures: HomeFigures) -> str:
    stale = [SOURCES[one.source] for one in figures.freshness.sources if one.is_stale]
    if not stale:
        return ""
    return f":warning: *Stale*: {' and '.join(stale)} data is older than it should be."


def _spend(figures: HomeFigures, zone: ZoneInfo) -> list[Block]:
    if not figures.freshness.sources:
        hint = "`costbot import` loads files, `costbot sample` makes some up to look around."
        return [section(f"*There is no data yet.*\n{hint}", "home-spend")]
    lines: list[str] = []
    if len(figures.curve) > 1:
        low, high = min(figures.curve), max(figures.curve)
        lines.append(
            f"`{sparkline(figures.curve)}` the {len(figures.curve)} days from "
            f"{figures.curve_first.day} {figures.curve_first:%b}, "
            f"{dollars(low)} to {dollars(high)} a day"
        )
    unpriced = figures.month.total.unpriced_requests
    if unpriced:
        lines.append(
            f":warning: {plural(unpriced, 'request')} of this month without a price: in no sum"
        )
    fields: list[str | Text] = [
        _field("Today so far", figures.today),
        _field("Last 7 days", figures.week),
        _field("This month", figures.month),
    ]
    if figures.outlook is not None:
        fields.append(Text(f"*How it will end*\n{outlook_words(figures.outlook)}"))
    blocks: list[Block] = [SectionBlock(fields=fields, block_id="home-spend")]
    if lines:
        blocks.append(section("\n".join(lines), "home-course"))
    asking = [button(label, f"ask_{at}", text) for at, (label, text) in enumerate(QUESTIONS)]
    blocks.append(ActionsBlock(list(asking), block_id="home-ask"))
    return blocks


def _field(label: str, result: CostResult) -> Text:
    total = result.total
    if total.requests and total.unpriced_requests == total.requests:
        return Text(f"*{label}*\nnot known: no request has a price")
    return Text("\n".join([f"*{label}*", f"*{dollars(total.cost)}*{_delta(result)}"]))


def _delta(result: CostResult) -> str:
    """How it compares, in a line of its own; empty: it does not."""
    delta = result.delta
    if delta is None:
        return ""
    if not delta.change:
        return f"\nas {escape(delta.label)}"
    if delta.ratio is None:
        return f"\nnew: nothing in {escape(delta.label)}"
    arrow = "▲" if delta.change > 0 else "▼"
    return (
        f"\n{arrow} {percent(abs(delta.ratio))} ({dollars(delta.change, sign=True)}) "
        f"against {escape(delta.label)}"
    )


def _savings(figures: HomeFigures) -> list[Block]:
    tracker = figures.tracker
    verified = sum(
        1 for one in tracker.rows if one.recommendation.standing.verified_savings is not None
    )
    if not tracker.total.claimed:
        words = "Nothing is accepted yet, so there is nothing to measure."
    else:
        claimed = plural(tracker.total.claimed, "recommendation")
        by_hand = f", {verified} verified by hand" if verified else ""
        until = "" if tracker.as_of is None else f" Days to {tracker.as_of}, UTC."
        words = f"{escape(saved_line(tracker.total))}. {claimed} accepted{by_hand}.{until}"
    accessory = button("Tracker", f"{recs_buttons.ASK}_0", "tracker")
    text = Text(f"*Saved so far*\n{words}")
    saved: Block = SectionBlock(text, block_id="home-saved", accessory=accessory)
    return [saved]


def _to_try() -> SectionBlock:
    lines = [f"• `{escape(command)}` {escape(what)}" for command, what in TRY]
    return section("\n".join(["*Ask anywhere in Slack*", *lines]), "home-try")

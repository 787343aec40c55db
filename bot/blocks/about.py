"""`/cost about`: how old the data is, what costbot itself costs, and which costbot this is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block, SectionBlock, Text

from analysis.written import size
from bot.blocks.answer import Answer, section
from bot.blocks.freshness import age
from bot.blocks.syncs import syncs_line
from bot.blocks.text import count, escape, moment, money, plural
from handlers.about import AboutResult
from handlers.own_cost import OwnCost
from handlers.restated import RestatedDay
from queries.dimensions import Source
from storage.records.delivery import DeliveryCounts
from storage.records.warehouse_job import JobTotals

_NAMES = {Source.GPU: "GPU", Source.USAGE: "LLM", Source.FOCUS: "FOCUS"}

MOST_RESTATED = 5


def about_answer(result: AboutResult, zone: ZoneInfo) -> Answer:
    """The message that answers `/cost about`."""
    lines = [*_sources(result, zone)] or ["No data loaded yet."]
    if result.syncs is not None:
        lines.append(syncs_line(result.syncs, result.freshness.now, zone))
    blocks: list[Block] = [
        section("\n".join(lines), "about-sources"),
        _fields("about-fields", _what_it_is(result)),
    ]
    text = f"costbot {result.version}"
    if result.own_cost is not None:
        blocks.append(_fields("about-own-cost", _what_it_costs(result.own_cost)))
        text += f", {money(result.own_cost.usd)} billed by BigQuery this month"
    if result.outbox is not None and result.outbox != DeliveryCounts():
        blocks.append(section(_outbox(result.outbox, result.freshness.now), "about-outbox"))
    if result.restated:
        blocks.append(section(_restated(result.restated, zone), "about-restated"))
    return Answer(text=text, blocks=tuple(blocks))


def _sources(result: AboutResult, zone: ZoneInfo) -> list[str]:
    lines: list[str] = []
    for source in result.freshness.sources:
        name = _NAMES[source.source]
        mark = ":warning: stale, " if source.is_stale else ""
        span = f"{moment(source.data_from, zone)} to {moment(source.data_until, zone)}"
        loaded = age(result.freshness.now - source.loaded_at)
        lines.append(f"*{name}* {mark}{span}, loaded {loaded} ago")
    return lines


def _what_it_is(result: AboutResult) -> dict[str, str]:
    return {
        "Version": result.version,
        "Store": result.store_kind,
        "Rows in the mart": count(result.costs_rows),
        "Answers come from": "the local mart: no warehouse is queried, no bytes are billed",
    }


def _what_it_costs(cost: OwnCost) -> dict[str, str]:
    month = f"{cost.since:%B %Y}, UTC"
    ran = f"{size(cost.bytes_billed)} billed by {plural(cost.jobs, 'BigQuery job')}"
    not_done: list[str] = []
    if cost.failed:
        not_done.append(f"{plural(cost.failed, 'job')} of these failed or was ended early")
    if cost.refused:
        not_done.append(f"{plural(cost.refused, 'query', 'queries')} refused before running")
    price = (
        f"{money(cost.usd_per_tib)} a TiB"
        if cost.usd_per_tib
        else "nothing by the byte (reserved slots)"
    )
    return {
        f"costbot itself, {month}": "\n".join((f"{money(cost.usd)}: {ran}", *not_done)),
        "By purpose": "\n".join(_purpose(cost, totals) for totals in cost.by_purpose)
        or "nothing was asked yet",
        "Ceiling of one query": f"{size(cost.most_bytes)} ({money(cost.usd_of(cost.most_bytes))})",
        "Price": price,
    }


def _outbox(counts: DeliveryCounts, now: datetime) -> str:
    """What became of the messages that costbot sends of itself."""
    parts = [f"*Messages* {count(counts.sent)} sent"]
    if counts.waiting:
        waiting = f"{count(counts.waiting)} waiting"
        if counts.oldest_waiting is not None:
            waiting += f", the oldest for {age(now - counts.oldest_waiting)}"
        parts.append(waiting)
    if counts.dead:
        parts.append(f":warning: {count(counts.dead)} given up: `costbot outbox dead` says why")
    return " · ".join(parts)


def _restated(days: Sequence[RestatedDay], zone: ZoneInfo) -> str:
    lines = ["*Restated in the last 7 days* (fully loaded · infrastructure · requests)"]
    for one in days[:MOST_RESTATED]:
        change = (
            f"{money(one.fully_loaded, sign=True)} · {money(one.infrastructure, sign=True)} · "
            f"{'−' if one.requests < 0 else '+'}{count(abs(one.requests))}"
        )
        times = "" if one.times == 1 else f", {one.times} times, last"
        lines.append(f"{_NAMES[one.source]} {one.day}: {change}{times} on {moment(one.at, zone)}")
    if len(days) > MOST_RESTATED:
        lines.append(f"and {plural(len(days) - MOST_RESTATED, 'day')} more")
    return "\n".join(lines)


def _purpose(cost: OwnCost, totals: JobTotals) -> str:
    billed = f"{money(cost.usd_of(totals.bytes_billed))}, {size(totals.bytes_billed)}"
    return f"{escape(totals.purpose)} {billed}, {plural(totals.jobs, 'job')}"


def _fields(block_id: str, entries: dict[str, str]) -> SectionBlock:
    texts = [Text(f"*{name}*\n{value}") for name, value in entries.items()]
    return SectionBlock(fields=list(texts), block_id=block_id)

"""The incidents that are open, or were lately, as a list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block, SectionBlock, Text

from bot import incident_words as words
from bot.blocks.answer import Answer, button, context, section
from bot.blocks.fit import cut
from bot.blocks.incident import SHOW
from bot.blocks.text import count, escape, moment, money, plural
from handlers.incidents.telling import story_of
from storage.records.incident import Incident

MOST_SHOWN = 12
"""Incidents that are shown, each with a button."""

LONGEST_HEAD, LONGEST_SUMMARY = 150, 400

LATELY = 7
"""Days back that closed ones are shown."""


def incidents_answer(
    found: Sequence[Incident],
    closed: Sequence[Incident],
    at: datetime,
    zone: ZoneInfo,
    *,
    with_closed: bool,
    hint: str = "",
) -> Answer:
    """What is open, the worst first; asked for, what was closed lately too.

    Args:
        found: the open ones.
        closed: those of the last days.
        at: the present instant, UTC.
        zone: in which times are written.
        with_closed: the closed ones are listed, not only counted.
        hint: small print at the end, mrkdwn; empty: none.
    """
    head = _head(found)
    blocks: list[Block] = [section(f"*{head}*", "incidents")]
    blocks += [_row(one, at, zone, number) for number, one in enumerate(found[:MOST_SHOWN])]
    if len(found) > MOST_SHOWN:
        rest = f"And {count(len(found) - MOST_SHOWN)} more: `costbot incidents list` has all."
        blocks.append(context([rest], "incidents-rest"))
    if with_closed and closed:
        blocks.append(section(f"*Closed in the last {LATELY} days*", "incidents-closed"))
        begin = len(found[:MOST_SHOWN])
        blocks += [
            _row(one, at, zone, begin + number) for number, one in enumerate(closed[:MOST_SHOWN])
        ]
    lines: list[str] = []
    if not with_closed or len(closed) > MOST_SHOWN or not closed:
        lines.append(_closed_words(closed, with_closed=with_closed))
    if hint:
        lines.append(hint)
    if lines:
        blocks.append(context(lines, "incidents-notes"))
    titles = "; ".join(words.headline(one, story_of(one)) for one in found[:3])
    return Answer(text=escape(f"{head}. {titles}".strip()), blocks=tuple(blocks))


def _head(found: Sequence[Incident]) -> str:
    if not found:
        return "No incident is open"
    counts = Counter(one.level for one in found)
    order = ("critical", "warning", "notice", "no data", "ok")
    named = {"no data": "without data", "ok": "quiet for now"}
    parts = [f"{counts[level]} {named.get(level, level)}" for level in order if counts[level]]
    is_open = "incident is open" if len(found) == 1 else "incidents are open"
    return f"{len(found)} {is_open}: {', '.join(parts)}"


def _row(incident: Incident, at: datetime, zone: ZoneInfo, number: int) -> Block:
    story = story_of(incident)
    head = f"{words.mark(incident)} *{cut(escape(words.headline(incident, story)), LONGEST_HEAD)}*"
    summary = cut(escape(story.summary), LONGEST_SUMMARY)
    lines = [head, summary, f"_{_notes(incident, at, zone)}_"]
    return SectionBlock(
        Text("\n".join(lines)),
        block_id=f"incident-{number}",
        accessory=button("Details", f"{SHOW}_{number}", str(incident.id)),
    )


def _notes(incident: Incident, at: datetime, zone: ZoneInfo) -> str:
    parts: list[str] = []
    if incident.closed_at is None:
        parts.append(f"since {moment(incident.opened_at, zone)}")
        if incident.usd and incident.level not in ("ok", "no data"):
            parts.append(f"about {money(incident.usd)} a day")
        if incident.good_looks:
            parts.append("better at the last look")
        if incident.muted_until is not None and incident.muted_until > at:
            parts.append(f"muted until {moment(incident.muted_until, zone)}")
        elif incident.acknowledged_at is not None:
            parts.append("somebody is at it")
        elif not incident.roots:
            parts.append("told nobody")
    else:
        span = words.lasted(incident.closed_at - incident.opened_at)
        parts.append(f"closed {moment(incident.closed_at, zone)} after {span}")
    if incident.label is not None:
        parts.append(words.LABELS[incident.label])
    return " · ".join(parts)


def _closed_words(closed: Sequence[Incident], *, with_closed: bool) -> str:
    if not closed:
        return f"None was closed in the last {LATELY} days."
    if with_closed:
        return f"{plural(len(closed), 'incident')} closed in the last {LATELY} days in all."
    those = "1 was" if len(closed) == 1 else f"{len(closed)} were"
    return f"{those} closed in the last {LATELY} days: `/cost incidents all`."

"""Digests: daily, weekly, monthly, their thread, and what is said of them; of a made-up deployment.

A set of data is an organization: one as most are, one without a single fact, one whose names are
too long and hostile.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from analysis.roles import Role
from analysis.schedules import Frequency, Schedule, Slot
from bot.assembly import Parts
from bot.assembly.digests import digests_of
from bot.blocks.answer import Answer
from bot.blocks.digest_list import (
    digest_help_answer,
    ended_answer,
    list_answer,
    shown_answer,
    skipped_answer,
    subscribed_answer,
)
from bot.digest_chart import digest_chart
from bot.digest_messages import SlackDigestMessages
from bot.gallery.answered import DATA_SETS, answered, entry_of
from bot.gallery.entry import DataSet, Entry
from bot.gallery.made_up import NOW, caller_of
from handlers.caller import Caller
from handlers.digests.composing import Sending
from handlers.digests.figures import FiguresHandler
from handlers.digests.reading import question_of
from handlers.digests.results import Decided, DigestFigures, ListedDigest, ShownDigest
from storage.records.digest import Digest, DigestSlot

DUE = NOW.replace(hour=9, minute=0)
"""When they are due; the time is not that of the deployment's clock, to the minute."""


def entries() -> list[Entry]:
    """The messages."""
    return answered("digests")


async def ask(parts: Parts) -> list[Entry]:
    """Has digests made of each set of data."""
    handler = digests_of(parts, "slack").read.figures
    found: list[Entry] = []
    for data in DATA_SETS:
        caller = caller_of(data)
        for frequency in Frequency:
            digest = _digest(caller, frequency)
            figures = await _figures(handler, digest, caller)
            found += _messages(f"{frequency.value} digest", data, digest, figures)
    late = _digest(caller_of("typical"), Frequency.DAILY)
    figures = await _figures(handler, late, caller_of("typical"), behind=1)
    found += _messages("daily digest on data that is behind, sent late", "typical", late, figures)
    return [*found, *_managed()]


def _messages(name: str, data: DataSet, digest: Digest, figures: DigestFigures) -> list[Entry]:
    due = Slot(NOW.date(), DUE)
    sending = Sending("gallery", NOW, due, is_late="late" in name)
    root, *replies = SlackDigestMessages().digest(digest, figures, sending)
    payload: dict[str, object] = {name: root.payload[name] for name in ("text", "blocks")}
    entries = [Entry(name, data, payload, digest_chart(figures))]
    for reply in replies:
        part = reply.key.rpartition("|")[2]
        told: dict[str, object] = {name: reply.payload[name] for name in ("text", "blocks")}
        entries.append(Entry(f"{name}: {part}, in its thread", data, told))
    return entries


async def _figures(
    handler: FiguresHandler, digest: Digest, caller: Caller, behind: int = 0
) -> DigestFigures:
    """What a digest tells of the last days; `behind`: as if so many more should be there."""
    on = DUE.date() + timedelta(days=behind)
    return await handler.figures(question_of(digest, caller, on))


def digest_of(caller: Caller) -> Digest:
    """A daily digest of somebody's."""
    return _digest(caller, Frequency.DAILY)


def _digest(caller: Caller, frequency: Frequency) -> Digest:
    weekdays = (0,) if frequency is Frequency.WEEKLY else tuple(range(7))
    return Digest(
        id=UUID("3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        team_id=caller.team_id,
        owner=caller.user_id,
        owner_name=caller.name,
        organization=caller.organization,
        role=Role.ORG_ADMIN,
        address="C0GALLERY1",
        schedule=Schedule(frequency=frequency, at=time(9), zone=caller.zone, weekdays=weekdays),
        version=1,
        since=DUE - timedelta(days=40),
        created_at=DUE - timedelta(days=40),
        updated_at=DUE - timedelta(days=40),
    )


def _managed() -> list[Entry]:
    """What is answered to who keeps digests."""
    found: list[Entry] = [entry_of("/cost digest help", "typical", digest_help_answer())]
    for data in DATA_SETS:
        for name, answer in _of(data):
            found.append(entry_of(name, data, answer))
    return found


def _of(data: DataSet) -> list[tuple[str, Answer]]:
    caller = caller_of(data)
    digest = replace(_digest(caller, Frequency.DAILY), skip_quiet=data == "typical")
    if data == "extreme":
        many = tuple(f"model {number} {caller.organization}" for number in range(12))
        digest = replace(digest, filters={"model": many}, owner_name=caller.organization or "")
    following = Slot(DUE.date() + timedelta(days=1), DUE + timedelta(days=1))
    number = {"typical": 2, "empty": 0, "extreme": 60}[data]
    listed = [ListedDigest(digest, following)] * number
    found = [("/cost digest list", list_answer(listed, caller))]
    if data == "empty":
        return found
    slots = tuple(_slot(digest, DUE - timedelta(days=back), back) for back in range(1, 8))
    everything = ShownDigest(digest, following, False, slots, (), True)
    decided = Decided(digest, following)
    warning = "I am no member of <#C0GALLERY1> yet: type `/invite @costbot` in it."
    return [
        *found,
        ("/cost digest show", shown_answer(everything)),
        ("/cost digest subscribe", subscribed_answer(decided, caller, warning=warning)),
        ("/cost digest skip", skipped_answer(replace(decided, skipped=NOW.date()), caller)),
        (
            "/cost digest unsubscribe",
            ended_answer(replace(decided, undo_until=NOW + timedelta(days=1))),
        ),
    ]


def _slot(digest: Digest, at: datetime, back: int) -> DigestSlot:
    is_sent = back != 3
    return DigestSlot(
        digest_id=digest.id,
        local_date=at.date(),
        due_at=at,
        outcome="sent" if is_sent else "skipped",
        reason="" if is_sent else "quiet",
        decided_at=at,
    )

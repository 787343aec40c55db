"""Delivery: every slot once, whatever replicas, restarts, clocks and Slack do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from analysis.roles import Role
from analysis.schedules import Frequency, Schedule
from handlers.digests.composing import Messages, Sending
from handlers.digests.results import DigestFigures
from handlers.digests.sending import DigestSender
from storage.records.delivery import NewDelivery
from storage.records.digest import Digest
from tests.digests.conftest import BERLIN, NINE, World, facts_to, processes
from tests.stores import TestClock

MINUTE = timedelta(minutes=1)


def daily(hour: int, minute: int = 0) -> Schedule:
    return Schedule(frequency=Frequency.DAILY, at=time(hour, minute), zone=BERLIN)


async def test_nothing_is_sent_before_its_minute_and_one_digest_at_it(world: World) -> None:
    digest = await world.add()
    world.clock.now = NINE - timedelta(seconds=1)
    assert (await world.look()).due == 0
    world.clock.now = NINE
    assert (await world.look()).sent == 1
    (root,) = await world.roots(digest)
    assert root.address == "U_UTE"
    assert "Thu 19 Nov" in str(root.payload["text"])


async def test_of_three_replicas_at_the_same_minute_one_sends_each_digest(shared: World) -> None:
    digests = [
        await shared.add(address=f"C{number:03}", role=Role.USER, owner=f"U{number}")
        for number in range(12)
    ]
    for number in range(12):
        await shared.list_person(f"U{number}", Role.ORG_ADMIN, "acme")
    shared.clock.now = NINE
    reports = await asyncio.gather(*(shared.look(process) for process in range(3)))
    assert sum(report.sent for report in reports) == 12
    for digest in digests:
        assert len(await shared.roots(digest)) == 1
        assert [one.outcome for one in await shared.slots(digest)] == ["sent"]


async def test_a_restart_at_the_minute_sends_nothing_twice(shared: World) -> None:
    digest = await shared.add()
    shared.clock.now = NINE
    await shared.look(0)
    assert (await shared.look(1)).due == 0
    shared.clock.advance(MINUTE)
    assert (await shared.look(2)).due == 0
    assert len(await shared.roots(digest)) == 1


async def test_a_clock_that_goes_back_opens_no_slot_again(world: World) -> None:
    digest = await world.add()
    for step in (0, 24, -24, 0, -30, 48, 24, 48):
        world.clock.now = NINE + timedelta(hours=step)
        await world.look()
    days = [one.local_date.day for one in await world.slots(digest) if one.outcome == "sent"]
    assert days == [20, 21, 22]
    assert len(await world.roots(digest)) == 3


async def test_a_clock_that_was_far_ahead_for_a_while_leaves_no_later_day_out(
    world: World,
) -> None:
    digest = await world.add()
    world.clock.now = NINE + timedelta(days=3)
    await world.look()
    for day in range(5):
        world.clock.now = NINE + timedelta(days=day)
        await world.look()
    slots = await world.slots(digest)
    assert [one.local_date.day for one in slots] == [20, 21, 22, 23, 24]
    assert len(await world.roots(digest)) == sum(one.outcome == "sent" for one in slots)


async def test_a_missed_slot_is_sent_late_within_six_hours_and_says_so(world: World) -> None:
    digest = await world.add()
    world.clock.now = NINE + timedelta(hours=3)
    await world.look()
    (root,) = await world.roots(digest)
    assert "Sent late: it was due Fri 20 Nov 09:00 CET" in str(root.payload["blocks"])


async def test_an_older_one_is_left_out_and_noted_with_all_that_were_missed(world: World) -> None:
    digest = await world.add()
    world.clock.now = NINE + timedelta(days=2, hours=7)
    report = await world.look()
    assert report.skipped == {"too late": 1}
    assert await world.roots(digest) == []
    slots = await world.slots(digest)
    assert [(one.local_date.day, one.reason) for one in slots] == [
        (20, "too late"),
        (21, "too late"),
        (22, "too late"),
    ]


@pytest.mark.parametrize(
    ("night", "hours"),
    [(date(2026, 3, 29), "spring"), (date(2026, 10, 25), "autumn")],
    ids=["spring", "autumn"],
)
async def test_through_the_night_of_a_clock_change_each_local_date_has_one_digest(
    tmp_path: Path, night: date, hours: str
) -> None:
    del hours
    begin = datetime(night.year, night.month, night.day, 20, tzinfo=UTC) - timedelta(days=2)
    clock = TestClock(begin)
    address = f"sqlite+aiosqlite:///{tmp_path}/store.sqlite3"
    async with processes(tmp_path, address, clock, 1, facts_to(begin)) as world:
        await world.list_person("U_UTE", Role.USER, "acme")
        digest = await world.add(schedule=daily(2, 30))
        while clock.now < begin + timedelta(days=3):
            clock.advance(timedelta(minutes=30))
            await world.look()
        slots = await world.slots(digest)
        assert [one.local_date for one in slots] == [
            night + timedelta(days=offset) for offset in (-1, 0, 1)
        ]
        assert {one.outcome for one in slots} == {"sent"}
        assert len(await world.roots(digest)) == 3


@dataclass(frozen=True)
class Breaking:
    """Messages of which the last cannot be kept: what a crash between claim and message is like."""

    whole: Messages

    def digest(self, digest: Digest, figures: DigestFigures, sending: Sending) -> list[NewDelivery]:
        made = list(self.whole.digest(digest, figures, sending))
        unfit = NewDelivery(key="unfit", channel="slack", address="C1", payload={"no": object()})
        return [*made, unfit]

    def stopped(self, digest: Digest, why: str) -> NewDelivery:
        return self.whole.stopped(digest, why)


async def test_a_crash_between_claim_and_message_leaves_neither_and_the_next_look_both(
    shared: World,
) -> None:
    digest = await shared.add()
    shared.clock.now = NINE
    sender = shared.processes[0].sender
    breaking = DigestSender(
        sender.store, sender.figures, sender.callers, Breaking(sender.messages), sender.clock
    )
    with pytest.raises(Exception, match="JSON"):
        await breaking.send_due()
    assert await shared.slots(digest) == []
    assert await shared.roots(digest) == []
    assert (await shared.look(1)).sent == 1
    assert len(await shared.roots(digest)) == 1


async def test_a_paused_one_is_noted_and_not_sent_in_arrears_when_it_is_resumed(
    world: World,
) -> None:
    digest = await world.add()
    manage = world.processes[0].manage
    ute = await world.parts[0].callers.caller_of("T1", "U_UTE")
    assert ute is not None
    await manage.pause(digest.id.hex, ute)
    world.clock.now = NINE
    assert (await world.look()).skipped == {"paused": 1}
    world.clock.advance(timedelta(hours=1))
    await manage.resume(digest.id.hex, ute)
    assert (await world.look()).due == 0
    world.clock.now = NINE + timedelta(days=1)
    assert (await world.look()).sent == 1


async def test_a_quiet_day_is_left_out_where_that_is_wished_and_a_loud_one_is_not(
    world: World,
) -> None:
    calm = await world.add(skip_quiet=True, filters={"model": ("claude-3-haiku",)})
    loud = await world.add(skip_quiet=True)
    world.clock.now = NINE
    report = await world.look()
    assert report.skipped == {"quiet": 1}
    assert [one.reason for one in await world.slots(calm)] == ["quiet"]
    assert len(await world.roots(loud)) == 1


async def test_stale_data_is_never_quiet_and_is_told_at_the_top(world: World) -> None:
    digest = await world.add(skip_quiet=True, filters={"model": ("claude-3-haiku",)})
    world.clock.now = NINE + timedelta(days=4)
    await world.look()
    (root,) = await world.roots(digest)
    assert str(root.payload["text"]).startswith(":warning: Not up to date")


async def test_an_owner_who_lost_the_organization_gets_a_word_once_and_no_digest(
    world: World,
) -> None:
    digest = await world.add()
    await world.list_person("U_UTE", Role.USER, "globex")
    world.clock.now = NINE
    assert (await world.look()).refused == 1
    world.clock.now = NINE + timedelta(days=1)
    assert (await world.look()).due == 0
    assert await world.roots(digest) == []
    (note,) = await world.store.deliveries.newest()
    assert note.address == "U_UTE"
    assert "does not see these costs any more" in str(note.payload["text"])
    kept = await world.store.digests.find(digest.id)
    assert kept is not None
    assert kept.stopped
    entries = await world.store.audit.of_object("digest", str(digest.id))
    assert [one.action for one in entries] == ["digest.stop"]


async def test_a_channel_needs_an_owner_who_may_write_there_still(world: World) -> None:
    await world.add(address="C_ACME", owner="U_OTTO", role=Role.ORG_ADMIN)
    await world.list_person("U_OTTO", Role.USER, "acme")
    world.clock.now = NINE
    assert (await world.look()).refused == 1


async def test_a_digest_shows_no_more_than_its_owner_may_see_now(world: World) -> None:
    await world.add(filters={"user": ("u-1",)}, role=Role.ORG_ADMIN)
    other = await world.add()
    world.clock.now = NINE
    report = await world.look()
    assert len(report.failed) == 1
    assert "organization admins" in report.failed[0]
    assert len(await world.roots(other)) == 1


async def test_what_was_made_once_serves_all_who_see_the_same(world: World) -> None:
    for number in range(10):
        await world.list_person(f"U{number}", Role.USER, "acme")
        await world.add(owner=f"U{number}", address=f"U{number}")
    world.clock.now = NINE
    report = await world.look()
    assert (report.sent, report.computed) == (10, 1)


async def test_a_test_is_marked_as_one_and_claims_nothing(world: World) -> None:
    digest = await world.add()
    ute = await world.parts[0].callers.caller_of("T1", "U_UTE")
    assert ute is not None
    assert await world.processes[0].sender.test(digest, ute)
    assert await world.slots(digest) == []
    (test, *_) = await world.store.deliveries.newest(limit=9)
    assert test.key.startswith("digest.test|")
    world.clock.now = NINE
    assert (await world.look()).sent == 1


async def test_a_changed_time_sends_no_second_one_on_the_same_day(world: World) -> None:
    digest = await world.add()
    world.clock.now = NINE
    await world.look()
    world.clock.advance(MINUTE)
    changed = await world.store.digests.find(digest.id)
    assert changed is not None
    await world.store.digests.change(
        changed, replace_schedule(changed, daily(9, 5)), since=world.clock.now
    )
    world.clock.now = NINE + timedelta(minutes=6)
    assert (await world.look()).sent == 0
    world.clock.now = NINE + timedelta(days=1, minutes=6)
    assert (await world.look()).sent == 1


def replace_schedule(digest: Digest, schedule: Schedule) -> Digest:
    return replace(digest, schedule=schedule)

"""Slack down for an hour: every digest once, and its thread below it."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.roles import Role
from analysis.schedules import Frequency, Schedule
from bot.assembly import assembled
from bot.assembly.digests import digests_of
from bot.settings import Settings
from playground.faults import Fault
from playground.model import Message
from storage.records.digest import DigestDraft
from storage.records.person import Person
from tests.digests.conftest import BERLIN, TEAM, facts_to
from tests.facts import fill
from tests.outbox.conftest import opened

HOUR = 60
UTC = ZoneInfo("UTC")


async def test_while_slack_is_down_for_an_hour_nothing_is_lost_and_nothing_doubled(
    tmp_path: Path,
) -> None:
    async with (
        opened(tmp_path) as outbox,
        assembled(Settings(home=tmp_path), outbox.clock.now) as parts,
    ):
        fill(parts.mart, facts_to(outbox.clock.now()), outbox.clock.now())
        person = Person(
            team_id=TEAM,
            user_id="U_OTTO",
            name="Otto",
            organization="acme",
            role=Role.ORG_ADMIN,
            zone=BERLIN,
        )
        await parts.store.people.put(person)
        channel = outbox.id_of("costs")
        draft = DigestDraft(
            team_id=TEAM,
            owner="U_OTTO",
            owner_name="Otto",
            organization="acme",
            role=Role.ORG_ADMIN,
            address=channel,
            schedule=Schedule(frequency=Frequency.DAILY, at=time(13, 5), zone=UTC),
        )
        for product in ("api", None):
            filters = {} if product is None else {"product": (product,)}
            assert await parts.store.digests.add(replace(draft, filters=filters))
        sender = digests_of(parts, "system").sender
        outbox.slack.faults.set(Fault("server_error", times=None))
        for minute in range(3 * HOUR):
            if minute == HOUR + 5:
                outbox.slack.faults.clear()
            await outbox.clock.advance(60)
            if minute % 5 == 0:
                await sender.send_due()
            await outbox.send()
        told: list[Message] = outbox.messages()
        roots = [one for one in told if one.thread_ts in (None, one.ts)]
        assert len(roots) == 2
        assert len({one.text for one in roots}) == 2
        replies = [one for one in told if one not in roots]
        assert {one.thread_ts for one in replies} == {one.ts for one in roots}
        assert len(replies) == len({(one.thread_ts, one.text) for one in replies}) == 2

"""Roles by user group, over Slack's stand-in: who is let in, how long, and when Slack is silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from analysis.roles import Role
from bot.slack.group_members import PAUSE, REMEMBERED, TRUSTED, GroupMembers, group_members
from bot.stage import LEADS, access_to, installed_app, people, user_groups
from playground.beginning import begin
from playground.clock import SystemClock
from playground.faults import Fault
from playground.server import running
from playground.slack import FakeSlack
from storage.records.user_group import UserGroup
from tests.slack.conftest import Play, Playing
from tests.stores import TestClock

ASKING = frozenset({"usergroups.users.list"})
PLENTY = 1_000
OTTO = frozenset({"U0OTTO0001"})
MOMENT = timedelta(seconds=1)


@dataclass(frozen=True)
class Directory:
    """What costbot knows of the groups, and the Slack that it asks."""

    slack: FakeSlack
    clock: TestClock
    groups: GroupMembers

    async def leads(self) -> frozenset[str] | None:
        return await self.groups.members(self.slack.workspace.team.id, LEADS)

    def count(self) -> None:
        """Begins to count the questions, by a slowness of nothing."""
        self.slack.faults.set(Fault("slow", times=PLENTY, methods=ASKING, seconds=0))

    @property
    def asked(self) -> int:
        """The questions since."""
        (slow,) = self.slack.faults.on
        assert slow.times is not None
        return PLENTY - slow.times

    def silence(self) -> None:
        self.slack.faults.set(Fault("dropped", times=None, methods=ASKING))

    def leave(self) -> None:
        self.slack.workspace.user_groups[LEADS].users.clear()


@pytest.fixture
async def directory() -> AsyncGenerator[Directory]:
    app, clock = installed_app(), TestClock()
    workspace = begin(SystemClock(), people(), app, groups=user_groups(SystemClock()))
    async with running(workspace) as slack:
        groups = group_members(access_to(app, slack.api_url), clock)
        yield Directory(slack, clock, groups)


async def test_members_are_asked_for_once_in_five_minutes(directory: Directory):
    directory.count()
    assert await asyncio.gather(*(directory.leads() for _ in range(10))) == [OTTO] * 10
    assert directory.asked == 1
    directory.leave()
    directory.clock.advance(REMEMBERED - MOMENT)
    assert await directory.leads() == OTTO
    assert directory.asked == 1
    directory.clock.advance(MOMENT)
    assert await directory.leads() == frozenset()
    assert directory.asked == 2


async def test_the_last_known_members_count_for_an_hour_of_silence_and_then_nobody(
    directory: Directory, caplog: pytest.LogCaptureFixture
):
    assert await directory.leads() == OTTO
    directory.silence()
    directory.clock.advance(REMEMBERED)
    with caplog.at_level(logging.WARNING, "bot.slack.group_members"):
        assert await directory.leads() == OTTO
        directory.clock.advance(TRUSTED - MOMENT)
        assert await directory.leads() == OTTO
        directory.clock.advance(MOMENT)
        assert await directory.leads() is None
        directory.clock.advance(PAUSE)
        assert await directory.leads() is None
    assert "The last known members count until 2026-11-20 10:35:00+00:00." in caplog.messages[0]
    assert "Nobody counts as a member." in caplog.messages[-1]
    directory.slack.faults.clear()
    directory.clock.advance(PAUSE)
    assert await directory.leads() == OTTO


async def test_a_silent_slack_is_left_alone_for_a_while(directory: Directory):
    directory.slack.faults.set(Fault("server_error", times=PLENTY, methods=ASKING))
    assert await asyncio.gather(*(directory.leads() for _ in range(5))) == [None] * 5
    assert directory.asked == 1
    directory.clock.advance(PAUSE - MOMENT)
    assert await directory.leads() is None
    assert directory.asked == 1
    directory.clock.advance(MOMENT)
    assert await directory.leads() is None
    assert directory.asked == 2


async def test_slack_is_not_asked_before_it_wants_to_be(directory: Directory):
    directory.slack.faults.set(Fault("ratelimited", methods=ASKING, seconds=90))
    assert await directory.leads() is None
    directory.clock.advance(timedelta(seconds=89))
    assert await directory.leads() is None
    directory.clock.advance(MOMENT)
    assert await directory.leads() == OTTO


async def test_a_group_that_is_gone_has_no_members_at_once(directory: Directory):
    assert await directory.leads() == OTTO
    directory.slack.workspace.user_groups[LEADS].enabled = False
    directory.clock.advance(REMEMBERED)
    assert await directory.leads() == frozenset()


async def test_without_the_scope_nothing_is_known(
    directory: Directory, caplog: pytest.LogCaptureFixture
):
    (app,) = directory.slack.workspace.apps.values()
    app.scopes = frozenset({"users:read"})
    with caplog.at_level(logging.WARNING, "bot.slack.group_members"):
        assert await directory.leads() is None
    assert "missing_scope" in caplog.text


async def listed(playing: Playing, *groups: tuple[str, str | None, Role]) -> None:
    """Otto is in these listed groups, and no longer listed himself."""
    team = playing.stage.slack.workspace.team.id
    await playing.parts.store.people.remove(team, playing.stage.user_id("otto"))
    for group_id, organization, role in groups:
        group = UserGroup(
            team_id=team, group_id=group_id, name="Secret", organization=organization, role=role
        )
        await playing.parts.store.user_groups.put(group)


BUDGET = "/budget create Ours 100 usd monthly"


async def test_a_role_by_group_is_a_role_everywhere(play: Play):
    async with play() as playing:
        await listed(playing, (LEADS, "acme", Role.ORG_ADMIN))
        cost = await playing.stage.say("/cost today", "otto")
        budget = await playing.stage.say(BUDGET, "otto")
        stranger = await playing.stage.say("/cost today", "sam")
        user = await playing.stage.say(BUDGET, "ute")
    assert cost.ack["text"].startswith("$3.90")
    assert "Created" in budget.ack["text"]
    assert "I don't know you yet" in stranger.ack["text"]
    assert "Only an organization admin may create budgets" in user.ack["text"]


async def test_groups_of_two_organizations_are_told_plainly(play: Play):
    async with play() as playing:
        workspace = playing.stage.slack.workspace
        leads = workspace.user_groups[LEADS]
        (other,) = user_groups(SystemClock())
        other.id, other.users = "S0OTHERS1", list(leads.users)
        workspace.add_user_group(other)
        await listed(
            playing, (LEADS, "acme", Role.ORG_ADMIN), ("S0OTHERS1", "globex", Role.ORG_ADMIN)
        )
        told = (await playing.stage.say("/cost today", "otto")).ack["text"]
    assert "You are in user groups of several organizations" in told
    assert not [name for name in ("acme", "globex", "Secret", "3.90") if name in told]


async def test_while_slack_does_not_tell_a_person_learns_why_and_sees_nothing(play: Play):
    async with play() as playing:
        await listed(playing, (LEADS, "acme", Role.ORG_ADMIN))
        playing.stage.slack.faults.set(Fault("dropped", times=None, methods=ASKING))
        told = (await playing.stage.say("/cost today", "otto")).ack["text"]
        listed_herself = await playing.stage.say("/cost today", "ute")
    assert "Slack does not tell at the moment which user groups you are in" in told
    assert "3.90" not in told
    assert listed_herself.ack["text"].startswith("$3.90")


async def test_without_a_listed_group_slack_is_not_asked(play: Play):
    async with play() as playing:
        faults = playing.stage.slack.faults
        faults.set(Fault("dropped", times=PLENTY, methods=ASKING))
        for name in ("ada", "otto", "sam"):
            await playing.stage.say("/cost today", name)
        assert [fault.times for fault in faults.on] == [PLENTY]

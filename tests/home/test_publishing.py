"""When Home tabs are drawn and published: on change, once, no faster than Slack takes them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient

from analysis.roles import Role
from bot.assembly import Parts, assembled
from bot.assembly.home import home_handler_of
from bot.settings import Settings
from bot.slack.api import Json, SlackApi
from bot.slack.home_pace import Allowance
from bot.slack.home_publisher import BURST, EVERY, LOOKED, HomePublisher
from bot.slack.identity import Identities
from bot.stage import installed_app
from bot.supervisor import Supervisor
from playground.beginning import begin
from playground.clock import ManualClock
from playground.faults import Fault
from playground.model import User
from playground.server import running
from playground.slack import FakeSlack
from storage.records.actor import Actor
from storage.records.audit import AuditEntry
from storage.records.person import Person
from tests.facts import add, fill, request
from tests.slack.conftest import FACTS, NOW, at
from tests.stores import lay_store

TEAM = "T0PLAYGRND"
MINUTE = timedelta(minutes=1)


@dataclass
class Counting:
    """Slack, and when each tab was published."""

    api: SlackApi
    clock: Callable[[], datetime]
    published: list[tuple[datetime, str]] = field(default_factory=list[tuple[datetime, str]])

    async def views_publish(
        self, *, user_id: str, view: Mapping[str, object], hash: str | None = None
    ) -> Json:
        self.published.append((self.clock(), user_id))
        return await self.api.views_publish(user_id=user_id, view=view, hash=hash)

    def of(self, user_id: str) -> int:
        return sum(1 for _, user in self.published if user == user_id)


@dataclass
class Deployment:
    """A costbot whose people look at their tabs."""

    parts: Parts
    slack: FakeSlack
    api: Counting
    publisher: HomePublisher
    supervisor: Supervisor
    clock: ManualClock

    async def opens(self, user_id: str) -> None:
        """Somebody opens their tab."""
        app = next(iter(self.slack.workspace.apps.values()))
        is_empty = self.slack.workspace.home_of(user_id, app.id) is None
        await self.publisher.opened(TEAM, user_id, is_empty=is_empty)
        await self.supervisor.idle()

    def shown(self, user_id: str) -> str:
        """What stands in somebody's tab."""
        app = next(iter(self.slack.workspace.apps.values()))
        view = self.slack.workspace.home_of(user_id, app.id)
        return "" if view is None else str(view.payload)

    async def imports(self, cost: str) -> None:
        """A request comes in."""
        add(self.parts.mart, [request(at(20, 12), cost, model="gpt-4", organization="acme")])

    async def decides(self) -> None:
        """Somebody decides something."""
        actor = Actor(team_id=TEAM, user_id="U1", name="Otto")
        entry = AuditEntry(
            actor=actor, surface="cli", action="x.y", object_kind="x", object_id="1",
            organization="acme", before=None, after=None,
        )  # fmt: skip
        await self.parts.store.audit.add(entry)


Deploy = Callable[..., AbstractAsyncContextManager[Deployment]]


def user_of(number: int) -> str:
    return f"U{number:09d}"


@pytest.fixture
def deploy(tmp_path: Path) -> Deploy:
    @asynccontextmanager
    async def begun(people: int = 2) -> AsyncGenerator[Deployment]:
        clock = ManualClock(NOW)
        settings = Settings(
            home=tmp_path, default_organization="acme", default_role=Role.USER, stale_after_hours=99
        )
        lay_store(tmp_path)
        app = installed_app()
        users = [
            User(id=user_of(n), name=f"u{n}", real_name="U", email="u@x.example", tz="UTC")
            for n in range(people)
        ]
        workspace = begin(clock, users, app)
        async with assembled(settings, clock.now) as parts, running(workspace) as slack:
            fill(parts.mart, FACTS, NOW, settings.hourly_days)
            client = AsyncWebClient(
                token=app.bot_token, base_url=slack.api_url
            )  # waits for nothing
            api = Counting(cast("SlackApi", client), clock.now)
            supervisor = Supervisor()
            publisher = HomePublisher(
                home=home_handler_of(parts),
                views=parts.store.home_views,
                identities=Identities(parts.callers, clock.now),
                api=cast("SlackApi", api),
                clock=clock.now,
                supervisor=supervisor,
                pause=clock.advance,
            )
            yield Deployment(parts, slack, api, publisher, supervisor, clock)

    return begun


async def test_what_tells_nothing_new_is_not_published_again(deploy: Deploy) -> None:
    async with deploy() as one:
        user = user_of(0)
        await one.opens(user)
        for _ in range(5):
            await one.opens(user)
        assert one.api.of(user) == 1
        await one.decides()  # facts and decisions are others; what the tab tells is not
        assert await one.publisher.refresh() == 1
        await one.supervisor.idle()
        assert one.api.of(user) == 1
        assert await one.publisher.refresh() == 0


async def test_an_import_is_seen_by_those_who_looked_lately_and_by_others_later(
    deploy: Deploy,
) -> None:
    async with deploy() as one:
        early, late = user_of(0), user_of(1)
        await one.opens(early)
        await one.clock.advance((LOOKED + MINUTE).total_seconds())
        await one.opens(late)
        await one.imports("5")
        await one.publisher.refresh()
        await one.supervisor.idle()
        assert (one.api.of(early), one.api.of(late)) == (1, 2)
        await one.opens(early)
        assert one.api.of(early) == 2


async def test_who_sees_something_else_has_another_tab_within_the_hour(deploy: Deploy) -> None:
    async with deploy() as one:
        user = user_of(0)
        await one.opens(user)
        await one.publisher.refresh()
        role, zone = Role.USER, ZoneInfo("UTC")
        person = Person(
            team_id=TEAM, user_id=user, name="U", organization="globex", role=role, zone=zone
        )
        await one.parts.store.people.put(person)
        assert "acme" in one.shown(user)
        await one.clock.advance(3600)
        assert await one.publisher.refresh() == 1
        await one.supervisor.idle()
        assert "globex" in one.shown(user)
        assert "acme" not in one.shown(user)


async def test_a_tab_that_slack_has_lost_is_published_anew(deploy: Deploy) -> None:
    async with deploy() as one:
        await one.opens(user_of(0))
        one.slack.workspace.state.homes.clear()
        await one.opens(user_of(0))
        assert "$3.90" in one.shown(user_of(0))


async def test_a_tab_that_another_has_published_meanwhile_is_drawn_over_or_left(
    deploy: Deploy,
) -> None:
    async with deploy() as one:
        user = user_of(0)
        await one.opens(user)
        view = {"type": "home", "blocks": [{"type": "divider"}]}
        await one.api.api.views_publish(user_id=user, view=view)
        await one.imports("5")
        await one.opens(user)
        assert "$8.90" in one.shown(user)
        assert one.api.of(user) == 3  # the hash was another's, once


async def test_many_who_open_at_once_are_published_no_faster_than_slack_takes_them(
    deploy: Deploy,
) -> None:
    people = 110
    async with deploy(people) as one:
        for number in range(people):
            await one.publisher.opened(TEAM, user_of(number), is_empty=True)
            await one.publisher.opened(TEAM, user_of(number), is_empty=False)
        await one.supervisor.idle()
        published = one.api.published
    assert sorted(user for _, user in published) == [user_of(n) for n in range(people)]
    for begin_of, _ in published:
        within = [when for when, _ in published if begin_of <= when < begin_of + MINUTE]
        assert len(within) <= 100


async def test_what_slack_holds_back_is_published_when_it_says(deploy: Deploy) -> None:
    async with deploy() as one:
        held = Fault("ratelimited", times=3, methods=frozenset({"views.publish"}), seconds=40)
        one.slack.faults.set(held)
        await one.opens(user_of(0))
        assert "$3.90" in one.shown(user_of(0))
        assert one.clock.now() - NOW >= timedelta(seconds=120)


async def test_who_opens_again_and_again_is_drawn_now_and_then(deploy: Deploy) -> None:
    async with deploy() as one:
        user = user_of(0)
        for number in range(8):
            await one.imports(str(number + 1))
            await one.opens(user)
        seconds = (one.clock.now() - NOW).total_seconds()
    assert one.api.of(user) <= 4 + seconds / 10 + 1


@given(
    gaps=st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=120),
)
def test_no_minute_has_more_than_its_allowance(gaps: list[float]) -> None:
    one, now, taken = Allowance(BURST, EVERY), datetime(2026, 1, 1, tzinfo=UTC), list[datetime]()
    for gap in gaps:
        now += timedelta(seconds=gap)
        wait = one.wait(now)
        now += wait
        assert one.wait(now) <= timedelta(microseconds=1)
        one.take(now)
        taken.append(now)
    most = max(sum(1 for t in taken if begin <= t < begin + MINUTE) for begin in taken)
    assert most <= BURST + MINUTE / EVERY


def test_what_is_held_is_given_afterwards() -> None:
    one, now = Allowance(BURST, EVERY), datetime(2026, 1, 1, tzinfo=UTC)
    one.hold(now + MINUTE)
    one.hold(now)
    assert one.wait(now) == MINUTE
    assert one.wait(now + MINUTE) == timedelta()
    assert not one.is_full(now)
    assert one.is_full(now + MINUTE)

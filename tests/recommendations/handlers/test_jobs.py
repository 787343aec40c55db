"""The weekly summary: who is told, when, how often, and in which words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from analysis.recommendations.kept.states import Move
from analysis.recommendations.proposal import Kind
from analysis.roles import Role
from bot.recommendation_jobs import REST_AFTER_FAILURE, SETTLING, RecommendationJobs, summary_key
from handlers.callers import Callers, PersonDefaults
from handlers.group_leads import GroupLeads
from handlers.recommendations.requests import DecideRequest
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.mart.snapshot import Snapshot
from storage.records.delivery import Delivery
from storage.records.person import Person
from storage.records.user_group import UserGroup
from tests.recommendations.handlers.conftest import LEAD, UTC_ZONE, Desk
from tests.recommendations.proposals import proposal

MONDAY = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)

KIM = Person(
    team_id="T1",
    user_id="U2",
    name="Kim",
    organization="acme",
    role=Role.ORG_ADMIN,
    zone=UTC_ZONE,
)
ADA = replace(KIM, user_id="U1", name="Ada", organization=None, role=Role.ADMIN)
MAX = replace(KIM, user_id="U4", name="Max", role=Role.USER)
GONE = replace(KIM, user_id="U6", name="Gone", active=False)
SAM = replace(KIM, user_id="U5", name="Sam", organization="initech")


def jobs_of(desk: Desk, woken: list[bool] | None = None, **fields: object) -> RecommendationJobs:
    def wake() -> None:
        if woken is not None:
            woken.append(True)

    jobs = RecommendationJobs(desk.handlers, desk.store, desk.clock, desk.clock.now, wake=wake)
    return replace(jobs, **fields)  # pyright: ignore[reportArgumentType]


async def told(desk: Desk) -> dict[str, Delivery]:
    return {one.address: one for one in await desk.store.deliveries.newest()}


async def on_monday(desk: Desk) -> None:
    for person in (KIM, ADA, MAX, GONE, SAM):
        await desk.store.people.put(person)
    await desk.draw(
        proposal(saved="40"),
        proposal(saved="50", kind=Kind.CACHING),
        proposal("<!channel> & co", saved="30"),
        proposal(organization="globex", saved="10"),
    )
    desk.clock.now = MONDAY


async def test_leads_are_told_once_a_week_and_nobody_else_is(desk: Desk) -> None:
    await on_monday(desk)
    woken: list[bool] = []
    jobs = jobs_of(desk, woken)
    for _ in range(2):
        await jobs.tell()
        desk.clock.advance(timedelta(minutes=10))
    deliveries = await told(desk)
    assert {one.key for one in deliveries.values()} == {
        "recommendations.weekly|2026-W48|T1/U1",
        "recommendations.weekly|2026-W48|T1/U2",
    }, "not users, not the inactive, not those for whom there is nothing"
    assert woken == [True]
    desk.clock.now = MONDAY + timedelta(days=7)
    await jobs.tell()
    assert len(await desk.store.deliveries.newest()) == 4


async def test_the_summary_says_what_is_open_claimed_and_first_and_pings_nobody(
    desk: Desk,
) -> None:
    await on_monday(desk)
    desk.clock.now = MONDAY - timedelta(days=2)
    row = next(r for r in await desk.rows() if r.content.kind is Kind.CACHING)
    await desk.handlers.decide.decide(DecideRequest(str(row.id), Move.ACCEPT), LEAD)
    desk.clock.now = MONDAY
    await jobs_of(desk).tell()
    deliveries = await told(desk)
    kim = str(deliveries["U2"].payload)
    text = str(deliveries["U2"].payload["text"])
    assert text == (
        "Recommendations of acme · Open: 2, together $70.00 a month · "
        "Accepted: 1, $50.00 a month promised · "
        "Savings not seen yet for 1 recommendation"
    )
    assert (
        "1. Send short requests of gpt-4 to a smaller model: $40.00 a month ($20.00 to $80.00)"
        in kim
    )
    assert "&lt;!channel&gt; &amp; co" in kim
    assert "<!channel>" not in kim
    assert "globex" not in kim
    ada = str(deliveries["U1"].payload)
    assert "Recommendations of all organizations" in ada
    assert "for globex: $10.00 a month" in ada


async def test_it_can_be_switched_off(desk: Desk) -> None:
    await on_monday(desk)
    await jobs_of(desk, with_summary=False).tell()
    assert await told(desk) == {}


@pytest.mark.parametrize(
    ("zone", "at", "is_due"),
    [
        ("UTC", datetime(2026, 11, 23, 8, 59, tzinfo=UTC), False),
        ("UTC", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), True),
        ("UTC", datetime(2026, 11, 24, 8, 59, tzinfo=UTC), True),
        ("UTC", datetime(2026, 11, 24, 9, 0, tzinfo=UTC), False),
        ("Asia/Tokyo", datetime(2026, 11, 23, 0, 0, tzinfo=UTC), True),
        ("Asia/Tokyo", datetime(2026, 11, 22, 23, 59, tzinfo=UTC), False),
        ("America/Los_Angeles", datetime(2026, 11, 23, 16, 59, tzinfo=UTC), False),
        ("America/Los_Angeles", datetime(2026, 11, 23, 17, 0, tzinfo=UTC), True),
        ("Asia/Kathmandu", datetime(2026, 11, 23, 3, 15, tzinfo=UTC), True),
    ],
)
def test_monday_at_nine_is_where_the_person_is(zone: str, at: datetime, is_due: bool) -> None:
    person = replace(KIM, zone=ZoneInfo(zone))
    assert (summary_key(person, at) is not None) == is_due


def test_a_week_at_the_turn_of_the_year_has_one_key() -> None:
    at = datetime(2026, 12, 28, 10, tzinfo=UTC)
    assert summary_key(KIM, at) == "recommendations.weekly|2026-W53|T1/U2"


async def test_the_first_ones_ever_are_drawn_at_once(desk: Desk) -> None:
    desk.found.proposals = [proposal()]
    await jobs_of(desk).draw()
    assert (await desk.only()).drawn.evidence_last == date(2026, 11, 19)


async def test_later_ones_are_drawn_after_the_first_minute_and_once_a_day(desk: Desk) -> None:
    runs = desk.store.recommendation_runs
    run = await runs.begin("nightly|before", None, date(2026, 10, 20), date(2026, 11, 18))
    assert run is not None
    await runs.finish(run, {}, [])
    desk.found.proposals = [proposal()]
    jobs = jobs_of(desk)
    await jobs.draw()
    assert await desk.rows() == []
    desk.clock.advance(SETTLING)
    await jobs.draw()
    row = await desk.only()
    desk.clock.advance(timedelta(hours=1))
    await jobs.draw()
    assert await desk.only() == row
    assert row.drawn.evidence_last == date(2026, 11, 19)


async def test_what_failed_is_drawn_again_ten_minutes_later(desk: Desk) -> None:
    class Lost(Exception):
        """What nobody expects."""

    class Failing(Mart):
        def snapshot(self) -> Snapshot:
            raise Lost

    lost = Failing(desk.mart.folder, Dimensions(), desk.clock)
    desk.found.proposals = [proposal()]
    jobs = jobs_of(desk)
    generate = replace(desk.handlers.generate, mart=lost)
    failing = replace(jobs, handlers=replace(desk.handlers, generate=generate))
    with pytest.raises(Lost):
        await failing.draw()
    desk.clock.advance(REST_AFTER_FAILURE - timedelta(seconds=1))
    await failing.draw()
    await jobs.draw()
    assert await desk.rows() == []
    desk.clock.advance(timedelta(seconds=1))
    await jobs.draw()
    assert len(await desk.rows()) == 1


@dataclass(frozen=True)
class Groups:
    """Members as Slack would tell them; None: it does not tell."""

    of: dict[str, frozenset[str] | None]

    async def members(self, team_id: str, group_id: str) -> frozenset[str] | None:
        assert team_id == "T1"
        return self.of[group_id]

    async def domain(self, team_id: str, user_id: str) -> str | None:
        raise AssertionError("no domain is set")


def with_groups(desk: Desk, **members: str | None) -> GroupLeads:
    groups = Groups(
        {name: None if ids is None else frozenset(ids.split()) for name, ids in members.items()}
    )
    callers = Callers(desk.store, PersonDefaults(zone=UTC_ZONE), groups)
    return GroupLeads(callers, groups)


async def list_groups(desk: Desk) -> None:
    for group_id, role, organization in (
        ("SLEADS", Role.ORG_ADMIN, "acme"),
        ("SBOSSES", Role.ADMIN, None),
        ("SPEOPLE", Role.USER, "acme"),
        ("SOTHERS", Role.ORG_ADMIN, "globex"),
    ):
        group = UserGroup(
            team_id="T1", group_id=group_id, name=group_id, organization=organization, role=role
        )
        await desk.store.user_groups.put(group)


async def test_leads_by_a_user_group_are_told_too_each_once(desk: Desk) -> None:
    await on_monday(desk)
    await list_groups(desk)
    # U2 is listed as a lead, U6 is listed and switched off, U9 leads in two organizations.
    groups = with_groups(
        desk, SLEADS="U2 U6 U7 U8 U9", SBOSSES="U8", SPEOPLE="U10 U7", SOTHERS="U9"
    )
    jobs = jobs_of(desk, groups=groups)
    await jobs.tell()
    await jobs.tell()
    deliveries = await told(desk)
    assert sorted(one.address for one in await desk.store.deliveries.newest()) == [
        "U1",
        "U2",
        "U7",
        "U8",
    ]
    assert "Recommendations of acme" in str(deliveries["U7"].payload)
    assert "Recommendations of all organizations" in str(deliveries["U8"].payload)


async def test_a_group_that_slack_does_not_tell_of_is_told_when_it_does(desk: Desk) -> None:
    await on_monday(desk)
    await list_groups(desk)
    await jobs_of(desk, groups=with_groups(desk, SLEADS=None, SBOSSES="", SOTHERS="")).tell()
    assert "U7" not in await told(desk)
    groups = with_groups(desk, SLEADS="U7", SBOSSES="", SOTHERS="", SPEOPLE="")
    desk.clock.now = MONDAY - timedelta(hours=1)
    await jobs_of(desk, groups=with_groups(desk)).tell()
    desk.clock.now = MONDAY + timedelta(minutes=10)
    await jobs_of(desk, groups=groups).tell()
    assert "U7" in await told(desk)


async def test_ageing_is_logged(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    await desk.draw(proposal())
    desk.clock.advance(timedelta(days=40))
    await jobs_of(desk).age()
    assert "recommendations moved by time: 1 expired" in caplog.text

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from json import dumps, loads
from uuid import uuid4

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, Outdated
from analysis.incidents.levels import Level
from analysis.incidents.policy import Policy
from bot.incident_messages import IncidentMessages
from handlers.incidents.desk import IncidentDesk
from handlers.incidents.muting import MuteLength
from handlers.incidents.signal import Curve, Story, Target
from handlers.incidents.telling import as_story, story_of, to_begin_with
from storage import Store
from storage.records.incident import Incident
from storage.records.route import RouteDraft
from tests.incidents.conftest import ADA, BERLIN, GIL, OTTO, UTE, Plain, signal_of
from tests.stores import TestClock


async def opened(desk: IncidentDesk, **how: object) -> Incident:
    await desk.report([signal_of(Level.WARNING, **how)])  # pyright: ignore[reportArgumentType]
    return next(iter((await desk.open_subjects("anomaly")).values()))


async def test_trouble_is_told_once_however_often_it_is_found(
    desk: IncidentDesk, plain: Plain, store: Store
) -> None:
    for _ in range(3):
        await desk.report([signal_of(Level.WARNING)])
    assert plain.told == ["opened"]
    assert len(await store.deliveries.newest()) == 1


async def test_a_subject_that_is_well_leaves_no_trace(desk: IncidentDesk, store: Store) -> None:
    reported = await desk.report(
        [signal_of(Level.OK), signal_of(Level.UNKNOWN, subject="anomaly|x/cost")]
    )
    assert reported.told == ()
    assert await store.incidents.open(None) == []


async def test_it_closes_with_a_word_and_counts_what_its_days_came_to(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    await desk.report([signal_of(Level.WARNING, day=date(2026, 11, 18), usd=Decimal(100))])
    await desk.report([signal_of(Level.CRITICAL, day=date(2026, 11, 19), usd=Decimal(200))])
    # The same day looked at again is not another day.
    await desk.report([signal_of(Level.CRITICAL, day=date(2026, 11, 19), usd=Decimal(210))])
    clock.advance(timedelta(days=1))
    await desk.report([signal_of(Level.OK, day=date(2026, 11, 20), summary="It is back.")])
    assert plain.told == ["opened", "escalated", "recovered"]
    (over,) = await desk.recent(ADA, 7)
    assert over.usd_in_all == Decimal(310)
    assert over.closed_at == clock()
    assert over.last_word == "It is back."
    assert story_of(over).summary == "It is critical."


async def test_two_desks_that_find_the_same_tell_it_once(
    either_store: Store, clock: TestClock
) -> None:
    desks = [IncidentDesk(either_store, Plain(), clock) for _ in range(4)]
    found = [signal_of(Level.WARNING), signal_of(Level.CRITICAL, subject="anomaly|*/cost")]
    reported = await asyncio.gather(*(desk.report(found) for desk in desks))
    assert sum(len(one.told) for one in reported) == 2
    assert len(await either_store.deliveries.newest()) == 2
    assert len(await either_store.incidents.open(None)) == 2


async def test_of_two_desks_that_close_at_once_one_says_so(
    either_store: Store, clock: TestClock
) -> None:
    desks = [IncidentDesk(either_store, Plain(), clock) for _ in range(3)]
    await desks[0].report([signal_of(Level.WARNING)])
    reported = await asyncio.gather(*(desk.report([signal_of(Level.OK)]) for desk in desks))
    assert sum(len(one.told) for one in reported) == 1
    assert len(await either_store.deliveries.newest()) == 2


async def test_a_mute_holds_everything_back_until_it_ends(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    incident = await opened(desk)
    until = MuteLength.WEEK.until(clock(), ADA.zone)
    await desk.mute(incident.id, until, ADA)
    await desk.report([signal_of(Level.CRITICAL)])
    await desk.report([signal_of(Level.OK)])
    await desk.report([signal_of(Level.CRITICAL)])
    assert plain.told == ["opened"]
    await desk.end_mutes()
    assert plain.told == ["opened"]
    clock.advance(timedelta(days=7))
    await desk.end_mutes()
    assert plain.told == ["opened", "escalated"]
    assert (await desk.find(incident.id, ADA)).muted_until is None


async def test_what_is_over_when_the_mute_ends_is_told_to_be_over(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    incident = await opened(desk)
    await desk.mute(incident.id, clock() + timedelta(hours=2), ADA)
    await desk.report([signal_of(Level.OK)])
    assert (await desk.find(incident.id, ADA)).closed_at is None
    clock.advance(timedelta(hours=2))
    await desk.end_mutes()
    assert plain.told == ["opened", "recovered"]
    assert (await desk.find(incident.id, ADA)).closed_at == clock()


async def test_unmuting_tells_at_once_what_holds(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    incident = await opened(desk)
    await desk.mute(incident.id, clock() + timedelta(days=3), ADA)
    await desk.report([signal_of(Level.CRITICAL)])
    await desk.unmute(incident.id, ADA)
    assert plain.told == ["opened", "escalated"]


async def test_who_acknowledges_hears_of_critical_and_of_the_end_alone(
    desk: IncidentDesk, plain: Plain
) -> None:
    await desk.report([signal_of(Level.NOTICE)])
    (incident,) = await desk.open_incidents(ADA)
    assert (await desk.acknowledge(incident.id, ADA)).is_new
    assert not (await desk.acknowledge(incident.id, ADA)).is_new
    await desk.report([signal_of(Level.WARNING)])
    assert plain.told == ["opened"]
    await desk.report([signal_of(Level.CRITICAL)])
    assert plain.told == ["opened", "escalated"]
    assert (await desk.find(incident.id, ADA)).acknowledged_by is None


async def test_a_label_closes_and_is_taken_back(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    incident = await opened(desk)
    done = await desk.label(
        incident.id, "expected", ADA, close=True, note="You will not hear of it."
    )
    assert done.incident.closed_at == clock()
    assert done.incident.labelled_by == "T1/U_ADA"
    assert plain.tellings[-1].names == {"T1/U_ADA": "U_ADA"}
    clock.advance(timedelta(minutes=1))
    again = await desk.label(incident.id, None, ADA, close=False, note="")
    assert again.incident.closed_at is None
    assert again.incident.label is None


async def test_a_label_is_not_taken_back_over_a_newer_incident(
    either_store: Store, clock: TestClock
) -> None:
    desk = IncidentDesk(either_store, Plain(), clock, "slack")
    incident = await opened(desk)
    await desk.label(incident.id, "expected", ADA, close=True, note="")
    await desk.report([signal_of(Level.CRITICAL)])
    with pytest.raises(Outdated):
        await desk.label(incident.id, None, ADA, close=False, note="")


async def test_another_organizations_incident_is_not_there(desk: IncidentDesk) -> None:
    subject = "anomaly|=acme/cost"
    incident = await opened(desk, subject=subject, organization="acme")
    assert await desk.open_incidents(GIL) == []
    for attempt in (
        desk.find(incident.id, GIL),
        desk.acknowledge(incident.id, GIL),
        desk.label(incident.id, "real", GIL, close=False, note=""),
        desk.unmute(incident.id, GIL),
        desk.find(uuid4(), GIL),
    ):
        with pytest.raises(NotFound):
            await attempt
    assert [one.id for one in await desk.open_incidents(OTTO)] == [incident.id]
    assert [one.id for one in await desk.open_incidents(UTE)] == [incident.id]


async def test_what_concerns_all_organizations_together_is_the_admins(desk: IncidentDesk) -> None:
    incident = await opened(desk)
    with pytest.raises(NotFound):
        await desk.find(incident.id, OTTO)


async def test_an_incident_about_a_person_is_not_there_for_users(desk: IncidentDesk) -> None:
    incident = await opened(desk, subject="anomaly|=acme/user/u1/cost", organization="acme")
    assert await desk.open_incidents(UTE) == []
    assert [one.id for one in await desk.open_incidents(OTTO)] == [incident.id]


async def test_users_mute_nothing(desk: IncidentDesk, clock: TestClock) -> None:
    incident = await opened(desk, subject="anomaly|=acme/cost", organization="acme")
    with pytest.raises(NotAllowed, match="Only an organization admin may mute incidents"):
        await desk.mute(incident.id, clock() + timedelta(days=1), UTE)


async def test_a_mute_ends_in_the_future(desk: IncidentDesk, clock: TestClock) -> None:
    incident = await opened(desk)
    for until in (clock(), clock() + timedelta(days=400)):
        with pytest.raises(BadInput):
            await desk.mute(incident.id, until, ADA)


async def test_decisions_are_in_the_audit_trail(desk: IncidentDesk, store: Store) -> None:
    incident = await opened(desk)
    await desk.acknowledge(incident.id, ADA)
    (entry,) = await store.audit.of_object("incident", str(incident.id))
    assert entry.action == "incident.acknowledge"
    assert entry.before is not None
    assert entry.after is not None
    assert entry.before["acknowledged_by"] is None
    assert entry.after["acknowledged_by"] == "T1/U_ADA"


async def test_the_routes_decide_where_no_target_is_named(
    desk: IncidentDesk, store: Store, plain: Plain
) -> None:
    await store.routes.add(
        RouteDraft(organization=None, least="critical", targets=(("email", "cfo@example.com"),)),
        "T1/U_ADA",
    )
    await store.routes.add(
        RouteDraft(organization=None, product="api", targets=(("slack", "C9"),)), "T1/U_ADA"
    )
    await desk.report([signal_of(Level.WARNING, targets=(), product="api")])
    assert plain.tellings[-1].targets == (Target("slack", "C9"),)
    await desk.report([signal_of(Level.CRITICAL, targets=(), product="api")])
    assert plain.tellings[-1].targets == (
        Target("email", "cfo@example.com"),
        Target("slack", "C9"),
    )


async def test_without_a_route_it_is_kept_and_nothing_is_sent(
    desk: IncidentDesk, store: Store
) -> None:
    await desk.report([signal_of(Level.CRITICAL, targets=())])
    assert len(await desk.open_incidents(ADA)) == 1
    assert await store.deliveries.newest() == []


async def test_a_rule_that_is_gone_takes_its_incidents_along(
    desk: IncidentDesk, store: Store, plain: Plain
) -> None:
    rule_id = uuid4()
    found = replace(signal_of(Level.WARNING, subject=f"rule|{rule_id}|*/cost"), rule_id=rule_id)
    await desk.report([found])
    assert await desk.close_of_rule(rule_id, "The rule was deleted.") == 1
    assert await store.incidents.open(None) == []
    assert plain.told == ["opened"]


async def test_figures_that_move_are_brought_up_to_date_once_an_hour(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    for minute in range(0, 180, 15):
        await desk.report([signal_of(Level.WARNING, summary=f"{minute} so far.")])
        clock.advance(timedelta(minutes=15))
    assert len(plain.tellings) == 3
    assert plain.told == ["opened"]


async def test_a_reminder_comes_when_it_was_asked_for(
    desk: IncidentDesk, plain: Plain, clock: TestClock
) -> None:
    policy = Policy(remind_after=timedelta(days=1))
    for _ in range(5):
        await desk.report([signal_of(Level.WARNING, policy=policy)])
        clock.advance(timedelta(hours=12))
    assert plain.told == ["opened", "reminder", "reminder"]


def test_a_story_goes_through_json() -> None:
    story = Story(
        title="Cost",
        summary="It rose.",
        cause=("More requests.",),
        breakdown=("gpt-4o: $3",),
        facts={"usd": "3.00", "day": None},
        curve=Curve("Cost", date(2026, 11, 1), (1.0, None), (1.0, 1.0)),
    )
    incident = to_begin_with(signal_of(Level.WARNING), TestClock()())
    assert story_of(replace(incident, story=loads(dumps(as_story(story))))) == story


async def test_a_figure_that_is_none_is_kept_as_not_known(
    either_store: Store, clock: TestClock
) -> None:
    curve = Curve("Cost", date(2026, 11, 1), (1.0, float("nan")), (float("inf"), 1.0))
    story = Story(title="a\0b", summary="c\0d", facts={"z": float("-inf")}, curve=curve)
    desk = IncidentDesk(either_store, IncidentMessages(BERLIN), clock)
    found = signal_of(Level.WARNING)
    await desk.report([replace(found, story=story)])
    (incident,) = await desk.open_incidents(ADA)
    kept = story_of(incident)
    assert kept.curve is not None
    assert kept.curve.actual == (1.0, None)
    assert kept.facts == {"z": None}
    await desk.report([replace(found, level=Level.OK, story=story)])
    (over,) = await desk.recent(ADA)
    assert over.last_word == "c\N{REPLACEMENT CHARACTER}d"

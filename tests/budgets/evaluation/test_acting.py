"""What people do about alerts: acknowledge, mute, unmute; and who may."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import NotAllowed, NotFound, Outdated
from analysis.roles import Role
from bot.alerts import compose
from handlers.budget_watch.acting import AlertHandler, Mute, Which
from handlers.caller import Caller
from storage.records.person import Person
from tests.budgets.evaluation.world import START, World

FIRST = date(2026, 11, 1)


def caller(role: Role = Role.ORG_ADMIN, organization: str | None = "acme") -> Caller:
    return Caller("T1", "U1", "Ada", organization, role, ZoneInfo("UTC"))


@pytest.fixture
def alerts(world: World) -> AlertHandler:
    return AlertHandler(
        world.store, world.evaluator.standings, compose, world.clock, surface="slack"
    )


async def alerted(world: World) -> Which:
    """A budget of which a warning was told."""
    budget = await world.budget()
    world.spend("85")
    await world.evaluate()
    return Which(budget.id, FIRST)


async def test_an_acknowledged_alert_says_by_whom_and_keeps_its_audit_entry(
    world: World, alerts: AlertHandler
) -> None:
    person = Person(
        team_id="T1",
        user_id="U1",
        name="Ada",
        organization="acme",
        role=Role.ORG_ADMIN,
        zone=ZoneInfo("UTC"),
    )
    await world.store.people.put(person)
    which = await alerted(world)
    assert (await alerts.acknowledge(which, caller())).is_new
    root, change = await world.outbox()
    assert (change.payload["do"], change.payload["root"]) == ("update", root.key)
    assert "Seen by Ada, 2026-11-20 09:30 UTC" in str(change.payload)
    assert "alert_acknowledge" in str(root.payload)
    assert "alert_acknowledge" not in str(change.payload)
    (entry,) = await world.store.audit.of_object("budget", str(which.budget_id))
    assert (entry.action, entry.actor.name) == ("alert.acknowledge", "Ada")
    assert not (await alerts.acknowledge(which, caller())).is_new
    assert len(await world.outbox()) == 2
    world.spend("11")
    await world.evaluate()
    assert "Seen by" not in str((await world.outbox())[-1].payload)


@pytest.mark.parametrize(
    ("mute", "ends"),
    [
        (Mute.DAY, START + timedelta(days=1)),
        (Mute.WEEK, START + timedelta(days=7)),
        (Mute.PERIOD, datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
async def test_a_muted_budget_is_silent_to_the_end_and_tells_then_what_holds(
    world: World, alerts: AlertHandler, mute: Mute, ends: datetime
) -> None:
    which = await alerted(world)
    done = await alerts.mute(which, mute, caller())
    assert done.state.muted_until == ends
    world.spend("20")
    assert (await world.evaluate()).alerts == 0
    world.clock.now = ends - timedelta(seconds=1)
    assert (await world.evaluate()).alerts == 0
    world.clock.now = ends
    await world.evaluate()
    told = await world.told()
    if mute is Mute.PERIOD:
        assert len(told) == 1  # of the month that is over
    else:
        assert "has exceeded its limit: 105.0 %" in told[-1]


async def test_a_mute_outlives_the_period_in_which_it_began(
    world: World, alerts: AlertHandler
) -> None:
    which = await alerted(world)
    world.clock.now = datetime(2026, 11, 28, tzinfo=UTC)
    await alerts.mute(which, Mute.WEEK, caller())
    world.clock.now = datetime(2026, 12, 2, tzinfo=UTC)
    world.spend("90")
    assert (await world.evaluate()).alerts == 0
    world.clock.now = datetime(2026, 12, 5, tzinfo=UTC)
    assert (await world.evaluate()).alerts == 1


async def test_what_is_unmuted_in_another_process_is_told_at_the_next_look(
    world: World, alerts: AlertHandler
) -> None:
    which = await alerted(world)
    await alerts.mute(which, Mute.WEEK, caller())
    world.spend("20")
    await world.evaluate()
    await alerts.unmute(which, caller())
    assert (await world.evaluate()).alerts == 1


async def test_who_may_not_see_the_budget_finds_no_alert(
    world: World, alerts: AlertHandler
) -> None:
    which = await alerted(world)
    await alerts.acknowledge(which, caller(Role.USER))
    with pytest.raises(NotAllowed):
        await alerts.mute(which, Mute.DAY, caller(Role.USER))
    for foreign in (
        alerts.acknowledge(which, caller(organization="globex")),
        alerts.mute(which, Mute.DAY, caller(organization="globex")),
        alerts.unmute(which, caller(organization="globex")),
        alerts.acknowledge(Which(uuid4(), FIRST), caller()),
    ):
        with pytest.raises(NotFound, match="There is no such alert"):
            await foreign


async def test_an_alert_of_a_period_that_is_over_is_not_acted_on(
    world: World, alerts: AlertHandler
) -> None:
    which = await alerted(world)
    world.clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    with pytest.raises(Outdated, match="The period of this alert is over"):
        await alerts.acknowledge(which, caller())


async def test_of_two_who_act_at_once_both_are_answered_and_one_is_kept(
    world: World, alerts: AlertHandler
) -> None:
    which = await alerted(world)
    done = await asyncio.gather(
        *(alerts.acknowledge(which, caller()) for _ in range(4)), return_exceptions=True
    )
    assert sum(not isinstance(one, BaseException) and one.is_new for one in done) == 1
    assert len(await world.store.audit.of_object("budget", str(which.budget_id))) == 1
    assert len(await world.outbox()) == 2

"""Alerts of budgets, from facts in the mart to rows of the outbox."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import Unavailable
from handlers.budget_watch.alert import Alert, Composed
from storage.records.raise_ import RaiseDraft
from tests.budgets.evaluation.world import DRAFT, START, World, fact

HOUR = timedelta(hours=1)


async def test_a_level_that_is_reached_is_told_once(world: World) -> None:
    budget = await world.budget()
    world.spend("79.99")
    assert (await world.evaluate()).alerts == 0
    world.spend("0.01")
    report = await world.evaluate()
    assert (report.alerts, report.deliveries, report.looked_at) == (1, 1, 1)
    (message,) = await world.outbox()
    assert message.key == f"budget.alert|{budget.id}|2026-11-01|1|slack:C1"
    text = str(message.payload["text"])
    assert text.startswith(
        "Budget Prod LLM (acme) has reached its warning mark: 80.0 % is spent. $80.00 of $100.00"
    )
    assert text.endswith("Nothing is blocked: this budget tells, and denies nothing.")
    for _ in range(3):
        world.clock.advance(2 * HOUR)
        assert (await world.evaluate()).deliveries == 0
    world.spend("1")
    assert (await world.evaluate()).deliveries == 0


async def test_an_escalation_is_told_below_the_root_and_in_the_channel_and_changes_the_root(
    world: World,
) -> None:
    await world.budget()
    world.spend("81")
    await world.evaluate()
    world.spend("15")
    await world.evaluate()  # within the hour
    root, reply, change = await world.outbox()
    assert reply.payload["do"] == "reply"
    assert reply.payload["root"] == change.payload["root"] == root.key
    assert reply.payload["broadcast"] is True
    assert change.payload["do"] == "update"
    assert "has reached its critical mark: 96.0 % is spent" in str(change.payload["text"])


async def test_all_levels_at_once_are_one_alert(world: World) -> None:
    await world.budget()
    world.spend("120")
    await world.evaluate()
    (text,) = await world.told()
    assert "has exceeded its limit: 120.0 % is spent" in text


async def test_exactly_the_limit_is_called_reached(world: World) -> None:
    await world.budget()
    world.spend("100")
    await world.evaluate()
    (text,) = await world.told()
    assert "has reached its limit: 100.0 % is spent" in text


async def test_a_correction_recovers_and_arms_the_level_again(world: World) -> None:
    await world.budget()
    world.spend("96")
    await world.evaluate()
    world.spend("-20")
    await world.evaluate()
    assert "is below its marks again: 76.0 % is spent" in (await world.told())[-1]
    world.spend("6")
    await world.evaluate()
    assert "has reached its warning mark" in (await world.told())[-1]
    assert len(await world.told()) == 3


async def test_a_level_crossed_again_within_the_hour_is_told_when_the_hour_is_over(
    world: World,
) -> None:
    await world.budget()
    world.spend("81")
    await world.evaluate()
    world.spend("-10")
    await world.evaluate()
    world.spend("10")
    await world.evaluate()
    assert len(await world.told()) == 2
    world.clock.advance(HOUR)
    await world.evaluate()  # nothing was imported since: it is looked at because it was time
    assert len(await world.told()) == 3


async def test_a_new_period_begins_at_midnight_of_the_budgets_zone(world: World) -> None:
    await world.budget(zone=ZoneInfo("Pacific/Kiritimati"))  # 14 hours ahead
    world.spend("81")
    await world.evaluate()
    world.clock.now = datetime(2026, 11, 30, 9, 30, tzinfo=UTC)
    world.spend("85", time=datetime(2026, 11, 30, 9, tzinfo=UTC))
    await world.evaluate()
    assert "has exceeded its limit: 166.0 %" in (await world.told())[-1]
    world.clock.now = datetime(2026, 11, 30, 10, 30, tzinfo=UTC)
    world.spend("90")
    await world.evaluate()
    last = (await world.outbox())[-1]
    assert "|2026-12-01|1|" in last.key
    assert "has reached its warning mark: 90.0 %" in str(last.payload["text"])


async def test_the_last_costs_of_a_month_are_told_of_when_they_come_after_its_end(
    world: World,
) -> None:
    await world.budget()
    world.clock.now = datetime(2026, 11, 30, 23, tzinfo=UTC)
    world.spend("90")
    await world.evaluate()
    world.clock.now = datetime(2026, 12, 1, 6, tzinfo=UTC)
    world.spend("20", time=datetime(2026, 11, 30, 23, 30, tzinfo=UTC))
    await world.evaluate()
    assert "has exceeded its limit: 110.0 %" in (await world.told())[-1]
    assert "in 2026-11-01 to 2026-11-30" in (await world.told())[-1]
    assert "Nothing is blocked" in (await world.told())[-1]
    world.spend("81")
    await world.evaluate()
    assert "in 2026-12-01 to 2026-12-31" in (await world.told())[-1]
    assert len(await world.told()) == 3
    another, spending = world.another()
    assert (await another.evaluate()).alerts == 0
    await spending.close()
    world.clock.now = datetime(2026, 12, 4, 6, tzinfo=UTC)
    await world.evaluate()
    assert world.evaluator.keeper.watch.all[0].closing is None
    assert (await world.evaluate()).alerts == 0


async def test_a_changed_limit_arms_every_level_again(world: World) -> None:
    budget = await world.budget()
    world.spend("81")
    await world.evaluate()
    await world.store.budgets.change(budget.id, 1, replace(DRAFT, limit=Decimal(101)))
    await world.evaluate()
    assert len(await world.told()) == 2
    await world.store.budgets.change(budget.id, 2, replace(DRAFT, limit=Decimal(1000)))
    await world.evaluate()
    assert "is below its marks again: 8.1 %" in (await world.told())[-1]


async def test_an_approved_raise_counts_for_its_days(world: World) -> None:
    budget = await world.budget()
    world.spend("96")
    today = START.date()
    asked = await world.store.raises.ask(
        RaiseDraft(
            budget_id=budget.id,
            amount=Decimal(50),
            reason="a launch",
            asked_by="T1/U2",
            first_day=today,
            last_day=today,
        )
    )
    await world.evaluate()
    assert "has reached its critical mark" in (await world.told())[-1]
    await world.store.raises.decide(asked.id, "approved", "T1/U1")
    await world.evaluate()
    assert "is below its marks again: 64.0 %" in (await world.told())[-1]
    world.clock.advance(timedelta(days=1))
    await world.evaluate()
    assert "has reached its critical mark: 96.0 %" in (await world.told())[-1]


async def test_what_was_left_is_carried_and_a_restated_month_carries_less(world: World) -> None:
    await world.budget(start=date(2026, 10, 12), rollover=Decimal(30))
    world.spend("85", time=datetime(2026, 10, 20, tzinfo=UTC))
    world.spend("91")
    await world.evaluate()  # 91 of 100 + 15
    assert await world.told() == []
    world.spend("10", time=datetime(2026, 10, 21, tzinfo=UTC))
    await world.evaluate()  # 91 of 100 + 5
    (text,) = await world.told()
    assert "$91.00 of $105.00" in text


@pytest.mark.parametrize(
    "silent",
    [
        {"alerts_enabled": False},
        {"paused": True},
        {"paused": True, "paused_until": START + HOUR},
        {"start": date(2026, 12, 1)},
        {"slack_channels": ()},
        {"scope": {"model": ("claude",)}},
        {"scope": {"no_such_dimension": ("x",)}},
        {"organization": "initech"},
    ],
)
async def test_nothing_is_told_of_a_budget_that(world: World, silent: dict[str, object]) -> None:
    await world.budget(**silent)
    world.spend("500")
    assert (await world.evaluate()).deliveries == 0


async def test_a_pause_that_is_over_is_noticed_by_itself(world: World) -> None:
    await world.budget(paused=True, paused_until=START + HOUR)
    world.spend("85")
    await world.evaluate()
    world.clock.advance(HOUR)
    assert (await world.evaluate()).deliveries == 1


async def test_a_deleted_budget_is_told_of_no_more_and_a_restored_one_is(world: World) -> None:
    budget = await world.budget()
    world.spend("10")
    await world.evaluate()
    await world.store.budgets.delete(budget.id, 1)
    world.spend("80")
    assert (await world.evaluate()).budgets == 0
    await world.store.budgets.restore(budget.id, 2)
    assert (await world.evaluate()).deliveries == 1


async def test_a_budget_that_has_ended_hears_of_costs_that_come_late(world: World) -> None:
    await world.budget(kind="custom", end=date(2026, 11, 19))
    assert (await world.evaluate()).deliveries == 0
    world.spend("85", time=START - timedelta(days=1))
    assert (await world.evaluate()).deliveries == 1
    world.clock.advance(timedelta(days=4))
    world.spend("20", time=START - timedelta(days=1))
    assert (await world.evaluate()).deliveries == 0


async def test_the_deployments_own_budget_counts_everybody(world: World) -> None:
    await world.budget(organization=None, limit=Decimal(120))
    world.spend("80")
    await world.evaluate()
    (text,) = await world.told()
    assert "(all organizations)" in text
    assert "$100.00 of $120.00" in text  # 20 days of globex


async def test_two_processes_that_find_the_same_tell_it_once(shared: World) -> None:
    for number in range(30):
        await shared.budget(name=f"Budget {number}", limit=Decimal(100 + number))
    shared.spend("128")
    another, spending = shared.another()
    reports = await asyncio.gather(shared.evaluate(), another.evaluate())
    again = await asyncio.gather(shared.evaluate(), another.evaluate())
    await spending.close()
    assert sum(report.deliveries for report in (*reports, *again)) == 30
    assert len(await shared.told()) == 30


async def test_a_process_that_ends_before_it_has_written_has_told_nothing(shared: World) -> None:
    await shared.budget()
    shared.spend("85")

    def out_of_order(_: Alert) -> Composed:
        raise Unavailable("Gone.")

    broken, spending = shared.another(out_of_order)
    with pytest.raises(Unavailable):
        await broken.evaluate()
    await spending.close()
    assert await shared.outbox() == []
    broken.compose = shared.evaluator.compose
    assert (await shared.evaluate()).deliveries == 1


async def test_what_failed_is_found_again_by_the_next_evaluation(world: World) -> None:
    await world.budget()
    world.spend("85")
    compose, failures = world.evaluator.compose, 1

    def fails_once(alert: Alert) -> Composed:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise Unavailable("Gone for a moment.")
        return compose(alert)

    world.evaluator.compose = fails_once
    with pytest.raises(Unavailable):
        await world.evaluate()
    assert (await world.evaluate()).deliveries == 1


async def test_one_budget_that_cannot_be_told_of_keeps_no_other_silent(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    bad = await world.budget(name="Bad")
    await world.budget(name="Good")
    world.spend("85")
    compose = world.evaluator.compose

    def fails_for_one(alert: Alert) -> Composed:
        if alert.budget.id == bad.id:
            message = "a bug"
            raise RuntimeError(message)
        return compose(alert)

    world.evaluator.compose = fails_for_one
    assert (await world.evaluate()).deliveries == 1
    assert f"budget {bad.id} could not be told of" in caplog.text
    world.evaluator.compose = compose
    assert (await world.evaluate()).deliveries == 1


async def test_a_process_that_starts_anew_tells_nothing_again(shared: World) -> None:
    await shared.budget()
    shared.spend("85")
    await shared.evaluate()
    another, spending = shared.another()
    assert (await another.evaluate()).deliveries == 0
    shared.spend("11")
    assert (await another.evaluate()).alerts == 1
    await spending.close()


async def test_the_forecast_is_told_from_its_mark_on_and_recovers(world: World) -> None:
    await world.budget(start=date(2026, 10, 1), forecast=Decimal("1.10"), limit=Decimal(200))
    days = [START.replace(hour=23) - timedelta(days=back) for back in range(1, 40)]
    world.import_facts([fact(day, "5") for day in days])  # 95 in November so far, 150 at its end
    await world.evaluate()
    assert await world.told() == []
    world.import_facts([fact(day, "3") for day in days[:28]])  # 152 so far, 240 at its end
    await world.evaluate()
    (text,) = await world.told()
    assert text.startswith("Budget Prod LLM (acme) is expected to end at 120.0 % of its limit")
    world.import_facts([fact(day, "-3") for day in days[:28]])
    await world.evaluate()
    assert "expected to stay within its mark again" in (await world.told())[-1]


async def test_everybody_named_is_told_in_their_way(world: World) -> None:
    await world.budget(
        emails=("a@example.com",), slack_users=("U7",), webhooks=("ops",), is_hard=True
    )
    world.spend("101")
    await world.evaluate()
    found = {(one.channel, one.address): one.payload for one in await world.outbox()}
    assert set(found) == {
        ("slack", "C1"),
        ("slack", "U7"),
        ("email", "a@example.com"),
        ("webhook", "ops"),
    }
    email = found["email", "a@example.com"]
    assert email["subject"] == "Budget Prod LLM (acme) has exceeded its limit: 101.0 % is spent"
    assert "Requests are denied where a gateway asks: this budget is hard." in str(email["text"])
    assert "You will not hear of this level again in this period." in str(email["text"])
    event = found["webhook", "ops"]
    assert event["event"] == "budget.exceeded"


async def test_an_alert_says_what_drives_it_where_that_can_be_said(world: World) -> None:
    await world.budget()
    for back in range(8, 14):
        world.spend("1", time=START - timedelta(days=back))
    for back in range(1, 7):
        world.spend("13", model="gpt-4-turbo", time=START - timedelta(days=back))
    await world.evaluate()
    (message,) = await world.outbox()
    assert "What drives it" in str(message.payload["blocks"])
    assert "gpt-4-turbo" in str(message.payload["blocks"])


async def test_names_from_data_ping_nobody(world: World) -> None:
    await world.budget(name="<!channel> & co", organization="<!here>")
    world.spend("85", organization="<!here>", model="<!everyone>")
    await world.evaluate()
    (message,) = await world.outbox()
    assert "<!" not in str(message.payload)
    assert "&lt;!channel&gt; &amp; co" in str(message.payload["text"])

"""One look at all rules: what the desk is told, and what it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from analysis.alert_rules.terms import Direction, Kind, Terms, Unit
from handlers.incidents.telling import story_of
from queries.dimensions import Source
from tests.alert_rules.conftest import NOW, SPIKE, World

D = Decimal

LIMIT = Terms(kind=Kind.ABSOLUTE, unit=Unit.USD, warning=D(200))
WHOLE = replace(SPIKE, each=None, filters={"model": ("tiny",)})
FRESH = Terms(kind=Kind.FRESHNESS, unit=Unit.HOURS, warning=D(6))


async def test_a_spike_of_one_model_opens_one_incident_with_its_story(world: World):
    await world.rule()
    world.spend("180", model="gpt-4")
    report = await world.evaluator.look()
    opened = await world.open()
    assert (report.rules, report.in_trouble, list(opened)) == (1, 1, ["gpt-4"])
    incident = opened["gpt-4"]
    assert (incident.level, incident.day, incident.usd) == ("critical", date(2026, 11, 19), D(180))
    story = story_of(incident)
    assert story.summary == (
        "Cost of model gpt-4 was $300.00 on Thu 2026-11-19, 150.0 % above the average of the 7 "
        "days before ($120.00); critical above 60 %."
    )
    assert story.cause[0].startswith("Against Thu 2026-11-12: ")
    assert story.ask == "why 2026-11-19 vs 2026-11-12 model gpt-4"
    assert story.curve is not None
    assert (len(story.curve.actual), story.curve.actual[-1]) == (30, 300.0)
    assert story.curve.expected[-1] == 156.0


async def test_it_is_told_to_the_targets_of_the_rule_once(world: World):
    await world.rule()
    world.spend("180")
    await world.evaluator.look()
    told = await world.told()
    await world.evaluator.look()
    assert len(told) == 1
    assert "gpt-4" in told[0]
    assert await world.told() == told


async def test_it_is_over_when_the_figure_is_back(world: World):
    await world.rule()
    world.spend("180")
    await world.evaluator.look()
    world.clock.advance(timedelta(days=1))
    for model, cost in (("gpt-4", "120"), ("gpt-4o-mini", "10"), ("tiny", "1")):
        world.spend(cost, time=world.clock.now, model=model)
    world.spend("1", time=world.clock.now, source=Source.GPU, model="ltxv")
    await world.evaluator.look()
    assert await world.open() == {}


async def test_what_is_ok_and_in_no_incident_is_not_handed_on(world: World):
    await world.rule()
    report = await world.evaluator.look()
    assert (report.series, report.signals) == (4, 0)


async def test_what_moved_the_other_way_is_no_cause(world: World):
    for days_ago in (2, 8):
        world.spend("500", days_ago=days_ago)
    above = Terms(kind=Kind.ABSOLUTE, unit=Unit.USD, warning=D(100))
    await world.rule(each=None, filters={"model": ("gpt-4",)}, terms=above)
    await world.evaluator.look()
    story = story_of((await world.open())["*"])
    assert (story.cause, story.breakdown) == ((), ())
    assert story.advice == "Look at what drives it, then decide whether it is meant to be so."


async def test_stale_data_is_no_data_and_never_ok(world: World):
    await world.rule()
    world.spend("180")
    await world.evaluator.look()
    world.clock.advance(timedelta(days=3))
    report = await world.evaluator.look()
    assert report.in_trouble == 0
    assert report.no_data > 0
    opened = await world.open()
    assert opened["gpt-4"].level == "no data"
    assert "gone stale" in opened["gpt-4"].last_word


async def test_a_source_that_does_not_concern_a_rule_does_not_silence_it(world: World):
    await world.rule(each=None, filters={"model": ("gpt-4",)}, terms=LIMIT)
    world.clock.advance(timedelta(days=3))
    for ago in (0, 1, 2):
        world.spend("300", time=world.clock.now - timedelta(days=ago))
    await world.evaluator.look()
    assert (await world.open())["*"].level == "warning"


async def test_the_day_that_is_on_is_judged_only_where_that_is_asked(world: World):
    await world.rule(name="day", each=None, terms=LIMIT)
    today = Terms(kind=Kind.ABSOLUTE, unit=Unit.USD, warning=D(200), is_today=True)
    rule = await world.rule(name="today", each=None, terms=today)
    world.spend("90", days_ago=0)
    await world.evaluator.look()
    opened = await world.store.incidents.open_of_kind("rule")
    assert [one.rule_id for one in opened] == [rule.id]
    assert "so far today (2026-11-20)" in await world.summary("*")


async def test_a_rule_of_an_organization_counts_its_customers_cost_alone(world: World):
    at_105 = Terms(kind=Kind.ABSOLUTE, unit=Unit.USD, warning=D(115))
    await world.rule(each=None, filters={}, terms=at_105, organization="acme")
    world.spend("50", organization="globex")
    world.spend("50", is_internal=True)
    assert (await world.evaluator.look()).in_trouble == 0
    world.spend("6")
    await world.evaluator.look()
    incident = (await world.open())["*"]
    assert (incident.organization, incident.about_organization) == ("acme", "acme")
    assert story_of(incident).ask == "why 2026-11-19 vs 2026-11-12 organization acme"


async def test_freshness_is_looked_at_source_by_source(world: World):
    await world.rule(each=None, terms=FRESH)
    world.clock.advance(timedelta(hours=5))
    world.spend("1", time=world.clock.now)
    world.clock.advance(timedelta(hours=2))
    await world.evaluator.look()
    assert list(await world.open()) == ["gpu"]
    assert await world.summary("gpu") == (
        "The newest fact of source gpu is 8 hours old; warning above 6 hours."
    )


async def test_utilization_and_failures_and_unpriced_requests_are_watched(world: World):
    await world.rule(
        name="busy",
        each=None,
        terms=Terms(
            kind=Kind.UTILIZATION, unit=Unit.SHARE, direction=Direction.BELOW, warning=D("0.6")
        ),
    )
    failing = Terms(kind=Kind.FAILURE_COST, unit=Unit.USD, warning=D(5))
    await world.rule(name="failing", each="product", terms=failing)
    unpriced = Terms(kind=Kind.UNPRICED, unit=Unit.REQUESTS, warning=D(3))
    await world.rule(name="unpriced", each="organization", terms=unpriced)
    world.spend("8", failed_requests=1, result="timeout", error_type="infrastructure")
    world.spend(None, requests=4, model="aurora", provider=None)
    await world.evaluator.look()
    stories = {name: story_of(one) for name, one in (await world.open()).items()}
    assert stories["*"].summary.startswith("GPU utilization was 50 % on Thu 2026-11-19")
    assert "idle capacity" in stories["*"].cause[0]
    assert stories["llm"].summary.startswith("Cost of failed requests of product llm was $8.00")
    assert "timeout, infrastructure" in stories["llm"].cause[0]
    assert stories["acme"].summary.startswith("Unpriced requests of organization acme were 4")
    assert stories["acme"].breakdown == ("aurora: 4 requests",)


async def test_a_dimension_that_is_gone_is_told_to_its_owner_once_and_others_go_on(world: World):
    gone = await world.rule(name="old", filters={"squad": ("red",)})
    await world.rule()
    world.spend("180")
    reports = [await world.evaluator.look() for _ in range(2)]
    assert [(one.rules, one.faults, one.in_trouble) for one in reports] == [(1, 1, 1)] * 2
    told = await world.told("alert_rule.fault")
    assert len(told) == 1
    assert "no dimension squad" in told[0]
    kept = await world.store.alert_rules.find(gone.id)
    assert kept is not None
    assert kept.fault == "This deployment has no dimension squad any more."


async def test_a_paused_rule_is_not_looked_at_until_its_pause_is_over(world: World):
    until = NOW + timedelta(hours=1)
    await world.rule(paused=True, paused_until=until)
    world.spend("180")
    assert (await world.evaluator.look()).rules == 0
    world.clock.now = until
    assert (await world.evaluator.look()).in_trouble == 1


async def test_what_a_deleted_rule_has_found_is_closed(world: World):
    rule = await world.rule()
    world.spend("180")
    await world.evaluator.look()
    await world.store.alert_rules.delete(rule.id, rule.version)
    await world.evaluator.look()
    assert await world.open() == {}


async def test_what_a_changed_rule_does_not_watch_any_more_is_over(world: World):
    rule = await world.rule()
    world.spend("180")
    await world.evaluator.look()
    await world.store.alert_rules.change(rule.id, rule.version, WHOLE)
    await world.evaluator.look()
    assert "gpt-4" not in await world.open()


async def test_rules_that_are_divided_alike_share_their_questions(world: World):
    await world.rule()
    await world.evaluator.look()
    one = len(world.queries)
    for number in range(30):
        filters = {"organization": ("acme", "globex")[: 1 + number % 2]}
        await world.rule(name=f"rule {number}", each="model", filters=filters)
    world.queries.clear()
    await world.evaluator.look()
    assert len(world.queries) <= one + 2

"""Rules are created, changed and looked at within the reach of who asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from analysis.alert_rules.terms import Baseline, Kind, Unit
from analysis.errors import BadInput, NotAllowed, NotFound, Outdated, Unfit
from analysis.incidents.levels import Level
from analysis.roles import Role
from handlers.alert_rules.form import RuleForm
from handlers.alert_rules.requests import (
    CreateRequest,
    DeleteRequest,
    EditRequest,
    ListRequest,
    PauseRequest,
    Which,
)
from handlers.alert_rules.scope import MOST_MEMBERS
from handlers.caller import Caller
from tests.alert_rules.conftest import SPIKE, World

UTC = ZoneInfo("UTC")
ADA = Caller("T1", "U0ADA", "Ada", None, Role.ADMIN, UTC)
OTTO = Caller("T1", "U0OTTO", "Otto", "acme", Role.ORG_ADMIN, ZoneInfo("Europe/Berlin"))
UTE = Caller("T1", "U0UTE", "Ute", "acme", Role.USER, UTC)
GIL = Caller("T1", "U0GIL", "Gil", "globex", Role.ORG_ADMIN, UTC)

FORM = RuleForm(name="spike", what="cost", direction="above", warning="30%", each="model")


async def test_a_preview_says_on_which_days_it_would_have_fired_and_keeps_nothing(world: World):
    world.spend("180", days_ago=3)
    found = (await world.rules.create.preview(CreateRequest(FORM), ADA)).outlook
    assert found.days_fired == (date(2026, 11, 17),)
    assert found.incidents == 1
    first = found.series[0]
    assert (first.member, first.fired[0].level) == ("gpt-4", Level.WARNING)
    assert first.now.level is Level.OK
    assert await world.store.alert_rules.count() == 0


async def test_what_is_left_open_has_its_usual_values(world: World):
    created = await world.rules.create.create(CreateRequest(FORM), OTTO)
    rule, terms = created.rule, created.rule.terms
    assert (terms.kind, terms.unit, terms.baseline) == (
        Kind.RELATIVE,
        Unit.SHARE,
        Baseline.WEEK_BEFORE,
    )
    assert (terms.warning, terms.floor, terms.margin) == (Decimal("0.3"), 10, Decimal("0.1"))
    assert (rule.organization, rule.zone.key) == ("acme", "Europe/Berlin")


async def test_a_rule_without_a_name_is_called_what_it_watches(world: World):
    form = RuleForm(what="cost", warning="$500", filters={"model": ("gpt-4",)})
    created = await world.rules.create.create(CreateRequest(form), ADA)
    assert created.rule.name == "cost a day above $500.00 of model gpt-4"


async def test_a_request_that_arrives_twice_creates_one_rule(world: World):
    request = CreateRequest(FORM, uuid4())
    first = await world.rules.create.create(request, ADA)
    second = await world.rules.create.create(request, ADA)
    assert (first.is_new, second.is_new, second.rule.id) == (True, False, first.rule.id)


async def test_all_that_is_wrong_with_a_form_is_told_at_once(world: World):
    form = RuleForm(
        what="cost",
        warning="30%",
        critical="$5",
        remind="soon",
        zone="Mars",
        filters={"model": ("gpt4",)},
        slack_channels=("#api-team",),
    )
    with pytest.raises(Unfit) as refused:
        await world.rules.create.preview(CreateRequest(form), ADA)
    assert set(refused.value.faults) == {
        "critical",
        "remind",
        "zone",
        "filters",
        "slack_channels",
    }
    assert "Did you mean" in refused.value.faults["filters"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (RuleForm(what="cost"), "warning"),
        (RuleForm(warning="5"), "what"),
        (RuleForm(what="freshness", warning="6h", each="model"), "each"),
        (RuleForm(what="cost", warning="30%", today=True), "warning"),
        (RuleForm(what="unpriced", warning="5", least="$5"), "least"),
        (RuleForm(what="requests", warning="5", filters={"category": ("idle",)}), "filters"),
    ],
    ids=["no threshold", "nothing", "fresh models", "partial day", "no dollars", "idle requests"],
)
async def test_what_makes_no_sense_is_told_where_it_was_said(
    world: World, form: RuleForm, field: str
):
    with pytest.raises(Unfit) as refused:
        await world.rules.create.preview(CreateRequest(form), ADA)
    assert list(refused.value.faults) == [field]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        (replace(FORM, organization="globex"), "Your alert rules are those of acme"),
        (replace(FORM, filters={"organization": ("globex",)}), "costs of acme alone"),
        (RuleForm(what="utilization", warning="40%"), "machines that all organizations share"),
    ],
    ids=["named", "filtered", "machines"],
)
async def test_the_organization_comes_from_the_caller_alone(
    world: World, form: RuleForm, sentence: str
):
    with pytest.raises(Unfit, match=sentence):
        await world.rules.create.create(CreateRequest(form), OTTO)


async def test_users_create_no_rules(world: World):
    with pytest.raises(NotAllowed, match="organization admin"):
        await world.rules.create.create(CreateRequest(FORM), UTE)


async def test_what_lies_in_another_organization_is_not_there(world: World):
    rule = await world.rule(organization="acme")
    for which in (Which("spike"), Which(str(rule.id))):
        with pytest.raises(NotFound, match="There is no alert rule"):
            await world.rules.read.show(which, GIL)
    with pytest.raises(NotFound):
        await world.rules.change.delete(DeleteRequest(Which("spike")), GIL)
    assert (await world.rules.read.list(ListRequest(), GIL)).rules == ()
    assert (await world.rules.read.show(Which("SPIKE"), UTE)).rule.id == rule.id


async def test_a_rule_by_user_is_not_there_for_those_who_see_no_users(world: World):
    await world.rule(organization="acme", each="user")
    assert (await world.rules.read.list(ListRequest(), UTE)).rules == ()
    assert len((await world.rules.read.list(ListRequest(), OTTO)).rules) == 1


async def test_an_edit_names_the_version_that_it_is_based_on(world: World):
    rule = await world.rule()
    edit = EditRequest(Which("spike"), RuleForm(critical="80%"), version=1)
    edited = await world.rules.change.edit(edit, ADA)
    assert (edited.changed, edited.after.terms.critical) == (("critical",), Decimal("0.8"))
    assert edited.after.terms.warning == rule.terms.warning
    with pytest.raises(Outdated, match="Ada has changed"):
        await world.rules.change.edit(edit, ADA)


async def test_an_edit_can_turn_a_rule_into_another_kind(world: World):
    await world.rule()
    form = RuleForm(warning="$700", critical="off")
    edited = await world.rules.change.edit(EditRequest(Which("spike"), form), ADA)
    terms = edited.after.terms
    assert (terms.kind, terms.unit, terms.baseline) == (Kind.ABSOLUTE, Unit.USD, None)
    assert (terms.warning, terms.critical) == (700, None)


async def test_a_deletion_can_be_taken_back_for_a_day(world: World):
    rule = await world.rule()
    await world.rules.change.delete(DeleteRequest(Which("spike")), ADA)
    back = await world.rules.change.undo(rule.id, ADA)
    assert back.deleted_at is None
    with pytest.raises(Outdated, match="is there already"):
        await world.rules.change.undo(rule.id, ADA)
    await world.rules.change.delete(DeleteRequest(Which("spike")), ADA)
    world.clock.advance(timedelta(days=1, seconds=1))
    with pytest.raises(Outdated, match="more than a day ago"):
        await world.rules.change.undo(rule.id, ADA)


async def test_every_decision_is_in_the_audit_trail(world: World):
    created = await world.rules.create.create(CreateRequest(FORM), ADA)
    await world.rules.change.pause(PauseRequest(Which("spike"), date(2026, 12, 1)), ADA)
    await world.rules.change.resume(Which("spike"), ADA)
    shown = await world.rules.read.show(Which("spike"), ADA)
    assert [one.action for one in shown.entries] == [
        "alert_rule.resume",
        "alert_rule.pause",
        "alert_rule.create",
    ]
    assert shown.entries[1].after == {
        "paused": True,
        "paused_until": "2026-12-01T00:00:00+00:00",
    }
    assert shown.entries[0].object_id == str(created.rule.id)


async def test_a_test_goes_to_the_rules_own_targets_and_says_that_it_is_one(world: World):
    targets = (("slack", "C1"), ("email", "ann@example.com"), ("webhook", "ops"), ("linear", "ENG"))
    await world.rule(targets=targets)
    tested = await world.rules.test.test(Which("spike"), ADA)
    assert (tested.targets, tested.left_out) == (targets[:3], targets[3:])
    rows = await world.store.deliveries.newest(limit=10)
    assert {one.channel for one in rows} == {"slack", "email", "webhook"}
    assert all("test" in str(one.payload).lower() for one in rows)
    await world.rule(name="routed", targets=())
    with pytest.raises(BadInput, match="the routes decide"):
        await world.rules.test.test(Which("routed"), ADA)


async def test_a_list_shows_what_is_open(world: World):
    await world.rule()
    await world.rule(name="another", each=None)
    world.spend("180")
    await world.evaluator.look()
    rules = (await world.rules.read.list(ListRequest(), ADA)).rules
    assert [(one.rule.name, one.open, one.worst) for one in rules] == [
        ("another", 1, "critical"),
        ("spike", 1, "critical"),
    ]


async def test_of_each_user_the_largest_are_watched_and_the_rest_is_counted(world: World):
    world.import_many(
        [(str(number), {"user_id": f"user-{number:02}"}) for number in range(1, MOST_MEMBERS + 11)]
    )
    found = await world.rules.read.looking.outlook(replace(SPIKE, each="user"), 14)
    members = {one.member for one in found.series}
    assert (len(members), found.left_out) == (MOST_MEMBERS, 10)
    assert "user-11" in members
    assert "user-10" not in members

"""A rule that nobody would hear of says so when it is made, and as long as it is so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from analysis.roles import Role
from bot.blocks.alert_rule import created_answer, previewed_answer, shown_answer
from handlers.alert_rules.form import RuleForm
from handlers.alert_rules.hearing import expected_of
from handlers.alert_rules.requests import CreateRequest, EditRequest, Which
from handlers.caller import Caller
from handlers.incidents.hearing import may_take
from handlers.incidents.places import conditions_of
from storage.records.route import RouteDraft
from tests.alert_rules.conftest import SPIKE, World

OTTO = Caller("T1", "U0OTTO", "Otto", "acme", Role.ORG_ADMIN, ZoneInfo("UTC"))
FORM = RuleForm(name="spike", what="cost", direction="above", warning="30%")
NOBODY = ":warning: Told to nobody"


def route(**changed: Any) -> RouteDraft:
    return replace(RouteDraft(organization=None, targets=(("slack", "C1"),)), **changed)


async def test_a_rule_without_places_and_routes_says_that_nobody_hears_of_it(world: World):
    previewed = await world.rules.create.preview(CreateRequest(FORM), OTTO)
    created = await world.rules.create.create(CreateRequest(FORM), OTTO)
    shown = await world.rules.read.show(Which("spike"), OTTO)
    for answer in (previewed_answer(previewed), created_answer(created, ()), shown_answer(shown)):
        assert NOBODY in str(answer.payload())
        assert "`/cost route add to #channel`" in str(answer.payload())
    request = EditRequest(Which("spike"), RuleForm(warning="40%"))
    assert not (await world.rules.change.edit(request, OTTO)).is_told


async def test_a_route_that_takes_it_ends_that(world: World):
    created = await world.rules.create.create(CreateRequest(FORM), OTTO)
    assert not created.is_told
    await world.store.routes.add(route(organization="acme"), "otto")
    shown = await world.rules.read.show(Which("spike"), OTTO)
    assert shown.is_told
    assert "Told where the routes say" in str(shown_answer(shown).payload())


@pytest.mark.parametrize(
    ("of_route", "of_rule", "told"),
    [
        ({}, {}, True),
        ({"organization": "globex"}, {}, False),
        ({"kind": "anomaly"}, {}, False),
        ({"kind": "rule"}, {}, True),
        ({"product": "api"}, {}, False),
        ({"product": "API"}, {"filters": {"product": ("api",)}}, True),
        ({"product": "api"}, {"filters": {"product": ("api", "studio")}}, False),
        ({"product": "api"}, {"each": "product"}, True),
        ({"about_organization": "acme"}, {}, True),
        ({"about_organization": "globex"}, {}, False),
        ({"about_organization": "globex"}, {"each": "organization"}, True),
        ({"least": "critical"}, {}, True),
        ({"least": "critical"}, {"terms": replace(SPIKE.terms, critical=None)}, False),
    ],
)
def test_a_route_counts_where_it_may_take_what_the_rule_finds(
    of_route: dict[str, Any], of_rule: dict[str, Any], told: bool
):
    alone = replace(SPIKE, organization="acme", each=None, targets=())
    conditions = conditions_of(route(**of_route))
    assert may_take(conditions, expected_of(replace(alone, **of_rule))) is told


def test_a_rule_of_all_organizations_is_no_affair_of_ones_own_routes():
    assert not may_take(conditions_of(route(organization="acme")), expected_of(SPIKE))
    assert may_take(conditions_of(route()), expected_of(SPIKE))

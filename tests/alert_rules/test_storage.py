"""Rules are kept as they were decided, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from analysis.alert_rules.terms import Direction, Kind, Terms, Unit
from analysis.errors import BadInput, NotFound, Outdated
from storage import Store
from storage.records.alert_rule import AlertRule, AlertRuleDraft
from tests.alert_rules.conftest import SPIKE
from tests.stores import TestClock

BELOW = AlertRuleDraft(
    name="Quiet  nights",
    terms=Terms(
        kind=Kind.ABSOLUTE,
        unit=Unit.REQUESTS,
        direction=Direction.BELOW,
        warning=Decimal("10.5"),
        critical=Decimal(0),
        notice=Decimal("0.1").scaleb(3),
    ),
    zone=SPIKE.zone,
    organization="acme",
    filters={"model": ("b", "a", "b")},
    customers_only=True,
    targets=(("slack", "C1"), ("linear", "ENG")),
    remind_after=timedelta(hours=12),
)


def decided(rule: AlertRule) -> dict[str, object]:
    """What people have decided of it."""
    return {name: getattr(rule, name) for name in AlertRuleDraft.__dataclass_fields__}


async def test_a_rule_comes_back_as_it_was_decided(store: Store):
    for draft in (SPIKE, BELOW):
        kept = await store.alert_rules.add(draft, "T1/U1")
        found = await store.alert_rules.find(kept.id)
        assert found is not None
        assert decided(found) == {name: getattr(draft, name) for name in decided(found)}
    assert found is not None
    assert (found.name, found.filters) == ("Quiet nights", {"model": ("a", "b")})


async def test_a_name_is_taken_once_in_an_organization(store: Store):
    rules = store.alert_rules
    first = await rules.add(SPIKE, "T1/U1")
    await rules.add(replace(SPIKE, organization="acme"), "T1/U1")
    with pytest.raises(BadInput, match="already"):
        await rules.add(replace(SPIKE, name=" SPIKE "), "T1/U1")
    await rules.delete(first.id, first.version)
    again = await rules.add(SPIKE, "T1/U1")
    with pytest.raises(BadInput, match="another alert rule"):
        await rules.restore(first.id, first.version + 1)
    assert [one.id for one in await rules.find_named("Spike")][:1] == [again.id]


async def test_of_two_changes_of_one_version_the_second_is_outdated(store: Store):
    rules = store.alert_rules
    rule = await rules.add(SPIKE, "T1/U1")
    changed = await rules.change(rule.id, 1, replace(SPIKE, each=None))
    assert (changed.version, changed.each) == (2, None)
    with pytest.raises(Outdated):
        await rules.change(rule.id, 1, SPIKE)
    with pytest.raises(NotFound):
        await rules.change(uuid4(), 1, SPIKE)


async def test_active_rules_are_those_that_are_awake(store: Store, clock: TestClock):
    rules = store.alert_rules
    until = clock.now + timedelta(hours=1)
    awake = await rules.add(SPIKE, "T1/U1")
    await rules.add(replace(SPIKE, name="paused", paused=True), "T1/U1")
    later = await rules.add(replace(SPIKE, name="later", paused=True, paused_until=until), "T1/U1")
    assert [one.id for one in await rules.active()] == [awake.id]
    clock.now = until
    assert {one.id for one in await rules.active()} == {awake.id, later.id}


async def test_a_fault_is_marked_once_and_forgotten_with_a_change(store: Store):
    rules = store.alert_rules
    rule = await rules.add(SPIKE, "T1/U1")
    said = [await rules.mark(rule.id, fault) for fault in ("gone", "gone", "else")]
    assert said == [True, False, True]
    assert (await rules.change(rule.id, 1, replace(SPIKE, each=None))).fault is None

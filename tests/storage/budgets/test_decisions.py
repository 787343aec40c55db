"""Raises, what was told, the audit trail, and all of it in one transaction."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy.exc import IntegrityError

from analysis.errors import BadInput, Outdated
from storage import Store
from storage.records.actor import Actor
from storage.records.alert_state import StoredAlertState
from storage.records.audit import AuditEntry, StoredAuditEntry
from storage.records.delivery import NewDelivery
from storage.records.raise_ import BudgetRaise, RaiseDraft
from tests.storage.budgets.drafts import DRAFT
from tests.stores import TestClock

FIRST, LAST = date(2026, 11, 20), date(2026, 11, 25)
ACTOR = Actor(team_id="T1", user_id="U1", name="Ada <!channel>")
ENTRY = AuditEntry(
    actor=ACTOR,
    surface="slack",
    action="budget.create",
    object_kind="budget",
    object_id="b1",
    organization="acme",
    after={"limit": "5000", "scope": {"model": ["gpt-4"]}, "end": None},
)


async def asked(store: Store, name: str = "b") -> BudgetRaise:
    budget = await store.budgets.add(replace(DRAFT, name=name), "x")
    return await store.raises.ask(
        RaiseDraft(
            budget_id=budget.id,
            amount=Decimal("1000.50"),
            reason="A launch.",
            asked_by="T1/U1",
            first_day=FIRST,
            last_day=LAST,
        )
    )


async def test_a_raise_is_pending_until_it_is_decided_once(store: Store, clock: TestClock) -> None:
    pending = await asked(store)
    assert (pending.state, pending.asked_at, pending.amount) == (
        "pending", clock.now, Decimal("1000.5"),
    )  # fmt: skip
    assert not pending.in_force(FIRST)
    clock.advance(timedelta(hours=1))
    approved = await store.raises.decide(pending.id, "approved", "T1/U2")
    assert approved is not None
    assert approved == replace(pending, state="approved", decided_by="T1/U2", decided_at=clock.now)
    assert await store.raises.decide(pending.id, "rejected", "T1/U3") is None
    assert await store.raises.find(pending.id) == approved
    assert await store.raises.of_budget(pending.budget_id) == [approved]
    days = [FIRST - timedelta(days=1), FIRST, LAST, LAST + timedelta(days=1)]
    assert [approved.in_force(day) for day in days] == [False, True, True, False]


async def test_of_two_who_decide_at_once_one_does(
    store: Store, address: str, clock: TestClock
) -> None:
    pending = await asked(store)
    replica = Store(address, clock)
    results = await asyncio.gather(
        store.raises.decide(pending.id, "approved", "T1/U2"),
        replica.raises.decide(pending.id, "rejected", "T1/U3"),
        store.raises.decide(pending.id, "withdrawn", "T1/U1"),
    )
    (winner,) = [result for result in results if result is not None]
    assert await store.raises.find(pending.id) == winner
    await replica.close()


async def test_what_nobody_decided_expires_and_what_was_approved_ends_by_its_dates(
    store: Store,
) -> None:
    forgotten, approved = await asked(store, "a"), await asked(store, "b")
    await store.raises.decide(approved.id, "approved", "x")
    assert await store.raises.expire_before(LAST) == []
    (expired,) = await store.raises.expire_before(LAST + timedelta(days=1))
    assert (expired.id, expired.state, expired.decided_by) == (forgotten.id, "expired", None)
    (kept,) = await store.raises.approved_since(LAST)
    assert kept.id == approved.id
    assert await store.raises.approved_since(LAST, [forgotten.budget_id]) == []
    assert await store.raises.approved_since(LAST + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"amount": Decimal(0)}, "A raise of 0 USD cannot be"),
        ({"reason": " "}, "needs a reason"),
        ({"last_day": FIRST - timedelta(days=1)}, "before it begins"),
    ],
)
def test_a_raise_that_cannot_be_is_refused(change: dict[str, object], sentence: str) -> None:
    draft = RaiseDraft(
        budget_id=uuid4(),
        amount=Decimal(1),
        reason="x",
        asked_by="x",
        first_day=FIRST,
        last_day=LAST,
    )
    with pytest.raises(BadInput, match=sentence):
        replace(draft, **change)  # pyright: ignore[reportArgumentType]


async def test_a_raise_belongs_to_a_budget(store: Store) -> None:
    pending = await asked(store)
    draft = RaiseDraft(
        budget_id=uuid4(), amount=Decimal(1), reason="x", asked_by="x", first_day=FIRST,
        last_day=LAST,
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        await store.raises.ask(draft)
    assert len(await store.raises.of_budget(pending.budget_id)) == 1


async def test_what_was_told_is_kept_by_budget_and_period(store: Store, clock: TestClock) -> None:
    budget = await store.budgets.add(DRAFT, "x")
    unknown = await store.alert_states.find(budget.id, FIRST)
    assert unknown == StoredAlertState(budget_id=budget.id, period_first=FIRST)
    told = await store.alert_states.put(
        replace(
            unknown,
            level_told="warning",
            told_at={"warning": clock.now},
            sequence=2,
            forecast_told=True,
            forecast_told_at=clock.now,
            limit_told=Decimal("5000.000000000000001"),
            roots={"slack:C1": "budget.alert|one"},
        )
    )
    assert told.version == 1
    muted = await store.alert_states.put(
        replace(
            told,
            acknowledged_by="T1/U1",
            acknowledged_at=clock.now,
            muted_by="T1/U1",
            muted_until=clock.now,
        )
    )
    assert await store.alert_states.find(budget.id, FIRST) == muted
    assert muted.version == 2
    next_period = await store.alert_states.put(replace(unknown, period_first=LAST))
    pieces = [piece async for piece in store.alert_states.since(FIRST)]
    assert pieces == [[muted, next_period]]
    periods = [(budget.id, LAST), (uuid4(), FIRST)]
    assert await store.alert_states.find_many(periods) == [next_period]
    assert await store.alert_states.forget_before(LAST) == 1
    assert (await store.alert_states.find(budget.id, FIRST)).version == 0


@pytest.mark.parametrize("version", [0, 1])
async def test_of_two_who_tell_the_same_at_once_one_does_and_the_others_message_never_was(
    store: Store, address: str, clock: TestClock, version: int
) -> None:
    budget = await store.budgets.add(DRAFT, "x")
    state = StoredAlertState(budget_id=budget.id, period_first=FIRST)
    if version:
        state = await store.alert_states.put(state)
    replica = Store(address, clock)

    async def tell(one: Store, name: str) -> None:
        async with one.transaction() as transaction:
            new = NewDelivery(key=name, channel="slack", address="C1", payload={})
            assert await transaction.deliveries.add(new)
            await transaction.alert_states.put(replace(state, level_told="warning"))
            entry = replace(ENTRY, actor=Actor.itself(), surface="system", action="budget.alert")
            await transaction.audit.add(entry)

    results = await asyncio.gather(tell(store, "one"), tell(replica, "two"), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Outdated"]
    assert len(await store.deliveries.newest()) == 1
    assert len(await store.audit.page()) == 1
    with pytest.raises(Outdated):
        await store.alert_states.put(state)
    await replica.close()


async def test_decisions_are_read_as_they_were_made_newest_first(
    store: Store, clock: TestClock
) -> None:
    first = await store.audit.add(ENTRY)
    clock.advance(timedelta(minutes=1))
    edit = replace(ENTRY, action="budget.edit", before=ENTRY.after, after={"limit": "6000"})
    second = await store.audit.add(edit)
    own = await store.audit.add(replace(ENTRY, object_id="b2", organization=None, after=None))
    trail = await store.audit.of_object("budget", "b1")
    assert [entry.id for entry in trail] == [second, first]
    assert trail[0] == StoredAuditEntry(
        id=second,
        at=clock.now,
        **{name: getattr(edit, name) for name in AuditEntry.__slots__},
    )
    assert [entry.id for entry in await store.audit.page(limit=2)] == [own, second]
    assert [entry.id for entry in await store.audit.page(before=second)] == [first]
    assert [entry.id for entry in await store.audit.page(within="acme")] == [second, first]
    assert (await store.audit.of_object("budget", "b2"))[0].after is None


async def test_a_transaction_sees_what_it_wrote_and_others_see_it_afterwards(
    store: Store,
) -> None:
    async with store.transaction() as transaction:
        budget = await transaction.budgets.add(DRAFT, "x")
        await transaction.audit.add(ENTRY)
        changed = await transaction.budgets.change(budget.id, 1, replace(DRAFT, name="Other"))
        assert await transaction.budgets.find(budget.id) == changed
        assert await store.budgets.find(budget.id) is None
    assert await store.budgets.find(budget.id) == changed


async def test_a_refusal_in_a_transaction_undoes_all_of_it(store: Store) -> None:
    await store.budgets.add(DRAFT, "x")

    async def refused() -> None:
        async with store.transaction() as transaction:
            await transaction.budgets.add(replace(DRAFT, name="Other"), "x")
            await transaction.audit.add(ENTRY)
            await transaction.budgets.add(DRAFT, "x")

    with pytest.raises(BadInput, match="already"):
        await refused()
    assert await store.budgets.count() == 1
    assert await store.audit.page() == []

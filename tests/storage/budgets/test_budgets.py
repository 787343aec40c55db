from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from random import Random
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from analysis.errors import BadInput, NotFound, Outdated
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.budget import Budget, BudgetDraft, scope_of, scope_text
from storage.repositories.budgets import PIECE
from tests.storage.budgets.drafts import DRAFT
from tests.stores import TestClock

LATER = timedelta(minutes=5)


async def test_a_budget_comes_back_as_it_was_given(store: Store, clock: TestClock) -> None:
    given = replace(
        DRAFT,
        description="Everything that\nanswers customers.",
        limit=Decimal("99999999999999999999999.123456789012345"),
        kind="custom",
        scope={"model": ("gpt-4", "claude-3-opus"), "team": ("<!channel>",)},
        end=date(2027, 2, 28),
        warning=Decimal("0.5"),
        critical=Decimal(1),
        forecast=None,
        is_hard=True,
        when_unknown="deny",
        rollover=Decimal("0.01"),
        emails=("a@example.com",),
        slack_channels=("C1", "C2"),
        slack_users=("U1",),
        webhooks=("w1",),
        alerts_enabled=False,
        paused=True,
        paused_until=datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=9))),
    )
    added = await store.budgets.add(given, "T1/U1")
    assert added == Budget(
        id=added.id,
        version=1,
        created_by="T1/U1",
        created_at=clock.now,
        updated_at=clock.now,
        **{name: getattr(given, name) for name in BudgetDraft.__slots__},
    )
    assert added.paused_until == datetime(2026, 12, 1, tzinfo=UTC)
    assert await store.budgets.find(added.id) == added


async def test_a_name_is_taken_within_its_organization_alone(store: Store) -> None:
    await store.budgets.add(DRAFT, "x")
    with pytest.raises(BadInput, match="acme has a budget called PROD llm already"):
        await store.budgets.add(replace(DRAFT, name=" PROD   llm"), "x")
    other = await store.budgets.add(replace(DRAFT, organization="globex"), "x")
    own = await store.budgets.add(replace(DRAFT, organization=None), "x")
    found = await store.budgets.find_named("prod llm")
    assert [budget.organization for budget in found] == [None, "acme", "globex"]
    assert await store.budgets.find_named("Prod LLM", within="globex") == [other]
    assert own.organization is None


async def test_the_deployments_own_names_are_unique_though_their_organization_is_null(
    store: Store,
) -> None:
    await store.budgets.add(replace(DRAFT, organization=None), "x")
    with pytest.raises(BadInput, match="The deployment has a budget called Prod LLM already"):
        await store.budgets.add(replace(DRAFT, organization=None), "x")
    assert await store.budgets.count() == 1


@pytest.mark.parametrize("organization", [None, "acme"])
async def test_the_database_itself_refuses_a_name_twice(
    store: Store, address: str, organization: str | None
) -> None:
    await store.budgets.add(replace(DRAFT, organization=organization), "x")
    other = await store.budgets.add(replace(DRAFT, organization=organization, name="Other"), "x")
    database = Database(parse_address(address))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(text("UPDATE budgets SET name_key = 'prod llm'"))
    await database.close()
    assert await store.budgets.find(other.id) == other


async def test_of_many_who_create_a_budget_at_once_one_does(
    store: Store, address: str, clock: TestClock
) -> None:
    replica = Store(address, clock)
    results = await asyncio.gather(
        *(one.budgets.add(DRAFT, "x") for one in (store, replica) for _ in range(4)),
        return_exceptions=True,
    )
    assert sum(isinstance(result, Budget) for result in results) == 1
    assert sum(isinstance(result, BadInput) for result in results) == 7
    await replica.close()


async def test_a_budget_of_another_organization_is_not_found(store: Store) -> None:
    acme = await store.budgets.add(DRAFT, "x")
    own = await store.budgets.add(replace(DRAFT, organization=None), "x")
    assert await store.budgets.find(acme.id, within="acme") == acme
    assert await store.budgets.find(acme.id, within="globex") is None
    assert await store.budgets.find(own.id, within="acme") is None
    assert await store.budgets.page(within="globex") == []
    assert await store.budgets.count(within="acme") == 1


async def test_a_change_names_the_version_that_it_is_based_on(
    store: Store, clock: TestClock
) -> None:
    first = await store.budgets.add(DRAFT, "x")
    clock.advance(LATER)
    second = await store.budgets.change(first.id, 1, replace(DRAFT, limit=Decimal(6000)))
    assert second == replace(first, limit=Decimal(6000), version=2, updated_at=clock.now)
    with pytest.raises(Outdated, match="has changed the budget meanwhile"):
        await store.budgets.change(first.id, 1, replace(DRAFT, limit=Decimal(7000)))
    with pytest.raises(Outdated):
        await store.budgets.delete(first.id, 1)
    assert await store.budgets.find(first.id) == second
    with pytest.raises(NotFound):
        await store.budgets.change(uuid4(), 1, DRAFT)


async def test_of_many_who_change_a_budget_at_once_one_does(
    store: Store, address: str, clock: TestClock
) -> None:
    budget = await store.budgets.add(DRAFT, "x")
    replica = Store(address, clock)
    results = await asyncio.gather(
        *(
            one.budgets.change(budget.id, 1, replace(DRAFT, limit=Decimal(limit)))
            for one in (store, replica)
            for limit in range(1, 5)
        ),
        return_exceptions=True,
    )
    (winner,) = [result for result in results if isinstance(result, Budget)]
    assert sum(isinstance(result, Outdated) for result in results) == 7
    assert await store.budgets.find(budget.id) == winner
    await replica.close()


async def test_a_change_moves_no_budget_to_another_organization(store: Store) -> None:
    budget = await store.budgets.add(DRAFT, "x")
    changed = await store.budgets.change(budget.id, 1, replace(DRAFT, organization="globex"))
    assert changed.organization == "acme"


async def test_a_budget_cannot_take_the_name_of_another(store: Store) -> None:
    await store.budgets.add(DRAFT, "x")
    other = await store.budgets.add(replace(DRAFT, name="Other"), "x")
    with pytest.raises(BadInput, match="another budget called Prod LLM"):
        await store.budgets.change(other.id, 1, DRAFT)
    assert await store.budgets.find(other.id) == other


async def test_a_deleted_budget_is_gone_frees_its_name_and_can_be_restored(
    store: Store, clock: TestClock
) -> None:
    budget = await store.budgets.add(DRAFT, "x")
    deleted = await store.budgets.delete(budget.id, 1)
    assert (deleted.deleted_at, deleted.version) == (clock.now, 2)
    assert await store.budgets.find(budget.id) is None
    assert await store.budgets.find(budget.id, deleted=True) == deleted
    assert await store.budgets.find_named("Prod LLM") == []
    restored = await store.budgets.restore(budget.id, 2)
    assert restored == replace(budget, version=3)
    again = await store.budgets.delete(budget.id, 3)
    await store.budgets.add(DRAFT, "x")
    with pytest.raises(BadInput, match="another budget of that name"):
        await store.budgets.restore(budget.id, again.version)


async def test_pages_follow_the_names_and_leave_nothing_out(store: Store) -> None:
    names = ["Zeta", "alpha", "Beta 100%", "beta_1", "gamma"]
    drafts = [replace(DRAFT, name=name, organization=o) for name in names for o in ("a", None)]
    await store.budgets.add_many(drafts, "x")
    found: list[Budget] = []
    while page := await store.budgets.page(after=found[-1] if found else None, limit=3):
        assert len(page) <= 3
        found += page
    assert [budget.name for budget in found] == [
        name for name in sorted(names, key=str.casefold) for _ in range(2)
    ]
    assert len({budget.id for budget in found}) == 10
    assert {budget.name for budget in await store.budgets.page(containing="BETA")} == {
        "Beta 100%",
        "beta_1",
    }
    assert len(await store.budgets.page(containing="0%", within="a")) == 1
    assert len(await store.budgets.page(containing="_", within="a")) == 1


async def test_many_are_added_together_or_not_at_all(store: Store) -> None:
    drafts = [replace(DRAFT, name=f"b{number}") for number in range(20)]
    ids = await store.budgets.add_many(drafts, "x")
    budgets = {budget.id: budget for budget in await store.budgets.find_many(ids)}
    assert [budgets[key].name for key in ids] == [draft.name for draft in drafts]
    with pytest.raises(BadInput, match="another budget of that name"):
        await store.budgets.add_many([replace(DRAFT, name="new"), drafts[3]], "x")
    assert await store.budgets.count() == 20


async def test_all_budgets_are_read_as_columns(store: Store) -> None:
    drafts = [
        replace(DRAFT, name=f"b{number}", organization=None if number % 2 else "acme")
        for number in range(PIECE + 3)
    ]
    drafts[5] = replace(drafts[5], scope={"model": ("b", "a")}, rollover=Decimal("0.5"))
    ids = await store.budgets.add_many(drafts, "x")
    gone = await store.budgets.find(ids[7])
    assert gone is not None
    await store.budgets.delete(gone.id, gone.version)
    pieces = [piece async for piece in store.budgets.columns()]
    assert [len(piece) for piece in pieces] == [PIECE, 2]
    read = {key: (piece, place) for piece in pieces for place, key in enumerate(piece.ids)}
    assert set(read) == set(ids) - {gone.id}
    piece, place = read[ids[5]]
    assert (
        piece.organizations[place],
        piece.scopes[place],
        piece.zones[place],
        piece.limits[place],
        piece.rollovers[place],
        piece.starts[place],
        piece.ends[place],
        piece.is_hard[place],
        piece.deleted[place],
    ) == (
        None, '{"model":["a","b"]}', "Asia/Tokyo", Decimal(5000), Decimal("0.5"),
        DRAFT.start, None, False, False,
    )  # fmt: skip


async def test_what_has_changed_is_read_alone_and_the_deleted_with_it(
    store: Store, clock: TestClock
) -> None:
    kept, changed, deleted = [
        await store.budgets.add(replace(DRAFT, name=name), "x") for name in "abc"
    ]
    clock.advance(LATER)
    await store.budgets.change(changed.id, 1, replace(DRAFT, name="b", limit=Decimal(1)))
    await store.budgets.delete(deleted.id, 1)
    pieces = [piece async for piece in store.budgets.columns(changed_since=clock.now)]
    assert kept.id not in pieces[0].ids
    assert dict(zip(pieces[0].ids, pieces[0].deleted, strict=True)) == {
        changed.id: False,
        deleted.id: True,
    }
    assert [p async for p in store.budgets.columns(changed_since=clock.now + LATER)] == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": " \t"}, "name is empty"),
        ({"name": "x" * 81}, "too long"),
        ({"name": "a\u202eb"}, "no plain text"),
        ({"limit": Decimal(0)}, "A limit of 0 USD cannot be"),
        ({"limit": Decimal(-1)}, "cannot be"),
        ({"limit": Decimal("NaN")}, "cannot be"),
        ({"limit": Decimal("Infinity")}, "cannot be"),
        ({"limit": Decimal("1e-16")}, "too many digits"),
        ({"limit": Decimal("1e23")}, "too many digits"),
        ({"rollover": Decimal(-1)}, "A rollover of -1 USD cannot be"),
        ({"organization": " "}, "organization is empty"),
        ({"description": "\0"}, "description cannot be kept"),
        ({"warning": Decimal(0)}, "not above 0 %"),
        ({"forecast": Decimal("-0.1")}, "not above 0 %"),
        ({"warning": Decimal("0.96")}, "do not rise"),
        ({"critical": Decimal("1.01")}, "do not rise"),
        ({"kind": "custom"}, "has no last day"),
        ({"end": date(2026, 10, 31)}, "before it begins"),
        ({"scope": {"model": ()}}, "names no model"),
        ({"scope": {"model": ("",)}}, "names no model"),
        (
            {"scope": {n: tuple(str(i) for i in range(101)) for n in ("model", "team")}},
            "has 10,201 combinations",
        ),
        ({"paused_until": datetime(2027, 1, 1, tzinfo=UTC)}, "belongs to a pause"),
    ],
)
def test_nonsense_is_refused_with_what_is_wrong(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence):
        replace(DRAFT, **change)  # pyright: ignore[reportArgumentType]


VALUES = st.lists(
    st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1),
    min_size=1,
    max_size=5,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.randoms(use_true_random=False))
def test_like_scopes_are_like_texts_and_come_back(
    scope: dict[str, list[str]], random: Random
) -> None:
    given_ = {name: tuple(values) for name, values in scope.items()}
    shuffled = {
        name: tuple(random.sample([*scope[name], scope[name][0]], len(scope[name]) + 1))
        for name in random.sample(sorted(scope), len(scope))
    }
    assert scope_text(shuffled) == scope_text(given_)
    assert scope_of(scope_text(given_)) == {
        name: tuple(sorted(set(values))) for name, values in scope.items()
    }


def test_a_zone_is_kept_by_its_name() -> None:
    assert replace(DRAFT, zone=ZoneInfo("Pacific/Kiritimati")).zone.key == "Pacific/Kiritimati"


async def test_an_id_can_be_chosen_so_that_a_form_sent_twice_makes_one_budget(
    store: Store,
) -> None:
    key = UUID(int=7)
    await store.budgets.add(DRAFT, "x", key=key)
    with pytest.raises(BadInput, match="has a budget called"):
        await store.budgets.add(DRAFT, "x", key=key)
    assert (await store.budgets.page())[0].id == key

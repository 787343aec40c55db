"""Recommendations and opportunities of many organizations at once, in both databases."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from analysis.errors import Outdated
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import State
from analysis.roles import Role
from storage import Store
from storage.records.drawn_again import Content
from storage.records.recommendation import Drawn, Recommendation, Standing
from storage.repositories.drawn_opportunities import (
    RewrittenOpportunity,
    opportunity_content_of,
)
from storage.repositories.drawn_recommendations import Rewritten, content_of
from storage.repositories.recommendations import Wanted
from tests.recommendations.proposals import proposal
from tests.storage.recommendations.test_beside import OPPORTUNITY
from tests.stores import TestClock

FIRST, LAST = date(2026, 10, 21), date(2026, 11, 19)

MANY = 230
"""More than are written with one statement."""


def content(model: str, saved: str = "40", organization: str | None = "acme") -> Content:
    return content_of(
        Drawn.of(proposal(model, saved, organization=organization), FIRST, LAST, Role.USER)
    )


async def add(store: Store, *contents: Content) -> list[Recommendation]:
    async with store.transaction() as together:
        return await together.drawn_recommendations.add(contents)


async def test_many_are_kept_as_one_is(store: Store, clock: TestClock) -> None:
    contents = [content(f"model-{number}", f"{number + 1}.25") for number in range(MANY)]
    added = await add(store, *contents)
    found = await store.recommendations.find_many([row.id for row in added])
    assert {row.id: row for row in found} == {row.id: row for row in added}
    assert {row.key for row in found} == {one.key for one in contents}
    alone = await store.recommendations.add(content("alone").drawn)
    (together,) = await add(store, content("together"))
    assert alone is not None
    assert (together.standing, together.version, together.cards) == (
        alone.standing,
        alone.version,
        alone.cards,
    )
    assert together.first_seen == clock.now


async def test_what_is_there_already_stays_and_is_not_among_the_new(store: Store) -> None:
    (kept,) = await add(store, content("gpt-4"))
    added = await add(store, content("gpt-4", "50"), content("gpt-4o"), content("gpt-4o", "9"))
    assert [row.content.scope["model"] for row in added] == [("gpt-4o",)]
    assert await store.recommendations.find(kept.id) == kept


async def test_those_who_add_the_same_at_once_add_each_once(store: Store) -> None:
    contents = [content(f"model-{number}") for number in range(60)]
    orders = (contents, contents[::-1], contents[20:] + contents[:20])
    added = await asyncio.gather(*(add(store, *order) for order in orders))
    assert sum(map(len, added)) == 60 == await store.recommendations.count(Wanted())


async def test_what_decides_about_them_is_read_of_exactly_the_organizations_meant(
    store: Store,
) -> None:
    rows = await add(
        store,
        content("gpt-4"),
        content("gpt-4", organization="globex"),
        content("gpt-4", organization="initech"),
        content("gpt-4", organization=None),
    )
    by_organization = {row.organization: row for row in rows}
    archived = by_organization["globex"]
    until = archived.first_seen + timedelta(days=9)
    standing = Standing(state=State.ARCHIVED, since=archived.first_seen, archived_at=until)
    await store.recommendations.write(archived, standing=standing)
    snoozed = by_organization["acme"]
    standing = replace(snoozed.standing, state=State.SNOOZED, snoozed_until=until)
    snoozed = await store.recommendations.write(snoozed, standing=standing)
    async with store.transaction() as together:
        found = await together.drawn_recommendations.live_of({"acme", "globex", None})
    kept = {row.organization: row for row in found}
    assert {name: row.kept for name, row in kept.items()} == {
        "acme": snoozed.kept(),
        None: by_organization[None].kept(),
    }
    assert kept["acme"].version == 2
    assert kept["acme"].digest == content("gpt-4").digest
    assert kept[None].digest != kept["acme"].digest


async def test_many_are_changed_or_none(store: Store, clock: TestClock) -> None:
    rows = await add(store, *(content(f"model-{number}") for number in range(MANY)))
    clock.advance(timedelta(hours=1))
    newer = {row.id: content(row.content.scope["model"][0], "60") for row in rows}
    accepted = replace(rows[-1].standing, state=State.ACCEPTED, accepted_at=clock.now)
    await store.recommendations.write(rows[-1], standing=accepted)
    changes = [Rewritten(row.id, row.version, content=newer[row.id]) for row in rows]
    with pytest.raises(Outdated):
        async with store.transaction() as together:
            await together.drawn_recommendations.rewrite(changes)
    untouched = await store.recommendations.find(rows[0].id)
    assert untouched == rows[0]
    expired = replace(rows[0].standing, state=State.EXPIRED, since=clock.now)
    changes[0] = Rewritten(rows[0].id, 1, standing=expired)
    async with store.transaction() as together:
        await together.drawn_recommendations.rewrite(changes[:-1])
    found = {row.id: row for row in await store.recommendations.find_many([*newer])}
    assert found[rows[0].id] == replace(rows[0], standing=expired, version=2)
    for row in rows[1:-1]:
        after = replace(row, drawn=newer[row.id].drawn, last_seen=clock.now, version=2)
        assert found[row.id] == after
    assert found[rows[-1].id].state is State.ACCEPTED


async def test_to_be_seen_again_is_no_change(store: Store, clock: TestClock) -> None:
    (row,) = await add(store, content("gpt-4"))
    clock.advance(timedelta(hours=1))
    async with store.transaction() as together:
        await together.drawn_recommendations.see_again([row.id])
    assert await store.recommendations.find(row.id) == replace(row, last_seen=clock.now)


async def test_a_stamp_changes_with_every_change_and_with_nothing_else(store: Store) -> None:
    (row, _) = await add(store, content("gpt-4"), content("gpt-4", organization="globex"))
    stamps = store.recommendations.stamps
    first = await stamps()
    assert first == {"acme": (1, 1), "globex": (1, 1)}
    async with store.transaction() as together:
        await together.drawn_recommendations.see_again([row.id])
    assert await stamps() == first
    await store.recommendations.write(row, drawn=content("gpt-4", "50").drawn)
    assert await stamps("acme") == {"acme": (1, 2)}
    await add(store, content("gpt-4o"))
    assert await stamps() == {"acme": (2, 3), "globex": (1, 1)}


async def test_opportunities_are_kept_together_as_one_by_one(
    store: Store, clock: TestClock
) -> None:
    names = [f"organization-{number}" for number in range(120)]
    contents = [opportunity_content_of(replace(OPPORTUNITY, organization=name)) for name in names]
    async with store.transaction() as together:
        rows = await together.drawn_opportunities.add(contents)
        assert await together.drawn_opportunities.add(contents) == []
    assert {row.id: row for row in await store.opportunities.find_many([r.id for r in rows])} == {
        row.id: row for row in rows
    }
    clock.advance(timedelta(hours=1))
    newer = opportunity_content_of(
        replace(OPPORTUNITY, organization=rows[1].content.organization, title="Other words")
    )
    async with store.transaction() as together:
        known = await together.drawn_opportunities.latest_of(names[:5])
        assert {one.organization for one in known} == set(names[:5])
        await together.drawn_opportunities.rewrite(
            [
                RewrittenOpportunity(rows[0].id, 1, OpportunityState.EXPIRED),
                RewrittenOpportunity(rows[1].id, 1, content=newer),
            ]
        )
    assert await store.opportunities.find(rows[0].id) == replace(
        rows[0], state=OpportunityState.EXPIRED, state_since=clock.now, version=2
    )
    assert await store.opportunities.find(rows[1].id) == replace(
        rows[1], content=newer.opportunity, last_seen=clock.now, version=2
    )
    with pytest.raises(Outdated):
        async with store.transaction() as together:
            await together.drawn_opportunities.rewrite(
                [RewrittenOpportunity(rows[1].id, 1, OpportunityState.EXPIRED)]
            )


async def test_of_one_key_the_latest_opportunity_counts(store: Store, clock: TestClock) -> None:
    first = await store.opportunities.add(OPPORTUNITY)
    assert first is not None
    await store.opportunities.write(replace(first, state=OpportunityState.DISMISSED))
    clock.advance(timedelta(days=90))
    second = await store.opportunities.add(OPPORTUNITY)
    assert second is not None
    async with store.transaction() as together:
        (latest,) = await together.drawn_opportunities.latest_of(["acme"])
    assert latest.kept == second.kept()
    assert latest.digest == opportunity_content_of(OPPORTUNITY).digest

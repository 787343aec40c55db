"""Recommendations in both databases: kept to the last digit, and changed by one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from analysis.errors import NotFound, Outdated
from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import Kind, Proposal
from analysis.roles import Role
from storage import Store
from storage.records.recommendation import Card, Drawn, Recommendation, Standing
from storage.repositories.recommendations import Wanted
from tests.recommendations.proposals import proposal
from tests.stores import TestClock

FIRST, LAST = date(2026, 10, 21), date(2026, 11, 19)


def drawn(content: Proposal, audience: Role = Role.USER) -> Drawn:
    return Drawn.of(content, FIRST, LAST, audience)


async def add(store: Store, content: Proposal, audience: Role = Role.USER) -> Recommendation:
    row = await store.recommendations.add(drawn(content, audience))
    assert row is not None
    return row


def standing(row: Recommendation, state: State, **fields: object) -> Standing:
    at = row.standing.since + timedelta(hours=1)
    changed = replace(row.standing, state=state, since=at, accepted_at=at)
    return replace(changed, **fields)  # pyright: ignore[reportArgumentType]


async def test_what_is_kept_comes_back_to_the_last_digit(store: Store, clock: TestClock) -> None:
    content = replace(proposal(saved="33.3333331"), variant="prefix")
    kept = await add(store, content, Role.ORG_ADMIN)
    found = await store.recommendations.find(kept.id)
    assert found == kept
    assert kept.content == replace(
        content,
        savings=replace(
            content.savings,
            low=Decimal("16.666667"),
            likely=Decimal("33.333333"),
            high=Decimal("66.666666"),
        ),
        parts=(replace(content.parts[0], saved=Decimal("33.333333")),),
    )
    assert kept.key == content.key == kept.content.key
    assert kept.drawn.priority == drawn(content).priority
    assert (kept.drawn.evidence_days, kept.drawn.audience) == (30, Role.ORG_ADMIN)
    assert kept.standing == Standing(state=State.PENDING, since=clock.now)
    assert (kept.first_seen, kept.last_seen, kept.version) == (clock.now, clock.now, 1)


async def test_a_key_is_there_once_until_it_is_archived(store: Store, clock: TestClock) -> None:
    kept = await add(store, proposal())
    assert await store.recommendations.add(drawn(proposal(saved="50"))) is None
    archived = standing(kept, State.ARCHIVED, archived_at=clock.now)
    await store.recommendations.write(kept, standing=archived)
    again = await add(store, proposal(saved="50"))
    assert again.id != kept.id
    assert [row.id for row in await store.recommendations.live_of("acme")] == [again.id]


async def test_of_those_who_write_at_once_one_is_first(store: Store) -> None:
    kept = await add(store, proposal())

    async def decide(number: int) -> Recommendation:
        decided = standing(kept, State.ACCEPTED, decided_by=f"T1/U{number}")
        async with store.transaction() as together:
            return await together.recommendations.write(kept, standing=decided)

    outcomes = await asyncio.gather(*(decide(n) for n in range(8)), return_exceptions=True)
    done = [one for one in outcomes if isinstance(one, Recommendation)]
    assert [type(one) for one in outcomes].count(Outdated) == 7
    assert len(done) == 1
    assert await store.recommendations.find(kept.id) == done[0]


async def test_new_content_leaves_the_decision_and_a_decision_the_content(
    store: Store, clock: TestClock
) -> None:
    kept = await add(store, proposal())
    clock.advance(timedelta(days=1))
    more = drawn(proposal(saved="60"))
    newer = await store.recommendations.write(kept, drawn=more)
    assert (newer.drawn, newer.standing, newer.version) == (more, kept.standing, 2)
    assert (newer.first_seen, newer.last_seen) == (kept.first_seen, clock.now)
    accepted = await store.recommendations.write(newer, standing=standing(newer, State.ACCEPTED))
    assert (accepted.drawn, accepted.state) == (more, State.ACCEPTED)
    with pytest.raises(Outdated, match="Somebody else has changed the recommendation"):
        await store.recommendations.write(kept, drawn=more)
    with pytest.raises(NotFound):
        await store.recommendations.write(replace(kept, id=uuid4()), drawn=more)


async def test_a_thousand_are_paged_by_priority_and_dollars_each_once(store: Store) -> None:
    amounts = [f"{(number * 7919) % 997 + 5}.{number % 7}" for number in range(1_000)]
    async with store.transaction() as together:
        for number, saved in enumerate(amounts):
            content = proposal(f"model-{number}", saved, cost="9999")
            assert await together.recommendations.add(drawn(content)) is not None
    wanted = Wanted(within="acme")
    rows: list[Recommendation] = []
    while True:
        page = await store.recommendations.page(wanted, after=rows[-1] if rows else None, limit=130)
        rows += page
        if len(page) < 130:
            break
    assert len({row.id for row in rows}) == 1_000 == await store.recommendations.count(wanted)
    places = [(row.drawn.priority, row.content.savings.likely) for row in rows]
    assert places == sorted(places, reverse=True)
    assert len({priority for priority, _ in places}) > 10


async def test_lists_hold_what_was_asked_for_and_nothing_that_is_anothers(store: Store) -> None:
    mine = await add(store, proposal("gpt-4", "9.5"))
    large = await add(store, proposal("gpt-4", "40", kind=Kind.CACHING))
    keys = await add(store, proposal("claude-3-opus", "70"), Role.ORG_ADMIN)
    other = await add(store, proposal(organization="globex"))
    own = await add(store, proposal(organization=None))
    snoozed = standing(large, State.SNOOZED, snoozed_until=large.first_seen)
    large = await store.recommendations.write(large, standing=snoozed)

    async def ids(wanted: Wanted) -> set[object]:
        rows = await store.recommendations.page(wanted)
        assert await store.recommendations.count(wanted) == len(rows)
        return {row.id for row in rows}

    everybody = {mine.id, large.id, keys.id, other.id, own.id}
    assert await ids(Wanted()) == everybody
    assert await ids(Wanted(within="acme")) == {mine.id, large.id, keys.id}
    assert await ids(Wanted(within="acme", role=Role.USER)) == {mine.id, large.id}
    assert await ids(Wanted(states=frozenset({State.SNOOZED}))) == {large.id}
    assert await ids(Wanted(kinds=frozenset({Kind.CACHING}))) == {large.id}
    assert await ids(Wanted(min_savings=Decimal("9.500001"))) == everybody - {mine.id}
    assert await ids(Wanted(min_savings=Decimal("9.5"))) == everybody
    assert await store.recommendations.organizations() == {"acme", "globex", None}
    assert [row.id for row in await store.recommendations.live_of(None)] == [own.id]


async def test_one_is_found_by_its_first_digits_within_reach(store: Store) -> None:
    row = await add(store, proposal(), Role.ORG_ADMIN)
    there = store.recommendations
    digits = row.id.hex[:8]
    assert await there.find_beginning(digits, within="acme") == [row]
    assert await there.find_beginning(digits, within="globex") == []
    assert await there.find_beginning(digits, within="acme", role=Role.USER) == []
    assert await there.find(row.id, within="globex") is None
    assert await there.find(row.id, role=Role.USER) is None


async def test_what_counts_for_the_totals_is_read_without_the_rest(store: Store) -> None:
    row = await add(store, proposal(saved="12.25"))
    accepted = standing(row, State.ACCEPTED, verified_savings=Decimal("7.1"))
    await store.recommendations.write(row, standing=accepted)
    parts = await store.recommendations.state_parts(Wanted(within="acme"))
    assert [(one.state, one.kind, one.likely, one.parts, one.verified) for one in parts] == [
        (State.ACCEPTED, "model_downgrade", Decimal("12.25"), row.content.parts, Decimal("7.1"))
    ]


async def test_who_has_what_time_may_change_is_told(store: Store, clock: TestClock) -> None:
    valid = clock.now.date()
    await add(store, proposal(valid_until=valid))
    row = await add(store, proposal(organization="globex"))
    until = clock.now + timedelta(days=1)
    snoozed = standing(row, State.SNOOZED, snoozed_until=until)
    await store.recommendations.write(row, standing=snoozed)
    assert await store.recommendations.ageing(clock.now) == set()
    assert await store.recommendations.ageing(until) == {"acme", "globex"}


async def test_a_card_is_kept_once_and_two_at_once_are_both_kept(store: Store) -> None:
    row = await add(store, proposal())
    cards = [Card("C1", ts="1.2"), Card("C1", ts="1.2"), Card("U2", key="recommendation|1")]
    new = await asyncio.gather(*(store.recommendations.add_card(row.id, one) for one in cards))
    assert sorted(new) == [False, True, True]
    found = await store.recommendations.find(row.id)
    assert found is not None
    assert set(found.cards) == set(cards)
    with pytest.raises(NotFound):
        await store.recommendations.add_card(uuid4(), cards[0])

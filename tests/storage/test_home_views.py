"""Who looks at Home tabs, and whether anything was decided since; on both databases."""

from __future__ import annotations

from datetime import timedelta

from storage import Store
from storage.records.actor import Actor
from storage.records.audit import AuditEntry
from tests.stores import TestClock


async def test_who_opens_again_is_remembered_once_with_what_they_see(
    store: Store, clock: TestClock
) -> None:
    views = store.home_views
    assert await views.find("T1", "U1") is None
    await views.opened("T1", "U1")
    await views.made("T1", "U1", "7/1", "digest", "hash")
    published = clock.now
    clock.advance(timedelta(hours=1))
    await views.opened("T1", "U1")
    await views.made("T1", "U1", "8/1", "digest", None)  # nothing new to publish
    view = await views.find("T1", "U1")
    assert view is not None
    assert (view.opened_at, view.published_at) == (clock.now, published)
    assert (view.mark, view.content, view.view_hash) == ("8/1", "digest", "hash")


async def test_the_same_person_of_two_workspaces_has_two_tabs(store: Store) -> None:
    await store.home_views.opened("T1", "U1")
    await store.home_views.opened("T2", "U1")
    await store.home_views.made("T1", "U1", "1", "one", "h")
    other = await store.home_views.find("T2", "U1")
    assert other is not None
    assert other.content == ""


async def test_who_looked_lately_is_told_and_the_others_are_forgotten(
    store: Store, clock: TestClock
) -> None:
    begin = clock.now
    for user in ("U1", "U2", "U3"):
        await store.home_views.opened("T1", user)
        clock.advance(timedelta(days=1))
    since = begin + timedelta(days=1)
    assert [one.user_id for one in await store.home_views.looked_since(since)] == ["U3", "U2"]
    assert await store.home_views.forget_before(since) == 1
    assert await store.home_views.find("T1", "U1") is None


async def test_a_decision_changes_the_mark_and_a_look_does_not(store: Store) -> None:
    before = await store.home_views.decisions_mark()
    await store.home_views.opened("T1", "U1")
    assert await store.home_views.decisions_mark() == before
    entry = AuditEntry(
        actor=Actor(team_id="T1", user_id="U1", name="Ada"),
        surface="cli",
        organization="acme",
        action="budget.create",
        object_kind="budget",
        object_id="1",
        before=None,
        after={},
    )
    await store.audit.add(entry)
    assert await store.home_views.decisions_mark() != before

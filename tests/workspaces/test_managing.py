"""Workspaces as they are kept: installed, removed, given to an organization, encrypted anew."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr

from analysis.errors import BadInput, NotAllowed, NotFound, Unavailable
from analysis.roles import Role
from handlers.caller import Caller
from handlers.callers import Callers, PersonDefaults
from handlers.reach import Reach
from handlers.workspaces.managing import WorkspaceHandler
from handlers.workspaces.places import ManyPlaces, Place
from handlers.workspaces.sealing import Sealing, Tokens, new_key
from storage import Store
from storage.records.actor import Actor
from storage.records.audit import StoredAuditEntry
from tests.stores import TestClock
from tests.workspaces.conftest import OPERATOR, installation

SLACK = Actor(team_id="T1", user_id="slack", name="Slack")


async def trail(store: Store) -> list[StoredAuditEntry]:
    return await store.audit.of_object("workspace", "T1")


def files_in(folder: Path) -> list[tuple[str, bytes]]:
    return [(file.name, file.read_bytes()) for file in folder.iterdir()]


async def own_team() -> str:
    return "THOME"


async def test_an_installation_is_kept_and_its_token_read_again(
    workspaces: WorkspaceHandler, store: Store
) -> None:
    await workspaces.install(installation())
    kept = await store.workspaces.find("T1")
    assert kept is not None
    assert workspaces.tokens_of(kept).bot.get_secret_value() == "xoxb-planted-1"
    assert (kept.installed_by, kept.scopes) == ("UINSTALLER", ("chat:write", "commands"))
    assert (kept.organization, kept.role) == (None, None)


async def test_no_token_stands_in_the_database_or_the_trail(
    workspaces: WorkspaceHandler, store: Store, tmp_path: Path
) -> None:
    await workspaces.install(installation(refresh="xoxe-planted-2"))
    kept = await store.workspaces.find("T1")
    assert "planted" not in repr(kept)
    assert "planted" not in repr(await trail(store))
    assert not [name for name, content in files_in(tmp_path) if b"planted" in content]


async def test_a_removed_workspace_keeps_no_token_and_an_installation_brings_it_back(
    workspaces: WorkspaceHandler, store: Store
) -> None:
    await workspaces.install(installation())
    await workspaces.give("T1", "acme", "user", OPERATOR)
    assert await workspaces.removed("T1", "uninstalled", SLACK) is not None
    gone = await store.workspaces.find("T1")
    assert gone is not None
    assert (gone.sealed, gone.removed_why, gone.organization) == (None, "uninstalled", "acme")
    with pytest.raises(Unavailable, match="no token"):
        workspaces.tokens_of(gone)
    assert await workspaces.removed("T1", "uninstalled", SLACK) is None
    back = await workspaces.install(installation(token="xoxb-planted-9"))
    assert (back.removed_at, back.organization, back.role) == (None, "acme", Role.USER)


async def test_what_an_admin_has_removed_nobody_there_gets_back_by_installing_it(
    workspaces: WorkspaceHandler,
) -> None:
    await workspaces.install(installation())
    await workspaces.give("T1", "acme", "user", OPERATOR)
    await workspaces.remove("T1", OPERATOR)
    back = await workspaces.install(installation(token="xoxb-planted-9"))
    assert (back.removed_at, back.organization, back.role) == (None, None, None)


async def test_new_tokens_are_kept_whatever_else_is_decided_meanwhile(
    workspaces: WorkspaceHandler, store: Store, clock: TestClock
) -> None:
    asked = await workspaces.install(installation(refresh="xoxe-planted-2"))
    await workspaces.give("T1", "acme", "user", OPERATOR)
    fresh = Tokens(SecretStr("xoxb-planted-3"), SecretStr("xoxe-planted-3"))
    await workspaces.renew(asked, fresh, clock() + timedelta(hours=12))
    kept = await store.workspaces.find("T1")
    assert kept is not None
    assert workspaces.tokens_of(kept) == fresh
    assert kept.organization == "acme"
    await workspaces.install(installation(token="xoxb-planted-9"))
    await workspaces.renew(kept, fresh, clock() + timedelta(hours=12))
    again = await store.workspaces.find("T1")
    assert again is not None
    assert workspaces.tokens_of(again).bot.get_secret_value() == "xoxb-planted-9"


async def test_a_late_word_of_a_removal_leaves_a_newer_installation_alone(
    workspaces: WorkspaceHandler, clock: TestClock
) -> None:
    before = clock()
    clock.advance(timedelta(seconds=5))
    await workspaces.install(installation())
    assert await workspaces.removed("T1", "uninstalled", SLACK, by=before) is None
    assert await workspaces.removed("T1", "uninstalled", SLACK, by=clock()) is not None


async def test_every_decision_stands_in_the_trail(
    workspaces: WorkspaceHandler, store: Store
) -> None:
    await workspaces.install(installation())
    await workspaces.give("T1", "acme", "org_admin", OPERATOR)
    await workspaces.give("T1", "acme", "org_admin", OPERATOR)
    await workspaces.remove("T1", OPERATOR)
    entries = await trail(store)
    actions = sorted(entry.action for entry in entries)
    assert actions == ["workspace.install", "workspace.map", "workspace.remove"]
    mapped = next(entry for entry in entries if entry.action == "workspace.map")
    assert mapped.after is not None
    assert mapped.after["role"] == "org_admin"


async def test_only_admins_decide_and_nobody_becomes_one_by_a_workspace(
    workspaces: WorkspaceHandler,
) -> None:
    await workspaces.install(installation())
    lead = Caller("T1", "U1", "Lea", "acme", Role.ORG_ADMIN, OPERATOR.zone)
    with pytest.raises(NotAllowed):
        await workspaces.give("T1", "acme", "user", lead)
    with pytest.raises(NotAllowed):
        await workspaces.all(lead)
    with pytest.raises(BadInput, match="cannot be an admin"):
        await workspaces.give("T1", "acme", "admin", OPERATOR)
    with pytest.raises(NotFound, match="never installed"):
        await workspaces.give("T2", "acme", "user", OPERATOR)


async def test_keys_are_rotated_and_the_old_one_is_needed_no_more(
    store: Store, clock: TestClock
) -> None:
    old, new = SecretStr(new_key()), SecretStr(new_key())
    await WorkspaceHandler(store, clock, "cli", Sealing([old])).install(installation())
    both = WorkspaceHandler(store, clock, "cli", Sealing([new, old]))
    assert await both.rotate_keys(OPERATOR) == 1
    kept = await store.workspaces.find("T1")
    assert kept is not None
    only_new = WorkspaceHandler(store, clock, "cli", Sealing([new]))
    assert only_new.tokens_of(kept).bot.get_secret_value() == "xoxb-planted-1"
    with pytest.raises(Unavailable, match="cannot be read with any key"):
        WorkspaceHandler(store, clock, "cli", Sealing([old])).tokens_of(kept)


def test_a_token_in_another_workspaces_row_is_not_taken_for_its_own(keys: list[SecretStr]) -> None:
    sealing = Sealing(keys)
    sealed = sealing.seal("T1", installation().tokens)
    with pytest.raises(Unavailable, match="another one's"):
        sealing.open("T2", sealed)


@pytest.mark.parametrize("keys", [[], [SecretStr("hunter2")]], ids=["none", "no key"])
def test_keys_that_are_none_are_told_with_the_next_step(keys: list[SecretStr]) -> None:
    with pytest.raises(BadInput, match="new-key") as refusal:
        Sealing(keys)
    assert "hunter2" not in str(refusal.value)


async def test_a_state_counts_once_and_not_after_it_expired(store: Store, clock: TestClock) -> None:
    later = clock() + timedelta(minutes=10)
    await store.workspaces.issue_state("one", later)
    await store.workspaces.issue_state("two", later)
    assert await store.workspaces.consume_state("one", clock())
    assert not await store.workspaces.consume_state("one", clock())
    assert not await store.workspaces.consume_state("two", later)
    await store.workspaces.issue_state("three", later)
    assert await store.workspaces.forget_states(later) == 1


async def test_people_of_a_workspace_are_strangers_until_it_is_given_to_an_organization(
    workspaces: WorkspaceHandler, store: Store
) -> None:
    await workspaces.install(installation())
    # What the settings say holds in the deployment's own workspace alone.
    defaults = PersonDefaults(
        OPERATOR.zone, admins=frozenset({"U1", "T1/U2"}), organization="globex"
    )
    callers = Callers(store, defaults, places=ManyPlaces(store, own_team))
    assert await callers.caller_of("T1", "U1") is None
    assert await callers.caller_of("T9", "U1") is None
    admin = await callers.caller_of("T1", "U2")
    assert admin is not None
    assert (admin.role, admin.workspace) == (Role.ADMIN, "T1")
    own = await callers.caller_of("THOME", "U3")
    assert own is not None
    assert (own.organization, own.workspace) == ("globex", "")
    await workspaces.give("T1", "acme", "user", OPERATOR)
    caller = await callers.caller_of("T1", "U1")
    assert caller is not None
    assert (caller.organization, caller.role, caller.workspace) == ("acme", Role.USER, "T1")


class AllOfAcme:
    """A Slack in which everybody's address is at acme.com."""

    async def members(self, team_id: str, group_id: str) -> frozenset[str] | None:
        raise AssertionError((team_id, group_id))

    async def domain(self, team_id: str, user_id: str) -> str | None:
        return cast("str", "acme.com")


async def test_an_address_counts_where_its_organization_is_the_workspaces_own(
    workspaces: WorkspaceHandler, store: Store
) -> None:
    await workspaces.install(installation())
    defaults = PersonDefaults(OPERATOR.zone, domains={"acme.com": Reach("acme", Role.ORG_ADMIN)})
    callers = Callers(store, defaults, AllOfAcme(), ManyPlaces(store))
    assert await callers.caller_of("T1", "U1") is None
    await workspaces.give("T1", "globex", "nobody", OPERATOR)
    assert await callers.caller_of("T1", "U1") is None
    await workspaces.give("T1", "acme", "nobody", OPERATOR)
    caller = await callers.caller_of("T1", "U1")
    assert caller is not None
    assert (caller.organization, caller.role) == ("acme", Role.ORG_ADMIN)


async def test_a_workspace_of_a_grid_is_given_what_the_grid_is_unless_it_says_otherwise(
    workspaces: WorkspaceHandler, store: Store
) -> None:
    grid = await workspaces.install(installation("E1", enterprise="E1"))
    assert grid.is_grid
    for key in ("T1", "T2"):
        await workspaces.see(key, grid)
    await workspaces.give("E1", "acme", "user", OPERATOR)
    await workspaces.give("T2", "globex", "user", OPERATOR)
    places = ManyPlaces(store)
    assert await places.place("T1") == Place("T1", "acme", Role.USER)
    assert await places.place("T2") == Place("T2", "globex", Role.USER)
    assert await places.place("T3") is None

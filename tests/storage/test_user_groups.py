from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from analysis.errors import BadInput
from analysis.roles import Role
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.user_group import UserGroup

LEADS = UserGroup(
    team_id="T1", group_id="S1", name="Leads", organization="acme", role=Role.ORG_ADMIN
)


async def test_a_group_is_found_by_workspace_and_id_together(store: Store) -> None:
    elsewhere = replace(LEADS, team_id="T2", organization="globex")
    for group in (LEADS, elsewhere):
        await store.user_groups.put(group)
    assert await store.user_groups.find("T1", "S1") == LEADS
    assert await store.user_groups.find("T2", "S1") == elsewhere
    assert await store.user_groups.find("T3", "S1") is None


async def test_putting_a_group_again_changes_it(store: Store) -> None:
    await store.user_groups.put(LEADS)
    admins = replace(LEADS, organization=None, role=Role.ADMIN, name="Admins")
    await store.user_groups.put(admins)
    assert await store.user_groups.find_all() == [admins]


async def test_groups_are_listed_by_workspace_and_name_and_removed_once(store: Store) -> None:
    for group in (replace(LEADS, group_id="S2", name="Ann"), replace(LEADS, team_id="T0"), LEADS):
        await store.user_groups.put(group)
    assert [g.name for g in await store.user_groups.find_all()] == ["Leads", "Ann", "Leads"]
    assert [g.group_id for g in await store.user_groups.find_all("T1")] == ["S2", "S1"]
    assert await store.user_groups.remove("T1", "S1")
    assert not await store.user_groups.remove("T1", "S1")
    assert [g.team_id for g in await store.user_groups.find_all()] == ["T0", "T1"]


async def put_and_fail(store: Store) -> None:
    async with store.transaction() as together:
        await together.user_groups.put(LEADS)
        assert await together.user_groups.find("T1", "S1") == LEADS
        raise ZeroDivisionError


async def test_what_a_transaction_put_of_groups_is_undone_with_it(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        await put_and_fail(store)
    assert await store.user_groups.find_all() == []


def test_no_group_but_of_admins_is_without_an_organization() -> None:
    with pytest.raises(BadInput, match="Only an admin sees all organizations"):
        replace(LEADS, organization=None)
    with pytest.raises(BadInput, match="An admin sees all organizations"):
        replace(LEADS, role=Role.ADMIN)


@pytest.mark.parametrize(("role", "organization"), [("user", "NULL"), ("admin", "'acme'")])
async def test_the_database_itself_refuses_a_wrong_reach_of_a_group(
    store: Store, address: str, role: str, organization: str
) -> None:
    await store.user_groups.put(LEADS)
    database = Database(parse_address(address))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(
                text(f"UPDATE user_groups SET role = '{role}', organization = {organization}")
            )
    await database.close()

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from analysis.errors import BadInput
from analysis.roles import Role
from storage import Store
from storage.addresses import parse_address
from storage.database import Database
from storage.records.person import Person
from tests.stores import TestClock

ANN = Person(
    team_id="T1",
    user_id="U1",
    name="Ann",
    organization="acme",
    role=Role.ORG_ADMIN,
    zone=ZoneInfo("Europe/Berlin"),
)


async def test_a_person_is_found_by_workspace_and_id_together(store: Store) -> None:
    await store.people.put(ANN)
    elsewhere = replace(ANN, team_id="T2", name="Another", organization="globex")
    await store.people.put(elsewhere)
    assert await store.people.find("T1", "U1") == ANN
    assert await store.people.find("T2", "U1") == elsewhere
    assert await store.people.find("T3", "U1") is None
    assert await store.people.find("T1", "u1") is None


async def test_putting_a_person_again_changes_them(
    store: Store, address: str, clock: TestClock
) -> None:
    await store.people.put(ANN)
    clock.advance(timedelta(hours=1))
    admin = replace(ANN, organization=None, role=Role.ADMIN, active=False)
    await store.people.put(admin)
    assert await store.people.find_all() == [admin]
    database = Database(parse_address(address))
    async with database.reading() as session:
        created, updated = (
            await session.execute(text("SELECT created_at, updated_at FROM people"))
        ).one()
    assert created != updated
    await database.close()


async def test_people_are_listed_by_workspace_and_name(store: Store) -> None:
    people = [
        replace(ANN, user_id="U3", name="Cy"),
        replace(ANN, user_id="U2", name="Bo"),
        replace(ANN, team_id="T0"),
    ]
    for person in people:
        await store.people.put(person)
    assert [person.name for person in await store.people.find_all()] == ["Ann", "Bo", "Cy"]
    assert [person.name for person in await store.people.find_all("T1")] == ["Bo", "Cy"]


async def test_who_is_removed_is_gone_and_can_be_removed_once(store: Store) -> None:
    await store.people.put(ANN)
    assert await store.people.remove("T1", "U1") is True
    assert await store.people.remove("T1", "U1") is False
    assert await store.people.find("T1", "U1") is None


async def test_people_put_at_once_are_all_there(store: Store) -> None:
    many = [replace(ANN, user_id=f"U{number:03}") for number in range(20)]
    await asyncio.gather(*(store.people.put(person) for person in many))
    assert {person.user_id for person in await store.people.find_all()} == {
        person.user_id for person in many
    }


def test_nobody_but_an_admin_is_without_an_organization() -> None:
    for role in (Role.USER, Role.ORG_ADMIN):
        for nothing in (None, ""):
            with pytest.raises(BadInput, match="Only an admin sees all organizations"):
                replace(ANN, role=role, organization=nothing)
    with pytest.raises(BadInput, match="An admin sees all organizations"):
        replace(ANN, role=Role.ADMIN)


@pytest.mark.parametrize(
    ("role", "organization"), [("user", "NULL"), ("admin", "'acme'"), ("owner", "'acme'")]
)
async def test_the_database_itself_refuses_a_wrong_reach(
    store: Store, address: str, role: str, organization: str
) -> None:
    await store.people.put(ANN)
    database = Database(parse_address(address))
    with pytest.raises(IntegrityError):
        async with database.writing() as session:
            await session.execute(
                text(f"UPDATE people SET role = '{role}', organization = {organization}")
            )
    await database.close()
    assert await store.people.find("T1", "U1") == ANN

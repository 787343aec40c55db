from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.people import NewPerson, PeopleHandler, PersonDefaults
from storage import Store
from storage.records.person import Person
from tests.stores import TestClock, sqlite_store

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, BERLIN)
ANN = Person(
    team_id="T1", user_id="U2", name="Ann", organization="acme", role=Role.USER, zone=TOKYO
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with sqlite_store(tmp_path, TestClock()) as store:
        yield store


@pytest.fixture
def people(store: Store) -> PeopleHandler:
    return PeopleHandler(store.people, PersonDefaults(BERLIN))


async def test_a_stranger_is_nobody(people: PeopleHandler) -> None:
    assert await people.caller_of("T1", "U9") is None


async def test_a_listed_person_is_who_the_list_says(people: PeopleHandler, store: Store) -> None:
    await store.people.put(ANN)
    assert await people.caller_of("T1", "U2") == Caller("T1", "U2", "Ann", "acme", Role.USER, TOKYO)
    assert await people.caller_of("T2", "U2") is None


async def test_a_person_who_is_switched_off_is_nobody_whatever_the_defaults(store: Store) -> None:
    people = PeopleHandler(store.people, PersonDefaults(BERLIN, organization="acme"))
    await store.people.put(replace(ANN, active=False))
    assert await people.caller_of("T1", "U2") is None


async def test_with_a_default_organization_strangers_see_it_alone(store: Store) -> None:
    people = PeopleHandler(store.people, PersonDefaults(BERLIN, organization="acme"))
    assert await people.caller_of("T1", "U9") == Caller("T1", "U9", "U9", "acme", Role.USER, BERLIN)


async def test_an_empty_default_organization_is_none(store: Store) -> None:
    people = PeopleHandler(store.people, PersonDefaults(BERLIN, organization=""))
    assert await people.caller_of("T1", "U9") is None


def test_nobody_becomes_an_admin_by_default() -> None:
    with pytest.raises(BadInput, match="cannot all be admins"):
        PersonDefaults(BERLIN, organization="acme", role=Role.ADMIN)


async def test_the_admins_of_the_settings_cannot_be_locked_out(store: Store) -> None:
    people = PeopleHandler(store.people, PersonDefaults(BERLIN, frozenset({"U2"})))
    assert await people.caller_of("T1", "U2") == Caller("T1", "U2", "U2", None, Role.ADMIN, BERLIN)
    await store.people.put(replace(ANN, active=False))
    assert await people.caller_of("T1", "U2") == Caller("T1", "U2", "Ann", None, Role.ADMIN, TOKYO)


async def test_an_added_person_is_a_caller(people: PeopleHandler) -> None:
    new = NewPerson(" T1 ", "U7 ", "Org-Admin", " acme ", " Ute ", "Asia/Tokyo")
    added = await people.add(new, ADMIN)
    assert await people.caller_of("T1", "U7") == Caller(
        "T1", "U7", "Ute", "acme", Role.ORG_ADMIN, TOKYO
    )
    assert await people.listed(ADMIN) == [added]


async def test_without_name_and_zone_the_id_and_the_default_zone_are_taken(
    people: PeopleHandler,
) -> None:
    person = await people.add(NewPerson("T1", "U7", organization="acme"), ADMIN)
    assert (person.name, person.zone, person.role) == ("U7", BERLIN, Role.USER)


@pytest.mark.parametrize(
    ("new", "sentence", "hint"),
    [
        (NewPerson("T1", "ann", organization="acme"), "`ann` is no Slack member id", "U024BE7LH"),
        (NewPerson("U1", "U7", organization="acme"), "`U1` is no Slack workspace id", "T024BE7LD"),
        (NewPerson("T1", "U7", "boss", "acme"), "`boss` is no role", "`org_admin`"),
        (NewPerson("T1", "U7", "admn"), "`admn` is no role", "Did you mean `admin`"),
        (NewPerson("T1", "U7"), "Only an admin sees all", "Name the organization"),
        (NewPerson("T1", "U7", organization=" "), "cannot be the person's organization", "200"),
        (NewPerson("T1", "U7", "admin", "acme"), "An admin sees all", "org_admin"),
        (NewPerson("T1", "U7", organization="a\nb"), "cannot be the person's organization", "200"),
        (NewPerson("T1", "U7", organization="acme", name="\x1b[1m"), "the person's name", "200"),
        (
            NewPerson("T1", "U7", organization="acme", zone="Europe/Berln"),
            "`Europe/Berln` is no IANA time zone",
            "`Europe/Berlin`",
        ),
        (
            NewPerson("T1", "U7", organization="acme", zone="../../etc/passwd"),
            "is no IANA time zone",
            "",
        ),
    ],
)
async def test_what_cannot_be_listed_is_refused_with_what_would_work(
    people: PeopleHandler, new: NewPerson, sentence: str, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await people.add(new, ADMIN)
    assert sentence in refused.value.sentence
    assert hint in refused.value.hint
    assert await people.listed(ADMIN) == []


@pytest.mark.parametrize("role", [Role.USER, Role.ORG_ADMIN])
async def test_only_admins_keep_the_list(people: PeopleHandler, role: Role) -> None:
    caller = replace(ADMIN, role=role, organization="acme")
    with pytest.raises(NotAllowed):
        await people.add(NewPerson("T1", "U7", "admin"), caller)
    with pytest.raises(NotAllowed):
        await people.listed(caller)
    with pytest.raises(NotAllowed):
        await people.remove("T1", "U2", caller)


async def test_who_is_removed_is_a_stranger_again(people: PeopleHandler, store: Store) -> None:
    await store.people.put(ANN)
    await people.remove("T1", "U2", ADMIN)
    assert await people.caller_of("T1", "U2") is None
    with pytest.raises(NotFound, match="Nobody of that workspace is"):
        await people.remove("T1", "U2", ADMIN)

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.callers import Callers, PersonDefaults
from handlers.people import NewPerson, PeopleHandler
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
    return PeopleHandler(store, BERLIN, "cli")


@pytest.fixture
def callers(store: Store) -> Callers:
    return Callers(store, PersonDefaults(BERLIN))


async def test_a_stranger_is_nobody(callers: Callers) -> None:
    assert await callers.caller_of("T1", "U9") is None


async def test_a_listed_person_is_who_the_list_says(callers: Callers, store: Store) -> None:
    await store.people.put(ANN)
    assert await callers.caller_of("T1", "U2") == Caller(
        "T1", "U2", "Ann", "acme", Role.USER, TOKYO
    )
    assert await callers.caller_of("T2", "U2") is None


async def test_a_person_who_is_switched_off_is_nobody_whatever_the_defaults(store: Store) -> None:
    callers = Callers(store, PersonDefaults(BERLIN, organization="acme"))
    await store.people.put(replace(ANN, active=False))
    assert await callers.caller_of("T1", "U2") is None


async def test_with_a_default_organization_strangers_see_it_alone(store: Store) -> None:
    callers = Callers(store, PersonDefaults(BERLIN, organization="acme"))
    assert await callers.caller_of("T1", "U9") == Caller(
        "T1", "U9", "U9", "acme", Role.USER, BERLIN
    )


async def test_an_empty_default_organization_is_none(store: Store) -> None:
    callers = Callers(store, PersonDefaults(BERLIN, organization=""))
    assert await callers.caller_of("T1", "U9") is None


def test_nobody_becomes_an_admin_by_default() -> None:
    with pytest.raises(BadInput, match="cannot all be admins"):
        PersonDefaults(BERLIN, organization="acme", role=Role.ADMIN)


async def test_the_admins_of_the_settings_cannot_be_locked_out(store: Store) -> None:
    callers = Callers(store, PersonDefaults(BERLIN, frozenset({"U2"})))
    assert await callers.caller_of("T1", "U2") == Caller("T1", "U2", "U2", None, Role.ADMIN, BERLIN)
    await store.people.put(replace(ANN, active=False))
    assert await callers.caller_of("T1", "U2") == Caller("T1", "U2", "Ann", None, Role.ADMIN, TOKYO)


async def test_an_added_person_is_a_caller(people: PeopleHandler, callers: Callers) -> None:
    new = NewPerson(" T1 ", "U7 ", "Org-Admin", " acme ", " Ute ", "Asia/Tokyo")
    added = await people.add(new, ADMIN)
    assert await callers.caller_of("T1", "U7") == Caller(
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


async def test_who_is_removed_is_a_stranger_again(
    people: PeopleHandler, callers: Callers, store: Store
) -> None:
    await store.people.put(ANN)
    await people.remove("T1", "U2", ADMIN)
    assert await callers.caller_of("T1", "U2") is None
    with pytest.raises(NotFound, match="Nobody of that workspace is"):
        await people.remove("T1", "U2", ADMIN)


async def test_every_change_of_the_list_is_in_the_audit_trail(
    people: PeopleHandler, store: Store
) -> None:
    ann = NewPerson("T1", "U7", organization="acme", name="Ann")
    await people.add(ann, ADMIN)
    await people.add(ann, ADMIN)
    await people.add(replace(ann, role="org_admin"), ADMIN)
    await people.add(replace(ann, organization="globex", role="org_admin"), ADMIN)
    await people.remove("T1", "U7", ADMIN)
    trail = list(reversed(await store.audit.of_object("person", "T1/U7")))
    values = {"name": "Ann", "zone": "Europe/Berlin", "active": True}
    assert [(entry.action, entry.organization, entry.before, entry.after) for entry in trail] == [
        ("person.add", "acme", None, {**values, "organization": "acme", "role": "user"}),
        ("person.change", "acme", {"role": "user"}, {"role": "org_admin"}),
        ("person.change", None, {"organization": "acme"}, {"organization": "globex"}),
        (
            "person.remove",
            "globex",
            {**values, "organization": "globex", "role": "org_admin"},
            None,
        ),
    ]
    assert {(entry.actor.name, entry.surface) for entry in trail} == {("Ada", "cli")}


async def test_what_is_refused_is_not_in_the_audit_trail(
    people: PeopleHandler, store: Store
) -> None:
    with pytest.raises(NotFound):
        await people.remove("T1", "U7", ADMIN)
    with pytest.raises(BadInput):
        await people.add(NewPerson("T1", "U7"), ADMIN)
    assert await store.audit.page() == []

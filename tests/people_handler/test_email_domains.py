"""Who is known by the domain of their address: after all else that knows them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from analysis.errors import BadInput, NotAllowed
from analysis.roles import Role
from bot.settings import Settings
from handlers.caller import Caller
from handlers.callers import Callers, PersonDefaults
from handlers.reach import Reach
from storage import Store
from storage.records.person import Person
from storage.records.user_group import UserGroup
from tests.stores import TestClock, sqlite_store

BERLIN = ZoneInfo("Europe/Berlin")
DOMAINS = {"acme.com": Reach("acme"), "globex.com": Reach("globex", Role.ORG_ADMIN)}


@dataclass
class Directory:
    """What Slack knows, in memory.

    Attributes:
        domains: of people; None: Slack does not tell; who is not in it has no address.
        leads: members of the group S1.
        asked: whose domains were asked for.
    """

    domains: dict[str, str | None]
    leads: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list[str])

    async def members(self, team_id: str, group_id: str) -> frozenset[str] | None:
        return self.leads if group_id == "S1" else frozenset()

    async def domain(self, team_id: str, user_id: str) -> str | None:
        self.asked.append(f"{team_id}/{user_id}")
        return self.domains.get(user_id, "")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with sqlite_store(tmp_path, TestClock()) as store:
        yield store


def callers_of(store: Store, directory: Directory, organization: str | None = None) -> Callers:
    defaults = PersonDefaults(
        BERLIN, frozenset({"U_ADMIN"}), organization=organization, domains=DOMAINS
    )
    return Callers(store, defaults, directory)


async def test_a_domain_says_whose_costs_somebody_sees(store: Store) -> None:
    callers = callers_of(store, Directory({"U1": "acme.com", "U2": "globex.com"}))
    assert await callers.caller_of("T1", "U1") == Caller(
        "T1", "U1", "U1", "acme", Role.USER, BERLIN
    )
    assert await callers.caller_of("T1", "U2") == Caller(
        "T1", "U2", "U2", "globex", Role.ORG_ADMIN, BERLIN
    )


@pytest.mark.parametrize(
    "domain", ["", "example.com", "sub.acme.com", "acme.com.example.com", "notacme.com", "acme"]
)
async def test_other_domains_say_nothing(store: Store, domain: str) -> None:
    directory = Directory({"U1": domain})
    assert await callers_of(store, directory).caller_of("T1", "U1") is None
    caller = await callers_of(store, directory, "everybody").caller_of("T1", "U1")
    assert caller is not None
    assert caller.organization == "everybody"


async def test_lists_and_groups_come_first_and_nobody_is_asked_for_then(store: Store) -> None:
    directory = Directory(dict.fromkeys(("U1", "U2", "U3"), "acme.com"), frozenset({"U2"}))
    callers = callers_of(store, directory)
    person = Person(
        team_id="T1", user_id="U1", name="Ann", organization="x", role=Role.USER, zone=BERLIN
    )
    await store.people.put(person)
    group = UserGroup(team_id="T1", group_id="S1", name="L", organization="y", role=Role.ORG_ADMIN)
    await store.user_groups.put(group)
    found = [await callers.caller_of("T1", who) for who in ("U1", "U2", "U_ADMIN")]
    assert [one.organization for one in found if one is not None] == ["x", "y", None]
    assert directory.asked == []
    third = await callers.caller_of("T1", "U3")
    assert third is not None
    assert third.organization == "acme"


@pytest.mark.parametrize("organization", [None, "everybody"])
async def test_while_slack_is_silent_nobody_is_taken_for_everybody_else(
    store: Store, organization: str | None
) -> None:
    callers = callers_of(store, Directory({"U1": None}), organization)
    with pytest.raises(NotAllowed, match="of which organization you are"):
        await callers.caller_of("T1", "U1")


async def test_without_domains_nobody_is_asked_for(store: Store) -> None:
    directory = Directory({"U1": None})
    callers = Callers(store, PersonDefaults(BERLIN), directory)
    assert await callers.caller_of("T1", "U1") is None
    assert directory.asked == []


def test_no_domain_makes_admins(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot all be admins"):
        PersonDefaults(BERLIN, domains={"acme.com": Reach("acme", Role.ADMIN)})
    for typed in ("acme.com=acme:admin", "acme.com=acme:root", "acme.com", "=acme", "acme.com="):
        with pytest.raises(ValidationError):
            Settings(home=tmp_path, email_domains=typed)  # pyright: ignore[reportArgumentType]
    for typed in ("acme=acme", "a.com=a, A.com=b", "@acme.com=acme", "*.acme.com=acme"):
        with pytest.raises(ValidationError):
            Settings(home=tmp_path, email_domains=typed)  # pyright: ignore[reportArgumentType]


def test_domains_are_set_as_people_write_them(tmp_path: Path) -> None:
    typed = " Acme.com = The Acme : org_admin ,globex.com=globex,"
    settings = Settings(home=tmp_path, email_domains=typed)  # pyright: ignore[reportArgumentType]
    assert settings.email_domains == {
        "acme.com": Reach("The Acme", Role.ORG_ADMIN),
        "globex.com": Reach("globex"),
    }

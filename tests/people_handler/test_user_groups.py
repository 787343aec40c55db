"""Who the members of listed user groups are, and the list that says so."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.callers import Callers, PersonDefaults
from handlers.user_groups import NewGroup, UserGroupHandler
from storage import Store
from storage.records.person import Person
from storage.records.user_group import UserGroup
from tests.stores import TestClock, sqlite_store

BERLIN = ZoneInfo("Europe/Berlin")
ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, BERLIN)
LEADS = UserGroup(
    team_id="T1", group_id="S1", name="Leads", organization="acme", role=Role.ORG_ADMIN
)
UNKNOWN = None


@dataclass
class Known:
    """A directory in memory: group to members, and what was asked of it."""

    groups: Mapping[str, frozenset[str] | None] = field(default_factory=dict[str, frozenset[str]])
    asked: list[str] = field(default_factory=list[str])

    async def members(self, team_id: str, group_id: str) -> frozenset[str] | None:
        self.asked.append(f"{team_id}/{group_id}")
        return self.groups.get(group_id, frozenset())

    async def domain(self, team_id: str, user_id: str) -> str | None:
        raise AssertionError("no domain is set")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with sqlite_store(tmp_path, TestClock()) as store:
        yield store


@pytest.fixture
def groups(store: Store) -> UserGroupHandler:
    return UserGroupHandler(store, "cli")


def callers(
    store: Store, defaults: PersonDefaults | None = None, **members: set[str] | None
) -> Callers:
    """Those of a store, where these are in the groups."""
    known = {name: UNKNOWN if ids is None else frozenset(ids) for name, ids in members.items()}
    return Callers(store, defaults or PersonDefaults(BERLIN), Known(known))


async def test_a_member_of_a_listed_group_reaches_as_far_as_it_says(store: Store) -> None:
    await store.user_groups.put(LEADS)
    known = callers(store, S1={"U7"})
    assert await known.caller_of("T1", "U7") == Caller(
        "T1", "U7", "U7", "acme", Role.ORG_ADMIN, BERLIN
    )
    assert await known.caller_of("T1", "U8") is None
    assert await known.caller_of("T2", "U7") is None


async def test_without_slack_no_group_counts(store: Store) -> None:
    await store.user_groups.put(LEADS)
    assert await Callers(store, PersonDefaults(BERLIN)).caller_of("T1", "U7") is None


@pytest.mark.parametrize("active", [True, False])
async def test_who_is_listed_stays_what_the_list_says_and_costs_no_question(
    store: Store, active: bool
) -> None:
    await store.user_groups.put(replace(LEADS, role=Role.ADMIN, organization=None))
    user = Person(
        team_id="T1",
        user_id="U7",
        name="Ute",
        organization="acme",
        role=Role.USER,
        zone=BERLIN,
        active=active,
    )
    await store.people.put(user)
    directory = Known({"S1": frozenset({"U7"})})
    caller = await Callers(store, PersonDefaults(BERLIN), directory).caller_of("T1", "U7")
    listed = Caller("T1", "U7", "Ute", "acme", Role.USER, BERLIN)
    assert caller == (listed if active else None)
    assert directory.asked == []


async def test_only_listed_groups_of_the_own_workspace_are_asked_for(store: Store) -> None:
    directory = Known()
    known = Callers(store, PersonDefaults(BERLIN, frozenset({"U9"})), directory)
    assert await known.caller_of("T1", "U7") is None
    assert directory.asked == []
    await store.user_groups.put(LEADS)
    await store.user_groups.put(replace(LEADS, team_id="T2"))
    assert await known.caller_of("T1", "U7") is None
    assert await known.caller_of("T1", "U9") is not None
    assert directory.asked == ["T1/S1"]


async def test_the_group_that_reaches_farthest_decides(store: Store) -> None:
    for group in (
        LEADS,
        replace(LEADS, group_id="S2", organization="globex", role=Role.USER),
        replace(LEADS, group_id="S3", organization=None, role=Role.ADMIN),
        replace(LEADS, group_id="S4"),
    ):
        await store.user_groups.put(group)
    known = callers(store, S1={"U7", "U8"}, S2={"U7", "U8"}, S3={"U8"}, S4={"U7"})
    seven, eight = await known.caller_of("T1", "U7"), await known.caller_of("T1", "U8")
    assert seven is not None
    assert (seven.role, seven.organization) == (Role.ORG_ADMIN, "acme")
    assert eight is not None
    assert (eight.role, eight.organization) == (Role.ADMIN, None)


@settings(max_examples=15)  # each has a store of its own
@given(
    reaches=st.lists(
        st.tuples(st.sampled_from(Role), st.sampled_from(["acme", "globex"])), min_size=1
    )
)
async def test_nobody_gets_more_than_one_of_their_groups_gives(
    tmp_path_factory: pytest.TempPathFactory, reaches: list[tuple[Role, str]]
) -> None:
    async with sqlite_store(tmp_path_factory.mktemp("store"), TestClock()) as store:
        given_roles = [(role, None if role is Role.ADMIN else where) for role, where in reaches]
        for number, (role, where) in enumerate(given_roles):
            group = replace(LEADS, group_id=f"S{number}", role=role, organization=where)
            await store.user_groups.put(group)
        directory = Known({f"S{number}": frozenset({"U7"}) for number in range(len(reaches))})
        known = Callers(store, PersonDefaults(BERLIN), directory)
        farthest = [role for role in Role if role in dict(given_roles)][-1]
        if len({where for role, where in given_roles if role is farthest}) > 1:
            with pytest.raises(NotAllowed):
                await known.caller_of("T1", "U7")
        else:
            caller = await known.caller_of("T1", "U7")
            assert caller is not None
            assert (caller.role, caller.organization) in given_roles


async def test_groups_of_two_organizations_are_refused_without_naming_either(store: Store) -> None:
    await store.user_groups.put(LEADS)
    await store.user_groups.put(replace(LEADS, group_id="S2", name="Bosses", organization="globex"))
    known = callers(store, PersonDefaults(BERLIN, organization="acme"), S1={"U7"}, S2={"U7"})
    with pytest.raises(NotAllowed, match="several organizations") as refused:
        await known.caller_of("T1", "U7")
    for name in ("acme", "globex", "Leads", "Bosses", "S1", "S2"):
        assert name not in str(refused.value)


async def test_while_slack_does_not_tell_nobody_is_let_in_by_a_group(store: Store) -> None:
    await store.user_groups.put(LEADS)
    with pytest.raises(NotAllowed, match="Slack does not tell"):
        await callers(store, S1=UNKNOWN).caller_of("T1", "U7")
    everybody = PersonDefaults(BERLIN, organization="initech")
    caller = await callers(store, everybody, S1=UNKNOWN).caller_of("T1", "U7")
    assert caller == Caller("T1", "U7", "U7", "initech", Role.USER, BERLIN)


async def test_a_group_that_is_known_counts_while_another_is_not(store: Store) -> None:
    await store.user_groups.put(LEADS)
    await store.user_groups.put(replace(LEADS, group_id="S2", name="Others"))
    caller = await callers(store, S1={"U7"}, S2=UNKNOWN).caller_of("T1", "U7")
    assert caller is not None
    assert caller.organization == "acme"


async def test_every_change_of_the_groups_is_in_the_audit_trail(
    groups: UserGroupHandler, store: Store
) -> None:
    new = NewGroup(" T1 ", "S1 ", "Org-Admin", " acme ", " Leads ")
    assert await groups.add(new, ADMIN) == LEADS
    await groups.add(new, ADMIN)
    await groups.add(replace(new, role="admin", organization=None), ADMIN)
    await groups.remove("T1", "S1", ADMIN)
    trail = list(reversed(await store.audit.of_object("user_group", "T1/S1")))
    first = {"name": "Leads", "organization": "acme", "role": "org_admin"}
    last = {"name": "Leads", "organization": None, "role": "admin"}
    assert [(entry.action, entry.organization, entry.before, entry.after) for entry in trail] == [
        ("user_group.add", "acme", None, first),
        (
            "user_group.change",
            None,
            {"organization": "acme", "role": "org_admin"},
            {"organization": None, "role": "admin"},
        ),
        ("user_group.remove", None, last, None),
    ]


@pytest.mark.parametrize(
    ("new", "sentence"),
    [
        (NewGroup("T1", "leads", organization="acme"), "`leads` is no Slack user group id"),
        (NewGroup("T1", "U7", organization="acme"), "`U7` is no Slack user group id"),
        (NewGroup("S1", "S1", organization="acme"), "`S1` is no Slack workspace id"),
        (NewGroup("T1", "S1", "boss", "acme"), "`boss` is no role"),
        (NewGroup("T1", "S1"), "Only an admin sees all organizations"),
        (NewGroup("T1", "S1", "admin", "acme"), "An admin sees all organizations"),
        (NewGroup("T1", "S1", organization="a\nb"), "cannot be the group's organization"),
    ],
)
async def test_a_group_that_cannot_be_listed_is_refused(
    groups: UserGroupHandler, new: NewGroup, sentence: str
) -> None:
    with pytest.raises(BadInput) as refused:
        await groups.add(new, ADMIN)
    assert sentence in refused.value.sentence
    assert await groups.listed(ADMIN) == []


@pytest.mark.parametrize("role", [Role.USER, Role.ORG_ADMIN])
async def test_only_admins_keep_the_groups(groups: UserGroupHandler, role: Role) -> None:
    caller = replace(ADMIN, role=role, organization="acme")
    with pytest.raises(NotAllowed):
        await groups.add(NewGroup("T1", "S1", "admin"), caller)
    with pytest.raises(NotAllowed):
        await groups.listed(caller)
    with pytest.raises(NotAllowed):
        await groups.remove("T1", "S1", caller)


async def test_a_group_that_is_not_listed_cannot_be_removed(groups: UserGroupHandler) -> None:
    with pytest.raises(NotFound, match="No group of that workspace is"):
        await groups.remove("T1", "S1", ADMIN)

"""Who is who: from a verified Slack identity to a caller."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from analysis.errors import BadInput, NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from handlers.reach import Reach
from handlers.workspaces.places import OnePlace, Place, Places
from storage.records.person import Person
from storage.records.user_group import UserGroup
from storage.store import Store


class Membership(Protocol):
    """Who is in Slack's user groups, and of which domain people's addresses are."""

    async def members(self, team_id: str, group_id: str) -> frozenset[str] | None:
        """The Slack ids of a group's members; None: that cannot be known at the moment."""
        ...

    async def domain(self, team_id: str, user_id: str) -> str | None:
        """The domain of a person's e-mail address, lower case.

        Empty: they have none that counts; None: that cannot be known at the moment.
        """
        ...


@dataclass(frozen=True, slots=True)
class PersonDefaults:
    """What holds for people who are not listed.

    Attributes:
        zone: in which their days begin.
        admins: Slack ids of those who are admins nevertheless; where there are several workspaces,
            an id behind its workspace's: `T1/U1`. Alone it counts in the deployment's own.
        organization: what all others see; None: nothing, they are strangers.
        role: how far those others reach.
        domains: how far people reach by the domain of their address, lower case.

    Raises:
        BadInput: everybody who is not listed, or everybody of a domain, would be an admin.
    """

    zone: ZoneInfo
    admins: frozenset[str] = frozenset()
    organization: str | None = None
    role: Role = Role.USER
    domains: Mapping[str, Reach] = field(default_factory=dict[str, Reach])

    def __post_init__(self) -> None:
        if self.role is Role.ADMIN or Role.ADMIN in {one.role for one in self.domains.values()}:
            sentence = "People who are not listed cannot all be admins."
            raise BadInput(sentence, "Name the admins' Slack ids in COSTBOT_ADMINS instead.")


@dataclass(frozen=True, slots=True)
class Callers:
    """Knows who a Slack identity is.

    Attributes:
        store: that lists people and user groups.
        defaults: for those who are not listed.
        membership: who is in the groups; None: nobody is asked, and no group counts.
        places: the workspaces that people ask from.
    """

    store: Store
    defaults: PersonDefaults
    membership: Membership | None = None
    places: Places = field(default_factory=OnePlace)

    async def caller_of(self, team_id: str, user_id: str) -> Caller | None:
        """The caller behind a verified Slack identity; None: a stranger, who sees nothing.

        The first of these that knows the person decides:

        1. the admins of the settings, so that nobody locks them out;
        2. the list of people, where a person may be switched off;
        3. the listed user groups that the person is in: of these, those that reach farthest;
        4. what the settings say of the domain of their e-mail address;
        5. what is decided of everybody in their workspace, and in the deployment's own, what the
           settings say of everybody else.

        In a workspace that installed costbot a domain counts that leads to the organization which
        the workspace was given to: who administers a workspace says there whose address is whose.

        Raises:
            NotAllowed: groups that reach equally far are of several organizations; or Slack does
                not tell who is in a group, and nothing else knows the person; or it does not tell
                their address, where that decides.
            Unavailable: the store does not answer.
        """
        place = await self.places.place(team_id)
        if place is None:
            return None
        person = await self.store.people.find(team_id, user_id)
        if self._is_admin(place, team_id, user_id):
            name = user_id if person is None else person.name
            zone = self.defaults.zone if person is None else person.zone
            return Caller(team_id, user_id, name, None, Role.ADMIN, zone, place.workspace)
        if person is not None:
            return _caller(person, place) if person.active else None

        def reaching(organization: str | None, role: Role) -> Caller:
            zone = self.defaults.zone
            return Caller(team_id, user_id, user_id, organization, role, zone, place.workspace)

        groups, all_known = await self._groups_of(team_id, user_id)
        if groups:
            role, organization = _reach(groups)
            return reaching(organization, role)
        domain = await self._domain_of(place, team_id, user_id)
        if domain is None:
            # The organization of everybody else may be another's than theirs.
            sentence = "Slack does not tell at the moment of which organization you are."
            raise NotAllowed(sentence, "Try again in a minute.")
        reach = self._of_everybody(place, domain)
        if reach is not None:
            return reaching(reach.organization, reach.role)
        if not all_known:
            sentence = "Slack does not tell at the moment which user groups you are in."
            raise NotAllowed(sentence, "Try again in a minute.")
        return None

    def _is_admin(self, place: Place, team_id: str, user_id: str) -> bool:
        admins = self.defaults.admins
        return f"{team_id}/{user_id}" in admins or (place.is_own and user_id in admins)

    def _of_everybody(self, place: Place, domain: str) -> Reach | None:
        """How far anybody of a domain reaches in a workspace; None: they are strangers."""
        reach = self.defaults.domains.get(domain)
        if reach is not None and (place.is_own or reach.organization == place.organization):
            return reach
        if place.is_own:
            everybody, role = self.defaults.organization, self.defaults.role
        else:
            everybody, role = place.organization, place.role
        return Reach(everybody, role) if everybody and role is not None else None

    async def _domain_of(self, place: Place, team_id: str, user_id: str) -> str | None:
        """The domain of a person's address; empty: none counts; None: not known now."""
        if self.membership is None:
            return ""
        reaches = self.defaults.domains.values()
        if not any(place.is_own or one.organization == place.organization for one in reaches):
            return ""
        return await self.membership.domain(team_id, user_id)

    async def _groups_of(self, team_id: str, user_id: str) -> tuple[list[UserGroup], bool]:
        """The listed groups that a person is in, and whether the members of all are known."""
        if self.membership is None:
            return [], True
        listed = await self.store.user_groups.find_all(team_id)
        members = await asyncio.gather(
            *(self.membership.members(group.team_id, group.group_id) for group in listed)
        )
        within = [
            group for group, ids in zip(listed, members, strict=True) if ids and user_id in ids
        ]
        return within, None not in members


def _reach(groups: Sequence[UserGroup]) -> tuple[Role, str | None]:
    """The farthest reaching role of some groups, and the organization in which it holds."""
    order = list(Role)
    farthest = max((group.role for group in groups), key=order.index)
    organizations = {group.organization for group in groups if group.role is farthest}
    if len(organizations) > 1:
        raise NotAllowed(
            "You are in user groups of several organizations, so I cannot tell which costs are "
            "yours.",
            "Ask an admin of costbot to list you yourself, with the one that you belong to.",
        )
    return farthest, organizations.pop()


def _caller(person: Person, place: Place) -> Caller:
    return Caller(
        person.team_id,
        person.user_id,
        person.name,
        person.organization,
        person.role,
        person.zone,
        place.workspace,
    )

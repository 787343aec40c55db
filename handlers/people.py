"""The list of people: who is answered, and how far they reach."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from analysis.roles import Role
from handlers import listing
from handlers.caller import Caller
from handlers.kept_list import KeptList, Kind
from handlers.nearest import shown
from storage.records.audit import Surface
from storage.records.person import Person
from storage.store import Store


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person to list, as it was typed.

    Attributes:
        team_id, user_id: the Slack workspace, and the person's member id in it.
        role: `user`, `org_admin` or `admin`.
        organization: the one that the person sees; None: all, for admins alone.
        name: for display; empty: the member id.
        zone: an IANA zone; None: the deployment's.
    """

    team_id: str
    user_id: str
    role: str = Role.USER.value
    organization: str | None = None
    name: str = ""
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class PeopleHandler:
    """Keeps the list of people; every change of it is in the audit trail.

    Attributes:
        store: that holds it.
        zone: the deployment's, for people without one of their own.
        surface: where the list is kept from.
    """

    store: Store
    zone: ZoneInfo
    surface: Surface

    async def add(self, new: NewPerson, caller: Caller) -> Person:
        """Lists a person; who is listed already is changed.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: an id, the role, the zone or the organization cannot be.
            Unavailable: the store does not answer.
        """
        listing.only_admins(caller)
        user_id = listing.member(new.user_id)
        person = Person(
            team_id=listing.team(new.team_id),
            user_id=user_id,
            name=listing.line("the person's name", new.name) if new.name.strip() else user_id,
            organization=None
            if new.organization is None
            else listing.line("the person's organization", new.organization),
            role=listing.role(new.role),
            zone=self.zone if new.zone is None else listing.zone(new.zone),
        )
        return await self._people.put(person, caller)

    async def listed(self, caller: Caller, team_id: str | None = None) -> list[Person]:
        """The people of one workspace, or of all.

        Raises:
            NotAllowed: the caller is no admin.
            Unavailable: the store does not answer.
        """
        return await self._people.find_all(caller, team_id)

    async def remove(self, team_id: str, user_id: str, caller: Caller) -> None:
        """Takes a person off the list.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: the person is not on it.
            Unavailable: the store does not answer.
        """
        await self._people.remove(team_id, user_id, caller)

    @property
    def _people(self) -> KeptList[Person]:
        return KeptList(PEOPLE, self.store, self.surface)


def _values(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "organization": person.organization,
        "role": person.role.value,
        "zone": person.zone.key,
        "active": person.active,
    }


PEOPLE: Kind[Person] = Kind(
    name="person",
    repository=lambda where: where.people,
    own_id=lambda person: person.user_id,
    values=_values,
    called=shown,
    none="Nobody of that workspace is.",
)
"""The list of people, among those that admins keep."""

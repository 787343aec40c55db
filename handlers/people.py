"""Who is who: from a Slack identity to a caller, and the list of people that it rests on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from storage.records.person import Person
from storage.repositories.people import PersonRepository

LONGEST_NAME = 200

_TEAM_ID = re.compile(r"[TE][A-Z0-9]{1,20}", re.ASCII)
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class PersonDefaults:
    """What holds for people who are not listed.

    Attributes:
        zone: in which their days begin.
        admins: Slack ids of those who are admins nevertheless.
        organization: what all others see; None: nothing, they are strangers.
        role: how far those others reach.

    Raises:
        BadInput: everybody who is not listed would be an admin.
    """

    zone: ZoneInfo
    admins: frozenset[str] = frozenset()
    organization: str | None = None
    role: Role = Role.USER

    def __post_init__(self) -> None:
        if self.role is Role.ADMIN:
            sentence = "People who are not listed cannot all be admins."
            raise BadInput(sentence, "Name the admins' Slack ids in COSTBOT_ADMINS instead.")


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
    """Knows callers and keeps the list of people."""

    people: PersonRepository
    defaults: PersonDefaults

    async def caller_of(self, team_id: str, user_id: str) -> Caller | None:
        """The caller behind a verified Slack identity; None: a stranger, who sees nothing.

        The admins of the settings come first, so that nobody locks them out; then the list, where
        a person may be switched off; then what the settings say of everybody else.
        """
        person = await self.people.find(team_id, user_id)
        if user_id in self.defaults.admins:
            name = user_id if person is None else person.name
            zone = self.defaults.zone if person is None else person.zone
            return Caller(team_id, user_id, name, None, Role.ADMIN, zone)
        if person is not None:
            return _caller(person) if person.active else None
        if not self.defaults.organization:
            return None
        return Caller(
            team_id,
            user_id,
            user_id,
            self.defaults.organization,
            self.defaults.role,
            self.defaults.zone,
        )

    async def add(self, new: NewPerson, caller: Caller) -> Person:
        """Lists a person; who is listed already is changed.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: an id, the role, the zone or the organization cannot be.
        """
        _only_admins(caller)
        person = Person(
            team_id=_identity("workspace id", new.team_id, _TEAM_ID, "T024BE7LD"),
            user_id=_identity("member id", new.user_id, _USER_ID, "U024BE7LH"),
            name=_line("name", new.name) if new.name.strip() else new.user_id.strip(),
            organization=None
            if new.organization is None
            else _line("organization", new.organization),
            role=_role(new.role),
            zone=self.defaults.zone if new.zone is None else _zone(new.zone),
        )
        await self.people.put(person)
        return person

    async def listed(self, caller: Caller, team_id: str | None = None) -> list[Person]:
        """The people of one workspace, or of all.

        Raises:
            NotAllowed: the caller is no admin.
        """
        _only_admins(caller)
        return await self.people.find_all(team_id)

    async def remove(self, team_id: str, user_id: str, caller: Caller) -> None:
        """Takes a person off the list.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: the person is not on it.
        """
        _only_admins(caller)
        if not await self.people.remove(team_id, user_id):
            there = [person.user_id for person in await self.people.find_all(team_id)]
            raise NotFound(
                f"{shown(user_id)} of workspace {shown(team_id)} is not listed.",
                did_you_mean(user_id, there, otherwise="Nobody of that workspace is."),
            )


def _caller(person: Person) -> Caller:
    return Caller(
        person.team_id,
        person.user_id,
        person.name,
        person.organization,
        person.role,
        person.zone,
    )


def _only_admins(caller: Caller) -> None:
    if not caller.role.reaches(Role.ADMIN):
        raise NotAllowed("Only an admin keeps the list of people.", "Ask one.")


def _identity(what: str, value: str, pattern: re.Pattern[str], example: str) -> str:
    text = value.strip()
    if not pattern.fullmatch(text):
        raise BadInput(
            f"{shown(value)} is no Slack {what}.",
            f"One looks like {example}; a person's is in their profile, under “Copy member ID”.",
        )
    return text


def _line(what: str, value: str) -> str:
    text = value.strip()
    if not text or not text.isprintable() or len(text) > LONGEST_NAME:
        sentence = f"{shown(value)} cannot be the person's {what}."
        raise BadInput(sentence, f"Give 1 to {LONGEST_NAME} printable characters.")
    return text


def _role(value: str) -> Role:
    text = value.strip().lower().replace("-", "_")
    roles = [role.value for role in Role]
    if text not in roles:
        raise BadInput(f"{shown(value)} is no role.", did_you_mean(text, roles))
    return Role(text)


def _zone(value: str) -> ZoneInfo:
    text = value.strip()
    zones = available_timezones()
    if text not in zones:
        hint = did_you_mean(text, sorted(zones), otherwise="One is Europe/Berlin.")
        raise BadInput(f"{shown(value)} is no IANA time zone.", hint)
    return ZoneInfo(text)

"""What holds for both lists of who is who, of people and of user groups: checks, and the audit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from analysis.errors import BadInput, NotAllowed
from analysis.roles import Role
from analysis.zones import known_zones
from handlers.caller import Caller
from handlers.nearest import did_you_mean, shown
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, Surface

LONGEST_NAME = 200

_TEAM_ID = re.compile(r"[TE][A-Z0-9]{1,20}", re.ASCII)
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,20}", re.ASCII)
_GROUP_ID = re.compile(r"S[A-Z0-9]{1,20}", re.ASCII)


def only_admins(caller: Caller) -> None:
    """Passes for admins.

    Raises:
        NotAllowed: the caller is none.
    """
    if not caller.role.reaches(Role.ADMIN):
        raise NotAllowed("Only an admin keeps the list of people.", "Ask one.")


def team(value: str) -> str:
    """A Slack workspace's id, as typed.

    Raises:
        BadInput: it is none.
    """
    return _identity("workspace id", value, _TEAM_ID, "One looks like T024BE7LD.")


def member(value: str) -> str:
    """A person's Slack id, as typed.

    Raises:
        BadInput: it is none.
    """
    hint = "One looks like U024BE7LH; it is in the person's profile, under “Copy member ID”."
    return _identity("member id", value, _USER_ID, hint)


def user_group(value: str) -> str:
    """A user group's Slack id, as typed.

    Raises:
        BadInput: it is none.
    """
    hint = "One looks like S0614TZR7; it is in the menu of the group, under “Copy group ID”."
    return _identity("user group id", value, _GROUP_ID, hint)


def _identity(what: str, value: str, pattern: re.Pattern[str], hint: str) -> str:
    text = value.strip()
    if not pattern.fullmatch(text):
        raise BadInput(f"{shown(value)} is no Slack {what}.", hint)
    return text


def line(what: str, value: str) -> str:
    """A name in one line, as typed.

    Args:
        what: it names, such as "the person's name".
        value: the text.

    Raises:
        BadInput: it is empty, too long, or holds what cannot be printed.
    """
    text = value.strip()
    if not text or not text.isprintable() or len(text) > LONGEST_NAME:
        sentence = f"{shown(value)} cannot be {what}."
        raise BadInput(sentence, f"Give 1 to {LONGEST_NAME} printable characters.")
    return text


def role(value: str) -> Role:
    """A role, as typed.

    Raises:
        BadInput: it is none.
    """
    text = value.strip().lower().replace("-", "_")
    roles = [role.value for role in Role]
    if text not in roles:
        raise BadInput(f"{shown(value)} is no role.", did_you_mean(text, roles))
    return Role(text)


def zone(value: str) -> ZoneInfo:
    """An IANA zone, as typed.

    Raises:
        BadInput: it is none.
    """
    text = value.strip()
    if text not in known_zones():
        hint = did_you_mean(text, sorted(known_zones()), otherwise="One is Europe/Berlin.")
        raise BadInput(f"{shown(value)} is no IANA time zone.", hint)
    return ZoneInfo(text)


Values = Mapping[str, object]


def decision(
    action: str,
    caller: Caller,
    surface: Surface,
    object_id: str,
    *,
    before: Values | None,
    after: Values | None,
) -> AuditEntry:
    """A decision on an entry of a list; of a change, only what differs is kept.

    Whoever sees the trail of an organization sees what was decided within it: a move from one
    organization to another belongs to the deployment's own.

    Args:
        action: such as `person.add`: the kind of thing, and what was done to it.
        caller: who decides.
        surface: where.
        object_id: `T0001/U0001`.
        before: its values; None: it was not listed.
        after: its values; None: it is not listed any more.
    """
    sides = [values for values in (before, after) if values is not None]
    organizations = {values["organization"] for values in sides}
    organization = organizations.pop() if len(organizations) == 1 else None
    if before is not None and after is not None:
        differing = [name for name in after if before[name] != after[name]]
        before = {name: before[name] for name in differing}
        after = {name: after[name] for name in differing}
    return AuditEntry(
        actor=Actor(team_id=caller.team_id, user_id=caller.user_id, name=caller.name),
        surface=surface,
        action=action,
        object_kind=action.partition(".")[0],
        object_id=object_id,
        organization=None if organization is None else str(organization),
        before=before,
        after=after,
    )

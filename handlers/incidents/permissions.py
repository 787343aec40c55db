"""Who may do what with incidents and routes, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see, acknowledge | own organization | own organization | all |
| say what it is, mute, let be heard again | | own organization | all |
| see, make, remove, test routes | | own organization | all |

All are those of every organization and of all together. What lies outside of the own organization
is not there: whoever asks for it is told the same as of an incident that nobody has. An incident
about a single user is not there for the role `user`. An organization admin's routes concern
incidents of their organization alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from storage.records.incident import Incident


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at incidents"
    ACKNOWLEDGE = "acknowledge incidents"
    LABEL = "say what an incident is"
    MUTE = "mute incidents"
    ROUTE = "see and change where incidents are told"


LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.ACKNOWLEDGE: Role.USER,
    Act.LABEL: Role.ORG_ADMIN,
    Act.MUTE: Role.ORG_ADMIN,
    Act.ROUTE: Role.ORG_ADMIN,
}
"""The least role that may, each within its reach."""


def allow(act: Act, caller: Caller) -> None:
    """Passes where the caller's role reaches.

    Raises:
        NotAllowed: it does not.
    """
    if may(act, caller):
        return
    sentence = f"Only an {LEAST_ROLE[act].label} may {act.value}."
    raise NotAllowed(sentence, "Ask one; everybody may acknowledge: `/cost incidents`.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller's role reaches: what a surface offers buttons by."""
    return caller.role.reaches(LEAST_ROLE[act])


def within(caller: Caller) -> str | None:
    """How far the caller reaches, as the repositories take it: an organization, or None for all.

    Raises:
        NotAllowed: neither an admin nor of an organization.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there are no incidents of yours.")
    return caller.organization


def sees(caller: Caller, incident: Incident) -> bool:
    """Whether an incident is there for the caller at all."""
    if caller.organization is None:
        return caller.role is Role.ADMIN
    if incident.organization != caller.organization:
        return False
    return caller.role.reaches(Role.ORG_ADMIN) or not _is_about_somebody(incident.subject)


def _is_about_somebody(subject: str) -> bool:
    """Whether the series that a subject names is that of one user."""
    scope_dimension_member = subject.rpartition("|")[2].split("/")
    return "user" in scope_dimension_member[1:2]

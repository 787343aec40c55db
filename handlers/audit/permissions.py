"""Who may do what with the audit trail, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| read what was decided | | within the own organization | everywhere |
| have what is old forgotten | | | yes |

What was decided within another organization is not there: whoever asks for it is told the same as
of an organization that nobody has. What is the deployment's own, such as a new price for everybody,
is for those alone who see all organizations.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.nearest import shown


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    READ = "read the audit trail"
    FORGET = "have the audit trail forgotten"


LEAST_ROLE: Mapping[Act, Role] = {Act.READ: Role.ORG_ADMIN, Act.FORGET: Role.ADMIN}
"""The least role that may, each within its reach."""


def allow(act: Act, caller: Caller) -> None:
    """Passes where the caller may.

    Raises:
        NotAllowed: they may not.
    """
    is_wide = act is not Act.FORGET or caller.organization is None
    if not is_wide or not caller.role.reaches(LEAST_ROLE[act]):
        raise NotAllowed(f"Only an {LEAST_ROLE[act].label} may {act.value}.", "Ask one.")


def within(caller: Caller, asked: str | None) -> str | None:
    """How far is read: one organization, or None for all.

    Args:
        caller: who reads.
        asked: the organization that is asked for; None: all that the caller sees.

    Raises:
        NotAllowed: neither an admin nor of an organization.
        NotFound: the organization is not the caller's, whether there is one of that name or not.
    """
    if caller.organization is None:
        if caller.role is not Role.ADMIN:
            raise NotAllowed("You are of no organization, so there are no decisions of yours.")
        return asked
    if asked is not None and asked != caller.organization:
        sentence = f"There is no organization {shown(asked)} in your audit trail."
        raise NotFound(sentence, "Leave it away: your own is what you see.")
    return caller.organization

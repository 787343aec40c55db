"""Who may do what with statements, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see statements, and which months are closed | own organization | own organization | all |
| decide on the rule, close a month | | | yes |

An admin who sees one organization only decides nothing: rules and months are everybody's.
What lies outside of the own organization is not there: whoever asks for it is told the same as of
an organization without any cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at statements"
    RULE = "decide how cost is divided"
    CLOSE = "close a month"


LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.RULE: Role.ADMIN,
    Act.CLOSE: Role.ADMIN,
}
"""The least role that may."""


def allow(act: Act, caller: Caller) -> None:
    """Passes where the caller may.

    Raises:
        NotAllowed: they may not.
    """
    if may(act, caller):
        return
    sentence = f"Only an {LEAST_ROLE[act].label} of all organizations may {act.value}."
    raise NotAllowed(sentence, "`/cost statement` shows the statement of your organization.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller may: what a surface offers buttons by."""
    is_wide = act is Act.SEE or caller.organization is None
    return is_wide and caller.role.reaches(LEAST_ROLE[act])


def within(caller: Caller) -> str | None:
    """How far the caller sees: an organization, or None for all.

    Raises:
        NotAllowed: neither an admin nor of an organization.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there is no statement of yours.")
    return caller.organization

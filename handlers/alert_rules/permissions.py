"""Who may do what with alert rules, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see | own organization | own organization | all |
| create, preview, edit, delete, pause, test | | own organization | all |
| watch utilization | | | all |

All are those of every organization and the deployment's own. What lies outside of the own
organization is not there: whoever asks for it is told the same as of a rule that nobody has. A rule
that names a dimension that a role does not see (`user`, `key`) is not there for that role either.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from queries.dimensions import Dimensions
from storage.records.alert_rule import AlertRuleDraft


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at alert rules"
    CREATE = "create alert rules"
    EDIT = "change alert rules"
    DELETE = "delete alert rules"
    PAUSE = "pause alert rules"
    TEST = "test alert rules"


LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.CREATE: Role.ORG_ADMIN,
    Act.EDIT: Role.ORG_ADMIN,
    Act.DELETE: Role.ORG_ADMIN,
    Act.PAUSE: Role.ORG_ADMIN,
    Act.TEST: Role.ORG_ADMIN,
}
"""The least role that may, each within its reach."""


def allow(act: Act, caller: Caller) -> None:
    """Passes where the caller's role reaches.

    Raises:
        NotAllowed: it does not.
    """
    needed = LEAST_ROLE[act]
    if caller.role.reaches(needed):
        return
    sentence = f"Only an {needed.label} may {act.value}."
    raise NotAllowed(sentence, "Ask one; `/cost alert list` shows the rules that there are.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller's role reaches: what a surface offers buttons by."""
    return caller.role.reaches(LEAST_ROLE[act])


def within(caller: Caller) -> str | None:
    """How far the caller reaches, as the repositories take it: an organization, or None for all.

    Raises:
        NotAllowed: neither an admin nor of an organization.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there are no alert rules of yours.")
    return caller.organization


def sees(caller: Caller, rule: AlertRuleDraft, dimensions: Dimensions) -> bool:
    """Whether a rule is there for the caller at all."""
    if caller.organization is not None and rule.organization != caller.organization:
        return False
    if caller.organization is None and caller.role is not Role.ADMIN:
        return False
    names = (*rule.filters, *(() if rule.each is None else (rule.each,)))
    known = [dimensions[name] for name in names if name in dimensions]
    return all(caller.role.reaches(dimension.audience) for dimension in known)

"""Who may do what with budgets, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see, acknowledge, ask for a raise | own organization | own organization | all |
| withdraw a raise | who asked for it | who asked for it | who asked for it |
| create, edit, delete, pause, mute | | own organization | all |
| approve and reject raises of others | | own organization | all |

All are those of every organization and the deployment's own. Nobody decides on a raise of their
own. What lies outside of the own organization is not there: whoever asks for it is told the same as
of a budget that nobody has. A budget whose scope names a dimension that a role does not see
(`user`, `key`) is not there for that role either.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from queries.dimensions import Dimensions
from storage.records.budget import BudgetDraft


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at budgets"
    CREATE = "create budgets"
    EDIT = "change budgets"
    DELETE = "delete budgets"
    PAUSE = "pause budgets"
    ACKNOWLEDGE = "acknowledge alerts"
    MUTE = "mute alerts"
    ASK_RAISE = "ask for a raise"
    DECIDE_RAISE = "decide on raises"


LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.ACKNOWLEDGE: Role.USER,
    Act.ASK_RAISE: Role.USER,
    Act.CREATE: Role.ORG_ADMIN,
    Act.EDIT: Role.ORG_ADMIN,
    Act.DELETE: Role.ORG_ADMIN,
    Act.PAUSE: Role.ORG_ADMIN,
    Act.MUTE: Role.ORG_ADMIN,
    Act.DECIDE_RAISE: Role.ORG_ADMIN,
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
    raise NotAllowed(sentence, "Ask one, or ask for a raise: `/budget help` shows how.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller's role reaches: what a surface offers buttons by."""
    return caller.role.reaches(LEAST_ROLE[act])


def within(caller: Caller) -> str | None:
    """How far the caller reaches, as the repositories take it: an organization, or None for all.

    Raises:
        NotAllowed: neither an admin nor of an organization.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there are no budgets of yours.")
    return caller.organization


def sees(caller: Caller, budget: BudgetDraft, dimensions: Dimensions) -> bool:
    """Whether a budget is there for the caller at all."""
    if caller.organization is not None and budget.organization != caller.organization:
        return False
    if caller.organization is None and caller.role is not Role.ADMIN:
        return False
    named = [dimensions[name] for name in budget.scope if name in dimensions]
    return all(caller.role.reaches(dimension.audience) for dimension in named)

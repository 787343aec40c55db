"""Who may do what with API tokens, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see, make and revoke tokens | | own organization | all |
| which reach as far as | | user, organization admin | admin |

A token of another organization is not there: whoever asks for it is told the same as of one that
nobody has. A token makes and revokes no tokens: a stolen one could outlive its end that way.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller

TOKENS_TEAM = "api"
"""`Caller.team_id` of callers that an API token vouches for; Slack's begin with T or E."""


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at API tokens"
    CREATE = "make API tokens"
    REVOKE = "revoke API tokens"


LEAST_ROLE: Mapping[Act, Role] = dict.fromkeys(Act, Role.ORG_ADMIN)
"""The least role that may, each within its reach."""


def allow(act: Act, caller: Caller) -> None:
    """Passes where the caller's role reaches.

    Raises:
        NotAllowed: it does not.
    """
    if not caller.role.reaches(LEAST_ROLE[act]):
        sentence = f"Only an {LEAST_ROLE[act].label} may {act.value}."
        raise NotAllowed(sentence, "Ask one of your organization for a token.")
    if act is not Act.SEE and caller.team_id == TOKENS_TEAM:
        sentence = "A token makes and revokes no tokens."
        raise NotAllowed(sentence, "A person does, in Slack or at the command line.")


def within(caller: Caller) -> str | None:
    """How far the caller reaches, as the repository takes it: an organization, or None for all.

    Raises:
        NotAllowed: neither an admin nor of an organization.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there are no tokens of yours.")
    return caller.organization

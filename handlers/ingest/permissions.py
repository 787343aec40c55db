"""Who may send usage.

| may | user | organization admin | admin | token of scope `ingest` |
| --- | --- | --- | --- | --- |
| send usage | | of the own organization | of all | of the token's organization, or of all |

What is sent becomes cost, budgets and statements of the organization: that is no matter of every
user. A gateway needs no more than that, so its token may do this and nothing else.
"""

from __future__ import annotations

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from handlers.ingest.gateway import Gateway

LEAST_ROLE = Role.ORG_ADMIN


def allow(caller: Caller) -> None:
    """Passes where the caller may send usage.

    Raises:
        NotAllowed: the role does not reach, or there is no organization that it could be of.
    """
    if isinstance(caller, Gateway) or caller.role.reaches(LEAST_ROLE):
        if caller.organization is None and caller.role is not Role.ADMIN:
            raise NotAllowed("You are of no organization, so there is none that usage could be of.")
        return
    sentence = f"Only an {LEAST_ROLE.label}, or a token of scope ingest, may send usage."
    raise NotAllowed(sentence, "Make one with `/cost token create NAME scope ingest`.")

"""Who may do what with anomalies, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see what was found | own organization | own organization, by user too | all |
| say what it is, mute, take that back, replay | | own organization | all |

What an organization's people say holds for its own series alone; of those of everything together
admins say what they are. What lies outside of the own organization is not there: whoever asks for
it is told the same as of an anomaly that nobody has.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from analysis.series import SeriesKey
from handlers.caller import Caller
from queries.dimensions import Dimensions


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at anomalies"
    LABEL = "say what an anomaly is"
    REPLAY = "try other settings of the detector"


LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.LABEL: Role.ORG_ADMIN,
    Act.REPLAY: Role.ORG_ADMIN,
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
    raise NotAllowed(sentence, "Ask one; `/cost anomalies` shows everybody what was found.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller's role reaches: what a surface offers buttons by."""
    return caller.role.reaches(LEAST_ROLE[act])


def within(caller: Caller) -> str | None:
    """How far the caller reaches, as the repositories take it: an organization, or None for all.

    Raises:
        NotAllowed: neither an admin nor of an organization.
    """
    if caller.organization is None and caller.role is not Role.ADMIN:
        raise NotAllowed("You are of no organization, so there are no anomalies of yours.")
    return caller.organization


def sees(caller: Caller, key: SeriesKey, dimensions: Dimensions) -> bool:
    """Whether a series is there for the caller at all."""
    if caller.organization is None:
        if caller.role is not Role.ADMIN:
            return False
    elif key.organization != caller.organization:
        return False
    dimension = None if key.dimension is None else dimensions.get(key.dimension)
    return dimension is None or caller.role.reaches(dimension.audience)

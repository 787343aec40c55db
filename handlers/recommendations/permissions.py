"""Who may do what with recommendations, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| see, list | own organization | own organization | all |
| draw anew, assign | | own organization | all |
| accept, reject, snooze, implement, verify, reopen, undo | | own organization | all |
| look into opportunities, resolve them | | own organization | all |

All are those of every organization and the deployment's own. What lies outside of the own
organization is not there: whoever asks for it is told the same as of a recommendation that nobody
has. A recommendation about single users or keys is not there for the role `user` either, nor is an
opportunity that names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.recommendations.kept.opportunities import OpportunityKind
from analysis.recommendations.kept.states import RULES, Move, State
from analysis.recommendations.proposal import Proposal
from analysis.roles import Role
from handlers.caller import Caller
from queries.dimensions import Dimensions


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at recommendations"
    GENERATE = "have recommendations drawn anew"
    ASSIGN = "assign recommendations"
    ACCEPT = "accept recommendations"
    REJECT = "reject recommendations"
    SNOOZE = "snooze recommendations"
    IMPLEMENT = "mark recommendations as implemented"
    VERIFY = "verify savings"
    REOPEN = "reopen recommendations"
    UNDO = "take back decisions"
    RESOLVE = "decide on opportunities"


MOVES: Mapping[Move, Act] = {
    Move.ACCEPT: Act.ACCEPT,
    Move.REJECT: Act.REJECT,
    Move.SNOOZE: Act.SNOOZE,
    Move.IMPLEMENT: Act.IMPLEMENT,
    Move.VERIFY: Act.VERIFY,
    Move.REOPEN: Act.REOPEN,
    Move.UNDO: Act.UNDO,
}
"""The moves that people make."""

LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.GENERATE: Role.ORG_ADMIN,
    Act.ASSIGN: Role.ORG_ADMIN,
    Act.RESOLVE: Role.ORG_ADMIN,
    **{act: RULES[move].least or Role.ADMIN for move, act in MOVES.items()},
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
    raise NotAllowed(sentence, "Ask one: `/recs help` shows what everybody may.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller's role reaches: what a surface offers buttons by."""
    return caller.role.reaches(LEAST_ROLE[act])


def acts_of(caller: Caller) -> frozenset[Act]:
    """All that the caller's role may do."""
    return frozenset(act for act in Act if may(act, caller))


def moves_of(caller: Caller, state: State) -> tuple[Move, ...]:
    """The moves that the caller may make from a state, an undo aside: it has its time."""
    possible = (move for move in MOVES if state in RULES[move].sources and move is not Move.UNDO)
    return tuple(move for move in possible if may(MOVES[move], caller))


def within(caller: Caller, organization: str | None = None) -> str | None:
    """How far the caller reaches, as the repositories take it: an organization, or None for all.

    Args:
        caller: who asks.
        organization: only this one; None: as far as the caller reaches.

    Raises:
        NotAllowed: neither an admin nor of an organization, or of another one.
    """
    if caller.organization is None:
        if caller.role is not Role.ADMIN:
            raise NotAllowed(
                "You are of no organization, so there are no recommendations of yours."
            )
        return organization
    if organization is not None and organization != caller.organization:
        sentence = f"You see the recommendations of {caller.organization}."
        raise NotAllowed(sentence, "Leave the organization away.")
    return caller.organization


def hidden_from(caller: Caller) -> frozenset[OpportunityKind]:
    """The opportunities that are not there for a role: those that name single users and keys."""
    if caller.role.reaches(Role.ORG_ADMIN):
        return frozenset()
    return frozenset({OpportunityKind.UNUSED_FEATURES})


def audience_of(proposal: Proposal, dimensions: Dimensions) -> Role:
    """The least role for which a recommendation is there at all: as for costs by its dimensions."""
    audiences = [dimensions[name].audience for name in proposal.scope if name in dimensions]
    return max((Role.USER, *audiences), key=list(Role).index)

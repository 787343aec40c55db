"""Who may do what with digests, in one table.

| may | user | organization admin | admin |
| --- | --- | --- | --- |
| subscribe themselves, change and end that | yes | yes | yes |
| subscribe a channel, send it a test | | yes | yes |
| see, pause, resume, skip, end those of others | | own organization | all |
| change what others' digests show or when | | | all |

A digest shows what its owner may see, and never more than that was when they subscribed. Who it is
of, and of which organization, is taken from who subscribes, and never from what is typed. What lies
outside of the own reach is not there: whoever asks for it is told the same as of a digest that
nobody has.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from analysis.errors import NotAllowed
from analysis.roles import Role
from handlers.caller import Caller
from storage.records.digest import Digest, DigestDraft


class Act(StrEnum):
    """What is done; the value completes "Only … may"."""

    SEE = "look at digests"
    SUBSCRIBE = "subscribe to digests"
    SUBSCRIBE_CHANNEL = "subscribe a channel"
    MANAGE = "pause or end digests"


LEAST_ROLE: Mapping[Act, Role] = {
    Act.SEE: Role.USER,
    Act.SUBSCRIBE: Role.USER,
    Act.SUBSCRIBE_CHANNEL: Role.ORG_ADMIN,
    Act.MANAGE: Role.USER,
}
"""The least role that may, each within its reach: of the own digests everybody may everything."""


def allow(act: Act, caller: Caller) -> None:
    """Passes where the caller's role reaches.

    Raises:
        NotAllowed: it does not.
    """
    if may(act, caller):
        return
    sentence = f"Only an {LEAST_ROLE[act].label} may {act.value}."
    raise NotAllowed(sentence, "Subscribe yourself: `/cost digest subscribe me daily 9:00`.")


def may(act: Act, caller: Caller) -> bool:
    """Whether the caller's role reaches: what a surface offers buttons by."""
    return caller.role.reaches(LEAST_ROLE[act])


def is_own(caller: Caller, digest: DigestDraft) -> bool:
    """Whether it is of who asks."""
    return (digest.team_id, digest.owner) == (caller.team_id, caller.user_id)


def sees(caller: Caller, digest: Digest) -> bool:
    """Whether a digest is there for the caller at all: who sees it may pause and end it, too."""
    if is_own(caller, digest):
        return True
    if caller.role is Role.ADMIN and caller.organization is None:
        return True
    return (
        caller.role.reaches(Role.ORG_ADMIN)
        and caller.organization is not None
        and digest.organization == caller.organization
    )


def may_edit(caller: Caller, digest: Digest) -> bool:
    """Whether the caller may change what it shows, where and when."""
    return is_own(caller, digest) or (caller.role is Role.ADMIN and caller.organization is None)


def lost_right(digest: DigestDraft, owner: Caller | None) -> str:
    """Why a digest may not be sent any more, a sentence; empty: it may.

    Args:
        digest: that is due.
        owner: who its owner is now; None: a stranger.
    """
    if owner is None:
        return "Its owner is not known to costbot any more."
    if owner.organization is not None and owner.organization != digest.organization:
        return "Its owner does not see these costs any more."
    if digest.organization is None and owner.role is not Role.ADMIN:
        return "Its owner does not see all organizations any more."
    if not digest.is_personal and not may(Act.SUBSCRIBE_CHANNEL, owner):
        return "Its owner may not write to channels any more."
    return ""


def check_reach(digest: DigestDraft, caller: Caller) -> None:
    """Passes where the caller sees the costs that a digest shows: its owner may not any more.

    Raises:
        NotAllowed: they do not.
    """
    alike = caller.organization is None or caller.organization == digest.organization
    if alike and (digest.organization is not None or caller.role is Role.ADMIN):
        return
    sentence = "You do not see the costs that this digest shows any more."
    raise NotAllowed(sentence, "End it, and subscribe anew: `/cost digest list`.")


def check_test(digest: DigestDraft, caller: Caller) -> None:
    """Passes where somebody may send a test where a digest goes: nobody into others' messages.

    Raises:
        NotAllowed: they may not.
    """
    is_fit = is_own(caller, digest) if digest.is_personal else may(Act.SUBSCRIBE_CHANNEL, caller)
    if not is_fit:
        sentence = "A test is sent by who may write there."
        raise NotAllowed(sentence, "A preview is for you alone: `/cost digest preview 1`.")


def as_sent(digest: DigestDraft, owner: Caller) -> Caller:
    """In whose name it is made: the owner's, within the organization and role of then."""
    roles = list(Role)
    role = min(digest.role, owner.role, key=roles.index)
    return Caller(
        team_id=digest.team_id,
        user_id=digest.owner,
        name=digest.owner_name,
        organization=digest.organization,
        role=role,
        zone=digest.schedule.zone,
    )

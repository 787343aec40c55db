"""Logins that failed, in the audit trail: the first of its kind at once, a flood as a number.

Of each kind (why, and with which token's prefix, or who in Slack) the first failure is an entry;
those that follow within a minute are counted, and the count is one more entry. However many
prefixes a flood makes up, no more than `MOST_KINDS` are told apart: those beyond are counted
together.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from analysis.clock import Clock
from analysis.errors import Unavailable
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, Surface

log = logging.getLogger(__name__)

ACTION = "login.failure"

APART = timedelta(minutes=1)
"""Between two entries of one kind."""

MOST_KINDS = 32
"""Told apart within a minute."""

NOBODY = "unknown"


class AuditTrail(Protocol):
    """What entries are added to."""

    async def add(self, entry: AuditEntry) -> int:
        """Keeps an entry."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """What is counted together.

    Attributes:
        reason: why the login failed, a few words of costbot's own.
        prefix: of the token that was sent; empty: it is none of costbot's, or not told apart.
        organization: of the token, where whoever sent it had its secret; None: it is not known.
        team_id: where: `api`, or the Slack workspace that vouches for who it was.
        user_id: who it was there; empty: who had the prefix.
        surface: where.
    """

    reason: str
    prefix: str = ""
    organization: str | None = None
    team_id: str = "api"
    user_id: str = ""
    surface: Surface = "rest"


@dataclass(slots=True)
class _Count:
    """Failures of one kind.

    Attributes:
        since: of the last entry.
        more: failures since then that are in no entry yet.
    """

    since: datetime
    more: int = 0


@dataclass(slots=True)
class LoginFailures:
    """Counts and writes.

    Attributes:
        audit: where entries go.
        clock: the present.
    """

    audit: AuditTrail
    clock: Clock
    _counts: dict[Kind, _Count] = field(default_factory=dict[Kind, _Count])

    async def failed(self, kind: Kind) -> None:
        """A login failed.

        That its entry cannot be written is logged, and tried again: whoever sent the token is
        refused either way.
        """
        now = self.clock()
        if kind not in self._counts and len(self._counts) >= MOST_KINDS:
            await self.write_down()  # those whose minute is over make room
        if kind not in self._counts and len(self._counts) >= MOST_KINDS:
            kind = replace(kind, prefix="", organization=None, user_id="")
        count = self._counts.get(kind)
        if count is None:
            self._counts[kind] = count = _Count(now, 1)
            await self._write(kind, count)
            return
        count.more += 1
        if now - count.since >= APART:
            await self._write(kind, count)

    async def write_down(self, *, is_over: bool = False) -> None:
        """Writes what was counted, kind by kind, once its minute is over.

        Args:
            is_over: nothing will be counted any more: the minute is not waited for.
        """
        now = self.clock()
        for kind, count in list(self._counts.items()):
            if not is_over and now - count.since < APART:
                continue
            if count.more:
                await self._write(kind, count)
            else:
                del self._counts[kind]

    async def _write(self, kind: Kind, count: _Count) -> None:
        failures, first = count.more, count.since
        count.more, count.since = 0, self.clock()
        try:
            await self.audit.add(_entry(kind, failures, first))
        except Unavailable as error:
            count.more += failures
            log.warning("failed logins could not be written down: %s", error)
            return
        log.warning("failed logins: %d, %s: %s", failures, kind.reason, kind.prefix or NOBODY)


def _entry(kind: Kind, failures: int, since: datetime) -> AuditEntry:
    whose = kind.prefix or kind.user_id or NOBODY
    return AuditEntry(
        actor=Actor(team_id=kind.team_id, user_id=whose, name=whose),
        surface=kind.surface,
        action=ACTION,
        object_kind="login",
        object_id=whose,
        organization=kind.organization,
        after={"reason": kind.reason, "failures": failures, "since": since.isoformat()},
    )

"""What was decided: a page of it, or all of it as a stream; and what is old, forgotten."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import date, datetime

from analysis.clock import Clock
from analysis.errors import BadInput
from handlers.audit.permissions import Act, allow, within
from handlers.caller import Caller
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, AuditWanted, StoredAuditEntry, Surface
from storage.repositories.audit import LEAST_KEPT
from storage.store import Store

MOST_SHOWN = 200
"""Decisions of one page at most."""

AT_ONCE = 500
"""Decisions that a stream holds in memory."""


@dataclass(frozen=True, slots=True)
class AuditRequest:
    """Which decisions.

    Attributes:
        organization: within which; None: within all that the caller sees.
        since, until: from the one instant on, and before the other, UTC; None: without that bound.
        action: what was done, such as `budget.edit` or `budget`; None: anything.
    """

    organization: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of decisions.

    Attributes:
        entries: newest first.
        before: the number behind which the next page begins; None: this is the last one.
    """

    entries: tuple[StoredAuditEntry, ...]
    before: int | None


@dataclass(frozen=True, slots=True)
class AuditHandler:
    """Reads the trail.

    Attributes:
        store: that holds it.
        clock: the present.
        surface: where it is asked for.
    """

    store: Store
    clock: Clock
    surface: Surface

    async def page(
        self, request: AuditRequest, caller: Caller, *, before: int | None = None, limit: int = 50
    ) -> AuditPage:
        """What was decided, newest first.

        Args:
            request: which of it.
            caller: who reads.
            before: where the page before ended; None: the first page.
            limit: decisions at most, from 1 to `MOST_SHOWN`.

        Raises:
            NotAllowed: the caller is no organization admin.
            NotFound: the organization that is asked for is not the caller's.
            BadInput: `limit` is no size of a page.
            Unavailable: the store does not answer.
        """
        wanted = _wanted(request, caller)
        if not 1 <= limit <= MOST_SHOWN:
            raise BadInput(f"{limit} decisions cannot be shown.", f"Take 1 to {MOST_SHOWN}.")
        found = await self.store.audit.newest(wanted, before=before, limit=limit + 1)
        entries = tuple(found[:limit])
        return AuditPage(entries, entries[-1].id if len(found) > limit else None)

    def stream(
        self, request: AuditRequest, caller: Caller, *, after: int = 0
    ) -> AsyncGenerator[StoredAuditEntry]:
        """All that was decided, in its order; a few hundred decisions are in memory at a time.

        Whether the caller may is said at once, before anything of it is taken.

        Args:
            request: which of it.
            caller: who reads.
            after: the number of the last decision that is known already; 0: none is.

        Raises:
            NotAllowed: the caller is no organization admin.
            NotFound: the organization that is asked for is not the caller's.
            Unavailable: the store does not answer; raised on the way too.
        """
        return self._all(_wanted(request, caller), after)

    async def _all(self, wanted: AuditWanted, after: int) -> AsyncGenerator[StoredAuditEntry]:
        while entries := await self.store.audit.oldest(wanted, after=after, limit=AT_ONCE):
            for entry in entries:
                yield entry
            after = entries[-1].id

    async def forget(self, before: date, caller: Caller) -> int:
        """Forgets what was decided before a UTC day; that it was is in the trail.

        Args:
            before: the first day that is kept.
            caller: an admin of all organizations.

        Returns:
            How many decisions were forgotten.

        Raises:
            NotAllowed: the caller is none.
            BadInput: it is not long enough ago.
            Unavailable: the store does not answer.
        """
        allow(Act.FORGET, caller)
        now = self.clock()
        instant = datetime.combine(before, datetime.min.time(), now.tzinfo)
        if instant > now - LEAST_KEPT:
            newest = (now - LEAST_KEPT).date()
            raise BadInput(
                f"Decisions are kept for {LEAST_KEPT.days} days at least.",
                f"Take a day up to {newest.isoformat()}.",
            )
        actor = Actor(team_id=caller.team_id, user_id=caller.user_id, name=caller.name)
        async with self.store.transaction() as together:
            gone = await together.audit.forget_before(instant, actor)
            entry = AuditEntry(
                actor=actor,
                surface=self.surface,
                action="audit.forget",
                object_kind="audit",
                object_id=before.isoformat(),
                after={"before": before.isoformat(), "decisions": gone},
            )
            await together.audit.add(entry)
        return gone


def _wanted(request: AuditRequest, caller: Caller) -> AuditWanted:
    allow(Act.READ, caller)
    return AuditWanted(
        within=within(caller, request.organization),
        since=request.since,
        until=request.until,
        action=request.action,
    )

"""Opportunities of many organizations at once, as drawing them anew reads and writes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, cast
from uuid import UUID, uuid4

from sqlalchemy import select

from analysis.clock import Clock
from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind
from analysis.recommendations.kept.opportunity_states import KeptOpportunity, OpportunityState
from storage.database import Sessions
from storage.models import OpportunityRow
from storage.records.drawn_again import KeptOpportunityRow, OpportunityContent
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import estimate, share
from storage.repositories.many import Change, insert_new, of_any, see_again, update_many
from storage.repositories.opportunities import content_values

CHANGED = "Somebody else has changed the opportunity meanwhile."


@dataclass(frozen=True, slots=True)
class RewrittenOpportunity:
    """What becomes of an opportunity.

    Attributes:
        id: its key.
        version: that it was read with.
        state: where it is from now on; None: where it was.
        content: its new content; None: it stays.
    """

    id: UUID
    version: int
    state: OpportunityState | None = None
    content: OpportunityContent | None = None


class DrawnOpportunityRepository:
    """Opportunities in statements for many of them; always in a transaction."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def latest_of(self, organizations: Collection[str | None]) -> list[KeptOpportunityRow]:
        """The latest of each key of some organizations; None: of the deployment's own.

        Nobody else changes them before the transaction ends.

        Raises:
            Unavailable: the database does not answer.
        """
        row = OpportunityRow
        query = (
            select(
                row.id,
                row.key,
                row.organization,
                row.kind,
                row.state,
                row.state_since,
                row.version,
                row.digest,
            )
            .where(of_any(row.organization, organizations))
            .order_by(row.first_seen, row.id)
            .with_for_update()
        )
        async with self._sessions.writing() as session:
            connection = await session.connection()  # plain rows: objects would take longer
            rows = (await connection.execute(query)).all()
        found = [_kept(one) for one in cast("Iterable[_Row]", rows)]
        return list({one.kept.key: one for one in found}.values())

    async def add(self, contents: Sequence[OpportunityContent]) -> list[StoredOpportunity]:
        """Keeps new ones, open.

        Returns:
            Those; not the ones of whose key there is a live one already, which stays as it is.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        new = [_new(one, now) for one in sorted(contents, key=lambda one: one.key)]
        values = [
            {
                "id": one.id,
                "key": one.key,
                "state": one.state.value,
                "state_since": now,
                "decided_by": None,
                "assigned_to": None,
                "resolution": "",
                "verified_savings": None,
                "first_seen": now,
                "last_seen": now,
                "version": one.version,
                **content.values,
            }
            for one, content in new
        ]
        async with self._sessions.writing() as session:
            added = await insert_new(self._sessions, session, OpportunityRow, values)
        return [one for one, _ in new if one.id in added]

    async def rewrite(self, changes: Sequence[RewrittenOpportunity]) -> None:
        """Changes some that nobody has changed since they were read.

        Raises:
            Outdated: one was changed meanwhile.
            Unavailable: the database does not answer.
        """
        now = self._clock()
        async with self._sessions.writing() as session:
            written = [Change(one.id, one.version, _values(one, now)) for one in changes]
            await update_many(session, OpportunityRow, written, CHANGED)

    async def see_again(self, ids: Sequence[UUID]) -> None:
        """Notes that some were drawn again just as they are.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.writing() as session:
            await see_again(session, OpportunityRow, ids, self._clock())


def opportunity_content_of(opportunity: Opportunity) -> OpportunityContent:
    """What was drawn, ready to be kept; the work of it needs no database."""
    settled = replace(
        opportunity,
        current_cost=estimate(opportunity.current_cost),
        potential_savings=estimate(opportunity.potential_savings),
        confidence=share(opportunity.confidence),
    )
    return OpportunityContent(settled, settled.key, content_values(settled))


def _new(
    content: OpportunityContent, now: datetime
) -> tuple[StoredOpportunity, OpportunityContent]:
    one = StoredOpportunity(
        id=uuid4(),
        key=content.key,
        content=content.opportunity,
        state=OpportunityState.OPEN,
        state_since=now,
        decided_by=None,
        assigned_to=None,
        resolution="",
        verified_savings=None,
        first_seen=now,
        last_seen=now,
        version=1,
    )
    return one, content


def _values(change: RewrittenOpportunity, now: datetime) -> Mapping[str, object]:
    values: dict[str, object] = {}
    if change.state is not None:
        values |= {"state": change.state.value, "state_since": now}
    if change.content is not None:
        values |= {**change.content.values, "last_seen": now}
    return values


class _Row(Protocol):
    """A row of what is read of each."""

    id: UUID
    key: str
    organization: str | None
    kind: str
    state: str
    state_since: datetime
    version: int
    digest: str | None


def _kept(row: _Row) -> KeptOpportunityRow:
    kept = KeptOpportunity(
        row.id, row.key, OpportunityKind(row.kind), OpportunityState(row.state), row.state_since
    )
    return KeptOpportunityRow(kept, row.organization, row.version, row.digest)

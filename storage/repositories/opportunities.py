"""Opportunities: drawn, looked into, and listed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.exc import IntegrityError

from analysis.clock import Clock
from analysis.errors import BadInput, NotFound, Outdated
from analysis.recommendations.kept.opportunities import Opportunity, OpportunityKind
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.proposal import Json
from storage.database import Sessions
from storage.models import OpportunityRow
from storage.records.opportunity import StoredOpportunity
from storage.records.recommendation import estimate, share
from storage.repositories.inserts import insert_into
from storage.repositories.many import IDS_AT_ONCE, chunks
from storage.repositories.recommendation_rows import bounds_of, micros, with_digest

Kinds: TypeAlias = "frozenset[OpportunityKind]"


class OpportunityRepository:
    """The opportunities of all organizations, and the deployment's own.

    `within` is how far whoever asks reaches, `without` the kinds that are not for them: what lies
    outside is not found.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, opportunity: Opportunity) -> StoredOpportunity | None:
        """Keeps a new one, open.

        Returns:
            It; None: there is a live one of its key already, which stays as it is.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        adding = (
            insert_into(self._sessions, OpportunityRow)
            .values(
                id=uuid4(),
                key=opportunity.key,
                state=OpportunityState.OPEN.value,
                state_since=now,
                decided_by=None,
                assigned_to=None,
                resolution="",
                verified_savings=None,
                first_seen=now,
                last_seen=now,
                version=1,
                **content_values(opportunity),
            )
            .on_conflict_do_nothing()
            .returning(OpportunityRow)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(adding)
            return None if row is None else _opportunity(row)

    async def find(
        self, key: UUID, *, within: str | None = None, without: Kinds = frozenset()
    ) -> StoredOpportunity | None:
        """The opportunity of an id; None: there is none that whoever asks may know of.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(OpportunityRow).where(OpportunityRow.id == key, *_reach(within, without))
        found = await self._opportunities(query)
        return found[0] if found else None

    async def find_beginning(
        self,
        digits: str,
        *,
        within: str | None = None,
        without: Kinds = frozenset(),
        limit: int = 2,
    ) -> list[StoredOpportunity]:
        """Those whose id begins with some hexadecimal digits.

        Raises:
            Unavailable: the database does not answer.
        """
        between = OpportunityRow.id.between(*bounds_of(digits))
        query = select(OpportunityRow).where(between, *_reach(within, without))
        return await self._opportunities(query.order_by(OpportunityRow.id).limit(limit))

    async def find_many(self, keys: Sequence[UUID]) -> list[StoredOpportunity]:
        """The opportunities of some ids, in no order.

        Raises:
            Unavailable: the database does not answer.
        """
        found: list[StoredOpportunity] = []
        for some in chunks(keys, IDS_AT_ONCE):
            found += await self._opportunities(
                select(OpportunityRow).where(OpportunityRow.id.in_(some))
            )
        return found

    async def organizations(self) -> set[str | None]:
        """Who has any that are open; None: the deployment itself.

        Raises:
            Unavailable: the database does not answer.
        """
        is_open = OpportunityRow.state == OpportunityState.OPEN.value
        query = select(OpportunityRow.organization).where(is_open).distinct()
        async with self._sessions.reading() as session:
            return set(await session.scalars(query))

    async def latest_of(self, organization: str | None) -> list[StoredOpportunity]:
        """The latest of each key of exactly one organization, or of the deployment's own.

        In a transaction nobody else changes them before it ends.

        Raises:
            Unavailable: the database does not answer.
        """
        column = OpportunityRow.organization
        own = column.is_(None) if organization is None else column == organization
        query = select(OpportunityRow).where(own).order_by(OpportunityRow.first_seen)
        found = await self._opportunities(query.with_for_update())
        return list({one.key: one for one in found}.values())

    async def page(
        self,
        *,
        within: str | None = None,
        without: Kinds = frozenset(),
        states: frozenset[OpportunityState] = frozenset(),
        after: StoredOpportunity | None = None,
        limit: int = 50,
    ) -> list[StoredOpportunity]:
        """Opportunities, those that save most first.

        Args:
            within: of one organization alone; None: of all.
            without: kinds that are left out.
            states: only those in one of them; empty: all.
            after: the last one of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        row = OpportunityRow
        query = select(row).where(*_reach(within, without))
        if states:
            query = query.where(row.state.in_([state.value for state in states]))
        if after is not None:
            place = micros(after.content.potential_savings)
            further = (row.savings_micros == place) & (row.id > after.id)
            query = query.where((row.savings_micros < place) | further)
        query = query.order_by(row.savings_micros.desc(), row.id).limit(limit)
        return await self._opportunities(query)

    async def counts(
        self, *, within: str | None = None, without: Kinds = frozenset()
    ) -> Mapping[OpportunityState, int]:
        """How many are in which state; without the states that have none.

        Raises:
            Unavailable: the database does not answer.
        """
        query = (
            select(OpportunityRow.state, func.count())
            .where(*_reach(within, without))
            .group_by(OpportunityRow.state)
        )
        async with self._sessions.reading() as session:
            return {OpportunityState(state): n for state, n in (await session.execute(query)).all()}

    async def write(
        self,
        after: StoredOpportunity,
        *,
        is_seen: bool = False,
    ) -> StoredOpportunity:
        """Changes one that nobody has changed since it was read.

        Args:
            after: as it is to be, with the version that it was read with.
            is_seen: it was drawn anew just now.

        Raises:
            Outdated: it was changed meanwhile.
            BadInput: it would live again, and another one of its kind does.
            NotFound: there is no such opportunity.
            Unavailable: the database does not answer.
        """
        now = self._clock()
        changing = (
            update(OpportunityRow)
            .where(OpportunityRow.id == after.id, OpportunityRow.version == after.version)
            .values(
                **content_values(after.content),
                state=after.state.value,
                state_since=after.state_since,
                decided_by=after.decided_by,
                assigned_to=after.assigned_to,
                resolution=after.resolution,
                verified_savings=after.verified_savings,
                last_seen=now if is_seen else after.last_seen,
                version=after.version + 1,
            )
            .returning(OpportunityRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            try:
                row = await session.scalar(changing)
            except IntegrityError as error:  # brought back, while another one of its kind lives
                sentence = "There is another opportunity of this kind that somebody can act on."
                raise BadInput(sentence, "Look into that one.") from error
            if row is not None:
                return _opportunity(row)
            there = select(OpportunityRow.version).where(OpportunityRow.id == after.id)
            if await session.scalar(there) is None:
                raise NotFound("There is no such opportunity.")
        sentence = "Somebody else has changed the opportunity meanwhile."
        raise Outdated(sentence, "Look at it again, then decide.")

    async def _opportunities(self, query: Select[OpportunityRow]) -> list[StoredOpportunity]:
        query = query.execution_options(populate_existing=True)
        async with self._sessions.reading() as session:
            return [_opportunity(row) for row in await session.scalars(query)]


def _reach(within: str | None, without: Kinds) -> list[ColumnElement[bool]]:
    conditions = [] if within is None else [OpportunityRow.organization == within]
    if without:
        kinds = [kind.value for kind in without]
        conditions.append(OpportunityRow.kind.not_in(kinds))
    return conditions


def content_values(opportunity: Opportunity) -> dict[str, object]:
    """The columns that evidence decides."""
    return with_digest(
        {
            "organization": opportunity.organization,
            "kind": opportunity.kind.value,
            "title": opportunity.title,
            "affected": {name: list(values) for name, values in opportunity.affected.items()},
            "first_day": opportunity.first_day,
            "last_day": opportunity.last_day,
            "current_cost": estimate(opportunity.current_cost),
            "potential_savings": estimate(opportunity.potential_savings),
            "savings_micros": micros(estimate(opportunity.potential_savings)),
            "confidence": share(opportunity.confidence),
            "method": opportunity.method,
            "data": dict(opportunity.data),
            "actions": list(opportunity.actions),
            "hours_to_implement": opportunity.hours_to_implement,
        }
    )


def _opportunity(row: OpportunityRow) -> StoredOpportunity:
    content = Opportunity(
        kind=OpportunityKind(row.kind),
        organization=row.organization,
        title=row.title,
        affected={name: tuple(values) for name, values in row.affected.items()},
        first_day=row.first_day,
        last_day=row.last_day,
        current_cost=row.current_cost,
        potential_savings=row.potential_savings,
        confidence=row.confidence,
        method=row.method,
        data=cast("Mapping[str, Json]", row.data),
        actions=tuple(row.actions),
        hours_to_implement=row.hours_to_implement,
    )
    return StoredOpportunity(
        id=row.id,
        key=row.key,
        content=content,
        state=OpportunityState(row.state),
        state_since=row.state_since,
        decided_by=row.decided_by,
        assigned_to=row.assigned_to,
        resolution=row.resolution,
        verified_savings=row.verified_savings,
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        version=row.version,
    )

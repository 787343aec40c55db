"""Recommendations: drawn, decided upon, and listed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_, update

from analysis.clock import Clock
from analysis.errors import NotFound, Outdated
from analysis.recommendations.kept.states import State
from analysis.recommendations.proposal import Kind
from analysis.roles import Role
from storage.database import Sessions
from storage.models import RecommendationRow
from storage.records.recommendation import Card, Drawn, Recommendation, Standing, StateParts
from storage.repositories.inserts import insert_into
from storage.repositories.many import IDS_AT_ONCE, chunks, of_any
from storage.repositories.recommendation_rows import (
    PlainParts,
    bounds_of,
    card_values,
    content_values,
    micros,
    recommendation_of,
    standing_values,
    state_parts_of,
)

_LIVE = RecommendationRow.state != State.ARCHIVED.value

_PLACE = (
    RecommendationRow.priority_tenths,
    RecommendationRow.savings_micros,
    RecommendationRow.id,
)
"""What lists are sorted by, the highest first."""


Stamp: TypeAlias = "tuple[int, int]"
"""Of some recommendations: how many they are, and how often they were changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which recommendations are meant; what lies outside is not found.

    Attributes:
        within: of this organization alone; None: of all, and the deployment's own.
        role: of whoever asks: what is for a farther reaching one is left out.
        states: only those in one of them; empty: all that are not archived.
        kinds: only those; empty: all.
        min_savings: USD a month that they save at least.
    """

    within: str | None = None
    role: Role = Role.ADMIN
    states: frozenset[State] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    min_savings: Decimal = Decimal(0)


class RecommendationRepository:
    """The recommendations of all organizations, and the deployment's own."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, drawn: Drawn) -> Recommendation | None:
        """Keeps a new one, pending.

        Returns:
            It; None: there is one of its key already, which stays as it is.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        adding = (
            insert_into(self._sessions, RecommendationRow)
            .values(
                id=uuid4(),
                key=drawn.proposal.key,
                first_seen=now,
                last_seen=now,
                cards=[],
                version=1,
                **content_values(drawn),
                **standing_values(Standing(state=State.PENDING, since=now)),
            )
            .on_conflict_do_nothing()
            .returning(RecommendationRow)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(adding)
            return None if row is None else recommendation_of(row)

    async def find(
        self, key: UUID, *, within: str | None = None, role: Role = Role.ADMIN
    ) -> Recommendation | None:
        """The recommendation of an id, archived or not; None: none that whoever asks may know of.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(RecommendationRow).where(RecommendationRow.id == key)
        found = await self._recommendations(query.where(*_reach(within, role)))
        return found[0] if found else None

    async def find_beginning(
        self, digits: str, *, within: str | None = None, role: Role = Role.ADMIN, limit: int = 2
    ) -> list[Recommendation]:
        """Those whose id begins with some hexadecimal digits.

        Raises:
            Unavailable: the database does not answer.
        """
        first, last = bounds_of(digits)
        query = select(RecommendationRow).where(
            RecommendationRow.id.between(first, last), *_reach(within, role)
        )
        return await self._recommendations(query.order_by(RecommendationRow.id).limit(limit))

    async def find_many(self, keys: Sequence[UUID]) -> list[Recommendation]:
        """The recommendations of some ids, in no order.

        Raises:
            Unavailable: the database does not answer.
        """
        found: list[Recommendation] = []
        for some in chunks(keys, IDS_AT_ONCE):
            these = RecommendationRow.id.in_(some)
            found += await self._recommendations(select(RecommendationRow).where(these))
        return found

    async def live_of(self, organization: str | None) -> list[Recommendation]:
        """All of exactly one organization, or the deployment's own, that are not archived.

        In a transaction nobody else changes them before it ends.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(RecommendationRow).where(_LIVE, _of(organization))
        return await self._recommendations(query.order_by(RecommendationRow.id).with_for_update())

    async def organizations(self) -> set[str | None]:
        """Who has any that are not archived; None: the deployment itself.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(RecommendationRow.organization).where(_LIVE).distinct()
        async with self._sessions.reading() as session:
            return set(await session.scalars(query))

    async def ageing(self, now: datetime) -> set[str | None]:
        """Who has any for which time alone may change something.

        Raises:
            Unavailable: the database does not answer.
        """
        state = RecommendationRow.state
        over = (State.VERIFIED.value, State.REJECTED.value, State.EXPIRED.value)
        concerned = or_(
            and_(state == State.PENDING.value, RecommendationRow.valid_until < now.date()),
            and_(state == State.SNOOZED.value, RecommendationRow.snoozed_until <= now),
            state.in_(over),
        )
        query = select(RecommendationRow.organization).where(concerned).distinct()
        async with self._sessions.reading() as session:
            return set(await session.scalars(query))

    async def page(
        self, wanted: Wanted, *, after: Recommendation | None = None, limit: int = 50
    ) -> list[Recommendation]:
        """Recommendations, by priority and then by dollars, the highest first.

        Args:
            wanted: which.
            after: the last one of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        ids = select(RecommendationRow.id).where(*_meant(wanted))
        if after is not None:
            drawn = after.drawn
            place = (int(drawn.priority * 10), micros(drawn.proposal.savings.likely), after.id)
            ids = ids.where(tuple_(*_PLACE) < tuple_(*place))
        first = [column.desc() for column in _PLACE]
        # An index knows the ids; the rest, which is long, is read of those alone.
        some = RecommendationRow.id.in_(ids.order_by(*first).limit(limit))
        return await self._recommendations(select(RecommendationRow).where(some).order_by(*first))

    async def count(self, wanted: Wanted) -> int:
        """How many there are.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(func.count()).select_from(RecommendationRow).where(*_meant(wanted))
        async with self._sessions.reading() as session:
            return await session.scalar(query) or 0

    async def state_parts(
        self, wanted: Wanted, organizations: Sequence[str | None] | None = None
    ) -> list[StateParts]:
        """What recommendations count for in the totals, in no order.

        Args:
            wanted: which.
            organizations: of these alone; None: of all of them.

        Raises:
            Unavailable: the database does not answer.
        """
        row = RecommendationRow
        columns = (row.state, row.kind, row.savings_likely, row.parts, row.verified_savings)
        query = select(row.organization, *columns).where(*_meant(wanted))
        asked = [query]
        if organizations is not None:
            some = chunks(organizations, IDS_AT_ONCE)
            asked = [query.where(of_any(row.organization, names)) for names in some]
        found: list[StateParts] = []
        async with self._sessions.reading() as session:
            connection = await session.connection()  # plain rows: objects would take longer
            for one in asked:
                rows = cast("Iterable[PlainParts]", (await connection.execute(one)).all())
                found += [state_parts_of(plain) for plain in rows]
        return found

    async def stamps(self, within: str | None = None) -> dict[str | None, Stamp]:
        """What changes with every change of an organization's recommendations, by organization.

        Args:
            within: of one organization alone; None: of all, and the deployment's own.

        Raises:
            Unavailable: the database does not answer.
        """
        row = RecommendationRow
        # No row is ever removed, and each change makes a version greater.
        stamp = select(row.organization, func.count(), func.sum(row.version))
        query = stamp.group_by(row.organization)
        if within is not None:
            query = query.where(row.organization == within)
        async with self._sessions.reading() as session:
            rows = (await session.execute(query)).all()
        return {organization: (count, versions) for organization, count, versions in rows}

    async def write(
        self,
        before: Recommendation,
        *,
        standing: Standing | None = None,
        drawn: Drawn | None = None,
    ) -> Recommendation:
        """Changes one that nobody has changed since it was read.

        Args:
            before: as it was read.
            standing: what is decided now; None: what was.
            drawn: its new content; None: it stays.

        Raises:
            Outdated: it was changed meanwhile.
            NotFound: there is no such recommendation.
            Unavailable: the database does not answer.
        """
        values: dict[str, object] = {}
        if standing is not None:
            values |= standing_values(standing)
        if drawn is not None:
            values |= {**content_values(drawn), "last_seen": self._clock()}
        changing = (
            update(RecommendationRow)
            .where(RecommendationRow.id == before.id, RecommendationRow.version == before.version)
            .values(**values, version=before.version + 1)
            .returning(RecommendationRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(changing)
            if row is not None:
                return recommendation_of(row)
            there = select(RecommendationRow.version).where(RecommendationRow.id == before.id)
            if await session.scalar(there) is None:
                raise NotFound("There is no such recommendation.")
        sentence = "Somebody else has changed the recommendation meanwhile."
        raise Outdated(sentence, "Look at it again, then decide.")

    async def add_card(self, key: UUID, card: Card) -> bool:
        """Keeps where a recommendation is shown, each message once.

        Returns:
            Whether it is new.

        Raises:
            NotFound: there is no such recommendation.
            Unavailable: the database does not answer.
        """
        finding = (
            select(RecommendationRow.cards).where(RecommendationRow.id == key).with_for_update()
        )
        async with self._sessions.writing() as session:
            cards = await session.scalar(finding)
            if cards is None:
                raise NotFound("There is no such recommendation.")
            value = card_values(card)
            if value in cards:
                return False
            await session.execute(
                update(RecommendationRow)
                .where(RecommendationRow.id == key)
                .values(cards=[*cards, value])
                .execution_options(synchronize_session=False)
            )
            return True

    async def _recommendations(self, query: Select[RecommendationRow]) -> list[Recommendation]:
        query = query.execution_options(populate_existing=True)
        async with self._sessions.reading() as session:
            return [recommendation_of(row) for row in await session.scalars(query)]


def _of(organization: str | None) -> ColumnElement[bool]:
    column = RecommendationRow.organization
    return column.is_(None) if organization is None else column == organization


def _reach(within: str | None, role: Role) -> list[ColumnElement[bool]]:
    conditions = [] if within is None else [RecommendationRow.organization == within]
    seen = [audience.value for audience in Role if role.reaches(audience)]
    return [*conditions, RecommendationRow.audience.in_(seen)]


def _meant(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = _reach(wanted.within, wanted.role)
    states = [state.value for state in wanted.states]
    conditions.append(RecommendationRow.state.in_(states) if states else _LIVE)
    if wanted.kinds:
        conditions.append(RecommendationRow.kind.in_([kind.value for kind in wanted.kinds]))
    if wanted.min_savings > 0:
        conditions.append(RecommendationRow.savings_micros >= micros(wanted.min_savings))
    return conditions

"""Routes: made and removed by people, read whenever something is told."""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from sqlalchemy import Select, insert, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import RouteRow
from storage.records.delivery import ChannelKind
from storage.records.route import Route, RouteDraft


class RouteRepository:
    """The routes of all organizations."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, draft: RouteDraft, created_by: str) -> Route:
        """Keeps a new route.

        Raises:
            Unavailable: the database does not answer.
        """
        values = {**asdict(draft), "targets": [list(target) for target in draft.targets]}
        adding = (
            insert(RouteRow)
            .values(**values, created_by=created_by, created_at=self._clock(), removed_at=None)
            .returning(RouteRow)
        )
        async with self._sessions.writing() as session:
            return _route((await session.scalars(adding)).one())

    async def all(self, within: str | None = None) -> list[Route]:
        """The routes that are in force, by their numbers.

        Args:
            within: of which organization they are; None: all.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(RouteRow).where(RouteRow.removed_at.is_(None)).order_by(RouteRow.id)
        if within is not None:
            query = query.where(RouteRow.organization == within)
        return await self._read(query)

    async def find(self, key: int, within: str | None = None) -> Route | None:
        """The route of a number, removed or not; None: there is none.

        Args:
            key: its number.
            within: of which organization it has to be; None: any.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(RouteRow).where(RouteRow.id == key)
        if within is not None:
            query = query.where(RouteRow.organization == within)
        found = await self._read(query)
        return found[0] if found else None

    async def set_removed(self, key: int, *, is_removed: bool) -> bool:
        """Takes a route out of force, or puts it back.

        Returns:
            Whether that changed anything.

        Raises:
            Unavailable: the database does not answer.
        """
        is_in_force = RouteRow.removed_at.is_(None)
        changing = (
            update(RouteRow)
            .where(RouteRow.id == key, is_in_force if is_removed else ~is_in_force)
            .values(removed_at=self._clock() if is_removed else None)
            .returning(RouteRow.id)
            .execution_options(synchronize_session=False)
        )
        async with self._sessions.writing() as session:
            return await session.scalar(changing) is not None

    async def _read(self, query: Select[RouteRow]) -> list[Route]:
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [_route(row) for row in rows]


def _route(row: RouteRow) -> Route:
    return Route(
        id=row.id,
        organization=row.organization,
        kind=row.kind,  # pyright: ignore[reportArgumentType]
        product=row.product,
        about_organization=row.about_organization,
        least=row.least,  # pyright: ignore[reportArgumentType]
        targets=tuple((cast("ChannelKind", channel), address) for channel, address in row.targets),
        created_by=row.created_by,
        created_at=row.created_at,
        removed_at=row.removed_at,
    )

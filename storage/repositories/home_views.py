"""Home tabs: who looks at them, what was published, and whether anything was decided since."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, select, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import (
    AuditRow,
    HomeViewRow,
    IncidentRow,
    RecommendationRunRow,
    SavingsMeasurementRow,
)
from storage.records.home_view import HomeView
from storage.repositories.inserts import insert_into


class HomeViewRepository:
    """The Home tabs of all people, for all replicas together."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def opened(self, team_id: str, user_id: str) -> None:
        """Remembers that somebody looks at their tab.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        adding = insert_into(self._sessions, HomeViewRow).values(
            team_id=team_id, user_id=user_id, opened_at=now, mark="", content="", view_hash=""
        )
        again = adding.on_conflict_do_update(
            index_elements=[HomeViewRow.team_id, HomeViewRow.user_id], set_={"opened_at": now}
        )
        async with self._sessions.writing() as session:
            await session.execute(again)

    async def find(self, team_id: str, user_id: str) -> HomeView | None:
        """What is known of a person's tab; None: they never opened it.

        Raises:
            Unavailable: the database does not answer.
        """
        async with self._sessions.reading() as session:
            row = await session.get(HomeViewRow, (team_id, user_id))
            return None if row is None else _view(row)

    async def looked_since(self, instant: datetime) -> list[HomeView]:
        """The tabs that were opened at or after an instant, the latest first.

        Raises:
            Unavailable: the database does not answer.
        """
        row = HomeViewRow
        query = select(row).where(row.opened_at >= instant).order_by(row.opened_at.desc())
        async with self._sessions.reading() as session:
            return [_view(one) for one in await session.scalars(query)]

    async def made(
        self, team_id: str, user_id: str, mark: str, content: str, view_hash: str | None
    ) -> None:
        """Keeps what a tab shows now.

        Args:
            team_id: of the workspace.
            user_id: whose it is.
            mark: of the facts and decisions that it was made from.
            content: digest of what stands there.
            view_hash: Slack's, of what was published just now; None: nothing had to be.

        Raises:
            Unavailable: the database does not answer.
        """
        row = HomeViewRow
        kept: dict[str, object] = {"mark": mark, "content": content}
        if view_hash is not None:
            kept |= {"view_hash": view_hash, "published_at": self._clock()}
        keeping = update(row).where(row.team_id == team_id, row.user_id == user_id).values(**kept)
        async with self._sessions.writing() as session:
            await session.execute(keeping)

    async def forget_before(self, instant: datetime) -> int:
        """Forgets who has not opened their tab since.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        row = HomeViewRow
        forgetting = delete(row).where(row.opened_at < instant).returning(row.user_id)
        async with self._sessions.writing() as session:
            return len((await session.scalars(forgetting)).all())

    async def decisions_mark(self) -> str:
        """Changes whenever something was decided, found, drawn or measured.

        Raises:
            Unavailable: the database does not answer.
        """
        incident, run = IncidentRow, RecommendationRunRow
        decided = select(func.coalesce(func.max(AuditRow.id), 0)).scalar_subquery()
        is_open = incident.closed_at.is_(None)
        looks = select(func.coalesce(func.sum(incident.version), 0)).where(is_open)
        found = select(func.count()).select_from(incident).where(is_open)
        drawn = select(func.count()).select_from(run).where(run.finished_at.is_not(None))
        measured = select(func.max(SavingsMeasurementRow.measured_at))
        query = select(
            decided,
            looks.scalar_subquery(),
            found.scalar_subquery(),
            drawn.scalar_subquery(),
            measured.scalar_subquery(),
        )
        async with self._sessions.reading() as session:
            row = (await session.execute(query)).one()
        return ".".join(str(part) for part in row)


def _view(row: HomeViewRow) -> HomeView:
    return HomeView(
        team_id=row.team_id,
        user_id=row.user_id,
        opened_at=row.opened_at,
        mark=row.mark,
        content=row.content,
        view_hash=row.view_hash,
        published_at=row.published_at,
    )

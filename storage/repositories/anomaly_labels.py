"""What people said about anomalies: one word of one anomaly counts, until it is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy import func, select, text, update

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import AnomalyLabelRow
from storage.records.actor import Actor
from storage.records.anomaly import AnomalyLabel, LabelDraft, LabelKind
from storage.repositories.inserts import insert_into

_LIVE = text("undone_at IS NULL")


class AnomalyLabelRepository:
    """The labels of all organizations."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, draft: LabelDraft, by: Actor) -> AnomalyLabel | None:
        """Keeps what somebody says.

        Returns:
            It; None: something was said of this subject and day, and still counts.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLabelRow
        adding = (
            insert_into(self._sessions, row)
            .values(
                id=uuid4(),
                made_by=by.key,
                made_by_name=by.name,
                made_at=self._clock(),
                undone_by=None,
                undone_at=None,
                **{**asdict(draft), "series": list(draft.series)},
            )
            .on_conflict_do_nothing(index_elements=[row.subject, row.day], index_where=_LIVE)
            .returning(row)
        )
        async with self._sessions.writing() as session:
            found = await session.scalar(adding)
            return None if found is None else _label(found)

    async def undo(self, key: UUID, by: Actor) -> AnomalyLabel | None:
        """Takes a label back, if nobody has yet.

        Returns:
            It, as it was taken back; None: it does not count any more, or there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLabelRow
        undoing = (
            update(row)
            .where(row.id == key, row.undone_at.is_(None))
            .values(undone_by=by.key, undone_at=self._clock())
            .returning(row)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            found = await session.scalar(undoing)
            return None if found is None else _label(found)

    async def live(self) -> list[AnomalyLabel]:
        """All labels that count, oldest first.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLabelRow
        query = select(row).where(row.undone_at.is_(None)).order_by(row.made_at, row.id)
        async with self._sessions.reading() as session:
            found = await session.scalars(query, execution_options={"populate_existing": True})
            return [_label(one) for one in found]

    async def live_of(self, subject: str, day: date | None = None) -> AnomalyLabel | None:
        """The newest label of a subject that counts, of one day or of any; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLabelRow
        query = select(row).where(row.subject == subject, row.undone_at.is_(None))
        if day is not None:
            query = query.where(row.day == day)
        query = query.order_by(row.made_at.desc(), row.id).limit(1)
        async with self._sessions.reading() as session:
            found = await session.scalar(query, execution_options={"populate_existing": True})
            return None if found is None else _label(found)

    async def of_subjects(self, subjects: Sequence[str]) -> list[AnomalyLabel]:
        """The labels of some subjects that count, oldest first.

        Raises:
            Unavailable: the database does not answer.
        """
        wanted = set(subjects)
        return [label for label in await self.live() if label.subject in wanted]

    async def stamp(self) -> str:
        """A text that is another one whenever a label was made or taken back.

        Raises:
            Unavailable: the database does not answer.
        """
        row = AnomalyLabelRow
        query = select(func.count(row.id), func.count(row.undone_at))
        async with self._sessions.reading() as session:
            made, undone = (await session.execute(query)).one()
            return f"{made}-{undone}"


def _label(row: AnomalyLabelRow) -> AnomalyLabel:
    return AnomalyLabel(
        id=row.id,
        kind=cast("LabelKind", row.kind),
        series=tuple(row.series),
        organization=row.organization,
        subject=row.subject,
        day=row.day,
        left_out_first=row.left_out_first,
        left_out_last=row.left_out_last,
        silent_first=row.silent_first,
        silent_last=row.silent_last,
        most_usd=row.most_usd,
        rises=row.rises,
        floor_usd=row.floor_usd,
        muted_until=row.muted_until,
        note=row.note,
        incident_id=row.incident_id,
        made_by=row.made_by,
        made_by_name=row.made_by_name,
        made_at=row.made_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )

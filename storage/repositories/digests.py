"""Digests, and the claims of their slots."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update

from analysis.clock import Clock
from analysis.errors import Outdated
from storage.database import Sessions
from storage.models import DigestRow, DigestSlotRow
from storage.records.digest import Digest, DigestDraft, DigestSlot
from storage.repositories.digest_rows import digest_of, slot_of, values_of
from storage.repositories.inserts import insert_into
from storage.repositories.many import chunks

AT_ONCE = 200
"""Rows that are read, or written, with one statement: making them ready holds all else up."""

Claim = tuple[UUID, date]


class DigestRepository:
    """The digests of everybody.

    Within a transaction a claim and the messages that follow from it appear together, or neither.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, draft: DigestDraft, key: UUID | None = None) -> Digest | None:
        """Keeps a new digest.

        Args:
            draft: what was decided.
            key: its id; None: any.

        Returns:
            It; None: there is one of that id.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        adding = (
            insert_into(self._sessions, DigestRow)
            .values(
                id=key or uuid4(),
                **values_of(draft),
                since=now,
                stopped="",
                last_slot=None,
                created_at=now,
                updated_at=now,
                deleted_at=None,
                version=1,
            )
            .on_conflict_do_nothing(index_elements=[DigestRow.id])
            .returning(DigestRow)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(adding)
            return None if row is None else digest_of(row)

    async def find(self, key: UUID) -> Digest | None:
        """The digest of an id, a deleted one too; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        found = await self._find(DigestRow.id == key, 1)
        return found[0] if found else None

    async def find_all(
        self,
        *,
        organization: str | None = None,
        owner: tuple[str, str] | None = None,
        limit: int = 500,
    ) -> list[Digest]:
        """Digests that are not deleted, in the order in which they were subscribed to.

        Args:
            organization: only those of it; None: of all.
            owner: only those of this workspace and person; None: of everybody.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        kept = DigestRow.deleted_at.is_(None)
        if organization is not None:
            kept &= DigestRow.organization == organization
        if owner is not None:
            kept &= (DigestRow.team_id == owner[0]) & (DigestRow.owner == owner[1])
        return await self._find(kept, limit)

    async def count(self, owner: tuple[str, str]) -> int:
        """How many digests, not deleted, are of a workspace's person.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(func.count()).where(
            DigestRow.team_id == owner[0],
            DigestRow.owner == owner[1],
            DigestRow.deleted_at.is_(None),
        )
        async with self._sessions.reading() as session:
            return await session.scalar(query) or 0

    async def pieces(self) -> AsyncGenerator[list[Digest]]:
        """All digests that are neither deleted nor stopped, piece by piece.

        Raises:
            Unavailable: the database does not answer.
        """
        kept = DigestRow.deleted_at.is_(None) & (DigestRow.stopped == "")
        after: UUID | None = None
        while True:
            there = kept if after is None else kept & (DigestRow.id > after)
            query = select(DigestRow).where(there).order_by(DigestRow.id).limit(AT_ONCE)
            async with self._sessions.reading() as session:
                rows = await session.scalars(query, execution_options={"populate_existing": True})
                piece = [digest_of(row) for row in rows]
            if not piece:
                return
            yield piece
            after = piece[-1].id

    async def change(
        self, digest: Digest, draft: DigestDraft, *, since: datetime | None = None
    ) -> Digest:
        """Keeps what was decided anew.

        Args:
            digest: as it was read.
            draft: what was decided.
            since: no slot before it counts any more, UTC; None: that stays.

        Returns:
            It, as it is now; it is not stopped any more.

        Raises:
            Outdated: somebody has changed it meanwhile.
            Unavailable: the database does not answer.
        """
        values: dict[str, object] = {**values_of(draft), "stopped": ""}
        return await self._update(digest, values | ({} if since is None else {"since": since}))

    async def stop(self, digest: Digest, why: str) -> Digest:
        """Has it sent no more.

        Raises:
            Outdated: somebody has changed it meanwhile.
            Unavailable: the database does not answer.
        """
        return await self._update(digest, {"stopped": why})

    async def delete(self, digest: Digest) -> Digest:
        """Deletes it; `restore` takes that back.

        Raises:
            Outdated: somebody has changed it meanwhile.
            Unavailable: the database does not answer.
        """
        return await self._update(digest, {"deleted_at": self._clock()})

    async def restore(self, digest: Digest) -> Digest:
        """Takes a deletion back; slots of the time between do not count.

        Raises:
            Outdated: somebody has changed it meanwhile.
            Unavailable: the database does not answer.
        """
        return await self._update(digest, {"deleted_at": None, "since": self._clock()})

    async def claim(self, slots: Sequence[DigestSlot], versions: Mapping[UUID, int]) -> set[Claim]:
        """Claims slots; of all who do so at once, one gets each.

        Args:
            slots: with what is to become of them.
            versions: those of their digests, as read: one that was changed since gets no claim.

        Returns:
            Those that are the caller's.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        claimed: set[Claim] = set()
        # In one order everywhere: two replicas wait for each other, and never in a circle.
        in_order = sorted(slots, key=lambda one: (one.digest_id.hex, one.local_date))
        async with self._sessions.writing() as session:
            for some in chunks(in_order, AT_ONCE):
                ids = {one.digest_id for one in some}
                held = (
                    select(DigestRow.id, DigestRow.version)
                    .where(DigestRow.id.in_(ids), DigestRow.deleted_at.is_(None))
                    .order_by(DigestRow.id)
                    .with_for_update()
                )
                present = dict((await session.execute(held)).all())
                rows = [
                    {
                        "digest_id": one.digest_id,
                        "local_date": one.local_date,
                        "due_at": one.due_at,
                        "outcome": one.outcome,
                        "reason": one.reason,
                        "decided_at": now,
                    }
                    for one in some
                    if present.get(one.digest_id) == versions[one.digest_id]
                ]
                if not rows:
                    continue
                claiming = (
                    insert_into(self._sessions, DigestSlotRow)
                    .values(rows)
                    .on_conflict_do_nothing(
                        index_elements=[DigestSlotRow.digest_id, DigestSlotRow.local_date]
                    )
                    .returning(DigestSlotRow.digest_id, DigestSlotRow.local_date)
                )
                found = (await session.execute(claiming)).all()
                claimed |= {(key, day) for key, day in found}
                latest: dict[date, set[UUID]] = {}
                for one in some:
                    latest.setdefault(one.local_date, set()).add(one.digest_id)
                for day in sorted(latest):
                    # A hint that spares looking: what counts is the row of the slot.
                    seen = (
                        update(DigestRow)
                        .where(DigestRow.id.in_(latest[day]))
                        .values(last_slot=day)
                        .execution_options(synchronize_session=False)
                    )
                    await session.execute(seen)
        return claimed

    async def claimed(self, slots: Sequence[Claim]) -> set[Claim]:
        """Those of some slots that somebody has claimed.

        Raises:
            Unavailable: the database does not answer.
        """
        place = tuple_(DigestSlotRow.digest_id, DigestSlotRow.local_date)
        found: set[Claim] = set()
        async with self._sessions.reading() as session:
            for some in chunks(slots, AT_ONCE):
                query = select(DigestSlotRow.digest_id, DigestSlotRow.local_date)
                rows = (await session.execute(query.where(place.in_(list(some))))).all()
                found |= {(key, day) for key, day in rows}
        return found

    async def slots(self, key: UUID, *, limit: int = 10) -> list[DigestSlot]:
        """What became of the latest slots of a digest, newest first.

        Raises:
            Unavailable: the database does not answer.
        """
        query = (
            select(DigestSlotRow)
            .where(DigestSlotRow.digest_id == key)
            .order_by(DigestSlotRow.local_date.desc())
            .limit(limit)
        )
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [slot_of(row) for row in rows]

    async def unskip(self, key: UUID, local_date: date) -> bool:
        """Frees a slot that somebody has left out.

        Returns:
            Whether there was one.

        Raises:
            Unavailable: the database does not answer.
        """
        freeing = (
            delete(DigestSlotRow)
            .where(
                DigestSlotRow.digest_id == key,
                DigestSlotRow.local_date == local_date,
                DigestSlotRow.outcome == "skipped",
                DigestSlotRow.reason == "asked",
            )
            .returning(DigestSlotRow.local_date)
        )
        async with self._sessions.writing() as session:
            freed = (await session.scalars(freeing)).all()
            if freed:
                unseen = (
                    update(DigestRow)
                    .where(DigestRow.id == key, DigestRow.last_slot == local_date)
                    .values(last_slot=None)
                    .execution_options(synchronize_session=False)
                )
                await session.execute(unseen)
            return bool(freed)

    async def forget_slots_before(self, instant: datetime) -> int:
        """Forgets the slots that were due before `instant`: far enough back to come never again.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        forgetting = (
            delete(DigestSlotRow)
            .where(DigestSlotRow.due_at < instant)
            .returning(DigestSlotRow.digest_id)
        )
        async with self._sessions.writing() as session:
            return len((await session.scalars(forgetting)).all())

    async def _update(self, digest: Digest, values: dict[str, object]) -> Digest:
        changing = (
            update(DigestRow)
            .where(DigestRow.id == digest.id, DigestRow.version == digest.version)
            .values(version=DigestRow.version + 1, updated_at=self._clock(), **values)
            .returning(DigestRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        async with self._sessions.writing() as session:
            row = await session.scalar(changing)
            if row is None:
                sentence = "Somebody has changed this digest meanwhile."
                raise Outdated(sentence, "Look at it again, then decide.")
            return digest_of(row)

    async def _find(self, condition: ColumnElement[bool], limit: int) -> list[Digest]:
        query = (
            select(DigestRow)
            .where(condition)
            .order_by(DigestRow.created_at, DigestRow.id)
            .limit(limit)
        )
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [digest_of(row) for row in rows]

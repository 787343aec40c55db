"""The outbox: messages are added once, claimed by one worker at a time, and marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Update, and_, case, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from analysis.clock import Clock
from storage.database import Sessions
from storage.models import DeliveryRow
from storage.records.delivery import (
    Backlog,
    ChannelKind,
    Delivery,
    DeliveryCounts,
    DeliveryState,
    NewDelivery,
)
from storage.repositories.delivery_rows import delivery_of, values_of
from storage.repositories.inserts import insert_into
from storage.repositories.lines import one_line

WAITING: tuple[DeliveryState, ...] = ("due", "claimed", "uncertain")
"""The states of a message that is still to leave."""

HELD: tuple[DeliveryState, ...] = ("claimed", "uncertain")
"""The states of a message that a worker has."""

_WAITS = DeliveryRow.state.in_(WAITING)


class DeliveryRepository:
    """The outbox of all replicas together.

    A row's `next_at` is when it may be claimed: when it is due, and while a worker has it, when
    that worker's lease ends.
    """

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions = sessions
        self._clock = clock

    async def add(self, new: NewDelivery) -> bool:
        """Adds a message, once for its key.

        Returns:
            Whether it is new; False: there is one of that key, and it stays as it is.

        Raises:
            Unavailable: the database does not answer.
        """
        return bool(await self.add_many([new]))

    async def add_many(self, new: Sequence[NewDelivery]) -> set[str]:
        """Adds messages in their order, each once for its key; all in one transaction.

        Returns:
            The keys that were new.

        Raises:
            Unavailable: the database does not answer.
        """
        now = self._clock()
        added: set[str] = set()
        async with self._sessions.writing() as session:
            for one in new:
                adding = (
                    insert_into(self._sessions, DeliveryRow)
                    .values(values_of(one, now))
                    .on_conflict_do_nothing(index_elements=[DeliveryRow.key])
                    .returning(DeliveryRow.key)
                )
                key = await session.scalar(adding)
                if key is not None:
                    added.add(key)
        return added

    async def claim(
        self, now: datetime, worker: str, limit: int, lease: timedelta
    ) -> list[Delivery]:
        """Takes messages that are due; nobody else gets them before the lease ends.

        Of a group only the oldest that has not left is taken. A message whose worker let its
        lease run out may have been sent: it is taken as `uncertain`, and stays so until it is
        marked.

        Args:
            now: the present, UTC.
            worker: who takes them, a name that no other worker has.
            limit: how many at most.
            lease: for how long.

        Returns:
            What was taken, oldest first: `claimed`, or `uncertain`.

        Raises:
            Unavailable: the database does not answer.
        """
        earlier = aliased(DeliveryRow)
        blocked = exists().where(
            earlier.order_group == DeliveryRow.order_group,
            earlier.id < DeliveryRow.id,
            earlier.state.in_(WAITING),
        )
        free = (
            select(DeliveryRow.id)
            .where(_WAITS, DeliveryRow.next_at <= now, ~blocked)
            .order_by(DeliveryRow.next_at, DeliveryRow.id)
            .limit(limit)
        )
        async with self._sessions.reading() as session:
            # Whoever only looks does not keep others from writing.
            if await session.scalar(free.limit(1)) is None:
                return []
        until = now + lease
        async with self._sessions.writing() as session:
            # PostgreSQL: what another worker is just taking is passed over; SQLite has one writer.
            ids = (await session.scalars(free.with_for_update(skip_locked=True))).all()
            taking = (
                update(DeliveryRow)
                .where(DeliveryRow.id.in_(ids))
                .values(
                    state=case((DeliveryRow.state == "due", "claimed"), else_="uncertain"),
                    may_be_sent=DeliveryRow.state != "due",
                    attempts=DeliveryRow.attempts + 1,
                    claimed_by=worker,
                    claimed_until=until,
                    next_at=until,
                )
                .returning(DeliveryRow)
                .execution_options(synchronize_session=False, populate_existing=True)
            )
            taken = [delivery_of(row) for row in await session.scalars(taking)]
        return sorted(taken, key=lambda delivery: delivery.id)

    async def renew(self, key: int, worker: str, until: datetime) -> bool:
        """Makes a lease longer; asked just before sending, it tells a late worker to let it be.

        Returns:
            Whether the worker still has the message.

        Raises:
            Unavailable: the database does not answer.
        """
        renewing = _held(key, worker).values(claimed_until=until, next_at=until)
        return await self._one(renewing)

    async def sent(self, key: int, remote_id: str | None) -> bool:
        """Marks a message as sent, whoever has it: what is there is there.

        Args:
            key: its id.
            remote_id: what the channel calls it; None: nothing.

        Returns:
            Whether it was not marked before; the first mark stays.

        Raises:
            Unavailable: the database does not answer.
        """
        marking = (
            update(DeliveryRow)
            .where(DeliveryRow.id == key, DeliveryRow.state != "sent")
            .values(
                state="sent",
                may_be_sent=True,
                sent_at=self._clock(),
                remote_id=remote_id,
                claimed_until=None,
                last_error="",
            )
        )
        return await self._one(marking)

    async def failed(
        self,
        key: int,
        worker: str,
        error: str,
        next_at: datetime | None,
        *,
        uncertain: bool = False,
    ) -> bool:
        """Gives a message back that could not be sent, or was looked for and not answered.

        Args:
            key: its id.
            worker: who has it.
            error: why, a sentence.
            next_at: when it may be tried again, UTC; None: never, it is dead.
            uncertain: it may have been sent nevertheless.

        Returns:
            Whether the worker still had it; if not, nothing is changed.

        Raises:
            Unavailable: the database does not answer.
        """
        state: DeliveryState = "uncertain" if uncertain else "due"
        values: dict[str, Any] = {
            "state": "dead" if next_at is None else state,
            "may_be_sent": uncertain,
            "claimed_until": None,
            "last_error": one_line(error),
        }
        if next_at is not None:
            values["next_at"] = next_at
        return await self._one(_held(key, worker).values(values))

    async def release(self, key: int, worker: str, next_at: datetime) -> bool:
        """Gives a message back that was not tried: its channel is busy, or the process ends.

        Returns:
            Whether the worker still had it; if not, nothing is changed.

        Raises:
            Unavailable: the database does not answer.
        """
        releasing = _held(key, worker).values(
            state=case((DeliveryRow.may_be_sent, "uncertain"), else_="due"),
            attempts=DeliveryRow.attempts - 1,
            claimed_until=None,
            next_at=next_at,
        )
        return await self._one(releasing)

    async def cancel(self, keys: Sequence[str]) -> int:
        """Takes back messages that are due or dead; what a worker has, or may have sent, stays.

        Args:
            keys: see `NewDelivery.key`.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        cancelling = (
            update(DeliveryRow)
            .where(DeliveryRow.key.in_(keys), DeliveryRow.state.in_(("due", "dead")))
            .values(state="cancelled", claimed_until=None)
        )
        return await self._rows(cancelling)

    async def resend(self, key: int) -> bool:
        """Makes a dead message due again; one that may have been sent is looked for first.

        Returns:
            Whether it was dead.

        Raises:
            Unavailable: the database does not answer.
        """
        resending = (
            update(DeliveryRow)
            .where(DeliveryRow.id == key, DeliveryRow.state == "dead")
            .values(
                state=case((DeliveryRow.may_be_sent, "uncertain"), else_="due"),
                attempts=0,
                next_at=self._clock(),
            )
        )
        return await self._one(resending)

    async def find(self, key: int) -> Delivery | None:
        """The message of an id; None: there is none.

        Raises:
            Unavailable: the database does not answer.
        """
        found = await self._deliveries(select(DeliveryRow).where(DeliveryRow.id == key))
        return found[0] if found else None

    async def find_keys(self, keys: Sequence[str]) -> list[Delivery]:
        """The messages of some keys, oldest first.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(DeliveryRow).where(DeliveryRow.key.in_(keys)).order_by(DeliveryRow.id)
        return await self._deliveries(query)

    async def dead_letters(self, *, before: int | None = None, limit: int = 50) -> list[Delivery]:
        """The messages that were given up, newest first.

        Raises:
            Unavailable: the database does not answer.
        """
        return await self.newest("dead", before=before, limit=limit)

    async def newest(
        self, state: DeliveryState | None = None, *, before: int | None = None, limit: int = 50
    ) -> list[Delivery]:
        """Messages, newest first.

        Args:
            state: only those that are there; None: all.
            before: the last id of the page before; None: the first page.
            limit: how many at most.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(DeliveryRow)
        if state is not None:
            query = query.where(DeliveryRow.state == state)
        if before is not None:
            query = query.where(DeliveryRow.id < before)
        return await self._deliveries(query.order_by(DeliveryRow.id.desc()).limit(limit))

    async def next_at(self) -> datetime | None:
        """When the next message may be claimed, UTC; None: none waits.

        One that waits for an earlier one of its group counts: the instant may be too early.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(DeliveryRow.next_at).where(_WAITS).order_by(DeliveryRow.next_at).limit(1)
        async with self._sessions.reading() as session:
            return await session.scalar(query)

    async def counts(self) -> DeliveryCounts:
        """How many messages are where.

        Raises:
            Unavailable: the database does not answer.
        """
        query = select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)
        oldest = select(func.min(DeliveryRow.created_at)).where(_WAITS)
        async with self._sessions.reading() as session:
            found = dict((await session.execute(query)).all())
            return DeliveryCounts(oldest_waiting=await session.scalar(oldest), **found)

    async def backlog(self) -> Backlog:
        """What is to leave now: cheap however much has left, for probes ask again and again.

        Raises:
            Unavailable: the database does not answer.
        """
        is_for_later = and_(DeliveryRow.attempts == 0, DeliveryRow.next_at > self._clock())
        by_channel = (
            select(DeliveryRow.channel, func.count(), func.min(DeliveryRow.created_at))
            .where(_WAITS, ~is_for_later)
            .group_by(DeliveryRow.channel)
        )
        dead = select(func.count()).where(DeliveryRow.state == "dead")
        async with self._sessions.reading() as session:
            found = (await session.execute(by_channel)).all()
            return Backlog(
                waiting={cast("ChannelKind", channel): count for channel, count, _ in found},
                oldest=min((oldest for _, _, oldest in found), default=None),
                dead=await session.scalar(dead) or 0,
            )

    async def forget_before(self, instant: datetime) -> int:
        """Forgets the messages added before `instant` that were sent or cancelled.

        A forgotten key could be added, and sent, again: forget no slot that can come back.

        Returns:
            How many they were.

        Raises:
            Unavailable: the database does not answer.
        """
        over = DeliveryRow.state.in_(("sent", "cancelled"))
        forgotten = delete(DeliveryRow).where(over, DeliveryRow.created_at < instant)
        async with self._sessions.writing() as session:
            return len((await session.scalars(forgotten.returning(DeliveryRow.id))).all())

    async def _one(self, statement: Update) -> bool:
        return await self._rows(statement) == 1

    async def _rows(self, statement: Update) -> int:
        returning = statement.returning(DeliveryRow.id).execution_options(synchronize_session=False)
        async with self._sessions.writing() as session:
            return len((await session.scalars(returning)).all())

    async def _deliveries(self, query: Any) -> list[Delivery]:
        async with self._sessions.reading() as session:
            rows = await session.scalars(query, execution_options={"populate_existing": True})
            return [delivery_of(row) for row in rows]


def _held(key: int, worker: str) -> Update:
    return update(DeliveryRow).where(
        DeliveryRow.id == key,
        DeliveryRow.claimed_by == worker,
        DeliveryRow.claimed_until.is_not(None),
        DeliveryRow.state.in_(HELD),
    )

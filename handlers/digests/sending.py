"""Sending the digests that are due: each slot once, whatever replicas, restarts and clocks do.

Nothing is remembered between two looks: what is due follows from the store and the present. The
row of a slot is its claim, added in the transaction of its messages; a slot without its messages,
or the other way round, there never is.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter

from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from analysis.schedules import (
    Schedule,
    Slot,
    instant_of,
    is_late,
    is_worth_doing,
    slot,
    slots_between,
)
from handlers.caller import Caller
from handlers.callers import Callers
from handlers.digests.composing import Messages, Sending, slot_key
from handlers.digests.figures import DigestQuestion, FiguresHandler
from handlers.digests.journal import of_digest
from handlers.digests.permissions import check_reach, check_test, lost_right
from handlers.digests.reading import question_of
from handlers.digests.results import DigestFigures
from handlers.turns import Turns
from storage.records.actor import Actor
from storage.records.audit import Surface
from storage.records.delivery import NewDelivery
from storage.records.digest import Digest, DigestSlot, SlotOutcome, SlotReason
from storage.store import Store

log = logging.getLogger(__name__)

AT_ONCE = 40
"""Digests of one transaction: it keeps other writers waiting for a fraction of a second."""

MOST_MISSED = 40
"""Slots of a digest that are noted as missed after a long standstill."""

SIDE_BY_SIDE = 3
"""Questions that are asked at a time: who asks in Slack meanwhile is answered, too."""

FIGURES_WITHIN = timedelta(minutes=2)
"""A digest whose figures take longer waits for the next minute, and keeps no other waiting."""

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class SendReport:
    """What came of one look.

    Attributes:
        due: slots that were due and nobody's yet.
        sent: of these, put into the outbox.
        skipped: of these, left out, by reason.
        refused: of these, because the owner may not see it any more.
        claimed_elsewhere: of these, that another process had in the end.
        failed: digests that wait for the next look, with the reason.
        computed: how often figures were made.
        seconds: that it took.
    """

    due: int = 0
    sent: int = 0
    skipped: dict[str, int] = field(default_factory=dict[str, int])
    refused: int = 0
    claimed_elsewhere: int = 0
    failed: tuple[str, ...] = ()
    computed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Due:
    digest: Digest
    slot: Slot
    missed: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class _Decided:
    """What is to become of a digest's slots."""

    due: _Due
    slots: tuple[DigestSlot, ...]
    deliveries: tuple[NewDelivery, ...] = ()
    stop: str = ""


@dataclass(slots=True)
class _Look:
    """What one look has found out, so that it is found out once."""

    now: datetime
    figures: dict[tuple[object, ...], asyncio.Task[DigestFigures]] = field(
        default_factory=dict[tuple[object, ...], "asyncio.Task[DigestFigures]"]
    )
    owners: dict[tuple[str, str], Caller | None] = field(
        default_factory=dict[tuple[str, str], "Caller | None"]
    )
    slots: dict[Schedule, Slot | None] = field(default_factory=dict[Schedule, "Slot | None"])
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SIDE_BY_SIDE))
    counted: Counter[str] = field(default_factory=Counter[str])
    failed: list[str] = field(default_factory=list[str])
    bugs: list[Exception] = field(default_factory=list[Exception])


@dataclass(frozen=True, slots=True)
class DigestSender:
    """Sends what is due; any number of processes may have one.

    Attributes:
        store: with the digests and the outbox.
        figures: makes what digests tell.
        callers: know who the owners are now.
        messages: make the messages.
        clock: the present.
        surface: where tests are wanted; the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    figures: FiguresHandler
    callers: Callers
    messages: Messages
    clock: Clock
    surface: Surface = "system"
    wake: Callable[[], None] | None = None

    async def send_due(self) -> SendReport:
        """Puts every digest that is due into the outbox, or notes why it is not sent.

        One that fails keeps no other from being sent; it is tried again at the next look, until it
        is too late for it.

        Raises:
            Unavailable: the store does not answer.
            ExceptionGroup: bugs, once all others are sent.
        """
        began = perf_counter()
        look = _Look(self.clock())
        try:
            due = await self._due(look)
            for begin in range(0, len(due), AT_ONCE):
                await self._batch(due[begin : begin + AT_ONCE], look)
        finally:
            for task in look.figures.values():
                task.cancel()
        counted = look.counted
        if look.bugs:
            message = "digests could not be made"
            raise ExceptionGroup(message, look.bugs)
        return SendReport(
            due=len(due),
            sent=counted["sent"],
            skipped={
                name.removeprefix("skipped: "): number
                for name, number in sorted(counted.items())
                if name.startswith("skipped: ")
            },
            refused=counted["refused"],
            claimed_elsewhere=counted["elsewhere"],
            failed=tuple(look.failed),
            computed=len(look.figures),
            seconds=perf_counter() - began,
        )

    async def test(self, digest: Digest, caller: Caller) -> bool:
        """Sends a digest to where it goes, marked as a test; it claims nothing.

        Args:
            digest: that `caller` sees.
            caller: who wants it: within what both they and the digest may see.

        Returns:
            Whether it is new; False: within the same second one was sent.

        Raises:
            NotAllowed: they may not write there, or do not see its costs any more.
            Unavailable: the facts or the store cannot be read.
        """
        check_test(digest, caller)
        check_reach(digest, caller)
        now = self.clock()
        today = now.astimezone(digest.schedule.zone).date()
        figures = await self.figures.figures(question_of(digest, caller, today))
        key = f"digest.test|{digest.id}|{now:%Y-%m-%dT%H:%M:%S}"
        deliveries = self.messages.digest(digest, figures, Sending(key, now))
        async with self.store.transaction() as transaction:
            added = await transaction.deliveries.add_many(list(deliveries))
            actor = Actor(team_id=caller.team_id, user_id=caller.user_id, name=caller.name)
            more: dict[str, object] = {"address": digest.address}
            await transaction.audit.add(
                of_digest("digest.test", actor, self.surface, digest, more=more)
            )
        if added and self.wake is not None:
            self.wake()
        return bool(added)

    async def _due(self, look: _Look) -> list[_Due]:
        """What is due and not known to be done; asked of the store, without any state."""
        found: list[_Due] = []
        turns = Turns()
        async for piece in self.store.digests.pieces():
            for digest in piece:
                await turns.take()
                if (due := _due_of(digest, look)) is not None:
                    found.append(due)
        claimed = await self.store.digests.claimed(
            [(due.digest.id, due.slot.local_date) for due in found]
        )
        return [due for due in found if (due.digest.id, due.slot.local_date) not in claimed]

    async def _batch(self, batch: Sequence[_Due], look: _Look) -> None:
        decided: list[_Decided] = []
        turns = Turns()
        known = [(due, await self._owner(due, look)) for due in batch]
        for due, owner in known:
            if isinstance(owner, Caller) and _is_wanted(due, owner, look.now):
                self._ask(question_of(due.digest, owner, due.slot.local_date), look)
        for due, owner in known:
            await turns.take()
            if isinstance(owner, Refused):
                self._later(due, str(owner), look)
                continue
            decided += await self._decide(due, owner, look)
        if decided:
            await self._keep(decided, look)

    async def _owner(self, due: _Due, look: _Look) -> Caller | Refused | None:
        """Who the owner is now; a refusal: that cannot be known at the moment."""
        who = due.digest.team_id, due.digest.owner
        if who not in look.owners:
            try:
                look.owners[who] = await self.callers.caller_of(*who)
            except Refused as refusal:
                return refusal
        return look.owners[who]

    async def _decide(self, due: _Due, owner: Caller | None, look: _Look) -> list[_Decided]:
        digest, slot = due.digest, due.slot
        if digest.paused:
            return [_left_out(due, "paused")]
        if not is_worth_doing(digest.schedule, slot, look.now):
            return [_left_out(due, "too late")]
        if why := lost_right(digest, owner):
            return [self._refused(due, why)]
        if owner is None:
            return []
        figures = await self._figures(due, question_of(digest, owner, slot.local_date), look)
        if figures is None:
            return []
        if digest.skip_quiet and figures.is_quiet:
            return [_left_out(due, "quiet")]
        late = is_late(slot, look.now)
        sending = Sending(slot_key(digest, slot), look.now, slot, late)
        # Beside the loop: a message with its tables takes tens of milliseconds to write.
        deliveries = await asyncio.to_thread(self.messages.digest, digest, figures, sending)
        return [_Decided(due, _slots(due, "sent", ""), tuple(deliveries))]

    def _refused(self, due: _Due, why: str) -> _Decided:
        note = self.messages.stopped(due.digest, why)
        return _Decided(due, _slots(due, "refused", "right lost"), (note,), stop=why)

    async def _figures(
        self, due: _Due, question: DigestQuestion, look: _Look
    ) -> DigestFigures | None:
        """What a digest tells; the same for all who see the same. None: not at the moment."""
        try:
            return await self._ask(question, look)
        except Refused as refusal:
            self._later(due, str(refusal), look)
        except (Unavailable, TimeoutError) as error:
            self._later(due, str(error) or "its figures took too long", look)
        except Exception as error:  # raised at the end: no other digest waits for it
            log.exception("the figures of the digest %s could not be made", due.digest.id)
            self._later(due, "its figures could not be made", look)
            if error not in look.bugs:
                look.bugs.append(error)
        return None

    def _ask(self, question: DigestQuestion, look: _Look) -> asyncio.Task[DigestFigures]:
        """Has figures made, once for a question, and not too many at a time."""

        async def computed() -> DigestFigures:
            async with look.places, asyncio.timeout(FIGURES_WITHIN.total_seconds()):
                return await self.figures.figures(question)

        if question.key not in look.figures:
            look.figures[question.key] = asyncio.create_task(computed())
        return look.figures[question.key]

    def _later(self, due: _Due, why: str, look: _Look) -> None:
        log.warning("the digest %s of %s waits: %s", due.digest.id, due.slot.local_date, why)
        look.failed.append(f"{due.digest.id}: {why}")

    async def _keep(self, decided: Sequence[_Decided], look: _Look) -> None:
        """Claims the slots, and adds the messages of those that are this process's own."""
        slots = [one for each in decided for one in each.slots]
        versions = {each.due.digest.id: each.due.digest.version for each in decided}
        async with self.store.transaction() as transaction:
            claimed = await transaction.digests.claim(slots, versions)
            own = [
                each
                for each in decided
                if (each.due.digest.id, each.due.slot.local_date) in claimed
            ]
            deliveries = [one for each in own for one in each.deliveries]
            if deliveries:
                await transaction.deliveries.add_many(deliveries)
            for each in own:
                if each.stop:
                    digest = each.due.digest
                    stopped = await transaction.digests.stop(digest, each.stop)
                    entry = of_digest(
                        "digest.stop", Actor.itself(), "system", stopped, before=digest
                    )
                    await transaction.audit.add(entry)
        look.counted["elsewhere"] += len(decided) - len(own)
        for each in own:
            last = each.slots[-1]
            name = f"skipped: {last.reason}" if last.outcome == "skipped" else last.outcome
            look.counted[name] += 1
        if deliveries and self.wake is not None:
            self.wake()


def _due_of(digest: Digest, look: _Look) -> _Due | None:
    """The slot of a digest that may be due, with those before it that nobody decided upon."""
    schedule, now = digest.schedule, look.now
    if schedule not in look.slots:
        look.slots[schedule] = slot(schedule, now)
    latest = look.slots[schedule]
    if latest is None or latest.at < digest.since or latest.local_date == digest.last_slot:
        return None
    after = digest.since - SECOND
    if digest.last_slot is not None:
        known = instant_of(digest.last_slot, schedule.at, schedule.zone)
        after = max(after, known or after)
    missed = slots_between(schedule, after, latest.at - SECOND, MOST_MISSED)
    return _Due(digest, latest, tuple(missed))


def _is_wanted(due: _Due, owner: Caller, now: datetime) -> bool:
    """Whether figures are needed to decide."""
    digest = due.digest
    if digest.paused or lost_right(digest, owner):
        return False
    return is_worth_doing(digest.schedule, due.slot, now)


def _left_out(due: _Due, reason: SlotReason) -> _Decided:
    return _Decided(due, _slots(due, "skipped", reason))


def _slots(due: _Due, outcome: SlotOutcome, reason: SlotReason) -> tuple[DigestSlot, ...]:
    """The slots of a digest with what becomes of them, the one that is due at the end."""
    why: SlotReason = "paused" if due.digest.paused else "too late"
    missed = (_slot(due, one, "skipped", why) for one in due.missed)
    return (*missed, _slot(due, due.slot, outcome, reason))


def _slot(due: _Due, one: Slot, outcome: SlotOutcome, reason: SlotReason) -> DigestSlot:
    return DigestSlot(
        digest_id=due.digest.id,
        local_date=one.local_date,
        due_at=one.at,
        outcome=outcome,
        reason=reason,
    )

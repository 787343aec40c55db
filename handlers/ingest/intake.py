"""Taking usage in: what many send at the same time is judged, written and synced together.

A batch waits until the group before it is on disk; meanwhile others come, and they share one pass
of the checks and one fsync. So a single event costs a few milliseconds more than it must, and many
small batches cost little more than a large one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from threading import Lock
from uuid import uuid4

from analysis.clock import Clock
from analysis.errors import CostbotError, Overloaded, Unavailable
from analysis.prices import UnitPrice
from handlers.caller import Caller
from handlers.ingest.permissions import allow
from handlers.ingest.results import Batch, Taken
from queries.dimensions import Dimensions
from queries.ingest.events import EventReader, Fault
from queries.ingest.journal import Journal
from queries.ingest.judging import Judge, Judgement
from queries.prices.catalogue import Catalogue

log = logging.getLogger(__name__)

MOST_TOLD = 100
"""Faults of a batch that its sender is told; all are counted."""

MOST_WAITING = 96_000_000
"""Bytes of requests that may be read, or wait, at the same time: they lie in memory."""

GROUP_BYTES = 8_000_000
"""Bytes of requests that are worked on together at most, but for a single one."""

PRICES_KEPT = timedelta(minutes=1)
"""How long the list of prices is used: it says only whose a model is that names no provider."""

SOON, LATER = 2, 15
"""Seconds after which to try again: where memory is short, and where the mart is behind."""

AHEAD = timedelta(days=1)
"""How far a time may lie ahead, for clocks and zones that are wrong: a single event of years to
come would make data look fresh that is not, for everybody."""

UnitPrices = Callable[[], Awaitable[list[UnitPrice]]]


@dataclass(slots=True)
class Counts:
    """What was taken in since the process began, for who watches over it.

    Attributes:
        accepted: events that were kept.
        duplicates: of batches, whose request stood before them.
        rejected: events with something wrong.
        refused: requests that were told to come back later.
    """

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    refused: int = 0


@dataclass(slots=True)
class Held:
    """What one request holds in memory."""

    intake: Intake
    size: int = 0

    def grow(self, more: int) -> None:
        """Takes up more.

        Raises:
            Overloaded: all requests together would hold too much.
        """
        self.intake.hold(more)
        self.size += more


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    done: asyncio.Future[Taken]


@dataclass(slots=True)
class Intake:
    """Takes usage in.

    Attributes:
        journal: where it is kept.
        dimensions: of the deployment.
        unit_prices: the store's list.
        clock: the present.
        most_backlog: bytes that may wait for the mart.
        counts: see `Counts`.
    """

    journal: Journal
    dimensions: Dimensions
    unit_prices: UnitPrices
    clock: Clock
    most_backlog: int
    counts: Counts = field(default_factory=Counts)
    _held: int = 0
    _lock: Lock = field(default_factory=Lock)
    _waiting: deque[_Waiting] = field(default_factory=deque[_Waiting])
    _come: asyncio.Event = field(default_factory=asyncio.Event)
    _kept: asyncio.Event = field(default_factory=asyncio.Event)
    _priced: tuple[datetime, Catalogue] | None = None
    _bench: _Bench | None = None

    def admit(self, caller: Caller) -> None:
        """Passes where a caller may send something now; asked before anything of it is read.

        Raises:
            NotAllowed: the caller may not.
            Overloaded: the mart is too far behind.
        """
        allow(caller)
        if self.journal.backlog >= self.most_backlog:
            self.counts.refused += 1
            raise Overloaded("More usage waits for the mart than may wait.", LATER)

    @contextmanager
    def holding(self) -> Generator[Held]:
        """Counts what a request holds in memory, for as long as the block lasts."""
        held = Held(self)
        try:
            yield held
        finally:
            with self._lock:
                self._held -= held.size

    def hold(self, more: int) -> None:
        """See `Held.grow`."""
        with self._lock:  # bodies are unpacked in threads
            if self._held + more <= MOST_WAITING:
                self._held += more
                return
            self.counts.refused += 1
        raise Overloaded("More usage is being sent than fits in memory.", SOON)

    async def take(self, batch: Batch) -> Taken:
        """Keeps a batch; once this returns, what was accepted is on disk.

        Raises:
            NotAllowed: the caller may not send usage.
            Overloaded: the mart is too far behind.
            Unavailable: it cannot be kept at the moment; nothing of it is.
        """
        self.admit(batch.caller)
        waiting = _Waiting(batch, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._come.set()
        return await waiting.done

    async def kept(self) -> None:
        """Waits until something is kept that was not before the last call."""
        await self._kept.wait()
        self._kept.clear()

    async def run(self) -> None:
        """Works on what is sent, until it is cancelled."""
        with ThreadPoolExecutor(1, thread_name_prefix="ingest") as pool:
            try:
                while True:
                    await self._come.wait()
                    self._come.clear()
                    while self._waiting:
                        await self._work(pool, self._group())
            finally:
                for one in self._waiting:
                    if not one.done.done():
                        one.done.set_exception(Unavailable("Costbot is being ended."))
                self._waiting.clear()
                if self._bench is not None:
                    self._bench.judge.close()
                    self._bench = None

    def _group(self) -> list[_Waiting]:
        group, size = [self._waiting.popleft()], 0
        size = group[0].batch.size
        while self._waiting and size + self._waiting[0].batch.size <= GROUP_BYTES:
            group.append(self._waiting.popleft())
            size += group[-1].batch.size
        return group

    async def _work(self, pool: ThreadPoolExecutor, group: list[_Waiting]) -> None:
        """Works on a group; whatever fails, everybody in it is told."""
        batches = [one.batch for one in group]
        try:
            catalogue = await self._catalogue()
            loop = asyncio.get_running_loop()
            taken = await loop.run_in_executor(pool, self._keep, batches, catalogue)
        except CostbotError as error:
            _tell(group, error)
            return
        except BaseException as error:
            if len(group) > 1 and not _is_end(error):
                # What one of them has brought about is no affair of the others.
                for one in group:
                    await self._work(pool, [one])
                return
            _tell(group, Unavailable("Usage could not be kept.") if _is_end(error) else error)
            if _is_end(error):
                raise
            return
        for one, result in zip(group, taken, strict=True):
            self.counts.accepted += result.accepted
            self.counts.duplicates += result.duplicates
            self.counts.rejected += result.rejected
            if not one.done.done():
                one.done.set_result(result)
        self._kept.set()

    async def _catalogue(self) -> Catalogue:
        now = self.clock()
        if self._priced is None or now - self._priced[0] >= PRICES_KEPT:
            self._priced = now, Catalogue(await self.unit_prices())
        return self._priced[1]

    def _keep(self, batches: Sequence[Batch], catalogue: Catalogue) -> list[Taken]:
        """Reads, judges and writes batches; in the thread of its own."""
        if self._bench is None:
            self._bench = _Bench(EventReader(self.dimensions), Judge(self.dimensions))
        return self._bench.keep(batches, catalogue, self.journal, self.clock() + AHEAD)


@dataclass(slots=True)
class _Bench:
    """What the work is done with, kept from group to group.

    Attributes:
        reader: of events.
        judge: of what was read.
    """

    reader: EventReader
    judge: Judge

    def keep(
        self,
        batches: Sequence[Batch],
        catalogue: Catalogue,
        journal: Journal,
        until: datetime,
    ) -> list[Taken]:
        read = [_Read.of(batch, self.reader) for batch in batches]
        lines = [line for one in read for line in one.lines]
        judgement = Judgement({}, frozenset(), (), {})
        if lines:
            judgement = self.judge.judge(lines, catalogue, until)
        if judgement.nameless:
            owners = [(one, place) for one in read for place in range(len(one.lines))]
            for at in judgement.nameless:
                one, place = owners[at]
                lines[at] = self.reader.replaced(lines[at], "request_id", one.id_for(place))
        for at, name in judgement.keys.items():
            lines[at] = self.reader.replaced(lines[at], "key", name)
        taken: list[Taken] = []
        first = 0
        for one in read:
            taken.append(one.taken(judgement, first))
            first += len(one.lines)
        # The last step: whatever fails before it, nothing of the batches is kept.
        left_out = {*judgement.refused, *judgement.repeated}
        journal.append([line for at, line in enumerate(lines) if at not in left_out])
        return taken


@dataclass(slots=True)
class _Read:
    """A batch as it was read."""

    key: str
    caller: Caller
    lines: list[str]
    numbers: list[int]
    faults: list[Fault]

    @classmethod
    def of(cls, batch: Batch, reader: EventReader) -> _Read:
        own = batch.caller.organization
        sender = f"{batch.caller.team_id}/{batch.caller.user_id}"
        # Without a key of the sender every sending is another one; a key is its sender's alone.
        key = uuid4().hex if batch.key is None else f"{sender}\n{batch.key}"
        read = cls(key, batch.caller, [], [], [])
        for found in reader.read(batch.events, own):
            if isinstance(found, Fault):
                read.faults.append(found)
            else:
                read.numbers.append(found[0])
                read.lines.append(found[1])
        return read

    def id_for(self, place: int) -> str:
        """The id of an event that was sent without: the same where it is sent again by one key.

        Another event under a key that was used before is no repetition: it would be lost.
        """
        text = f"{self.key}\n{self.numbers[place]}\n{self.lines[place]}"
        return f"ingest:{sha256(text.encode()).hexdigest()[:32]}"

    def taken(self, judgement: Judgement, first: int) -> Taken:
        """What became of it.

        Args:
            judgement: of all lines that were judged together.
            first: where those of this batch begin among them.
        """
        places = range(first, first + len(self.lines))
        refused = [
            Fault(self.numbers[at - first], judgement.refused[at])
            for at in places
            if at in judgement.refused
        ]
        duplicates = sum(at in judgement.repeated for at in places)
        faults = sorted((*self.faults, *refused), key=lambda fault: fault.line)
        if faults:
            reasons = Counter(fault.reason for fault in faults).most_common(5)
            told = ", ".join(f"{reason} ({count})" for reason, count in reasons)
            log.warning("usage of %s rejected: %s", self.caller.user_id, told)
        return Taken(
            received=len(self.lines) + len(self.faults),
            accepted=len(self.lines) - duplicates - len(refused),
            duplicates=duplicates,
            rejected=len(faults),
            faults=tuple(faults[:MOST_TOLD]),
        )


def _is_end(error: BaseException) -> bool:
    return not isinstance(error, Exception)


def _tell(group: Sequence[_Waiting], error: BaseException) -> None:
    for one in group:
        if not one.done.done():
            one.done.set_exception(error)

"""What became of usage that was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.caller import Caller
from queries.ingest.events import Fault, Sent


@dataclass(frozen=True, slots=True)
class Batch:
    """Usage that somebody sends.

    Attributes:
        events: in their order, with what is known already to be wrong.
        caller: who sends it.
        size: bytes that it takes.
        key: what tells this sending from others, as the sender says; None: it does not.
    """

    events: Sequence[Sent | Fault]
    caller: Caller
    size: int
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch: `received` is `accepted` + `duplicates` + `rejected`.

    Attributes:
        received: events in it.
        accepted: kept on disk; what was taken before, in another batch, is found out later.
        duplicates: whose request id an event before them, in what was kept together, has too.
        rejected: with something wrong.
        faults: of the rejected ones, in order, the first `MOST_TOLD`.
    """

    received: int
    accepted: int
    duplicates: int
    rejected: int
    faults: Sequence[Fault] = field(default_factory=tuple)

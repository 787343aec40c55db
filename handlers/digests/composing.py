"""How a digest becomes messages: what the surface has to bring for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from analysis.schedules import Slot
from handlers.digests.results import DigestFigures
from storage.records.delivery import NewDelivery
from storage.records.digest import Digest


@dataclass(frozen=True, slots=True)
class Sending:
    """One time that a digest is sent.

    Attributes:
        key: names it, the same for the same slot: its messages are sent once.
        now: the present, UTC.
        due: the slot that it is sent for; None: somebody wanted a test.
        is_late: long after it was due.
    """

    key: str
    now: datetime
    due: Slot | None = None
    is_late: bool = False

    @property
    def is_test(self) -> bool:
        """Whether it is sent because somebody wanted to see it arrive."""
        return self.due is None


class Messages(Protocol):
    """Makes the messages of the outbox."""

    def digest(
        self, digest: Digest, figures: DigestFigures, sending: Sending
    ) -> Sequence[NewDelivery]:
        """The digest, and what goes into its thread."""
        ...

    def stopped(self, digest: Digest, why: str) -> NewDelivery:
        """A word to the owner that it is sent no more, and why."""
        ...


def slot_key(digest: Digest, due: Slot) -> str:
    """Names a slot of a digest."""
    return f"digest|{digest.id}|{due.local_date}"

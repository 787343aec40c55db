"""What can come of one attempt to send a message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Protocol

from storage.records.delivery import Delivery

StillMine = Callable[[], Awaitable[bool]]
"""Asks the store, right before a message is sent, whether it is still this worker's to send, and
makes the lease long enough for it. False: let it be."""


@dataclass(frozen=True, slots=True)
class Sent:
    """It is there.

    Attributes:
        remote_id: what the channel calls it, such as Slack's `ts`.
    """

    remote_id: str
    word: ClassVar[str] = "sent"


@dataclass(frozen=True, slots=True)
class Later:
    """This attempt did not get it there; a later one may.

    Attributes:
        reason: a sentence.
        after: how long the other side wants to be left alone; None: as the attempts say.
        is_unsure: an earlier attempt may have arrived, and could not be looked for.
    """

    reason: str
    after: timedelta | None = None
    is_unsure: bool = False
    word: ClassVar[str] = "later"


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may be there: the reply was lost, or says nothing.

    Attributes:
        reason: a sentence.
    """

    reason: str
    word: ClassVar[str] = "unsure"


@dataclass(frozen=True, slots=True)
class Never:
    """It will not get there, however often it is sent, until somebody changes something.

    Attributes:
        reason: what is wrong and what cures it, in sentences.
    """

    reason: str
    word: ClassVar[str] = "never"


@dataclass(frozen=True, slots=True)
class NotTried:
    """Nothing was sent: the message is not this worker's any more, or its channel is held.

    Attributes:
        after: how long to leave it.
    """

    after: timedelta = timedelta()
    word: ClassVar[str] = "not_tried"


Outcome = Sent | Later | Unsure | Never | NotTried


class Channel(Protocol):
    """A way out: Slack, e-mail or webhooks."""

    async def deliver(self, delivery: Delivery, still_mine: StillMine) -> Outcome:
        """Sends a message, once.

        Args:
            delivery: claimed; one whose state is `uncertain` may have been sent: it is looked for
                where that can be done, else sent again under the same name.
            still_mine: asked right before sending.
        """
        ...


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things take at most.

    Attributes:
        timeout: one call of the other side.
        settle: how much later than that the other side may still store what it was sent.
        spare: what the store may take to say that the lease was made longer.
    """

    timeout: timedelta = timedelta(seconds=10)
    settle: timedelta = timedelta(seconds=20)
    spare: timedelta = timedelta(seconds=10)

    @property
    def lease(self) -> timedelta:
        """For how long a message is claimed; after it, nothing of its attempt is under way."""
        return self.timeout + self.settle + self.spare

"""What costbot has sent of itself, what waits, and what could not be sent: for who operates it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.errors import BadInput, NotFound
from storage.records.delivery import Delivery, DeliveryCounts, DeliveryState
from storage.repositories.deliveries import DeliveryRepository

MOST_LISTED = 500
"""Messages that one list holds at most."""


@dataclass(frozen=True, slots=True)
class OutboxHandler:
    """Looks into the outbox, and sends again what was given up.

    Messages of all organizations are in it: it is for the command line and for admins.

    Attributes:
        deliveries: the outbox.
        wake: tells the worker of this process that there is something to send, if there is one.
    """

    deliveries: DeliveryRepository
    wake: Callable[[], None] | None = None

    async def counts(self) -> DeliveryCounts:
        """How many messages are where.

        Raises:
            Unavailable: the store does not answer.
        """
        return await self.deliveries.counts()

    async def listed(self, state: DeliveryState | None = None, limit: int = 50) -> list[Delivery]:
        """Messages, newest first.

        Args:
            state: only those that are there, such as `dead`; None: all.
            limit: how many at most, from 1.

        Raises:
            BadInput: `limit` is no number of messages.
            Unavailable: the store does not answer.
        """
        if not 1 <= limit <= MOST_LISTED:
            raise BadInput(f"{limit} messages cannot be listed.", f"Take 1 to {MOST_LISTED}.")
        return await self.deliveries.newest(state, limit=limit)

    async def resend(self, number: int) -> Delivery:
        """Sends a message again that was given up; one that may have arrived is looked for first.

        Args:
            number: its id.

        Returns:
            The message as it waits now, or as it has left meanwhile.

        Raises:
            NotFound: there is none of that number.
            BadInput: it was not given up.
            Unavailable: the store does not answer.
        """
        found = await self.deliveries.find(number)
        if found is None:
            hint = "`costbot outbox dead` lists those that were given up."
            raise NotFound(f"There is no message {number} in the outbox.", hint)
        if not await self.deliveries.resend(number):
            raise BadInput(f"Message {number} was not given up: {_standing(found)}.")
        if self.wake is not None:
            self.wake()
        return await self.deliveries.find(number) or found


def _standing(delivery: Delivery) -> str:
    match delivery.state:
        case "sent":
            return "it is sent"
        case "cancelled":
            return "it is no longer wanted"
        case "uncertain":
            return "it may have arrived, and is looked for before it is sent again"
        case _:
            return "it is still to be sent"

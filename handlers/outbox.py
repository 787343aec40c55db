"""What costbot has sent of itself, what waits, and what could not be sent: for who operates it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.roles import Role
from handlers.caller import Caller
from storage.records.actor import Actor
from storage.records.audit import AuditEntry, Surface
from storage.records.delivery import Delivery, DeliveryCounts, DeliveryState
from storage.store import Store

MOST_LISTED = 500
"""Messages that one list holds at most."""


@dataclass(frozen=True, slots=True)
class OutboxHandler:
    """Looks into the outbox, and sends again what was given up.

    Messages of all organizations are in it: only admins look into it.

    Attributes:
        store: that holds it.
        wake: tells the worker of this process that there is something to send, if there is one.
    """

    store: Store
    wake: Callable[[], None] | None = None

    async def counts(self) -> DeliveryCounts:
        """How many messages are where; tells nothing of what they say.

        Raises:
            Unavailable: the store does not answer.
        """
        return await self.store.deliveries.counts()

    async def listed(
        self, caller: Caller, state: DeliveryState | None = None, limit: int = 50
    ) -> list[Delivery]:
        """Messages, newest first.

        Args:
            caller: an admin.
            state: only those that are there, such as `dead`; None: all.
            limit: how many at most, from 1.

        Raises:
            NotAllowed: the caller is no admin.
            BadInput: `limit` is no number of messages.
            Unavailable: the store does not answer.
        """
        _only_admins(caller)
        if not 1 <= limit <= MOST_LISTED:
            raise BadInput(f"{limit} messages cannot be listed.", f"Take 1 to {MOST_LISTED}.")
        return await self.store.deliveries.newest(state, limit=limit)

    async def resend(self, number: int, caller: Caller, surface: Surface) -> Delivery:
        """Sends a message again that was given up; one that may have arrived is looked for first.

        It is kept in the audit trail.

        Args:
            number: its id.
            caller: an admin.
            surface: where the caller asks for it.

        Returns:
            The message as it waits now, or as it has left meanwhile.

        Raises:
            NotAllowed: the caller is no admin.
            NotFound: there is none of that number.
            BadInput: it was not given up.
            Unavailable: the store does not answer.
        """
        _only_admins(caller)
        async with self.store.transaction() as together:
            found = await together.deliveries.find(number)
            if found is None:
                hint = "`costbot outbox dead` lists those that were given up."
                raise NotFound(f"There is no message {number} in the outbox.", hint)
            if not await together.deliveries.resend(number):
                raise BadInput(f"Message {number} was not given up: {_standing(found)}.")
            entry = AuditEntry(
                actor=Actor(team_id=caller.team_id, user_id=caller.user_id, name=caller.name),
                surface=surface,
                action="delivery.resend",
                object_kind="delivery",
                object_id=str(number),
                before={"state": found.state, "why": found.last_error},
                after={"key": found.key},
            )
            await together.audit.add(entry)
        if self.wake is not None:
            self.wake()
        return await self.store.deliveries.find(number) or found


def _only_admins(caller: Caller) -> None:
    if not caller.role.reaches(Role.ADMIN):
        raise NotAllowed("Only an admin looks into the outbox.", "Ask one.")


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

"""Where a raise is decided on: messages with buttons, through the outbox, until it is decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from bot.blocks.budget_raise import raise_answer
from bot.outbox.payloads import Json, SlackMessage
from handlers.budgets.results import RaiseAnswer
from storage.records.delivery import NewDelivery
from storage.repositories.deliveries import DeliveryRepository


@dataclass(frozen=True, slots=True)
class RaiseNotes:
    """Puts messages about raises into the outbox.

    Attributes:
        deliveries: the outbox.
    """

    deliveries: DeliveryRepository

    async def asked(self, answer: RaiseAnswer, channel: str) -> tuple[str, ...]:
        """Asks for a decision wherever the budget's alerts go; asked twice, it stands there once.

        Args:
            answer: the raise.
            channel: where it was asked for: where nobody is told of the budget, it is asked there.

        Returns:
            The ids of the channels and people that read it.

        Raises:
            Unavailable: the store does not answer.
        """
        budget = answer.budget
        told = (*budget.slack_channels, *budget.slack_users)
        if not told and channel.startswith(("C", "G")):
            told = (channel,)
        message = _message(answer)
        payload = message.as_json()
        rows = [
            NewDelivery(
                key=_key(answer.raise_.raise_.id, address),
                channel="slack",
                address=address,
                payload=payload,
                group=_key(answer.raise_.raise_.id, address),
            )
            for address in told
        ]
        await self.deliveries.add_many(rows)
        return told

    async def decided(self, answer: RaiseAnswer, channel: str) -> None:
        """Puts who decided, and when, in the place of the buttons, wherever they stand.

        Args:
            answer: the raise.
            channel: where it was decided on; only what was asked there is changed.

        Raises:
            Unavailable: the store does not answer.
        """
        raise_ = answer.raise_.raise_
        budget = answer.budget
        addresses = {*budget.slack_channels, *budget.slack_users, channel}
        keys = [_key(raise_.id, address) for address in addresses]
        standing = await self.deliveries.find_keys(keys)
        rows = [
            NewDelivery(
                key=f"{one.key}|{raise_.state}",
                channel="slack",
                address=one.address,
                payload=_message(answer, root=one.key).as_json(),
                group=one.key,
            )
            for one in standing
        ]
        await self.deliveries.add_many(rows)


def _message(answer: RaiseAnswer, *, root: str | None = None) -> SlackMessage:
    payload = raise_answer(answer).payload()
    return SlackMessage(
        text=str(payload["text"]),
        blocks=tuple(cast("list[Json]", payload["blocks"])),
        do="post" if root is None else "update",
        root=root,
    )


def _key(raise_id: UUID, address: str) -> str:
    return f"raise|{raise_id}|{address}"

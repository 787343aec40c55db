"""Raises as messages for the outbox: with buttons to decide by, until it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from bot.blocks.budget_raise import raise_message
from bot.outbox.payloads import Json, SlackMessage
from handlers.budgets.fields import MOST_CONTACTS
from handlers.budgets.results import NamedRaise, RaiseAnswer, Standing
from handlers.workspaces.addresses import bare
from storage.records.budget import Budget
from storage.records.delivery import Delivery, NewDelivery

_MOST = 2 * MOST_CONTACTS
"""Channels and people that a budget tells at most."""


class SlackRaiseMessages:
    """Asks for a decision wherever in Slack the budget's alerts go.

    The messages are numbered, so that they are found again whoever is told by then.
    """

    def asked(self, answer: RaiseAnswer, asked_in: str) -> tuple[NewDelivery, ...]:
        """One for each channel and person; where nobody is told, one where it was asked for."""
        budget, raise_ = answer.budget, answer.raise_
        told = tuple(dict.fromkeys((*budget.slack_channels, *budget.slack_users)))
        if not told and bare(asked_in).startswith(("C", "G")):
            told = (asked_in,)
        payload = _payload(budget, raise_, answer.standing, root=None)
        return tuple(
            NewDelivery(key=key, channel="slack", address=address, payload=payload, group=key)
            for key, address in zip(self.keys(raise_.raise_.id), told, strict=False)
        )

    def keys(self, raise_id: UUID) -> tuple[str, ...]:
        """Of all that may ask for a decision on a raise."""
        return tuple(f"raise|{raise_id}|{number}" for number in range(_MOST))

    def ended(
        self,
        budget: Budget,
        named: NamedRaise,
        standing: Standing | None,
        there: Sequence[Delivery],
    ) -> tuple[NewDelivery, ...]:
        """Who decided, and when, in the place of the buttons."""
        return tuple(
            NewDelivery(
                key=f"{one.key}|{named.raise_.state}",
                channel="slack",
                address=one.address,
                workspace=one.workspace,
                payload=_payload(budget, named, standing, root=one.key),
                group=one.key,
            )
            for one in there
        )


def _payload(
    budget: Budget, named: NamedRaise, standing: Standing | None, *, root: str | None
) -> Json:
    rendered = raise_message(budget, named, standing).payload()
    return SlackMessage(
        text=str(rendered["text"]),
        blocks=tuple(cast("list[Json]", rendered["blocks"])),
        do="post" if root is None else "update",
        root=root,
    ).as_json()

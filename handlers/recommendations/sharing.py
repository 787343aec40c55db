"""Recommendations shown to others; each message that shows one follows what is decided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from handlers.budgets.journal import actor_of
from handlers.caller import Caller
from handlers.recommendations.finding import Finder
from handlers.recommendations.journal import of_sharing
from handlers.recommendations.permissions import Act, allow
from handlers.workspaces.addresses import kept
from storage.records.audit import AuditEntry
from storage.records.delivery import NewDelivery
from storage.records.recommendation import Card, Recommendation
from storage.store import Store


class CardMessages(Protocol):
    """Makes the messages that show a recommendation."""

    def shown(
        self,
        row: Recommendation,
        names: dict[str, str],
        zone: ZoneInfo,
        card: Card,
        asked_by: str | None,
    ) -> NewDelivery:
        """The message that becomes a card.

        Args:
            row: what is shown.
            names: of who had to do with it; see `names_of`.
            zone: in which instants are told.
            card: where, and by which key.
            asked_by: who asks its reader to see to it; None: nobody does.
        """
        ...

    def changed(
        self, row: Recommendation, names: dict[str, str], zone: ZoneInfo
    ) -> Sequence[NewDelivery]:
        """Those that bring its cards up to date; arguments as in `shown`."""
        ...


@dataclass(frozen=True, slots=True)
class ShareHandler:
    """Shows recommendations in Slack.

    The message and where it stands are one transaction, so each decision finds all that show it.

    Attributes:
        store: where recommendations are kept.
        finder: of what is meant.
        clock: the present.
        messages: makes them.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    finder: Finder
    clock: Clock
    messages: CardMessages
    wake: Callable[[], None] | None = field(default=None)

    async def share(self, which: str, channel: str, caller: Caller) -> tuple[Recommendation, bool]:
        """Shows a recommendation to everybody in a channel, once a day.

        Args:
            which: its id, or the first digits of it.
            channel: id of the channel.
            caller: who shares it.

        Returns:
            It, and whether it was not shown there today.

        Raises:
            NotFound: there is none that the caller sees.
            NotUnderstood: several are meant.
            Unavailable: the store does not answer.
        """
        allow(Act.SEE, caller)
        row = await self.finder.recommendation(which, caller)
        channel = kept(channel, caller)
        key = f"recommendation|{row.id}|{channel}|{self.clock().date()}"
        shared = of_sharing(row, channel, actor_of(caller))
        card = Card(channel=channel, key=key)
        return row, await self._show(row, {}, caller, card, entry=shared)

    async def tell(self, row: Recommendation, assignee: Caller, caller: Caller) -> bool:
        """Tells who sees to a recommendation from now on.

        Args:
            row: it.
            assignee: who.
            caller: by whose decision.

        Returns:
            Whether they are told: they are not where they may not see it.

        Raises:
            Unavailable: the store does not answer.
        """
        reaches = assignee.organization in (None, row.organization)
        if not reaches or not assignee.role.reaches(row.drawn.audience):
            return False
        user = assignee.user_id
        key = f"recommendation|{row.id}|assigned|{user}|{row.version}"
        card = Card(channel=kept(user, assignee), key=key)
        await self._show(row, {user: assignee.name}, assignee, card, asked_by=caller.name)
        return True

    async def _show(
        self,
        row: Recommendation,
        names: dict[str, str],
        caller: Caller,
        card: Card,
        *,
        asked_by: str | None = None,
        entry: AuditEntry | None = None,
    ) -> bool:
        async with self.store.transaction() as together:
            is_new = await together.recommendations.add_card(row.id, card)
            if is_new:
                message = self.messages.shown(row, names, caller.zone, card, asked_by)
                await together.deliveries.add_many([message])
                if entry is not None:
                    await together.audit.add(entry)
        if self.wake is not None:
            self.wake()
        return is_new

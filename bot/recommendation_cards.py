"""Recommendations as messages for the outbox: cards that follow what is decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast
from zoneinfo import ZoneInfo

from bot.blocks.answer import Answer
from bot.blocks.recs_card import card_answer, public_card
from bot.blocks.text import escape, short
from bot.outbox.payloads import Json, SlackMessage
from storage.records.delivery import NewDelivery
from storage.records.recommendation import Card, Recommendation


class SlackCardMessages:
    """Cards in Slack, posted once, and edited with each decision."""

    def shown(
        self,
        row: Recommendation,
        names: Mapping[str, str],
        zone: ZoneInfo,
        card: Card,
        asked_by: str | None,
    ) -> NewDelivery:
        """The message that becomes a card."""
        notice = "" if asked_by is None else f"*{escape(short(asked_by))}* asks you to see to this"
        message = _message(card_answer(public_card(row, names, zone), notice=notice), root=None)
        return NewDelivery(
            key=card.key,
            channel="slack",
            address=card.channel,
            payload=message.as_json(),
            group=card.key,
        )

    def changed(
        self, row: Recommendation, names: Mapping[str, str], zone: ZoneInfo
    ) -> Sequence[NewDelivery]:
        """What stands on the cards by now, for each that left through the outbox."""
        payload = card_answer(public_card(row, names, zone))
        return tuple(
            NewDelivery(
                # Of one version there is one state: whatever is decided twice is told once.
                key=f"{card.key}|{row.version}",
                channel="slack",
                address=card.channel,
                payload=_message(payload, root=card.key).as_json(),
                group=card.key,
            )
            for card in row.cards
            if card.key
        )


def _message(answer: Answer, *, root: str | None) -> SlackMessage:
    payload = answer.payload()
    return SlackMessage(
        text=str(payload["text"]),
        blocks=tuple(cast("list[Json]", payload["blocks"])),
        do="post" if root is None else "update",
        root=root,
    )

"""Digests as messages for the outbox: the root, its thread, and the word that one has stopped."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from slackblocks import ActionsBlock

from analysis.schedules import Slot
from bot.blocks.answer import Answer, section
from bot.blocks.digest import NEXT, NOTES, digest_answer
from bot.blocks.digest_buttons import own_buttons
from bot.blocks.digest_thread import budgets_answer, detail_answer
from bot.blocks.digest_words import instant_words, place_words, schedule_words
from bot.blocks.fit import MOST_SECTION, cut
from bot.blocks.text import escape
from bot.digest_chart import digest_chart
from bot.links import Links
from bot.outbox.payloads import Json, SlackMessage
from bot.pictures.chart import DailyChart
from handlers.digests.composing import Sending
from handlers.digests.results import DigestFigures
from handlers.recommendations.finding import short_id
from storage.records.delivery import NewDelivery
from storage.records.digest import Digest

MOST_DRAWN = 256
"""Figures of which the messages are remembered: those of one look at nine in the morning."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What all digests of the same figures share; `figures` keeps their identity from others."""

    figures: DigestFigures
    root: SlackMessage
    parts: Mapping[str, SlackMessage]


class SlackDigestMessages:
    """Makes them for Slack; what digests share is drawn once.

    Args:
        links: to what they name; None: there are none.
    """

    def __init__(self, links: Links | None = None) -> None:
        self._links = links
        self._drawn: OrderedDict[int, _Drawn] = OrderedDict()

    def digest(
        self, digest: Digest, figures: DigestFigures, sending: Sending
    ) -> Sequence[NewDelivery]:
        """The digest, then what goes into its thread, in the order in which they leave."""
        drawn = self._shared(figures)
        root = _signed(drawn.root, digest, sending)
        deliveries = [_delivery(digest, sending.key, root)]
        for name, part in drawn.parts.items():
            reply = part.model_copy(update={"do": "reply", "root": sending.key})
            deliveries.append(_delivery(digest, f"{sending.key}|{name}", reply))
        return deliveries

    def _shared(self, figures: DigestFigures) -> _Drawn:
        known = self._drawn.get(id(figures))
        if known is None:
            parts = {"detail": detail_answer(figures), "budgets": budgets_answer(figures)}
            known = _Drawn(
                figures,
                _with_picture(
                    _message(digest_answer(figures, (), links=self._links)), digest_chart(figures)
                ),
                {name: _message(part) for name, part in parts.items() if part is not None},
            )
            self._drawn[id(figures)] = known
            if len(self._drawn) > MOST_DRAWN:
                self._drawn.popitem(last=False)
        return known

    def stopped(self, digest: Digest, why: str) -> NewDelivery:
        """A word to the owner that it is sent no more, and why."""
        text = (
            f"*Your digest `{short_id(digest.id)}` has stopped:* {escape(why)} It went to "
            f"{place_words(digest)} {schedule_words(digest.schedule)}. "
            "Ask an admin of costbot, or subscribe anew: `/cost digest subscribe`."
        )
        answer = Answer(text.replace("*", ""), (section(text, "digest-stopped"),))
        key = f"digest.stopped|{digest.id}|{digest.version}"
        return NewDelivery(
            key=key,
            channel="slack",
            address=digest.owner,
            workspace=digest.team_id,
            payload=_message(answer).as_json(),
        )


def footer_lines(digest: Digest, sending: Sending) -> list[str]:
    """What a digest says of itself: late or a test, when it comes, how to change it."""
    lines: list[str] = []
    if sending.is_test:
        lines.append(":test_tube: This is a test: nothing is counted as sent")
    elif sending.is_late and sending.due is not None:
        lines.append(_late(sending.due, digest))
    quiet = ", left out on quiet days" if digest.skip_quiet else ""
    line = f"Sent {schedule_words(digest.schedule)}{quiet} · digest `{short_id(digest.id)}`"
    if not digest.is_personal:
        line += f" of {escape(digest.owner_name)}"
    return [*lines, line]


def _late(due: Slot, digest: Digest) -> str:
    return f":hourglass: Sent late: it was due {instant_words(due.at, digest.schedule.zone)}"


def _signed(root: SlackMessage, digest: Digest, sending: Sending) -> SlackMessage:
    """The digest with what it says of itself in its last lines, and its own button."""
    blocks = [dict(block) for block in root.blocks]
    for block in blocks:
        if block.get("block_id") == NOTES:
            (notes,) = cast("Sequence[Json]", block["elements"])
            lines = "\n".join([str(notes["text"]), *footer_lines(digest, sending)])
            block["elements"] = [{**notes, "text": cut(lines, MOST_SECTION)}]
        if block.get("block_id") == NEXT:
            (own,) = _message(Answer("own", (ActionsBlock(list(own_buttons(digest))),))).blocks
            elements = (cast("Sequence[Json]", one["elements"]) for one in (block, own))
            block["elements"] = [element for several in elements for element in several]
    return root.model_copy(update={"blocks": tuple(blocks)})


def _message(answer: Answer) -> SlackMessage:
    payload = answer.payload()
    blocks = tuple(cast("Sequence[Json]", payload["blocks"]))
    return SlackMessage(text=str(payload["text"]), blocks=blocks)


def _with_picture(message: SlackMessage, chart: DailyChart | None) -> SlackMessage:
    """The picture stands below the curve in text, above what moved."""
    if chart is None:
        return message
    places = (
        place
        for place, block in enumerate(message.blocks)
        if block.get("block_id") == "digest-movers"
    )
    return message.model_copy(update={"picture": chart, "picture_at": next(places, None)})


def _delivery(digest: Digest, key: str, message: SlackMessage) -> NewDelivery:
    # In order within one digest and place; a digest waits for no other.
    return NewDelivery(
        key=key,
        channel="slack",
        address=digest.address,
        workspace=digest.team_id,
        payload=message.as_json(),
        group=f"slack:{digest.address}|digest|{digest.id}",
    )

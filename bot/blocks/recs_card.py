"""A recommendation as a card: what it saves, why, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from slackblocks import Block

from analysis.recommendations.kept.states import RULES, Move
from bot.blocks.answer import Answer, context, section
from bot.blocks.recs_buttons import SHARE, block_of, card_buttons
from bot.blocks.recs_figures import (
    promise_words,
    savings_words,
    state_words,
    title_of,
    whose,
    why_of,
)
from bot.blocks.text import escape, money, short
from bot.recommendation_words import KINDS
from handlers.recommendations.finding import short_id
from handlers.recommendations.moving import undo_until
from handlers.recommendations.permissions import MOVES, Act
from storage.records.recommendation import Recommendation

FORGED = "That button belongs to an older message."


@dataclass(frozen=True, slots=True)
class Card:
    """A recommendation for somebody to look at.

    Attributes:
        row: it.
        names: see `names_of`.
        zone: in which instants are told.
        moves: what can be decided.
        may: what the role of who looks may do.
        undo_until: the last instant at which the last decision can be taken back, UTC; None: it
            cannot.
        is_public: everybody in the channel sees it.
    """

    row: Recommendation
    names: Mapping[str, str]
    zone: ZoneInfo
    moves: tuple[Move, ...] = ()
    may: frozenset[Act] = field(default_factory=frozenset[Act])
    undo_until: datetime | None = None
    is_public: bool = False


def public_card(row: Recommendation, names: Mapping[str, str], zone: ZoneInfo) -> Card:
    """A card for everybody in a channel: with every move; who may is looked at on each click."""
    moves = (move for move in MOVES if move is not Move.UNDO and row.state in RULES[move].sources)
    return Card(
        row=row,
        names=names,
        zone=zone,
        moves=tuple(moves),
        may=frozenset(MOVES.values()),
        undo_until=undo_until(row.standing),
        is_public=True,
    )


def card_answer(card: Card, *, notice: str = "") -> Answer:
    """The message with one card.

    Args:
        card: the recommendation.
        notice: what was done to it, above it; escaped.
    """
    blocks: list[Block] = [section(notice, "recs-notice")] if notice else []
    blocks += card_blocks(card, place=0)
    return Answer(text=card_text(card, notice), blocks=tuple(blocks), in_channel=card.is_public)


def card_blocks(
    card: Card, *, place: int, number: int | None = None, question: str = ""
) -> list[Block]:
    """The blocks of a card.

    Args:
        card: the recommendation.
        place: among the cards of its message.
        number: its place in the list that somebody reads; None: it is in none.
        question: that the message answers; empty: the card stands alone.
    """
    is_short = bool(question)
    buttons = card_buttons(
        card.row,
        card.moves,
        card.may,
        block_id=block_of(f"recs-card-{place}", question),
        can_undo=card.undo_until is not None,
        is_short=is_short,
        left_out=(SHARE,) if card.is_public else (),
    )
    return [
        section("\n".join(card_lines(card, number=number)), f"recs-head-{place}"),
        context([origin_words(card)], f"recs-origin-{place}"),
        buttons,
    ]


def card_lines(card: Card, *, number: int | None = None) -> list[str]:
    """The card in lines; escaped."""
    row = card.row
    before = "" if number is None else f"{number}. "
    lines = [f"*{before}{title_of(row)}*", savings_words(row.content)]
    lines += [promise_words(row.content), why_of(row)]
    state = state_words(row, card.names, card.zone)
    return [*lines, state] if state else lines


def origin_words(card: Card) -> str:
    """Whose it is, of which kind, its id, and who sees to it; escaped."""
    row = card.row
    parts = [whose(row.organization), KINDS[row.content.kind], f"`{short_id(row.id)}`"]
    if row.standing.assigned_to is not None:
        parts.append(f"assigned to {assignee_words(card)}")
    parts.append(f"{row.drawn.evidence_days} days to {row.drawn.evidence_last}")
    return " · ".join(parts)


def assignee_words(card: Card) -> str:
    """Who sees to it, pinging nobody; escaped."""
    user = card.row.standing.assigned_to or ""
    return escape(short(card.names.get(user, "somebody")))


def card_text(card: Card, notice: str = "") -> str:
    """The card in a line; escaped."""
    row = card.row
    line = f"{title_of(row)}: saves {money(row.content.savings.likely)} a month"
    state = state_words(row, card.names, card.zone)
    parts = [part for part in (notice, line, state) if part]
    return " · ".join(parts).replace("*", "")

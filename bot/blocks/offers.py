"""`/cost pricing offers`: what providers offer beside their lists, as a message."""

from __future__ import annotations

from slackblocks import Block

from bot.blocks.answer import Answer, context, section
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import enumerate_names, escape, short
from handlers.offers import OffersResult, offer_terms
from storage.records.offer import StoredOffer


def offers_answer(result: OffersResult) -> Answer:
    """The message that answers `/cost pricing offers`."""
    whose = f"of {escape(short(result.provider))}" if result.provider else "of all providers"
    if not result.offers:
        text = f"No offers {whose} are entered. An admin does so by `costbot pricing offer add`."
        return Answer(text=text, blocks=(section(text, "offers-title"),))
    title = f"*Offers {whose}*, beside their price lists"
    offers = result.offers
    table = fitted_table(
        lambda shown: _lines(result, shown), len(offers), names=2, block_id="offers-table"
    )
    notes = [
        "Entered by admins from what providers wrote · recommendations hold your own usage "
        "against them: `/recs list`",
        "Written in: " + enumerate_names(sorted({short(one.reference) for one in offers}), 4),
    ]
    blocks: tuple[Block, ...] = (
        section(title, "offers-title"),
        table,
        context(notes, "offers-notes"),
    )
    return Answer(text=title.replace("*", ""), blocks=blocks)


def _lines(result: OffersResult, shown: int) -> Lines:
    header = ["Provider", "Offer", "Models", "Terms", "Taken"]
    lines = [header]
    lines += [
        [
            escape(short(offer.provider)),
            f"{escape(short(offer.name))} ({offer.kind.label})",
            enumerate_names(offer.models, 3) if offer.models else "all",
            escape(", ".join(offer_terms(offer))),
            _taken(offer, result),
        ]
        for offer in result.offers[:shown]
    ]
    rest = len(result.offers) - shown
    if rest > 0:
        lines.append([f"{rest} more", *[""] * (len(header) - 1)])
    return lines


def _taken(offer: StoredOffer, result: OffersResult) -> str:
    holding = [one for one in offer.subscriptions if one.holds(result.now)]
    if not holding:
        return "–"
    words: list[str] = []
    for one in holding[:3]:
        units = f", {one.units} units" if one.units > 1 else ""
        until = f" until {one.until:%Y-%m-%d}" if one.until else ""
        whose = escape(short(one.organization or "the deployment itself"))
        words.append(f"{whose} since {one.since:%Y-%m-%d}{until}{units}")
    more = [f"{len(holding) - 3} more"] if len(holding) > 3 else []
    return "; ".join([*words, *more])

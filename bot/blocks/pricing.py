"""`/cost pricing`: the price list as a message."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from slackblocks import ActionsBlock, Block, TableBlock

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape
from handlers.pricing import PriceListResult
from storage.records.price import StoredPrice

MOST_PROVIDERS = 5
"""Buttons to narrow the list down to one provider."""


def pricing_answer(result: PriceListResult, zone: ZoneInfo) -> Answer:
    """The message that answers `/cost pricing`."""
    whose = f"of {escape(result.provider)}" if result.provider else "of all providers"
    title = f"*Prices {whose}*, USD per million tokens, in force now"
    if not result.current:
        text = "The price list is empty: an admin adds to it with `costbot pricing add`."
        return Answer(text=text, blocks=(section(text, "pricing-title"),))
    blocks: list[Block] = [section(title, "pricing-title"), _table(result)]
    blocks.append(context(_notes(result, zone), "pricing-notes"))
    others = [name for name in result.providers if name != result.provider][:MOST_PROVIDERS]
    buttons = [
        button(name.capitalize(), f"ask_{index}", f'pricing "{name}"')
        for index, name in enumerate(others)
    ]
    own = f'pricing "{result.provider}"' if result.provider else "pricing"
    buttons.append(button("CSV", "csv", own, hint="The price list as a CSV file"))
    blocks.append(ActionsBlock(list(buttons), block_id="pricing-next"))
    return Answer(text=title.replace("*", ""), blocks=tuple(blocks))


def _table(result: PriceListResult) -> TableBlock:
    prices = result.current
    return fitted_table(
        lambda shown: _lines(prices[:shown], len(prices) - shown, result.now),
        len(prices),
        names=2,
        block_id="pricing-table",
    )


def _lines(prices: tuple[StoredPrice, ...], rest: int, now: datetime) -> Lines:
    header = [
        "Provider",
        "Model",
        "Input",
        "Cached",
        "Output",
        "Batch in · out",
        "Since",
    ]
    lines = [header]
    for price in prices:
        name = escape(price.model)
        if price.above_input_tokens:
            name += f" above {count(price.above_input_tokens)} tokens"
        if price.organization:
            name += f" (rate of {escape(price.organization)})"
        if price.is_deprecated(now):
            name += " (deprecated)"
        lines.append(
            [
                escape(price.provider),
                name,
                per_million(price.input),
                per_million(price.cached_input),
                per_million(price.output),
                _batch(price),
                price.effective_from.date().isoformat(),
            ]
        )
    if rest:
        lines.append([f"{count(rest)} more", *[""] * (len(header) - 1)])
    return lines


def per_million(price: Decimal | None) -> str:
    """A price per million tokens, never rounded; a dash where the class has none of its own."""
    if price is None:
        return "–"
    text = f"{price:f}".rstrip("0").rstrip(".") if "." in f"{price:f}" else f"{price:f}"
    whole, _, cents = text.partition(".")
    return f"${int(whole):,}.{cents.ljust(2, '0')}"


def _batch(price: StoredPrice) -> str:
    if price.batch_input is None and price.batch_output is None:
        return "–"
    return f"{per_million(price.batch_input)} · {per_million(price.batch_output)}"


def _notes(result: PriceListResult, zone: ZoneInfo) -> list[str]:
    notes: list[str] = []
    for price in result.upcoming:
        when = price.effective_from.astimezone(zone).date()
        notes.append(
            f"From {when}: {escape(price.model)} {per_million(price.input)} in, "
            f"{per_million(price.output)} out"
        )
    notes.extend(
        f"{escape(price.model)} is deprecated; its provider names {escape(price.replacement)}"
        for price in result.current
        if price.is_deprecated(result.now) and price.replacement
    )
    notes.append("A class without a price of its own costs what the class it belongs to costs")
    notes.append("Models that are not listed are priced from genai-prices, marked as an estimate")
    return notes

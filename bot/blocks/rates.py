"""`/cost pricing set`: a rate on trial, set, and taken back, as messages."""

from __future__ import annotations

from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.pricing import per_million
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, plural, short
from bot.grammar.pricing_set import PricingSetCommand, write_pricing_set
from handlers.rates import FIELDS, RatePreview
from storage.records.price import ModelPrice, StoredPrice

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""

_NAMES = {
    "input": "Input",
    "output": "Output",
    "cached_input": "Cached input",
    "cache_write": "Written to the cache",
    "reasoning": "Reasoning",
    "batch_input": "Batch input",
    "batch_output": "Batch output",
}

_KEPT = "What was imported before keeps the cost that it was given"


def rate_preview_answer(preview: RatePreview) -> Answer:
    """A rate on trial: beside what is in force, and what it would have made of the last days."""
    price = preview.price
    title = f"*A rate on trial, not saved: {_name(price)}*, {_from(price)}"
    lines = [title, *_tried(preview)]
    blocks: list[Block] = [section("\n".join(lines), "rate-headline"), _table(preview)]
    blocks.append(context(_notes(preview), "rate-notes"))
    text = write_pricing_set(PricingSetCommand(preview.request, save=True))
    if len(text) <= LONGEST_VALUE:
        elements = [button("Save", "ask_0", text, hint=f"Set this rate of {short(price.model)}")]
        blocks.append(ActionsBlock(list(elements), block_id="rate-next"))
    return Answer(text=" ".join(lines).replace("*", ""), blocks=tuple(blocks))


def rate_saved_answer(price: StoredPrice) -> Answer:
    """What was set, and the way back."""
    line = (
        f"*Set: {_name(price)}*, {per_million(price.input)} in and {per_million(price.output)} out "
        f"per million tokens, {_from(price)}"
    )
    notes = [f"By {escape(price.reference)} · {_KEPT} · can be taken back for a day"]
    undo = button("Undo", "ask_0", f"pricing undo {price.id}", hint="Take this rate back")
    listed = button("Price list", "ask_1", f'pricing "{price.provider}"')
    blocks = (
        section(line, "rate-set"),
        context(notes, "rate-notes"),
        ActionsBlock([undo, listed], block_id="rate-next"),
    )
    return Answer(text=line.replace("*", ""), blocks=blocks)


def rate_undone_answer(price: StoredPrice) -> Answer:
    """What was taken back."""
    line = f"*Taken back: {_name(price)}*, {_from(price)}; what was in force before goes on"
    notes = ["What was imported meanwhile keeps the cost that it was given"]
    return Answer(
        text=line.replace("*", ""),
        blocks=(section(line, "rate-undone"), context(notes, "rate-notes")),
    )


def _name(price: ModelPrice) -> str:
    whose = "everybody" if price.organization is None else short(price.organization)
    tier = ""
    if price.above_input_tokens:
        tier = f" above {count(price.above_input_tokens)} input tokens"
    model = f"{escape(short(price.provider))} {escape(short(price.model))}"
    return f"{model}{tier} for {escape(whose)}"


def _from(price: ModelPrice) -> str:
    return f"from {price.effective_from:%Y-%m-%d} 00:00 UTC on"


def _tried(preview: RatePreview) -> list[str]:
    tried = preview.tried
    if tried is None or not tried.requests:
        return ["There was no usage of it in the last complete days to try it on"]
    days = f"the {tried.days.days} days to {tried.days.last_day}"
    lines: list[str] = []
    if tried.requests > tried.unpriced:
        line = f"On {days}: {money(tried.then)} in place of {money(tried.now)}"
        if tried.now:
            change = tried.then / tried.now - 1
            line += f" ({percent(change, sign=True)})"
        lines.append(f"{line}, {plural(tried.requests - tried.unpriced, 'request')}")
    if tried.unpriced:
        lines.append(
            f"{plural(tried.unpriced, 'request')} of {days} without a price now would have cost "
            f"{money(tried.then_unpriced)}"
        )
    return lines


def _table(preview: RatePreview) -> TableBlock:
    price, before = preview.price, preview.before
    rows: list[list[str]] = []
    for name in FIELDS:
        new: Decimal | None = getattr(price, name)
        old: Decimal | None = None if before is None else getattr(before, name)
        if new is None and old is None:
            continue
        change = percent(new / old - 1, sign=True) if new is not None and old else "–"
        rows.append([_NAMES[name], per_million(old), per_million(new), change])
    header = ["USD per million tokens", "In force now", "The rate", "Change"]

    def lines(shown: int) -> Lines:
        return [header, *rows[:shown]]

    return fitted_table(lines, len(rows), names=1, block_id="rate-table")


def _notes(preview: RatePreview) -> list[str]:
    price, before = preview.price, preview.before
    notes: list[str] = []
    if not preview.is_listed:
        hint = f" {preview.hint}" if preview.hint else ""
        notes.append(f"The price list has no {escape(short(price.model))} yet.{hint}")
    if before is not None:
        whose = "the list" if before.organization is None else "its own rate"
        notes.append(
            f"In force now: {whose} since {before.effective_from:%Y-%m-%d}, "
            f"{escape(short(before.reference))}"
        )
    notes.append(f"The rate is written in {escape(short(price.reference))}")
    notes.append(f"{_KEPT} · a class without a price of its own costs as the class it belongs to")
    return notes

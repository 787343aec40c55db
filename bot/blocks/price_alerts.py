"""Models that end and models without a price, as messages to whoever is responsible."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from slackblocks import ActionsBlock, Block, Button

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.pricing import per_million
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import escape, money, plural, short
from bot.grammar.tokens import Token, join
from handlers.price_alerts import EndingModel, UnpricedModel

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""


def endings_answer(models: Sequence[EndingModel]) -> Answer:
    """The models in use whose end was announced: what each costs, and what to move to."""
    if len(models) == 1:
        return _ending(models[0])
    dearest_first = sorted(models, key=lambda one: -one.monthly_cost)
    dearest, days = dearest_first[0], dearest_first[0].days
    together = sum((one.monthly_cost for one in models), Decimal(0))
    model = escape(short(dearest.model))
    lines = [
        f"*{len({one.model for one in models})} models that you use are deprecated*: "
        f"{money(together)} a month, from the {days.days} days to {days.last_day}",
        f"The dearest is {model}, {money(dearest.monthly_cost)} a month: its end was announced on "
        f"{dearest.deprecated_at:%Y-%m-%d}. {_replacement(dearest)}",
    ]
    is_one = len({one.organization for one in models}) == 1

    def rows(number: int) -> Lines:
        header = ["Model", "Organization", "Instead", "Announced", "A month"]
        shown = [
            [
                short(one.model),
                short(one.organization or "–"),
                short(one.replacement or "–"),
                f"{one.deprecated_at:%Y-%m-%d}",
                money(one.monthly_cost),
            ]
            for one in dearest_first[:number]
        ]
        left = dearest_first[number:]
        if left:
            rest = sum((one.monthly_cost for one in left), Decimal(0))
            shown.append([f"{len(left)} more", "", "", "", money(rest)])
        cells = [header, *shown]
        return [[*row[:1], *row[2:]] for row in cells] if is_one else cells

    notes = ["Told once a month, to organization admins · nothing is blocked"]
    blocks: list[Block] = [
        section("\n".join(lines), "ending"),
        fitted_table(rows, len(models), names=2 if is_one else 3, block_id="ending-models"),
        context(notes, "ending-notes"),
    ]
    asked = _asked(
        "What the dearest would cost elsewhere", ["pricing", "compare"], dearest.model, 0
    )
    if asked is not None:
        blocks.append(ActionsBlock([asked], block_id="ending-next"))
    return Answer(" ".join(lines).replace("*", ""), tuple(blocks), in_channel=True)


def _ending(one: EndingModel) -> Answer:
    model, whose = escape(short(one.model)), _whose(one.organization)
    lines = [
        f"*{model} is deprecated, and {whose} uses it*: {money(one.monthly_cost)} a month, "
        f"{plural(one.requests, 'request')} in the {one.days.days} days to {one.days.last_day}",
        f"Its provider announced its end on {one.deprecated_at:%Y-%m-%d}. {_replacement(one)}",
    ]
    notes = ["Told once a month, to organization admins · nothing is blocked"]
    blocks: list[Block] = [
        section("\n".join(lines), "ending"),
        context(notes, "ending-notes"),
    ]
    asked = [_asked("What it would cost elsewhere", ["pricing", "compare"], one.model, 0)]
    if one.replacement is not None:
        words = [Token("whatif"), Token("model"), Token(one.model, quoted=True), Token("to")]
        text = join([*words, Token(one.replacement, quoted=True)])
        asked.append(button("What if", "ask_1", text) if len(text) <= LONGEST_VALUE else None)
    elements = [element for element in asked if element is not None]
    if elements:
        blocks.append(ActionsBlock(list(elements), block_id="ending-next"))
    return Answer(" ".join(lines).replace("*", ""), tuple(blocks), in_channel=True)


def unpriced_answer(uses: Sequence[UnpricedModel]) -> Answer:
    """A model in use without a price: its cost is not known, and in no total.

    Args:
        uses: of one model, by one organization each, whoever asks most first.
    """
    one = uses[0]
    model = escape(short(one.model))
    others = len({use.organization for use in uses}) - 1
    whose = _whose(one.organization)
    uses_it = f"{whose} and {plural(others, 'other')} use it" if others else f"{whose} uses it"
    requests, since = sum(use.requests for use in uses), min(use.since for use in uses)
    lines = [
        f"*{model} has no price, and {uses_it}*: {plural(requests, 'request')} since "
        f"{since} are counted and in no total of cost",
        "An organization admin sets a rate by `/cost pricing set`, an admin a list price by "
        "`costbot pricing add`; requests that are imported from then on are priced by it",
    ]
    notes = ["Told once for each model, to organization admins"]
    blocks: list[Block] = [
        section("\n".join(lines), "unpriced"),
        context(notes, "unpriced-notes"),
    ]
    own = [_asked("Its requests", ["30d", "by", "day"], one.model, 0)]
    elements = [element for element in own if element is not None]
    if elements:
        blocks.append(ActionsBlock(list(elements), block_id="unpriced-next"))
    return Answer(" ".join(lines).replace("*", ""), tuple(blocks), in_channel=True)


def _whose(organization: str | None) -> str:
    return "the deployment" if organization is None else escape(short(organization))


def _replacement(one: EndingModel) -> str:
    if one.replacement is None:
        return "It names no model to move to."
    named = f"It names {escape(short(one.replacement))}"
    if one.replacement_price is None:
        return f"{named}, which the price list does not have."
    (taken, given), (new_taken, new_given) = one.price, one.replacement_price
    return (
        f"{named}: {per_million(new_taken)} in and {per_million(new_given)} out per million "
        f"tokens, against {per_million(taken)} and {per_million(given)}."
    )


def _asked(label: str, words: list[str], model: str, place: int) -> Button | None:
    """A button that asks of one model; None: its name is too long to be asked."""
    text = join([*map(Token, words), Token("model"), Token(model, quoted=True)])
    return button(label, f"ask_{place}", text) if len(text) <= LONGEST_VALUE else None

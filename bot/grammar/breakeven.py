"""A question whether own GPUs pay, from words to a request and back."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from analysis.errors import NotUnderstood
from analysis.periods import Last
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.cost import CostCommand, CostParser, write_cost
from bot.grammar.tokens import Token, join
from bot.grammar.words import dimension_words
from handlers.breakeven import BreakEvenRequest
from handlers.cost_results import CostRequest
from handlers.equivalents import ApiModel, Equivalent, PerMillion, PerRequest
from handlers.nearest import shown
from queries.breakdown import Basis
from queries.dimensions import Dimensions

_USD = r"\$?([0-9]{0,9}(?:[0-9]|\.[0-9]{1,9}))"
_AT = re.compile(rf"{_USD}(?:/{_USD})?", re.ASCII)

_PLAIN = re.compile(r"[A-Za-z0-9._/:@-]+", re.ASCII)

_NO_PERIOD = Last(30, "d")
"""Stands for a period that nobody named: recognized as this one object, not by its value."""


@dataclass(frozen=True, slots=True)
class BreakEvenCommand(Command):
    """`breakeven [PERIOD] [DIMENSION VALUE …] [api MODEL | at USD]`: whether own GPUs pay."""

    request: BreakEvenRequest


def parse_break_even(tokens: list[Token], dimensions: Dimensions, role: Role) -> BreakEvenCommand:
    """The question that `tokens`, typed after `breakeven`, ask.

    Raises:
        NotUnderstood: a word is unknown, does not go with `breakeven`, or says a thing twice.
    """
    names = {*dimensions, *dimension_words(dimensions, role)}
    rest, equivalent = _equivalent(tokens, names)
    command = CostParser(dimensions, role).parse(rest, _NO_PERIOD)
    request = command.request
    unfit = {
        "by": bool(request.by),
        "top": request.top is not None,
        "customers": request.customers_only,
        "infrastructure": request.basis is Basis.INFRASTRUCTURE,
    }
    for word, is_there in unfit.items():
        if is_there:
            sentence = f"`breakeven` does not go with `{word}`: it takes all that a pool is for."
            raise NotUnderstood(sentence, "Try `/cost breakeven 30d model ltxv-13b at 0.50`.")
    return BreakEvenCommand(
        BreakEvenRequest(
            period=None if request.period is _NO_PERIOD else request.period,
            filters=request.filters,
            equivalent=equivalent,
        ),
        csv=command.csv,
    )


def write_break_even(command: BreakEvenCommand) -> str:
    """The text that asks exactly this: what a button carries."""
    request = command.request
    asked = CostRequest(period=request.period or _NO_PERIOD, filters=request.filters)
    period, _, filters = write_cost(CostCommand(asked)).partition(" ")
    after = [*_written(request.equivalent), *([Token("csv")] if command.csv else [])]
    parts = ("breakeven", period if request.period else "", filters, join(after))
    return " ".join(part for part in parts if part)


def _equivalent(
    tokens: list[Token], names: Container[str]
) -> tuple[list[Token], Equivalent | None]:
    """The tokens without `api MODEL` or `at USD`, and what they say."""
    kept: list[Token] = []
    found: Equivalent | None = None
    rest = list(reversed(tokens))
    while rest:
        token = rest.pop()
        if token.keyword not in ("api", "at"):
            kept.append(token)
            # What follows a dimension is a value, whatever it is called.
            if token.keyword in names and rest:
                kept.append(rest.pop())
            continue
        if found is not None:
            sentence = "A pool is compared with one price, and there are two."
            raise NotUnderstood(sentence, "Say `api` and a model, or `at` and a price, once.")
        value = rest.pop().text if rest else ""
        found = _model(value) if token.keyword == "api" else _price(value)
    return kept, found


def _model(name: str) -> ApiModel:
    if not name.strip():
        sentence = "`api` needs the name of a model."
        raise NotUnderstood(sentence, "Try `/cost breakeven model llama-2-70b api gpt-4o-mini`.")
    return ApiModel(name)


def _price(text: str) -> PerRequest | PerMillion:
    match = _AT.fullmatch(text)
    prices = [Decimal(price) for price in match.groups() if price] if match else []
    if not any(prices):
        given = f", and {shown(text)} is none" if text else ""
        sentence = f"`at` needs a price in US dollars{given}."
        hint = (
            "Write `at 0.04` for a price of a request, or `at 0.50/1.50` for prices of a million "
            "input and output tokens."
        )
        raise NotUnderstood(sentence, hint)
    if len(prices) == 1:
        return PerRequest(prices[0])
    return PerMillion(*prices)


def _written(equivalent: Equivalent | None) -> list[Token]:
    match equivalent:
        case None:
            return []
        case ApiModel(name):
            return [Token("api"), Token(name, quoted=not _PLAIN.fullmatch(name))]
        case PerRequest(usd):
            return [Token("at"), Token(f"{usd:f}")]
        case PerMillion(input=fresh, output=output):
            return [Token("at"), Token(f"{fresh:f}/{output:f}")]

"""A question what one's own usage would cost elsewhere, from words to a request and back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.periods import Last
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.cost import CostCommand, CostParser, write_cost
from bot.grammar.periods import parse_period
from bot.grammar.tokens import Token, join
from bot.grammar.words import dimension_words
from handlers.cost_results import CostRequest
from handlers.pricing_compare import PricingCompareRequest
from queries.dimensions import Dimensions

MODELS = "models"
"""Before the names of models to be compared; may be left away."""

_UNFIT = ("by", "top", "customers", "infrastructure")

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9.]*-[A-Za-z0-9._/-]*", re.ASCII)

_NO_PERIOD = Last(30, "d")
"""Stands for a period that nobody named: recognized as this one object, not by its value."""


@dataclass(frozen=True, slots=True)
class PricingCompareCommand(Command):
    """`pricing compare [models NAME …] [PERIOD] [DIMENSION VALUE …]`: own usage elsewhere."""

    request: PricingCompareRequest


def parse_pricing_compare(
    tokens: list[Token], dimensions: Dimensions, role: Role
) -> PricingCompareCommand:
    """The question that `tokens`, typed after `pricing compare`, ask.

    A word that means nothing else is the name of a model.

    Raises:
        NotUnderstood: a word lacks its value, or does not go with it.
    """
    words = {*dimensions, *dimension_words(dimensions, role)} - {MODELS}
    names: list[str] = []
    known: list[Token] = []
    rest = list(reversed(tokens))
    while rest:
        token = rest.pop()
        word = token.keyword
        name, equals, value = token.text.partition("=")
        if word in _UNFIT:
            sentence = f"`pricing compare` does not go with `{word}`: it has a row for each model."
            raise NotUnderstood(sentence, "Try `/cost pricing compare 30d feature chat`.")
        if word in words:
            known.append(token)
            if rest:
                known.append(rest.pop())
        elif not token.quoted and equals and name.casefold() in words:
            known.append(token)
            if not value and rest:
                known.append(rest.pop())
        elif word == "csv" or (word and parse_period(word) is not None):
            known.append(token)
        elif word != MODELS:
            parts = [token.text] if token.quoted else token.text.split(",")
            names += [part for part in parts if part.strip() and part not in names]
    command = CostParser(dimensions, role).parse(known, _NO_PERIOD)
    request = command.request
    return PricingCompareCommand(
        PricingCompareRequest(
            models=tuple(names),
            period=None if request.period is _NO_PERIOD else request.period,
            filters=request.filters,
        ),
        csv=command.csv,
    )


def write_pricing_compare(command: PricingCompareCommand) -> str:
    """The text that asks exactly this: what a button carries."""
    request = command.request
    asked = CostRequest(period=request.period or _NO_PERIOD, filters=request.filters)
    period, _, filters = write_cost(CostCommand(asked)).partition(" ")
    names = [Token(name, quoted=_PLAIN.fullmatch(name) is None) for name in request.models]
    named = join([Token(MODELS), *names]) if names else ""
    parts = (
        "pricing compare",
        named,
        filters,
        period if request.period else "",
        "csv" if command.csv else "",
    )
    return " ".join(part for part in parts if part)

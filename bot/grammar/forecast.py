"""A question for what the days to come will cost, from words to a request and back."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.forecasts.forecast import HORIZONS
from analysis.periods import Last
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.compare import asked_of, written
from bot.grammar.cost import CostParser
from bot.grammar.tokens import Token
from bot.grammar.words import dimension_words
from handlers.forecasts.requests import USUAL_HORIZON, ForecastRequest
from queries.dimensions import Dimensions

_NONE_GIVEN = Last(0, "d")
"""Stands where no period was typed; known by its identity."""

_DAYS = re.compile(r"(\d{1,4})d?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ForecastCommand(Command):
    """`forecast [7|14|30|90] [by DIMENSION] [filters]`: what the days to come will cost."""

    request: ForecastRequest


def parse_forecast(tokens: list[Token], dimensions: Dimensions, role: Role) -> ForecastCommand:
    """The question that `tokens`, typed after `forecast`, ask.

    Raises:
        NotUnderstood: a word is unknown, does not go with `forecast`, or says a thing twice.
    """
    names = {*dimensions, *dimension_words(dimensions, role)}
    rest, horizons = _horizons(tokens, names)
    if len(horizons) > 1:
        sentence = f"Two horizons, {horizons[0]} and {horizons[1]} days."
        raise NotUnderstood(sentence, "Ask for one at a time.")
    if horizons and horizons[0] not in HORIZONS:
        sentence = f"A forecast goes {_words()} days ahead, not {horizons[0]}."
        raise NotUnderstood(sentence, "Try `/cost forecast 30`.")
    command = CostParser(dimensions, role).parse(rest, _NONE_GIVEN)
    if command.request.period is not _NONE_GIVEN:
        sentence = f"`forecast` goes {_words()} days ahead, not over `{command.request.period}`."
        raise NotUnderstood(sentence, "Try `/cost forecast 30`; how the month ends is in it.")
    asked = asked_of(command.request, "forecast")
    return ForecastCommand(
        ForecastRequest(
            horizon=horizons[0] if horizons else USUAL_HORIZON,
            by=asked.by,
            filters=asked.filters,
            top=asked.top,
            basis=asked.basis,
            customers_only=asked.customers_only,
        ),
        csv=command.csv,
    )


def write_forecast(command: ForecastCommand) -> str:
    """The text that asks exactly this."""
    request = command.request
    return f"forecast {request.horizon} {written(request, csv=command.csv)}".rstrip()


def _words() -> str:
    *some, last = HORIZONS
    return f"{', '.join(map(str, some))} or {last}"


def _horizons(tokens: list[Token], names: Container[str]) -> tuple[list[Token], list[int]]:
    """The tokens without the numbers of days, and these; a name's value is no such number.

    As the parser of costs reads them: what follows a dimension, `by` or `top` belongs to it.
    """
    rest: list[Token] = []
    horizons: list[int] = []
    is_value = False
    for token in tokens:
        word = token.keyword
        days = _DAYS.fullmatch(word)
        if not is_value and days is not None:
            horizons.append(int(days[1]))
            continue
        rest.append(token)
        name, equals, value = word.partition("=")
        begins = word in names or word in ("by", "top") or (bool(equals) and name in names)
        is_value = not is_value and begins and not value
    return rest, horizons

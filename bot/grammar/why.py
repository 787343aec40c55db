"""A question for the causes of a change, from words to a request and back."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.periods import Calendar, Period
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.cost import CostCommand, CostParser, write_cost
from bot.grammar.periods import parse_period, write_period
from bot.grammar.tokens import Token
from bot.grammar.words import dimension_words
from handlers.cost_results import CostRequest
from handlers.nearest import shown
from handlers.why import WhyRequest
from queries.dimensions import Dimensions

VERSUS = ("vs", "versus", "against")
"""The words before the period that is compared with."""


@dataclass(frozen=True, slots=True)
class WhyCommand(Command):
    """`why [PERIOD] [vs PERIOD] [filters] [csv]`: what moved a cost."""

    request: WhyRequest


def parse_why(tokens: list[Token], dimensions: Dimensions, role: Role) -> WhyCommand:
    """The question that `tokens`, typed after `why`, ask.

    Raises:
        NotUnderstood: a word is unknown, does not go with `why`, or says a thing twice.
    """
    rest, versus = _versus(tokens, dimension_words(dimensions, role))
    command = CostParser(dimensions, role).parse(rest, Calendar.YESTERDAY)
    request = command.request
    unfit = {"by": bool(request.by), "top": request.top is not None}
    for word, is_there in unfit.items():
        if is_there:
            sentence = f"`why` does not go with `{word}`: it looks through every dimension itself."
            raise NotUnderstood(sentence, "Try `/cost why yesterday`, or `/cost 7d by model`.")
    return WhyCommand(
        WhyRequest(
            period=request.period,
            versus=versus,
            filters=request.filters,
            basis=request.basis,
            customers_only=request.customers_only,
        ),
        csv=command.csv,
    )


def write_why(request: WhyRequest, *, csv: bool = False) -> str:
    """The text that asks exactly this; with `csv`, as a file."""
    words = write_cost(
        CostCommand(
            CostRequest(
                period=request.period,
                filters=request.filters,
                basis=request.basis,
                customers_only=request.customers_only,
            ),
            csv=csv,
        )
    )
    period, _, rest = words.partition(" ")
    versus = "" if request.versus is None else f"vs {write_period(request.versus)}"
    return " ".join(part for part in ("why", period, versus, rest) if part)


def _versus(tokens: list[Token], names: Container[str]) -> tuple[list[Token], Period | None]:
    """The tokens without `vs PERIOD`, and that period."""
    places = [
        place
        for place, token in enumerate(tokens)
        if token.keyword in VERSUS and not (place and tokens[place - 1].keyword in names)
    ]
    if not places:
        return tokens, None
    if len(places) > 1:
        raise NotUnderstood("`vs` is there twice.", "One period is compared with one other.")
    place = places[0]
    word = tokens[place + 1] if place + 1 < len(tokens) else Token("")
    period = parse_period(word.keyword)
    if period is None:
        given = f", and {shown(word.text)} is none" if word.text else ""
        sentence = f"`{tokens[place].keyword}` needs a period{given}."
        raise NotUnderstood(sentence, "Try `/cost why yesterday vs 2024-12-02`.")
    return [*tokens[:place], *tokens[place + 2 :]], period

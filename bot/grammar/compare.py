"""A question for what changed, from words to a request and back."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from analysis.complete_days import Span
from analysis.errors import NotUnderstood
from analysis.periods import Last
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.cost import CostCommand, CostParser, write_cost
from bot.grammar.tokens import Token
from bot.grammar.words import dimension_words
from handlers.compare import CompareRequest
from handlers.complete import Asked
from handlers.cost_results import CostRequest
from queries.dimensions import Dimensions

SPANS = {
    "day": Span.DAY,
    "yesterday": Span.DAY,
    "week": Span.WEEK,
    "month": Span.MONTH,
}
"""The words that say how long the stretches are."""

_NONE_GIVEN = Last(0, "d")
"""Stands where no period was typed; known by its identity."""


@dataclass(frozen=True, slots=True)
class CompareCommand(Command):
    """`compare [day|week|month] [by DIMENSION] [filters]`: what changed."""

    request: CompareRequest


def parse_compare(tokens: list[Token], dimensions: Dimensions, role: Role) -> CompareCommand:
    """The question that `tokens`, typed after `compare`, ask.

    Raises:
        NotUnderstood: a word is unknown, does not go with `compare`, or says a thing twice.
    """
    names = {*dimensions, *dimension_words(dimensions, role)}
    rest, spans = _spans(tokens, names)
    if len(spans) > 1:
        sentence = f"Two stretches, {spans[0]} and {spans[1]}."
        raise NotUnderstood(sentence, "Ask for one; the one before it is what it is compared with.")
    command = CostParser(dimensions, role).parse(rest, _NONE_GIVEN)
    if command.request.period is not _NONE_GIVEN:
        sentence = f"`compare` takes a day, a week or a month, not `{command.request.period}`."
        instead = f"`/cost {command.request.period}`, which has its own comparison"
        raise NotUnderstood(sentence, f"Try `/cost compare week`, or {instead}.")
    asked = asked_of(command.request, "compare")
    return CompareCommand(
        CompareRequest(
            span=spans[0] if spans else Span.WEEK,
            by=asked.by,
            filters=asked.filters,
            top=asked.top,
            basis=asked.basis,
            customers_only=asked.customers_only,
        ),
        csv=command.csv,
    )


def write_compare(command: CompareCommand) -> str:
    """The text that asks exactly this."""
    request = command.request
    return f"compare {request.span} {written(request, csv=command.csv)}".rstrip()


def asked_of(request: CostRequest, word: str) -> Asked:
    """What a question over complete days is about, as the parser of costs understood it.

    Raises:
        NotUnderstood: it runs along two dimensions.
    """
    if len(request.by) > 1:
        sentence = f"`{word}` runs along one dimension, not {len(request.by)}."
        raise NotUnderstood(sentence, f"Try `/cost {word} by {request.by[0]}`.")
    return Asked(
        by=request.by[0] if request.by else None,
        filters=request.filters,
        top=request.top,
        basis=request.basis,
        customers_only=request.customers_only,
    )


def written(asked: Asked, *, csv: bool) -> str:
    """The words of a question over complete days but for the days."""
    cost = CostRequest(
        period=_NONE_GIVEN,
        by=() if asked.by is None else (asked.by,),
        filters=asked.filters,
        top=asked.top,
        basis=asked.basis,
        customers_only=asked.customers_only,
    )
    return write_cost(CostCommand(cost, csv=csv)).partition(" ")[2]


def _spans(tokens: list[Token], names: Container[str]) -> tuple[list[Token], list[Span]]:
    """The tokens without the words for a span, and what these say; a name's value is no such word.

    As the parser of costs reads them: what follows a dimension, `by` or `top` belongs to it.
    """
    rest: list[Token] = []
    spans: list[Span] = []
    is_value = False
    for token in tokens:
        word = token.keyword
        if not is_value and word in SPANS:
            spans.append(SPANS[word])
            continue
        rest.append(token)
        name, equals, value = word.partition("=")
        begins = word in names or word in ("by", "top") or (bool(equals) and name in names)
        is_value = not is_value and begins and not value
    return rest, spans

"""`query` and `reconcile`, from words to a request and back."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.periods import Calendar, Period
from bot.grammar.command import Command
from bot.grammar.periods import parse_period
from bot.grammar.tokens import Token, join
from handlers.nearest import shown
from handlers.queries import QueryRequest


@dataclass(frozen=True, slots=True)
class QueryListCommand(Command):
    """`query`: which queries there are."""


@dataclass(frozen=True, slots=True)
class QueryCommand(Command):
    """`query NAME [parameter=value …] [csv]`: one of them, run."""

    request: QueryRequest


@dataclass(frozen=True, slots=True)
class ReconcileCommand(Command):
    """`reconcile [period]`: whether the parts of a cost add up."""

    period: Period


def parse_query(tokens: list[Token]) -> QueryCommand | QueryListCommand:
    """What stands after the word `query`.

    Raises:
        NotUnderstood: something is no `parameter=value`, or a parameter is there twice.
    """
    if not tokens:
        return QueryListCommand()
    parameters: dict[str, str] = {}
    csv = False
    rest = list(reversed(tokens[1:]))
    while rest:
        token = rest.pop()
        name, equals, value = token.text.partition("=")
        if token.keyword == "csv":
            csv = True
            continue
        if token.quoted or not equals or not name:
            sentence = f"{shown(token.text)} is no parameter."
            raise NotUnderstood(sentence, "Write it as `last_day=2024-12-06`.")
        if not value and rest and rest[-1].quoted:  # name="value": the value is a word of its own
            value = rest.pop().text
        if name.casefold() in parameters:
            raise NotUnderstood(f"{shown(name)} is there twice.", "Once is enough.")
        parameters[name.casefold()] = value
    return QueryCommand(QueryRequest(tokens[0].text.casefold(), parameters), csv=csv)


def write_query(command: QueryCommand) -> str:
    """The text that asks exactly this: what a button carries."""
    request = command.request
    words = [Token("query"), Token(request.name)]
    words += [Token(f"{name}={value}") for name, value in request.parameters.items()]
    if command.csv:
        words.append(Token("csv"))
    return join(words)


def parse_reconcile(tokens: list[Token]) -> ReconcileCommand:
    """What stands after the word `reconcile`; without a period: yesterday, the last whole day.

    Raises:
        NotUnderstood: it is no period.
    """
    if not tokens:
        return ReconcileCommand(Calendar.YESTERDAY)
    period = parse_period(tokens[0].keyword)
    if period is None or len(tokens) > 1:
        sentence = f"`reconcile` does not go with {shown(tokens[-1].text)}."
        raise NotUnderstood(sentence, "It takes one period: try `reconcile 7d`.")
    return ReconcileCommand(period)

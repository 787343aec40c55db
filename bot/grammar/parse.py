"""A typed `/cost …`, understood: the subcommand that its first word names, or a question."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.cost import CostCommand, CostParser
from bot.grammar.query import (
    QueryCommand,
    QueryListCommand,
    ReconcileCommand,
    parse_query,
    parse_reconcile,
)
from bot.grammar.tokens import tokenize
from bot.grammar.why import WhyCommand, parse_why
from handlers.nearest import shown
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class PricingCommand:
    """`pricing [provider] [csv]`: the price list, of one provider or of all."""

    provider: str | None = None
    csv: bool = False


@dataclass(frozen=True, slots=True)
class AboutCommand:
    """`about`: freshness and version."""


@dataclass(frozen=True, slots=True)
class HelpCommand:
    """`help`: what may be typed."""


Command = (
    CostCommand
    | WhyCommand
    | PricingCommand
    | QueryCommand
    | QueryListCommand
    | ReconcileCommand
    | AboutCommand
    | HelpCommand
)


def parse(text: str, dimensions: Dimensions, role: Role) -> Command:
    """What `text`, typed after `/cost`, asks for.

    Raises:
        NotUnderstood: with the word that was not understood, and a suggestion.
    """
    tokens = tokenize(text)
    first = tokens[0].keyword if tokens else ""
    rest = tokens[1:]
    match first:
        case "help" | "?":
            return HelpCommand()
        case "about":
            _nothing_after("about", [token.text for token in rest])
            return AboutCommand()
        case "pricing" | "prices":
            named = [token.text for token in rest if token.keyword != "csv"]
            _nothing_after("pricing", named[1:])
            return PricingCommand(named[0] if named else None, csv=len(named) < len(rest))
        case "why":
            return parse_why(rest, dimensions, role)
        case "query" | "queries":
            return parse_query(rest)
        case "reconcile":
            return parse_reconcile(rest)
        case _:
            return CostParser(dimensions, role).parse(tokens)


def _nothing_after(word: str, rest: list[str]) -> None:
    if rest:
        sentence = f"`{word}` does not go with {shown(rest[0])}."
        raise NotUnderstood(sentence, "`/cost help` shows how each command is written.")

"""A typed `/cost …`, understood: the subcommand that its first word names, or a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.anomalies import parse_anomalies, parse_replay
from bot.grammar.breakeven import parse_break_even
from bot.grammar.command import Command
from bot.grammar.compare import parse_compare
from bot.grammar.cost import CostParser
from bot.grammar.days import parse_efficiency, parse_failures, parse_utilization
from bot.grammar.forecast import parse_forecast
from bot.grammar.pricing_compare import parse_pricing_compare
from bot.grammar.pricing_set import parse_pricing_offers, parse_pricing_set, parse_pricing_undo
from bot.grammar.query import parse_query, parse_reconcile
from bot.grammar.report import parse_report
from bot.grammar.statement import parse_statement
from bot.grammar.tokens import Token, tokenize
from bot.grammar.trends import parse_trends
from bot.grammar.whatif import parse_what_if
from bot.grammar.why import parse_why
from bot.grammar.words import SUBCOMMANDS
from handlers.nearest import nearest, shown
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class PricingCommand(Command):
    """`pricing [provider] [csv]`: the price list, of one provider or of all."""

    provider: str | None = None


@dataclass(frozen=True, slots=True)
class AboutCommand(Command):
    """`about`: freshness and version."""


@dataclass(frozen=True, slots=True)
class HelpCommand(Command):
    """`help [WORD]`: what may be typed; of one word, all its forms.

    Attributes:
        word: of a subcommand; None: everything, a line each.
    """

    word: str | None = None


Parser = Callable[[list[Token], Dimensions, Role], Command]
"""Understands what stands after the first word, as far as a role may ask."""


def parse(text: str, dimensions: Dimensions, role: Role) -> Command:
    """What `text`, typed after `/cost`, asks for.

    Raises:
        NotUnderstood: with the word that was not understood, and a suggestion.
    """
    tokens = tokenize(text)
    parser = PARSERS.get(tokens[0].keyword) if tokens else None
    if parser is None:
        return CostParser(dimensions, role).parse(tokens)
    return parser(tokens[1:], dimensions, role)


def _parse_help(rest: list[Token], dimensions: Dimensions, role: Role) -> HelpCommand:
    del dimensions, role  # who asks for help gets it, whatever else they typed
    words = {sub.word for sub in SUBCOMMANDS}
    asked = rest[0].keyword if rest else ""
    found = asked if asked in words else next(iter(nearest(asked, sorted(words), 1)), None)
    return HelpCommand(found if rest else None)


def _parse_about(rest: list[Token], dimensions: Dimensions, role: Role) -> AboutCommand:
    del dimensions, role
    _nothing_after("about", rest)
    return AboutCommand()


def _parse_pricing(rest: list[Token], dimensions: Dimensions, role: Role) -> Command:
    if rest and rest[0].keyword == "compare":
        return parse_pricing_compare(rest[1:], dimensions, role)
    further = _PRICING.get(rest[0].keyword) if rest else None
    if further is not None:
        return further(rest[1:])
    named = [token for token in rest if token.keyword != "csv"]
    _nothing_after("pricing", named[1:])
    return PricingCommand(named[0].text if named else None, csv=len(named) < len(rest))


_PRICING: Mapping[str, Callable[[list[Token]], Command]] = {
    "set": parse_pricing_set,
    "undo": parse_pricing_undo,
    "offers": parse_pricing_offers,
}
"""What understands the words after `pricing` and one of these."""


def _nothing_after(word: str, rest: Sequence[Token]) -> None:
    if rest:
        sentence = f"`{word}` does not go with {shown(rest[0].text)}."
        raise NotUnderstood(sentence, "`/cost help` shows how each command is written.")


PARSERS: Mapping[str, Parser] = {
    "why": parse_why,
    "whatif": parse_what_if,
    "what-if": parse_what_if,
    "compare": parse_compare,
    "trends": parse_trends,
    "trend": parse_trends,
    "forecast": parse_forecast,
    "forecasts": parse_forecast,
    "anomalies": parse_anomalies,
    "anomaly": parse_anomalies,
    "replay": parse_replay,
    "utilization": parse_utilization,
    "efficiency": parse_efficiency,
    "failures": parse_failures,
    "pricing": _parse_pricing,
    "prices": _parse_pricing,
    "query": lambda rest, _dimensions, _role: parse_query(rest),
    "queries": lambda rest, _dimensions, _role: parse_query(rest),
    "reconcile": lambda rest, _dimensions, _role: parse_reconcile(rest),
    "breakeven": parse_break_even,
    "report": lambda rest, _dimensions, _role: parse_report(rest),
    "statement": lambda rest, _dimensions, _role: parse_statement(rest),
    "statements": lambda rest, _dimensions, _role: parse_statement(rest),
    "about": _parse_about,
    "help": _parse_help,
    "?": _parse_help,
}
"""What understands the words after each first word; any other line is a question about cost."""

"""A question for where a cost is heading, from words to a request and back."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from analysis.periods import Last
from analysis.roles import Role
from analysis.trends import MONTH
from bot.grammar.command import Command
from bot.grammar.compare import asked_of, written
from bot.grammar.cost import CostParser
from bot.grammar.tokens import Token
from handlers.trends import TrendsRequest
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class TrendsCommand(Command):
    """`trends [28d] [by DIMENSION] [filters]`: where a cost is heading."""

    request: TrendsRequest


def parse_trends(tokens: list[Token], dimensions: Dimensions, role: Role) -> TrendsCommand:
    """The question that `tokens`, typed after `trends`, ask.

    Raises:
        NotUnderstood: a word is unknown, does not go with `trends`, or says a thing twice.
    """
    command = CostParser(dimensions, role).parse(tokens, Last(MONTH, "d"))
    period = command.request.period
    if not isinstance(period, Last) or period.unit != "d":
        sentence = f"`trends` takes a number of days, not `{period}`."
        raise NotUnderstood(sentence, "Try `/cost trends 28d` or `/cost trends 90d`.")
    asked = asked_of(command.request, "trends")
    return TrendsCommand(
        TrendsRequest(
            days=period.amount,
            by=asked.by,
            filters=asked.filters,
            top=asked.top,
            basis=asked.basis,
            customers_only=asked.customers_only,
        ),
        csv=command.csv,
    )


def write_trends(command: TrendsCommand) -> str:
    """The text that asks exactly this."""
    request = command.request
    return f"trends {request.days}d {written(request, csv=command.csv)}".rstrip()

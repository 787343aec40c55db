"""`utilization`, `efficiency` and `failures`, from words to a request and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.cost import CostCommand, CostParser, write_cost
from bot.grammar.tokens import Token
from handlers.cost_results import CostRequest
from handlers.days import WEEK, DaysRequest
from queries.breakdown import Basis
from queries.dimensions import Dimensions


@dataclass(frozen=True, slots=True)
class UtilizationCommand(Command):
    """`utilization [PERIOD] [by DIMENSION] [filters]`: how well the GPUs are used."""

    request: DaysRequest


@dataclass(frozen=True, slots=True)
class EfficiencyCommand(Command):
    """`efficiency [PERIOD] [by DIMENSION] [filters]`: what a request costs, the mix taken out."""

    request: DaysRequest


@dataclass(frozen=True, slots=True)
class FailuresCommand(Command):
    """`failures [PERIOD] [by DIMENSION] [filters]`: what failed requests cost."""

    request: DaysRequest


DaysCommand = UtilizationCommand | EfficiencyCommand | FailuresCommand
"""A question for rates or shares over complete days."""

WORDS: dict[type[DaysCommand], str] = {
    UtilizationCommand: "utilization",
    EfficiencyCommand: "efficiency",
    FailuresCommand: "failures",
}
"""The first word of each."""

_BECAUSE = {
    "top": "it shows as many rows as fit, and the CSV has them all",
    "infrastructure": "which cost it speaks of is settled",
    "customers": "machines are shared, so every request counts",
}

C = TypeVar("C", bound=DaysCommand)


def parse_utilization(
    tokens: list[Token], dimensions: Dimensions, role: Role
) -> UtilizationCommand:
    """The question that `tokens`, typed after `utilization`, ask; see `_parsed`."""
    command = _parsed(UtilizationCommand, tokens, dimensions, role)
    if command.request.customers_only:
        raise _unfit("utilization", "customers")
    return command


def parse_efficiency(tokens: list[Token], dimensions: Dimensions, role: Role) -> EfficiencyCommand:
    """The question that `tokens`, typed after `efficiency`, ask; see `_parsed`."""
    return _parsed(EfficiencyCommand, tokens, dimensions, role)


def parse_failures(tokens: list[Token], dimensions: Dimensions, role: Role) -> FailuresCommand:
    """The question that `tokens`, typed after `failures`, ask; see `_parsed`."""
    return _parsed(FailuresCommand, tokens, dimensions, role)


def write_days(command: DaysCommand) -> str:
    """The text that asks exactly this."""
    request = command.request
    cost = CostRequest(
        period=request.period,
        by=request.by,
        filters=request.filters,
        customers_only=request.customers_only,
    )
    return f"{WORDS[type(command)]} {write_cost(CostCommand(cost, csv=command.csv))}"


def _parsed(kind: type[C], tokens: list[Token], dimensions: Dimensions, role: Role) -> C:
    """What the tokens ask for; without a period, of the last seven complete days.

    Raises:
        NotUnderstood: a word is unknown, does not go with the command, or says a thing twice.
    """
    command = CostParser(dimensions, role).parse(tokens, WEEK)
    asked = command.request
    if asked.top is not None:
        raise _unfit(WORDS[kind], "top")
    if asked.basis is Basis.INFRASTRUCTURE:
        raise _unfit(WORDS[kind], "infrastructure")
    if "hour" in asked.by:
        sentence = f"`{WORDS[kind]}` does not go by hour: an hour is too short to judge."
        raise NotUnderstood(sentence, f"Try `/cost {WORDS[kind]} 7d by day`.")
    request = DaysRequest(asked.period, asked.by, asked.filters, asked.customers_only)
    return kind(request, csv=command.csv)


def _unfit(word: str, clause: str) -> NotUnderstood:
    sentence = f"`{word}` does not go with `{clause}`: {_BECAUSE[clause]}."
    return NotUnderstood(sentence, f"Try `/cost {word} 7d by model`.")

"""A command of `/recs`, written as the text that asks exactly this: what a button carries."""

from __future__ import annotations

from datetime import date

from analysis.recommendations.kept.states import Move
from bot.grammar.command import Command
from bot.grammar.recs_commands import (
    OpportunityAssignCommand,
    OpportunityListCommand,
    OpportunityShowCommand,
    OpportunityStatusCommand,
    RecsAssignCommand,
    RecsDecideCommand,
    RecsGenerateCommand,
    RecsHelpCommand,
    RecsListCommand,
    RecsShowCommand,
    RecsTrackerCommand,
)
from bot.grammar.recs_words import ALL
from bot.grammar.tokens import Token, join
from handlers.recommendations.requests import DEFAULT_DAYS, ListRequest


def write_recs(command: Command) -> str:
    """The text, to be typed after `/recs`.

    Raises:
        TypeError: it is no command of `/recs`.
    """
    text = _written(command)
    return f"{text} csv" if command.csv else text


def _written(command: Command) -> str:
    match command:
        case RecsHelpCommand():
            return "help"
        case RecsListCommand(request=request):
            return _list(request)
        case RecsShowCommand(which=which):
            return f"show {which}"
        case RecsGenerateCommand(days=days, organization=organization, is_meant=is_meant):
            every = f" {ALL}" if is_meant else ""
            length = "" if days == DEFAULT_DAYS else f" {days}d"
            return f"generate{length}{_org(organization)}{every}"
        case RecsDecideCommand():
            return _decision(command)
        case RecsAssignCommand(which=which, user=user):
            return f"assign {which} {'nobody' if user is None else user}".rstrip()
        case RecsTrackerCommand(organization=organization):
            return f"tracker{_org(organization)}"
        case _:
            return f"opportunities{_opportunity(command)}"


def _opportunity(command: Command) -> str:
    match command:
        case OpportunityListCommand(request=request):
            states = "".join(f" {state}" for state in sorted(request.states))
            after = "" if request.after is None else f" after {request.after}"
            return f"{states}{_org(request.organization)}{after}"
        case OpportunityShowCommand(which=which):
            return f" show {which}"
        case OpportunityAssignCommand(which=which, user=user):
            return f" assign {which} {user or 'nobody'}"
        case OpportunityStatusCommand(which, state, resolution, savings):
            saved = "" if savings is None else f" saved {savings}"
            because = "" if resolution is None else f" because {resolution}"
            return f" status {which} {state}{saved}{because}"
        case _:
            message = f"{type(command).__name__} is no command of /recs"
            raise TypeError(message)


def _list(request: ListRequest) -> str:
    words = ["list"]
    if not request.states:
        words.append(ALL)
    elif request.states != ListRequest().states:
        words += sorted(request.states)
    if request.kinds:
        words += ["kind", *sorted(request.kinds)]
    if request.min_savings:
        words += ["min", f"{request.min_savings:f}"]
    after = "" if request.after is None else f" after {request.after}"
    return f"{' '.join(words)}{_org(request.organization)}{after}"


def _decision(command: RecsDecideCommand) -> str:
    words = [command.move.value, command.which]
    if command.move is Move.VERIFY and command.savings is not None:
        words.append(command.savings)
    if command.days is not None:
        words.append(f"{command.days}d")
    text = " ".join(words) + _until(command.until)
    return f"{text} because {command.reason}" if command.reason else text


def _until(day: date | None) -> str:
    return "" if day is None else f" until {day}"


def _org(organization: str | None) -> str:
    if organization is None:
        return ""
    return f" org {join([Token(organization, quoted=True)])}"

"""A typed `/cost alert …`, understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.alert_rule_form import RuleFormParser
from bot.grammar.alert_rule_words import ALERT_SUBCOMMANDS
from bot.grammar.command import Command
from bot.grammar.tokens import Token, tokenize
from handlers.alert_rules.requests import (
    CreateRequest,
    DeleteRequest,
    EditRequest,
    ListRequest,
    PauseRequest,
    Which,
)
from handlers.budgets.finding import id_of
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AlertHelpCommand(Command):
    """`help`: what may be typed."""


@dataclass(frozen=True, slots=True)
class AlertCreateCommand(Command):
    """`create …`; None: with nothing behind it, which asks for the form."""

    request: CreateRequest | None = None


@dataclass(frozen=True, slots=True)
class AlertPreviewCommand(Command):
    """`preview …`."""

    request: CreateRequest


@dataclass(frozen=True, slots=True)
class AlertListCommand(Command):
    """`list …`, or nothing."""

    request: ListRequest = field(default_factory=ListRequest)


@dataclass(frozen=True, slots=True)
class AlertEditCommand(Command):
    """`edit NAME …`; with no field filled it asks for the form."""

    request: EditRequest


@dataclass(frozen=True, slots=True)
class AlertPauseCommand(Command):
    """`pause NAME [until DAY]`."""

    request: PauseRequest


@dataclass(frozen=True, slots=True)
class AlertDeleteCommand(Command):
    """`delete NAME`."""

    request: DeleteRequest


@dataclass(frozen=True, slots=True)
class AlertUndoCommand(Command):
    """`undo ID`."""

    key: UUID


@dataclass(frozen=True, slots=True)
class AlertWhichCommand(Command):
    """`show`, `resume` or `test`, and the rule."""

    word: str
    which: Which


def parse_alert(text: str, dimensions: Dimensions, role: Role, channel: str = "") -> Command:
    """What `text`, typed after `/cost`, asks for; its first word is `alert` or `alerts`.

    Args:
        text: as it was typed.
        dimensions: of the deployment.
        role: of who typed.
        channel: id of the one in which it was typed; empty: in none.

    Raises:
        NotUnderstood: with the word that was not understood, and a suggestion.
    """
    return parse_alert_tokens(tokenize(text)[1:], dimensions, role, channel)


def parse_alert_tokens(
    tokens: list[Token], dimensions: Dimensions, role: Role, channel: str = ""
) -> Command:
    """What words ask for; see `parse_alert`."""
    if not tokens:
        return AlertListCommand()
    word, rest = tokens[0].keyword, tokens[1:]
    parser = RuleFormParser(dimensions, role, channel)
    if word == "create":
        return AlertCreateCommand(CreateRequest(parser.create(rest)) if rest else None)
    if word == "preview" and rest:
        return AlertPreviewCommand(CreateRequest(parser.create(rest)))
    if word == "edit":
        name, organization, form = parser.edit(rest)
        return AlertEditCommand(EditRequest(Which(name, organization), form))
    further = _PARSERS.get(word)
    if further is None:
        words = [sub.word for sub in ALERT_SUBCOMMANDS]
        hint = did_you_mean(tokens[0].text, words)
        hint = hint if hint.startswith("Did you") else "`/cost alert help` has them all."
        raise NotUnderstood(f"{shown(tokens[0].text)} is nothing that an alert does.", hint)
    return further(rest)


def _which(
    tokens: list[Token], what: str, until: tuple[str, ...] = ()
) -> tuple[Which, list[Token]]:
    """The rule that is named, and the words behind it."""
    if not tokens:
        sentence = f"`{what}` needs the name of a rule."
        raise NotUnderstood(sentence, "`/cost alert list` has them.")
    name, rest = tokens[0].text, tokens[1:]
    if not tokens[0].quoted:
        words = [tokens[0].text]
        while rest and not rest[0].quoted and rest[0].keyword not in (*until, "org"):
            words.append(rest[0].text)
            rest = rest[1:]
        name = " ".join(words)
    organization = None
    if rest and rest[0].keyword == "org":
        if len(rest) < 2:
            raise NotUnderstood("`org` needs a name.", "Try `org acme`.")
        organization, rest = rest[1].text, rest[2:]
    return Which(name, organization), rest


def _nothing_after(what: str, rest: list[Token]) -> None:
    if rest:
        sentence = f"`{what}` does not go with {shown(rest[0].text)}."
        raise NotUnderstood(sentence, "A name with spaces goes in quotes.")


def _list(rest: list[Token]) -> Command:
    words: list[str] = []
    organization: str | None = None
    after: UUID | None = None
    while rest:
        token, rest = rest[0], rest[1:]
        if token.keyword == "org" and rest:
            organization, rest = rest[0].text, rest[1:]
        elif token.keyword == "after" and rest and (key := id_of(rest[0].text)):
            after, rest = key, rest[1:]
        else:
            words.append(token.text)
    return AlertListCommand(ListRequest(" ".join(words), organization, after))


def _named(word: str) -> Callable[[list[Token]], Command]:
    def parse(rest: list[Token]) -> Command:
        which, rest = _which(rest, word)
        _nothing_after(word, rest)
        return AlertWhichCommand(word, which)

    return parse


def _pause(rest: list[Token]) -> Command:
    which, rest = _which(rest, "pause", ("until",))
    until: date | None = None
    if rest and rest[0].keyword == "until":
        if len(rest) < 2:
            raise NotUnderstood("`until` needs a day.", "Try `until 2026-12-01`.")
        until = _day(rest[1].text)
        rest = rest[2:]
    _nothing_after("pause", rest)
    return AlertPauseCommand(PauseRequest(which, until))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise NotUnderstood(f"{shown(text)} is no day.", "Write it as `2026-12-01`.") from None


def _delete(rest: list[Token]) -> Command:
    which, rest = _which(rest, "delete")
    _nothing_after("delete", rest)
    return AlertDeleteCommand(DeleteRequest(which))


def _undo(rest: list[Token]) -> Command:
    key = id_of(rest[0].text) if len(rest) == 1 else None
    if key is None:
        hint = "It stands in the message, and its button does the same."
        raise NotUnderstood("`undo` needs an id.", hint)
    return AlertUndoCommand(key)


def _preview(rest: list[Token]) -> Command:
    del rest
    hint = "Try `/cost alert preview cost above 30% of 7d product api`."
    raise NotUnderstood("`preview` needs a rule to look at.", hint)


_PARSERS: Mapping[str, Callable[[list[Token]], Command]] = {
    "list": _list,
    "show": _named("show"),
    "resume": _named("resume"),
    "test": _named("test"),
    "pause": _pause,
    "delete": _delete,
    "undo": _undo,
    "preview": _preview,
    "help": lambda _: AlertHelpCommand(),
    "?": lambda _: AlertHelpCommand(),
}

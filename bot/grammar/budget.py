"""A typed `/budget …`, understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from analysis.errors import NotUnderstood
from analysis.roles import Role
from bot.grammar.budget_commands import (
    BudgetCreateCommand,
    BudgetDecideCommand,
    BudgetDeleteCommand,
    BudgetEditCommand,
    BudgetHelpCommand,
    BudgetHistoryCommand,
    BudgetListCommand,
    BudgetPauseCommand,
    BudgetRaiseCommand,
    BudgetResumeCommand,
    BudgetShowCommand,
    BudgetStatusCommand,
    BudgetUndoCommand,
)
from bot.grammar.budget_form import FormParser, is_amount
from bot.grammar.budget_words import BUDGET_SUBCOMMANDS
from bot.grammar.budget_write import DECISIONS
from bot.grammar.command import Command
from bot.grammar.tokens import Token, tokenize
from handlers.budgets.finding import id_of
from handlers.budgets.requests import (
    CreateRequest,
    DecideRaiseRequest,
    DeleteRequest,
    EditRequest,
    HistoryRequest,
    ListRequest,
    PauseRequest,
    RaiseRequest,
    ResumeRequest,
    ShowRequest,
    UndoRequest,
    Which,
)
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimensions

_BECAUSE = re.compile(r"(?:^|\s)because(?:\s+|$)", re.IGNORECASE)


def parse_budget(text: str, dimensions: Dimensions, role: Role) -> Command:
    """What `text`, typed after `/budget`, asks for.

    Raises:
        NotUnderstood: with the word that was not understood, and a suggestion.
    """
    head, reason = reason_of(text)
    tokens = tokenize(head)
    if not tokens:
        return BudgetListCommand()
    word, rest = tokens[0].keyword, tokens[1:]
    if word == "raise":
        return _raise(rest, reason)
    if word in DECISIONS:
        return _decide(word, rest, reason)
    if word == "create":
        rest = tokenize(text)[1:]
        return BudgetCreateCommand(
            CreateRequest(FormParser(dimensions, role).create(rest)) if rest else None
        )
    if word == "edit":
        which, form = FormParser(dimensions, role).edit(tokenize(text)[1:])
        return BudgetEditCommand(EditRequest(which, form))
    parser = _PARSERS.get(word)
    if parser is None:
        words = [sub.word for sub in BUDGET_SUBCOMMANDS]
        hint = did_you_mean(tokens[0].text, words)
        hint = hint if hint.startswith("Did you") else "`/budget help` has them all."
        raise NotUnderstood(f"I don't know the word {shown(tokens[0].text)}.", hint)
    return parser(tokenize(text)[1:])


def reason_of(text: str) -> tuple[str, str | None]:
    """What stands before `because`, and behind it; quotes hold the word back."""
    for match in _BECAUSE.finditer(text):
        head = text[: match.start()]
        try:
            tokenize(head)
        except NotUnderstood:
            continue  # a quote is still open there
        return head, " ".join(text[match.end() :].split())
    return text, None


def _which(
    tokens: list[Token], what: str, until: tuple[str, ...] = ()
) -> tuple[Which, list[Token]]:
    """The budget that is named, and the words behind it.

    A name without quotes goes on to the first of the words in `until`, or to `org`.
    """
    if not tokens:
        raise NotUnderstood(f"`{what}` needs the name of a budget.", "`/budget list` has them.")
    name, rest = tokens[0].text, tokens[1:]
    if not tokens[0].quoted:
        words = [tokens[0].text]
        while rest and not rest[0].quoted and rest[0].keyword not in (*until, "org"):
            words.append(rest.pop(0).text)
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
        raise NotUnderstood(sentence, "A name with spaces goes in quotes; `/budget help` has more.")


def _day_after(word: str, rest: list[Token], names: tuple[str, ...]) -> date | None:
    """The day behind one of some words, the only thing that may be left."""
    if not rest:
        return None
    if rest[0].keyword == "as" and len(rest) > 1 and rest[1].keyword == "of" and "on" in names:
        rest = rest[1:]
    elif rest[0].keyword not in names:
        _nothing_after(word, rest)
    if len(rest) < 2:
        sentence = f"`{names[0]}` needs a day."
        raise NotUnderstood(sentence, f"Try `{names[0]} 2026-03-31`.")
    _nothing_after(word, rest[2:])
    return day_of(rest[1].text)


def day_of(text: str) -> date:
    """A day of the calendar.

    Raises:
        NotUnderstood: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotUnderstood(f"{shown(text)} is no day.", "Write it as `2026-03-31`.") from None


_ON = ("on", "as-of")


def _show(rest: list[Token]) -> Command:
    which, rest = _which(rest, "show", (*_ON, "as"))
    return BudgetShowCommand(ShowRequest(which, _day_after("show", rest, _ON)))


def _status(rest: list[Token]) -> Command:
    if not rest:
        return BudgetListCommand()
    which, rest = _which(rest, "status", (*_ON, "as"))
    return BudgetStatusCommand(ShowRequest(which, _day_after("status", rest, _ON)))


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
    return BudgetListCommand(ListRequest(" ".join(words), organization, after))


def _history(rest: list[Token]) -> Command:
    which, rest = _which(rest, "history", ("before",))
    if not rest:
        return BudgetHistoryCommand(HistoryRequest(which))
    number = rest[1].text if len(rest) == 2 else ""
    if rest[0].keyword != "before" or not re.fullmatch("[0-9]{1,18}", number):
        _nothing_after("history", rest)
    return BudgetHistoryCommand(HistoryRequest(which, int(number)))


def _pause(rest: list[Token]) -> Command:
    which, rest = _which(rest, "pause", ("until",))
    return BudgetPauseCommand(PauseRequest(which, _day_after("pause", rest, ("until",))))


def _resume(rest: list[Token]) -> Command:
    which, rest = _which(rest, "resume")
    _nothing_after("resume", rest)
    return BudgetResumeCommand(ResumeRequest(which))


def _delete(rest: list[Token]) -> Command:
    which, rest = _which(rest, "delete")
    _nothing_after("delete", rest)
    return BudgetDeleteCommand(DeleteRequest(which))


def _undo(rest: list[Token]) -> Command:
    return BudgetUndoCommand(UndoRequest(_key("undo", rest)))


def _decide(word: str, rest: list[Token], reason: str | None) -> Command:
    key = _key(word, rest)
    match word:
        case "approve":
            return BudgetDecideCommand(DecideRaiseRequest(key, "approved", reason or ""))
        case "reject":
            return BudgetDecideCommand(DecideRaiseRequest(key, "rejected", reason or ""))
        case _:
            return BudgetDecideCommand(DecideRaiseRequest(key, "withdrawn", reason or ""))


def _key(word: str, rest: list[Token]) -> UUID:
    key = id_of(rest[0].text) if len(rest) == 1 else None
    if key is None:
        hint = "It stands in the message, and its buttons do the same."
        raise NotUnderstood(f"`{word}` needs an id.", hint)
    return key


def _raise(rest: list[Token], reason: str | None) -> Command:
    tokens: list[Token] = []
    if rest and not rest[0].quoted:
        # The name goes on to the amount: an amount is no part of it.
        while rest and not (tokens and is_amount(rest[0])) and rest[0].keyword != "org":
            tokens.append(rest[0])
            rest = rest[1:]
        rest = [Token(" ".join(token.text for token in tokens), quoted=True), *rest]
    which, rest = _which(rest, "raise")
    if not rest and reason is None:
        return BudgetRaiseCommand(which)
    if not rest or not is_amount(rest[0]):
        example = '`/budget raise "Prod LLM" 500 until 2026-03-31 because of the launch`'
        raise NotUnderstood("A raise needs an amount behind the name.", f"Try {example}.")
    amount, rest = rest[0].text, rest[1:]
    if rest and rest[0].keyword == "usd":
        amount, rest = f"{amount}USD", rest[1:]
    days: dict[str, date] = {}
    while rest:
        word = {"to": "until"}.get(rest[0].keyword, rest[0].keyword)
        if word not in ("from", "until") or len(rest) < 2 or word in days:
            _nothing_after("raise", rest)
        days[word] = day_of(rest[1].text)
        rest = rest[2:]
    request = RaiseRequest(which, amount, reason or "", days.get("until"), days.get("from"))
    return BudgetRaiseCommand(which, request)


_PARSERS: Mapping[str, Callable[[list[Token]], Command]] = {
    "list": _list,
    "show": _show,
    "status": _status,
    "history": _history,
    "pause": _pause,
    "resume": _resume,
    "delete": _delete,
    "undo": _undo,
    "help": lambda _: BudgetHelpCommand(),
    "?": lambda _: BudgetHelpCommand(),
}

"""A typed `/recs …`, understood."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.errors import NotUnderstood
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind
from bot.grammar.budget import day_of, reason_of
from bot.grammar.budget_form import is_amount
from bot.grammar.command import Command
from bot.grammar.recs_commands import (
    ME,
    UNSAID,
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
from bot.grammar.recs_words import ALL, DECISIONS, KIND_WORDS, LIST_WORDS, RECS_SUBCOMMANDS
from bot.grammar.tokens import Token, tokenize
from handlers.budgets.fields import amount
from handlers.budgets.finding import id_of
from handlers.nearest import did_you_mean, shown
from handlers.recommendations.requests import (
    DEFAULT_DAYS,
    ListRequest,
    OpportunityListRequest,
)

SPANS: Mapping[str, int] = {"week": 7, "1w": 7, "month": 30, "1m": 30, "quarter": 90}
"""Days that a snooze lasts, by the words for it."""

_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>|@?([UW][A-Z0-9]{6,20})", re.ASCII)
_DAYS = re.compile(r"([0-9]{1,4})d", re.ASCII)

_STATES = frozenset(state.value for state in State)
_WORDS = [sub.word for sub in RECS_SUBCOMMANDS if " " not in sub.word]


def parse_recs(text: str) -> Command:
    """What `text`, typed after `/recs`, asks for.

    Raises:
        NotUnderstood: with the word that was not understood, and a suggestion.
    """
    head, reason = reason_of(text)
    tokens = tokenize(head)
    if not tokens:
        return RecsListCommand()
    word, rest = tokens[0].keyword, tokens[1:]
    if word in DECISIONS:
        return _decide(DECISIONS[word], rest, reason)
    if word in ("opportunities", "opportunity"):
        return _opportunities(rest, reason)
    parser = _PARSERS.get(word)
    if parser is not None:
        return parser(tokenize(text)[1:])
    if word in LIST_WORDS or word in KIND_WORDS or word == "csv":
        return _list(tokenize(text))
    known = [*_WORDS, *sorted(LIST_WORDS), *(kind.value for kind in Kind)]
    raise _unknown(tokens[0], known)


def _unknown(token: Token, known: list[str]) -> NotUnderstood:
    hint = did_you_mean(token.text, known)
    hint = hint if hint.startswith("Did you") else "`/recs help` has them all."
    return NotUnderstood(f"I don't know the word {shown(token.text)}.", hint)


@dataclass
class _Listed:
    """A list as it is read, word by word."""

    states: set[State] = field(default_factory=set[State])
    kinds: set[Kind] = field(default_factory=set[Kind])
    is_all: bool = False
    min_savings: Decimal = Decimal(0)
    organization: str | None = None
    after: str | None = None
    csv: bool = False


def _list(rest: list[Token]) -> Command:
    read = _Listed()
    while rest:
        token, rest = rest[0], rest[1:]
        word = token.keyword.replace("-", "_")
        if word in _STATES:
            read.states.add(State(word))
        elif word == ALL:
            read.is_all = True
        elif word in ("kind", "type"):
            if not rest or rest[0].keyword.replace("-", "_") not in KIND_WORDS:
                raise _no_kind(rest[0] if rest else None)
        elif word in KIND_WORDS:
            read.kinds.add(KIND_WORDS[word])
        elif word == "csv":
            read.csv = True
        elif word in ("min", "org", "after"):
            _value(read, word, rest[0] if rest else None)
            rest = rest[1:]
        else:
            raise _unknown(token, [*sorted(LIST_WORDS), "csv", *KIND_WORDS])
    usual = ListRequest()
    states = frozenset[State]() if read.is_all else frozenset(read.states) or usual.states
    request = ListRequest(
        states=states,
        kinds=frozenset(read.kinds),
        min_savings=read.min_savings,
        organization=read.organization,
        after=None if read.after is None else id_of(read.after),
    )
    return RecsListCommand(request, csv=read.csv)


def _value(read: _Listed, word: str, token: Token | None) -> None:
    """Takes the value behind a word of a list."""
    match word:
        case "min":
            if token is None or not is_amount(token):
                raise NotUnderstood("`min` needs US dollars a month.", "Try `min $50`.")
            read.min_savings = amount(token.text)
        case "org":
            read.organization = _organization(token)
        case _:
            if token is None or id_of(token.text) is None:
                raise NotUnderstood("`after` needs an id.", "A button leads to the next page.")
            read.after = token.text


def _organization(token: Token | None) -> str:
    if token is None or not token.text.strip():
        raise NotUnderstood("`org` needs a name.", "Try `org acme`.")
    return token.text


def _no_kind(token: Token | None) -> NotUnderstood:
    kinds = [kind.value for kind in Kind]
    if token is None:
        return NotUnderstood("`kind` needs a type.", f"There is {', '.join(kinds)}.")
    return NotUnderstood(f"There is no type {shown(token.text)}.", did_you_mean(token.text, kinds))


def _which(rest: list[Token], what: str) -> tuple[str, list[Token]]:
    if not rest:
        raise NotUnderstood(f"`{what}` needs an id.", "`/recs` shows them, as in `1a2b3c4d`.")
    return rest[0].text, rest[1:]


def _nothing_after(what: str, rest: list[Token]) -> None:
    if rest:
        sentence = f"`{what}` does not go with {shown(rest[0].text)}."
        raise NotUnderstood(sentence, "`/recs help` shows how each command is written.")


def _show(rest: list[Token]) -> Command:
    which, rest = _which(rest, "show")
    _nothing_after("show", rest)
    return RecsShowCommand(which)


def _generate(rest: list[Token]) -> Command:
    days, organization, is_meant = DEFAULT_DAYS, None, False
    while rest:
        word, rest = rest[0], rest[1:]
        found = _DAYS.fullmatch(word.keyword)
        if found:
            days = int(found[1])
        elif word.keyword == "org":
            organization, rest = _organization(rest[0] if rest else None), rest[1:]
        elif word.keyword == ALL:
            is_meant = True
        else:
            _nothing_after("generate", [word])
    if organization is not None and is_meant:
        raise NotUnderstood("`org` and `all` do not go together.", "Leave one of them away.")
    return RecsGenerateCommand(days, organization, is_meant)


def _decide(move: Move, rest: list[Token], reason: str | None) -> Command:
    which, rest = _which(rest, move.value)
    match move:
        case Move.REJECT:
            return _reject(which, rest, reason)
        case Move.SNOOZE:
            return _snooze(which, rest, reason)
        case Move.VERIFY:
            if rest and not is_amount(rest[0]):
                hint = "Try `/recs verify 1a2b3c4d 450`; 0 where it saved nothing."
                raise NotUnderstood(f"{shown(rest[0].text)} is no amount of US dollars.", hint)
            _nothing_after("verify", rest[1:])
            savings = rest[0].text if rest else None
            return RecsDecideCommand(which, move, reason or "", savings=savings)
        case _:
            _nothing_after(move.value, rest)
            return RecsDecideCommand(which, move, reason or "")


def _reject(which: str, rest: list[Token], reason: str | None) -> Command:
    """`until DAY` stands before `because`; without that word all the rest is the reason."""
    until = None
    if len(rest) > 1 and rest[0].keyword == "until":
        until, rest = day_of(rest[1].text), rest[2:]
    elif len(rest) > 1 and rest[-2].keyword == "until":
        until, rest = day_of(rest[-1].text), rest[:-2]
    said = " ".join(token.text for token in rest)
    if reason is not None:
        _nothing_after("reject", rest)
        said = reason
    return RecsDecideCommand(which, Move.REJECT, said, until=until)


def _snooze(which: str, rest: list[Token], reason: str | None) -> Command:
    if rest and rest[0].keyword == "until":
        if len(rest) < 2:
            raise NotUnderstood("`until` needs a day.", "Try `until 2026-12-01`.")
        _nothing_after("snooze", rest[2:])
        return RecsDecideCommand(which, Move.SNOOZE, reason or "", until=day_of(rest[1].text))
    if rest and rest[0].keyword == "for":
        rest = rest[1:]
    if not rest:
        return RecsDecideCommand(which, Move.SNOOZE, reason or "")
    found = _DAYS.fullmatch(rest[0].keyword)
    days = int(found[1]) if found else SPANS.get(rest[0].keyword)
    if days is None:
        hint = "Write `until 2026-12-01`, `14d`, `week` or `month`."
        raise NotUnderstood(f"{shown(rest[0].text)} is no time to snooze.", hint)
    _nothing_after("snooze", rest[1:])
    return RecsDecideCommand(which, Move.SNOOZE, reason or "", days=days)


def _assign(rest: list[Token]) -> Command:
    which, rest = _which(rest, "assign")
    if not rest:
        return RecsAssignCommand(which, UNSAID)
    user, rest = _person(rest, "assign")
    _nothing_after("assign", rest)
    return RecsAssignCommand(which, user)


def _person(rest: list[Token], what: str) -> tuple[str | None, list[Token]]:
    if not rest:
        sentence = f"`{what}` needs a person behind the id."
        raise NotUnderstood(sentence, "Write `@person`, `me` or `nobody`.")
    word, rest = rest[0], rest[1:]
    if word.keyword == ME:
        return ME, rest
    if word.keyword in ("nobody", "none"):
        return None, rest
    found = _PERSON.fullmatch(word.text)
    if found is None:
        hint = "Pick the person from Slack's list behind `@`, or write `me` or `nobody`."
        raise NotUnderstood(f"{shown(word.text)} is nobody's name here.", hint)
    return found[1] or found[2], rest


def _tracker(rest: list[Token]) -> Command:
    organization = None
    csv = any(token.keyword == "csv" for token in rest)
    rest = [token for token in rest if token.keyword != "csv"]
    if rest and rest[0].keyword == "org":
        organization, rest = _organization(rest[1] if len(rest) > 1 else None), rest[2:]
    _nothing_after("tracker", rest)
    return RecsTrackerCommand(organization, csv=csv)


def _opportunities(rest: list[Token], reason: str | None) -> Command:
    word = rest[0].keyword if rest else ""
    match word:
        case "show":
            which, rest = _which(rest[1:], "opportunities show")
            _nothing_after("opportunities show", rest)
            return OpportunityShowCommand(which)
        case "assign":
            which, rest = _which(rest[1:], "opportunities assign")
            user, rest = _person(rest, "opportunities assign")
            _nothing_after("opportunities assign", rest)
            return OpportunityAssignCommand(which, user)
        case "status":
            return _status(rest[1:], reason)
        case "list":
            return _opportunity_list(rest[1:])
        case _:
            return _opportunity_list(rest)


_OPPORTUNITY_STATES = [state.value for state in OpportunityState]


def _opportunity_list(rest: list[Token]) -> Command:
    states: set[OpportunityState] = set()
    read = _Listed()
    while rest:
        token, rest = rest[0], rest[1:]
        if token.keyword in _OPPORTUNITY_STATES:
            states.add(OpportunityState(token.keyword))
        elif token.keyword == "csv":
            read.csv = True
        elif token.keyword in ("org", "after"):
            _value(read, token.keyword, rest[0] if rest else None)
            rest = rest[1:]
        elif token.keyword != ALL:
            known = [*_OPPORTUNITY_STATES, "org", "csv", "show", "assign", "status"]
            raise _unknown(token, known)
    after = None if read.after is None else id_of(read.after)
    request = OpportunityListRequest(frozenset(states), read.organization, after)
    return OpportunityListCommand(request, csv=read.csv)


def _status(rest: list[Token], reason: str | None) -> Command:
    which, rest = _which(rest, "opportunities status")
    settable = [state for state in _OPPORTUNITY_STATES if state != OpportunityState.EXPIRED]
    if not rest or rest[0].keyword not in settable:
        if rest:
            raise _unknown(rest[0], settable)
        sentence = "`opportunities status` needs a status behind the id."
        raise NotUnderstood(sentence, f"There is {', '.join(settable)}.")
    state, rest = OpportunityState(rest[0].keyword), rest[1:]
    savings = None
    if rest and rest[0].keyword == "saved":
        if len(rest) < 2 or not is_amount(rest[1]):
            raise NotUnderstood("`saved` needs US dollars a month.", "Try `saved 120`.")
        savings, rest = rest[1].text, rest[2:]
    _nothing_after("opportunities status", rest)
    return OpportunityStatusCommand(which, state, reason, savings)


_PARSERS: Mapping[str, Callable[[list[Token]], Command]] = {
    "list": _list,
    "show": _show,
    "generate": _generate,
    "assign": _assign,
    "tracker": _tracker,
    "help": lambda _: RecsHelpCommand(),
    "?": lambda _: RecsHelpCommand(),
}

"""`statement`, from words to a request and back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from analysis.errors import NotUnderstood
from analysis.showback.rules import Basis, Method, Rule
from bot.grammar.command import Command
from bot.grammar.tokens import Token, join
from handlers.nearest import did_you_mean, shown
from handlers.showback.results import StatementRequest

LAST = "last"
CONFIRM = "confirm"
_ORGANIZATION = ("organization", "org")
_BASES = {"cost": Basis.COST, "requests": Basis.REQUESTS, "gpu_seconds": Basis.GPU_SECONDS}
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII)
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%?", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{12}", re.ASCII)
_BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class StatementCommand(Command):
    """`statement [MONTH] [org NAME] [team NAME] [csv]`."""

    request: StatementRequest = field(default_factory=StatementRequest)


@dataclass(frozen=True, slots=True)
class StatementRuleCommand(Command):
    """`statement rule [METHOD …]`.

    Attributes:
        rule: None: it is looked at.
        from_month: None: the oldest open one.
    """

    rule: Rule | None = None
    from_month: date | None = None


@dataclass(frozen=True, slots=True)
class StatementCloseCommand(Command):
    """`statement close MONTH`, and with `confirm DIGEST` it is done.

    Attributes:
        month: its first day.
        digest: of what was looked at; empty: it is looked at.
    """

    month: date
    digest: str = ""


@dataclass(frozen=True, slots=True)
class StatementListCommand(Command):
    """`statement list`: the closed months."""


def parse_statement(tokens: list[Token]) -> Command:
    """What stands after the word `statement`.

    Raises:
        NotUnderstood: a word is unknown, or there twice.
        BadInput: shares make no sense.
    """
    word = tokens[0].keyword if tokens else ""
    if word == "rule":
        return _rule(tokens[1:])
    if word == "close":
        return _close(tokens[1:])
    if word in ("list", "closed"):
        if len(tokens) > 1:
            raise _stray(tokens[1])
        return StatementListCommand()
    return _statement(tokens)


def write_statement(
    command: StatementCommand | StatementRuleCommand | StatementCloseCommand | StatementListCommand,
) -> str:
    """The text that asks exactly this: what a button carries."""
    words = [Token("statement")]
    match command:
        case StatementCommand(request=request):
            if request.month is not None:
                words.append(Token(f"{request.month:%Y-%m}"))
            for name, value in (("org", request.organization), ("team", request.team)):
                if value is not None:
                    words += [Token(name), _value(value)]
        case StatementRuleCommand(rule=rule, from_month=from_month):
            words.append(Token("rule"))
            if rule is not None:
                words += [Token(rule.method.value), *_written(rule)]
            if from_month is not None:
                words += [Token("from"), Token(f"{from_month:%Y-%m}")]
        case StatementCloseCommand(month=month, digest=digest):
            words += [Token("close"), Token(f"{month:%Y-%m}")]
            words += [Token(CONFIRM), Token(digest)] if digest else []
        case StatementListCommand():
            words.append(Token("list"))
    return join([*words, Token("csv")] if command.csv else words)


def _statement(tokens: Sequence[Token]) -> StatementCommand:
    found: dict[str, str] = {}
    month: date | None = None
    has_month = csv = False
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        word, equals, value = token.keyword.partition("=")
        name = "organization" if word in _ORGANIZATION else word
        if name in ("organization", "team"):
            typed = (
                token.text.partition("=")[2] if value else _next(rest, word, equals=bool(equals))
            )
            if name in found:
                raise NotUnderstood(f"Two of {name}.", "A statement is of one.")
            found[name] = typed
        elif word == "csv" and not equals:
            csv = True
        elif has_month:
            raise _stray(token)
        else:
            month, has_month = _month(token) if token.keyword != LAST else None, True
    request = StatementRequest(month, found.get("organization"), found.get("team"))
    return StatementCommand(request, csv=csv)


def _rule(tokens: Sequence[Token]) -> StatementRuleCommand:
    if not tokens:
        return StatementRuleCommand()
    word, rest = tokens[0].keyword, list(tokens[1:])
    if word not in tuple(Method):
        hint = did_you_mean(tokens[0].text, tuple(Method))
        raise NotUnderstood(f"{shown(tokens[0].text)} is no rule.", hint)
    method, basis = Method(word), Basis.COST
    from_month: date | None = None
    if len(rest) > 1 and rest[-2].keyword == "from":
        from_month = _month(rest[-1])
        del rest[-2:]
    shares: Mapping[str, Decimal] = {}
    if method is Method.FIXED:
        shares = _shares(rest)
    elif method is Method.PROPORTIONAL and rest:
        basis = _basis([token for token in rest if token.keyword not in ("by", "to")])
    elif rest:
        raise _stray(rest[0])
    return StatementRuleCommand(Rule(method, basis, shares), from_month)


def _basis(tokens: Sequence[Token]) -> Basis:
    word = "_".join(token.keyword for token in tokens)
    if word not in _BASES:
        hint = "Try `proportional by cost`, `by requests` or `by gpu_seconds`."
        raise NotUnderstood(f"{shown(word)} is nothing to divide by.", hint)
    return _BASES[word]


def _shares(tokens: Sequence[Token]) -> dict[str, Decimal]:
    """Names and their shares, by turns; `acme=60%` is one of each."""
    parted: list[Token] = []
    for token in tokens:
        name, equals, share = token.text.rpartition("=")
        if equals and not token.quoted and _SHARE.fullmatch(share):
            parted += [Token(name), Token(share)] if name else [Token(share)]
        else:
            name = token.text.removesuffix("=")
            parted.append(token if token.quoted else Token(name))
    shares: dict[str, Decimal] = {}
    while parted:
        name = parted.pop(0).text
        match = _SHARE.fullmatch(parted.pop(0).text) if parted else None
        if match is None:
            sentence = f"There is no share behind {shown(name)}."
            raise NotUnderstood(sentence, "Try `fixed acme 60% globex 40%`.")
        if name in shares:
            raise NotUnderstood(f"{shown(name)} is there twice.", "Give one share for each.")
        shares[name] = Decimal(match[1])
    return shares


def _close(tokens: Sequence[Token]) -> StatementCloseCommand:
    if not tokens:
        raise NotUnderstood("Which month?", "Try `/cost statement close 2026-10`.")
    month = _month(tokens[0])
    if len(tokens) == 1:
        return StatementCloseCommand(month)
    if tokens[1].keyword != CONFIRM or len(tokens) != 3 or not _DIGEST.fullmatch(tokens[2].text):
        raise _stray(tokens[1])
    return StatementCloseCommand(month, tokens[2].text)


def _month(token: Token) -> date:
    match = _MONTH.fullmatch(token.keyword)
    if match is None:
        raise _stray(token)
    try:
        return date(int(match[1]), int(match[2]), 1)
    except ValueError:
        sentence = f"The calendar has no {token.text}."
        raise NotUnderstood(sentence, "Write a month as in `2026-10`.") from None


def _next(rest: list[Token], word: str, *, equals: bool) -> str:
    if not rest:
        sentence = f"`{word}{'=' if equals else ''}` stands there without a name."
        raise NotUnderstood(sentence, f"Try `/cost statement {word} acme`.")
    return rest.pop(0).text


def _value(text: str) -> Token:
    return Token(text, quoted=not _BARE.fullmatch(text))


def _written(rule: Rule) -> list[Token]:
    if rule.method is Method.PROPORTIONAL:
        return [Token("by"), Token(rule.basis.value)]
    pairs = [(_value(name), Token(f"{share:f}%")) for name, share in rule.shares.items()]
    return [token for pair in pairs for token in pair]


def _stray(token: Token) -> NotUnderstood:
    sentence = f"`statement` does not go with {shown(token.text)}."
    hint = "Try `/cost statement 2026-10`, `statement rule`, `statement close 2026-10` or `list`."
    return NotUnderstood(sentence, hint)

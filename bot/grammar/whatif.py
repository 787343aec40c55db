"""A question what usage would cost otherwise, from words to a request and back."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from analysis.errors import NotUnderstood
from analysis.periods import Last
from analysis.recommendations.whatif import Changes
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.cost import CostCommand, CostParser, write_cost
from bot.grammar.periods import parse_period
from bot.grammar.tokens import Token, join
from bot.grammar.words import all_keywords, dimension_words
from handlers.cost_results import CostRequest
from handlers.nearest import did_you_mean, shown
from handlers.own_usage import MODEL
from handlers.whatif import WhatIfRequest
from queries.dimensions import Dimensions

SHARES: Mapping[str, str] = {
    "share": "model",
    "cache": "cache",
    "write": "cache_write",
    "batch": "batch",
}
"""Words before a share, and the change that it is."""

CUTS: Mapping[str, str] = {"input": "input", "output": "output", "requests": "requests"}
"""Words before a share that falls away, which is written with a minus."""

LEVERS = (*SHARES, *CUTS)

RECOMMEND = "recommend"
"""Makes a recommendation of it."""

TO = "to"

_ARROW = re.compile(r"→|⇒|➔|➜|->|=>")

_SHARE = re.compile(r"([-+−–]?)([0-9]{1,9}(?:\.[0-9]{1,9})?)(%?)", re.ASCII)

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/:@-]*", re.ASCII)

_UNFIT = ("by", "top", "customers", "infrastructure")

_NO_PERIOD = Last(30, "d")
"""Stands for a period that nobody named: recognized as this one object, not by its value."""


@dataclass(frozen=True, slots=True)
class WhatIfCommand(Command):
    """`whatif [model A→B] [share 40%] [cache 30%] [batch 20%] …`: what it would cost otherwise.

    Attributes:
        request: the question.
        recommend: it is to become a recommendation.
    """

    request: WhatIfRequest
    recommend: bool = False


@dataclass(slots=True)
class _Draft:
    """What has been understood so far."""

    changes: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    models: tuple[str, str] | None = None
    recommend: bool = False
    rest: list[Token] = field(default_factory=list[Token])


def parse_what_if(tokens: list[Token], dimensions: Dimensions, role: Role) -> WhatIfCommand:
    """The question that `tokens`, typed after `whatif`, ask.

    Raises:
        NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
    """
    words = dimension_words(dimensions, role)
    names = {*dimensions, *words}
    models = {word for word, dimension in words.items() if dimension.name == MODEL}
    keywords = [*LEVERS, RECOMMEND, *all_keywords(dimensions, role)]
    draft = _Draft()
    rest = list(reversed(_parted(tokens, {*LEVERS, *names})))
    while rest:
        token = rest.pop()
        word = token.keyword
        if word in LEVERS:
            _take_lever(word, rest, draft)
        elif word in models and rest:
            name = rest.pop()
            if not _take_models(name, rest, draft):
                draft.rest += [token, name]
        elif word in names:
            draft.rest.append(token)
            if rest:
                draft.rest.append(rest.pop())
        elif word == RECOMMEND:
            draft.recommend = True
        elif word == "csv" or (word and parse_period(word) is not None):
            draft.rest.append(token)
        elif not _take_models(token, rest, draft):
            raise _unknown(token, keywords)
    return _command(draft, dimensions, role)


def write_what_if(command: WhatIfCommand) -> str:
    """The text that asks exactly this: what a button carries."""
    request = command.request
    words: list[Token] = []
    if request.source is not None and request.target is not None:
        words += [Token(MODEL), _name(request.source), Token(TO), _name(request.target)]
    for word, change in SHARES.items():
        value: Decimal = getattr(request.changes, change)
        if value and (word != "share" or value != 1):
            words += [Token(word), Token(written_share(value))]
    for word, change in CUTS.items():
        if value := getattr(request.changes, change):
            words += [Token(word), Token(f"-{written_share(value)}")]
    asked = CostRequest(period=request.period or _NO_PERIOD, filters=request.filters)
    period, _, filters = write_cost(CostCommand(asked)).partition(" ")
    after = [Token(RECOMMEND)] if command.recommend else []
    after += [Token("csv")] if command.csv else []
    parts = ("whatif", join(words), filters, period if request.period else "", join(after))
    return " ".join(part for part in parts if part)


def written_share(share: Decimal) -> str:
    """A share as it is typed: "40%"."""
    text = f"{share * 100:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def _command(draft: _Draft, dimensions: Dimensions, role: Role) -> WhatIfCommand:
    command = CostParser(dimensions, role).parse(draft.rest, _NO_PERIOD)
    request = command.request
    if draft.models is not None and MODEL in request.filters:
        sentence = "The model is named twice: once with an arrow, once without."
        raise NotUnderstood(sentence, f"Write {shown(f'model {draft.models[0]} to …')} alone.")
    changes = draft.changes
    if draft.models is not None:
        changes.setdefault("model", Decimal(1))
    elif "model" in changes:
        hint = "Try `/cost whatif model gpt-4-turbo to gpt-4o-mini share 40%`."
        raise NotUnderstood("`share` says how much goes to another model, and there is none.", hint)
    if changes.get("cache", Decimal(0)) + changes.get("cache_write", Decimal(0)) > 1:
        sentence = "What is read from the cache and what is written to it are more than all input."
        raise NotUnderstood(sentence, "Together they are at most 100%.")
    source, target = draft.models or (None, None)
    return WhatIfCommand(
        WhatIfRequest(
            changes=Changes(**changes),
            source=source,
            target=target,
            period=None if request.period is _NO_PERIOD else request.period,
            filters=request.filters,
        ),
        recommend=draft.recommend,
        csv=command.csv,
    )


def _parted(tokens: list[Token], names: Container[str]) -> list[Token]:
    """`cache=30%` and `model=a→b` as the two words that they stand for."""
    parted: list[Token] = []
    for token in tokens:
        name, equals, value = token.text.partition("=")
        if equals and not token.quoted and name.casefold() in names and value[:1] != ">":
            parted.append(Token(name))
            if value:
                parted.append(Token(value))
        else:
            parted.append(token)
    return parted


def _take_lever(word: str, rest: list[Token], draft: _Draft) -> None:
    change = SHARES.get(word) or CUTS[word]
    if change in draft.changes:
        raise NotUnderstood(f"`{word}` is there twice.", "Once is enough.")
    text = rest.pop().text if rest else ""
    if rest and text and rest[-1].text in ("%", "percent"):
        rest.pop()
        text += "%"
    draft.changes[change] = _cut(word, text) if word in CUTS else _share(word, text)


def _share(word: str, text: str) -> Decimal:
    sign, value = _number(word, text, f"{word} 30%")
    if sign == "-":
        raise NotUnderstood(
            f"`{word}` is a share, and {shown(text)} is none.", f"Try `{word} 30%`."
        )
    return value


def _cut(word: str, text: str) -> Decimal:
    sign, value = _number(word, text, f"{word} -20%")
    if sign == "+":
        sentence = f"{shown(f'{word} {text}')} would be more, which saves nothing."
        raise NotUnderstood(sentence, f"Write `{word} -20%` for a fifth less.")
    if sign != "-":
        less = written_share(value)
        sentence = f"{shown(f'{word} {text}')} may mean {less} less, or {less} left."
        raise NotUnderstood(sentence, f"Write `{word} -{less}` for less.")
    return value


def _number(word: str, text: str, example: str) -> tuple[str, Decimal]:
    """The sign, `-`, `+` or none, and the share."""
    match = _SHARE.fullmatch(text)
    if match is None:
        given = f", and {shown(text)} is none" if text else ""
        raise NotUnderstood(f"`{word}` needs a share{given}.", f"Try `{example}`.")
    sign, digits, per_cent = match.groups()
    number = Decimal(digits)
    if not per_cent and number == 1:
        sentence = f"{shown(f'{word} {text}')} may mean 1 % or all of it."
        raise NotUnderstood(sentence, "Write `1%` or `100%`.")
    value = number if not per_cent and number < 1 else number / 100
    if value > 1:
        sentence = f"`{word}` is a share of what there is, and {shown(text)} is more than all."
        raise NotUnderstood(sentence, "It is at most 100%.")
    if not value:
        sentence = f"{shown(f'{word} {text}')} changes nothing."
        raise NotUnderstood(sentence, f"Leave it away, or try `{example}`.")
    return {"−": "-", "–": "-"}.get(sign, sign), value


def _take_models(name: Token, rest: list[Token], draft: _Draft) -> bool:
    """Takes `A→B`, `A → B` or `A to B`; whether it was one."""
    before, behind = name.text, ""
    arrow = None if name.quoted else _ARROW.search(name.text)
    if arrow is not None:
        before, behind = name.text[: arrow.start()], name.text[arrow.end() :]
    elif rest and _begins_with_arrow(rest[-1]):
        behind = _ARROW.sub("", rest[-1].text, count=1) if rest[-1].keyword != TO else ""
        rest.pop()
    else:
        return False
    if not behind and rest and rest[-1].keyword not in LEVERS:
        behind = rest.pop().text
    if not before or not behind:
        sentence = "An arrow leads from one model to another, and one of them is missing."
        raise NotUnderstood(sentence, "Try `/cost whatif model gpt-4-turbo to gpt-4o-mini`.")
    if draft.models is not None:
        sentence = f"Two arrows, from {shown(draft.models[0])} and from {shown(before)}."
        raise NotUnderstood(sentence, "Ask for one model at a time.")
    draft.models = before, behind
    return True


def _begins_with_arrow(token: Token) -> bool:
    return token.keyword == TO or (not token.quoted and _ARROW.match(token.text) is not None)


def _unknown(token: Token, keywords: list[str]) -> NotUnderstood:
    if token.keyword in _UNFIT:
        sentence = f"`whatif` does not go with `{token.keyword}`: it adds up all that is meant."
        return NotUnderstood(sentence, "Try `/cost whatif cache 30% feature chat`.")
    hint = did_you_mean(token.text, keywords, otherwise="")
    instead = "Levers are " + ", ".join(f"`{word}`" for word in LEVERS) + "."
    sentence = f"I don't know the word {shown(token.text)}."
    return NotUnderstood(sentence, hint if "Did you" in hint else instead)


def _name(name: str) -> Token:
    is_plain = _PLAIN.fullmatch(name) is not None and name.casefold() not in (TO, *LEVERS)
    return Token(name, quoted=not is_plain or _ARROW.search(name) is not None)

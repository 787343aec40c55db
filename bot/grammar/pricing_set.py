"""A rate that is to be set, from words to a request and back; taking one back; offers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from analysis.errors import NotUnderstood
from bot.grammar.command import Command
from bot.grammar.tokens import Token, join
from handlers.nearest import did_you_mean, shown
from handlers.rates import RateRequest

EXAMPLE = (
    "`/cost pricing set openai gpt-4o input 2.10 output 8.40 from 2026-12-01 "
    'reference "contract 17"`'
)

_AMOUNTS: Mapping[str, str] = {
    "input": "input",
    "in": "input",
    "output": "output",
    "out": "output",
    "cached": "cached_input",
    "written": "cache_write",
    "reasoning": "reasoning",
}
"""What stands before an amount, and the field that it is."""

_WORDS = ("batch", "above", "from", "reference", "organization", "org", "everybody", "save")

_BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class PricingSetCommand(Command):
    """`pricing set PROVIDER MODEL …`: a rate on trial, or saved.

    Attributes:
        request: the rate.
        save: it is set; else it is only looked at.
    """

    request: RateRequest
    save: bool = False


@dataclass(frozen=True, slots=True)
class PricingUndoCommand(Command):
    """`pricing undo KEY`: takes back a rate that was set within a day."""

    key: str


@dataclass(frozen=True, slots=True)
class PricingOffersCommand(Command):
    """`pricing offers [provider]`: what providers offer beside their lists."""

    provider: str | None = None


@dataclass(slots=True)
class _Rate:
    """What was said so far."""

    amounts: dict[str, Decimal] = field(default_factory=dict[str, Decimal])
    effective: date | None = None
    reference: str | None = None
    above: int = 0
    organization: str | None = None
    everybody: bool = False
    save: bool = False


def parse_pricing_set(tokens: list[Token]) -> PricingSetCommand:
    """The rate that `tokens`, typed after `pricing set`, describe.

    Raises:
        NotUnderstood: a word lacks its value, is missing, or means nothing.
    """
    if len(tokens) < 2:
        raise NotUnderstood("A rate is of a provider and a model.", f"Try {EXAMPLE}.")
    provider, model, *rest = tokens
    said = _Rate()
    words = list(reversed(rest))
    while words:
        _take(words.pop(), words, said)
    if "input" not in said.amounts or "output" not in said.amounts:
        lacking = "input" if "input" not in said.amounts else "output"
        raise NotUnderstood(f"The rate says no price of {lacking}.", f"Try {EXAMPLE}.")
    if said.effective is None or said.reference is None:
        lacking = "from which day on it holds" if said.effective is None else "where it is written"
        raise NotUnderstood(f"The rate does not say {lacking}.", f"Try {EXAMPLE}.")
    request = RateRequest(
        provider=provider.text,
        model=model.text,
        input=said.amounts["input"],
        output=said.amounts["output"],
        effective=said.effective,
        reference=said.reference,
        cached_input=said.amounts.get("cached_input"),
        cache_write=said.amounts.get("cache_write"),
        reasoning=said.amounts.get("reasoning"),
        batch_input=said.amounts.get("batch_input"),
        batch_output=said.amounts.get("batch_output"),
        above=said.above,
        organization=said.organization,
        everybody=said.everybody,
    )
    return PricingSetCommand(request, save=said.save)


def _take(token: Token, words: list[Token], said: _Rate) -> None:
    """Takes one word and what belongs to it."""
    word = token.keyword
    if word in _AMOUNTS:
        _put(said, _AMOUNTS[word], _amount(word, _next(word, words)))
        return
    match word:
        case "batch":
            value = _next(word, words)
            taken, slash, given = value.partition("/")
            _put(said, "batch_input", _amount(word, taken))
            _put(said, "batch_output", _amount(word, given if slash else _next(word, words)))
        case "above":
            said.above = _tokens(_next(word, words))
        case "from":
            said.effective = _day(_next(word, words))
        case "reference":
            said.reference = _next(word, words)
        case "organization" | "org":
            said.organization = _next(word, words)
        case "everybody":
            said.everybody = True
        case "save":
            said.save = True
        case _:
            hint = did_you_mean(word or token.text, [*_AMOUNTS, *_WORDS], otherwise="")
            raise NotUnderstood(f"{shown(token.text)} is no part of a rate.", hint)


def _put(said: _Rate, name: str, amount: Decimal) -> None:
    if name in said.amounts:
        raise NotUnderstood(f"The rate says the price of {name.replace('_', ' ')} twice.")
    said.amounts[name] = amount


def _next(word: str, words: list[Token]) -> str:
    if not words:
        raise NotUnderstood(f"`{word}` lacks what belongs to it.", f"Try {EXAMPLE}.")
    return words.pop().text


def _amount(word: str, text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$").replace(",", ""))
    except InvalidOperation:
        sentence = f"{shown(text)} after `{word}` is no price."
        raise NotUnderstood(sentence, "Write USD per million tokens, such as 2.50.") from None
    if not amount.is_finite():
        raise NotUnderstood(f"{shown(text)} after `{word}` is no price.")
    return amount


def _tokens(text: str) -> int:
    plain = text.replace(",", "").replace("_", "").casefold()
    factor = 1_000 if plain.endswith("k") else 1
    digits = plain.removesuffix("k")
    if not digits.isascii() or not digits.isdigit():
        raise NotUnderstood(f"{shown(text)} is no number of tokens.", "Write it as 200000 or 200k.")
    return int(digits) * factor


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        sentence = f"{shown(text)} is no day."
        raise NotUnderstood(sentence, "Write it as 2026-12-01.") from None


def write_pricing_set(command: PricingSetCommand) -> str:
    """The text that asks exactly this: what a button carries."""
    request = command.request
    words: list[Token] = [Token("pricing"), Token("set")]
    words += [_value(request.provider), _value(request.model)]
    for word, name in (
        ("input", "input"),
        ("output", "output"),
        ("cached", "cached_input"),
        ("written", "cache_write"),
        ("reasoning", "reasoning"),
    ):
        amount = getattr(request, name)
        words += [] if amount is None else [Token(word), Token(f"{amount:f}")]
    if request.batch_input is not None and request.batch_output is not None:
        words += [Token("batch"), Token(f"{request.batch_input:f}/{request.batch_output:f}")]
    words += [Token("above"), Token(str(request.above))] if request.above else []
    words += [Token("from"), Token(request.effective.isoformat())]
    words += [Token("reference"), Token(request.reference, quoted=True)]
    if request.organization is not None:
        words += [Token("organization"), Token(request.organization, quoted=True)]
    words += [Token("everybody")] if request.everybody else []
    words += [Token("save")] if command.save else []
    return join(words)


def _value(text: str) -> Token:
    return Token(text, quoted=_BARE.fullmatch(text) is None)


def parse_pricing_undo(tokens: list[Token]) -> PricingUndoCommand:
    """The rate that is to be taken back.

    Raises:
        NotUnderstood: not one key.
    """
    if len(tokens) != 1:
        hint = "The button Undo below a rate that was set does so."
        raise NotUnderstood("`pricing undo` needs the key of one rate.", hint)
    return PricingUndoCommand(tokens[0].text)


def parse_pricing_offers(tokens: list[Token]) -> PricingOffersCommand:
    """Whose offers are asked for.

    Raises:
        NotUnderstood: several providers.
    """
    if len(tokens) > 1:
        sentence = f"`pricing offers` does not go with {shown(tokens[1].text)}."
        raise NotUnderstood(sentence, "Name one provider, or none for all.")
    return PricingOffersCommand(tokens[0].text if tokens else None)

"""A question about cost, from words to a request and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.errors import NotUnderstood
from analysis.periods import Calendar, Period
from analysis.roles import Role
from bot.grammar.command import Command
from bot.grammar.periods import parse_period, write_period
from bot.grammar.tokens import Token, join
from bot.grammar.words import all_keywords, dimension_words
from handlers.cost_results import MOST_BREAKDOWNS, CostRequest
from handlers.nearest import did_you_mean, shown
from queries.breakdown import TIMES, Basis
from queries.dimensions import Dimension, Dimensions

MOST_ROWS = 1000
"""More rows than this nobody reads in a message; a CSV has them all."""


@dataclass(frozen=True, slots=True)
class CostCommand(Command):
    """A question about cost."""

    request: CostRequest


@dataclass(slots=True)
class _Draft:
    """What has been understood so far."""

    period: Period | None = None
    by: list[str] = field(default_factory=list[str])
    filters: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    top: int | None = None
    customers: bool = False
    infrastructure: bool = False
    csv: bool = False


class CostParser:
    """Understands the words of a question about cost, as far as `role` may ask."""

    def __init__(self, dimensions: Dimensions, role: Role) -> None:
        self._words = dimension_words(dimensions, role)
        self._keywords = list(all_keywords(dimensions, role))
        # Beyond the role, a dimension is understood too: the handler says whom it is for.
        self._any = {dimension.name: dimension for dimension in dimensions.values()} | self._words

    def parse(self, tokens: list[Token], otherwise: Period = Calendar.TODAY) -> CostCommand:
        """The question that `tokens` ask, of the period `otherwise` where they name none.

        Raises:
            NotUnderstood: a word is unknown, lacks its value, or says a thing twice.
        """
        draft = _Draft()
        rest = list(reversed(_parted(tokens, self._any)))
        while rest:
            self._take(rest.pop(), rest, draft)
        request = CostRequest(
            period=draft.period or otherwise,
            by=tuple(draft.by),
            filters={name: tuple(values) for name, values in draft.filters.items()},
            top=draft.top,
            basis=Basis.INFRASTRUCTURE if draft.infrastructure else Basis.FULLY_LOADED,
            customers_only=draft.customers,
        )
        return CostCommand(request, csv=draft.csv)

    def _take(self, token: Token, rest: list[Token], draft: _Draft) -> None:
        word = token.keyword
        if word == "by":
            self._take_by(rest, draft)
        elif word == "top":
            _take_top(rest, draft)
        elif word == "csv":
            draft.csv = True
        elif word == "customers":
            draft.customers = True
        elif word == "infrastructure":
            draft.infrastructure = True
        elif word in self._any:
            self._take_filter(token, rest, draft)
        elif period := parse_period(word):
            if draft.period is not None:
                sentence = f"Two periods, {write_period(draft.period)} and {write_period(period)}."
                raise NotUnderstood(sentence, "Ask for one; the one before it is compared anyway.")
            draft.period = period
        else:
            raise self._unknown(token)

    def _take_by(self, rest: list[Token], draft: _Draft) -> None:
        if not rest:
            raise NotUnderstood("`by` needs a dimension.", "Try `by model` or `by day`.")
        for word in rest.pop().text.casefold().split(","):
            dimension = self._any.get(word)
            name = dimension.name if dimension else word.removesuffix("s")
            if dimension is None and name not in TIMES:
                names = [*dict.fromkeys(d.name for d in self._words.values()), *TIMES]
                sentence = f"There is no dimension {shown(word)}."
                raise NotUnderstood(sentence, did_you_mean(word, names))
            if name in draft.by:
                raise NotUnderstood(f"`by {name}` is there twice.", "Once is enough.")
            draft.by.append(name)
        if len(draft.by) > MOST_BREAKDOWNS:
            sentence = f"A table runs along {MOST_BREAKDOWNS} dimensions at most."
            raise NotUnderstood(sentence, f"Try `by {draft.by[0]} by {draft.by[1]}`.")

    def _take_filter(self, token: Token, rest: list[Token], draft: _Draft) -> None:
        name = self._any[token.keyword].name
        if not rest:
            hint = f"Try `by {name}`, or `{name}` and the one that you want."
            raise NotUnderstood(f"`{token.keyword}` needs a value.", hint)
        values = draft.filters.setdefault(name, [])
        value = rest.pop().text
        if value not in values:
            values.append(value)

    def _unknown(self, token: Token) -> NotUnderstood:
        sentence = f"I don't know the word {shown(token.text)}."
        hint = did_you_mean(token.text, self._keywords, otherwise="")
        return NotUnderstood(sentence, hint if "Did you" in hint else "`/cost help` has them all.")


def write_cost(command: CostCommand) -> str:
    """The text that asks exactly this: what a button carries, and what is shown to be retyped."""
    request = command.request
    words = [Token(write_period(request.period))]
    for name in request.by:
        words += [Token("by"), Token(name)]
    for name, values in request.filters.items():
        for value in values:
            words += [Token(name), Token(value, quoted=not _is_plain(value))]
    if request.top is not None:
        words += [Token("top"), Token(str(request.top))]
    if request.customers_only:
        words.append(Token("customers"))
    if request.basis is Basis.INFRASTRUCTURE:
        words.append(Token("infrastructure"))
    if command.csv:
        words.append(Token("csv"))
    return join(words)


def _is_plain(value: str) -> bool:
    return value.isascii() and bool(value) and all(c.isalnum() or c in "-_./:@" for c in value)


def _parted(tokens: list[Token], names: Mapping[str, Dimension]) -> list[Token]:
    """`model=gpt-4` as the two words that it stands for."""
    parted: list[Token] = []
    for token in tokens:
        name, equals, value = token.text.partition("=")
        if equals and not token.quoted and name.casefold() in names:
            parted.append(Token(name))
            if value:
                parted.append(Token(value, quoted=True))
        else:
            parted.append(token)
    return parted


def _take_top(rest: list[Token], draft: _Draft) -> None:
    word = rest.pop().text if rest else ""
    digits = word.lstrip("0")
    if not (word.isascii() and word.isdigit() and digits and int(digits[:9]) <= MOST_ROWS):
        sentence = f"`top` needs a number from 1 to {MOST_ROWS:,}"
        given = f", and {shown(word)} is none." if word else "."
        raise NotUnderstood(sentence + given, "Try `top 10`.")
    draft.top = int(digits)

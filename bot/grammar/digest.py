"""A typed `/cost digest …`: from words to what is asked of digests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal
from uuid import UUID

from analysis.errors import NotUnderstood
from analysis.roles import Role
from analysis.schedules import Frequency
from bot.grammar.command import Command
from bot.grammar.digest_words import CLAUSE_WORDS, DIGEST_SUBCOMMANDS, FILLERS, TARGETS
from bot.grammar.tokens import Token
from bot.grammar.words import dimension_words
from handlers.budgets.finding import id_of
from handlers.digests.drafting import WEEKDAY_WORDS
from handlers.digests.requests import ME, DigestForm
from handlers.nearest import did_you_mean, shown
from queries.dimensions import Dimension, Dimensions

HERE = "here"
"""Stands for the channel in which it was typed."""

Word = Literal[
    "list",
    "show",
    "subscribe",
    "edit",
    "preview",
    "test",
    "pause",
    "resume",
    "skip",
    "unskip",
    "unsubscribe",
    "undo",
    "help",
]

_SAID: Mapping[str, Word] = {
    "list": "list",
    "ls": "list",
    "show": "show",
    "subscribe": "subscribe",
    "new": "subscribe",
    "create": "subscribe",
    "edit": "edit",
    "change": "edit",
    "preview": "preview",
    "test": "test",
    "pause": "pause",
    "resume": "resume",
    "skip": "skip",
    "unskip": "unskip",
    "unsubscribe": "unsubscribe",
    "end": "unsubscribe",
    "delete": "unsubscribe",
    "stop": "unsubscribe",
    "undo": "undo",
    "help": "help",
    "?": "help",
}
"""The words, and what else people say for them."""

_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>|#?([CG][A-Z0-9]{8,})", re.ASCII)
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>", re.ASCII)
_TIME = re.compile(r"[0-9]{1,2}[:.h][0-9]{2}(?:am|pm)?|[0-9]{1,2}(?:am|pm)", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,2}(?:st|nd|rd|th|\.)?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+|utc|gmt", re.ASCII | re.IGNORECASE)


_SWITCHES = {
    "quiet": ("skip_quiet", True),
    "always": ("skip_quiet", False),
    "customers": ("customers_only", True),
    "everybody": ("customers_only", False),
}
"""The words that switch something, and how."""


@dataclass(frozen=True, slots=True)
class DigestCommand(Command):
    """What was asked of digests.

    Attributes:
        word: what is to be done.
        which: the digest that is meant; empty: none is named.
        form: what is filled in.
        day: that is to be sent after all.
        key: id of an ended digest.
    """

    word: Word
    which: str = ""
    form: DigestForm = field(default_factory=DigestForm)
    day: date | None = None
    key: UUID | None = None


def parse_digest(tokens: list[Token], dimensions: Dimensions, role: Role) -> DigestCommand:
    """What stands after `digest`.

    Raises:
        NotUnderstood: with the word that was not understood, and a suggestion.
    """
    if not tokens:
        return DigestCommand("subscribe")
    word, rest = _SAID.get(tokens[0].keyword), tokens[1:]
    if word is None:
        hint = did_you_mean(tokens[0].text, [one.word.split()[1] for one in DIGEST_SUBCOMMANDS])
        raise NotUnderstood(f"I don't know `digest {tokens[0].text[:40]}`.", hint)
    if word == "subscribe" or (word == "preview" and not _names_one(rest)):
        return DigestCommand(word, form=_Form(dimensions, role).read(rest))
    if word == "edit":
        which, rest = _which(word, rest)
        return DigestCommand("edit", which, _Form(dimensions, role).read(rest))
    return _named(word, rest)


def _named(word: Word, rest: list[Token]) -> DigestCommand:
    """What needs no more than the digest's name, or nothing at all."""
    match word:
        case "help":
            return DigestCommand("help")
        case "list":
            _nothing_after("list", rest)
            return DigestCommand("list")
        case "unskip":
            which, rest = _which(word, rest)
            return DigestCommand("unskip", which, day=_day(rest))
        case "undo":
            key = id_of(rest[0].text) if len(rest) == 1 else None
            if key is None:
                hint = "The button below the message that said so does the same."
                raise NotUnderstood("`undo` needs the id of the digest that has ended.", hint)
            return DigestCommand("undo", key=key)
        case _:
            which, rest = _which(word, rest)
            _nothing_after(word, rest)
            return DigestCommand(word, which)


def _names_one(rest: list[Token]) -> bool:
    """Whether a digest is named, and no clause."""
    return len(rest) == 1 and _is_which(rest[0])


def _is_which(token: Token) -> bool:
    text = token.text.casefold().replace("-", "").removeprefix("#")
    return bool(re.fullmatch(r"[0-9]{1,3}|[0-9a-f]{4,32}", text))


def _which(word: str, rest: list[Token]) -> tuple[str, list[Token]]:
    if not rest:
        hint = f"Try `/cost digest {word} 1`; `/cost digest list` has the numbers."
        raise NotUnderstood(f"`{word}` needs a digest.", hint)
    return rest[0].text, rest[1:]


def _day(rest: list[Token]) -> date:
    try:
        return date.fromisoformat(rest[0].text if len(rest) == 1 else "")
    except ValueError:
        raise NotUnderstood("`unskip` needs a day.", "Write it as `2026-11-23`.") from None


def _nothing_after(word: str, rest: list[Token]) -> None:
    if rest:
        sentence = f"`{word}` does not go with {shown(rest[0].text)}."
        raise NotUnderstood(sentence, "`/cost digest help` shows how each is written.")


class _Form:
    """Reads the clauses of a digest, in any order."""

    def __init__(self, dimensions: Dimensions, role: Role) -> None:
        self._names: Mapping[str, Dimension] = {
            **dimensions,
            **dimension_words(dimensions, role),
        }
        self._texts: dict[str, str] = {}
        self._flags: dict[str, bool] = {}
        self._weekdays: list[str] = []
        self._filters: dict[str, list[str]] | None = None

    def read(self, tokens: list[Token]) -> DigestForm:
        rest = list(reversed(tokens))
        while rest:
            self._take(rest.pop(), rest)
        filters = self._filters
        return DigestForm(
            target=self._texts.get("target"),
            frequency=self._texts.get("frequency") or ("weekly" if self._is_one_day() else None),
            time=self._texts.get("time"),
            weekdays=tuple(self._weekdays) or None,
            day=self._texts.get("day"),
            zone=self._texts.get("zone"),
            filters=None
            if filters is None
            else {name: tuple(values) for name, values in filters.items()},
            customers_only=self._flags.get("customers_only"),
            skip_quiet=self._flags.get("skip_quiet"),
        )

    def _is_one_day(self) -> bool:
        """`monday 9:00` alone is weekly."""
        days = {day for word in self._weekdays for day in WEEKDAY_WORDS.get(word, ())}
        return len(days) == 1

    def _take(self, token: Token, rest: list[Token]) -> None:
        word = token.keyword
        name, equals, value = token.text.partition("=")
        if word in self._names:
            self._take_filter(self._names[word].name, rest.pop() if rest else None, word)
        elif equals and not token.quoted and name.casefold() in self._names:
            taken = Token(value, quoted=True) if value else (rest.pop() if rest else None)
            self._take_filter(self._names[name.casefold()].name, taken, name)
        elif word in FILLERS:
            return
        elif word in _SWITCHES:
            name, is_on = _SWITCHES[word]
            self._flags[name] = is_on
        elif word == "zone" and rest:
            self._once("zone", rest.pop().text)
        elif word == "everything":
            self._filters = {}
        elif not (self._take_when(token) or self._take_target(token)):
            words = [*CLAUSE_WORDS, *self._names]
            hint = did_you_mean(token.text, words, otherwise="")
            if "Did you" not in hint:
                hint = "Try `/cost digest subscribe me daily 9:00`; `/cost digest help` has more."
            raise NotUnderstood(f"I don't know the word {shown(token.text)}.", hint)

    def _take_filter(self, name: str, value: Token | None, word: str) -> None:
        if value is None:
            raise NotUnderstood(f"`{word}` needs a value.", f"Try `{word}` and the one you want.")
        self._filters = {} if self._filters is None else self._filters
        values = self._filters.setdefault(name, [])
        if value.text not in values:
            values.append(value.text)

    def _take_when(self, token: Token) -> bool:
        word = token.keyword
        days = [one for one in word.split(",") if one]
        if word in set(Frequency):
            self._once("frequency", word)
        elif days and all(one in WEEKDAY_WORDS for one in days):
            self._weekdays += days
        elif _TIME.fullmatch(word):
            self._once("time", word)
        elif word == "last":
            self._once("day", word)
        elif _NUMBER.fullmatch(word):
            is_day = self._texts.get("frequency") == "monthly" and "day" not in self._texts
            self._once("day" if is_day else "time", word)
        elif _ZONE.fullmatch(token.text) and not token.quoted:
            self._once("zone", token.text)
        else:
            return False
        return True

    def _take_target(self, token: Token) -> bool:
        if token.keyword in TARGETS:
            self._once("target", ME if token.keyword in ("me", "dm") else HERE)
        elif match := _CHANNEL.fullmatch(token.text):
            self._once("target", match[1] or match[2])
        elif match := _PERSON.fullmatch(token.text):
            self._once("target", match[1])
        elif token.text.startswith(("#", "@")):
            # Slack sends names that it does not know as they were typed.
            self._once("target", token.text)
        else:
            return False
        return True

    def _once(self, name: str, text: str) -> None:
        if self._texts.setdefault(name, text) != text:
            sentence = f"There are two: {shown(self._texts[name])} and {shown(text)}."
            raise NotUnderstood(sentence, "Give one, and subscribe again for the other.")

"""The grammar of `/cost incidents`: what is open, or was lately."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from analysis.errors import NotUnderstood
from bot.grammar.tokens import tokenize
from handlers.nearest import did_you_mean, shown

WORDS = ("incidents", "incident")
"""The first words of it."""


@dataclass(frozen=True, slots=True)
class IncidentList:
    """`open`, `all`, or nothing.

    Attributes:
        with_closed: those that were closed lately, too.
    """

    with_closed: bool = False


@dataclass(frozen=True, slots=True)
class IncidentShow:
    """`show ID`: one of them."""

    key: UUID


def parse_incidents(text: str) -> IncidentList | IncidentShow:
    """What a text after `/cost` means, its first word one of `WORDS`.

    Raises:
        NotUnderstood: a word does not belong there; the hint says what does.
    """
    tokens = tokenize(text)[1:]
    word = tokens[0].keyword if tokens else "open"
    if word == "show" and len(tokens) == 2:
        try:
            return IncidentShow(UUID(tokens[1].text))
        except ValueError:
            sentence = f"{shown(tokens[1].text)} is no id of an incident."
            raise NotUnderstood(sentence, "`/cost incidents` lists them, with buttons.") from None
    if word in ("open", "all") and len(tokens) < 2:
        return IncidentList(with_closed=word == "all")
    stray = tokens[1] if word in ("open", "all") else tokens[0]
    hint = did_you_mean(stray.text, ("open", "all"))
    raise NotUnderstood(f"{shown(stray.text)} is nothing that `/cost incidents` knows.", hint)

"""The grammar of `/cost setup`: the word alone."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import NotUnderstood
from bot.grammar.tokens import tokenize
from handlers.nearest import shown

WORDS = ("setup",)
"""The first words of it."""


@dataclass(frozen=True, slots=True)
class SetupLook:
    """The word alone: what is set up, and what is not."""


def parse_setup(text: str) -> SetupLook:
    """What a text after `/cost` means, its first word one of `WORDS`.

    Raises:
        NotUnderstood: more was typed.
    """
    rest = tokenize(text)[1:]
    if rest:
        sentence = f"{shown(rest[0].text)} is nothing that `/cost setup` knows."
        raise NotUnderstood(sentence, "Type `/cost setup` alone.")
    return SetupLook()

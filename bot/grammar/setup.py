"""The grammar of `/cost setup`: the word alone."""

from __future__ import annotations

from analysis.errors import NotUnderstood
from bot.grammar.tokens import tokenize
from handlers.nearest import shown

WORDS = ("setup",)
"""The first words of it."""


def parse_setup(text: str) -> None:
    """Takes the word alone.

    Raises:
        NotUnderstood: more was typed.
    """
    rest = tokenize(text)[1:]
    if rest:
        sentence = f"{shown(rest[0].text)} is nothing that `/cost setup` knows."
        raise NotUnderstood(sentence, "Type `/cost setup` alone.")

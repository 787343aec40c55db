"""Words of a command line that are read by the grammar of `/cost`."""

from __future__ import annotations

from collections.abc import Iterable

from bot.grammar.tokens import Token


def tokens_of(words: Iterable[str]) -> list[Token]:
    """The words as the grammar takes them: what the shell has kept together is one value."""
    return [Token(word, quoted=any(map(str.isspace, word))) for word in words]

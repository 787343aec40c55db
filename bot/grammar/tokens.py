"""A line of text as words: quotes hold a value together, everything else parts at white space."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.errors import NotUnderstood

CLOSING = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
"""Opening quotes and what closes them; phones type the curly ones."""

_QUOTES = frozenset(CLOSING)

_BEFORE_A_QUOTE = "=→>"
"""After these a quote opens a value; elsewhere inside of a word it is a letter of it."""

LONGEST_TEXT = 4000
"""As much as Slack lets a person type."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a command.

    Attributes:
        text: as typed, without its quotes.
        quoted: it stood in quotes, so it is a value and no keyword.
    """

    text: str
    quoted: bool = False

    @property
    def keyword(self) -> str:
        """The word for comparing with keywords; empty where quotes make it a value."""
        return "" if self.quoted else self.text.casefold()


def tokenize(text: str) -> list[Token]:
    r"""The words of `text`.

    A double quote may be written inside double quotes as `\"`, a backslash as `\\`.

    Raises:
        NotUnderstood: a quote is opened and never closed, or the text is too long.
    """
    if len(text) > LONGEST_TEXT:
        raise NotUnderstood(
            f"That command is {len(text):,} characters long.",
            f"Slack sends at most {LONGEST_TEXT:,}; shorten the list of values.",
        )
    tokens: list[Token] = []
    position = 0
    while position < len(text):
        character = text[position]
        if character.isspace():
            position += 1
        elif character in CLOSING:
            token, position = _quoted(text, position)
            tokens.append(token)
        else:
            end = position
            while end < len(text) and not text[end].isspace():
                if text[end] in _BEFORE_A_QUOTE and text[end + 1 : end + 2] in _QUOTES:
                    end += 1  # model="gpt 4", gpt-4→"gpt 4o": the value begins at its quote
                    break
                end += 1
            tokens.append(Token(text[position:end]))
            position = end
    return tokens


def _quoted(text: str, start: int) -> tuple[Token, int]:
    opening, closing = text[start], CLOSING[text[start]]
    value: list[str] = []
    position = start + 1
    while position < len(text):
        character = text[position]
        if (
            opening == '"'
            and character == "\\"
            and text[position + 1 : position + 2] in ('"', "\\")
        ):
            value.append(text[position + 1])
            position += 2
        elif character == closing:
            return Token("".join(value), quoted=True), position + 1
        else:
            value.append(character)
            position += 1
    raise NotUnderstood(
        f"A quote {opening} is opened and never closed.",
        'Close it, as in `team "Data Science"`.',
    )


def join(words: Iterable[Token]) -> str:
    """The text that `tokenize` takes apart into `words` again."""
    return " ".join(_written(word) for word in words)


def _written(token: Token) -> str:
    if not token.quoted:
        return token.text
    escaped = token.text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

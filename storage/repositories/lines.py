"""Texts that come from elsewhere, made fit to be kept: an error's words, a person's name."""

from __future__ import annotations

LONGEST_LINE = 500


def one_line(text: str) -> str:
    """The text in one printable line of at most `LONGEST_LINE` characters.

    PostgreSQL refuses NUL, and a long answer of a server is no sentence any more.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"

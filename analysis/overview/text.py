"""What a text of sections is made of; names from data in it are not escaped."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence or two.

    Attributes:
        text: plain, without marks.
        is_flagged: it is worth a look.
    """

    text: str
    is_flagged: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines about one thing.

    Attributes:
        key: names the section where it is drawn.
        title: a few words.
        lines: one or more.
    """

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A report in words.

    Attributes:
        title: what it is of.
        headline: what the day and the week cost.
        sections: the rest, in the order in which it is read.
    """

    title: str
    headline: tuple[Line, ...]
    sections: tuple[Section, ...]

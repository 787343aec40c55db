"""What all pictures have in common: the finding as title, the unit, the key, the sizes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bot.pictures.paper import Paper, cut_to, legible, width_of, wrapped
from bot.pictures.theme import Palette

WIDTH = 600
"""A little more than Slack shows on a wide screen."""

MARGIN = 16.0
TITLE, SMALL = 13.5, 10.0
"""Sizes of letters."""

_TITLE_LINE = 18.0
_SAMPLE = 20.0
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class Key:
    """What a curve, a range or a mark is.

    Attributes:
        name: of it.
        colour: of it.
        dashes: of a curve.
        shape: of its sample.
    """

    name: str
    colour: str
    dashes: tuple[float, ...] = ()
    shape: Literal["line", "area", "tick"] = "line"


def title_lines(title: str) -> list[str]:
    """The title in the lines that it takes."""
    return wrapped(legible(title), WIDTH - 2 * MARGIN, TITLE, 2, bold=True)


def head_height(title: Sequence[str]) -> float:
    """How much of the paper the head takes."""
    return 14 + _TITLE_LINE * len(title) + 20


def head(
    paper: Paper, palette: Palette, title: Sequence[str], unit: str, keys: Sequence[Key] = ()
) -> None:
    """Title, unit, and the key of what has no name beside it."""
    baseline = 14.0 + 11
    for line in title:
        paper.text((MARGIN, baseline), line, palette.text, TITLE, bold=True)
        baseline += _TITLE_LINE
    baseline += 1
    paper.text((MARGIN, baseline), unit, palette.quiet, SMALL)
    x = MARGIN + width_of(unit, SMALL) + _GAP
    for key in keys:
        room = WIDTH - MARGIN - x - _SAMPLE - 4
        name = cut_to(legible(key.name), min(room, 150), SMALL)
        if room < 30:
            return
        _sample(paper, key, x, baseline - 3.5)
        paper.text((x + _SAMPLE + 4, baseline), name, palette.quiet, SMALL)
        x += _SAMPLE + 4 + width_of(name, SMALL) + _GAP


def _sample(paper: Paper, key: Key, x: float, y: float) -> None:
    match key.shape:
        case "line":
            paper.line([(x, y), (x + _SAMPLE, y)], key.colour, 2, key.dashes)
        case "area":
            corners = [(x, y - 5), (x + _SAMPLE, y - 5), (x + _SAMPLE, y + 5), (x, y + 5)]
            paper.area(corners, key.colour, 0.25)
        case "tick":
            middle = x + _SAMPLE / 2
            paper.line([(middle, y - 6), (middle, y + 6)], key.colour, 2)


def nothing(paper: Paper, palette: Palette, words: str, y: float) -> None:
    """Says in the middle that there is nothing to be seen."""
    paper.text((WIDTH / 2, y), words, palette.quiet, 12, align="center")


def apart(wanted: Sequence[float], least: float, top: float, bottom: float) -> list[float]:
    """Places near the wanted ones, `least` apart, between top and bottom as far as they fit.

    Args:
        wanted: where each should be, in any order.
        least: between two of them.
        top: the least place.
        bottom: the largest.
    """
    order = sorted(range(len(wanted)), key=lambda at: wanted[at])
    placed = [0.0] * len(wanted)
    edge = top - least
    for at in order:
        edge = placed[at] = max(wanted[at], edge + least)
    edge = bottom + least
    for at in reversed(order):
        edge = placed[at] = min(placed[at], edge - least)
    return placed

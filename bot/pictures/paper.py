"""What pictures are drawn on: matplotlib, behind the few strokes that the house style needs.

Imported late: matplotlib takes a third of a second. Its state for whole programs (pyplot) is left
alone, its settings are its own defaults whatever the machine has, and its font is DejaVu Sans,
which it brings along.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, Protocol, cast

from matplotlib import font_manager as fonts
from matplotlib import get_data_path, rcdefaults
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from bot.pictures.png import png

POINTS_AN_INCH = 72
SHARPNESS = 2
"""Pixels in each direction for one of Slack's: sharp on fine screens."""

NARROWEST = 0.25
"""The narrowest letters, to their size: more of them than fit need not be measured."""

MOST_CHARACTERS = 300

MEASURED = 2048
"""Words whose width is remembered: the same ones come again and again."""

Point = tuple[float, float]
Align = Literal["left", "center", "right"]


class _Font(Protocol):
    def set_size(self, ptsize: float, dpi: float) -> None: ...
    def set_text(self, string: str) -> object: ...
    def get_width_height(self) -> tuple[int, int]: ...
    def get_charmap(self) -> dict[int, int]: ...


class _Drawn(Protocol):
    def add_artist(self, artist: object) -> object: ...


class Paper:
    """A sheet, measured in Slack's pixels from its upper left corner.

    Args:
        width: in pixels as Slack shows them.
        height: the same.
        ground: its colour.
    """

    def __init__(self, width: int, height: int, ground: str) -> None:
        _defaults()
        self.width, self.height = width, height
        inches = width / POINTS_AN_INCH, height / POINTS_AN_INCH
        figure = Figure(inches, dpi=POINTS_AN_INCH * SHARPNESS, facecolor=ground)
        self._canvas = FigureCanvasAgg(figure)
        self._figure = cast("_Drawn", figure)
        turned = Affine2D().scale(SHARPNESS, -SHARPNESS)
        self._place = turned.translate(0, height * SHARPNESS)

    def line(
        self,
        points: Sequence[Point],
        colour: str,
        width: float = 1.0,
        dashes: Sequence[float] = (),
    ) -> None:
        """A line through points; `dashes` in its own widths, on and off."""
        x, y = [p[0] for p in points], [p[1] for p in points]
        style = (0, tuple(dashes)) if dashes else "-"
        artist = Line2D(x, y, linewidth=width, color=colour, linestyle=style)
        artist.set_solid_capstyle("butt")
        artist.set_solid_joinstyle("round")
        artist.set_transform(self._place)
        self._figure.add_artist(artist)

    def area(self, corners: Sequence[Point], colour: str, opacity: float) -> None:
        """A filled shape without an edge."""
        shape = Polygon(list(corners), closed=True, facecolor=colour, alpha=opacity, linewidth=0)
        shape.set_transform(self._place)
        self._figure.add_artist(shape)

    def box(self, corner: Point, width: float, height: float, colour: str) -> None:
        """A filled rectangle below and right of `corner`."""
        box = Rectangle(corner, width, height, facecolor=colour, linewidth=0)
        box.set_transform(self._place)
        self._figure.add_artist(box)

    def dot(self, centre: Point, radius: float, colour: str, edge: str, rim: float = 0.0) -> None:
        """A filled circle with an edge of width `rim`."""
        dot = Circle(centre, radius, facecolor=colour, edgecolor=edge, linewidth=rim)
        dot.set_transform(self._place)
        self._figure.add_artist(dot)

    def text(
        self,
        at: Point,
        words: str,
        colour: str,
        size: float = 10.0,
        *,
        bold: bool = False,
        align: Align = "left",
    ) -> None:
        """Words on a baseline; nothing in them is read as mathematics."""
        artist = Text(
            *at,
            text=words,
            color=colour,
            fontproperties=_properties(size, bold=bold),
            horizontalalignment=align,
            verticalalignment="baseline",
            parse_math=False,
        )
        artist.set_transform(self._place)
        self._figure.add_artist(artist)

    @property
    def pixels(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.width * SHARPNESS, self.height * SHARPNESS

    def png(self) -> bytes:
        """The sheet as PNG."""
        self._canvas.draw()
        width, height = self._canvas.get_width_height(physical=True)
        pixels = bytes(self._canvas.buffer_rgba())
        image = Image.frombuffer("RGBA", (width, height), pixels).convert("RGB")
        return png(width, height, image.tobytes())


@lru_cache(MEASURED)
def width_of(words: str, size: float, *, bold: bool = False) -> float:
    """How wide words are, in pixels."""
    font = _font(bold=bold)
    font.set_size(size, POINTS_AN_INCH)
    font.set_text(words)
    return font.get_width_height()[0] / 64  # FreeType counts in 64ths


@lru_cache(MEASURED)
def cut_to(words: str, width: float, size: float, *, bold: bool = False) -> str:
    """As much of words as fits, with an ellipsis where something was cut."""
    most = round(width / (NARROWEST * size)) + 1
    if len(words) <= most and width_of(words, size, bold=bold) <= width:
        return words
    fits, too_long = 0, min(len(words), most)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        tried = words[:middle].rstrip() + "\u2026"
        fits, too_long = (
            (middle, too_long) if width_of(tried, size, bold=bold) <= width else (fits, middle)
        )
    return words[:fits].rstrip() + "\u2026"


def wrapped(words: str, width: float, size: float, most: int, *, bold: bool = False) -> list[str]:
    """Words in at most `most` lines; what is too long for them is cut."""
    lines: list[str] = []
    rest = words.split(" ")
    while rest and len(lines) < most - 1:
        length = 1
        while (
            length < len(rest) and width_of(" ".join(rest[: length + 1]), size, bold=bold) <= width
        ):
            length += 1
        lines.append(cut_to(" ".join(rest[:length]), width, size, bold=bold))
        rest = rest[length:]
    return [*lines, cut_to(" ".join(rest), width, size, bold=bold)] if rest else lines


def legible(words: str, otherwise: str = "\u2026") -> str:
    """Words with the characters alone that the font has.

    Args:
        words: as they came.
        otherwise: in place of words of which nothing is left that could be read.
    """
    known = _characters()
    kept: list[str] = []
    for character in unicodedata.normalize("NFKC", words[:MOST_CHARACTERS]):
        if character.isspace():
            kept.append(" ")
        elif unicodedata.category(character) in ("Cc", "Cf", "Cs", "Mn"):
            continue  # what has no shape of its own: controls, joiners, variations, accents
        elif ord(character) in known:
            kept.append(character)
        elif kept[-1:] != ["\u2026"]:
            kept.append("\u2026")
    text = " ".join("".join(kept).split())
    return text if any(character.isalnum() for character in text) else otherwise


@cache
def _defaults() -> None:
    """Matplotlib's own settings, whatever file of settings the machine has."""
    rcdefaults()


@cache
def _path(*, bold: bool) -> Path:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(get_data_path(), "fonts", "ttf", name)


@cache
def _properties(size: float, *, bold: bool) -> FontProperties:
    return FontProperties(fname=_path(bold=bold), size=size)


def _font(*, bold: bool) -> _Font:
    get_font = cast("_GetFont", fonts.get_font)
    return get_font(str(_path(bold=bold)))


class _GetFont(Protocol):
    def __call__(self, path: str) -> _Font: ...


@cache
def _characters() -> frozenset[int]:
    """The code points that both weights of the font have."""
    return frozenset(_font(bold=False).get_charmap()) & frozenset(_font(bold=True).get_charmap())

"""The colours of the pictures, for light and for dark.

The hues are those of Okabe and Ito (Color Universal Design, 2008), told apart with every common
kind of colour vision, made darker or lighter until text in them is read on their ground: at least
4.5 to 1 as WCAG 2.2 has it. No picture tells things apart by colour alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.pictures.chart import Theme


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`.

    Attributes:
        ground: behind everything; Slack's own, so that the picture has no edge.
        text: titles and names.
        quiet: units, days, what was expected.
        rule: lines of the grid.
        main: what happened, and what is foreseen.
        limit: what must not be passed, and what went up.
        fill: of ranges where nothing is foreseen.
        others: further curves, in this order.
    """

    ground: str
    text: str
    quiet: str
    rule: str
    main: str
    limit: str
    fill: str
    others: tuple[str, ...]


LIGHT = Palette(
    ground="#ffffff",
    text="#1d1c1d",
    quiet="#616061",
    rule="#e4e4e5",
    main="#0072b2",
    limit="#b84a00",
    fill="#9a9a9c",
    others=("#00785a", "#a3457a", "#8a6100", "#5b4bb5", "#1d1c1d"),
)
DARK = Palette(
    ground="#1a1d21",
    text="#e8e8e8",
    quiet="#ababad",
    rule="#35383d",
    main="#56b4e9",
    limit="#ff9052",
    fill="#8b8d91",
    others=("#2fc7a0", "#e79bc4", "#f0c94a", "#b3a6f7", "#e8e8e8"),
)


def palette_of(theme: Theme) -> Palette:
    """The colours of a theme."""
    return DARK if theme == "dark" else LIGHT

"""The entries of the gallery as they are shown: with the picture where a message has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import cast

from bot.blocks.answer import Payload
from bot.gallery import entries_of
from bot.gallery.entry import Entry
from bot.pictures.chart import Chart, Theme
from bot.pictures.painter import Painter
from bot.slack.api import Json
from bot.slack.pictures import image_block, placed

PICTURE = "picture.png"
"""In place of the id that Slack would give the upload."""

Paint = Callable[[str], Awaitable[bytes]]
"""A picture in a theme, `light` or `dark`, as PNG."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as it is shown.

    Attributes:
        entry: it.
        payload: its message, with an image block where it has a chart.
        pictures: by the file id in that block.
    """

    entry: Entry
    payload: Payload
    pictures: Mapping[str, Paint]


def shown_of(noun: str, painters: Mapping[Theme, Painter]) -> list[Shown]:
    """The entries of a noun, ready to be shown.

    Args:
        noun: one of `bot.gallery.NOUNS`.
        painters: one for each theme.
    """
    return [_shown(entry, painters) for entry in entries_of(noun)]


def _shown(entry: Entry, painters: Mapping[Theme, Painter]) -> Shown:
    if entry.chart is None:
        return Shown(entry, entry.payload, {})
    blocks = cast("list[Json]", entry.payload.get("blocks") or [])
    with_picture = placed(blocks, image_block(entry.chart, PICTURE))
    payload = {**entry.payload, "blocks": with_picture}
    return Shown(entry, payload, {PICTURE: _paint(entry.chart, painters)})


def _paint(chart: Chart, painters: Mapping[Theme, Painter]) -> Paint:
    async def paint(theme: str) -> bytes:
        return (await painters["dark" if theme == "dark" else "light"].paint(chart)).png

    return paint

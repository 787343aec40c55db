"""A message in the gallery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.blocks.answer import Payload
from bot.pictures.chart import Chart

DataSet = Literal["typical", "empty", "extreme"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A template, filled with one set of data.

    Attributes:
        template: what it is, such as "daily digest".
        data: which set: what one sees on most days; nothing at all, or as little as can be; names
            too long and hostile, figures too large, more rows than fit.
        payload: the message as Slack would get it, within its limits.
        chart: the picture below it; None: none.
    """

    template: str
    data: DataSet
    payload: Payload
    chart: Chart | None = None

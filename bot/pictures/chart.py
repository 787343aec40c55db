"""What a picture shows, as plain values that go through JSON: rows of the outbox hold them."""

from __future__ import annotations

import math
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Unit = Literal["USD", "requests", "%", "share"]
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")


def _known(values: tuple[float | None, ...]) -> tuple[float | None, ...]:
    return tuple(v if v is not None and math.isfinite(v) else None for v in values)


Values = Annotated[tuple[float | None, ...], AfterValidator(_known)]
"""A value a day; what is no number is not known (JSON has none of these either)."""


_Number = Annotated[float, Field(allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(_Part):
    """A daily curve.

    Attributes:
        name: as the legend, or the end of the line, says it.
        values: of each day from the chart's first on; None: not known, a gap.
        style: how it is drawn: what happened, what was expected, what is foreseen, a limit.
    """

    name: str
    values: Values
    style: Literal["actual", "expected", "forecast", "limit", "other"] = "actual"


class Band(_Part):
    """A range around a curve; None: nowhere on that day."""

    name: str
    lower: Values
    upper: Values


class Mark(_Part):
    """A day that is pointed at."""

    day: date
    label: str


class DailyChart(_Part):
    """Days from left to right: curves, ranges, marks.

    Attributes:
        title: the finding, a short sentence: what the reader is to see.
        alt: the same for who cannot see it, with the figures; a sentence or two.
        first: the day of the first value.
        today: the first day that is not complete; what is behind it is foreseen. None: all is.
    """

    kind: Literal["daily"] = "daily"
    title: str
    alt: str
    unit: Unit = "USD"
    first: date
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    marks: tuple[Mark, ...] = ()
    today: date | None = None


class Bar(_Part):
    """One bar.

    Attributes:
        name: of the member, not escaped.
        value: how long it is; below zero to the left.
        before: what it was, drawn as a line across; None: nothing.
    """

    name: str
    value: float = Field(allow_inf_nan=False)
    before: float | None = Field(default=None, allow_inf_nan=False)


class BarChart(_Part):
    """Members beside each other, the largest first: movers, shares, savings."""

    kind: Literal["bars"] = "bars"
    title: str
    alt: str
    unit: Unit = "USD"
    bars: tuple[Bar, ...]
    is_change: bool = False


class PointsChart(_Part):
    """Points in a plane, such as cost against quality.

    Attributes:
        unit: of x.
        points: (x, y, name); `chosen` is the place of the one that is pointed at.
    """

    kind: Literal["points"] = "points"
    title: str
    alt: str
    unit: Unit = "USD"
    x_label: str
    y_label: str
    points: tuple[tuple[_Number, _Number, str], ...]
    chosen: int | None = None


Chart = Annotated[DailyChart | BarChart | PointsChart, Field(discriminator="kind")]
"""Any picture."""

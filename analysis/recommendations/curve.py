"""Cost against quality: one point a model, and those that nothing beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.recommendations.plain_digits import dollars, share
from analysis.recommendations.proposal import Json


@dataclass(frozen=True, slots=True)
class Point:
    """A model with the requests that were seen.

    Attributes:
        model: its name.
        cost: USD a month for all of them.
        quality: 0 to 1, all points on one test.
    """

    model: str
    cost: Decimal
    quality: Decimal


def is_on_front(point: Point, points: Sequence[Point]) -> bool:
    """Whether no other is as cheap and as good, and cheaper or better (the Pareto front)."""
    return not any(
        other.cost <= point.cost
        and other.quality >= point.quality
        and (other.cost < point.cost or other.quality > point.quality)
        for other in points
    )


def curve(points: Sequence[Point]) -> dict[str, Json]:
    """The chart of some models, the present one first."""
    return {
        "kind": "scatter",
        "x_label": "USD a month on the same tokens",
        "y_label": "quality score",
        "x": [dollars(point.cost) for point in points],
        "y": [share(point.quality) for point in points],
        "labels": [point.model for point in points],
        "on_front": [is_on_front(point, points) for point in points],
    }

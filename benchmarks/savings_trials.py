"""Measurements beside the truth, and the figures of several of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

from analysis.recommendations.measured.measure import Measured, MeasuredState


@dataclass(frozen=True, slots=True)
class Trial:
    """A measurement beside the truth.

    Attributes:
        measured: what was said.
        truth: USD truly saved in the same days.
        cost: USD that the route would have cost in them.
    """

    measured: Measured
    truth: float
    cost: float

    @property
    def error(self) -> float:
        """Measured beyond the truth, by what the route would have cost."""
        return (float(self.measured.likely or 0) - self.truth) / self.cost

    @property
    def is_covered(self) -> bool:
        """Whether the range holds the truth."""
        low, high = self.measured.low, self.measured.high
        return low is not None and high is not None and float(low) <= self.truth <= float(high)

    @property
    def is_seen(self) -> bool:
        """Whether savings are said to be seen."""
        return self.measured.state is MeasuredState.SEEN


@dataclass(frozen=True, slots=True)
class Line:
    """Several trials of one kind, share and length.

    Attributes:
        bias: mean error, by what the route would have cost.
        error: median of its size.
        width: median half-width of the range, the same.
        coverage: share of ranges that hold the truth.
        seen: share that is said to be seen.
    """

    bias: float
    error: float
    width: float
    coverage: float
    seen: float


def line(trials: Sequence[Trial]) -> Line:
    """The figures of several trials."""
    widths = [
        float((one.measured.high or 0) - (one.measured.low or 0)) / 2 / one.cost for one in trials
    ]
    return Line(
        bias=fmean(one.error for one in trials),
        error=median(abs(one.error) for one in trials),
        width=median(widths),
        coverage=fmean(one.is_covered for one in trials),
        seen=fmean(one.is_seen for one in trials),
    )

"""How far what was promised comes true, by kind, and what follows from it for confidence.

The realization ratio of a kind is what its recommendations were measured to save, by what they
promised for the same time. Few of them say little, so it is shrunk towards 1, as an empirical
Bayes estimate is (Efron and Morris, "Stein's Paradox in Statistics", 1977):

    ratio = (sum of measured + k) / (sum of promised + k),   k = 3 × mean of promised

as if three more recommendations of average size had saved just what they promised. Those that
cannot be told from noise yet count as well, with what is likely of them: of the seen ones alone
the mean would be too large. Those whose range is wider than their promise say nothing. One counts
for at most `MOST` times its promise beside it: beyond that something else happened.

Confidence is multiplied by the ratio, at least by `LEAST`, and never raised by it: luck of the past
is no evidence of the next one. What is promised stays as drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

PRIOR = 3
"""Recommendations of average size that are taken to have kept their promise beforehand."""

LEAST = Decimal("0.2")
"""A kind that never kept a promise is still drawn, at a fifth of its confidence."""

MOST = 2
"""Times its promise that one recommendation may lie beside it, to either side."""

LEAST_DAYS = 14
"""Days since which a recommendation is claimed, before it counts: each weekday twice."""

_DIGITS = Decimal("0.001")
_SHARE = Decimal("0.0001")
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the promise of one recommendation.

    Attributes:
        promised: USD, for the time of the measurement.
        measured: USD likely saved in that time; negative where it cost more.
        half_width: USD, of the range around it; 0 where a person has said it.
    """

    promised: Decimal
    measured: Decimal
    half_width: Decimal = Decimal(0)

    @property
    def says_something(self) -> bool:
        """Whether it tells a kept promise from a broken one."""
        return self.promised > 0 and self.half_width <= self.promised

    @property
    def counted(self) -> Decimal:
        """USD measured, as far as it counts."""
        beside = MOST * self.promised
        return max(self.promised - beside, min(self.promised + beside, self.measured))


@dataclass(frozen=True, slots=True)
class Experience:
    """How far promises of a kind came true.

    Attributes:
        count: recommendations behind it.
        promised: USD, of all of them.
        measured: USD, of all of them, as far as it counts.
        ratio: realization, shrunk; 1 where there are none.
    """

    count: int
    promised: Decimal
    measured: Decimal
    ratio: Decimal

    @property
    def plain_ratio(self) -> Decimal | None:
        """Measured by promised as they are, with four digits; None: nothing was promised."""
        if self.promised <= 0:
            return None
        return (self.measured / self.promised).quantize(_SHARE, ROUND_HALF_EVEN) + 0

    @property
    def factor(self) -> Decimal:
        """What confidence is multiplied by: `LEAST` to 1, with three digits after the point."""
        return min(_ONE, max(LEAST, self.ratio)).quantize(_DIGITS, ROUND_HALF_EVEN)


NO_EXPERIENCE = Experience(0, Decimal(0), Decimal(0), _ONE)


def experience_of(outcomes: Iterable[Outcome]) -> Experience:
    """How far the promises of some recommendations came true; of one kind, of all organizations.

    Args:
        outcomes: those that say nothing are left out.
    """
    known = [one for one in outcomes if one.says_something]
    if not known:
        return NO_EXPERIENCE
    promised = sum((one.promised for one in known), Decimal(0))
    measured = sum((one.counted for one in known), Decimal(0))
    prior = PRIOR * promised / len(known)
    return Experience(len(known), promised, measured, (measured + prior) / (promised + prior))


def confidence_after(confidence: Decimal, experience: Experience) -> Decimal:
    """The confidence of a proposal in the light of what its kind has kept of its promises."""
    return (confidence * experience.factor).quantize(_DIGITS, ROUND_HALF_EVEN)

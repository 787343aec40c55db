"""What an alert rule watches, and from where on it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from analysis.errors import BadInput
from analysis.incidents.levels import Level
from analysis.series import Measure


class Kind(StrEnum):
    """What is looked at."""

    ABSOLUTE = "absolute"
    """A day's cost or requests against a figure that a person has set."""
    RELATIVE = "relative"
    """A day's cost or requests against the baseline of the days before."""
    REQUEST_COST = "request cost"
    """What a request costs, against a figure or against its 28 days before."""
    FAILURE_COST = "failure cost"
    """What failed and timed-out requests cost, in dollars or as a share of the cost."""
    UNPRICED = "unpriced"
    """Requests without a price, as a count or as a share of the requests."""
    FRESHNESS = "freshness"
    """How long ago the newest fact of a source is."""
    UTILIZATION = "utilization"
    """What of the GPUs' cost goes into requests."""


class Direction(StrEnum):
    """On which side of a threshold the trouble is."""

    ABOVE = "above"
    BELOW = "below"


class Unit(StrEnum):
    """What thresholds are given in."""

    USD = "USD"
    REQUESTS = "requests"
    SHARE = "share"
    """Of the baseline, of the cost, of the requests or of the GPUs' cost: 0.3 is 30 %."""
    HOURS = "hours"


class Baseline(StrEnum):
    """What a day is compared with; complete days before it, never the day itself."""

    WEEK_BEFORE = "7d"
    """The average of the 7 complete days before."""
    WEEKDAY = "weekday"
    """The median of the same weekday in the 4 weeks before."""
    PRIOR_WEEK = "week"
    """The average day of the calendar week before, Monday to Sunday."""
    PRIOR_MONTH = "month"
    """The average day of the calendar month before."""
    FOUR_WEEKS = "28d"
    """Everything of the 28 complete days before together, for ratios."""


@dataclass(frozen=True, slots=True)
class Fits:
    """What goes with a kind.

    Attributes:
        units: of its thresholds.
        directions: that make sense.
        baselines: that thresholds in `Unit.SHARE` can be of; empty: they are of no baseline.
        may_be_today: the day that is on may be judged, since its figure can only grow.
    """

    units: frozenset[Unit]
    directions: frozenset[Direction] = frozenset({Direction.ABOVE})
    baselines: frozenset[Baseline] = frozenset()
    may_be_today: bool = False


_BOTH = frozenset(Direction)
_COUNTED = frozenset({Unit.USD, Unit.REQUESTS})

FITS: Mapping[Kind, Fits] = {
    Kind.ABSOLUTE: Fits(_COUNTED, _BOTH, may_be_today=True),
    Kind.RELATIVE: Fits(
        frozenset({Unit.SHARE}), _BOTH, frozenset(Baseline) - {Baseline.FOUR_WEEKS}
    ),
    Kind.REQUEST_COST: Fits(
        frozenset({Unit.USD, Unit.SHARE}), _BOTH, frozenset({Baseline.FOUR_WEEKS})
    ),
    Kind.FAILURE_COST: Fits(frozenset({Unit.USD, Unit.SHARE})),
    Kind.UNPRICED: Fits(frozenset({Unit.REQUESTS, Unit.SHARE}), may_be_today=True),
    Kind.FRESHNESS: Fits(frozenset({Unit.HOURS})),
    Kind.UTILIZATION: Fits(frozenset({Unit.SHARE}), frozenset({Direction.BELOW})),
}
"""What goes with each kind."""

DEFAULT_MARGIN = Decimal("0.1")
"""Of a threshold: so far a figure has to come back behind it before it counts as over. Without a
margin, a figure that hovers at its threshold would be told of day after day."""

DEFAULT_FLOOR = Decimal(10)
"""USD a day, of rules that compare with a baseline: 300 % of a few cents is no news."""

DIGITS = 12
"""After the point of a threshold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is watched, and from where on it is told.

    Attributes:
        kind: what is looked at.
        unit: of the thresholds.
        direction: on which side of them the trouble is.
        measure: what is counted, where the kind leaves it open.
        baseline: what it is compared with; None: with the thresholds themselves.
        warning: the threshold that every rule has; beyond it, the level is `warning`. Of a
            baseline it is the change as a share of it, without a sign: 0.3 is 30 % above or below.
        critical, notice: further thresholds; None: the rule has none.
        floor: USD; where less is at stake nothing is told.
        margin: share of a threshold by which a figure has to come back before it is over.
        is_today: the day that is on is judged too; otherwise complete days alone.
        is_infrastructure: the cost is what machines cost, of every category, in place of what
            requests cost with the idle and overhead pushed onto them.

    Raises:
        BadInput: they do not go together.
    """

    kind: Kind
    unit: Unit
    warning: Decimal
    direction: Direction = Direction.ABOVE
    measure: Measure = Measure.COST
    baseline: Baseline | None = None
    critical: Decimal | None = None
    notice: Decimal | None = None
    floor: Decimal = field(default=Decimal(0))
    margin: Decimal = DEFAULT_MARGIN
    is_today: bool = False
    is_infrastructure: bool = False

    def __post_init__(self) -> None:
        fits = FITS[self.kind]
        if self.unit not in fits.units:
            sentence = f"A rule on {NOUNS[self.kind]} has no threshold in {self.unit.value}."
            raise BadInput(sentence, f"Give it in {_either([u.value for u in fits.units])}.")
        if self.direction not in fits.directions:
            only = next(iter(fits.directions)).value
            sentence = f"A rule on {NOUNS[self.kind]} watches what is {only} its threshold."
            raise BadInput(sentence, f"Say `{only}`.")
        self._check_baseline(fits)
        if self.is_today and (not fits.may_be_today or self.direction is Direction.BELOW):
            sentence = "A day that is not over can only be judged by what it has exceeded already."
            raise BadInput(sentence, "`today` goes with `cost above …` and `unpriced above …`.")
        self._check_numbers()

    def _check_baseline(self, fits: Fits) -> None:
        compares = self.unit is Unit.SHARE and bool(fits.baselines)
        if compares and self.baseline not in fits.baselines:
            raise BadInput(
                f"A rule on {NOUNS[self.kind]} in per cent needs what it is compared with.",
                f"Say {_either([one.value for one in Baseline if one in fits.baselines])}.",
            )
        if not compares and self.baseline is not None:
            sentence = f"A rule on {NOUNS[self.kind]} in {self.unit.value} has no baseline."
            raise BadInput(sentence, "Leave it out, or give the threshold in per cent.")

    def _check_numbers(self) -> None:
        given = [one for one in (self.notice, self.warning, self.critical) if one is not None]
        for value in (*given, self.floor, self.margin):
            if not value.is_finite() or value < 0 or value > Decimal(10) ** 15:
                raise BadInput(f"A threshold of {value} cannot be.", "Give 0 or more.")
        most = None
        if self.kind in (Kind.UTILIZATION, Kind.FAILURE_COST, Kind.UNPRICED):
            most = Decimal(1) if self.unit is Unit.SHARE else None
        if self.baseline is not None and self.direction is Direction.BELOW:
            most = Decimal(1)
        if most is not None and any(one > most for one in given):
            raise BadInput("A share of more than 100 % is never reached.", "Give at most 100 %.")
        if self.margin >= 1:
            raise BadInput("A margin of 100 % would never be over.", "Give 10 %, say.")
        rising = given if self.rises else given[::-1]
        if any(one >= other for one, other in pairwise(rising)):
            raise BadInput(
                "Notice, warning and critical do not get worse in that order.",
                f"The further {self.direction.value}, the worse: give them in that order.",
            )

    @property
    def rises(self) -> bool:
        """Whether a larger threshold is the worse one: of a fall by 30 % and by 60 %, too."""
        return self.direction is Direction.ABOVE or self.baseline is not None

    @property
    def thresholds(self) -> tuple[tuple[Level, Decimal], ...]:
        """The thresholds by level, the worst first."""
        found = (
            (Level.CRITICAL, self.critical),
            (Level.WARNING, self.warning),
            (Level.NOTICE, self.notice),
        )
        return tuple((level, value) for level, value in found if value is not None)

    @property
    def least(self) -> Level:
        """The least level that the rule tells of."""
        return self.thresholds[-1][0]


NOUNS: Mapping[Kind, str] = {
    Kind.ABSOLUTE: "a day's figure",
    Kind.RELATIVE: "a day against its baseline",
    Kind.REQUEST_COST: "the cost per request",
    Kind.FAILURE_COST: "the cost of failures",
    Kind.UNPRICED: "unpriced requests",
    Kind.FRESHNESS: "freshness",
    Kind.UTILIZATION: "utilization",
}
"""What a sentence calls the thing that a kind looks at."""


def _either(words: list[str]) -> str:
    return " or ".join(sorted(words))

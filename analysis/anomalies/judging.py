"""Which of a day's spikes and shifts may be told, all of them one family of tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.anomalies.found import Bools, DetectorSettings, Floats, Shape
from analysis.anomalies.look import Look
from analysis.anomalies.multiplicity import limits, weights
from analysis.anomalies.spikes import distance
from analysis.anomalies.tails import t_tail, tail_chances, tail_weights

SHARES = {
    (Shape.SPIKE, 1): 0.80,
    (Shape.SPIKE, -1): 0.08,
    (Shape.SHIFT, 1): 0.09,
    (Shape.SHIFT, -1): 0.03,
}
"""How the chance of a false alarm is divided among what a series is tested for: most of it to
sudden cost, which is what nobody wants to hear of a day later."""

LENGTHS_TRIED = 2.0
"""A new level may have begun on several days: as many independent tests that comes to."""

LEVEL_DEGREES = 30
"""Degrees of freedom of the tails of differences of medians: nearly normal, whatever a day's tails
are, for most of several days have to be odd together."""

THINNED = 3.0
"""What chance puts forward has then to move enough dollars and a quarter of what was expected, and
tails are guessed on the heavy side: of what is told so, the share that is false comes to about the
one that was asked for, not to three times it. Measured on generated series, docs/anomalies.md."""

CEILING = 0.029
"""Of a chance, however few series there are and however many findings: about two and a half
standard deviations for a sudden rise, three for a fall."""

CALM = 0.12
LEAST_OF_CEILING = 0.6
"""Spread up to which a spike has the whole ceiling; in wilder series less, in inverse proportion,
and in none less than this share. A day half as dear again can be told from the noise of a calm
series, hardly from that of a wild one: as many false alarms there would go with few right ones."""

HABIT = 2
"""Times in the twelve weeks of the baseline that a series was as odd, days in a row being once: one
more is a habit of it, and is not told. Days of which somebody said what they were do not count."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What may be told, for each series."""

    spike: Bools
    shift: Bools


def judged(look: Look, settings: DetectorSettings) -> Judged:
    """Holds the chances of all series against each other."""
    shares = {test: share for test, share in SHARES.items() if settings.falls or test[1] > 0}
    whole = sum(shares.values())
    best = {Shape.SPIKE: _never(look), Shape.SHIFT: _never(look)}
    for (shape, side), share in shares.items():
        chances = _spike(look, side) if shape is Shape.SPIKE else _shift(look, side)
        best[shape] = np.fmin(best[shape], chances * whole / share)
    expected = look.base.value(look.base.expected_log) * np.nan_to_num(look.table.usd_a_unit)
    weight = weights(expected, look.floor_usd, settings.least_ratio)
    either = np.minimum(np.fmin(best[Shape.SPIKE], best[Shape.SHIFT]), 1.0)
    limit = np.full_like(either, CEILING)
    if settings.false_discoveries < 1:
        share = min(THINNED * settings.false_discoveries, 1.0)
        limit = np.minimum(limits(either, weight, share), limit)
    calm = np.clip(CALM / np.nan_to_num(look.base.spread, nan=1.0), LEAST_OF_CEILING, 1.0)
    return Judged(
        spike=np.nan_to_num(best[Shape.SPIKE], nan=np.inf) <= np.minimum(limit, CEILING * calm),
        shift=np.nan_to_num(best[Shape.SHIFT], nan=np.inf) <= limit,
    )


def _never(look: Look) -> Floats:
    return np.full(len(look.actual), np.nan)


def _spike(look: Look, side: int) -> Floats:
    scores = look.scores.agreed * side
    spread = look.base.rise if side > 0 else look.base.fall
    past = distance(look.base.residuals) / spread[:, None] * side
    kinds = tail_weights(np.where(past > 0, past, np.nan))
    as_odd = past >= scores[:, None]
    begins = as_odd & ~np.pad(as_odd[:, :-1], ((0, 0), (1, 0)))
    is_habit = np.count_nonzero(begins, axis=1) >= HABIT
    return np.where(is_habit, 1.0, tail_chances(scores, kinds))


def _shift(look: Look, side: int) -> Floats:
    scores = np.where(np.isnan(look.scores.robust), np.nan, look.shifts.score * side)
    return np.minimum(LENGTHS_TRIED * t_tail(scores, LEVEL_DEGREES), 1.0)

"""How unlikely a score is by chance: Student's t, with tails as heavy as the series' own past has.

From a single series it is hard to say how heavy its tails are; from all of a table it is not. So a
few kinds of tails are tried, how common each is among all series is learned from all of them, and a
series' chance is the mean over the kinds, each weighed by how well it explains the series' past: an
empirical Bayes mixture (B. Efron, "Large-Scale Inference", 2010).
"""

from __future__ import annotations

from math import lgamma, log, pi

import numpy as np

from analysis.anomalies.found import Floats
from analysis.anomalies.orders import known, places

DEGREES = (2, 3, 5, 10, 60)
"""Degrees of freedom of the kinds. 60, not more: the spread itself was only estimated."""

DEVIATIONS = (1.65, 1.36, 1.20, 1.09, 1.01)
"""Of each kind, what `baselines.spread_of` makes of noise of unit scale."""

PRIOR = (1.0, 2.0, 4.0, 6.0, 12.0)
"""So many series of each kind are taken as seen before; this is what decides in small tables."""

CENSORED = 1
"""So many of the largest sizes of each series count as the largest, not for how large they are: an
anomaly of the past must not make that of today look usual."""

LEARNING_STEPS = 10


def tail_weights(scaled: Floats) -> Floats:
    """How likely each series' noise is of each kind.

    Args:
        scaled: residuals of past days in units of the series' spread, series × days; of one side
            or of both.

    Returns:
        series × kinds; each row adds up to 1.
    """
    likelihood = np.stack(
        [_log_likelihood(scaled, *kind) for kind in zip(DEGREES, DEVIATIONS, strict=True)], axis=1
    )
    likelihood = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
    seen = np.array(PRIOR)
    common = seen / seen.sum()
    weights = likelihood
    for _ in range(LEARNING_STEPS):
        weights = likelihood * common
        weights = weights / weights.sum(axis=1, keepdims=True)
        common = weights.sum(axis=0) + seen
        common = common / common.sum()
    return weights


def tail_chances(scores: Floats, weights: Floats) -> Floats:
    """The chance of at least such a score, one a series; NaN where there is none."""
    kinds = zip(DEGREES, DEVIATIONS, strict=True)
    chances = np.stack(
        [t_tail(scores * deviation, degrees) for degrees, deviation in kinds], axis=1
    )
    return (chances * weights).sum(axis=1)


def t_tail(scores: Floats, degrees: int) -> Floats:
    """The chance that Student's t lies at or above each score.

    For a whole number of degrees of freedom, 2 or more, it is a finite sum: M. Abramowitz and I. A.
    Stegun, "Handbook of Mathematical Functions", 1964, 26.7.3 and 26.7.4.
    """
    angle = np.arctan2(scores, np.sqrt(degrees))
    sine, cosine = np.sin(angle), np.cos(angle)
    is_even = degrees % 2 == 0
    term = np.ones_like(scores) if is_even else cosine
    total = term
    for step in range(1, degrees // 2):
        ratio = (2 * step - 1) / (2 * step) if is_even else 2 * step / (2 * step + 1)
        term = term * cosine**2 * ratio
        total = total + term
    inside = sine * total if is_even else (angle + sine * total) * 2.0 / np.pi
    return np.clip((1.0 - inside) / 2.0, 0.0, 1.0)


def _log_likelihood(scaled: Floats, degrees: int, deviation: float) -> Floats:
    """Of each series' past, but for a constant that is the same for all kinds."""
    ordered = np.sort(np.abs(scaled), axis=1) * deviation
    count = known(scaled)
    place = places(ordered.shape[1])
    seen = place < (count - CENSORED)[:, None]
    density = -(degrees + 1) / 2 * np.log1p(ordered**2 / degrees)
    density = density + _log_peak(degrees) + np.log(deviation)
    largest = np.take_along_axis(ordered, np.maximum(count - CENSORED - 1, 0)[:, None], axis=1)
    beyond = np.log(np.maximum(2 * t_tail(largest[:, 0], degrees), 1e-300))
    total = np.where(seen, density, 0.0).sum(axis=1) + CENSORED * beyond
    return np.where(count > CENSORED, total, 0.0)


def _log_peak(degrees: int) -> float:
    """The logarithm of the density of Student's t at 0."""
    return lgamma((degrees + 1) / 2) - lgamma(degrees / 2) - log(degrees * pi) / 2

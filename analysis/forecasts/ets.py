"""ETS: exponential smoothing of level, season and, where it pays, a damped trend; all additive.

ETS(A,N,A) and ETS(A,Ad,A) of R. J. Hyndman, A. B. Koehler, J. K. Ord and R. D. Snyder, "Forecasting
with Exponential Smoothing", 2008, chapters 2 and 5:

    y_t = l_(t-1) + φ b_(t-1) + s_(t-7) + e_t
    l_t = l_(t-1) + φ b_(t-1) + α e_t
    b_t = φ b_(t-1) + β e_t
    s_t = s_(t-7) + γ e_t

Of the two kinds the one with the smaller corrected information criterion (AICc, 2.7 there) is
taken. The parameters are searched for all series at once: a grid, then neighbours of the best so
far. The first states are not searched for but taken from the beginning of the history, which is
what differs from the usual implementations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.forecasts.daily import TINY, WEEK, Floats, by_weekday

FIRST_WEEKS = 8
"""Weeks at the beginning from which the first season is taken at most."""

ROUNDS = 1
"""Of neighbours that are tried behind the grid."""

NEIGHBOURS = 16
"""That are tried in a round."""

ALPHAS = (0.01, 0.05, 0.15, 0.4)
GAMMAS = (0.001, 0.1)
TRENDS = ((0.0, 1.0), (0.02, 0.9), (0.05, 0.98))
"""β as a share of α, and φ; without a trend at first."""

STATES = 8
"""First states that count as parameters: the level and the season; a trend's is counted with it."""


@dataclass(frozen=True, slots=True)
class _Fit:
    """Of each series and each set of parameters: the sum of squares and the last states."""

    squares: Floats
    level: Floats
    trend: Floats
    season: Floats


def ets(history: Floats, horizon: int) -> Floats:
    """ETS, the better of two kinds; never below zero.

    Args:
        history: series × days.
        horizon: days ahead.
    """
    scale = np.maximum(history.mean(axis=1, keepdims=True), TINY)
    days = history / scale
    parameters = _searched(days)
    fit = _fitted(days, parameters[:, :, None])
    ahead = np.cumsum(parameters[:, 3, None] ** np.arange(1, horizon + 1), axis=1)
    expected = fit.level + fit.trend * ahead + by_weekday(fit.season[:, :, 0], horizon)
    return np.maximum(expected, 0.0) * scale


def _searched(days: Floats) -> Floats:
    """The parameters with the least criterion: series × 4: α, β, γ, φ."""
    grid = np.array(
        [
            (alpha, alpha * share, gamma * (1 - alpha), damping)
            for share, damping in TRENDS
            for alpha in ALPHAS
            for gamma in GAMMAS
        ]
    ).T
    plain_kinds = len(ALPHAS) * len(GAMMAS)  # the first of the trends is none
    candidates = np.broadcast_to(grid, (len(days), *grid.shape))
    squares = _fitted(days, candidates).squares
    plain = _best(candidates[:, :, :plain_kinds], squares[:, :plain_kinds])
    trended = _best(candidates[:, :, plain_kinds:], squares[:, plain_kinds:])
    draws = np.random.default_rng(0)
    for place in range(ROUNDS):
        steps = np.exp(draws.normal(0.0, 0.5 / (1 + place), (4, NEIGHBOURS)))
        steps[:, 0] = 1.0  # the best so far stays among them
        candidates = np.concatenate(
            [
                _allowed(plain[:, :, None], steps, with_trend=False),
                _allowed(trended[:, :, None], steps, with_trend=True),
            ],
            axis=2,
        )
        squares = _fitted(days, candidates).squares
        plain = _best(candidates[:, :, :NEIGHBOURS], squares[:, :NEIGHBOURS])
        trended = _best(candidates[:, :, NEIGHBOURS:], squares[:, NEIGHBOURS:])
    least_plain = squares[:, :NEIGHBOURS].min(axis=1)
    least_trended = squares[:, NEIGHBOURS:].min(axis=1)
    length = days.shape[1]
    pays = _criterion(least_trended, length, 4 + 1) < _criterion(least_plain, length, 2)
    return np.where(pays[:, None], trended, plain)


def _best(candidates: Floats, squares: Floats) -> Floats:
    """Of each series the candidate with the least squares: series × 4."""
    best = np.argmin(squares, axis=1)
    return np.take_along_axis(candidates, best[:, None, None], axis=2)[:, :, 0]


def _criterion(squares: Floats, days: int, parameters: int) -> Floats:
    """AICc; the variance is one more parameter."""
    count = parameters + STATES + 1
    spare = max(days - count - 1, 1)
    return days * np.log(np.maximum(squares, TINY)) + 2 * count * (1 + (count + 1) / spare)


def _allowed(parameters: Floats, steps: Floats, *, with_trend: bool) -> Floats:
    """Neighbours in the usual region: 0 < α < 1, 0 ≤ β < α, 0 < γ < 1 - α, φ from 0.8 to 0.98."""
    alpha = np.clip(parameters[:, 0] * steps[0], 0.001, 0.99)
    beta = np.clip(parameters[:, 1] * steps[1], 0.0, alpha)
    gamma = np.clip(parameters[:, 2] * steps[2], 0.0001, 1 - alpha)
    phi = np.clip(1 - (1 - parameters[:, 3]) * steps[3], 0.8, 0.98)
    return np.stack([alpha, beta, gamma, phi if with_trend else np.ones_like(alpha)], axis=1)


def _fitted(days: Floats, parameters: Floats) -> _Fit:
    """Runs the recursions, from the first day to the last.

    Args:
        days: series × days.
        parameters: series × 4 × sets of them.
    """
    alpha, beta, gamma, damping = (parameters[:, place] for place in range(4))
    weeks = max(min(days.shape[1] // WEEK, FIRST_WEEKS), 1)
    first = days[:, : weeks * WEEK].reshape(len(days), weeks, WEEK).mean(axis=1)
    middle = first.mean(axis=1, keepdims=True)
    shape = first - middle
    begin = (days[:, : 2 * WEEK] - np.tile(shape, 2)[:, : days.shape[1]]).mean(axis=1)
    level = np.broadcast_to(begin[:, None], alpha.shape)
    trend = np.zeros_like(level)
    season = np.repeat(shape[:, :, None], alpha.shape[1], axis=2)
    squares = np.zeros_like(level)
    for place in range(days.shape[1]):
        slope = damping * trend
        before = level + slope
        error = days[:, place, None] - before - season[:, place % WEEK]
        squares = squares + error * error
        level = before + alpha * error
        trend = slope + beta * error
        season[:, place % WEEK] += gamma * error
    turned = season[:, (np.arange(WEEK) + days.shape[1]) % WEEK]
    return _Fit(squares, level, trend, turned)

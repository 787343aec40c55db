"""The noise of counting: a day of few events wavers, however calm the days before it were.

Requests that come independently of each other make counts of Poisson's distribution, whose
variance is its mean; what they cost together is compound Poisson, and wavers more, by how unlike
each other they are (P. McCullagh and J. A. Nelder, "Generalized Linear Models", 1989, 6.2).
"""

from __future__ import annotations

import numpy as np

from analysis.anomalies.baselines import Baselines
from analysis.anomalies.found import Floats, SeriesTable
from analysis.anomalies.orders import Counts
from analysis.series import Measure

COST_DISPERSION = 2.0
"""Mean square of what a request costs to the square of its mean: 1 where all cost the same, 2 where
it is exponential, as lengths of answers about are."""

FEWEST = 0.5
"""Requests a day, below which a day is taken to expect so many."""


def volumes(table: SeriesTable) -> Counts:
    """In which row each series' own requests stand; -1: the table does not have them."""
    rows = {
        (key.organization, key.dimension, key.member): row
        for row, key in enumerate(table.keys)
        if key.measure is Measure.REQUESTS
    }
    places = ((key.organization, key.dimension, key.member) for key in table.keys)
    return np.array([rows.get(place, -1) for place in places], dtype=np.int64)


def counting_noise(table: SeriesTable, base: Baselines) -> Floats:
    """The least spread of each series' looked-at day, of the logarithm; 0 where nothing is known.

    Args:
        table: the series.
        base: of the looked-at day, one a series.
    """
    volume = volumes(table)
    expected = base.value(base.expected_log)[volume]
    is_cost = np.array([key.measure is Measure.COST for key in table.keys], dtype=np.bool_)
    dispersion = np.where(is_cost, COST_DISPERSION, 1.0)
    noise = np.sqrt(dispersion / np.maximum(expected, FEWEST))
    return np.where((volume >= 0) & ~np.isnan(noise), noise, 0.0)

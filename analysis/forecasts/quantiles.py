"""Quantiles of what is known, along the last axis: as numpy's `nanquantile`, many times as fast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.forecasts.daily import Floats


def known_quantile(values: Floats, level: float) -> Floats:
    """The quantile along the last axis, linear between neighbours; NaN where nothing is known.

    Args:
        values: NaN where unknown.
        level: from 0 to 1.
    """
    ordered = np.sort(values, axis=-1)  # NaN comes last
    counts: NDArray[np.int64] = np.sum(~np.isnan(values), axis=-1, keepdims=True)
    places = level * np.maximum(counts - 1, 0)
    below = np.floor(places).astype(np.int64)
    above = np.ceil(places).astype(np.int64)
    low = np.take_along_axis(ordered, below, axis=-1)
    high = np.take_along_axis(ordered, above, axis=-1)
    found: Floats = (low + (high - low) * (places - below))[..., 0]
    return found


def known_median(values: Floats) -> Floats:
    """The median along the last axis; NaN where nothing is known."""
    return known_quantile(values, 0.5)

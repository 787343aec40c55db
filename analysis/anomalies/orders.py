"""Order statistics along the last axis, NaN left out: numpy's own are slow where NaN are few."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.anomalies.found import Floats

Counts = NDArray[np.int64]


def known(values: Floats) -> Counts:
    """How many values are no NaN."""
    return np.count_nonzero(~np.isnan(values), axis=-1).astype(np.int64)


def places(count: int) -> Counts:
    """The whole numbers from 0 on."""
    return np.arange(count, dtype=np.int64)


def median(values: Floats) -> Floats:
    """The median of the values that are known; NaN where none is."""
    return _at(np.sort(values, axis=-1), known(values), 0.5)


def quantile(values: Floats, share: float) -> Floats:
    """The value below which a share of the known ones lies, between two of them linearly."""
    return _at(np.sort(values, axis=-1), known(values), share)


def trimmed_mean(values: Floats, share: float) -> Floats:
    """The mean without the outermost: of each end a share of the known values, rounded down."""
    ordered = np.sort(values, axis=-1)
    count = known(values)
    cut = np.floor(share * count).astype(np.int64)
    place = places(values.shape[-1])
    inner = (place >= cut[..., None]) & (place < (count - cut)[..., None])
    total = np.where(inner, ordered, 0.0).sum(axis=-1)
    kept = count - 2 * cut
    return np.where(kept > 0, total / np.maximum(kept, 1), np.nan)


def mean(values: Floats) -> Floats:
    """The mean of the known values; NaN where none is."""
    count = known(values)
    total = np.where(np.isnan(values), 0.0, values).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _at(ordered: Floats, count: Counts, share: float) -> Floats:
    """The quantile of what is in order, NaN last."""
    place = share * np.maximum(count - 1, 0)
    below = np.floor(place).astype(np.int64)
    above = np.ceil(place).astype(np.int64)
    low = np.take_along_axis(ordered, below[..., None], axis=-1)[..., 0]
    high = np.take_along_axis(ordered, above[..., None], axis=-1)[..., 0]
    return low + (place - below) * (high - low)

"""Findings: what is told of a spike, a shift or an arrival, where it moves enough to be told."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np

from analysis.anomalies.arrivals import Arrivals
from analysis.anomalies.found import DetectorSettings, Finding, Shape
from analysis.anomalies.level_shifts import OLD_DAYS, shift_of, wandering, with_day
from analysis.anomalies.look import Look
from analysis.anomalies.orders import median
from analysis.incidents.levels import Level

CENT = Decimal("0.01")

FLOOR_SCORE = 2.0
"""Of an arrival that costs just what is worth telling; each doubling adds one. There is no spread
to measure it by, so dollars have to do."""


def spike(look: Look, row: int, settings: DetectorSettings) -> Finding | None:
    """A day unlike those before it; None where it moves too little."""
    base = look.base
    reach = settings.bands.notice * np.array([-base.fall[row], 0.0, base.rise[row]])
    edges = np.maximum(np.exp(base.expected_log[row] + reach) - base.offset[row], 0.0)
    lower, expected, upper = edges.tolist()
    return _worth(
        look,
        row,
        settings,
        shape=Shape.SPIKE,
        actual=float(look.actual[row]),
        band=(lower, expected, upper),
        score=float(look.scores.robust[row]),
        days=1,
    )


def shift(look: Look, row: int, length: int, settings: DetectorSettings) -> Finding | None:
    """A new level of so many days; None where it moves too little."""
    base = look.base.row(row)
    logs = with_day(base, look.actual[row : row + 1])
    fixed = shift_of(base, logs, wandering(base), np.array([length]))
    score = float(fixed.score[0]) or float(look.shifts.score[row])
    places = np.arange(look.place + 1 - length, look.place + 1)
    values = look.table.values[row, places]
    days = places[~np.isnan(values)]
    before = logs[:, logs.shape[1] - length - OLD_DAYS : logs.shape[1] - length]
    usual = median(before)[0] + base.weekdays[0][(days - look.place) % 7]
    notice = settings.bands.notice
    offset = float(base.offset[0])
    lower, expected, upper = (
        float(np.maximum(np.exp(usual + apart) - offset, 0.0).mean())
        for apart in (-notice * float(base.fall[0]), 0.0, notice * float(base.rise[0]))
    )
    return _worth(
        look,
        row,
        settings,
        shape=Shape.SHIFT,
        actual=float(look.table.values[row, days].mean()),
        band=(lower, expected, upper),
        score=score,
        days=length,
    )


def arrival(look: Look, row: int, arrived: Arrivals, settings: DetectorSettings) -> Finding | None:
    """A series that began out of nothing: a spike on its first day, then a shift."""
    length, level = int(arrived.length[row]), float(arrived.level[row])
    dollars = level * float(look.table.usd_a_unit[row])
    doublings = np.log2(dollars / max(float(look.floor_usd[row]), 0.01))
    return _worth(
        look,
        row,
        settings,
        shape=Shape.SPIKE if length == 1 else Shape.SHIFT,
        actual=level,
        band=(0.0, 0.0, 0.0),
        score=FLOOR_SCORE + max(float(doublings), 0.0),
        days=length,
    )


def _worth(
    look: Look,
    row: int,
    settings: DetectorSettings,
    *,
    shape: Shape,
    actual: float,
    band: tuple[float, float, float],
    score: float,
    days: int,
) -> Finding | None:
    lower, expected, upper = band
    moved = actual - expected
    usd = Decimal(repr(moved * float(np.nan_to_num(look.table.usd_a_unit[row])))).quantize(CENT)
    level = settings.bands.level(score)
    is_worth = (
        abs(usd) >= Decimal(repr(float(look.floor_usd[row])))
        and abs(moved) >= settings.least_ratio * expected
        and (settings.falls or moved > 0)
        and moved * score > 0
        and level is not Level.OK
    )
    if not is_worth:
        return None
    return Finding(
        key=look.table.keys[row],
        day=look.day,
        shape=shape,
        level=level,
        actual=actual,
        expected=expected,
        lower=lower,
        upper=upper,
        score=score,
        since=look.day - timedelta(days=days - 1),
        usd=usd,
        history_days=int(look.base.days[row]),
    )

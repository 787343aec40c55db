"""How good forecasts are: errors, coverage and width, on real and on generated daily series."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from analysis.change_points import change_points
from analysis.forecasts.daily import Floats
from analysis.forecasts.foresee import foresee_all
from benchmarks.forecast_trials import (
    LAST,
    RIVALS,
    Measured,
    Windows,
    errors,
    measured,
    real_series,
    windows,
)
from tests.forecasts.generated import KINDS, generated, spiked

HISTORIES = (30, 60, 90, 180)
HORIZONS = (7, 14, 30, 90)
SPIKES = 0.05
SERIES, SEED = 200, 1996
"""Of each generated kind. The constants were chosen on other seeds."""

NEAR = 3
"""Days that a change point may be off and still is found."""


def main() -> None:
    real = real_series()
    if real is not None:
        _by_history(real)
        _by_horizon(real)
        _spiked(real)
    _generated()
    _speed()
    _change_points()


def _by_history(real: Floats) -> None:
    print("30 days ahead on 22 real daily series (NN5), an origin every 14 days")
    for title, held_out in (("all", False), ("held out: 11 series, the later half", True)):
        print(f"\nMASE / sMAPE, {title}")
        _head("method", *(f"{days} days of history" for days in HISTORIES))
        sets = [_set(real, days, 30, held_out) for days in HISTORIES]
        for name, model in RIVALS.items():
            _row(name, *(_pair(*errors(model(one.filled, 30), one)) for one in sets))
        found = [measured(one) for one in sets]
        _row("foresee", *(_pair(one.mase, one.smape) for one in found))
        _row("coverage of a day, %", *(f"{one.covered:.1%}" for one in found))
        _row("above it, %", *(f"{one.above:.1%}" for one in found))
        _row("width over the mean day", *(f"{one.width:.2f}" for one in found))
        _row("coverage of the total, %", *(f"{one.total_covered:.1%}" for one in found))
        _row("width over the mean total", *(f"{one.total_width:.2f}" for one in found))
        chosen = ", ".join(f"{name} {count}" for name, count in found[2].models.items())
        print(f"chosen at 90 days of history: {chosen}")


def _by_horizon(real: Floats) -> None:
    print("\n90 days of history, by days ahead: MASE, then coverage")
    _head("days ahead", *RIVALS, "foresee", "a day", "width", "the total", "its width")
    for horizon in HORIZONS:
        of = windows(real, 90, horizon)
        rivals = [f"{errors(model(of.filled, horizon), of)[0]:.3f}" for model in RIVALS.values()]
        _row(str(horizon), *rivals, *_foreseen(measured(of)))


def _spiked(real: Floats) -> None:
    print("\n5 % of the history two to four times as high, 30 days ahead: MASE in units of the")
    print("history without spikes, coverage and width")
    _head("history", *RIVALS, "foresee", "a day", "width", "the total", "its width")
    for days in HISTORIES:
        plain = windows(real, days, 30)
        history = spiked(plain.history, SPIKES, SEED)
        of = Windows(history, plain.came, plain.held_out, plain.unit)
        rivals = [f"{errors(model(of.filled, 30), of)[0]:.3f}" for model in RIVALS.values()]
        _row(str(days), *rivals, *_foreseen(measured(of)))


def _generated() -> None:
    print(f"\nGenerated series, {SERIES} of each kind, 30 days ahead: MASE, then coverage")
    columns = ("history", *RIVALS, "foresee", "a day", "width", "the total", "its width")
    _head("kind", *columns)
    for kind in KINDS:
        values = generated(kind, SERIES, 210, SEED)
        for days in (30, 90):
            of = Windows(values[:, 180 - days : 180], values[:, 180:], [True] * SERIES, None)
            rivals = [f"{errors(model(of.filled, 30), of)[0]:.3f}" for model in RIVALS.values()]
            _row(kind, str(days), *rivals, *_foreseen(measured(of)))


def _speed() -> None:
    print("\nSeconds of one core for a thousand series, 30 days ahead; milliseconds for one")
    _head("history", "a thousand, s", "one, ms")
    for days in (30, 90, 180):
        values = generated("wandering level", 1000, days, SEED)
        begun = time.process_time()
        foresee_all(values, LAST, 30)
        together = time.process_time() - begun
        begun = time.process_time()
        for row in values[:10]:
            foresee_all(row[None, :], LAST, 30)
        _row(str(days), f"{together:.1f}", f"{(time.process_time() - begun) * 100:.0f}")


def _change_points() -> None:
    print("\nChange points in 90 days: series without any in which one is found")
    _head("kind", "share")
    for kind in KINDS:
        found = [change_points(row) for row in generated(kind, SERIES, 90, SEED)]
        _row(kind, f"{np.mean([bool(one) for one in found]):.1%}")
    print(f"\nOne shift and 3 % spikes in 90 days: found within {NEAR} days; another one found")
    _head("noise", "shift", "7 to 13 days ago", "14 to 44 days ago", "more found")
    for kind in ("10 % noise", "25 % noise"):
        for factor in (1.3, 0.7, 2.0):
            late, _ = _recall(kind, factor, range(7, 14))
            early, more = _recall(kind, factor, range(14, 45))
            _row(kind, f"{factor - 1:+.0%}", f"{late:.1%}", f"{early:.1%}", f"{more:.1%}")


def _recall(kind: str, factor: float, ages: Sequence[int]) -> tuple[float, float]:
    values = generated(kind, SERIES, 90, SEED)
    found = more = 0
    for row, series in enumerate(values):
        place = 90 - ages[row % len(ages)]
        series[place:] *= factor
        points = change_points(spiked(series[None, :], 0.03, SEED + row)[0])
        found += any(abs(point - place) <= NEAR for point in points)
        more += len(points) > 1
    return found / len(values), more / len(values)


def _set(real: Floats, days: int, horizon: int, held_out: bool) -> Windows:
    of = windows(real, days, horizon)
    return of.only_held_out() if held_out else of


def _foreseen(found: Measured) -> tuple[str, ...]:
    return (
        f"{found.mase:.3f}",
        f"{found.covered:.1%}",
        f"{found.width:.2f}",
        f"{found.total_covered:.1%}",
        f"{found.total_width:.2f}",
    )


def _pair(mase: float, smape: float) -> str:
    return f"{mase:.3f} / {smape:.3f}"


def _head(*cells: str) -> None:
    _row(*cells)
    _row(*("---" for _ in cells))


def _row(*cells: str) -> None:
    print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()

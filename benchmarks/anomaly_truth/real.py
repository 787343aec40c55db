"""Real daily series, where they are on this machine; they are never part of the project."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np

from benchmarks.anomaly_truth.generated import Floats

USUAL = 400.0
"""What a usual day of a real series is brought to, so that a floor in dollars says nothing."""


def trace(name: str) -> Path | None:
    """A file of the traces; None where it is not on this machine."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    path = Path(os.environ.get("COSTBOT_TEST_DATA", beside)) / name
    return path if path.exists() else None


def cash_machines(path: Path) -> Floats:
    """22 cash machines of the NN5 competition, 791 days; NaN: not known."""
    with path.open(newline="") as file:
        rows = list(csv.reader(file))[1:]
    values = np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows]).T
    return values * USUAL / np.nanmedian(values, axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A series in which somebody marked what is odd.

    Attributes:
        name: of its file.
        values: of each complete day.
        windows: first and last day of each mark, as columns.
    """

    name: str
    values: Floats
    windows: tuple[tuple[int, int], ...]


def ad_exchange(folder: Path) -> list[Labelled]:
    """The online advertising series of NAB by day: the mean of each day's hours."""
    marks = json.loads((folder / "combined_windows.json").read_text())
    found: list[Labelled] = []
    for path in sorted((folder / "realAdExchange").glob("*.csv")):
        hours: dict[date, list[float]] = defaultdict(list)
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                hours[datetime.fromisoformat(row["timestamp"]).date()].append(float(row["value"]))
        days = [day for day in sorted(hours) if len(hours[day]) >= 23]
        first = days[0]
        values = np.full((days[-1] - first).days + 1, np.nan)
        for day in days:
            values[(day - first).days] = sum(hours[day]) / len(hours[day])
        windows = tuple(
            tuple((datetime.fromisoformat(edge).date() - first).days for edge in window)
            for window in marks[f"realAdExchange/{path.name}"]
        )
        values *= USUAL / np.nanmedian(values)
        found.append(Labelled(path.stem, values, tuple((a, b) for a, b in windows)))
    return found


def image_service(path: Path) -> Floats:
    """GPU seconds a day of each of the ten largest customers of an image service, 24 days."""
    totals: dict[str, dict[date, float]] = defaultdict(lambda: defaultdict(float))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            day = datetime.fromisoformat(row["gmt_create"]).date()
            totals[row["groupId"]][day] += float(row["exec_time_seconds"] or 0)
    days = sorted({day for one in totals.values() for day in one})
    largest = sorted(totals, key=lambda group: -sum(totals[group].values()))[:10]
    values = np.array([[totals[group].get(day, 0.0) for day in days] for group in largest])
    return values * USUAL / np.maximum(np.median(values, axis=1, keepdims=True), 1.0)

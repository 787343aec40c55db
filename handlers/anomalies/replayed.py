"""What a replay comes to: day by day what would have been told, beside what was."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from analysis.series import SeriesKey
from handlers.anomalies.requests import ReplayRequest

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fired:
    """Something that was told of a day, or would have been.

    Attributes:
        day: that was looked at.
        key: the series.
        level: how severe.
        shape: spike or shift.
        since: the first day of it.
        actual, expected: in what the series counts.
        usd: USD a day that it moved, signed.
    """

    day: date
    key: SeriesKey
    level: str
    shape: str
    since: date
    actual: float
    expected: float
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Root:
    """Something that stands for itself within its scope.

    Attributes:
        fired: what was found.
        wider: the series of everything together that it is a part of; None: of none.
    """

    fired: Fired
    wider: SeriesKey | None = None


@dataclass(frozen=True, slots=True)
class Rerun:
    """Days that were judged anew.

    Attributes:
        roots: what was found and would be told, by day.
        series: that were judged on the last day.
    """

    roots: Mapping[date, Sequence[Root]]
    series: int


@dataclass(frozen=True, slots=True)
class Used:
    """Settings of the detector, as they are shown.

    Attributes:
        bands: scores from which on a finding is a notice, a warning, critical.
        least_usd: USD that a finding has to move in a day.
        least_ratio: share of what was expected that it has to move.
        falls: whether days far below what was expected are findings too.
    """

    bands: tuple[float, float, float]
    least_usd: Decimal
    least_ratio: float
    falls: bool


@dataclass(frozen=True, slots=True)
class ReplayDay:
    """One day of a replay; each list the most dollars first.

    Attributes:
        day: which.
        would: what would have been told.
        did: what was told; where nobody looked, what the present settings find.
        was_looked_at: whether anybody did.
        starts_would, starts_did: of these, that were not told of the day before as well: so many
            messages.
    """

    day: date
    would: tuple[Fired, ...]
    did: tuple[Fired, ...]
    was_looked_at: bool
    starts_would: tuple[Fired, ...]
    starts_did: tuple[Fired, ...]

    @property
    def new(self) -> tuple[Fired, ...]:
        """What would have been told and was not."""
        there = {one.key for one in self.did}
        return tuple(one for one in self.would if one.key not in there)

    @property
    def gone(self) -> tuple[Fired, ...]:
        """What was told and would not have been."""
        there = {one.key for one in self.would}
        return tuple(one for one in self.did if one.key not in there)


@dataclass(frozen=True, slots=True)
class Replay:
    """What a replay comes to.

    Attributes:
        request: the question.
        tried: the settings that were tried.
        present: those in force.
        first, last: the days.
        days: one by one, oldest first.
        series: that were judged on the last day.
        labels: that count and were put to use.
    """

    request: ReplayRequest
    tried: Used
    present: Used
    first: date
    last: date
    days: tuple[ReplayDay, ...]
    series: int
    labels: int

    @property
    def would(self) -> int:
        """Messages that would have begun an incident."""
        return sum(len(day.starts_would) for day in self.days)

    @property
    def did(self) -> int:
        """Messages that did."""
        return sum(len(day.starts_did) for day in self.days)

    def a_week(self, number: int) -> Decimal:
        """So many, as that is a week."""
        return Decimal(number * 7) / Decimal(len(self.days) or 1)

    @property
    def new(self) -> tuple[Fired, ...]:
        """What would be new: the first day of each, most dollars first."""
        return _first_of_each(one for day in self.days for one in day.new)

    @property
    def gone(self) -> tuple[Fired, ...]:
        """What would be gone: the first day of each, most dollars first."""
        return _first_of_each(one for day in self.days for one in day.gone)


def side_by_side(
    days: Sequence[date],
    would: Mapping[date, Sequence[Fired]],
    did: Mapping[date, Sequence[Fired]],
    looked_at: Iterable[date],
) -> tuple[ReplayDay, ...]:
    """The days of a replay.

    Args:
        days: oldest first; the first one only says what went on already, and is left out.
        would: what would have been told.
        did: what was told.
        looked_at: the days on which anybody looked.
    """
    looked = set(looked_at)
    found: list[ReplayDay] = []
    for before, day in itertools.pairwise(days):
        now_would, now_did = _ordered(would.get(day, ())), _ordered(did.get(day, ()))
        found.append(
            ReplayDay(
                day=day,
                would=now_would,
                did=now_did,
                was_looked_at=day in looked,
                starts_would=_starts(now_would, would.get(before, ())),
                starts_did=_starts(now_did, did.get(before, ())),
            )
        )
    return tuple(found)


def _starts(now: Sequence[Fired], before: Sequence[Fired]) -> tuple[Fired, ...]:
    there = {one.key for one in before}
    return tuple(one for one in now if one.key not in there)


def _ordered(fired: Iterable[Fired]) -> tuple[Fired, ...]:
    return tuple(sorted(fired, key=lambda one: (-abs(one.usd), str(one.key))))


def _first_of_each(fired: Iterable[Fired]) -> tuple[Fired, ...]:
    """Of what lasts, the first day alone."""
    latest: dict[SeriesKey, Fired] = {}
    firsts: list[Fired] = []
    for one in sorted(fired, key=lambda one: one.day):
        before = latest.get(one.key)
        if before is None or one.day - before.day > DAY:
            firsts.append(one)
        latest[one.key] = one
    return _ordered(firsts)


def used_of(bands: str, least_usd: Decimal, least_percent: Decimal, *, falls: bool) -> Used:
    """The settings of a deployment, as they are written.

    Args:
        bands: three scores, such as 2/3/4.5.
        least_usd: USD that a finding has to move in a day.
        least_percent: of what was expected.
        falls: whether days far below what was expected are findings too.
    """
    notice, warning, critical = (float(band) for band in bands.split("/"))
    return Used((notice, warning, critical), least_usd, float(least_percent / 100), falls)

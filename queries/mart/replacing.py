"""Replacing days: what they were against what they become."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from queries.mart.partitions import Partitions
from queries.mart.restatement import DayFigures, DayReplacement
from queries.mart.rolling import WorkingDay


def compare(
    partitions: Partitions,
    days: Collection[date],
    old: Mapping[date, WorkingDay],
    new: Mapping[date, list[str]],
    shape: str,
    today: date,
) -> list[DayReplacement]:
    """What becomes of each day, in order of time.

    Args:
        partitions: of the mart.
        days: that are replaced.
        old: as they are, where they are.
        new: the request files that take their place; a day without any becomes empty.
        shape: of the new files.
        today: the UTC day that is not over.
    """
    befores = partitions.figures([name for day in old.values() for name in day.requests])
    afters = partitions.figures([name for names in new.values() for name in names])
    # Files of other columns hold something else, whatever their figures.
    alike = {day for day, files in old.items() if files.request_shape == shape and day in new}
    changed = set(days) - alike
    changed |= partitions.days_that_differ(
        [name for day in alike for name in old[day].requests],
        [name for day in alike for name in new[day]],
    )
    changes: list[DayReplacement] = []
    for day in sorted(days):
        before, after = befores.get(day), afters.get(day)
        same_sums = (before or DayFigures()).adds_up_to(after or DayFigures())
        changes.append(
            DayReplacement(
                day=day,
                before=before,
                after=after,
                changed=day in changed and (before, after) != (None, None),
                restated=before is not None and not same_sums and _was_over(day, old[day], today),
            )
        )
    return changes


def _was_over(day: date, files: WorkingDay, today: date) -> bool:
    """Whether what was there spoke of a whole day: one that grows is not restated by growing."""
    if files.partition is not None:
        return files.partition.read_at.date() > day
    return day < today

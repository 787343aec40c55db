"""For which series something was said."""

from __future__ import annotations

from analysis.series import Measure, SeriesKey
from storage.records.anomaly import AnomalyLabel

EVERYTHING = "*/**"
"""Stands for every series there is."""


def everything_of(organization: str | None) -> str:
    """What stands for all series of an organization, or for all there are."""
    if organization is None:
        return EVERYTHING
    return f"{scope_of(str(SeriesKey(organization, None, None, Measure.COST)))}/**"


def scope_of(series: str) -> str:
    """The first part of a written key: whose rows are in it."""
    return series.partition("/")[0]


def holds_for(label: AnomalyLabel, series: str) -> bool:
    """Whether something was said of a series, by its written key."""
    if series in label.series or EVERYTHING in label.series:
        return True
    return f"{scope_of(series)}/**" in label.series

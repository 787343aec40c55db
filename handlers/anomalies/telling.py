"""Findings as signals: a story in four parts with a curve, for those whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import cast

import numpy as np

from analysis.anomalies.baselines import HISTORY_DAYS, baselines
from analysis.anomalies.found import Bands, Finding, SeriesTable, Shape
from analysis.anomalies.slices import baseline_days, some
from analysis.anomalies.without import Driver, without
from analysis.incidents.levels import Level
from analysis.series import Measure, SeriesKey
from analysis.written import money
from handlers.anomalies.explaining import Explained, ask_of, compared
from handlers.anomalies.judged import Judged
from handlers.anomalies.naming import (
    SUBJECT,
    day_name,
    figure,
    key_of,
    moved,
    subject_of,
    summary_of,
    title_of,
    whose,
)
from handlers.incidents.signal import Curve, Signal, Story, Target
from queries.series import Place, Sole
from storage.records.anomaly import finding_id
from storage.records.incident import Incident

CURVE_DAYS = 28
"""Days that are drawn."""

MOST_LISTED = 15
"""Findings that one message lists."""

BANDS = Bands()
"""The range that is drawn is the usual one, whatever is told."""

MANY = f"{SUBJECT}many/"
"""How the subjects of days begin on which much was found at once; a scope follows."""

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Facts:
    """What signals are made of.

    Attributes:
        table: the series.
        sole: what all rows of each series have in common.
        explained: why; what is not there was not explained.
    """

    table: SeriesTable
    sole: Mapping[Place, Sole]
    explained: Mapping[SeriesKey, Explained] = field(default_factory=dict[SeriesKey, Explained])

    @cached_property
    def rows(self) -> Mapping[SeriesKey, int]:
        """In which row of the table each series stands."""
        return {key: row for row, key in enumerate(self.table.keys)}


def trouble(judged: Judged, facts: Facts, targets: Sequence[Target] = ()) -> Signal:
    """The signal of a finding.

    Args:
        judged: the finding.
        facts: around it.
        targets: where it is told in place of the routes; empty: they decide.
    """
    finding = judged.finding
    key = finding.key
    sole = facts.sole.get((key.organization, key.dimension, key.member), Sole())
    return Signal(
        subject=subject_of(key),
        kind="anomaly",
        organization=key.organization,
        about_organization=key.organization or sole.organization,
        product=key.member if key.dimension == "product" else sole.product,
        level=finding.level,
        day=finding.day,
        story=_story(judged, facts),
        usd=abs(finding.usd),
        targets=tuple(targets),
    )


def together(scope: str | None, judged: Sequence[Judged], day: date, facts: Facts) -> Signal:
    """One signal for much that was found at once.

    Args:
        scope: the organization whose series they are; None: of everything together.
        judged: what was found, most dollars first.
        day: that was looked at.
        facts: around it.
    """
    findings = [one.finding for one in judged]
    worst = max(findings, key=lambda one: one.level.rank)
    usd = sum((abs(one.usd) for one in findings), Decimal(0))
    whose_ = scope or "everything together"
    products = {one.product for one in (trouble(some, facts) for some in judged[:MOST_LISTED])}
    lines = [f"{title_of(one.key)}: {_short(one)}" for one in findings[:MOST_LISTED]]
    if len(findings) > MOST_LISTED:
        lines.append(f"and {len(findings) - MOST_LISTED} more: `/cost anomalies` has them all")
    first = next((facts.explained[one.key] for one in findings if one.key in facts.explained), None)
    story = Story(
        title=f"{len(findings)} anomalies at once ({whose_})",
        summary=(
            f"{len(findings)} series of {whose_} are unlike their past on {day_name(day)}; they "
            "are told in this one message. So much at once has one cause more often than many."
        ),
        cause=() if first is None else first.cause,
        breakdown=tuple(lines),
        advice=(
            "Look for what they have in common: a release, a change of prices, data that was "
            "loaded twice."
        ),
        ask="anomalies 1d",
        facts={"day": day.isoformat(), "findings": len(findings), "usd": _written(usd)},
    )
    return Signal(
        subject=many_of(scope),
        kind="anomaly",
        organization=scope,
        about_organization=scope,
        product=products.pop() if len(products) == 1 else None,
        level=worst.level,
        day=day,
        story=story,
        usd=usd,
    )


def fine(subject: str, incident: Incident, facts: Facts, day: date) -> Signal:
    """The signal of a subject that is as usual again, or whose new level has become usual.

    Args:
        subject: of the signal.
        incident: what was told of it.
        facts: as they are now.
        day: the last complete one.
    """
    key = key_of(subject)
    row = None if key is None else facts.rows.get(key)
    title, curve = "Many anomalies at once", None
    summary = f"On {day_name(day)} no more was found than is told one by one."
    if key is not None:
        title = title_of(key)
        summary = f"{title}: as usual again on {day_name(day)}."
    if key is not None and row is not None:
        curve = curve_of(facts.table, row, day)
        value = float(facts.table.values[row, (day - facts.table.first).days])
        summary = f"{title}: as usual again, {figure(value, key.measure)} on {day_name(day)}."
        since = _kept_level(incident, value)
        if since is not None:
            summary = (
                f"{title}: at its new level since {since}, "
                f"{figure(value, key.measure)} on {day_name(day)}. From now on that is the usual "
                "one."
            )
    return Signal(
        subject=subject,
        kind="anomaly",
        organization=incident.organization,
        about_organization=incident.about_organization,
        product=incident.product,
        level=Level.OK,
        day=day,
        story=Story(title=title, summary=summary, curve=curve),
    )


def _kept_level(incident: Incident, value: float) -> str | None:
    """Since when a value is at the level that was told as new; None: it is not."""
    told = cast("Mapping[str, object]", incident.story.get("facts") or {})
    actual, expected, since = (told.get(name) for name in ("actual", "expected", "since"))
    if told.get("shape") != Shape.SHIFT.value or not isinstance(since, str):
        return None
    if not isinstance(actual, (int, float)) or not isinstance(expected, (int, float)):
        return None
    return since if abs(value - actual) < abs(value - expected) else None


def silent(subject: str, key: SeriesKey, sources: str, until: date | None) -> Signal:
    """The signal of a subject of which nothing can be said: its source is stale."""
    reach = "" if until is None else f" Its last complete day is {day_name(until)}."
    return Signal(
        subject=subject,
        kind="anomaly",
        organization=key.organization,
        about_organization=key.organization,
        product=key.member if key.dimension == "product" else None,
        level=Level.NO_DATA,
        day=until,
        story=Story(
            title=title_of(key),
            summary=(
                f"Nothing can be said of {title_of(key)}: {sources} has no new data.{reach} No "
                "data is not the same as no trouble."
            ),
            advice="`/cost about` shows how old each source is.",
        ),
    )


def many_of(scope: str | None) -> str:
    """The subject of days on which much was found at once in a scope."""
    return f"{MANY}{'*' if scope is None else f'={scope}'}"


def is_many(subject: str) -> bool:
    """Whether a subject is one of these."""
    return subject.startswith(MANY)


def description_of(finding: Finding, explained: Explained | None) -> str:
    """What happened and why, for lists and files."""
    cause = "" if explained is None or not explained.cause else f" {explained.cause[0]}"
    return f"{summary_of(finding)}{cause}"


def _story(judged: Judged, facts: Facts) -> Story:
    finding = judged.finding
    key = finding.key
    explained = facts.explained.get(key, Explained())
    return Story(
        title=title_of(key),
        summary=summary_of(finding),
        cause=explained.cause or _volume(judged),
        breakdown=explained.breakdown or _parts(judged),
        without=_without(judged, facts) or explained.without,
        advice=explained.advice or _advice(finding),
        ask=ask_of(key, compared(finding, facts.table), finding),
        facts=_facts(finding, judged, explained),
        curve=curve_of(facts.table, facts.rows[key], finding.day, finding),
    )


def _without(judged: Judged, facts: Facts) -> str:
    """What it would have been, had the part that explains it stayed as its past says."""
    finding, part = judged.finding, judged.folded.explained_by
    if part is None or part.key not in facts.rows or finding.key not in facts.rows:
        return ""
    table = facts.table
    values, own = (table.values[facts.rows[one.key]] for one in (finding, part))
    curve = without(values.tolist(), table.first, finding, [Driver(own.tolist(), part)])
    odd = slice((finding.since - table.first).days, (finding.day - table.first).days + 1)
    left = float(np.nanmean(curve[odd]))
    measure = finding.key.measure
    usual = f"{figure(finding.lower, measure)} to {figure(finding.upper, measure)}"
    verdict = "within"
    if not finding.lower <= left <= finding.upper:
        verdict = "still above" if left > finding.upper else "below"
    each = " a day" if finding.since < finding.day else ""
    return (
        f"Had {whose(part.key)} stayed at its {figure(part.expected, measure)}, it would be "
        f"{figure(left, measure)}{each}, {verdict} the usual {usual}."
    )


def _volume(judged: Judged) -> tuple[str, ...]:
    """That its requests moved as well, where nothing else says why."""
    volume = judged.folded.volume
    return () if volume is None else (f"Its requests moved as well: {_short(volume)}.",)


def _parts(judged: Judged) -> tuple[str, ...]:
    """Where it shows as well, where nothing says why."""
    return tuple(f"{title_of(one.key)}: {_short(one)}" for one in judged.parts[:3])


def _short(finding: Finding) -> str:
    measure = finding.key.measure
    return (
        f"{figure(finding.expected, measure)} → {figure(finding.actual, measure)} "
        f"({moved(finding.actual, finding.expected)}, {money(finding.usd, sign=True)})"
    )


def _advice(finding: Finding) -> str:
    if finding.usd < 0:
        return (
            f"Check whether {whose(finding.key)} is still in use, and whether all of its data "
            "has arrived."
        )
    return f"Ask whoever runs {whose(finding.key)} what changed on {finding.since}."


def _facts(
    finding: Finding, judged: Judged, explained: Explained
) -> dict[str, str | int | float | None]:
    deviation = None
    if finding.expected > 0:
        deviation = round((finding.actual / finding.expected - 1) * 100, 1)
    return {
        "id": str(finding_id(str(finding.key), finding.day)),
        "timestamp": finding.day.isoformat(),
        "what": title_of(finding.key),
        "series": str(finding.key),
        "actual": round(finding.actual, 6),
        "expected": round(finding.expected, 6),
        "lower": round(finding.lower, 6),
        "upper": round(finding.upper, 6),
        "unit": "USD" if finding.key.measure is Measure.COST else "requests",
        "deviation_percentage": deviation,
        "severity": finding.level.value,
        "score": round(finding.score, 2),
        "shape": finding.shape.value,
        "since": finding.since.isoformat(),
        "usd_a_day": _written(finding.usd),
        "history_days": finding.history_days,
        "parts": len(judged.parts),
        "is_traffic": int(explained.is_traffic),
    }


def _written(usd: Decimal) -> str:
    return f"{usd:.2f}"


def curve_of(table: SeriesTable, row: int, day: date, finding: Finding | None = None) -> Curve:
    """The last days of a series, and the range in which each was to be expected.

    Args:
        table: the series.
        row: which.
        day: the last one that is drawn.
        finding: what was found of it; since then its own range holds.
    """
    key = table.keys[row]
    last = (day - table.first).days
    begin = max(0, last + 1 - CURVE_DAYS)
    first = table.first + begin * DAY
    own = some(table, np.array([row]))
    bands: list[tuple[float, float, float] | None] = []
    for place in range(begin, last + 1):
        if finding is not None and table.first + place * DAY >= finding.since:
            bands.append((finding.lower, finding.expected, finding.upper))
        else:
            bands.append(_band(own, place))
    values = table.values[row, begin : last + 1]
    lower, expected, upper = (
        tuple(None if band is None else round(band[at], 6) for band in bands) for at in range(3)
    )
    return Curve(
        title=title_of(key),
        first=first,
        actual=tuple(None if np.isnan(value) else round(float(value), 6) for value in values),
        expected=expected,
        lower=lower,
        upper=upper,
        unit="USD" if key.measure is Measure.COST else "requests",
    )


def _band(own: SeriesTable, place: int) -> tuple[float, float, float] | None:
    """What a day's past said of it; None: it said nothing."""
    base = baselines(baseline_days(own, place, HISTORY_DAYS))
    middle = float(base.expected_log[0])
    reach = BANDS.notice * float(base.spread[0])
    edges = [base.value(base.level * 0 + at) for at in (middle - reach, middle, middle + reach)]
    lower, expected, upper = (float(edge[0]) for edge in edges)
    return None if np.isnan(expected) else (lower, expected, upper)

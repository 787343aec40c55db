"""Why a series is unlike its past: the answer to `/cost why`, and the curve without its cause."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import numpy as np

from analysis.anomalies.found import Finding, SeriesTable, Shape
from analysis.drivers.cells import RESULT
from analysis.drivers.explain import Driver, Explanation
from analysis.drivers.wording import named, rate
from analysis.errors import CostbotError
from analysis.periods import Dates
from analysis.roles import Role
from analysis.series import Measure, SeriesKey
from analysis.written import count, money, percent
from handlers.anomalies.naming import exact, figure
from handlers.caller import Caller
from handlers.why import WhyHandler, WhyRequest, WhyResult
from storage.records.actor import Actor

log = logging.getLogger(__name__)

WEEK = timedelta(days=7)
DAY = timedelta(days=1)

WEEKS_BACK = 4
"""Weeks before in which a usual day of the same weekday is looked for."""

EXPLAINED_AWAY = Decimal("0.8")
"""Of a change: from this share on it is the volume's, and what a request costs did not change."""

MOST_CONTRIBUTORS = 3
"""Members that are named."""


@dataclass(frozen=True, slots=True)
class ExplainingLimits:
    """What explaining may take.

    Attributes:
        most: findings of one look that are explained.
        each: for one of them.
        together: for all of one look; what is not explained by then is told without.
    """

    most: int = 12
    each: timedelta = timedelta(seconds=5)
    together: timedelta = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why; sentences, names are not escaped.

    Attributes:
        cause: why, the most important first.
        breakdown: the largest contributors, a line each.
        without: what the curve looks like without them.
        advice: what to do about it.
        is_traffic: more requests alone explain it; what one costs did not change.
        drivers: `dimension member` of the contributors.
    """

    cause: tuple[str, ...] = ()
    breakdown: tuple[str, ...] = ()
    without: str = ""
    advice: str = ""
    is_traffic: bool = False
    drivers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """The days of a finding, and the usual ones that they are held against."""

    now: Dates
    before: Dates


def compared(finding: Finding, table: SeriesTable) -> Compared | None:
    """What a finding is explained against; None: there are no known days for it.

    A day is held against the last one of the same weekday, of four weeks, that was as usual, or
    else was nearest to that; a new level against as many days, whole weeks before.
    """
    row = table.keys.index(finding.key)
    values = np.where(table.left_out[row], np.nan, table.values[row])

    def value(day: date) -> float:
        place = (day - table.first).days
        return float(values[place]) if 0 <= place < len(values) else float("nan")

    if finding.shape is Shape.SPIKE:
        days = [finding.day - number * WEEK for number in range(1, WEEKS_BACK + 1)]
        days = [day for day in days if not np.isnan(value(day))] or [
            day for day in (finding.day - DAY,) if not np.isnan(value(day))
        ]
        if not days:
            return None
        usual = next(
            (day for day in days if finding.lower <= value(day) <= finding.upper),
            min(days, key=lambda day: abs(value(day) - finding.expected)),
        )
        return Compared(Dates(finding.day, finding.day), Dates(usual, usual))
    length = (finding.day - finding.since).days + 1
    back = WEEK * -(-length // 7)
    first, last = finding.since - back, finding.day - back
    if any(np.isnan(value(first + number * DAY)) for number in range(length)):
        return None
    return Compared(Dates(finding.since, finding.day), Dates(first, last))


def ask_of(key: SeriesKey, days: Compared | None, finding: Finding) -> str:
    """The question for `/cost` that leads on from a finding."""
    now = finding.day if finding.shape is Shape.SPIKE else Dates(finding.since, finding.day)
    words = ["why", str(now if days is None else days.now)]
    if days is not None:
        words += ["vs", str(days.before)]
    for name, value in filters_of(key, with_organization=True).items():
        words += [name, *(_quoted(one) for one in value)]
    return " ".join(words)


def filters_of(key: SeriesKey, *, with_organization: bool) -> dict[str, tuple[str, ...]]:
    """What narrows a question to a series."""
    found: dict[str, tuple[str, ...]] = {}
    if key.dimension is not None and key.member is not None:
        found[key.dimension] = (key.member,)
    if with_organization and key.organization is not None:
        found["organization"] = (key.organization,)
    return found


def _quoted(value: str) -> str:
    r"""A value as the grammar of `/cost` reads it: in double quotes, `\"` inside of them."""
    if value and all(one.isalnum() or one in "-_./:@" for one in value):
        # Quoted anyway where it could be taken for a word of the grammar.
        return value if not value.isalpha() else f'"{value}"'
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass(frozen=True, slots=True)
class Explainer:
    """Asks why.

    Attributes:
        why: answers it.
        zone: in which the deployment's days begin.
        limits: what explaining may take.
    """

    why: WhyHandler
    zone: ZoneInfo
    limits: ExplainingLimits = field(default_factory=ExplainingLimits)

    async def explain(
        self, findings: Sequence[Finding], table: SeriesTable
    ) -> dict[SeriesKey, Explained]:
        """Explains as many findings as there is time for, in their order."""
        found: dict[SeriesKey, Explained] = {}
        until = asyncio.get_running_loop().time() + self.limits.together.total_seconds()
        for finding in findings[: self.limits.most]:
            left = until - asyncio.get_running_loop().time()
            if left <= 0:
                log.info("no time is left to explain findings after %d", len(found))
                break
            try:
                async with asyncio.timeout(min(left, self.limits.each.total_seconds())):
                    explained = await self._one(finding, table)
            except (CostbotError, TimeoutError) as error:
                # Not its key: whose it is, and perhaps a person, stands in that.
                by = finding.key.dimension or "total"
                log.info("a finding by %s goes without its drivers: %s", by, error)
                continue
            if explained is not None:
                found[finding.key] = explained
        return found

    async def _one(self, finding: Finding, table: SeriesTable) -> Explained | None:
        days = compared(finding, table)
        if days is None:
            return None
        key, itself = finding.key, Actor.itself()
        caller = Caller(
            team_id=itself.team_id,
            user_id=itself.user_id,
            name=itself.name,
            organization=key.organization,
            role=Role.ADMIN,
            zone=self.zone,
        )
        request = WhyRequest(
            period=days.now, versus=days.before, filters=filters_of(key, with_organization=False)
        )
        return explained(finding, await self.why.why(request, caller), days)


def explained(finding: Finding, result: WhyResult, days: Compared) -> Explained:
    """A finding's cause, from what moved its cost against usual days."""
    explanation = result.explanation
    change = explanation.split.change
    if not change or (change > 0) is not (finding.usd > 0):
        # The usual days were as odd themselves: what moved against them is not the cause.
        return Explained(advice="")
    traffic = _traffic(explanation)
    cause = (traffic, result.finding.root_cause) if traffic else (result.finding.root_cause,)
    drivers = explanation.drivers[:MOST_CONTRIBUTORS]
    against = _against(days)
    length = Decimal((days.now.last - days.now.first).days + 1)
    return Explained(
        cause=cause,
        breakdown=tuple(_line(driver, against) for driver in drivers),
        without=_without(finding, explanation, length),
        advice=result.finding.recommendation,
        is_traffic=bool(traffic),
        drivers=tuple(f"{driver.dimension} {driver.member}" for driver in drivers),
    )


def _against(days: Compared) -> str:
    before = days.before
    if before.first == before.last:
        return f"against {before.first:%a} {before.first}"
    return f"against {before.first} to {before.last}"


def _traffic(explanation: Explanation) -> str:
    """What says that more requests alone explain a change; empty: they do not."""
    split = explanation.split
    before, now = split.rate_before, split.rate_now
    if not split.change or split.volume / split.change < EXPLAINED_AWAY:
        return ""
    if any(cause.dimension == RESULT for cause in explanation.causes):
        return ""  # what fails and is tried again is no traffic that anybody wants
    if split.requests_ratio is None or before is None or now is None:
        return ""
    return (
        f"Traffic explains it: requests {percent(split.requests_ratio, sign=True)} "
        f"({count(split.requests_before)} → {count(split.requests_now)}), at {rate(now)} a request "
        f"as against {rate(before)}."
    )


def _line(driver: Driver, against: str) -> str:
    split = driver.split
    name = named(driver.dimension, driver.member)
    figures = f"{money(split.before)} → {money(split.now)}"
    return f"{name}: {money(split.change, sign=True)} {against} ({figures})"


def _without(finding: Finding, explanation: Explanation, days: Decimal) -> str:
    """What the day would have been without the cause that explains most."""
    cause = next(iter(explanation.causes or explanation.drivers), None)
    if cause is None or finding.key.measure is not Measure.COST:
        return ""
    name = named(cause.dimension, cause.member)
    left = exact(finding.actual) - cause.split.change / days
    lower, upper = exact(finding.lower), exact(finding.upper)
    usual = f"{figure(finding.lower, Measure.COST)} to {figure(finding.upper, Measure.COST)}"
    each = " a day" if days > 1 else ""
    verdict = "within" if lower <= left <= upper else "still above" if left > upper else "below"
    return (
        f"Without the change of {name} it would be {money(max(left, Decimal(0)))}{each}, "
        f"{verdict} the usual {usual}."
    )

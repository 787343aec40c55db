"""The report: every template over one week of complete days, and an overview of what they say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.drivers.finding import Finding
from analysis.errors import NotAllowed, NotFound, NotUnderstood, Unavailable
from analysis.overview.overview import overview
from analysis.overview.text import Overview
from analysis.periods import EARLIEST, Dates
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.cost_results import CostRequest, CostResult
from handlers.freshness import Freshness, freshness_of
from handlers.queries import QueryHandler, QueryRequest, QueryResult
from handlers.reconcile import ReconcileHandler
from handlers.report_figures import Asked, figures_of
from handlers.why import WhyHandler, WhyRequest
from queries.reconciliation import Reconciled
from queries.template_list import Template

AT_ONCE = 4
"""Questions that run side by side: a report is no reason to keep others waiting."""

WEEK = 7

_DAY_PARAMETERS = ("last_day", "day")
"""What templates call the last day that they speak of."""

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class ReportRequest:
    """A report that is wanted.

    Attributes:
        day: its last UTC day; None: yesterday, the newest complete one.
    """

    day: date | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One template of a report.

    Attributes:
        template: which.
        request: the question that asks exactly this.
        result: its answer; None: it could not be answered.
        failure: why not, a sentence; empty where it was.
    """

    template: Template
    request: QueryRequest
    result: QueryResult | None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The answer to a `ReportRequest`.

    Attributes:
        day: its last UTC day.
        organization: whose costs these are; None: of all.
        parts: in the order in which they are read.
        overview: what they say, in words; names from the data are not escaped.
        freshness: how old each source is: now, or, of a report on the past, at its end.
    """

    day: date
    organization: str | None
    parts: tuple[Part, ...]
    overview: Overview
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class ReportHandler:
    """Makes reports; knows no Slack and no HTTP."""

    queries: QueryHandler
    cost: CostHandler
    reconcile: ReconcileHandler
    why: WhyHandler
    clock: Clock

    def day(self, request: ReportRequest) -> date:
        """The last UTC day of a report.

        Raises:
            NotUnderstood: it is not over yet, or before everything.
        """
        yesterday = self.clock().astimezone(UTC).date() - timedelta(days=1)
        if request.day is None:
            return yesterday
        if request.day > yesterday:
            sentence = f"{request.day} is not over yet, in UTC."
            hint = f"A report is of complete days: the newest is {yesterday}."
            raise NotUnderstood(sentence, hint)
        if request.day < EARLIEST:
            sentence = f"{request.day} lies before everything that can have cost anything here."
            raise NotUnderstood(sentence, f"Try a day from {EARLIEST} on.")
        return request.day

    async def report(self, request: ReportRequest, caller: Caller) -> Report:
        """The templates that `caller` may run, over the rows that `caller` may see.

        A template that cannot be answered leaves a gap that the report names. All days are UTC
        days, as in the templates.

        Raises:
            NotUnderstood: the day makes no sense.
            NotFound: there are no rows at all for these days.
            Unavailable: the engine cannot answer anything.
        """
        day = self.day(request)
        freshness = self._freshness(day)
        turns = asyncio.Semaphore(AT_ONCE)
        in_utc = replace(caller, zone=_UTC)
        parts, counted, reconciled, (finding, no_finding) = await asyncio.gather(
            asyncio.gather(
                *(
                    self._part(template, day, caller, turns)
                    for template in self.queries.listed(caller)
                )
            ),
            self._counted(day, in_utc, turns),
            self._reconciled(day, in_utc, turns),
            self._finding(day, in_utc, turns),
        )
        answered = {part.template.name: part.result for part in parts if part.result is not None}
        if not answered:
            raise Unavailable(parts[0].failure)
        if not any(_says_something(result) for result in answered.values()):
            raise _nothing(day, freshness)
        asked = Asked(
            day=day,
            organization=caller.organization,
            results=answered,
            failures=tuple((part.template.name, part.failure) for part in parts if part.failure),
            counted=counted,
            reconciled=reconciled,
            finding=finding,
            no_finding=no_finding,
            freshness=freshness,
        )
        words = overview(figures_of(asked))
        return Report(day, caller.organization, tuple(parts), words, freshness)

    def _freshness(self, day: date) -> Freshness:
        """As it is now; a report on the past is as fresh as it was at its end."""
        now, midnight = self.clock(), datetime.combine(day, time(), UTC) + timedelta(days=1)
        is_newest = now - midnight < timedelta(days=1)
        snapshot = self.queries.engine.snapshot()
        return freshness_of(
            snapshot, now if is_newest else midnight, self.queries.stale_after_hours
        )

    async def _part(
        self, template: Template, day: date, caller: Caller, turns: asyncio.Semaphore
    ) -> Part:
        names = {parameter.name for parameter in template.parameters}
        last = next(name for name in _DAY_PARAMETERS if name in names)
        request = QueryRequest(template.name, {last: day.isoformat()})
        async with turns:
            try:
                result = await self.queries.query(request, caller)
            except Unavailable as error:
                return Part(template, request, None, str(error))
        return Part(template, request, replace(result, freshness=self._freshness(day)))

    async def _counted(
        self, day: date, caller: Caller, turns: asyncio.Semaphore
    ) -> CostResult | None:
        try:
            async with turns:
                return await self.cost.cost(CostRequest(_week(day)), caller)
        except Unavailable:
            return None  # the parts say that the engine does not answer

    async def _reconciled(
        self, day: date, caller: Caller, turns: asyncio.Semaphore
    ) -> Reconciled | None:
        try:
            async with turns:
                return (await self.reconcile.reconcile(_week(day), caller)).figures
        except (NotAllowed, Unavailable):
            return None

    async def _finding(
        self, day: date, caller: Caller, turns: asyncio.Semaphore
    ) -> tuple[Finding | None, str]:
        """Why the week moved against the 7 days before, or why nobody can say."""
        request = WhyRequest(period=_week(day))
        try:
            async with turns:
                return (await self.why.why(request, caller)).finding, ""
        except NotFound as refusal:
            return None, refusal.sentence
        except Unavailable as error:
            return None, str(error)


def _week(day: date) -> Dates:
    return Dates(day - timedelta(days=WEEK - 1), day)


def _says_something(result: QueryResult) -> bool:
    """Whether it has a row that is not merely the total of nothing."""
    places = {column.name: place for place, column in enumerate(result.columns)}
    level = places.get("level")
    return any(level is None or row[level] != "total" for row in result.rows)


def _nothing(day: date, freshness: Freshness) -> NotFound:
    first = day - timedelta(days=WEEK - 1)
    sentence = f"There is nothing to report: no cost from {first} to {day}."
    covered = freshness.covered(_UTC)
    if covered is None:
        hint = "There is no data yet: load some with `costbot import` or `costbot sample`."
        return NotFound(sentence, hint)
    whole = last_whole_day(max(source.data_until for source in freshness.sources))
    return NotFound(
        sentence,
        f"The data runs from {covered[0]} to {covered[1]}: try `/cost report {whole}`.",
    )


def last_whole_day(data_until: datetime) -> date:
    """The last UTC day of which, most likely, all facts are there.

    A day's last fact is seldom much before midnight; one at midnight stands for its whole day.
    """
    until = data_until.astimezone(UTC)
    if until.timetz().replace(tzinfo=None) == time():
        return until.date()
    return (until + timedelta(hours=2)).date() - timedelta(days=1)

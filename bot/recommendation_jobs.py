"""What is done about recommendations while costbot serves: drawn, measured, aged, told of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast
from zoneinfo import ZoneInfo

from analysis.clock import Clock
from analysis.roles import Role
from bot.assembly import Parts, recommendations_of
from bot.outbox.payloads import Json, SlackMessage
from bot.recommendation_summary import summary_answer
from handlers.caller import Caller
from handlers.callers import Membership
from handlers.group_leads import GroupLeads
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.recommendations.results import WeeklySummary
from storage.records.delivery import NewDelivery
from storage.records.person import Person
from storage.store import Store

log = logging.getLogger(__name__)

SETTLING = timedelta(minutes=1)
"""For how long after its start costbot draws nothing: questions of people come first."""

REST_AFTER_FAILURE = timedelta(minutes=10)
"""How long nothing is drawn after that has failed."""

HOUR, MONDAY = 9, 0
"""When the summary leaves, where the person is."""

SENT_WITHIN = timedelta(days=1)
"""A summary that could not leave by then is left out: the next one says more."""


@dataclass(frozen=True, slots=True)
class RecommendationJobs:
    """The work on recommendations.

    Attributes:
        handlers: of recommendations, of the surface `system`.
        store: with people and the outbox.
        clock: the present.
        began: when the process did, UTC.
        with_summary: whether anybody is told weekly.
        wake: tells the outbox of this process that there is something to send.
        measured: the days of which this process has measured everything that was claimed.
        groups: who else leads, by the user groups that are listed; None: nobody.
        failed_at: when drawing failed last, if it has.
    """

    handlers: RecommendationHandlers
    store: Store
    clock: Clock
    began: datetime
    with_summary: bool = True
    wake: Callable[[], None] | None = None
    measured: set[str] = field(default_factory=set[str])
    groups: GroupLeads | None = None
    failed_at: list[datetime] = field(default_factory=list[datetime])

    async def draw(self) -> None:
        """Draws recommendations for everybody, once for each new complete day.

        At once where nothing was ever drawn: whoever has just begun is to see something.
        """
        now = self.clock()
        if self.failed_at and now - self.failed_at[-1] < REST_AFTER_FAILURE:
            return
        try:
            if now - self.began < SETTLING and await self._was_drawn():
                return
            done = await self.handlers.generate.nightly()
        except BaseException:
            self.failed_at[:] = [now]
            raise
        if done is None:
            return
        log.info(
            "recommendations drawn for %d organizations: %d found, %d new, %d expired",
            done.organizations,
            done.found,
            done.created,
            done.expired,
        )
        for failure in done.failed:
            log.warning(
                "recommendations of kind %s were not drawn: %s", failure.kind, failure.reason
            )

    async def measure(self) -> None:
        """Measures what claimed recommendations have saved, each once a day."""
        if self.clock() - self.began < SETTLING:
            return
        days = self.handlers.measure.days()
        if days in self.measured:
            return
        measured = await self.handlers.measure.measure()
        self.measured.clear()
        self.measured.add(days)
        if measured:
            counts = ", ".join(f"{number} {name}" for name, number in sorted(measured.items()))
            log.info("savings measured: %s", counts)

    async def age(self) -> None:
        """Wakes, expires and archives what is due."""
        moved = await self.handlers.age.age()
        if moved:
            counts = ", ".join(f"{number} {name}" for name, number in sorted(moved.items()))
            log.info("recommendations moved by time: %s", counts)

    async def _was_drawn(self) -> bool:
        return await self.store.recommendation_runs.last(None) is not None

    async def _leads(self, now: datetime) -> list[Person]:
        """Those who may be told: whoever is listed, and by a group where it is Monday morning."""
        listed = await self.store.people.find_all()
        if self.groups is None or _week(self.groups.zone, now) is None:
            return listed
        return [*listed, *await self.groups.leads(listed)]

    async def tell(self) -> None:
        """Puts the summaries into the outbox that are due; each leaves once a week and person."""
        if not self.with_summary:
            return
        now = self.clock()
        due = {
            key: person
            for person in await self._leads(now)
            if (key := summary_key(person, now)) is not None
        }
        there = await self.store.deliveries.find_keys(list(due))
        for known in there:
            del due[known.key]
        made: dict[tuple[str | None, Role], WeeklySummary] = {}
        deliveries: list[NewDelivery] = []
        for key, person in due.items():
            reach = person.organization, person.role
            if reach not in made:
                made[reach] = await self.handlers.read.summary(_caller(person))
            if not made[reach].is_empty:
                deliveries.append(_delivery(key, person, made[reach]))
        added = await self.store.deliveries.add_many(deliveries) if deliveries else ()
        if added and self.wake is not None:
            self.wake()


def recommendation_jobs(
    parts: Parts,
    wake: Callable[[], None] | None = None,
    membership: Membership | None = None,
) -> RecommendationJobs:
    """The jobs of a serving costbot.

    Args:
        parts: on which they work.
        wake: tells the outbox of this process that there is something to send.
        membership: who is in Slack's user groups; None: nobody is asked.
    """
    callers = replace(parts.callers, membership=membership)
    return RecommendationJobs(
        handlers=recommendations_of(parts, "system"),
        store=parts.store,
        clock=parts.clock,
        began=parts.clock(),
        with_summary=parts.settings.weekly_summary,
        wake=wake,
        groups=None if membership is None else GroupLeads(callers, membership),
    )


def summary_key(person: Person, now: datetime) -> str | None:
    """The key of the summary that is due for a person; None: none is.

    Args:
        person: as listed.
        now: UTC.
    """
    if not person.active or not person.role.reaches(Role.ORG_ADMIN):
        return None
    week = _week(person.zone, now)
    if week is None:
        return None
    return f"recommendations.weekly|{week}|{person.team_id}/{person.user_id}"


def _week(zone: ZoneInfo, now: datetime) -> str | None:
    """The week that has just begun, such as 2026-W48; None: its first morning is not there."""
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday() - MONDAY)
    at = datetime(monday.year, monday.month, monday.day, HOUR, tzinfo=zone)
    if not at <= local < at + SENT_WITHIN:
        return None
    year, week, _ = monday.isocalendar()
    return f"{year}-W{week:02}"


def _caller(person: Person) -> Caller:
    return Caller(
        person.team_id,
        person.user_id,
        person.name,
        person.organization,
        person.role,
        person.zone,
    )


def _delivery(key: str, person: Person, summary: WeeklySummary) -> NewDelivery:
    payload = summary_answer(summary).payload()
    blocks = tuple(cast("Sequence[Json]", payload["blocks"]))
    message = SlackMessage(text=str(payload["text"]), blocks=blocks)
    return NewDelivery(
        key=key,
        channel="slack",
        address=person.user_id,
        workspace=person.team_id,
        payload=message.as_json(),
    )

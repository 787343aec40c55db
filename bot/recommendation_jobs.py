"""What is done about recommendations while costbot serves: drawn, measured, aged, told of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from analysis.clock import Clock
from analysis.errors import Unavailable
from analysis.roles import Role
from bot.assembly import Parts, recommendations_of
from bot.outbox.payloads import Json, SlackMessage
from bot.recommendation_summary import summary_answer
from handlers.caller import Caller
from handlers.recommendations.handlers import RecommendationHandlers
from handlers.recommendations.results import WeeklySummary
from storage.records.delivery import NewDelivery
from storage.records.person import Person
from storage.store import Store

log = logging.getLogger(__name__)

SETTLING = timedelta(minutes=1)
"""For how long after its start costbot draws nothing: questions of people come first."""

LOOK_EVERY = timedelta(minutes=10)
"""How often it is looked whether there is a new complete day, or a Monday morning somewhere."""

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
    """

    handlers: RecommendationHandlers
    store: Store
    clock: Clock
    began: datetime
    with_summary: bool = True
    wake: Callable[[], None] | None = None
    measured: set[str] = field(default_factory=set[str])

    async def draw(self) -> None:
        """Draws recommendations for everybody, once for each new complete day."""
        if self.clock() - self.began < SETTLING:
            return
        try:
            done = await self.handlers.generate.nightly()
        except Unavailable as error:
            log.warning("recommendations were not drawn: %s", error)
            return
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
        try:
            measured = await self.handlers.measure.measure()
        except Unavailable as error:
            log.warning("savings were not measured: %s", error)
            return
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

    async def tell(self) -> None:
        """Puts the summaries into the outbox that are due; each leaves once a week and person."""
        if not self.with_summary:
            return
        now = self.clock()
        due = {
            key: person
            for person in await self.store.people.find_all()
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


def recommendation_jobs(parts: Parts, wake: Callable[[], None] | None = None) -> RecommendationJobs:
    """The jobs of a serving costbot.

    Args:
        parts: on which they work.
        wake: tells the outbox of this process that there is something to send.
    """
    return RecommendationJobs(
        handlers=recommendations_of(parts, "system"),
        store=parts.store,
        clock=parts.clock,
        began=parts.clock(),
        with_summary=parts.settings.weekly_summary,
        wake=wake,
    )


def summary_key(person: Person, now: datetime) -> str | None:
    """The key of the summary that is due for a person; None: none is.

    Args:
        person: as listed.
        now: UTC.
    """
    if not person.active or not person.role.reaches(Role.ORG_ADMIN):
        return None
    local = now.astimezone(person.zone)
    monday = local.date() - timedelta(days=local.weekday() - MONDAY)
    at = datetime(monday.year, monday.month, monday.day, HOUR, tzinfo=person.zone)
    if not at <= local < at + SENT_WITHIN:
        return None
    year, week, _ = monday.isocalendar()
    return f"recommendations.weekly|{year}-W{week:02}|{person.team_id}/{person.user_id}"


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
    return NewDelivery(key=key, channel="slack", address=person.user_id, payload=message.as_json())

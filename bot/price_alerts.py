"""Who is told of models that end and of models without a price: each once, through the outbox."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import cast

from analysis.clock import Clock
from analysis.roles import Role
from bot.assembly import Parts
from bot.blocks.answer import Answer
from bot.blocks.price_alerts import endings_answer, unpriced_answer
from bot.outbox.payloads import Json, SlackMessage
from handlers.price_alerts import EndingModel, PriceAlertHandler, UnpricedModel
from queries.recommendation_evidence.reading import EvidenceLimits, EvidenceReader
from storage.records.delivery import NewDelivery
from storage.records.person import Person
from storage.store import Store

log = logging.getLogger(__name__)

HOUR = 9
"""When an alert leaves, where the person is: nobody is woken for it."""

AT_ONCE = 500
"""Messages that are put into the outbox together."""


@dataclass(slots=True)
class PriceAlertJob:
    """Tells organization admins; where an organization has none, the admins.

    The keys of the messages make each of them leave once, whichever process puts them there.

    Attributes:
        handler: knows what there is to tell.
        store: with people and the outbox.
        clock: the present.
        wake: tells the outbox of this process that there is something to send.
        told: the last complete day that this process has looked at.
    """

    handler: PriceAlertHandler
    store: Store
    clock: Clock
    wake: Callable[[], None] | None = None
    told: date | None = field(default=None)

    async def tell(self) -> None:
        """Puts what is new into the outbox, once for each new complete day."""
        last = self.handler.last_day()
        if last is None or last == self.told:
            return
        added = await self._add()
        self.told = last
        if added:
            log.info("messages about prices: %d", added)
            if self.wake is not None:
                self.wake()

    async def _add(self) -> int:
        alerts = await self.handler.alerts()
        people = await self.store.people.find_all()
        now = self.clock()
        ending: dict[str, tuple[Person, list[EndingModel]]] = {}
        for one in alerts.ending:
            for person in addressees(people, one.organization):
                ending.setdefault(ending_key(person, now), (person, []))[1].append(one)
        unpriced: dict[str, tuple[Person, list[UnpricedModel]]] = {}
        for use in alerts.unpriced:
            for person in addressees(people, use.organization):
                unpriced.setdefault(unpriced_key(use, person), (person, []))[1].append(use)
        new = [
            _delivery(key, person, endings_answer(models), now)
            for key, (person, models) in ending.items()
        ]
        for key, (person, uses) in unpriced.items():
            uses.sort(key=lambda use: -use.requests)
            new.append(_delivery(key, person, unpriced_answer(uses), now))
        added = 0
        for begin in range(0, len(new), AT_ONCE):
            added += len(await self.store.deliveries.add_many(new[begin : begin + AT_ONCE]))
        return added


def price_alert_job(parts: Parts, wake: Callable[[], None] | None = None) -> PriceAlertJob:
    """The job of a serving costbot.

    Args:
        parts: on which it works.
        wake: tells the outbox of this process that there is something to send.
    """
    settings = parts.settings
    limits = EvidenceLimits(threads=settings.mart_threads, memory=settings.mart_memory)
    reader = EvidenceReader(parts.mart, limits)
    handler = PriceAlertHandler(parts.mart, reader, parts.store.prices, parts.clock)
    return PriceAlertJob(handler, parts.store, parts.clock, wake)


def addressees(people: Iterable[Person], organization: str | None) -> list[Person]:
    """Who is told: the organization's admins; where nobody is, the admins of the deployment."""
    there = [one for one in people if one.active]
    own = [
        one
        for one in there
        if organization is not None
        and one.role is Role.ORG_ADMIN
        and one.organization == organization
    ]
    return own or [one for one in there if one.role is Role.ADMIN]


def ending_key(person: Person, now: datetime) -> str:
    """Once a month and person: all models that end stand in one message."""
    return f"prices.deprecated|{now:%Y-%m}|{person.team_id}/{person.user_id}"


def unpriced_key(one: UnpricedModel, person: Person) -> str:
    """Once for each model and person, however many organizations use it."""
    about = f"{one.provider or ''}/{one.model}"
    return f"prices.unpriced|{about}|{person.team_id}/{person.user_id}"


def _delivery(key: str, person: Person, answer: Answer, now: datetime) -> NewDelivery:
    payload = answer.payload()
    blocks = tuple(cast("Sequence[Json]", payload["blocks"]))
    message = SlackMessage(text=str(payload["text"]), blocks=blocks)
    return NewDelivery(
        key=key,
        channel="slack",
        address=person.user_id,
        workspace=person.team_id,
        payload=message.as_json(),
        not_before=_morning(person, now),
    )


def _morning(person: Person, now: datetime) -> datetime | None:
    """The next time that it is nine where the person is; None: the day has begun already."""
    local = now.astimezone(person.zone)
    nine = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    evening = nine + timedelta(hours=9)
    if nine <= local < evening:
        return None
    return nine if local < nine else nine + timedelta(days=1)

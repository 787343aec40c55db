"""What grows old by itself, brought up to date when costbot starts and every night."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from analysis.clock import Clock
from analysis.errors import Refused
from bot.supervisor import Supervisor
from queries.mart import Mart
from storage.repositories.inbound import InboundEventRepository

log = logging.getLogger(__name__)

AFTER_MIDNIGHT = timedelta(minutes=5)
"""How long after UTC midnight a day ends for the mart: clocks differ a little."""

Pause = Callable[[float], Awaitable[None]]
"""Lets so many seconds pass."""


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The daily work on what costbot keeps.

    Attributes:
        mart: whose old days lose their hours, and which may have been rolled up by an older
            version or for other dimensions.
        inbound: the events heard, of which the old ones are forgotten.
        clock: the present.
        supervisor: watches the work and logs what fails; the other work goes on.
        pause: lets time pass.
    """

    mart: Mart
    inbound: InboundEventRepository
    clock: Clock
    supervisor: Supervisor
    pause: Pause = asyncio.sleep

    async def daily(self) -> None:
        """Does the work now, and shortly after every UTC midnight; does not end."""
        while True:
            self.supervisor.spawn(self.keep_the_mart_up(), "keeping the mart up")
            self.supervisor.spawn(self.forget_events(), "forgetting old events")
            due = next_night(self.clock())
            while (left := due - self.clock()) > timedelta():
                await self.pause(left.total_seconds())

    async def keep_the_mart_up(self) -> None:
        """Rolls up anew what is outdated, beside the event loop.

        Where another process writes to the mart this is left to it: every import does it too.
        """
        try:
            days = await asyncio.to_thread(self.mart.keep_up)
        except Refused as error:
            log.warning("the mart was not kept up: %s", error)
            return
        if days:
            log.info("days of the mart rolled up anew: %d", days)

    async def forget_events(self) -> None:
        """Forgets the events that nobody will repeat any more."""
        forgotten = await self.inbound.forget_before()
        if forgotten:
            log.info("events forgotten: %d", forgotten)


def next_night(now: datetime) -> datetime:
    """The next instant at which the daily work is due, after `now`."""
    midnight = datetime.combine(now.astimezone(UTC).date(), time(), UTC)
    due = midnight + AFTER_MIDNIGHT
    return due if due > now else due + timedelta(days=1)

"""What grows old by itself, brought up to date when costbot starts and every night."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from analysis.errors import Refused
from queries.mart import Mart
from storage.repositories.inbound import InboundEventRepository

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The daily work on what costbot keeps.

    Attributes:
        mart: whose old days lose their hours, and which may have been rolled up by an older
            version or for other dimensions.
        inbound: the events heard, of which the old ones are forgotten.
    """

    mart: Mart
    inbound: InboundEventRepository

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

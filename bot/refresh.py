"""The refresh of the mart from BigQuery while costbot serves."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from analysis.errors import Refused, Unavailable
from handlers.sync import SyncHandler, SyncRequest

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Refreshes the mart, again and again.

    Attributes:
        sync: what does it, and keeps how it went: `/cost about` shows that.
    """

    sync: SyncHandler

    async def refresh(self) -> None:
        """Reads what has changed; what goes wrong now is tried again in the next slot."""
        try:
            report = await self.sync.sync(SyncRequest(), _tell_nobody)
        except Refused as error:
            log.warning("the mart was not refreshed: %s", error)
        except Unavailable as error:
            log.warning("the mart was not refreshed: %s", error)
        else:
            did = report.did
            log.info(
                "mart refreshed: %d days read, %d bytes billed", did.days_read, did.bytes_billed
            )


def _tell_nobody(_step: str, _done: float) -> None:
    """Nobody watches."""

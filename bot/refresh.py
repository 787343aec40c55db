"""The refresh of the mart from BigQuery while costbot serves."""

from __future__ import annotations

import logging
from dataclasses import dataclass

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
        """Reads what has changed.

        Raises:
            Refused, Unavailable: it did not succeed; the mart keeps its last good state.
        """
        did = (await self.sync.sync(SyncRequest(), _tell_nobody)).did
        log.info("mart refreshed: %d days read, %d bytes billed", did.days_read, did.bytes_billed)


def _tell_nobody(_step: str, _done: float) -> None:
    """Nobody watches."""

"""Home tabs brought up to date after an import or a decision."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.slack.home_publisher import HomePublisher

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HomeRefresh:
    """Has the tabs drawn anew that people look at.

    Attributes:
        publisher: draws them.
    """

    publisher: HomePublisher

    async def refresh(self) -> None:
        """Those of everybody who looked at theirs lately, where there is something new to tell."""
        changed = await self.publisher.refresh()
        if changed:
            log.info("Home tabs that may have changed: %d", changed)

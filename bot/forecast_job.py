"""Forecasts, kept while costbot serves."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.assembly import Parts
from bot.assembly.forecasts import forecast_keeper_of
from handlers.forecasts.keeping import ForecastKeeper

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ForecastJob:
    """Keeps forecasts.

    Attributes:
        keeper: what does it.
    """

    keeper: ForecastKeeper

    async def keep(self) -> None:
        """Foresees from each new complete day, and fills in what came of what was foreseen before.

        Raises:
            Unavailable: the facts or the store cannot be read.
        """
        done = await self.keeper.keep()
        if done.made or done.settled or done.dropped or done.forgotten:
            log.info(
                "forecasts from %s: %d made, %d held against what came, %d dropped, %d forgotten",
                done.made_on,
                done.made,
                done.settled,
                done.dropped,
                done.forgotten,
            )


def forecast_job(parts: Parts) -> ForecastJob:
    """The job of a serving costbot.

    Args:
        parts: on which it works.
    """
    return ForecastJob(forecast_keeper_of(parts))

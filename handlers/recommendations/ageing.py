"""What time alone makes of recommendations: snoozes end, old ones expire and are archived."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from analysis.clock import Clock
from analysis.errors import Outdated
from analysis.recommendations.kept.merge import aged
from handlers.recommendations.keeping import keep
from storage.store import Store


@dataclass(frozen=True, slots=True)
class AgeHandler:
    """Moves what has become old; one transaction for each organization.

    Attributes:
        store: where recommendations are kept.
        clock: the present.
    """

    store: Store
    clock: Clock

    async def age(self) -> Counter[str]:
        """Wakes, expires and archives what is due; how many there were of each.

        What somebody decides upon at the same moment is left to the next time.

        Raises:
            Unavailable: the store does not answer.
        """
        now = self.clock()
        counts: Counter[str] = Counter()
        for organization in await self.store.recommendations.ageing(now):
            try:
                async with self.store.transaction() as together:
                    rows = await together.drawn_recommendations.live_of([organization])
                    changes = aged((row.kept for row in rows), now)
                    counts += await keep(together, rows, changes, {}, now)
            except Outdated:
                continue
        return counts

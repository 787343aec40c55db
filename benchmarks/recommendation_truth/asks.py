"""Requests to models, one by one, with what only their maker knows of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from analysis.recommendations.cells import EvidencePeriod, Route

DAYS = 30
"""Of the evidence: what they hold is what a month holds."""

START = datetime(2026, 10, 22, tzinfo=UTC)
"""A Thursday."""

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PERIOD = EvidencePeriod(START.date(), date(2026, 11, 20), NOW)

DAY, HOUR, MINUTE = 86_400, 3_600, 60
"""Seconds."""

BLOCK = 512
"""Tokens of a block of a prompt's beginning."""

PICO = 10**12
"""Costs are whole numbers of 1e-12 USD: exact, and quick to add up."""


@dataclass(slots=True)
class Ask:
    """One request.

    Attributes:
        at: seconds after `START`.
        route: where it went.
        user, key: in whose name.
        fresh, cached, written, output: tokens.
        batch: it came through the batch interface.
        failed: it failed, or timed out.
        prompt: equal ones ask the same; 0: there is no hash.
        blocks: of its beginning, each over all before it too; empty: there are no hashes.
        flag: what it says of itself about waiting; None: nothing.
        uses: abilities that it says it needs, parted by blanks.
        patient: nobody waits for the answer (known to its maker alone, like all that follows).
        needless: of its fresh tokens, those that change nothing in the answer.
        shared: of its tokens, the beginning that its maker would mark to be kept.
        lost: of its fresh tokens, those that the cache would serve but for a mistake.
        hard: how far a model may score below the present one and still answer it well.
        runaway: a loop or a storm of retries sent it: nobody wants the answer.
        anew: the same prompt is sent on purpose: a kept answer would be of no use.
        pico: what it cost, 1e-12 USD, once the organization is complete.
    """

    at: int
    route: Route
    user: str | None
    key: str | None
    fresh: int
    output: int
    cached: int = 0
    written: int = 0
    batch: bool = False
    failed: bool = False
    prompt: int = 0
    blocks: tuple[int, ...] = ()
    flag: bool | None = None
    uses: str = ""
    patient: bool = False
    needless: int = 0
    shared: int = 0
    lost: int = 0
    hard: float = 0.0
    runaway: bool = False
    anew: bool = False
    pico: int = 0

    @property
    def input(self) -> int:
        """All input tokens."""
        return self.fresh + self.cached + self.written

    @property
    def time(self) -> datetime:
        """When it was made."""
        return START + timedelta(seconds=self.at)

"""Failures: what requests cost that failed or timed out, and how much of that is out of the usual.

"Wasted spend": the fully loaded cost of failed requests, which buys nobody anything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

LEAST_FAILED = 20
"""Fewer failed requests are chance, or one client; for a Poisson count of 20 twice the usual is
still three standard deviations off (10 expected, 20 seen: 10 / sqrt 10)."""

LEAST_RATE = Decimal("0.01")
"""Below one failure in a hundred requests nobody speaks of a storm, however rare they were."""

STORM = 2
"""So many times the usual rate of failures is a storm."""

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How requests ended, and what they cost.

    Attributes:
        requests: all of them.
        failed: of these, failed or timed out.
        unpriced_failed: of the failed ones, without a price: their cost is not known.
        cost: USD, fully loaded, of all requests that have a price.
        wasted: USD, fully loaded, of the failed ones that have a price.
    """

    requests: int = 0
    failed: int = 0
    unpriced_failed: int = 0
    cost: Decimal = _NOTHING
    wasted: Decimal = _NOTHING

    def __add__(self, more: Outcome) -> Outcome:
        return Outcome(
            requests=self.requests + more.requests,
            failed=self.failed + more.failed,
            unpriced_failed=self.unpriced_failed + more.unpriced_failed,
            cost=self.cost + more.cost,
            wasted=self.wasted + more.wasted,
        )

    @property
    def rate(self) -> Decimal | None:
        """Failed requests as a share of all; None without requests."""
        return Decimal(self.failed) / self.requests if self.requests else None

    @property
    def share(self) -> Decimal | None:
        """Wasted as a share of cost; None where nothing was spent."""
        return self.wasted / self.cost if self.cost > 0 else None

    @property
    def is_unpriced(self) -> bool:
        """None of the failed requests has a price: what they cost is not known, not nothing."""
        return bool(self.failed) and self.unpriced_failed == self.failed


def added(several: Iterable[Outcome]) -> Outcome:
    """The sum; nothing where there is none."""
    return sum(several, Outcome())


@dataclass(frozen=True, slots=True)
class Judged:
    """How requests ended, beside how they usually do.

    Attributes:
        now: in the period.
        usual: the usual share of failed requests, 0 to 1; None: it is not known.
    """

    now: Outcome
    usual: Decimal | None

    @property
    def is_storm(self) -> bool:
        """More than twice the usual share failed, and that is more than chance."""
        rate = self.now.rate
        if rate is None or self.usual is None:
            return False
        enough = self.now.failed >= LEAST_FAILED and rate >= LEAST_RATE
        return enough and rate > STORM * self.usual

    @property
    def avoidable(self) -> Decimal | None:
        """USD that failures beyond the usual rate cost: wasted x (1 - usual / rate).

        Failed requests would have cost as much each, and there would have been as many requests;
        what retries add to the number of requests is not taken off. None where the usual rate is
        not known, nothing failed, or no failed request has a price.
        """
        rate = self.now.rate
        if not rate or self.usual is None or self.now.is_unpriced:
            return None
        return max(self.now.wasted * (1 - self.usual / rate), _NOTHING)

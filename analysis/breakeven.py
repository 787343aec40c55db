"""Own GPUs or an API: the utilization from which on GPUs that are paid for anyway are cheaper.

Cost-volume-profit analysis (Horngren, Cost Accounting: break-even volume = fixed cost / price of
a unit): own GPUs are the fixed cost, an API asks by the unit. With A paid for the GPUs, U of it
used, T requests served at the utilization u = U/A, and P what an API asks for these T requests:

    at utilization x the GPUs serve T·x/u requests, which would cost P·x/u at the API;
    that equals A at the break-even utilization u* = u·A/P = U/P.

Above 100 % no utilization pays off: the API is cheaper at these prices. The fixed cost is what is
paid (allocation), never what was used: idle GPUs are on the bill, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from analysis.costs import Infrastructure

MONTH_HOURS = Decimal(730)
"""Hours of a month, as price lists of cloud providers count them: 8,760 / 12."""


class Cheaper(StrEnum):
    """Which of the two costs less."""

    OWN = "own GPUs"
    API = "the API"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Both sides at one utilization.

    Attributes:
        utilization: used as a share of paid.
        requests: that the GPUs then serve in the period.
        own: USD that the GPUs cost, at any utilization.
        api: USD that an API asks for these requests.
    """

    utilization: Decimal
    requests: Decimal
    own: Decimal
    api: Decimal

    @property
    def saving(self) -> Decimal:
        """USD that own GPUs save against the API; below zero, they cost more."""
        return self.api - self.own

    @property
    def own_per_request(self) -> Decimal:
        """USD of a request on own GPUs."""
        return self.own / self.requests

    @property
    def api_per_request(self) -> Decimal:
        """USD of a request at the API."""
        return self.api / self.requests


@dataclass(frozen=True, slots=True)
class BreakEven:
    """GPUs beside an API, over the same traffic.

    Attributes:
        paid: allocation cost of the GPUs.
        used: USD of it: direct cost of their requests.
        requests: that they served.
        api: USD that an API asks for these requests.

    Raises:
        ValueError: one of them is not above zero; for `api`, it is below.
    """

    paid: Infrastructure
    used: Decimal
    requests: int
    api: Decimal

    def __post_init__(self) -> None:
        if self.paid.usd <= 0 or self.used <= 0 or self.requests <= 0 or self.api < 0:
            message = f"no break-even of {self}: cost and requests must be above zero"
            raise ValueError(message)

    @property
    def utilization(self) -> Decimal:
        """Used as a share of paid: u of the module."""
        return self.used / self.paid.usd

    @property
    def threshold(self) -> Decimal | None:
        """The break-even utilization: u* of the module; None where the API asks nothing."""
        return self.used / self.api if self.api else None

    @property
    def cheaper(self) -> Cheaper:
        """Which side costs less at the utilization that there is."""
        if self.api == self.paid.usd:
            return Cheaper.NEITHER
        return Cheaper.OWN if self.api > self.paid.usd else Cheaper.API

    @property
    def now(self) -> Scenario:
        """Both sides as they are."""
        return Scenario(self.utilization, Decimal(self.requests), self.paid.usd, self.api)

    def at(self, utilization: Decimal) -> Scenario:
        """Both sides at another utilization of the same GPUs, each request as it is."""
        # Multiplied first: a product is exact, a quotient is not.
        return Scenario(
            utilization,
            self.requests * utilization * self.paid.usd / self.used,
            self.paid.usd,
            self.api * utilization * self.paid.usd / self.used,
        )


def monthly(usd: Decimal, hours: Decimal) -> Decimal:
    """What `usd` in `hours` comes to in a month of 730 hours."""
    return usd * MONTH_HOURS / hours

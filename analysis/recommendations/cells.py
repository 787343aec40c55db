"""What recommendations are drawn from: LLM usage by route, size, timing and interface.

A cell is a group of requests that are alike in what decides their price and what could be done
about them. Sums are those of the evidence's days, all of them over.
"""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from analysis.prices import TokenUsage, UnitPrice

MONTH = 30
"""Days of the month that amounts are extended to, everywhere in recommendations."""

INPUT_BANDS = (1_000, 4_000, 16_000, 64_000)
"""Upper edges of the input sizes, tokens of one request, included; beyond the last: one more."""

OUTPUT_BANDS = (256, 1_024, 4_096)
"""The same of the output, reasoning included."""


class Timing(StrEnum):
    """When requests were made, as far as it tells whether they could wait."""

    FLAGGED = "flagged"
    """Marked as able to wait by whoever sent them."""
    BURST = "burst"
    """Of a burst that one sender made on one route within a minute, faster than anybody types."""
    OFF_HOURS = "off_hours"
    """At night (22 to 6) or at the weekend, where the organization's days begin."""
    INTERACTIVE = "interactive"
    """The rest."""


@dataclass(frozen=True, slots=True)
class EvidencePeriod:
    """The complete days that evidence was drawn from.

    Attributes:
        first_day, last_day: both included.
        now: the instant at which it was drawn, UTC.
    """

    first_day: date
    last_day: date
    now: datetime

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last_day - self.first_day).days + 1

    def monthly(self, amount: Decimal) -> Decimal:
        """An amount of these days, extended to `MONTH` days."""
        return amount * MONTH / self.days


@dataclass(frozen=True, slots=True, order=True)
class Route:
    """Where requests went, and for what; None: they do not say.

    Attributes:
        organization: whose.
        provider, model: as the rows name them.
        endpoint, feature, environment: the task behind them.
    """

    organization: str | None
    provider: str | None
    model: str | None
    endpoint: str | None = None
    feature: str | None = None
    environment: str | None = None


def dollars_of(route: Route) -> str:
    """The name of the dollars that a route cost: the same in all recommendations."""
    return json.dumps(["usage", *astuple(route)])


def gpu_dollars_of(product: str | None, service: str | None, model: str | None) -> str:
    """The name of the dollars that a service on GPUs cost: its endpoint or process, its model."""
    return json.dumps(["gpu", product, service, model])


@dataclass(frozen=True, slots=True)
class UsageCell:
    """Requests of one route that are alike in size, timing and interface.

    A row that stands for several requests counts with its means.

    Attributes:
        route: where they went.
        input_band, output_band: places in `INPUT_BANDS` and `OUTPUT_BANDS`.
        timing: when they were made.
        tokens: of all of them, with their number; its `batch` says by which interface.
        billed_cost: USD of those that are priced.
        unpriced_requests: of them, without a price.
        failed_requests: of them, failed or timed out.
        largest_input, largest_output: tokens of the largest request.
        needs: capabilities that the requests say they use, such as `tools`; empty: they say none.
        user_requests: of them, in the name of a user; None: nobody counted.
        by_hour: of them, in each of the 24 hours of the organization's day; empty: not counted, as
            where somebody waits for the answers.
    """

    route: Route
    input_band: int
    output_band: int
    timing: Timing
    tokens: TokenUsage
    billed_cost: Decimal
    unpriced_requests: int = 0
    failed_requests: int = 0
    largest_input: int = 0
    largest_output: int = 0
    needs: frozenset[str] = frozenset()
    user_requests: int | None = None
    by_hour: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a model that requests could go to, or went to.

    Attributes:
        provider, model: as the price list writes them.
        prices: in force now, all tiers, this organization's negotiated rates among them.
        context_window, max_output: tokens; None: not known.
        capabilities: such as `tools` or `vision`.
        quality: from 0 to 1; None: not known. Comparable within one kind of test only.
        quality_source: which test, and who says so.
        is_offered: it may be proposed: active, and its end was not announced.
        deprecated_at: when its end was announced; None: it was not.
        replacement: the model that the provider names instead.
    """

    provider: str
    model: str
    prices: tuple[UnitPrice, ...]
    context_window: int | None
    max_output: int | None
    capabilities: frozenset[str]
    quality: Decimal | None
    quality_source: str
    is_offered: bool
    deprecated_at: datetime | None = None
    replacement: str | None = None


@dataclass(frozen=True, slots=True)
class PricedCell:
    """A cell with the price that its requests would have now.

    Attributes:
        cell: the requests.
        price: in force now for this organization and size; None: there is none.
        model: what is known of their model; None: the price list does not have it.
    """

    cell: UsageCell
    price: UnitPrice | None
    model: ModelFacts | None = None

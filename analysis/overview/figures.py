"""The figures that an overview is made of: plain values, money in USD."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.costs import Reconciliation
from analysis.drivers.finding import Finding


@dataclass(frozen=True, slots=True)
class Change:
    """What one product, or all together, cost in a period and in the one before it.

    Attributes:
        product: its name; None: the rows name none.
        now: USD, fully loaded, without what is unpriced.
        before: USD, of the period before.
        ratio: the change as a share of before; None where nothing was before.
        is_flagged: the change is worth a look.
        requests: of the period.
        requests_before: of the period before.
    """

    product: str | None
    now: Decimal
    before: Decimal
    ratio: Decimal | None
    is_flagged: bool
    requests: int
    requests_before: int

    @property
    def change(self) -> Decimal:
        """USD more than before."""
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Compared:
    """A period against the one before it.

    Attributes:
        total: of all products.
        products: each of them, the largest change first.
        is_known: some request of the period has a price, so that its cost is known.
    """

    total: Change
    products: tuple[Change, ...]
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class OddDay:
    """A day that lies far from the 7 before it.

    Attributes:
        day: UTC day.
        product: None: the rows name none.
        cost: USD.
        usual_cost: USD, average of the 7 days before.
        deviations: how many standard deviations above it; None where there is no spread.
        is_cost: the cost is what is odd.
        requests: of the day.
        usual_requests: average of the 7 days before.
        volume_deviations: how many standard deviations above it.
        is_volume: the number of requests is what is odd.
    """

    day: date
    product: str | None
    cost: Decimal
    usual_cost: Decimal | None
    deviations: float | None
    is_cost: bool
    requests: int
    usual_requests: float | None
    volume_deviations: float | None
    is_volume: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """A model whose requests cost more, or less, than in the days before.

    Attributes:
        model: None: the rows name none.
        now: USD per request with a price.
        before: USD per request, in the baseline.
        requests: with a price, in the period.
        ratio: the change as a share of before.
    """

    model: str | None
    now: Decimal
    before: Decimal
    requests: int
    ratio: Decimal

    @property
    def effect(self) -> Decimal:
        """USD that the drift makes of the period's cost."""
        return (self.now - self.before) * self.requests


@dataclass(frozen=True, slots=True)
class Failure:
    """Requests that failed in one way at one place.

    Attributes:
        place: product, endpoint and process, as far as they are named.
        result: "failed", "timeout", …
        error_type: None: not told.
        requests: how many.
        cost: USD; None: not known, none has a price.
    """

    place: tuple[str, ...]
    result: str | None
    error_type: str | None
    requests: int
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Member:
    """One of those for whom the cost was.

    Attributes:
        name: of it, its parts parted by what reads well; None: the rows name none.
        cost: USD; None: not known, no request has a price.
        share: of all members' cost; None: not told.
    """

    name: str | None
    cost: Decimal | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What a cost does not hold, or only as an estimate; all of the week.

    Attributes:
        requests: of the week.
        unpriced_requests: of these, without a price.
        unpriced_models: behind them.
        estimated_requests: of the week, priced by the public list.
        estimated_cost: USD: what they cost.
        internal_requests: of the owner's own traffic.
        internal_cost: USD: what they cost.
        unknown_requests: of traffic that is not known to be internal or not.
        unknown_cost: USD: what they cost.
        are_left_out: internal traffic and traffic of unknown origin are in no figure.
    """

    requests: int
    unpriced_requests: int
    unpriced_models: Sequence[str]
    estimated_requests: int
    estimated_cost: Decimal
    internal_requests: int
    internal_cost: Decimal
    unknown_requests: int
    unknown_cost: Decimal
    are_left_out: bool


@dataclass(frozen=True, slots=True)
class Machines:
    """What the machines cost in the week.

    Attributes:
        reconciliation: the parts of it.
        bought: USD of both sides that is LLM usage, which has no machines of its own.
        categories: direct cost of the GPUs by category, USD.
    """

    reconciliation: Reconciliation
    bought: Decimal
    categories: tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """All that an overview speaks of; None, or nothing in it, where nothing is known.

    Attributes:
        day: the last complete UTC day.
        organization: whose cost; None: of all.
        days: the day against the one before.
        weeks: the 7 days that end with it against the 7 before.
        machines: None for whom it is not.
        finding: why the week's cost moved.
        no_finding: why there is none, a sentence.
        odd_days: of the week, the farthest off in dollars first.
        drifts: the models beyond the threshold.
        failures: what failed, dearest first.
        organizations: customers of the API, dearest first.
        endpoints: of the API with their models, dearest first.
        processes: of Studio, dearest first.
        counted: what is not in the figures; None where that could not be asked.
        data_ends: sources whose facts end before the day, with their last day.
        silent: names of parts that have no rows.
        missing: names of parts that could not be answered, with the reason.
    """

    day: date
    organization: str | None
    days: Compared | None
    weeks: Compared | None
    machines: Machines | None
    finding: Finding | None
    no_finding: str
    odd_days: tuple[OddDay, ...]
    drifts: tuple[Drift, ...]
    failures: tuple[Failure, ...]
    organizations: tuple[Member, ...]
    endpoints: tuple[Member, ...]
    processes: tuple[Member, ...]
    counted: Counted | None
    data_ends: tuple[tuple[str, date], ...]
    silent: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]

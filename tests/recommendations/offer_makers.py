"""Offers and days for the tests of tiers and of what is unused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from analysis.recommendations.cells import PricedCell, Route
from analysis.recommendations.tiers.model_load import LoadMinute, ModelLoad
from analysis.recommendations.tiers.provider_offers import OfferKind, ProviderOffer, Subscription
from tests.recommendations.usage_makers import MONTH, cell_of, model_of, price_of

D = Decimal
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
GPT = model_of("gpt-4o", price_of("gpt-4o", "2.5", "10", batch=("1.25", "5")))

COMMITMENT = ProviderOffer(
    id="c1",
    kind=OfferKind.COMMITMENT,
    name="Commit 900",
    provider="openai",
    models=(),
    organization=None,
    effective_from=LONG_AGO,
    effective_until=None,
    reference="order form 17",
    discount=D("0.2"),
    from_usd=D(900),
)

VOLUME = replace(
    COMMITMENT, id="v1", kind=OfferKind.VOLUME_DISCOUNT, name="Tier 2", discount=D("0.1")
)

UNITS = replace(
    COMMITMENT,
    id="u1",
    kind=OfferKind.PROVISIONED_THROUGHPUT,
    name="PTU",
    discount=D(0),
    from_usd=None,
    unit_usd=D(100),
    tokens_per_minute=1_000,
)

FLEX = replace(
    COMMITMENT, id="f1", kind=OfferKind.SERVICE_TIER, name="Flex", discount=D("0.5"), from_usd=None
)


def taken(offer: ProviderOffer, organization: str | None = "acme", units: int = 1) -> ProviderOffer:
    """The same offer, paid for since long ago."""
    one = Subscription(id="s1", organization=organization, units=units, since=LONG_AGO, until=None)
    return replace(offer, subscriptions=(one,))


def spent(monthly: str, **fields: object) -> PricedCell:
    """Requests that cost so much in the 30 days of the evidence."""
    return cell_of(GPT, billed=monthly, **fields)  # pyright: ignore[reportArgumentType]


def evenly(cells: Sequence[PricedCell]) -> dict[Route, list[Decimal]]:
    """The same on each day."""
    return by_days(cells, lambda _: D(1))


def by_days(
    cells: Sequence[PricedCell], of_day: Callable[[int], Decimal]
) -> dict[Route, list[Decimal]]:
    """The cost of cells, shared out over the days by weights."""
    weights = [of_day(day) for day in range(MONTH.days)]
    whole = sum(weights, D(0))
    found: dict[Route, list[Decimal]] = {}
    for cell in cells:
        days = found.setdefault(cell.cell.route, [D(0)] * MONTH.days)
        for place, weight in enumerate(weights):
            days[place] += cell.cell.billed_cost * weight / whole
    return found


def load_of(
    tokens: Callable[[datetime], int], each: str = "0.00001", *, spread: int = 0
) -> ModelLoad:
    """A load of gpt-4o: tokens of each minute of the evidence, at so many USD a token."""
    begin = datetime.combine(MONTH.first_day, datetime.min.time(), UTC)
    minutes: list[LoadMinute] = []
    for number in range(MONTH.days * 24 * 60):
        start = begin + timedelta(minutes=number)
        amount = tokens(start)
        if amount:
            minutes.append(LoadMinute(start, amount, 0, 0, amount * D(each)))
    return ModelLoad("acme", "openai", "gpt-4o", len(minutes), spread, tuple(minutes))

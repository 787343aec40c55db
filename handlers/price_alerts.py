"""What of the price list somebody should be told: models that end, and models without a price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from analysis.clock import Clock
from analysis.recommendations.cells import EvidencePeriod
from handlers.recommendations.gathering import periods_of
from queries.dimensions import Source
from queries.mart import Mart
from queries.prices.spellings import spellings
from queries.recommendation_evidence.models_in_use import ModelInUse, models_in_use
from queries.recommendation_evidence.reading import EvidenceReader
from storage.records.price import StoredPrice
from storage.repositories.prices import PriceRepository

DAYS = 30
"""The days that costs are told of."""

RECENT_DAYS = 7
"""A model that was not used so lately is in use no more."""


@dataclass(frozen=True, slots=True)
class EndingModel:
    """A model in use whose end its provider has announced.

    Attributes:
        organization: that uses it; None: the rows do not say.
        provider, model: as the rows name it.
        deprecated_at: when its end was announced, UTC.
        replacement: the model that the provider names instead; None: none.
        requests: of the days.
        monthly_cost: USD.
        days: of which.
        price, replacement_price: input and output, USD per million tokens; None: no list has it.
    """

    organization: str | None
    provider: str
    model: str
    deprecated_at: datetime
    replacement: str | None
    requests: int
    monthly_cost: Decimal
    days: EvidencePeriod
    price: tuple[Decimal, Decimal]
    replacement_price: tuple[Decimal, Decimal] | None


@dataclass(frozen=True, slots=True)
class UnpricedModel:
    """A model in use without a price.

    Attributes:
        organization: that uses it; None: the rows do not say.
        provider: as the rows name it; None: they do not.
        model: likewise.
        requests: of the days, without a price.
        since: the first of the days with any, UTC.
        days: of which.
    """

    organization: str | None
    provider: str | None
    model: str
    requests: int
    since: date
    days: EvidencePeriod


@dataclass(frozen=True, slots=True)
class PriceAlerts:
    """What there is to tell.

    Attributes:
        ending: by organization, the dearest first.
        unpriced: by organization, those with most requests first.
    """

    ending: tuple[EndingModel, ...]
    unpriced: tuple[UnpricedModel, ...]


@dataclass(frozen=True, slots=True)
class PriceAlertHandler:
    """Holds the models in use against the price list.

    Attributes:
        mart: with the facts.
        reader: of the mart.
        prices: the store's list.
        clock: the present.
    """

    mart: Mart
    reader: EvidenceReader
    prices: PriceRepository
    clock: Clock

    def last_day(self) -> date | None:
        """The last complete day of LLM usage; None: there are too few days."""
        period = periods_of(self.mart.snapshot(), DAYS, self.clock()).get(Source.USAGE)
        return None if period is None else period.last_day

    async def alerts(self) -> PriceAlerts:
        """What there is to tell of the last complete days.

        Raises:
            Unavailable: the mart or the store cannot be read.
        """
        now = self.clock()
        period = periods_of(self.mart.snapshot(), DAYS, now).get(Source.USAGE)
        if period is None:
            return PriceAlerts((), ())
        used = [
            one
            for one in await models_in_use(self.reader, period)
            if (period.last_day - one.last_day).days < RECENT_DAYS
        ]
        listed = [price for price in await self.prices.find_all() if price.in_force(now)]
        return PriceAlerts(_ending(used, listed, period), _unpriced(used, listed, period))


def _ending(
    used: Sequence[ModelInUse], listed: Sequence[StoredPrice], period: EvidencePeriod
) -> tuple[EndingModel, ...]:
    by_name = _by_name(listed)
    found: list[EndingModel] = []
    for one in used:
        price = _listed(one, by_name)
        if price is None or price.deprecated_at is None or not price.is_deprecated(period.now):
            continue
        other = by_name.get((price.provider, price.replacement)) if price.replacement else None
        found.append(
            EndingModel(
                organization=one.organization,
                provider=price.provider,
                model=one.model,
                deprecated_at=price.deprecated_at,
                replacement=price.replacement,
                requests=one.requests,
                monthly_cost=period.monthly(one.cost),
                days=period,
                price=(price.input, price.output),
                replacement_price=None if other is None else (other.input, other.output),
            )
        )
    found.sort(key=lambda one: (one.organization or "", -one.monthly_cost, one.model))
    return tuple(found)


def _unpriced(
    used: Sequence[ModelInUse], listed: Sequence[StoredPrice], period: EvidencePeriod
) -> tuple[UnpricedModel, ...]:
    """Without those that the list has by now: what is imported from now on has a price."""
    by_name = _by_name(listed)
    found = [
        UnpricedModel(
            organization=one.organization,
            provider=one.provider,
            model=one.model,
            requests=one.unpriced,
            since=one.first_unpriced,
            days=period,
        )
        for one in used
        if one.first_unpriced is not None and _listed(one, by_name) is None
    ]
    found.sort(key=lambda one: (one.organization or "", -one.requests, one.model))
    return tuple(found)


def _by_name(listed: Sequence[StoredPrice]) -> Mapping[tuple[str, str], StoredPrice]:
    """List prices of every size, by provider and model."""
    return {
        (one.provider, one.model): one
        for one in listed
        if one.organization is None and not one.above_input_tokens
    }


def _listed(one: ModelInUse, by_name: Mapping[tuple[str, str], StoredPrice]) -> StoredPrice | None:
    if one.provider is not None:
        names = spellings(one.provider, one.model)
        return next((by_name[name] for name in names if name in by_name), None)
    alike = [price for (_, model), price in by_name.items() if model == one.model.lower()]
    return alike[0] if len(alike) == 1 else None

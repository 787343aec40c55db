"""The public price list of the package genai-prices, as dated unit prices.

Only what the package brings is used: nothing is fetched. Its history is short (a price without
a known beginning counts as always in force), so what it prices is labelled as an estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from decimal import Decimal
from importlib.metadata import version

from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from analysis.prices import PriceSource, UnitPrice
from queries.prices.spellings import spellings

_BATCH = {"processing": "batch"}
"""How the package asks for the prices of the batch interface."""


class PublicList:
    """The package's list.

    Args:
        snapshot: the list; None: the one inside the package.
    """

    def __init__(self, snapshot: DataSnapshot | None = None) -> None:
        self._snapshot = snapshot or get_snapshot()
        self._version = version("genai-prices")

    def provider_of(self, model: str) -> str | None:
        """The provider that the list takes a model for whose provider is not known."""
        found = self._find(None, model)
        return found[0].id if found else None

    def unit_prices(
        self, provider: str, model: str, first: datetime, last: datetime
    ) -> list[UnitPrice]:
        """The prices of a model for requests from `first` to `last`, both included.

        Args:
            provider: as the request names it.
            model: as the request names it.
            first: instant of the oldest request, UTC.
            last: instant of the newest one, UTC.

        Returns:
            Tiers and stretches of time, each labelled as a fallback; empty where the list does
            not know the model, or sells it by something else than tokens.
        """
        for name, of in spellings(provider, model):
            found = self._find(name, of)
            if found:
                return list(self._dated(*found, first, last))
        return []

    def _find(self, provider: str | None, model: str) -> tuple[Provider, ModelInfo] | None:
        try:
            return self._snapshot.find_provider_model(model, None, provider, None)
        except LookupError:
            return None

    def _dated(
        self, provider: Provider, model: ModelInfo, first: datetime, last: datetime
    ) -> Iterator[UnitPrice]:
        # Like the package: a model found at another provider has no batch price here.
        own = any(model is one for one in provider.models)
        edges = [first, *sorted(set(_edges(model, first, last)))]
        template = UnitPrice(
            provider=provider.id,
            model=model.id,
            input=Decimal(0),
            output=Decimal(0),
            effective_from=first,
            effective_until=None,
            source=PriceSource.FALLBACK,
            reference=f"genai-prices {self._version}: {provider.id}/{model.id}",
        )
        pending: list[UnitPrice] = []
        for edge in edges:
            regular = model.get_prices(edge)
            batch = model.get_prices(edge, _BATCH) if own else regular
            tiers = [replace(one, effective_from=edge) for one in _tiers(template, regular, batch)]
            if [replace(one, effective_from=edge) for one in pending] == tiers:
                continue
            yield from (replace(one, effective_until=edge) for one in pending)
            pending = tiers
        yield from pending


def _edges(model: ModelInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """The instants after `first`, up to `last`, at which a price of the model may change."""
    conditions: list[ConditionalPrice | PriceVariant] = [*(model.price_variants or [])]
    if isinstance(model.prices, list):
        conditions += model.prices
    for condition in conditions:
        match condition.constraint:
            case StartDateConstraint(start_date=day):
                instants = [_at(day, clock_time())]
            case TimeOfDateConstraint(start_time=start, end_time=end):
                span = (last.date() - first.date()).days + 1
                days = [first.date() + timedelta(days=offset) for offset in range(span)]
                instants = [_at(day, time) for day in days for time in (start, end)]
            case None:
                instants = []
        yield from (instant for instant in instants if first < instant <= last)


def _at(day: date, time: clock_time) -> datetime:
    """The instant; a time without a zone is UTC, one with another zone is brought to UTC."""
    moment = datetime.combine(day, time, tzinfo=time.tzinfo or UTC).astimezone(UTC)
    return datetime.combine(day, moment.timetz())


def _tiers(template: UnitPrice, regular: ModelPrice, batch: ModelPrice) -> list[UnitPrice]:
    """One unit price a tier; none where the model is not sold by input tokens."""
    if regular.input_mtok is None:
        return []
    starts = {0} | set(_starts(regular)) | set(_starts(batch))
    return [
        replace(
            template,
            above_input_tokens=start,
            input=_price(regular, "input_mtok", start) or Decimal(0),
            output=_price(regular, "output_mtok", start) or Decimal(0),
            cached_input=_price(regular, "cache_read_mtok", start),
            cache_write=_price(regular, "cache_write_mtok", start),
            reasoning=_price(regular, "output_reasoning_mtok", start),
            batch_input=_price(batch, "input_mtok", start),
            batch_output=_price(batch, "output_mtok", start),
            batch_cached_input=_price(batch, "cache_read_mtok", start),
            batch_cache_write=_price(batch, "cache_write_mtok", start),
            per_request=_per_request(regular),
        )
        for start in sorted(starts)
    ]


def _values(prices: ModelPrice) -> Iterable[object]:
    return vars(prices).values()


def _starts(prices: ModelPrice) -> Iterator[int]:
    for value in _values(prices):
        if isinstance(value, TieredPrices):
            yield from (tier.start for tier in value.tiers)


def _price(prices: ModelPrice, key: str, start: int) -> Decimal | None:
    """The price of requests with just more input tokens than `start`."""
    value: object = getattr(prices, key)
    if isinstance(value, TieredPrices):
        reached = [tier.price for tier in value.tiers if tier.start <= start]
        return reached[-1] if reached else value.base
    return value if isinstance(value, Decimal) else None


def _per_request(prices: ModelPrice) -> Decimal | None:
    thousand = prices.requests_kcount
    return thousand.scaleb(-3) if isinstance(thousand, Decimal) else None

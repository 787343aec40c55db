"""Models, prices and cells for the tests of single recommendations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from analysis.prices import PriceSource, TokenUsage, UnitPrice, request_cost
from analysis.recommendations.cells import (
    INPUT_BANDS,
    OUTPUT_BANDS,
    EvidencePeriod,
    ModelFacts,
    PricedCell,
    Route,
    Timing,
    UsageCell,
)

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
MONTH = EvidencePeriod(date(2026, 10, 22), date(2026, 11, 20), NOW)
"""30 days: what they hold is what a month holds."""


def price_of(
    model: str,
    input_: str,
    output: str,
    *,
    provider: str = "openai",
    above: int = 0,
    cached: str | None = None,
    batch: tuple[str, str] | None = None,
) -> UnitPrice:
    return UnitPrice(
        provider=provider,
        model=model,
        input=Decimal(input_),
        output=Decimal(output),
        effective_from=datetime(2024, 1, 1, tzinfo=UTC),
        effective_until=None,
        source=PriceSource.LIST,
        reference="a test",
        above_input_tokens=above,
        cached_input=None if cached is None else Decimal(cached),
        batch_input=None if batch is None else Decimal(batch[0]),
        batch_output=None if batch is None else Decimal(batch[1]),
    )


def model_of(
    name: str,
    *prices: UnitPrice,
    quality: str | None = "0.80",
    test: str = "MMLU",
    provider: str = "openai",
    window: int | None = 128_000,
    most: int | None = 16_384,
    able: frozenset[str] = frozenset({"chat", "tools"}),
    offered: bool = True,
    deprecated_at: datetime | None = None,
    replacement: str | None = None,
) -> ModelFacts:
    return ModelFacts(
        provider=provider,
        model=name,
        prices=prices,
        context_window=window,
        max_output=most,
        capabilities=able,
        quality=None if quality is None else Decimal(quality),
        quality_source="" if quality is None else f"{test} {Decimal(quality) * 100}: its maker",
        is_offered=offered,
        deprecated_at=deprecated_at,
        replacement=replacement,
    )


def cell_of(
    model: ModelFacts | None,
    *,
    requests: int = 1_000,
    fresh: int = 500,
    cached: int = 0,
    output: int = 100,
    reasoning: int = 0,
    batch: bool = False,
    timing: Timing = Timing.INTERACTIVE,
    needs: frozenset[str] = frozenset({"tools"}),
    endpoint: str | None = "/v1/chat/completions",
    feature: str | None = "support",
    organization: str = "acme",
    billed: str | None = None,
    at: UnitPrice | None = None,
    largest: tuple[int, int] | None = None,
) -> PricedCell:
    """Requests of one size, billed by the model's first price unless said otherwise.

    `fresh`, `cached`, `output` and `reasoning` are tokens of one request.
    """
    price = at or (model.prices[0] if model and model.prices else None)
    tokens = TokenUsage(
        fresh_input=fresh * requests,
        cached_input=cached * requests,
        output=output * requests,
        reasoning=reasoning * requests,
        requests=requests,
        batch=batch,
    )
    cost = (
        Decimal(billed) if billed else Decimal(0) if price is None else request_cost(tokens, price)
    )
    taken, given = fresh + cached, output + reasoning
    cell = UsageCell(
        route=Route(
            organization,
            model.provider if model else "openai",
            model.model if model else "unheard-of",
            endpoint,
            feature,
        ),
        input_band=sum(taken > edge for edge in INPUT_BANDS),
        output_band=sum(given > edge for edge in OUTPUT_BANDS),
        timing=timing,
        tokens=tokens,
        billed_cost=cost,
        largest_input=largest[0] if largest else taken,
        largest_output=largest[1] if largest else given,
        needs=needs,
    )
    return PricedCell(cell, price, model)

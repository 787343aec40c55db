"""Pricing in bulk gives, to the last digit, what pricing one by one gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.prices import PriceSource, TokenUsage, UnitPrice, price_in_force, request_cost
from queries.prices.bulk import cost_sql, load_slices, match_sql
from queries.prices.slices import slices
from queries.schema import Column
from tests.columnar import create, reader

START = datetime(2026, 1, 1, tzinfo=UTC)
HOURS = st.integers(1, 30).map(lambda hours: timedelta(hours=hours))
AMOUNT = st.decimals(0, 10_000, places=9)
INSTANT = st.integers(0, 40).map(lambda hours: START + timedelta(hours=hours))


@dataclass(frozen=True)
class Request:
    at: datetime
    organization: str | None
    usage: TokenUsage


@st.composite
def prices(draw: st.DrawFn) -> UnitPrice:
    organization = draw(st.sampled_from([None, None, "acme", "globex"]))
    since = draw(INSTANT)
    source = PriceSource.LIST if organization is None else PriceSource.NEGOTIATED
    if organization is None and draw(st.integers(0, 3)) == 0:
        source = PriceSource.FALLBACK
    maybe = st.none() | AMOUNT
    return UnitPrice(
        provider="p",
        model=draw(st.sampled_from(["m", "m-2026-01-01"])),
        organization=organization,
        effective_from=since,
        effective_until=draw(
            st.none() | st.integers(1, 30).map(lambda h: since + timedelta(hours=h))
        ),
        above_input_tokens=draw(st.sampled_from([0, 0, 1, 1000, 200_000])),
        input=draw(AMOUNT),
        output=draw(AMOUNT),
        cached_input=draw(maybe),
        cache_write=draw(maybe),
        reasoning=draw(maybe),
        batch_input=draw(maybe),
        batch_output=draw(maybe),
        batch_cached_input=draw(maybe),
        batch_cache_write=draw(maybe),
        per_request=draw(st.none() | st.decimals(0, 1, places=6)),
        source=source,
        reference="a test",
    )


TOKENS = st.integers(0, 3000) | st.integers(0, 10**12)
USAGE = st.builds(
    TokenUsage,
    fresh_input=TOKENS,
    cached_input=TOKENS,
    cache_write=TOKENS,
    output=TOKENS,
    reasoning=TOKENS,
    requests=st.integers(1, 5) | st.integers(1, 10**9),
    batch=st.booleans(),
)
REQUEST = st.builds(
    Request,
    at=INSTANT,
    organization=st.sampled_from([None, "acme", "globex", "hooli"]),
    usage=USAGE,
)


@settings(max_examples=150)
@given(st.lists(prices(), max_size=8), st.lists(REQUEST, min_size=1, max_size=12))
def test_bulk_and_single_pricing_agree_to_the_last_digit(
    listed: list[UnitPrice], requests: list[Request]
) -> None:
    assert priced_in_bulk(listed, requests) == [priced_alone(listed, one) for one in requests]


def priced_alone(listed: list[UnitPrice], request: Request) -> tuple[str | None, Decimal | None]:
    chosen = price_in_force(listed, request.at, request.organization, request.usage.mean_input)
    if chosen is None:
        return None, None
    return chosen.source.value, request_cost(request.usage, chosen)


REQUESTS_MADE = (
    Column("number", "INT", ""),
    Column("rate", "BIGINT", ""),
    Column("time", "TIMESTAMPTZ", ""),
    Column("fresh_input_tokens", "BIGINT", ""),
    Column("cached_input_tokens", "BIGINT", ""),
    Column("cache_write_tokens", "BIGINT", ""),
    Column("output_tokens", "BIGINT", ""),
    Column("reasoning_tokens", "BIGINT", ""),
    Column("requests", "BIGINT", ""),
    Column("is_batch", "BOOLEAN", ""),
)


def priced_in_bulk(
    listed: list[UnitPrice], requests: list[Request]
) -> list[tuple[str | None, Decimal | None]]:
    first = min(one.at for one in requests)
    last = max(one.at for one in requests)
    organizations = [None, "acme", "globex", "hooli"]
    with reader() as connection:
        load_slices(
            connection,
            [(rate, slices(listed, who, first, last)) for rate, who in enumerate(organizations)],
        )
        create(
            connection,
            "requests_made",
            REQUESTS_MADE,
            [
                {
                    "number": number,
                    "rate": organizations.index(one.organization),
                    "time": one.at,
                    "fresh_input_tokens": one.usage.fresh_input,
                    "cached_input_tokens": one.usage.cached_input,
                    "cache_write_tokens": one.usage.cache_write,
                    "output_tokens": one.usage.output,
                    "reasoning_tokens": one.usage.reasoning,
                    "requests": one.usage.requests,
                    "is_batch": one.usage.batch,
                }
                for number, one in enumerate(requests)
            ],
        )
        return connection.execute(
            f"SELECT piece.price_source, {cost_sql('requests_made', 'piece')} FROM requests_made "
            f"{match_sql('requests_made', 'requests_made.rate', 'piece')} ORDER BY number"
        ).fetchall()

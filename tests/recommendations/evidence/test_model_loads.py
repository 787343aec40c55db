"""Tokens by the minute: of which models, and what of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from analysis.recommendations.tiers.model_load import LoadMinute
from queries.recommendation_evidence.model_loads import model_loads
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import DAY, NOON, after, llm


async def test_minutes_add_up_by_organization_and_model_without_batches(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(cached_input_tokens=500, reasoning_tokens=20),
            llm(after(59), cost="0.25", cache_write_tokens=7),
            llm(after(60), cost=None),
            llm(batch_requests=1),
            llm(organization="globex", endpoint="/other"),
        ]
    )
    acme, globex = await model_loads(reader, DAY, Decimal(0))
    assert (acme.organization, acme.provider, acme.model) == ("acme", "openai", "gpt-4o")
    assert (acme.requests, acme.spread_requests) == (3, 0)
    assert acme.minutes == (
        LoadMinute(NOON, 4_007, 500, 220, Decimal("1.25")),
        LoadMinute(NOON + timedelta(minutes=1), 2_000, 0, 100, Decimal(0)),
    )
    assert globex.organization == "globex"


async def test_a_row_of_several_requests_is_spread_over_its_hour(reader_of: Read) -> None:
    reader = reader_of(
        [llm(after(90), cost="6", requests=10, fresh_input_tokens=6_000, output_tokens=600)]
    )
    (load,) = await model_loads(reader, DAY, Decimal(0))
    assert (load.requests, load.spread_requests, len(load.minutes)) == (10, 10, 60)
    assert load.minutes[0] == LoadMinute(NOON, 100, 0, 10, Decimal("0.1"))
    assert sum(one.cost for one in load.minutes) == 6


async def test_only_what_is_large_or_named_is_read(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(cost="5"),
            llm(cost="1", model="small"),
            llm(cost="1", model="Asked", provider="Azure"),
        ]
    )
    found = await model_loads(reader, DAY, Decimal(2), {("azure", "asked")})
    assert [load.model for load in found] == ["Asked", "gpt-4o"]
    assert await model_loads(reader, DAY, Decimal(2), organization="globex") == []

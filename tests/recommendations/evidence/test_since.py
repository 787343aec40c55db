"""Daily figures of what is measured: whose, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from analysis.recommendations.measured.daily import ActorName
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.since import actors_since, gpus_since, usage_since
from tests.facts import Fact, add, request
from tests.stores import TestClock

D = Decimal
DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 2, 10, tzinfo=UTC)


def reader_of(folder: Path, facts: Sequence[Fact]) -> EvidenceReader:
    mart = Mart(folder, Dimensions(), TestClock(datetime(2026, 11, 20, tzinfo=UTC)))
    add(mart, facts)
    return EvidenceReader(mart)


async def test_usage_is_that_of_customers_by_route_and_day(tmp_path: Path) -> None:
    acme: dict[str, object] = {"organization": "acme", "provider": "openai", "model": "gpt-4"}
    tokens: dict[str, object] = {
        "fresh_input_tokens": 100,
        "cached_input_tokens": 20,
        "cache_write_tokens": 3,
        "output_tokens": 40,
        "reasoning_tokens": 5,
    }
    reader = reader_of(
        tmp_path,
        [
            request(AT, "1", source=Source.USAGE, **acme, **tokens, requests=2),
            request(AT, "2.5", source=Source.USAGE, **acme, price_source="billed", requests=1),
            request(AT, None, source=Source.USAGE, **acme, **tokens, requests=7),
            request(AT, "100", source=Source.USAGE, **acme, is_internal=True),
            request(AT, "100", source=Source.USAGE, **acme, is_internal=None),
            request(AT, "4", organization=None, model="m"),
            request(AT, "9", organization="globex", model="m"),
        ],
    )
    found = await usage_since(reader, DAY, DAY, {"acme"})
    assert set(found) == {"acme"}
    (one,) = found["acme"]
    assert (one.day, one.route.model, one.route.provider) == (DAY, "gpt-4", "openai")
    assert (one.requests, one.unpriced_requests) == (3, 7)
    assert (one.input, one.output) == (123, 45), "of what has a price"
    assert (one.cost, one.billed) == (D("3.5"), D("2.5"))
    assert set(await usage_since(reader, DAY, DAY, {None, "globex"})) == {None, "globex"}
    assert await usage_since(reader, date(2026, 10, 1), date(2026, 10, 9), {"acme"}) == {}


async def test_users_and_keys_are_those_of_their_organization(tmp_path: Path) -> None:
    reader = reader_of(
        tmp_path,
        [
            request(AT, "1", organization="acme", user_id="eve", key_name="ci"),
            request(AT, "2", organization="acme", user_id="eve", key_name="web"),
            request(AT, "4", organization="globex", user_id="eve"),
            request(AT, "8", organization=None, key_name="ci"),
        ],
    )
    eve, ci = ActorName("acme", "user", "eve"), ActorName(None, "key", "ci")
    found = await actors_since(reader, DAY, DAY, {eve, ci})
    assert {actor: [one.cost for one in days] for actor, days in found.items()} == {
        eve: [D(3)],
        ci: [D(8)],
    }


async def test_gpus_are_told_by_service_and_by_pool(tmp_path: Path) -> None:
    gpu = {"product": "api", "model": "m", "billing_type": "reserved"}
    asked = gpu | {"endpoint": "/video", "organization": "acme"}
    reader = reader_of(
        tmp_path,
        [
            request(AT, "8", source=Source.GPU, **asked, gpu_seconds=D(80), is_internal=True),
            request(AT, "2", source=Source.GPU, **asked, failed_requests=1, result="failed"),
            request(AT, None, source=Source.GPU, **asked),
            request(AT, "5", source=Source.GPU, **gpu, cost_category="idle"),
            request(AT, "3", source=Source.GPU, **gpu, cost_category="unused"),
            request(AT, "1", source=Source.GPU, **gpu, cost_category="overhead"),
        ],
    )
    found = await gpus_since(reader, DAY, DAY)
    (service,) = found.services
    assert (service.service.endpoint, service.organization) == ("/video", "acme")
    assert (service.requests, service.failed_requests, service.unpriced_requests) == (2, 1, 1)
    assert (service.cost, service.failed_cost, service.seconds) == (D(10), D(2), D(80))
    (pool,) = found.pools
    assert (pool.busy, pool.waiting) == (D(11), D(8)), "overhead is no waiting capacity"

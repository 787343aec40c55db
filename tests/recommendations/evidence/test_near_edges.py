"""Requests just beyond the edge of a context tier."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from analysis.prices import TokenUsage
from analysis.recommendations.tiers.edges import NearEdge
from queries.recommendation_evidence.near_edges import near_edges
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import CHAT, NOON, WEEK, llm


async def test_a_tenth_beyond_the_edge_is_near_it(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(fresh_input_tokens=1_000),
            llm(fresh_input_tokens=501, cached_input_tokens=500),
            llm(NOON - timedelta(days=1), fresh_input_tokens=1_100),
            llm(fresh_input_tokens=1_101),
            # Two requests of 1,050 each: their mean counts.
            llm(requests=2, fresh_input_tokens=2_100),
            llm(fresh_input_tokens=1_050, cost=None),
        ]
    )
    found = await near_edges(reader, WEEK, {1_000, 200_000})
    tokens = TokenUsage(3_701, 500, 0, 300, 0, 4)
    assert found == [NearEdge(CHAT, 1_000, tokens, Decimal(3), 2)]


async def test_batches_stand_apart(reader_of: Read) -> None:
    reader = reader_of(
        [llm(fresh_input_tokens=1_050), llm(fresh_input_tokens=1_050, batch_requests=1)]
    )
    found = await near_edges(reader, WEEK, {1_000}, "acme")
    assert [one.tokens.batch for one in found] == [False, True]
    assert await near_edges(reader, WEEK, {1_000}, "globex") == []


async def test_without_an_edge_nothing_is_near(reader_of: Read) -> None:
    assert await near_edges(reader_of([llm()]), WEEK, ()) == []

"""The prefix cache that the Mooncake trace could have had, against a plain walk through it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.recommendations.caching.caching import propose
from analysis.recommendations.caching.reuse import Reuse
from analysis.recommendations.cells import EvidencePeriod, PricedCell
from analysis.recommendations.proposal import Proposal
from queries.dimensions import Source
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.reuse import reuse
from queries.recommendation_evidence.usage_cells import Zones, usage_cells
from queries.sources.usage import RelativeTime
from tests.real_data import real_data
from tests.recommendations.evidence.mooncake import MAPPING, START, Walked, lines_of, walk
from tests.sources.importing import NOW, Deployment, list_price

TRACE = "mooncake_conversation_trace.jsonl"
LIFETIMES = tuple(timedelta(seconds=each) for each in (30, 60, 300, 600, 1_800, 3_600, 86_400))
PERIOD = EvidencePeriod(START.date(), START.date(), NOW)
WHO = {"provider": "anthropic", "model": "claude-sonnet-4-5", "organization": "acme"}
PRICE = replace(
    list_price("anthropic", "claude-sonnet-4-5", "3", "15", cached_input="0.30"),
    cache_write=Decimal("3.75"),
)
MILLION = Decimal(1_000_000)


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    deployment = Deployment(tmp_path_factory.mktemp("mooncake") / "home", prices=[PRICE])
    relative = RelativeTime(START, timedelta(milliseconds=1))
    report = deployment.run(Source.USAGE, real_data(TRACE), MAPPING, WHO, relative=relative)
    assert (report.taken, report.rejected) == (12_031, 0)
    return deployment.mart


def trace() -> Path:
    return real_data(TRACE)


@pytest.mark.parametrize("shortest", [0, 1_024])
async def test_the_possible_hits_are_those_of_a_plain_walk_at_every_lifetime(
    mart: Mart, shortest: int
) -> None:
    lines = lines_of(trace())
    found = await reuse(EvidenceReader(mart), PERIOD, lifetimes=LIFETIMES, shortest=shortest)
    assert [one.lifetime for one in found] == list(LIFETIMES)
    assert {one.requests for one in found} == {one.blocked for one in found} == {len(lines)}
    for one in found:
        assert figures(one) == walk(lines, one.lifetime, shortest)


def figures(one: Reuse) -> Walked:
    return Walked(one.input_tokens, one.hit_tokens, one.missed_shared_tokens, one.missed_tokens)


async def proposal_at(mart: Mart, lifetimes: list[timedelta]) -> Proposal:
    reader = EvidenceReader(mart)
    cells = (await usage_cells(reader, PERIOD, Zones({})))["acme"]
    reuses = await reuse(reader, PERIOD, lifetimes=lifetimes)
    (found,) = propose([PricedCell(cell, PRICE) for cell in cells], reuses, PERIOD)
    return found


async def test_the_dollars_follow_from_hits_and_writes_at_the_price(mart: Mart) -> None:
    found = await proposal_at(mart, [timedelta(minutes=5), timedelta(hours=1)])
    # Five minutes: 38,177,448 tokens read at $0.30 in place of $3, 35,844,075 shared ones written
    # at $3.75. An hour would read more, and pay $6 for what it writes.
    five = (Decimal(38_177_448) * Decimal("2.70") - Decimal(35_844_075) * Decimal("0.75")) / MILLION
    hour = (Decimal(50_298_114) * Decimal("2.70") - Decimal(23_723_409) * Decimal("3.00")) / MILLION
    assert (round(five, 2), round(hour, 2)) == (Decimal("76.20"), Decimal("64.63"))
    assert found.action["lifetime_minutes"] == 5
    assert abs(found.savings.likely - 30 * five) < Decimal("1e-9")
    assert found.parts[0].saved == found.savings.likely
    # Who marks whole prompts writes 105,374,312 tokens: the low end.
    whole = (
        Decimal(38_177_448) * Decimal("2.70") - Decimal(105_374_312) * Decimal("0.75")
    ) / MILLION
    assert abs(found.savings.low - 30 * whole) < Decimal("1e-9")
    assert found.evidence["possible_hit_rate"] == "0.2637"


async def test_without_a_premium_the_longer_lifetime_saves_more(mart: Mart) -> None:
    reader = EvidenceReader(mart)
    cells = (await usage_cells(reader, PERIOD, Zones({})))["acme"]
    reuses = await reuse(reader, PERIOD)
    gpt = replace(PRICE, provider="openai", model="gpt-4.1", cache_write=None)
    (found,) = propose([PricedCell(cell, gpt) for cell in cells], reuses, PERIOD)
    assert found.action["lifetime_minutes"] == 24 * 60
    day = Decimal(50_298_114) * Decimal("2.70") / MILLION
    # Billed at the other model's price, which fresh input and output have in common.
    assert abs(found.savings.likely - 30 * day) < Decimal("1e-9")
    small = replace(gpt, model="gpt-4.1-mini")
    (found,) = propose([PricedCell(cell, small) for cell in cells], reuses, PERIOD)
    assert found.action["lifetime_minutes"] == 5

"""The prefix cache that the Mooncake trace could have had, against a plain walk through it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.reuse import Reuse
from queries.dimensions import Source
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.reuse import reuse
from queries.sources.usage import RelativeTime
from tests.real_data import real_data
from tests.recommendations.evidence.mooncake import MAPPING, START, Walked, lines_of, walk
from tests.sources.importing import NOW, Deployment

LIFETIMES = tuple(timedelta(seconds=each) for each in (30, 60, 300, 600, 1_800, 3_600, 86_400))
PERIOD = EvidencePeriod(START.date(), START.date(), NOW)
WHO = {"provider": "openai", "model": "gpt-4-turbo", "organization": "acme"}


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Mart:
    deployment = Deployment(tmp_path_factory.mktemp("mooncake") / "home")
    relative = RelativeTime(START, timedelta(milliseconds=1))
    path = real_data("mooncake_conversation_trace.jsonl")
    report = deployment.run(Source.USAGE, path, MAPPING, WHO, relative=relative)
    assert (report.taken, report.rejected) == (12_031, 0)
    return deployment.mart


def trace() -> Path:
    return real_data("mooncake_conversation_trace.jsonl")


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

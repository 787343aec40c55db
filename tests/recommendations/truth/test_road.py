"""What the backtest adds up in plain Python is what is read from a mart into which it was imported.

So its figures, which are of evidence alone, hold for the road that a deployment takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pytest

from analysis.recommendations.proposal import Kind, Proposal
from benchmarks.recommendation_truth.planted_gpus import (
    fleet_of_pools,
    fleet_that_fails,
    fleet_that_slows,
)
from benchmarks.recommendation_truth.planted_traffic import several_wastes
from benchmarks.recommendation_truth.road import read_back
from benchmarks.recommendation_truth.seeds import (
    LATER,
    PAIRS,
    drawn,
    fleet_evidence,
    usage_evidence,
    world_of,
)

SEED = 7


async def test_usage_gives_the_same_recommendations_by_both_roads(tmp_path: Path) -> None:
    every = [maker for pair in (*PAIRS, *LATER) for several in pair for maker in several]
    organizations = world_of(SEED, [*every, several_wastes]).organizations
    found = await read_back(tmp_path, organizations)
    assert not found.missing
    own = usage_evidence(organizations)
    kinds: set[Kind] = set()
    for organization in organizations:
        read = found.of(organization.name)
        added = own[organization.name]
        assert sorted(read.cells, key=str) == sorted(added.cells, key=str)
        assert sorted(read.first_half, key=str) == sorted(added.first_half, key=str)
        assert sorted(read.reuse, key=str) == sorted(added.reuse, key=str)
        assert sorted(read.caches, key=str) == sorted(added.caches, key=str)
        assert [*read.actors] == [*added.actors]
        assert by_key(drawn(read)) == by_key(drawn(added))
        kinds |= {proposal.kind for proposal in drawn(read)}
    assert len(kinds) == 7


@pytest.mark.parametrize("make", [fleet_of_pools, fleet_that_fails, fleet_that_slows])
async def test_gpus_give_the_same_recommendations_by_both_roads(
    tmp_path: Path, make: object
) -> None:
    (fleet,) = [one for one in world_of(SEED).fleets if one.name == getattr(make, "__name__", "")]
    found = await read_back(tmp_path, (), fleet)
    assert not found.missing
    read, added = drawn(found.of(None)), drawn(fleet_evidence(fleet))
    assert [one.key for one in read] == [one.key for one in added]
    assert read
    for one, other in zip(read, added, strict=True):
        for name in ("low", "likely", "high"):
            # Seconds are floats there, added up in another order.
            mine, theirs = getattr(one.savings, name), getattr(other.savings, name)
            assert abs(mine - theirs) <= theirs / 1_000_000, f"{one.title}: {name}"


def by_key(proposals: Sequence[Proposal]) -> dict[str, dict[str, object]]:
    return {
        one.key: {field.name: getattr(one, field.name) for field in fields(one)}
        for one in proposals
    }

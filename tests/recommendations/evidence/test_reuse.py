"""What caches could have served, on requests whose answer is plain, and against a plain walk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.prices import TokenUsage
from analysis.recommendations.caching.reuse import Reuse, ReuseDay
from queries.dimensions import Dimensions
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.reuse import reuse
from tests.facts import Fact, add
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import CHAT, DAY, MONDAY, NOON, NOW, after, llm

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LIVES = (timedelta(minutes=5), HOUR)


def asked(at: float, prompt: str, cost: str = "1", **columns: str | int) -> Fact:
    return {**llm(after(at), cost, tags={"prompt_hash": prompt}), **columns}


def blocks(at: float, hashes: str, tokens: int = 2_000, size: int = 512, **more: str | int) -> Fact:
    tags = {"prefix_hashes": hashes, "prefix_block_tokens": str(size)}
    return {**llm(after(at), tags=tags, fresh_input_tokens=tokens), **more}


def hits(found: Sequence[Reuse]) -> list[int]:
    return [one.hit_tokens for one in found]


async def test_a_prompt_asked_again_within_the_lifetime_is_a_repeat(reader_of: Read) -> None:
    reader = reader_of(
        [
            asked(0, "a"),
            asked(60, "a", "0.5", output_tokens=9),
            asked(60, "b"),
            asked(60 + 600, "a", "0.25"),
            llm(after(5)),
        ]
    )
    soon, later = await reuse(reader, DAY, lifetimes=LIVES)
    assert (soon.route, soon.lifetime, soon.requests, soon.hashed) == (CHAT, LIVES[0], 5, 4)
    assert (soon.repeats, soon.repeated_cost) == (1, Decimal("0.5"))
    assert soon.repeated == TokenUsage(fresh_input=2_000, output=9, requests=1)
    # Ten minutes later: too late for five, soon enough for an hour; its use kept it alive.
    assert (later.repeats, later.repeated_cost) == (2, Decimal("0.75"))
    assert later.days == (ReuseDay(MONDAY.date(), 4, 2, Decimal("0.75")),)


async def test_what_is_asked_at_the_same_instant_is_no_repeat(reader_of: Read) -> None:
    reader = reader_of([asked(0, "a"), asked(0, "a"), asked(60, "a"), asked(60, "a")])
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR])
    assert found.repeats == 2


async def test_organizations_and_models_share_nothing_and_tasks_do(reader_of: Read) -> None:
    reader = reader_of(
        [
            asked(0, "a"),
            asked(1, "a", organization="other"),
            asked(2, "a", model="gpt-4o-mini"),
            asked(3, "a", feature="search"),
        ]
    )
    found = await reuse(reader, DAY, lifetimes=[HOUR])
    assert {(one.route.organization, one.route.feature): one.repeats for one in found} == {
        ("acme", "chat"): 0,
        ("other", "chat"): 0,
        ("acme", "search"): 1,
    }
    assert [one.route.organization for one in await reuse(reader, DAY, "other")] == ["other"] * 3


async def test_failed_requests_and_rows_of_several_have_no_part(reader_of: Read) -> None:
    reader = reader_of(
        [
            asked(0, "a", failed_requests=1),
            asked(1, "a"),
            asked(2, "b", requests=4),
            asked(3, "b"),
        ]
    )
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR])
    assert (found.requests, found.hashed, found.repeats) == (7, 2, 0)


async def test_the_day_before_warms_the_cache_and_is_not_counted(reader_of: Read) -> None:
    midnight = (MONDAY - NOON).total_seconds()
    reader = reader_of([asked(midnight - 60, "a"), asked(midnight + 60, "a")])
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR])
    assert (found.hashed, found.repeats) == (1, 1)


async def test_only_the_unbroken_beginning_is_a_hit(reader_of: Read) -> None:
    reader = reader_of([blocks(0, "a b c d"), blocks(9, "a b x d"), blocks(18, "y b c d")])
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR], shortest=0)
    assert (found.blocked, found.input_tokens) == (3, 6_000)
    assert found.hit_tokens == 2 * 512
    # Of the first all but the last block is shared with others, of the second what was hit.
    assert found.missed_shared_tokens == 2_000
    assert found.missed_tokens == 6_000 - 2 * 512


async def test_the_last_block_has_the_rest_of_the_tokens(reader_of: Read) -> None:
    reader = reader_of([blocks(0, "a b c d"), blocks(9, "a b c d")])
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR])
    assert (found.hit_tokens, found.missed_tokens) == (2_000, 2_000)
    assert (found.shortest, found.missed_shared_tokens) == (1_024, 2_000)


async def test_what_lies_behind_the_known_blocks_is_a_miss(reader_of: Read) -> None:
    reader = reader_of([blocks(0, "a b", tokens=9_000), blocks(9, "a b", tokens=8_000)])
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR])
    assert (found.hit_tokens, found.missed_shared_tokens) == (1_024, 1_024)
    assert found.missed_tokens == 17_000 - 1_024


async def test_beginnings_that_providers_do_not_keep_are_neither_hit_nor_written(
    reader_of: Read,
) -> None:
    facts = [
        blocks(at, f"a {at}0", tokens=1_024, model=model)
        for model in ("gpt-4o", "claude-haiku-4-5")
        for at in (0, 9)
    ]
    long = [
        blocks(at, "b c d", tokens=1_536, model=model)
        for model in ("gpt-4o", "claude-haiku-4-5")
        for at in (20, 29)
    ]
    reader = reader_of([*facts, *long])
    haiku, gpt = await reuse(reader, DAY, lifetimes=[HOUR])
    assert (haiku.route.model, haiku.shortest) == ("claude-haiku-4-5", 4_096)
    assert (haiku.hit_tokens, haiku.missed_shared_tokens, haiku.missed_tokens) == (0, 0, 0)
    assert (gpt.hit_tokens, gpt.missed_shared_tokens) == (1_536, 1_536)
    assert gpt.missed_tokens == 2 * 1_024 + 1_536


async def test_batches_have_no_part_in_blocks(reader_of: Read) -> None:
    reader = reader_of([blocks(0, "a b c d", batch_requests=1), blocks(9, "a b c d")])
    (found,) = await reuse(reader, DAY, lifetimes=[HOUR])
    assert (found.blocked, found.hit_tokens) == (1, 0)


async def test_each_use_keeps_a_block_for_another_lifetime(reader_of: Read) -> None:
    reader = reader_of([blocks(240 * step, "a b c d") for step in range(4)])
    found = await reuse(reader, DAY, lifetimes=[MINUTE, 5 * MINUTE])
    assert hits(found) == [0, 3 * 2_000]


async def test_a_mart_without_hashes_has_no_reuse(reader_of: Read) -> None:
    assert await reuse(reader_of([llm(), llm(tags={"release": "7"})]), DAY) == []


HASHES = st.lists(st.sampled_from("abc"), min_size=1, max_size=4)
ASKED = st.lists(st.tuples(st.integers(0, 12), HASHES, st.integers(1, 40)), min_size=1, max_size=25)


def walked(requests: list[tuple[int, list[str], int]], life: int, size: int) -> tuple[int, int]:
    """Hits and shared misses, by looking back from each block of each request at all others."""
    hit, missed_shared = 0, 0
    for now, (at, hashes, tokens) in enumerate(requests):
        others = [one for number, one in enumerate(requests) if number != now]

        def uses(
            place: int, one: str, others: list[tuple[int, list[str], int]] = others
        ) -> list[int]:
            return [time for time, its, _ in others if its[place : place + 1] == [one]]

        served = shared = 0
        for place, one in enumerate(hashes):
            before = [time for time in uses(place, one) if at - life <= time < at]
            if served == place and before:
                served = place + 1
            if shared == place and uses(place, one):
                shared = place + 1
        hit += min(tokens, served * size)
        missed_shared += max(0, min(tokens, shared * size) - min(tokens, served * size))
    return hit, missed_shared


@pytest.mark.parametrize("life", [2, 6])
@settings(max_examples=12)
@given(requests=ASKED)
async def test_any_requests_give_what_looking_back_from_each_gives(
    tmp_path_factory: pytest.TempPathFactory,
    life: int,
    requests: list[tuple[int, list[str], int]],
) -> None:
    mart = Mart(tmp_path_factory.mktemp("walk"), Dimensions(), lambda: NOW)
    add(mart, [blocks(at, " ".join(hashes), tokens, size=8) for at, hashes, tokens in requests])
    lifetimes = [timedelta(seconds=life)]
    (found,) = await reuse(EvidenceReader(mart), DAY, lifetimes=lifetimes, shortest=0)
    assert (found.hit_tokens, found.missed_shared_tokens) == walked(requests, life, 8)

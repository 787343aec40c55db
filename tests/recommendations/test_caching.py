"""Caches: what is proposed, for how much, and what is passed over in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.prices import TokenUsage, UnitPrice
from analysis.recommendations.caching.caching import propose
from analysis.recommendations.caching.counts import CacheCounts, CacheDay
from analysis.recommendations.caching.reuse import LIFETIMES, Reuse, ReuseDay
from analysis.recommendations.caching.routes import words_of
from analysis.recommendations.caching.terms import cache_terms, shortest_prefix
from analysis.recommendations.cells import EvidencePeriod, PricedCell, Route, dollars_of
from analysis.recommendations.proposal import Difficulty, Proposal, QualityImpact
from tests.recommendations.usage_makers import MONTH, NOW, cell_of, model_of, price_of

FIVE, HOUR, DAY = LIFETIMES
SONNET = replace(
    price_of("claude-sonnet-4-5", "3", "15", provider="anthropic", cached="0.30"),
    cache_write=Decimal("3.75"),
)
GPT = price_of("gpt-4o", "2.50", "10", cached="1.25")
WITHOUT = price_of("gpt-4-turbo", "10", "30")


def chat(
    price: UnitPrice = SONNET, *, fresh: int = 10_000, cached: int = 0, batch: bool = False
) -> PricedCell:
    """1,000 requests of 10,000 tokens: $30 of fresh input at SONNET's price, $1.50 of output."""
    model = model_of(price.model, price, provider=price.provider)
    found = cell_of(model, fresh=fresh, cached=cached, output=100, batch=batch)
    return replace(found, cell=replace(found.cell, input_band=0 if fresh + cached <= 1_000 else 2))


def route_of(cell: PricedCell) -> Route:
    return cell.cell.route


def days_of(*, hits: int = 0) -> tuple[ReuseDay, ...]:
    """Thirty days that are alike."""
    return tuple(
        ReuseDay(MONTH.first_day + timedelta(days=at), input_tokens=1, hit_tokens=hits)
        for at in range(30)
    )


def shared(
    cell: PricedCell,
    life: timedelta = FIVE,
    *,
    hit: int,
    missed: int = 0,
    whole: int | None = None,
    blocked: int = 1_000,
    tokens: int = 10_000_000,
) -> Reuse:
    """Of 10 million tokens of input."""
    return Reuse(
        route=route_of(cell),
        lifetime=life,
        requests=1_000,
        blocked=blocked,
        input_tokens=tokens,
        hit_tokens=hit,
        missed_shared_tokens=missed,
        missed_tokens=missed if whole is None else whole,
        shortest=1_024,
        days=days_of(hits=hit // 30),
    )


def only(found: Sequence[Proposal]) -> Proposal:
    (one,) = found
    return one


def test_reading_saves_and_writing_costs_its_premium() -> None:
    cell = chat()
    found = only(propose([cell], [shared(cell, hit=8_000_000, missed=1_000_000)], MONTH))
    # 8 M × ($3 − $0.30) − 1 M × ($3.75 − $3)
    assert found.savings.likely == Decimal("20.85")
    assert found.current_cost == Decimal("31.5")
    assert (found.parts[0].cell, found.parts[0].cost) == (
        dollars_of(route_of(cell)),
        found.current_cost,
    )
    assert found.scope == {
        "provider": ("anthropic",),
        "model": ("claude-sonnet-4-5",),
        "endpoint": ("/v1/chat/completions",),
        "feature": ("support",),
    }
    assert (found.variant, found.difficulty) == ("prefixes", Difficulty.EASY)
    assert found.quality_impact is QualityImpact.NONE
    assert found.evidence["usd_per_million_tokens"] == {
        "fresh_input": "3",
        "cached_input": "0.3",
        "cache_write": "3.75",
    }
    assert '"type": "ephemeral"' in found.steps[1]


def test_the_lifetime_is_the_one_that_saves_most_after_its_writes() -> None:
    cell = chat()
    rare = shared(cell, FIVE, hit=1_000_000, missed=8_000_000)
    often = shared(cell, HOUR, hit=8_500_000, missed=500_000)
    found = only(propose([cell], [rare, often], MONTH))
    # 8.5 M × $2.70 − 0.5 M × ($6 − $3): an hour's writes cost twice fresh input.
    assert (found.action["lifetime_minutes"], found.savings.likely) == (60, Decimal("21.45"))
    assert "an hour" in found.description
    chart = found.evidence["chart"]
    assert isinstance(chart, dict)
    assert (chart["labels"], chart["y"]) == (["5 minutes", "an hour"], ["0.1", "0.85"])


def test_a_day_is_offered_by_some_models_only() -> None:
    new = replace(GPT, model="gpt-5.1")
    for price, minutes in ((new, 1_440), (GPT, 5), (replace(GPT, model="gpt-5-mini"), 5)):
        cell = chat(price)
        reuses = [shared(cell, life, hit=6_000_000 + at) for at, life in enumerate(LIFETIMES)]
        assert only(propose([cell], reuses, MONTH)).action["lifetime_minutes"] == minutes


def test_what_the_cache_serves_already_is_taken_off() -> None:
    cell = chat(GPT, fresh=6_000, cached=4_000)
    found = only(propose([cell], [shared(cell, hit=9_000_000)], MONTH))
    assert found.savings.likely == Decimal("6.25")  # 5 M more at $1.25 less
    assert propose([cell], [shared(cell, hit=4_100_000)], MONTH) == []


def test_a_bill_that_differs_from_the_list_keeps_its_level() -> None:
    cell = chat()
    half = replace(cell, cell=replace(cell.cell, billed_cost=cell.cell.billed_cost / 2))
    found = only(propose([half], [shared(half, hit=8_000_000, missed=1_000_000)], MONTH))
    assert found.savings.likely == Decimal("10.425")


def test_requests_without_hashes_are_only_in_the_high_end() -> None:
    cell = chat()
    known = shared(cell, hit=4_000_000, tokens=5_000_000, blocked=500)
    found = only(propose([cell], [known], MONTH))
    assert found.savings.likely == Decimal("10.8")
    assert found.savings.high == Decimal("21.6")


def test_writing_whole_prompts_is_the_low_end() -> None:
    cell = chat()
    found = only(propose([cell], [shared(cell, hit=8_000_000, whole=2_000_000)], MONTH))
    assert found.savings.likely == Decimal("21.6")
    # ± 1.645 × √(0.13² + 0.05²) of it reaches farther down than the $1.50 of whole prompts.
    assert Decimal("16.6") < found.savings.low < Decimal("16.7")
    found = only(propose([cell], [shared(cell, hit=7_000_000, whole=3_000_000)], MONTH))
    assert found.savings.low < Decimal("18.9") - Decimal("2.25")


@pytest.mark.parametrize(
    ("cell", "hit", "missed", "blocked"),
    [
        (chat(WITHOUT), 9_000_000, 0, 1_000),
        (chat(replace(GPT, cached_input=GPT.input)), 9_000_000, 0, 1_000),
        (chat(), 2_000_000, 8_000_000, 1_000),
        (chat(), 9_000_000, 0, 199),
        (chat(), 0, 0, 1_000),
        (chat(), 1_500_000, 0, 1_000),
        (chat(batch=True), 9_000_000, 0, 1_000),
        (chat(fresh=1_000), 900_000, 0, 1_000),
    ],
    ids=[
        "no cache price",
        "no cheaper one",
        "the premium eats it",
        "few hashes",
        "nothing shared",
        "below five dollars",
        "batches",
        "short prompts",
    ],
)
def test_there_is_silence_where_nothing_can_be_saved(
    cell: PricedCell, hit: int, missed: int, blocked: int
) -> None:
    reuse = shared(cell, hit=hit, missed=missed, blocked=blocked)
    assert propose([cell], [reuse], MONTH) == []


def test_there_is_silence_below_a_hundredth_of_the_organizations_cost() -> None:
    cell = chat()
    reuses = [shared(cell, hit=8_000_000)]
    assert propose([cell], reuses, MONTH, monthly_cost=Decimal(2_161)) == []
    assert len(propose([cell], reuses, MONTH, monthly_cost=Decimal(2_160))) == 1


def test_an_automatic_cache_that_nobody_counted_is_trusted_less() -> None:
    silent, counted = chat(GPT), chat(GPT, fresh=9_000, cached=1_000)
    sure, unsure = (
        only(propose([cell], [shared(cell, hit=8_000_000)], MONTH)).confidence
        for cell in (counted, silent)
    )
    assert unsure < sure * Decimal("0.6")


@given(
    hit=st.integers(0, 10_000_000),
    missed=st.integers(0, 10_000_000),
    already=st.integers(0, 9_000),
)
def test_savings_are_never_more_than_the_cost_nor_negative(
    hit: int, missed: int, already: int
) -> None:
    cell = chat(fresh=10_000 - already, cached=already)
    missed = min(missed, 10_000_000 - hit)
    for found in propose([cell], [shared(cell, hit=hit, missed=missed)], MONTH):
        assert 0 <= found.savings.low <= found.savings.likely <= found.savings.high
        assert found.savings.high <= found.current_cost
        assert found.parts[0].saved <= found.parts[0].cost


def asked(cell: PricedCell, life: timedelta, repeats: int, cost: str, hashed: int = 1_000) -> Reuse:
    daily = Decimal(cost) / 30
    days = tuple(replace(day, hashed=hashed // 30, repeated_cost=daily) for day in days_of())
    return Reuse(
        route_of(cell),
        life,
        requests=1_000,
        hashed=hashed,
        repeats=repeats,
        repeated=TokenUsage(requests=repeats),
        repeated_cost=Decimal(cost),
        days=days,
    )


def test_repeats_need_not_be_sent_and_the_shortest_good_lifetime_does() -> None:
    cell = chat(WITHOUT)
    reuses = [
        asked(cell, FIVE, 100, "10"),
        asked(cell, HOUR, 290, "29"),
        asked(cell, DAY, 300, "30"),
    ]
    found = only(propose([cell], reuses, MONTH))
    assert (found.variant, found.action["lifetime_minutes"]) == ("repeats", 60)
    assert found.savings.likely == Decimal(29)
    assert found.quality_impact is QualityImpact.LOW
    chart = found.evidence["chart"]
    assert isinstance(chart, dict)
    assert (chart["x"], chart["y"]) == ([5, 60, 1_440], ["0.1", "0.29", "0.3"])
    assert "29.0 % of the requests" in found.description
    assert any("an hour after its last use" in step for step in found.steps)


@pytest.mark.parametrize(
    ("repeats", "cost", "hashed"),
    [(49, "30", 1_000), (99, "30", 10_000), (100, "4.99", 1_000), (100, "30", 199)],
    ids=["few repeats", "a small share", "little money", "few hashes"],
)
def test_few_repeats_are_no_reason_to_build_a_cache(repeats: int, cost: str, hashed: int) -> None:
    cell = chat(WITHOUT)
    assert propose([cell], [asked(cell, HOUR, repeats, cost, hashed)], MONTH) == []


def test_prefixes_and_repeats_of_one_route_are_two_recommendations() -> None:
    cell = chat()
    both = replace(
        asked(cell, FIVE, 400, "10"),
        blocked=1_000,
        input_tokens=10_000_000,
        hit_tokens=8_000_000,
    )
    found = propose([cell], [both], MONTH)
    assert [one.variant for one in found] == ["prefixes", "repeats"]
    assert found[0].key != found[1].key
    assert found[0].parts[0].cell == found[1].parts[0].cell


def counted(cell: PricedCell, shares: Sequence[float], requests: int = 100) -> CacheCounts:
    """The days up to the last one, each with 100 requests of 10,000 tokens."""
    first = MONTH.last_day - timedelta(days=len(shares) - 1)
    whole = requests * 10_000
    return CacheCounts(
        route_of(cell),
        tuple(
            CacheDay(
                first + timedelta(days=at),
                requests,
                whole - round(whole * one),
                round(whole * one),
                0,
            )
            for at, one in enumerate(shares)
        ),
    )


FELL = [0.6, 0.62, 0.58, 0.6, 0.61, 0.59, 0.6] * 2 + [0.1, 0.12, 0.08, 0.1, 0.1, 0.1, 0.1]


def test_a_cache_that_served_more_in_an_earlier_week_is_looked_at() -> None:
    cell = chat(GPT, fresh=6_000, cached=4_000)
    found = only(propose([cell], (), MONTH, counts=[counted(cell, FELL)]))
    # Half of a week's 7 M tokens, for a month, at $1.25 less.
    assert found.savings.likely == Decimal("0.5") * 30 * Decimal("1.25")
    assert found.variant == "counters"
    assert found.evidence["compared_with"] == "own_best_week"
    assert "it was 60.0 % in the week from 2026-11-" in found.description


@pytest.mark.parametrize(
    "shares",
    [
        [0.6, 0.2] * 14,
        [0.3] * 14 + [0.2] * 7,
        [0.1] * 14 + [0.6] * 7,
        [0.6] * 14 + [0.6, 0.1, 0.6, 0.1, 0.1, 0.1, 0.0],
        [0.1] * 7,
    ],
    ids=["it swings", "a small fall", "it rose", "not every day", "one week"],
)
def test_counters_that_show_no_fall_are_passed_over(shares: list[float]) -> None:
    cell = chat(GPT, fresh=6_000, cached=4_000)
    assert propose([cell], (), MONTH, counts=[counted(cell, shares)]) == []


def test_few_requests_a_week_show_nothing() -> None:
    cell = chat(GPT, fresh=6_000, cached=4_000)
    assert propose([cell], (), MONTH, counts=[counted(cell, FELL, requests=60)]) == []


def tasks(*cached: int, fresh: int = 10_000) -> list[PricedCell]:
    """Tasks of one organization on one model, by their cached tokens of each request."""
    cells = [chat(GPT, fresh=fresh - each, cached=each) for each in cached]
    return [
        replace(one, cell=replace(one.cell, route=replace(one.cell.route, feature=f"task {at}")))
        for at, one in enumerate(cells)
    ]


def test_a_task_cached_far_less_than_others_alike_is_looked_at() -> None:
    found = only(propose(tasks(0, 5_000, 6_000, 7_000), (), MONTH))
    assert found.scope["feature"] == ("task 0",)
    assert found.savings.likely == 10 * Decimal("0.5") * Decimal("1.25")
    assert found.savings.low == 0
    assert found.confidence < Decimal("0.4")


@pytest.mark.parametrize(
    "cached",
    [(0, 5_000, 6_000), (3_000, 5_000, 6_000, 7_000), (0, 1_000, 6_000, 7_000)],
    ids=["too few peers", "less than twice", "one of three has little too"],
)
def test_tasks_that_differ_by_a_little_are_passed_over(cached: tuple[int, ...]) -> None:
    assert propose(tasks(*cached), (), MONTH) == []


def test_tasks_with_much_shorter_prompts_are_no_peers() -> None:
    short = [
        replace(one, cell=replace(one.cell, route=replace(one.cell.route, environment="short")))
        for one in tasks(2_000, 2_000, 2_000, fresh=3_000)
    ]
    assert propose([*tasks(0), *short], (), MONTH) == []


def test_every_provider_has_terms_that_say_where_they_are_written() -> None:
    for provider in ("anthropic", "openai", "google", "deepseek", "somebody"):
        for terms in cache_terms(provider):
            assert terms.lifetime in LIFETIMES
            assert terms.steps
            assert terms.source
    assert [shortest_prefix(name) for name in ("gpt-4o", "claude-haiku-4.5", None)] == [
        1_024,
        4_096,
        1_024,
    ]


def test_lifetimes_are_written_in_words() -> None:
    assert [words_of(one) for one in LIFETIMES] == ["5 minutes", "an hour", "24 hours"]


def test_one_day_of_evidence_says_nothing_of_its_steadiness() -> None:
    day = EvidencePeriod(date(2026, 11, 20), date(2026, 11, 20), NOW)
    cell = chat()
    found = only(propose([cell], [shared(cell, hit=8_000_000)], day))
    assert found.savings.low > 0

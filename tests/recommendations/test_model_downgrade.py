"""Cheaper models for requests that they can answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.cells import ModelFacts, PricedCell
from analysis.recommendations.cheaper_models.model_downgrade import propose
from analysis.recommendations.proposal import Difficulty, Proposal, QualityImpact
from tests.recommendations.usage_makers import MONTH, cell_of, model_of, price_of

LARGE = model_of("large", price_of("large", "10", "30"), quality="0.86")
SMALL = model_of("small", price_of("small", "1", "3"), quality="0.82")
"""Nine tenths cheaper, and 4 points below: for small requests only."""


def only(proposals: list[Proposal]) -> Proposal:
    (proposal,) = proposals
    return proposal


def test_forty_of_a_hundred_dollars_at_a_tenth_of_the_price_save_thirty_six() -> None:
    cells = [
        cell_of(LARGE, fresh=500, output=100, billed="40"),
        cell_of(LARGE, fresh=30_000, output=100, billed="60"),
    ]
    found = only(propose(cells, [LARGE, SMALL], MONTH))
    assert found.savings.likely == 36
    assert found.current_cost == 100
    assert found.projected_cost == 64
    assert found.title == "Send the smaller large requests to small"
    assert found.action["to"] == {"provider": "openai", "model": "small"}
    assert found.evidence["migrated_cost_share"] == "0.4"
    assert found.quality_change == Decimal("-0.04")
    assert found.quality_impact is QualityImpact.MEDIUM
    assert found.difficulty is Difficulty.EASY
    assert found.savings.low < 36 < found.savings.high <= 100


def test_which_task_moves_how_far_is_listed() -> None:
    cells = [
        cell_of(LARGE, feature="labels", billed="40"),
        cell_of(LARGE, feature="search", fresh=30_000, billed="60"),
    ]
    found = only(propose(cells, [SMALL], MONTH))
    assert found.evidence["tasks"] == [
        {
            "endpoint": "/v1/chat/completions",
            "feature": "search",
            "requests": 1_000,
            "monthly_cost": "60",
            "migrated_requests_share": "0",
            "monthly_saved": "0",
        },
        {
            "endpoint": "/v1/chat/completions",
            "feature": "labels",
            "requests": 1_000,
            "monthly_cost": "40",
            "migrated_requests_share": "1",
            "monthly_saved": "36",
        },
    ]
    (part,) = found.parts
    assert (part.cost, part.saved) == (40, 36)
    assert "labels" in part.cell


def test_each_class_of_tokens_is_priced_by_itself() -> None:
    large = model_of(
        "large", price_of("large", "10", "30", cached="5", batch=("5", "15")), quality="0.86"
    )
    small = model_of("small", price_of("small", "1", "3", cached="0.1"), quality="0.86")
    cells = [
        cell_of(large, requests=10_000, fresh=100, cached=900, output=10),
        cell_of(large, requests=10_000, fresh=1_000, output=10, batch=True),
    ]
    found = only(propose(cells, [small], MONTH))
    before = Decimal(10) + Decimal(45) + Decimal(3) + Decimal(50) + Decimal("1.5")
    # In batches too the regular price of the small one counts: it has no other.
    after = Decimal(1) + Decimal("0.9") + Decimal("0.3") + Decimal(10) + Decimal("0.3")
    assert found.current_cost == before
    assert found.savings.likely == before - after


def test_a_tier_counts_by_the_size_of_the_requests() -> None:
    tiered = model_of(
        "tiered",
        price_of("tiered", "1", "3"),
        price_of("tiered", "20", "60", above=10_000),
        quality="0.90",
    )
    cells = [cell_of(LARGE, fresh=500, billed="40"), cell_of(LARGE, fresh=30_000, billed="60")]
    found = only(propose(cells, [tiered], MONTH))
    assert found.savings.likely == 36
    assert found.quality_impact is QualityImpact.NONE


@pytest.mark.parametrize(
    "other",
    [
        replace(SMALL, prices=(price_of("small", "11", "33"),)),
        replace(SMALL, prices=()),
        replace(SMALL, context_window=599),
        replace(SMALL, context_window=None),
        replace(SMALL, max_output=99),
        replace(SMALL, capabilities=frozenset({"chat"})),
        replace(SMALL, is_offered=False),
        replace(SMALL, quality=Decimal("0.80"), quality_source="MMLU 80.0: its maker"),
        replace(SMALL, quality=Decimal("0.95"), quality_source="MMLU-Pro 95.0: its maker"),
        replace(SMALL, quality=None, quality_source=""),
        replace(SMALL, quality=None, quality_source="MMLU n/a: its maker"),
    ],
    ids=[
        "dearer",
        "unpriced",
        "window too small",
        "window not known",
        "answers too short",
        "lacks what is needed",
        "not on offer",
        "below the floor",
        "another test",
        "no score",
        "no figure",
    ],
)
def test_what_is_no_alternative_is_never_proposed(other: ModelFacts) -> None:
    assert propose([cell_of(LARGE, billed="100")], [LARGE, other], MONTH) == []


def test_unpriced_requests_are_no_saving() -> None:
    unpriced = cell_of(LARGE)
    cell = replace(unpriced.cell, billed_cost=Decimal(0), unpriced_requests=1_000)
    assert propose([PricedCell(cell, None, LARGE)], [SMALL], MONTH) == []


def test_a_model_that_the_list_does_not_know_is_left_alone() -> None:
    assert propose([cell_of(None, billed="100")], [SMALL], MONTH) == []


def test_requests_that_do_not_say_what_they_need_need_all_that_the_model_can() -> None:
    sees = replace(LARGE, capabilities=frozenset({"chat", "tools", "vision", "prompt_caching"}))
    silent = cell_of(sees, needs=frozenset(), billed="100")
    spoken = cell_of(sees, billed="100")
    blind = SMALL
    seeing = replace(SMALL, capabilities=frozenset({"chat", "tools", "vision"}))
    assert propose([silent], [blind], MONTH) == []
    assumed = only(propose([silent], [seeing], MONTH))
    told = only(propose([spoken], [seeing], MONTH))
    assert assumed.evidence["needs_are_assumed"] is True
    assert assumed.confidence < told.confidence


def test_a_model_no_worse_takes_requests_of_every_size() -> None:
    equal = replace(SMALL, quality=Decimal("0.86"), quality_source="MMLU 86.0: its maker")
    cells = [cell_of(LARGE, fresh=100_000, output=5_000, billed="100")]
    assert propose(cells, [SMALL], MONTH) == []
    found = only(propose(cells, [equal], MONTH))
    assert found.savings.likely == 90
    assert found.title == "Send large requests to small"
    assert found.action["max_input_tokens"] is None


def test_a_model_that_begins_to_think_is_charged_for_its_thoughts() -> None:
    thinks = replace(
        SMALL,
        capabilities=frozenset({"chat", "tools", "reasoning", "thinks_by_default"}),
        quality=Decimal("0.86"),
        quality_source="MMLU 86.0: its maker",
    )
    cells = [cell_of(LARGE, requests=10_000, fresh=1_000, output=100)]
    found = only(propose(cells, [thinks], MONTH))
    assert found.current_cost == 130
    assert found.savings.likely == 130 - (10 + 3 * 3)
    assert found.savings.low <= 130 - (10 + 6 * 3)
    assert found.savings.high >= 130 - (10 + 3)
    plain = only(propose(cells, [replace(thinks, capabilities=SMALL.capabilities)], MONTH))
    assert found.confidence < plain.confidence


def test_requests_with_thoughts_stay_with_models_that_think() -> None:
    thinks = replace(LARGE, capabilities=frozenset({"chat", "tools", "reasoning"}))
    assert propose([cell_of(thinks, reasoning=50, billed="100")], [SMALL], MONTH) == []


def test_the_end_of_a_model_and_what_follows_it_are_named() -> None:
    ending = replace(
        LARGE,
        is_offered=False,
        deprecated_at=datetime(2026, 10, 14, tzinfo=UTC),
        replacement="next",
    )
    found = only(propose([cell_of(ending, billed="100")], [SMALL], MONTH))
    assert found.evidence["replacement"] == "next"
    assert any("2026-10-14 and names next instead" in step for step in found.steps)


def test_the_other_provider_has_to_save_more_to_be_proposed() -> None:
    far = model_of(
        "far", price_of("far", "0.9", "2.7", provider="google"), provider="google", quality="0.83"
    )
    much = replace(far, prices=(price_of("far", "0", "0", provider="google"),))
    dear = replace(SMALL, prices=(price_of("small", "5", "15"),))
    cells = [cell_of(LARGE, billed="100")]
    near = only(propose(cells, [SMALL, far], MONTH))
    assert near.action["to"] == {"provider": "openai", "model": "small"}
    assert [row["model"] for row in rows(near, "alternatives")] == ["far", "small"]
    away = only(propose(cells, [dear, much], MONTH))
    assert away.action["to"] == {"provider": "google", "model": "far"}
    assert away.difficulty is Difficulty.MEDIUM


def rows(proposal: Proposal, name: str) -> list[dict[str, object]]:
    found = proposal.evidence[name]
    assert isinstance(found, list)
    return [dict(row) for row in found if isinstance(row, dict)]


def test_the_curve_holds_the_present_model_and_who_is_on_the_front() -> None:
    worse = model_of("worse", price_of("worse", "2", "6"), quality="0.70")
    found = only(propose([cell_of(LARGE, billed="100")], [SMALL, worse], MONTH))
    assert found.evidence["chart"] == {
        "kind": "scatter",
        "x_label": "USD a month on the same tokens",
        "y_label": "quality score",
        "x": ["100", "10", "20"],
        "y": ["0.86", "0.82", "0.7"],
        "labels": ["large", "small", "worse"],
        "on_front": [True, True, False],
    }


def test_savings_below_the_floor_are_not_proposed() -> None:
    assert propose([cell_of(LARGE, billed="5")], [SMALL], MONTH) == []
    cells = [cell_of(LARGE, billed="100")]
    assert propose(cells, [SMALL], MONTH, monthly_cost=Decimal(9_001)) == []
    assert propose(cells, [SMALL], MONTH, monthly_cost=Decimal(9_000)) != []


def test_the_key_stays_when_the_best_alternative_changes() -> None:
    cells = [cell_of(LARGE, billed="100")]
    other = model_of("other", price_of("other", "0.5", "1.5"), quality="0.83")
    first, second = only(propose(cells, [SMALL], MONTH)), only(propose(cells, [other], MONTH))
    assert first.title != second.title
    assert first.key == second.key


def test_the_cheaper_the_other_model_the_surer_the_savings() -> None:
    near = replace(SMALL, prices=(price_of("small", "8", "24"),))
    ranges = [
        only(propose([cell_of(LARGE, billed="100")], [other], MONTH)).savings
        for other in (SMALL, near)
    ]
    assert [saved.likely for saved in ranges] == [90, 20]
    cheap, dear = (saved.low / saved.likely for saved in ranges)
    assert dear == 0
    assert cheap > Decimal("0.4")


def test_steady_halves_narrow_the_range_and_raise_the_confidence() -> None:
    whole = cell_of(LARGE, requests=2_000, billed="100")
    half = cell_of(LARGE, requests=1_000, billed="50").cell
    little = cell_of(LARGE, requests=1_000, billed="10").cell
    steady = only(propose([whole], [SMALL], MONTH, first_half=[half]))
    grown = only(propose([whole], [SMALL], MONTH, first_half=[little]))
    assert steady.savings.low > grown.savings.low
    assert steady.confidence > grown.confidence


@given(
    billed=st.decimals(1, 100_000, places=2),
    cheap=st.decimals("0.01", 20, places=2),
    fresh=st.integers(1, 100_000),
    output=st.integers(1, 8_000),
    score=st.integers(75, 95),
)
def test_what_is_proposed_saves_within_its_range_and_its_dollars(
    billed: Decimal, cheap: Decimal, fresh: int, output: int, score: int
) -> None:
    other = model_of("other", price_of("other", f"{cheap}", f"{cheap}"), quality=f"0.{score}")
    cells = [cell_of(LARGE, fresh=fresh, output=output, billed=f"{billed}")]
    for found in propose(cells, [other], MONTH):
        assert 0 <= found.savings.low <= found.savings.likely <= found.savings.high
        assert found.savings.high <= found.current_cost
        assert sum(part.saved for part in found.parts) == found.savings.likely
        assert all(part.saved <= part.cost for part in found.parts)
        assert 0 < found.confidence < 1
        assert found.quality_change is not None
        assert found.quality_change >= Decimal("-0.05")

"""Prompts that are longer than elsewhere, or than before."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.recommendations.cells import PricedCell, UsageCell
from analysis.recommendations.prompts.peers import Peers
from analysis.recommendations.prompts.prompt_optimization import propose
from analysis.recommendations.proposal import Proposal, QualityImpact
from tests.recommendations.usage_makers import MONTH, cell_of, model_of, price_of

MODEL = model_of("large", price_of("large", "10", "30", cached="1"))


def organizations(*inputs: int, output: int = 100, feature: str = "support") -> list[UsageCell]:
    """Peers that send so many tokens of input a request."""
    return [
        cell_of(
            MODEL, fresh=tokens, output=output, feature=feature, organization=f"peer-{number}"
        ).cell
        for number, tokens in enumerate(inputs)
    ]


def found_among(
    own: PricedCell, peers: list[UsageCell], first_half: list[UsageCell] | None = None
) -> list[Proposal]:
    return propose([own], Peers([own.cell, *peers]), MONTH, first_half=first_half or [])


def only(proposals: list[Proposal]) -> Proposal:
    (proposal,) = proposals
    return proposal


def test_input_far_beyond_alike_peers_is_brought_between_their_median_and_quartile() -> None:
    own = cell_of(MODEL, requests=10_000, fresh=5_000, output=100)
    found = only(found_among(own, organizations(900, 1_000, 1_000, 1_000, 1_100)))
    # 500 for input and 30 for output; median and quartile are 1,000 tokens: 400 can go.
    assert found.current_cost == 530
    assert found.savings.likely == 400
    assert found.savings.low < 400 <= found.savings.high <= 530
    assert found.quality_impact is QualityImpact.LOW
    assert found.action["input_tokens_to_remove_per_request"] == 4_000
    assert found.evidence["peers"] == 5
    assert "peer-" not in str(found.evidence)


def test_the_range_holds_both_ends_of_the_target() -> None:
    own = cell_of(MODEL, requests=10_000, fresh=9_000, output=100)
    found = only(found_among(own, organizations(800, 900, 1_000, 1_500, 2_000)))
    assert found.savings.likely == 775
    assert found.savings.low <= 750
    assert found.savings.high >= 800


def test_only_fresh_input_can_be_saved() -> None:
    own = cell_of(MODEL, requests=10_000, fresh=1_000, cached=4_000, output=100)
    found = only(found_among(own, organizations(900, 1_000, 1_000, 1_000, 1_100)))
    assert found.savings.likely == 100


@pytest.mark.parametrize(
    ("fresh", "output", "inputs"),
    [
        (5_000, 100, (1_000, 1_000, 1_000)),
        (1_300, 100, (1_000, 1_000, 1_000, 1_000)),
        (9_000, 100, (8_000, 9_500, 9_000, 10_000, 8_500)),
        (9_000, 100, (500, 2_000, 30_000, 8_000, 1_000, 12_000)),
        (5_000, 500, (1_000, 1_000, 1_000, 1_000)),
    ],
    ids=[
        "too few peers",
        "hardly longer",
        "retrieval among retrieval",
        "peers of every length",
        "longer answers as well",
    ],
)
def test_what_is_no_outlier_is_left_alone(fresh: int, output: int, inputs: tuple[int, ...]) -> None:
    own = cell_of(MODEL, requests=10_000, fresh=fresh, output=output)
    assert found_among(own, organizations(*inputs)) == []


def test_other_tasks_and_other_models_are_no_peers() -> None:
    own = cell_of(MODEL, requests=10_000, fresh=5_000)
    alike = (1_000, 1_000, 1_000, 1_000)
    assert found_among(own, organizations(*alike, feature="other")) == []
    untold = cell_of(MODEL, requests=10_000, fresh=5_000, endpoint=None, feature=None)
    peers = [
        cell_of(MODEL, fresh=1_000, endpoint=None, feature=None, organization=f"peer-{n}").cell
        for n in range(5)
    ]
    assert found_among(untold, peers) == []


def test_input_that_grew_while_answers_did_not_is_brought_back() -> None:
    first = cell_of(MODEL, requests=5_000, fresh=1_000)
    whole = cell_of(MODEL, requests=10_000, fresh=2_000)
    found = only(found_among(whole, [], [first.cell]))
    assert found.evidence["first_half_input_per_request"] == 1_000
    assert found.evidence["second_half_input_per_request"] == 3_000
    # A month like the second half costs 300 for input and 30 for output; 100 were enough before.
    assert round(found.current_cost, 9) == 330
    assert found.savings.likely == 200
    assert found.savings.low <= 100


def test_many_more_requests_of_another_length_are_no_growth_of_prompts() -> None:
    first = cell_of(MODEL, requests=4_000, fresh=1_000)
    whole = cell_of(MODEL, requests=12_000, fresh=2_000)
    assert found_among(whole, [], [first.cell]) == []
    some = cell_of(MODEL, requests=9_000, fresh=2_000)
    assert found_among(some, [], [first.cell]) != []


def test_growth_on_a_route_that_fails_much_is_left_alone() -> None:
    first = cell_of(MODEL, requests=5_000, fresh=1_000)
    whole = cell_of(MODEL, requests=10_000, fresh=2_000)
    failing = replace(whole, cell=replace(whole.cell, failed_requests=600))
    assert found_among(failing, [], [first.cell]) == []
    some = replace(whole, cell=replace(whole.cell, failed_requests=400))
    assert found_among(some, [], [first.cell]) != []


def test_prompts_of_a_route_that_fails_much_are_held_against_nobody() -> None:
    own = cell_of(MODEL, requests=10_000, fresh=5_000, output=100)
    failing = replace(own, cell=replace(own.cell, failed_requests=600))
    peers = organizations(900, 1_000, 1_000, 1_000, 1_100)
    assert found_among(own, peers) != []
    assert found_among(failing, peers) == []


@pytest.mark.parametrize(
    ("requests", "fresh", "output"),
    [(500, 1_000, 100), (5_000, 1_700, 100), (5_000, 1_000, 50)],
    ids=["few requests", "hardly any growth", "answers grew along"],
)
def test_growth_that_may_be_something_else_is_left_alone(
    requests: int, fresh: int, output: int
) -> None:
    first = cell_of(MODEL, requests=requests, fresh=fresh, output=output)
    whole = cell_of(MODEL, requests=2 * requests, fresh=2_000, output=100)
    assert found_among(whole, [], [first.cell]) == []


def test_peers_that_differ_by_nature_give_few_false_ones() -> None:
    draws = random.Random(7)
    cells = [
        cell_of(
            MODEL,
            requests=10_000,
            fresh=round(1_000 * math.exp(draws.gauss(0, 0.7))),
            output=round(200 * math.exp(draws.gauss(0, 0.5))),
            organization=f"organization-{number}",
        )
        for number in range(300)
    ]
    peers = Peers(priced.cell for priced in cells)
    false = [proposal for own in cells for proposal in propose([own], peers, MONTH)]
    assert len(false) <= 1


def test_savings_below_the_floor_are_not_proposed() -> None:
    own = cell_of(MODEL, requests=100, fresh=5_000)
    peers = organizations(1_000, 1_000, 1_000, 1_000)
    assert found_among(own, peers) == []
    large = cell_of(MODEL, requests=10_000, fresh=5_000)
    table = Peers([large.cell, *peers])
    assert propose([large], table, MONTH, monthly_cost=Decimal(40_001)) == []
    assert propose([large], table, MONTH, monthly_cost=Decimal(40_000)) != []

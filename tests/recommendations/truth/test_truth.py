"""Recommendations against planted waste, on a few seeds of `make bench BENCH=recommendations`.

The bounds are generous, and can fail: they lie where a type has stopped to work, or began to talk.
"""

from __future__ import annotations

import pytest

from analysis.recommendations.proposal import Kind
from benchmarks.recommendation_truth.scoring import Score, middle, score_of

SEEDS = range(100, 105)

KINDS = (
    Kind.MODEL_DOWNGRADE,
    Kind.CACHING,
    Kind.BATCH_PROCESSING,
    Kind.PROMPT_OPTIMIZATION,
    Kind.RATE_LIMITING,
    Kind.IDLE_CAPACITY,
    Kind.FAILURE_WASTE,
    Kind.EFFICIENCY_DRIFT,
    Kind.TIER_MIGRATION,
    Kind.UNUSED_FEATURES,
)


@pytest.fixture(scope="module")
def score() -> Score:
    whole = Score()
    for seed in SEEDS:
        whole.add(score_of(seed))
    return whole


@pytest.mark.parametrize("kind", KINDS)
def test_planted_waste_is_found(score: Score, kind: Kind) -> None:
    one = score.of(kind)
    assert len(one.right) >= 3
    assert one.recall >= 0.6


@pytest.mark.parametrize("kind", KINDS)
def test_more_recommendations_are_right_than_wrong(score: Score, kind: Kind) -> None:
    # Nearly half of who is looked at only seems to have waste.
    assert score.of(kind).precision > 0.5


@pytest.mark.parametrize("kind", KINDS)
def test_promises_are_near_the_truth(score: Score, kind: Kind) -> None:
    errors = score.of(kind).errors
    assert len(errors) >= 3
    assert abs(middle(errors)) <= 0.25


def test_clean_organizations_hear_nothing(score: Score) -> None:
    assert score.clean >= 4 * len(SEEDS)
    assert score.clean_fleets == len(SEEDS)
    assert score.false_on_clean <= 1


def test_what_several_save_together_is_no_plain_sum(score: Score) -> None:
    assert len(score.joints) == len(SEEDS)
    for joint in score.joints:
        assert joint.stated == pytest.approx(joint.true, rel=0.1)
        assert joint.alone > 1.3 * joint.true

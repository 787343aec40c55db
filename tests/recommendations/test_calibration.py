"""How far promises came true, and what that makes of confidence."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.measured.calibration import (
    LEAST,
    NO_EXPERIENCE,
    Outcome,
    confidence_after,
    experience_of,
)

D = Decimal
AMOUNTS = st.decimals("0.01", "100000", places=2)
MEASURED = st.decimals("-100000", "100000", places=2)


def test_half_of_what_was_promised_pulls_confidence_down_the_more_often_it_was() -> None:
    once = experience_of([Outcome(D(100), D(50))])
    assert once.ratio == D("0.875"), "(50 + 300) / (100 + 300)"
    often = experience_of([Outcome(D(100), D(50))] * 27)
    assert often.ratio == D("0.55")
    assert often.plain_ratio == D("0.5")
    assert confidence_after(D("0.8"), often) == D("0.440")


def test_more_than_was_promised_never_raises_confidence() -> None:
    better = experience_of([Outcome(D(100), D(300))] * 5)
    assert better.ratio > 1
    assert confidence_after(D("0.8"), better) == D("0.800")


def test_without_outcomes_nothing_changes() -> None:
    assert experience_of([]) == NO_EXPERIENCE
    assert experience_of([Outcome(D(0), D(5))]) == NO_EXPERIENCE
    assert confidence_after(D("0.8"), NO_EXPERIENCE) == D("0.800")


@given(st.lists(st.builds(Outcome, AMOUNTS, MEASURED), max_size=20))
def test_confidence_stays_within_a_fifth_of_itself_and_itself(outcomes: list[Outcome]) -> None:
    after = confidence_after(D("0.5"), experience_of(outcomes))
    assert LEAST * D("0.5") <= after <= D("0.5")


@given(st.lists(st.builds(Outcome, AMOUNTS, MEASURED), min_size=1, max_size=9), AMOUNTS)
def test_the_ratio_knows_no_currency(outcomes: list[Outcome], scale: Decimal) -> None:
    scaled = [Outcome(one.promised * scale, one.measured * scale) for one in outcomes]
    assert abs(experience_of(scaled).ratio - experience_of(outcomes).ratio) < D("1e-9")


def test_noise_says_nothing_and_what_else_happened_counts_little() -> None:
    noise = Outcome(D(27), D(-861), D(1485))
    assert experience_of([noise]) == NO_EXPERIENCE
    grown = experience_of([Outcome(D(100), D(-900), D(50))])
    assert grown.measured == D(-100), "at most twice the promise beside it"

"""The bar and the figures never say more than there is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.budget_words import bar, used_words

SHARES = st.decimals(min_value=-2, max_value=50, allow_nan=False, places=6)


@given(SHARES, st.integers(2, 40))
def test_a_bar_is_full_from_100_per_cent_on_and_empty_at_nothing_alone(share: Decimal, cells: int):
    drawn = bar(share, cells)
    assert len(drawn) == cells
    assert (drawn == "▓" * cells) == (share >= 1)
    assert (drawn == "░" * cells) == (share <= 0)


@given(SHARES, SHARES)
def test_more_spend_never_shortens_the_bar(one: Decimal, other: Decimal):
    less, more = sorted((one, other))
    assert bar(less).count("▓") <= bar(more).count("▓")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ("0.8502", "85.0 %"),
        ("0.9994", "99.9 %"),
        ("0.99996", "just under 100 %"),
        ("1", "100.0 %"),
        ("1.0000001", "just over 100 %"),
        ("1.001", "100.1 %"),
        ("12.5", "1,250 %"),
    ],
)
def test_only_100_per_cent_reads_like_it(share: str, words: str):
    assert used_words(Decimal(share)) == words

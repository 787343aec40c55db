"""How far evidence is trusted."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.confidence import MOST, confidence, stability

_SHARES = st.decimals(0, 1, places=3)
_ALL = Decimal(1)


def _of(
    *,
    days: int = 30,
    requests: int = 10**9,
    alike: Decimal | None = _ALL,
    known: Decimal = _ALL,
) -> Decimal:
    return confidence(days=days, requests=requests, stability=alike, known_share=known)


def test_perfect_evidence_is_never_certain() -> None:
    assert _of() == MOST == Decimal("0.95")


def test_a_worked_case() -> None:
    # Three quarters of the days' factor, times 0.9, times 0.9, times 0.9.
    found = _of(days=14, requests=100, alike=Decimal("0.8"), known=Decimal("0.9"))
    assert found == Decimal("0.547")


def test_unknown_halves_count_like_halves_that_differ_twofold() -> None:
    twofold = stability(Decimal(5), Decimal(10))
    assert _of(requests=400, alike=None) == _of(requests=400, alike=twofold)


def test_no_evidence_supports_nothing() -> None:
    assert _of(days=0) == _of(requests=0) == _of(known=Decimal(0)) == 0


@given(days=st.integers(1, 90), requests=st.integers(1, 10**7), alike=_SHARES, known=_SHARES)
def test_more_of_anything_never_lowers_it(
    days: int, requests: int, alike: Decimal, known: Decimal
) -> None:
    whole = _of(days=days, requests=requests, alike=alike, known=known)
    assert 0 <= whole <= MOST
    assert _of(days=days + 1, requests=requests, alike=alike, known=known) >= whole
    assert _of(days=days, requests=requests * 2, alike=alike, known=known) >= whole
    assert _of(days=days, requests=requests, alike=_ALL, known=known) >= whole
    assert _of(days=days, requests=requests, alike=alike, known=_ALL) >= whole


def test_a_share_beyond_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        _of(known=Decimal("1.01"))
    with pytest.raises(ValueError, match="not negative"):
        _of(requests=-1)


def test_halves_are_as_alike_as_the_smaller_is_to_the_larger() -> None:
    assert stability(Decimal(3), Decimal(4)) == stability(Decimal(4), Decimal(3)) == Decimal("0.75")
    assert stability(Decimal(0), Decimal(4)) == 0
    assert stability(Decimal(0), Decimal(0)) == 1

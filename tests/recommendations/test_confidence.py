"""How far evidence is trusted."""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.confidence import MOST, confidence, stability

_SHARES = st.decimals(0, 1, places=3)


class _Evidence(TypedDict):
    days: int
    requests: int
    stability: Decimal | None
    known_share: Decimal


def _perfect() -> _Evidence:
    return {"days": 30, "requests": 10**9, "stability": Decimal(1), "known_share": Decimal(1)}


def test_perfect_evidence_is_never_certain() -> None:
    assert confidence(**_perfect()) == MOST == Decimal("0.95")


def test_a_worked_case() -> None:
    # (0.5 + 0.5 * 14/28) * (1 - 1/sqrt(100)) * (0.5 + 0.5 * 0.8) * 0.9
    assert confidence(
        days=14, requests=100, stability=Decimal("0.8"), known_share=Decimal("0.9")
    ) == Decimal("0.547")


def test_unknown_halves_count_like_halves_that_differ_twofold() -> None:
    unknown = confidence(days=28, requests=400, stability=None, known_share=Decimal(1))
    assert unknown == confidence(
        days=28, requests=400, stability=stability(Decimal(5), Decimal(10)), known_share=Decimal(1)
    )


@pytest.mark.parametrize(
    "evidence",
    [
        {**_perfect(), "days": 0},
        {**_perfect(), "requests": 0},
        {**_perfect(), "known_share": Decimal(0)},
    ],
    ids=["no day", "no request", "nothing known"],
)
def test_no_evidence_supports_nothing(evidence: _Evidence) -> None:
    assert confidence(**evidence) == 0


@given(days=st.integers(1, 90), requests=st.integers(1, 10**7), alike=_SHARES, known=_SHARES)
def test_more_of_anything_never_lowers_it(
    days: int, requests: int, alike: Decimal, known: Decimal
) -> None:
    base: _Evidence = {
        "days": days,
        "requests": requests,
        "stability": alike,
        "known_share": known,
    }
    whole = confidence(**base)
    assert 0 <= whole <= MOST
    assert confidence(**{**base, "days": days + 1}) >= whole
    assert confidence(**{**base, "requests": requests * 2}) >= whole
    assert confidence(**{**base, "stability": Decimal(1)}) >= whole
    assert confidence(**{**base, "known_share": Decimal(1)}) >= whole


def test_a_share_beyond_the_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        confidence(**{**_perfect(), "known_share": Decimal("1.01")})
    with pytest.raises(ValueError, match="not negative"):
        confidence(**{**_perfect(), "requests": -1})


def test_halves_are_as_alike_as_the_smaller_is_to_the_larger() -> None:
    assert stability(Decimal(3), Decimal(4)) == stability(Decimal(4), Decimal(3)) == Decimal("0.75")
    assert stability(Decimal(0), Decimal(4)) == 0
    assert stability(Decimal(0), Decimal(0)) == 1

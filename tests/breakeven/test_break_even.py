"""The break-even utilization: a worked case, and what holds for every pool."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.breakeven import BreakEven, Cheaper, monthly
from analysis.costs import Infrastructure

CENT = Decimal("0.01")


def of(paid: str, used: str, requests: int, api: str) -> BreakEven:
    return BreakEven(Infrastructure(Decimal(paid)), Decimal(used), requests, Decimal(api))


def test_the_worked_case():
    """$1,000 paid, 40 % of it used for 10,000 requests; an API asks $0.08 for each of them.

    The API would ask $800. At 50 % the same GPUs serve 12,500 requests, for $1,000 at the API.
    """
    case = of("1000", "400", 10_000, "800")
    assert case.utilization == Decimal("0.4")
    assert case.threshold == Decimal("0.5")
    assert case.cheaper is Cheaper.API
    assert case.now.saving == -200
    half = case.at(Decimal("0.5"))
    assert (half.requests, half.api, half.saving) == (12_500, 1000, 0)
    full = case.at(Decimal(1))
    assert (full.requests, full.own_per_request, full.saving) == (25_000, Decimal("0.04"), 1000)
    assert full.api_per_request == Decimal("0.08")


def test_above_the_break_even_own_gpus_are_cheaper():
    assert of("1000", "600", 10_000, "1200").cheaper is Cheaper.OWN
    assert of("1000", "600", 10_000, "1200").threshold == Decimal("0.5")


def test_a_threshold_above_one_is_out_of_reach():
    """Even used in full, a request costs $0.06 on own GPUs, and $0.05 at the API."""
    case = of("1000", "600", 10_000, "500")
    assert case.threshold == Decimal("1.2")
    assert case.at(Decimal(1)).saving < 0


def test_an_api_that_asks_nothing_has_no_threshold():
    case = of("10", "5", 1, "0")
    assert case.threshold is None
    assert case.cheaper is Cheaper.API


def test_the_same_cost_is_called_the_same():
    assert of("1000", "500", 10, "1000").cheaper is Cheaper.NEITHER


@pytest.mark.parametrize(
    ("paid", "used", "requests", "api"),
    [("0", "1", 1, "1"), ("1", "0", 1, "1"), ("1", "1", 0, "1"), ("1", "1", 1, "-1")],
)
def test_without_a_cost_and_requests_there_is_no_break_even(
    paid: str, used: str, requests: int, api: str
):
    with pytest.raises(ValueError, match="no break-even"):
        of(paid, used, requests, api)


def test_a_month_is_730_hours():
    assert monthly(Decimal(720), Decimal(720)) == 730


MONEY = st.integers(1, 10**12).map(lambda millionths: Decimal(millionths) / 1_000_000)
SHARES = st.integers(1, 10_000).map(lambda part: Decimal(part) / 10_000)


@st.composite
def cases(draw: st.DrawFn) -> BreakEven:
    paid = draw(MONEY)
    used = paid * draw(SHARES)
    return BreakEven(Infrastructure(paid), used, draw(st.integers(1, 10**9)), draw(MONEY))


CASES = cases()


@given(CASES)
def test_at_the_break_even_both_sides_cost_the_same_to_the_cent(case: BreakEven):
    assert case.threshold is not None
    there = case.at(case.threshold)
    assert there.api.quantize(CENT) == there.own.quantize(CENT)


@given(CASES, st.integers(2, 10_000))
def test_the_break_even_does_not_depend_on_scale(case: BreakEven, times: int):
    larger = BreakEven(
        Infrastructure(case.paid.usd * times), case.used * times, case.requests, case.api * times
    )
    assert case.threshold is not None
    assert larger.threshold is not None
    assert abs(larger.threshold / case.threshold - 1) < Decimal("1e-20")
    assert larger.cheaper is case.cheaper


@given(CASES)
def test_the_side_below_the_threshold_is_the_api(case: BreakEven):
    """u ≥ u* is the same as P ≥ A; near equality the two quotients are rounded, the costs not."""
    assert case.threshold is not None
    apart = case.utilization - case.threshold
    if abs(apart) > Decimal("1e-20"):
        assert case.cheaper is (Cheaper.OWN if apart > 0 else Cheaper.API)


@given(CASES, SHARES)
def test_more_use_never_makes_the_api_look_better(case: BreakEven, share: Decimal):
    assert case.at(share).saving <= case.at(share + Decimal("0.01")).saving


@given(CASES)
def test_at_the_present_utilization_nothing_changes(case: BreakEven):
    there = case.at(case.utilization)
    assert there.requests.quantize(CENT) == case.requests
    assert there.saving.quantize(CENT) == case.now.saving.quantize(CENT)

"""What a pool is paid for: worked cases, and what holds for every pool."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analysis.allocation import Line, Traffic, allocated, by_model
from analysis.costs import FullyLoaded, Infrastructure

ONE = Traffic(requests=1, served=1)


def line(
    category: str, usd: str, *inside: bool | None, model: str | None = None, requests: int = 0
) -> Line:
    return Line(category, model, inside, Decimal(usd), Traffic(requests, served=requests))


def test_capacity_that_names_the_pool_is_its_own_and_that_of_another_is_not():
    found = allocated(
        [
            line("inference", "60", True, requests=10),
            line("idle", "30", True),
            line("unused", "10", True),
            line("inference", "500", False, requests=99),
            line("idle", "700", False),
        ]
    )
    assert found.paid == Infrastructure(Decimal(100))
    assert found.used == 60
    assert found.utilization == Decimal("0.6")
    assert found.traffic.requests == 10


def test_capacity_that_names_no_pool_is_divided_by_direct_cost_of_requests():
    found = allocated(
        [
            line("inference", "60", True, requests=10),
            line("inference", "20", False, requests=10),
            line("idle", "40", None),
            line("overhead", "8", None),
        ]
    )
    assert found.shared == {"idle": 30, "overhead": 6}
    assert found.paid == Infrastructure(Decimal(96))


def test_capacity_is_divided_among_the_requests_that_agree_with_what_it_says():
    """Idle GPUs of model a say nothing of products: product x bears its part of model a alone."""
    found = allocated(
        [
            line("inference", "30", True, model="a", requests=1),
            line("inference", "10", False, model="a", requests=1),
            line("inference", "1000", True, model="b", requests=1),
            line("idle", "40", None, model="a"),
        ]
    )
    assert found.shared == {"idle": 30}


def test_two_conditions_are_looked_at_one_by_one():
    found = allocated(
        [
            line("inference", "10", True, True, requests=1),
            line("inference", "30", True, False, requests=1),
            line("inference", "60", False, True, requests=1),
            line("idle", "8", True, None),
            line("idle", "10", None, None),
            line("idle", "99", False, None),
        ]
    )
    assert found.shared == {"idle": Decimal(2) + Decimal(1)}


def test_capacity_that_served_nobody_is_in_nobodys_share_and_told():
    found = allocated([line("inference", "5", True, model="a"), line("idle", "7", None, model="z")])
    assert found.undivided == 7
    assert found.paid == Infrastructure(Decimal(5))


def test_a_category_that_nobody_knows_is_paid_for_too():
    found = allocated([line("inference", "5", True), line("storage", "3", True)])
    assert found.paid == Infrastructure(Decimal(8))


def test_requests_that_name_no_model_are_a_pool_of_their_own():
    pools = by_model(
        [
            line("inference", "30", model="a", requests=3),
            line("inference", "10", requests=1),
            line("idle", "20"),
        ]
    )
    assert pools["a"].paid == Infrastructure(Decimal(45))
    assert pools[None].paid == Infrastructure(Decimal(15))
    assert pools[None].carried == {}


CENTS = st.integers(0, 10**7).map(lambda cents: Decimal(cents) / 100)
MODELS = st.sampled_from(["a", "b", "c", None])
ANY_LINE = st.builds(
    Line,
    st.sampled_from(["inference", "idle", "overhead", "unused", None]),
    MODELS,
    st.just(()),
    CENTS,
    st.integers(0, 99).map(lambda requests: Traffic(requests, served=requests)),
)


@given(st.lists(ANY_LINE, max_size=20))
def test_the_pools_add_up_to_what_the_machines_cost(lines: list[Line]):
    pools = by_model(lines).values()
    undivided = max((pool.undivided for pool in pools), default=None)
    if undivided is None:  # capacity alone that names no model: there is no pool
        assert all(line.model is None and line.category != "inference" for line in lines)
        return
    paid = sum((pool.paid for pool in pools), Infrastructure(Decimal(0))).usd
    whole = sum((line.direct for line in lines), Decimal(0))
    assert abs(paid + undivided - whole) < Decimal("1e-12")


@given(
    st.lists(
        st.builds(
            Line,
            st.sampled_from(["inference", "idle", "unused"]),
            MODELS,
            st.tuples(st.sampled_from([True, False]), st.sampled_from([True, False])),
            CENTS.filter(bool),
            st.just(ONE),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_a_pool_whose_capacity_names_it_is_the_sum_of_its_rows(lines: list[Line]):
    found = allocated(lines)
    own = [line for line in lines if all(line.inside)]
    assert found.paid.usd == sum(line.direct for line in own)
    assert found.shared == {}


def test_traffic_adds_up_and_keeps_the_kind_of_its_cost():
    one = Traffic(5, 1, 1, 3, Decimal(7), FullyLoaded(Decimal(2)))
    assert one + one == Traffic(10, 2, 2, 6, Decimal(14), FullyLoaded(Decimal(4)))

"""The same dollar is never counted twice."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.proposal import Part
from analysis.recommendations.together import together


def part(cell: str, cost: int, saved: int) -> Part:
    return Part(cell, Decimal(cost), Decimal(saved))


def test_two_kinds_on_the_same_dollars_act_one_on_what_the_other_leaves() -> None:
    both = together([("caching", [part("a", 100, 40)]), ("batch", [part("a", 100, 50)])])
    assert (both.alone, both.together, both.counted_twice) == (90, 70, 20)


def test_of_two_of_one_kind_on_the_same_dollars_the_larger_counts() -> None:
    both = together([("caching", [part("a", 100, 40)]), ("caching", [part("a", 100, 30)])])
    assert both.together == 40


def test_different_dollars_add_up() -> None:
    both = together([("caching", [part("a", 100, 40)]), ("batch", [part("b", 80, 30)])])
    assert both.together == both.alone == 70


def drawn(cell: str, cost: int, percent: int) -> Part:
    return Part(cell, Decimal(cost), Decimal(cost) * percent / 100)


parts = st.builds(drawn, st.sampled_from("abc"), st.integers(0, 1000), st.integers(0, 100))
recommendations = st.lists(
    st.tuples(st.sampled_from(["caching", "batch", "downgrade"]), st.lists(parts, max_size=3)),
    max_size=6,
)


@given(recommendations)
def test_never_more_than_the_sum_nor_than_all_dollars_nor_less_than_the_largest(
    given_: list[tuple[str, list[Part]]],
) -> None:
    found = together(given_)
    assert 0 <= found.together <= found.alone
    costs: dict[str, Decimal] = {}
    for _, some in given_:
        for one in some:
            costs[one.cell] = max(one.cost, costs.get(one.cell, Decimal(0)))
    assert found.together <= sum(costs.values(), Decimal(0))


@given(
    recommendations, st.tuples(st.sampled_from(["caching", "other"]), st.lists(parts, max_size=3))
)
def test_one_more_recommendation_never_saves_less(
    given_: list[tuple[str, list[Part]]], more: tuple[str, list[Part]]
) -> None:
    same = [(kind, [Part(p.cell, Decimal(1000), p.saved) for p in some]) for kind, some in given_]
    added = more[0], [Part(p.cell, Decimal(1000), p.saved) for p in more[1]]
    assert together([*same, added]).together >= together(same).together

"""A change and its parts: they add up to it exactly, whatever came, went or cost nothing."""

from decimal import Context, Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from analysis.drivers.cells import Cell
from analysis.drivers.split import split

MONEY = st.decimals(-(10**9), 10**9, places=15)
CELLS = st.lists(
    st.builds(
        Cell,
        st.just(("m",)),
        st.one_of(st.just(0), st.integers(0, 10**9)),
        st.one_of(st.just(Decimal(0)), MONEY),
        st.one_of(st.just(0), st.integers(0, 10**9)),
        st.one_of(st.just(Decimal(0)), MONEY),
    ),
    max_size=30,
)


def cell(before: int, cost_before: str, now: int, cost_now: str) -> Cell:
    return Cell(("m",), before, Decimal(cost_before), now, Decimal(cost_now))


def test_a_worked_case():
    # 100 requests at 1 USD and 100 at 3 become 150 at 1.10 and 150 at 3: R0 is 2.
    found = split([cell(100, "100", 150, "165"), cell(100, "300", 150, "450")])
    assert (found.change, found.volume, found.mix, found.rate) == (215, 200, 0, 15)


def test_requests_that_move_to_dearer_ones_are_mix():
    found = split([cell(100, "100", 50, "50"), cell(100, "300", 150, "450")])
    assert (found.change, found.volume, found.mix, found.rate) == (100, 0, 100, 0)


def test_a_new_member_costs_volume_and_mix_and_no_rate():
    found = split([cell(100, "100", 100, "100"), cell(0, "0", 50, "200")])
    assert (found.change, found.volume, found.mix, found.rate) == (200, 50, 150, 0)


def test_a_vanished_member_costs_volume_and_mix_and_no_rate():
    found = split([cell(100, "100", 100, "100"), cell(50, "200", 0, "0")])
    assert (found.change, found.volume, found.mix, found.rate) == (-200, -100, -100, 0)


def test_where_nothing_was_before_all_is_volume():
    found = split([cell(0, "0", 10, "7"), cell(0, "0", 5, "3")])
    assert (found.change, found.volume, found.mix, found.rate) == (10, 10, 0, 0)


def test_a_cost_without_requests_is_the_fixed_part_of_rate():
    found = split([cell(100, "100", 200, "200"), cell(0, "40", 0, "90")])
    assert (found.volume, found.mix, found.rate, found.fixed) == (100, 0, 50, 50)


def test_thirds_leave_no_residue():
    found = split([cell(3, "1", 7, "2"), cell(7, "1", 3, "5")])
    assert found.volume + found.mix + found.rate == found.change == 5


@given(CELLS)
def test_the_parts_add_up_to_the_change_to_the_last_digit(cells: list[Cell]):
    found = split(cells)
    with localcontext(
        Context(prec=100)
    ):  # the default context would round these sums, not the split
        change = sum(c.cost_now for c in cells) - sum(c.cost_before for c in cells)
        assert found.volume + found.mix + found.rate == found.change
    assert found.change == change


@given(CELLS, st.integers(0, 10**6))
def test_a_period_compared_with_itself_has_no_parts(cells: list[Cell], more: int):
    still = [
        Cell(c.key, c.requests_before, c.cost_before, c.requests_before, c.cost_before)
        for c in [*cells, cell(more, "1", more, "1")]
    ]
    found = split(still)
    assert (found.change, found.volume, found.mix, found.rate) == (0, 0, 0, 0)

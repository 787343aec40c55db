"""What GPUs cost by category: shares, shifts, and the best of some weeks."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.costs import Infrastructure, Pushed
from analysis.periods import Dates
from analysis.utilization import Capacity, added, best_week, is_beyond, saving, shift

D = Decimal
LAST = date(2026, 11, 19)


def capacity(inference: str, idle: str = "0", failed: str = "0") -> Capacity:
    return Capacity(D(inference), Pushed(D(idle), D(0)), failed=D(failed))


def test_utilization_is_inference_as_a_share_of_what_all_categories_cost() -> None:
    found = Capacity(
        inference=D(6), idle=Pushed(D(2), D(1)), overhead=Pushed(D(1), D(1)), unused=D(1)
    )
    assert found.infrastructure == Infrastructure(D(10))
    assert found.utilization == D("0.6")
    assert (found.machines, found.waiting) == (4, 3)
    assert Capacity().utilization is None


@pytest.mark.parametrize(
    ("now", "before", "flagged"),
    [
        ("0.60", "0.60", False),
        ("0.69", "0.60", False),  # 15 %, not beyond
        ("0.70", "0.60", True),
        ("0.16", "0.20", True),  # four points, and a fifth
        ("0.76", "0.80", False),  # four points, and a twentieth
    ],
)
def test_a_shift_is_relative(now: str, before: str, flagged: bool) -> None:
    assert is_beyond(shift(D(now), D(before))) is flagged


def test_what_is_not_known_has_not_shifted() -> None:
    assert shift(None, D(1)) is shift(D(1), None) is shift(D(1), D(0)) is None
    assert not is_beyond(None)


def weeks(*served: tuple[str, str, str]) -> dict[date, Capacity]:
    """A week for each, the latest first: inference, idle and failed cost a day."""
    days: dict[date, Capacity] = {}
    for number, each in enumerate(served):
        for back in range(7):
            days[LAST - timedelta(days=7 * number + back)] = capacity(*each)
    return days


def test_the_best_week_is_the_one_of_which_most_succeeded() -> None:
    found = best_week(weeks(("5", "5", "0"), ("6", "4", "0"), ("9", "1", "5")), LAST)
    assert found is not None
    assert found.served == D("0.6")
    assert found.days == Dates(date(2026, 11, 6), date(2026, 11, 12))
    assert found.weeks == 3


def test_a_week_that_is_not_whole_or_without_machines_is_none() -> None:
    days = weeks(("5", "5", "0"), ("6", "0", "0"), ("9", "1", "0"))
    del days[date(2026, 11, 2)]
    assert best_week(days, LAST) is None  # one week is left: nothing to compare it with
    assert best_week({}, LAST) is None


def test_at_the_best_weeks_share_the_same_results_cost_less() -> None:
    # 60 of 100 succeeded; where 75 of 100 do, 80 are enough.
    assert saving(capacity("70", "30", "10"), D("0.75")) == 20
    assert saving(capacity("70", "30", "10"), D("0.5")) == 0
    assert saving(capacity("70", "30"), D(0)) == 0


money = st.decimals(0, 1000, places=6)
capacities = st.builds(
    Capacity,
    inference=money,
    idle=st.builds(Pushed, money, money),
    overhead=st.builds(Pushed, money, money),
    unused=money,
    other=money,
    unpriced_requests=st.integers(0, 9),
    failed=money,
)


@given(st.lists(capacities, max_size=6))
def test_the_parts_add_up_to_infrastructure_cost(several: list[Capacity]) -> None:
    whole = added(several)
    parts = whole.inference + whole.idle.spent + whole.overhead.spent + whole.unused + whole.other
    assert whole.infrastructure.usd == parts
    assert parts == sum((one.infrastructure.usd for one in several), D(0))
    if whole.utilization is not None:
        assert 0 <= whole.utilization <= 1

"""The drift of a cost per unit: the mix taken out exactly, marked only where it is worth it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.drivers.cells import Cell
from analysis.efficiency import Drift, Unit, Work, drift

D = Decimal
WEEK = D(7)
Key = tuple[str | None, ...]


def cell(name: str, before: tuple[int, str], now: tuple[int, str]) -> Cell:
    return Cell((name,), before[0], D(before[1]), now[0], D(now[1]))


def drift_of(*cells: Cell, unit: Unit = Unit.REQUEST) -> Drift:
    before = sum(one.requests_before for one in cells)
    now = sum(one.requests_now for one in cells)
    return drift(Work(cells, before, now), unit, WEEK)


def test_a_move_to_dearer_requests_is_mix_and_no_drift() -> None:
    found = drift_of(
        cell("/a", (100, "100"), (50, "60")),
        cell("/b", (100, "300"), (150, "450")),
    )
    assert (found.cost_before, found.cost_now) == (2, D("2.55"))
    assert found.plain == D("0.275")
    assert (found.mix, found.rate) == (D("0.5"), D("0.05"))
    assert found.like_for_like == D("0.02")  # 60 + 450 against 50 x 1 + 150 x 3
    assert not found.is_beyond


def test_the_same_requests_at_higher_rates_are_a_drift_with_its_dollars_a_day() -> None:
    found = drift_of(cell("/a", (100, "100"), (140, "182")))
    assert (found.mix, found.rate) == (0, D("0.3"))
    assert found.like_for_like == D("0.3")
    assert found.a_day == 6  # 42 in 7 days
    assert found.is_beyond


def test_a_drift_that_the_mix_hides_is_marked() -> None:
    found = drift_of(
        cell("/a", (100, "100"), (180, "234")),
        cell("/b", (100, "300"), (20, "78")),
    )
    assert found.plain is not None
    assert found.plain < 0
    assert found.like_for_like == D("0.3")
    assert found.is_beyond


@pytest.mark.parametrize(
    ("before", "now", "is_beyond"),
    [
        ((100, "100"), (100, "116"), True),
        ((100, "100"), (100, "115"), False),  # 15 % is not beyond 15 %
        ((100, "100"), (100, "84"), True),
        ((99, "99"), (100, "200"), False),
        ((100, "100"), (99, "200"), False),
        ((100, "10"), (100, "16.9"), False),  # 6.90 in 7 days
        ((100, "10"), (100, "17"), True),
    ],
)
def test_a_drift_is_marked_beyond_15_percent_from_100_requests_and_a_dollar_a_day_on(
    before: tuple[int, str], now: tuple[int, str], is_beyond: bool
) -> None:
    assert drift_of(cell("/a", before, now)).is_beyond is is_beyond


def test_what_has_no_baseline_has_no_drift() -> None:
    new = drift_of(cell("/a", (0, "0"), (500, "1000")))
    assert (new.cost_now, new.cost_before) == (2, None)
    assert (new.plain, new.mix, new.rate, new.like_for_like, new.a_day) == (None,) * 5
    assert not new.is_beyond
    gone = drift_of(cell("/a", (500, "1000"), (0, "0")))
    assert (gone.cost_now, gone.cost_before) == (None, 2)
    assert gone.like_for_like is None


def test_a_new_kind_of_work_moves_the_mix_alone() -> None:
    found = drift_of(cell("/a", (100, "100"), (100, "100")), cell("/b", (0, "0"), (100, "500")))
    assert (found.rate, found.mix) == (0, 2)
    assert found.compared == D(100) / 600


def test_tokens_are_told_by_the_thousand() -> None:
    found = drift_of(cell("", (10_000, "1"), (20_000, "3")), unit=Unit.THOUSAND_TOKENS)
    assert (found.cost_before, found.cost_now, found.rate) == (D("0.1"), D("0.15"), D("0.05"))


def test_the_shares_of_the_tokens_are_taken_out_where_their_value_is_known() -> None:
    cells = (cell("a", (1000, "10"), (2000, "50")), cell("b", (1000, "10"), (1000, "12")))
    # Of a as many tokens are worth twice as much.
    values: dict[Key, tuple[Decimal, Decimal]] = {("a",): (D(4), D(16))}
    found = drift(Work(cells, 200, 300, values), Unit.THOUSAND_TOKENS, WEEK)
    assert found.shares_usd == 20
    assert found.rate_usd == 12  # 50 - 10 x 16 / 4, and 12 - 10
    assert found.like_for_like == D(12) / 50


@pytest.mark.parametrize(
    ("requests", "tokens", "is_longer"),
    [
        (100, 116_000, True),
        (100, 115_000, False),
        (100, 84_000, True),
        (99, 200_000, False),
        (100, 100_000, False),
    ],
)
def test_longer_requests_are_told_from_15_percent_100_requests_and_a_dollar_a_day_on(
    requests: int, tokens: int, is_longer: bool
) -> None:
    cells = (cell("", (100_000, "100"), (tokens, "100")),)
    found = drift(Work(cells, 100, requests), Unit.THOUSAND_TOKENS, WEEK)
    assert found.is_longer is is_longer
    cheap = (cell("", (100_000, "1"), (tokens, "1")),)
    assert not drift(Work(cheap, 100, requests), Unit.THOUSAND_TOKENS, WEEK).is_longer
    assert drift(Work(cells, 100, requests), Unit.REQUEST, WEEK).longer is None


cost = st.decimals(0, 10_000, places=9)


@st.composite
def any_cell(draw: st.DrawFn) -> Cell:
    before, now = draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))
    key = (draw(st.sampled_from("abc")),)
    return Cell(key, before, draw(cost), now, draw(cost))


worth = st.decimals(0, 99, places=4)


@given(
    st.lists(any_cell(), min_size=1, max_size=3, unique_by=lambda one: one.key),
    st.tuples(worth, worth),
)
def test_values_move_between_mix_and_rate_and_add_nothing(
    cells: list[Cell], worths: tuple[Decimal, Decimal]
) -> None:
    values: dict[Key, tuple[Decimal, Decimal]] = {("a",): worths, ("b",): (worths[1], worths[0])}
    plain = drift_of(*cells)
    found = drift(Work(tuple(cells), 1, 1, values), Unit.REQUEST, WEEK)
    if plain.rate_usd is None:
        assert found.rate_usd is None
        return
    assert found.rate_usd is not None
    assert found.rate_usd + found.shares_usd == plain.rate_usd


@given(st.lists(any_cell(), min_size=1, max_size=12))
def test_mix_and_rate_are_the_plain_change_of_the_cost_per_unit(cells: list[Cell]) -> None:
    found = drift_of(*cells)
    if found.mix is None or found.rate is None:
        assert not (found.split.requests_before and found.split.requests_now)
        return
    assert found.cost_now is not None
    assert found.cost_before is not None
    served = found.split.requests_now
    plain = (found.cost_now - found.cost_before) * served
    assert abs(plain - (found.mix + found.rate) * served) < D("1e-12")
    # In dollars: what this period cost more than its requests at the baseline's plain rate.
    split = found.split
    assert found.rate_usd is not None
    more = split.now - split.before * served / split.requests_before
    assert abs(more - (split.mix + found.rate_usd)) < D("1e-12")
    if all(one.requests_before and one.requests_now for one in cells):
        assert abs(found.rate_usd - split.rate) < D("1e-12")


@given(st.lists(any_cell(), min_size=1, max_size=12))
def test_rates_that_stand_still_are_no_drift_whatever_the_mix(cells: list[Cell]) -> None:
    still = [
        Cell(one.key, one.requests_before, one.requests_before * D(3), now, now * D(3))
        for one in cells
        if (now := one.requests_now)
    ]
    found = drift_of(*still)
    assert found.rate_usd in {0, None}
    assert found.like_for_like in {0, None}

"""What usage would cost otherwise: worked cases, and what always holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.cells import PricedCell, Route
from analysis.recommendations.cheaper_models.elsewhere import Elsewhere
from analysis.recommendations.cheaper_models.fit import fit_of
from analysis.recommendations.levers import Batch, Cache, Migrate, Remove, Shorten, cost_with
from analysis.recommendations.whatif import Changes, Outcome, Part, Target, what_if, with_output
from tests.recommendations.usage_makers import MONTH, cell_of, model_of, price_of

D = Decimal

LARGE = model_of("large", price_of("large", "10", "30", cached="5", batch=("5", "15")))
SMALL = model_of("small", price_of("small", "1", "3", cached="0.5", batch=("0.5", "1.5")))
TENTH = SMALL.prices[0]

SHARES = st.decimals(0, 1, places=3)


def steady(cells: Sequence[PricedCell]) -> dict[Route, list[Decimal]]:
    """The cost of the cells' routes, the same on each day."""
    costs: dict[Route, Decimal] = {}
    for priced in cells:
        route = priced.cell.route
        costs[route] = costs.get(route, D(0)) + priced.cell.billed_cost
    return {route: [cost / MONTH.days] * MONTH.days for route, cost in costs.items()}


def to_small(thinks: bool = False) -> Target:
    return Target(lambda cell: TENTH, thinks=thinks)


def outcome(changes: Changes, *cells: PricedCell, target: Target | None = None) -> Outcome:
    return what_if(cells, changes, target, MONTH, steady(cells))


def test_forty_per_cent_at_a_model_that_is_ninety_per_cent_cheaper_save_36_of_100() -> None:
    cell = cell_of(LARGE, billed="100")
    found = outcome(Changes(model=D("0.4")), cell, target=to_small())
    assert (found.current, found.saved, found.projected) == (100, 36, 64)
    assert [(one.part, one.saved, one.alone) for one in found.parts] == [(Part.MODEL, 36, 36)]


def test_each_part_acts_on_what_those_before_it_leave() -> None:
    cell = cell_of(LARGE, billed="100", output=0)
    changes = Changes(requests=D("0.1"), input=D("0.2"), cache=D("0.5"), batch=D("0.5"))
    found = outcome(changes, cell)
    assert [one.part for one in found.parts] == [
        Part.REQUESTS,
        Part.LENGTH,
        Part.CACHE,
        Part.BATCH,
    ]
    # 90 requests' worth are left, 72 of shorter ones, 54 with half of the input at half its price;
    # a batch has the fresh half cheaper, the cached one costs there what it always does.
    assert [one.saved for one in found.parts] == [10, 18, 18, 9]
    assert [one.alone for one in found.parts] == [10, 20, 25, 25]
    assert (found.saved, found.projected) == (55, 45)


def test_a_dearer_model_costs_more_and_the_range_says_so() -> None:
    cell = cell_of(SMALL, billed="10")
    target = Target(lambda _: LARGE.prices[0])
    found = outcome(Changes(model=D(1)), cell, target=target)
    assert (found.saved, found.projected) == (-90, 100)
    assert found.low < -90 < found.high <= 10


def test_steady_days_leave_only_what_the_other_model_asks_unsure() -> None:
    cell = cell_of(LARGE, billed="100")
    certain = outcome(Changes(requests=D("0.25")), cell)
    assert (certain.low, certain.saved, certain.high) == (25, 25, 25)
    moved = outcome(Changes(model=D(1)), cell, target=to_small())
    half = D("1.645") * D("0.2") * 10
    assert abs(moved.low - (90 - half)) < D("1e-9")
    assert abs(moved.high - (90 + half)) < D("1e-9")


def test_days_that_differ_widen_the_range() -> None:
    cell = cell_of(LARGE, billed="120")
    uneven = {cell.cell.route: [D(8) if day < 15 else D(0) for day in range(30)]}
    found = what_if([cell], Changes(requests=D("0.5")), None, MONTH, uneven)
    assert found.saved == 60
    assert found.low < 30
    assert 60 < found.high <= 120


def test_a_model_that_thinks_is_counted_with_three_times_the_output_and_ranges_to_six() -> None:
    cell = cell_of(LARGE, fresh=0, output=1_000, billed="100")
    found = outcome(Changes(model=D(1)), cell, target=to_small(thinks=True))
    assert found.saved == 70
    assert found.low <= 40
    assert found.high >= 90


def test_what_has_no_price_now_is_moved_at_the_price_of_the_other_model() -> None:
    unpriced = cell_of(None, requests=1_000, fresh=1_000, output=0, billed="5")
    found = outcome(Changes(model=D("0.5"), cache=D("0.9")), unpriced, target=to_small())
    # Half of the bill goes; the other half's million tokens, halved, cost half a dollar there.
    assert found.saved == D("2.0")


CELLS = st.lists(
    st.builds(
        cell_of,
        st.sampled_from([LARGE, SMALL, None]),
        requests=st.integers(1, 1_000),
        fresh=st.integers(0, 5_000),
        cached=st.integers(0, 5_000),
        output=st.integers(0, 500),
        reasoning=st.integers(0, 500),
        batch=st.booleans(),
        feature=st.sampled_from(["a", "b"]),
        billed=st.decimals("0.01", 1_000, places=2).map(str),
    ),
    min_size=1,
    max_size=4,
)


@given(cells=CELLS, shares=st.tuples(*[SHARES] * 6), thinks=st.booleans())
def test_the_parts_add_up_to_what_all_levers_save_together(
    cells: list[PricedCell], shares: tuple[Decimal, ...], thinks: bool
) -> None:
    requests, input_, output, cache, model, batch = shares
    changes = Changes(
        requests=requests, input=input_, output=output, cache=cache, model=model, batch=batch
    )
    found = outcome(changes, *cells, target=to_small(thinks))
    price = with_output(TENTH, D(3)) if thinks else TENTH
    levers = (
        Remove(requests),
        Shorten(input_, output),
        Cache(cache),
        Migrate(model, price),
        Batch(batch),
    )
    projected = sum((cost_with(cell, levers) for cell in cells), D(0))
    assert abs(found.projected - projected) < D("1e-9")
    assert abs(sum((one.saved for one in found.parts), D(0)) - found.saved) < D("1e-9")
    assert abs(sum((one.saved for one in found.routes.values()), D(0)) - found.saved) < D("1e-9")
    assert found.low <= found.saved <= found.high
    assert found.high <= max(found.current, found.saved) + D("1e-9")


@given(cells=CELLS, factor=st.sampled_from([1, 3, 6]))
def test_pricing_many_models_at_once_gives_what_levers_give(
    cells: list[PricedCell], factor: int
) -> None:
    elsewhere = Elsewhere()
    for cell in cells:
        price = with_output(TENTH, D(factor))
        expected = cost_with(cell, [Migrate(D(1), price)])
        assert abs(elsewhere.cost(cell, TENTH, D(factor)) - expected) < D("1e-9")


def test_what_does_not_fit_another_model_is_counted() -> None:
    narrow = model_of("narrow", TENTH, window=8_000, most=1_000, able=frozenset({"chat"}))
    plain = cell_of(LARGE, requests=10, needs=frozenset({"chat"}))
    long = cell_of(LARGE, requests=20, needs=frozenset({"chat"}), largest=(7_500, 600))
    wordy = cell_of(LARGE, requests=30, needs=frozenset({"chat"}), largest=(500, 1_001))
    tools = cell_of(LARGE, requests=40, needs=frozenset({"tools"}))
    fit = fit_of([plain, long, wordy, tools], narrow)
    assert (fit.requests, fit.too_long, fit.too_talkative, fit.unable) == (100, 20, 30, 40)
    assert (fit.largest, fit.longest) == (8_100, 1_001)
    assert (fit.lacking, fit.maybe_lacking) == ({"tools"}, frozenset())
    assert fit.not_fitting == 70
    assert not fit.is_possible


def test_what_requests_do_not_say_they_need_is_told_apart_from_what_they_say() -> None:
    plain = model_of("plain", TENTH, able=frozenset({"chat"}))
    silent = cell_of(LARGE, needs=frozenset())
    fit = fit_of([silent], plain)
    assert (fit.lacking, fit.maybe_lacking) == (frozenset(), {"tools"})
    assert fit.is_possible
    assert not fit.is_certain
    assert fit_of([silent], replace(plain, context_window=None)).window_is_known is False
    thinking = cell_of(LARGE, reasoning=10, needs=frozenset({"chat"}))
    assert fit_of([thinking], plain).lacking == {"reasoning"}

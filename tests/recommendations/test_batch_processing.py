"""Requests that could wait, as batches."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.recommendations.batches.batch_processing import propose
from analysis.recommendations.cells import PricedCell, Timing
from analysis.recommendations.proposal import Proposal, QualityImpact
from tests.recommendations.usage_makers import MONTH, cell_of, model_of, price_of

MODEL = model_of("large", price_of("large", "10", "30", cached="5", batch=("5", "15")))


def cells_of(
    *, off: int, day: int, users: int | None, feature: str = "nightly"
) -> list[PricedCell]:
    """A route with requests at off hours and by day, of which some came in users' names."""
    made = [
        cell_of(MODEL, requests=requests, timing=timing, feature=feature)
        for requests, timing in ((off, Timing.OFF_HOURS), (day, Timing.INTERACTIVE))
    ]
    return [
        PricedCell(replace(each.cell, user_requests=users), each.price, each.model) for each in made
    ]


def only(proposals: list[Proposal]) -> Proposal:
    (proposal,) = proposals
    return proposal


def test_what_is_flagged_costs_half_at_half_the_price() -> None:
    cells = [
        cell_of(MODEL, timing=Timing.FLAGGED, billed="60"),
        cell_of(MODEL, timing=Timing.INTERACTIVE, billed="40"),
    ]
    found = only(propose(cells, MONTH))
    assert found.savings.likely == 30
    assert found.current_cost == 100
    assert found.quality_impact is QualityImpact.NONE
    assert found.evidence["delay"] == {
        "most_hours": 24,
        "words": "within 24 hours; what is not done by then expires and is not billed",
    }
    assert any("completion_window" in step for step in found.steps)
    (part,) = found.parts
    assert (part.cost, part.saved) == (100, 30)


def test_cached_tokens_keep_their_price_where_batches_have_none_for_them() -> None:
    cells = [cell_of(MODEL, requests=10_000, fresh=1_000, cached=1_000, timing=Timing.FLAGGED)]
    found = only(propose(cells, MONTH))
    # Of 100 for fresh input, 50 for cached input and 30 for output the first and last are halved.
    assert found.current_cost == 180
    assert found.savings.likely == 65


def test_what_is_a_batch_already_is_left_out() -> None:
    assert propose([cell_of(MODEL, timing=Timing.FLAGGED, batch=True, billed="100")], MONTH) == []


@pytest.mark.parametrize("batch", [None, ("10", "30")], ids=["no batch price", "none lower"])
def test_a_model_whose_batches_save_nothing_is_left_out(batch: tuple[str, str] | None) -> None:
    plain = model_of("plain", price_of("plain", "10", "30", batch=batch))
    assert propose([cell_of(plain, timing=Timing.FLAGGED, billed="100")], MONTH) == []


def test_people_at_work_are_left_alone() -> None:
    assert propose([cell_of(MODEL, billed="100")], MONTH) == []
    assert propose(cells_of(off=2_000, day=8_000, users=None), MONTH) == []


@pytest.mark.parametrize(
    ("off", "users", "proposed"),
    [
        (9_000, None, True),
        (5_300, None, False),
        (5_300, 0, False),
        (9_000, 4_000, False),
    ],
    ids=[
        "a nightly job",
        "around the clock, of nobody knows whom",
        "around the clock, of no user",
        "at night, by people",
    ],
)
def test_off_hours_count_where_a_program_is_plainly_behind(
    off: int, users: int | None, *, proposed: bool
) -> None:
    cells = cells_of(off=off, day=10_000 - off, users=users)
    assert bool(propose(cells, MONTH)) is proposed


@pytest.mark.parametrize(
    ("off", "named", "proposed"),
    [(5_300, 5_000, True), (4_000, 5_000, False), (5_300, 1_000, False)],
    ids=["around the clock, of no user", "by day, of no user", "where users are hardly named"],
)
def test_that_a_route_has_no_users_counts_where_others_name_theirs(
    off: int, named: int, *, proposed: bool
) -> None:
    people = cells_of(off=1_000, day=4_000, users=named // 2, feature="chat")
    cells = [*cells_of(off=off, day=10_000 - off, users=0), *people]
    assert bool(propose(cells, MONTH)) is proposed


def test_a_weekend_in_one_half_of_the_days_is_no_habit() -> None:
    whole = cells_of(off=8_500, day=1_500, users=None)
    first = [priced.cell for priced in cells_of(off=8_000, day=500, users=None)]
    assert propose(whole, MONTH) != []
    assert propose(whole, MONTH, first_half=first) == []
    alike = [priced.cell for priced in cells_of(off=4_300, day=700, users=None)]
    assert propose(whole, MONTH, first_half=alike) != []


def test_a_route_is_judged_by_itself() -> None:
    nightly = cells_of(off=10_000, day=0, users=0)[:1]
    people = cells_of(off=4_000, day=6_000, users=5_000, feature="chat")
    found = only(propose([*nightly, *people], MONTH))
    assert [part.saved for part in found.parts] == [found.savings.likely]
    assert found.savings.likely == nightly[0].cell.billed_cost / 2


def test_a_burst_counts_unless_it_is_in_users_names() -> None:
    burst = cell_of(MODEL, timing=Timing.BURST, billed="100")
    assert only(propose([burst], MONTH)).savings.likely == 50
    agents = replace(burst.cell, user_requests=900)
    assert propose([replace(burst, cell=agents)], MONTH) == []


def test_what_is_guessed_widens_the_range_and_lowers_the_confidence() -> None:
    sure = only(propose([cell_of(MODEL, timing=Timing.FLAGGED, billed="100")], MONTH))
    guessed = only(propose([cell_of(MODEL, timing=Timing.BURST, billed="100")], MONTH))
    assert sure.savings.low > 0
    assert guessed.savings.low == 0
    assert guessed.confidence < sure.confidence
    assert "whether anybody waits" in guessed.steps[0]
    assert "whether anybody waits" not in sure.steps[0]


def test_the_hours_that_it_clusters_in_are_told_where_they_were_counted() -> None:
    cells = [cell_of(MODEL, timing=Timing.FLAGGED, billed="100")]
    hours = [0] * 24
    hours[1], hours[2], hours[3] = 500, 420, 80
    counted = [replace(one, cell=replace(one.cell, by_hour=tuple(hours))) for one in cells]
    by_day = cell_of(MODEL, billed="100")
    found = only(propose([*counted, by_day], MONTH))
    assert found.evidence["hours_with_most_requests"] == 2
    assert found.evidence["chart"] == {
        "kind": "bars",
        "x_label": "hour of the day",
        "y_label": "requests that could wait",
        "x": list(range(24)),
        "y": hours,
    }
    assert "chart" not in only(propose(cells, MONTH)).evidence


def test_savings_below_the_floor_are_not_proposed() -> None:
    cells = [cell_of(MODEL, timing=Timing.FLAGGED, billed="100")]
    assert propose(cells, MONTH, monthly_cost=Decimal(5_001)) == []
    assert propose([cell_of(MODEL, timing=Timing.FLAGGED, billed="9.99")], MONTH) == []

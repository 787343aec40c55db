"""The cause that was planted is the first one named."""

from decimal import Decimal

import pytest

from analysis.drivers.causes import causes
from analysis.drivers.cells import Cell, Cells
from analysis.drivers.explain import Kind, explain
from analysis.drivers.split import split
from tests.drivers.planted import CAUSES, planted

SEEDS = range(10_000, 10_200)
"""None of them was looked at when the thresholds were chosen: that was on the seeds from 0 on."""


def test_the_first_driver_is_the_planted_one_in_95_of_100_cases():
    """Each seed with one of the causes in turn; `benchmarks.why` has every cause on each seed."""
    names = list(CAUSES)
    missed: list[tuple[int, str]] = []
    for seed in SEEDS:
        name = names[seed % len(names)]
        change = planted(seed, name)
        first = explain(change.cells).drivers[:1]
        if not any((d.dimension, d.member) in {*change.truth, *change.also} for d in first):
            missed.append((seed, name))
    assert len(missed) <= len(SEEDS) * 0.05, missed


@pytest.mark.parametrize("seed", SEEDS[:30:3])
def test_the_split_adds_up_whatever_is_planted(seed: int):
    names = list(CAUSES)
    for some in (names[:1], names[2:4], names):
        cells = planted(seed, *some).cells.cells
        found = split(cells)
        assert found.volume + found.mix + found.rate == found.change
        assert found.change == sum(cell.cost_now - cell.cost_before for cell in cells)


def test_several_causes_at_once_are_mostly_all_named():
    both = ("an endpoint's volume doubled", "an organization's arrival")
    found = 0
    for seed in SEEDS[:100]:
        change = planted(seed, *both)
        named = {(cause.dimension, cause.member) for cause in causes(change.cells)}
        found += set(change.truth) <= named
    assert found >= 80


def test_where_only_chance_moved_the_cost_nobody_is_blamed():
    blamed = sum(bool(causes(planted(seed).cells)) for seed in SEEDS[:100])
    assert blamed <= 10


def cell(endpoint: str, model: str, before: int, now: int, cost: str = "1") -> Cell:
    rate = Decimal(cost)
    return Cell((endpoint, model), before, before * rate, now, now * rate)


def test_an_endpoint_that_one_model_serves_is_named_and_the_model_said_to_move_alike():
    cells = [cell("/a", "m", 100, 200), cell("/b", "n", 300, 300), cell("/c", "o", 200, 202)]
    [cause] = causes(Cells(("endpoint", "model"), cells))
    assert (cause.dimension, cause.member) == ("endpoint", "/a")
    assert cause.echoes == (("model", "m"),)


def test_a_model_behind_two_endpoints_is_named_before_them():
    cells = [cell("/a", "m", 100, 200), cell("/b", "m", 100, 200), cell("/a", "n", 500, 500)]
    cells += [cell("/b", "n", 400, 400)]
    [cause] = causes(Cells(("endpoint", "model"), cells))
    assert (cause.dimension, cause.member) == ("model", "m")


def test_growth_of_everything_is_nobodys():
    cells = [cell("/a", "m", 100, 150), cell("/b", "m", 200, 300), cell("/b", "n", 40, 60)]
    assert causes(Cells(("endpoint", "model"), cells)) == []


def test_what_has_no_value_in_a_dimension_is_never_blamed():
    cells = [
        Cell((None, "m"), 100, Decimal(100), 300, Decimal(300)),
        Cell(("/a", "n"), 100, Decimal(100), 100, Decimal(100)),
    ]
    named = explain(Cells(("endpoint", "model"), cells)).drivers
    assert [(driver.dimension, driver.member) for driver in named] == [("model", "m")]


def test_nothing_at_all_has_no_cause():
    assert explain(Cells(("endpoint", "model"), [])).drivers == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("an endpoint's volume doubled", Kind.VOLUME),
        ("a model's rate up 30 %", Kind.RATE),
        ("a shift of mix to the dearest endpoint", Kind.SHIFT),
        ("an error storm", Kind.VOLUME),
        ("an organization's arrival", Kind.ARRIVAL),
        ("a billing type changed", Kind.SHIFT),
    ],
)
def test_the_kind_of_cause_is_told(name: str, kind: Kind):
    assert explain(planted(3, name).cells).drivers[0].kind is kind

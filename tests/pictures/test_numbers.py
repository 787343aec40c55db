"""What stands on the axes and beside the bars, and which days are named."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.chart import Unit
from bot.pictures.days import day_labels, span_words
from bot.pictures.frame import apart
from bot.pictures.numbers import axis_labels, plotted, ticks, value_label
from bot.pictures.theme import DARK, LIGHT, Palette

SIZES = st.floats(-1e12, 1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("low", "high", "unit", "labels"),
    [
        (0, 1790, "USD", ["$0", "$500", "$1,000", "$1,500", "$2,000"]),
        (0, 0.92, "USD", ["$0", "$0.25", "$0.50", "$0.75", "$1.00"]),
        (0, 36_000, "USD", ["$0", "$10k", "$20k", "$30k", "$40k"]),
        (0, 2_700_000, "USD", ["$0", "$1M", "$2M", "$3M"]),
        (-40, 9, "USD", ["\u2212$40", "\u2212$20", "$0", "$20"]),
        (0, 0.62, "share", ["0\u00a0%", "20\u00a0%", "40\u00a0%", "60\u00a0%", "80\u00a0%"]),
        (0, 31, "%", ["0\u00a0%", "10\u00a0%", "20\u00a0%", "30\u00a0%", "40\u00a0%"]),
        (0, 8, "requests", ["0", "2", "4", "6", "8"]),
        (0, 0, "requests", ["0", "0.25", "0.50", "0.75", "1.00"]),
        (0.7, 0.9, None, ["0.70", "0.75", "0.80", "0.85", "0.90"]),
    ],
)
def test_an_axis_has_a_few_round_numbers_written_alike(
    low: float, high: float, unit: Unit | None, labels: list[str]
) -> None:
    assert axis_labels(ticks(low, high), unit) == labels


@pytest.mark.parametrize(
    ("value", "unit", "label"),
    [
        (1234.5, "USD", "$1.23k"),
        (12.3, "USD", "$12.30"),
        (999.6, "USD", "$1.00k"),
        (0.0042, "USD", "$0.0042"),
        (-260.9, "USD", "\u2212$261"),
        (0, "USD", "$0"),
        (3, "requests", "3"),
        (1_000_000, "requests", "1.00M"),
        (0.4517, "share", "45.2\u00a0%"),
    ],
)
def test_a_value_is_written_to_three_digits(value: float, unit: Unit, label: str) -> None:
    assert value_label(value, unit) == label


def test_a_change_has_its_sign() -> None:
    assert value_label(812.4, "USD", sign=True) == "+$812"
    assert value_label(-0.5, "USD", sign=True) == "\u2212$0.50"
    assert value_label(0, "USD", sign=True) == "$0"


@given(SIZES, SIZES)
def test_an_axis_holds_what_is_shown_on_it_with_two_to_seven_numbers(a: float, b: float) -> None:
    low, high = sorted((a, b))
    found = ticks(low, high)
    spare = 1e-6 * max(abs(low), abs(high), 1)
    assert found[0] <= low + spare
    assert found[-1] >= high - spare
    assert 2 <= len(found) <= 7
    assert len(axis_labels(found, "USD")) == len(found)


@given(SIZES)
def test_any_value_can_be_written(value: float) -> None:
    assert len(value_label(value, "USD", sign=True)) < 24


def test_money_becomes_a_place_on_paper() -> None:
    assert plotted(Decimal("1.25")) == 1.25


@pytest.mark.parametrize(
    ("length", "first_label", "most"),
    [(1, "Fri 23", 1), (8, "Fri 23", 8), (30, "26 Oct", 5), (90, "1 Nov", 7), (400, "Nov", 8)],
)
def test_few_days_are_named(length: int, first_label: str, most: int) -> None:
    labels = day_labels(date(2026, 10, 23), length)
    assert labels[0][1] == first_label
    assert len(labels) <= most


def test_years_are_told_where_they_matter() -> None:
    assert span_words(date(2026, 11, 1), 30) == "1 Nov to 30 Nov 2026"
    assert span_words(date(2025, 12, 20), 30) == "20 Dec 2025 to 18 Jan 2026"
    assert span_words(date(2026, 11, 1), 1) == "1 Nov 2026"


@given(st.lists(st.floats(0, 200), max_size=8))
def test_names_at_the_ends_of_curves_never_stand_in_each_other(wanted: list[float]) -> None:
    placed = sorted(apart(wanted, 13, 0, 200))
    assert all(later - one >= 13 - 1e-6 for one, later in pairwise(placed))
    assert all(-1e-6 <= place <= 200 + 1e-6 for place in placed)


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_all_that_is_written_can_be_read_on_its_ground(palette: Palette) -> None:
    ground = luminance(palette.ground)
    for colour in (palette.text, palette.quiet, palette.main, palette.limit, *palette.others):
        light, dark = sorted((luminance(colour), ground), reverse=True)
        assert math.floor((light + 0.05) / (dark + 0.05) * 10) >= 45, colour

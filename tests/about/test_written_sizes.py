from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.written import size


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1 KiB"),
        (10 * 2**20, "10 MiB"),
        (10 * 2**20 + 2**18, "10.2 MiB"),
        (100 * 2**30, "100 GiB"),
        (2**40 - 1, "1 TiB"),
        (2**40 + 2**38, "1.2 TiB"),
        (1500 * 2**40, "1.5 PiB"),
        (5000 * 2**60, "5,000 EiB"),
    ],
)
def test_bytes_are_written_in_their_largest_unit(number: int, written: str) -> None:
    assert size(number) == written


UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]


@given(st.integers(min_value=2, max_value=2**69))
def test_what_is_written_is_within_a_twentieth_of_what_is_there(number: int) -> None:
    value, unit = size(number).replace(",", "").split(" ")
    assert float(value) * 1024 ** UNITS.index(unit) == pytest.approx(number, rel=0.05)

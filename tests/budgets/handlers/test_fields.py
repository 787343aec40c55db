"""The fields of a form: amounts and shares as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput
from handlers.budgets.fields import amount, share, zone

AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=2)


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        ("5000", "5000"),
        ("5,000", "5000"),
        ("5,000.50", "5000.50"),
        ("$5k", "5000"),
        ("$ 5000", "5000"),
        ("5000 USD", "5000"),
        ("usd 5000", "5000"),
        ("1.5m", "1500000"),
        ("0.01", "0.01"),
        (" 12,345,678 ", "12345678"),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, usd: str) -> None:
    assert amount(text) == Decimal(usd)


@pytest.mark.parametrize(
    "text", ["", "5,00", "5.000", "5.000.000", "-5", "5e3", "€5", "5 EUR", "5EUR", "٥"]
)
def test_what_could_be_read_in_two_ways_is_no_amount(text: str) -> None:
    with pytest.raises(BadInput):
        amount(text)


@given(AMOUNTS)
def test_an_amount_with_cents_is_read_to_the_cent(usd: Decimal) -> None:
    assert amount(f"{usd:,.2f}") == amount(f"${usd:f} USD") == usd


@pytest.mark.parametrize(
    ("text", "of_one"),
    [
        ("80%", "0.8"),
        ("80 %", "0.8"),
        ("80", "0.8"),
        ("0.8", "0.8"),
        ("110", "1.1"),
        ("1.1", "1.1"),
    ],
)
def test_a_share_is_read_with_and_without_its_sign(text: str, of_one: str) -> None:
    assert share(text) == Decimal(of_one)


def test_a_zone_is_found_however_it_is_capitalized() -> None:
    assert zone("europe/berlin").key == "Europe/Berlin"
    assert zone("utc").key == "UTC"
    with pytest.raises(BadInput, match="Did you mean `Europe/Berlin`"):
        zone("Europe/Berln")
    for hostile in ("../../etc/passwd", "/etc/localtime", "", "Europe"):
        with pytest.raises(BadInput):
            zone(hostile)

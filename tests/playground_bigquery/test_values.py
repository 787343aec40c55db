"""Parameters and results keep their values over the wire, whatever their type."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.bigquery.values import decode, encode
from tests.playground_bigquery.real_client import ask, bigquery, scalar

EXAMPLES: list[tuple[str, object]] = [
    ("INT64", -(2**63)),
    ("FLOAT64", 0.1),
    ("FLOAT64", math.inf),
    ("BOOL", False),
    ("STRING", "O'Brien; -- «ü»"),
    ("DATE", date(2024, 2, 29)),
    ("DATETIME", datetime(2024, 2, 29, 1, 2, 3, 4)),  # noqa: DTZ001
    ("TIME", time(1, 2, 3)),
    ("TIMESTAMP", datetime(2024, 2, 29, 23, 59, 59, 999999, tzinfo=UTC)),
    ("NUMERIC", Decimal("12345678901234567890.123456789")),
    ("BIGNUMERIC", Decimal("-0.000000000000001")),
    ("BYTES", b"\x00\xff"),
]


@pytest.mark.parametrize(("kind", "value"), EXAMPLES)
def test_a_parameter_comes_back_as_it_was(shared_client: Any, kind: str, value: object) -> None:
    assert ask(shared_client, "SELECT @it AS it", scalar("it", kind, value)) == [{"it": value}]


@pytest.mark.parametrize("kind", [kind for kind, _ in EXAMPLES])
def test_a_parameter_can_be_null_and_keeps_its_type(shared_client: Any, kind: str) -> None:
    found = shared_client.query_and_wait(
        "SELECT @it AS it",
        job_config=bigquery.QueryJobConfig(query_parameters=[scalar("it", kind, None)]),
    )
    names = {"INT64": "INTEGER", "FLOAT64": "FLOAT", "BOOL": "BOOLEAN"}
    assert [field.field_type for field in found.schema] == [names.get(kind, kind)]
    assert [row.it for row in found] == [None]


def test_not_a_number_stays_none(shared_client: Any) -> None:
    ((value,),) = [
        tuple(row.values())
        for row in ask(shared_client, "SELECT @x AS x", scalar("x", "FLOAT64", "NaN"))
    ]
    assert isinstance(value, float)
    assert math.isnan(value)


def test_an_array_is_a_parameter_and_a_result(shared_client: Any) -> None:
    array = bigquery.ArrayQueryParameter("days", "DATE", [date(2024, 1, 1), date(2024, 1, 2)])
    found = ask(
        shared_client, "SELECT @days AS days, DATE '2024-01-02' IN UNNEST(@days) AS there", array
    )
    assert found == [{"days": [date(2024, 1, 1), date(2024, 1, 2)], "there": True}]


def test_a_parameter_that_is_not_of_its_type_is_refused(shared_client: Any) -> None:
    with pytest.raises(Exception, match="could not parse 'soon' as DATE"):
        ask(shared_client, "SELECT @x", scalar("x", "DATE", "soon"))


def test_a_parameter_that_is_not_given_is_refused(shared_client: Any) -> None:
    with pytest.raises(Exception, match="Query parameter 'day' not found"):
        ask(shared_client, "SELECT @day")


decimals = st.decimals(-(10**20), 10**20, places=9, allow_nan=False)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001
    lambda one: one.replace(tzinfo=UTC)
)


@given(decimals)
def test_decimals_are_written_without_loss(value: Decimal) -> None:
    text = encode(value, "NUMERIC", int64_timestamps=True)
    assert isinstance(text, str)
    assert decode(text, "NUMERIC") == value
    assert "E" not in text


@given(instants)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_instants_are_whole_microseconds_or_seconds_with_a_fraction(value: datetime) -> None:
    micros = encode(value, "TIMESTAMP", int64_timestamps=True)
    seconds = encode(value, "TIMESTAMP", int64_timestamps=False)
    assert int(str(micros)) == round(float(str(seconds)) * 1_000_000)

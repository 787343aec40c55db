from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite

from storage.types import ExactDecimal, UtcDateTime, plain

DIALECTS = [sqlite.dialect(), postgresql.dialect()]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_instant_without_an_offset_is_refused(dialect: sqlite.dialect) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="without an offset"):
        UtcDateTime().process_bind_param(naive, dialect)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(
    st.datetimes(timezones=st.just(timezone(timedelta(hours=5, minutes=30)))).filter(
        lambda value: 2 < value.year < 9998
    )
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(
    dialect: sqlite.dialect, value: datetime
) -> None:
    kept = UtcDateTime().process_bind_param(value, dialect)
    back = UtcDateTime().process_result_value(kept, dialect)
    assert back == value
    assert back is not None
    assert back.tzinfo is UTC


@given(st.decimals(min_value=0, max_value=999_999_999, places=9))
def test_a_decimal_becomes_plain_digits_and_the_same_decimal_again(value: Decimal) -> None:
    dialect = sqlite.dialect()
    kept = ExactDecimal().process_bind_param(value, dialect)
    assert isinstance(kept, str)
    assert "E" not in kept
    assert len(kept) <= 20
    assert ExactDecimal().process_result_value(kept, dialect) == value


@pytest.mark.parametrize(
    ("given_", "digits"), [("10.000", "10"), ("1E+2", "100"), ("0.10", "0.1"), ("0E-9", "0")]
)
def test_plain_decimals_have_no_exponent_and_no_trailing_zeros(given_: str, digits: str) -> None:
    assert str(plain(Decimal(given_))) == digits

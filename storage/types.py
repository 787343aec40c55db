"""How instants and decimals are kept: the same values in Python, whatever database is below."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import DateTime, Dialect, Numeric, String
from sqlalchemy.types import TypeDecorator, TypeEngine

DIGITS_AFTER_POINT = 9
"""Of a price per million tokens: a single token's cost is then exact to 15, as in the mart."""

DIGITS = 18
"""Of a price altogether: it stays below a billion dollars per million tokens."""

MONEY_DIGITS_AFTER_POINT = 15
"""Of an amount of money: as many as a fact in the mart has."""

MONEY_DIGITS = 38
"""Of an amount of money altogether, as in the mart."""

_EXACT = Context(prec=100)
"""Wide enough for every decimal that is kept: Python's own would round to 28 digits."""


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: kept in UTC, returned aware.

    Raises:
        ValueError: the value to be kept has no offset, so that its instant is not known.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; without an offset for SQLite, which keeps text."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant without an offset cannot be kept"
            raise ValueError(message)
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again, in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal: NUMERIC on PostgreSQL, text on SQLite (whose own numbers are floats).

    Comes back without trailing zeros, so that both databases give the same digits.
    """

    impl = Numeric(DIGITS, DIGITS_AFTER_POINT)
    cache_ok = True
    digits: ClassVar[int] = DIGITS
    digits_after_point: ClassVar[int] = DIGITS_AFTER_POINT

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text where numbers would be floats."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(self.digits + 2))
        return dialect.type_descriptor(Numeric(self.digits, self.digits_after_point))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Decimal | str | None:
        """As plain digits, never with an exponent."""
        if value is None:
            return None
        return f"{plain(value):f}" if dialect.name == "sqlite" else value

    def process_result_value(self, value: Decimal | str | None, dialect: Dialect) -> Decimal | None:
        """The same digits again."""
        return None if value is None else _kept(value)


class MoneyDecimal(ExactDecimal):
    """An amount of money, with as many digits as the mart's: more than a price has."""

    impl = Numeric(MONEY_DIGITS, MONEY_DIGITS_AFTER_POINT)
    cache_ok = True
    digits = MONEY_DIGITS
    digits_after_point = MONEY_DIGITS_AFTER_POINT


@lru_cache(maxsize=10_000)
def _kept(value: Decimal | str) -> Decimal:
    """The number of a row; a million budgets share a few limits and thresholds."""
    return plain(Decimal(value))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros after the point and without an exponent."""
    return Decimal(f"{value.normalize(_EXACT):f}")


def fits(value: Decimal, digits: int, digits_after_point: int) -> bool:
    """Whether a number can be kept to its last digit.

    Args:
        value: any decimal.
        digits: altogether.
        digits_after_point: of these.
    """
    if not value.is_finite():
        return False
    exponent = plain(value).as_tuple().exponent
    before_point = max(0, value.adjusted() + 1)
    return (
        isinstance(exponent, int)
        and -exponent <= digits_after_point
        and before_point <= digits - digits_after_point
    )

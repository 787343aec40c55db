"""Spreading a figure evenly over days, so that the parts add up to it to the last digit."""

from __future__ import annotations

MONEY_DIGITS = 15
"""Digits after the point of `queries.schema.MONEY`."""


def day_count_sql(start: str, end: str) -> str:
    """Over how many days a period is spread: its length in days, rounded; at least one.

    A period of a day or less is one, also where it crosses midnight; that clocks are put forward
    or back within a month makes its hours no day more or less.

    Args:
        start: TIMESTAMPTZ, its first instant.
        end: TIMESTAMPTZ, the first instant after it.
    """
    micros = f"(epoch_us({end}) - epoch_us({start}))"
    return f"greatest(1, ({micros} + 43200000000) // 86400000000)"


def part_sql(figure: str, digits: int, kind: str, parts: str, number: str) -> str:
    """One of the parts of a figure: all alike but for one unit of the last digit.

    What an even division leaves over goes to the first parts, a unit each: with equal shares
    the remainders are equal too, so that is the method of the largest remainder (Hamilton).

    Args:
        figure: of the type `kind`; NULL has parts that are NULL.
        digits: after the point of that type.
        kind: DECIMAL(38,`digits`), or BIGINT for 0 digits.
        parts: how many there are, from 1 on.
        number: of the part, from 0 on.
    """
    # As text without its point a decimal is the count of its units: nothing can overflow.
    units = f"replace(({figure})::VARCHAR, '.', '')::HUGEINT"
    size = f"abs({units})"
    even = f"{size} // ({parts})"
    more = f"if(({number}) < {size} % ({parts}), 1, 0)"
    share = f"(sign({units})::HUGEINT * ({even} + {more}))"
    unit = f"0.{'0' * (digits - 1)}1::DECIMAL({digits + 1},{digits})" if digits else "1"
    return f"CASE WHEN ({parts}) = 1 THEN {figure} ELSE ({share} * {unit})::{kind} END"

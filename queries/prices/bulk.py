"""Pricing many requests at once in DuckDB, to the same digit as `analysis.prices.request_cost`.

Each rate (the prices of one model for one organization) is cut into slices once; a request finds
its slice by rate, batch, time and tier.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import UTC, datetime

import duckdb

from analysis.prices import token_prices
from queries.prices.slices import Slice

SLICES = "price_slices"
"""The temporary table that `load_slices` makes and `match_sql` joins."""

PER_TOKEN = "DECIMAL(18,15)"  # noqa: S105 - a type
"""USD per token; times a BIGINT it is a DECIMAL(37,15), so nothing is rounded."""

_ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_ANY = 1 << 62


def load_slices(
    connection: duckdb.DuckDBPyConnection, rates: Iterable[tuple[int, Iterable[Slice]]]
) -> None:
    """Puts the slices of each rate where `match_sql` finds them.

    Args:
        connection: whose temporary table they become, in place of an earlier one.
        rates: the number of each rate with its slices.
    """
    rows = list(_rows(rates))
    columns = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(13)]
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {SLICES} AS SELECT "
        "unnest($1::BIGINT[]) AS rate, unnest($2::BOOLEAN[]) AS is_batch, "
        "unnest($3::TIMESTAMPTZ[]) AS starts, unnest($4::TIMESTAMPTZ[]) AS ends, "
        "unnest($5::BIGINT[]) AS above, unnest($6::BIGINT[]) AS up_to, "
        "unnest($7::VARCHAR[]) AS price_source, "
        f"unnest($8::VARCHAR[])::{PER_TOKEN} AS fresh_input, "
        f"unnest($9::VARCHAR[])::{PER_TOKEN} AS cached_input, "
        f"unnest($10::VARCHAR[])::{PER_TOKEN} AS cache_write, "
        f"unnest($11::VARCHAR[])::{PER_TOKEN} AS output, "
        f"unnest($12::VARCHAR[])::{PER_TOKEN} AS reasoning, "
        f"unnest($13::VARCHAR[])::{PER_TOKEN} AS request",
        columns,
    )


def match_sql(row: str, rate: str, slice_name: str) -> str:
    """The join that finds a request's slice.

    Args:
        row: name of the relation with `time`, `is_batch`, `requests`, `fresh_input_tokens`,
            `cached_input_tokens` and `cache_write_tokens`.
        rate: expression for the number of the request's rate.
        slice_name: how the slice is called in the query.
    """
    tokens = f"{row}.fresh_input_tokens + {row}.cached_input_tokens + {row}.cache_write_tokens"
    # The mean is rounded up, as in `TokenUsage.mean_input`.
    mean = f"(({tokens} + {row}.requests - 1) // {row}.requests)"
    return (
        f"LEFT JOIN {SLICES} AS {slice_name} ON {slice_name}.rate = {rate} "
        f"AND {slice_name}.is_batch = {row}.is_batch "
        f"AND {row}.time >= {slice_name}.starts AND {row}.time < {slice_name}.ends "
        f"AND {mean} > {slice_name}.above AND {mean} <= {slice_name}.up_to"
    )


def cost_sql(row: str, slice_name: str) -> str:
    """What a request costs in its slice, USD as a DECIMAL(38,15); NULL where there is none.

    Args:
        row: name of the relation with `requests` and the five classes of tokens, all BIGINT.
        slice_name: as given to `match_sql`.
    """
    return " + ".join(
        f"{row}.{amount} * {slice_name}.{unit}"
        for amount, unit in (
            ("fresh_input_tokens", "fresh_input"),
            ("cached_input_tokens", "cached_input"),
            ("cache_write_tokens", "cache_write"),
            ("output_tokens", "output"),
            ("reasoning_tokens", "reasoning"),
            ("requests", "request"),
        )
    )


def _rows(rates: Iterable[tuple[int, Iterable[Slice]]]) -> Iterator[tuple[object, ...]]:
    for rate, pieces in rates:
        for piece in pieces:
            for batch in (False, True):
                yield (
                    rate,
                    batch,
                    piece.start or _ALWAYS,
                    piece.end or _NEVER,
                    -1 if piece.above is None else piece.above,
                    _ANY if piece.up_to is None else piece.up_to,
                    piece.price.source.value,
                    *map(str, astuple(token_prices(piece.price, batch=batch))),
                )

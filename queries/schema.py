"""The columns of the mart's two relations: `requests`, one row a request, and `costs`, its rollup.

Both have one text column per dimension (see `queries.dimensions`). Money is exact to 15 digits
after the point: enough for a token at a hundredth of a cent per million, and for a GPU second.
"""

from __future__ import annotations

from dataclasses import dataclass

from queries.dimensions import Dimensions

MONEY = "DECIMAL(38,15)"
"""DuckDB's type for US dollars; 15 digits after the point, never a float."""

SECONDS = "DECIMAL(38,9)"
"""DuckDB's type for GPU seconds."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a relation of the mart.

    Attributes:
        name: as the templates write it.
        type: DuckDB's type.
        meaning: what it holds, and its unit.
    """

    name: str
    type: str
    meaning: str


KEYS: tuple[Column, ...] = (
    Column("source", "VARCHAR", "gpu, usage or focus"),
    Column("is_internal", "BOOLEAN", "the owner's own traffic (`is_lt_team`); NULL: not known"),
    Column("price_source", "VARCHAR", "who said the price, see `PriceSource`"),
)
"""What both relations are keyed by, besides time and the dimensions."""

MEASURES: tuple[Column, ...] = (
    Column("requests", "BIGINT", "requests that the row stands for"),
    Column("failed_requests", "BIGINT", "of these, failed or timed out"),
    Column("unpriced_requests", "BIGINT", "of these, without a price: their cost is not known"),
    Column("billed_cost", MONEY, "USD: direct cost (`row_cost`); NULL only where all is unpriced"),
    Column("attributed_idle_cost", MONEY, "USD: share of idle pushed onto inference rows"),
    Column("attributed_overhead_cost", MONEY, "USD: share of overhead pushed onto inference rows"),
    Column("gpu_seconds", SECONDS, "GPU seconds"),
    Column("fresh_input_tokens", "BIGINT", "input tokens that no cache served or stored"),
    Column("cached_input_tokens", "BIGINT", "input tokens read from the provider's cache"),
    Column("cache_write_tokens", "BIGINT", "input tokens written to the provider's cache"),
    Column("output_tokens", "BIGINT", "output tokens without reasoning"),
    Column("reasoning_tokens", "BIGINT", "output tokens spent on reasoning"),
    Column("batch_requests", "BIGINT", "of the requests, sent through a batch interface"),
    Column("latency_ms", "BIGINT", "sum of the latencies, in milliseconds"),
    Column("timed_requests", "BIGINT", "requests whose latency is in that sum"),
)
"""What is added up. Every one is summable over any rows; token classes are disjoint."""


FULLY_LOADED = Column(
    "fully_loaded_cost",
    MONEY,
    "USD: of inference rows `billed_cost`, `attributed_idle_cost` and `attributed_overhead_cost`, "
    "of other rows 0; never NULL: what is unpriced is not in it",
)
"""What a request costs with the idle and overhead pushed onto it: the rollup stores it, so that a
question reads one column of money in place of three. `FULLY_LOADED_RULE` says what it is."""

FULLY_LOADED_SUM = (
    "CASE WHEN cost_category = 'inference' THEN COALESCE(billed_cost, 0) "
    "+ COALESCE(attributed_idle_cost, 0) + COALESCE(attributed_overhead_cost, 0) "
    "ELSE 0 END"
)
"""The rule of fully loaded cost over one row of `costs`; it stands here alone. GoogleSQL and
DuckDB's SQL read it alike: the mart stores what it gives, request-level tables on BigQuery reckon
it as they are read."""

FULLY_LOADED_RULE = f"CAST({FULLY_LOADED_SUM} AS {MONEY})"
"""The same as the mart's column."""


def dimension_columns(dimensions: Dimensions) -> tuple[Column, ...]:
    """The text columns of the dimensions, in declared order."""
    return tuple(
        Column(dimension.column, "VARCHAR", dimension.meaning) for dimension in dimensions.values()
    )


def costs_columns(dimensions: Dimensions) -> tuple[Column, ...]:
    """The columns of `costs`: one row per hour (or day), source and combination of dimensions."""
    return (
        Column("dt", "DATE", "UTC day, the partition"),
        Column("charge_period_start", "TIMESTAMPTZ", "start of the hour, or of the UTC day"),
        Column("grain", "VARCHAR", "hour or day: how long the charge period is"),
        *KEYS,
        *dimension_columns(dimensions),
        *MEASURES,
        FULLY_LOADED,
    )


def requests_columns(dimensions: Dimensions) -> tuple[Column, ...]:
    """The columns of `requests`: one row per imported line."""
    return (
        Column("dt", "DATE", "UTC day, the partition"),
        Column("time", "TIMESTAMPTZ", "instant of the request"),
        Column(
            "request_key",
            "UUID",
            "what makes an import idempotent: digest of source, "
            "organization and request id, or of file digest and line",
        ),
        Column("request_id", "VARCHAR", "as the file gave it; NULL where it gave none"),
        *KEYS,
        *dimension_columns(dimensions),
        *MEASURES,
        Column("tags", "VARCHAR", "JSON object of text values; NULL where there are none"),
    )


def quoted(identifier: str) -> str:
    """`identifier` as SQL writes it; only for names from our declared lists."""
    return '"' + identifier.replace('"', '""') + '"'

"""GPU requests: rows of the GPU cost table, with a cost of their own or GPU seconds at a rate."""
# ruff: noqa: S608 - what is pasted are declared columns and numbers

from __future__ import annotations

from decimal import Decimal

import duckdb

from analysis.errors import BadInput
from analysis.prices import PriceSource
from queries.dimensions import Dimensions, Source
from queries.schema import MONEY, SECONDS, quoted
from queries.sources import cells, words
from queries.sources.columns import InputColumn, input_columns
from queries.sources.final import final_sql
from queries.sources.mapping import Mapped
from queries.sources.staging import Check, RowSql, custom_cells, own_key_sql

_RATE_DIGITS = 9
_MOST_RATE = Decimal(100_000)

_MONEY_COLUMNS = ("row_cost", "attributed_idle_cost", "attributed_overhead_cost")


class GpuImporter:
    """Reads GPU files.

    Args:
        dimensions: of the deployment.
        hour_rate: USD per GPU hour for rows without a cost; None: these are unpriced.

    Raises:
        BadInput: the rate is not one.
    """

    source = Source.GPU

    def __init__(self, dimensions: Dimensions, hour_rate: Decimal | None) -> None:
        self._dimensions = dimensions
        if hour_rate is not None:
            digits = hour_rate.as_tuple().exponent
            fits = isinstance(digits, int) and -digits <= _RATE_DIGITS
            if not fits or not 0 < hour_rate <= _MOST_RATE:
                raise BadInput(
                    f"{hour_rate} is no rate of a GPU hour.",
                    "Write US dollars above 0, such as `--gpu-hour-rate 2.50`.",
                )
        self._rate = hour_rate

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """The columns that are of use."""
        return input_columns(self.source, self._dimensions)

    def check_columns(self, mapped: Mapped) -> list[str]:
        """Notes about what the file lacks.

        Raises:
            BadInput: it lacks what no row can do without.
        """
        if not mapped.has("time") and not mapped.has("dt"):
            raise BadInput(
                "The file has neither a column time nor a column dt.",
                "Name the one that holds the instant of the request: `--map time=…`.",
            )
        has_seconds = mapped.has("gpu_seconds")
        if self._rate is not None and not has_seconds:
            raise BadInput(
                "`--gpu-hour-rate` prices GPU seconds, and the file has no column gpu_seconds.",
                "Name the one that holds them: `--map gpu_seconds=…`.",
            )
        if mapped.has("row_cost") or self._rate is not None:
            return []
        if has_seconds:
            return ["The file has no costs: give `--gpu-hour-rate` to price its GPU seconds."]
        raise BadInput(
            "The file has neither a column row_cost nor a column gpu_seconds.",
            "Name one: `--map row_cost=…`, or `--map gpu_seconds=…` with `--gpu-hour-rate`.",
        )

    def row_sql(self, mapped: Mapped) -> RowSql:
        """How its rows are read."""
        category = "lower(cost_category)"
        if not mapped.has("cost_category"):
            category = cells.literal(words.INFERENCE)
        internal = cells.truth("is_lt_team") if mapped.has("is_lt_team") else "false"
        values = {
            "moment": "CASE WHEN \"time\" IS NULL THEN date_trunc('day', "
            f"{cells.instant('dt')}) ELSE {cells.instant(quoted('time'))} END",
            "category": category,
            "internal": internal,
            "seconds": cells.amount("gpu_seconds", SECONDS, cells.MOST_SECONDS),
            "told": cells.result("result"),
            "duration": cells.rounded_number("request_processing_time_ms"),
            "tags_object": cells.json_object("tags"),
            **{
                f"{name}_value": cells.amount(name, MONEY, cells.MOST_MONEY)
                for name in _MONEY_COLUMNS
            },
        }
        is_inference = f"category = {cells.literal(words.INFERENCE)}"
        priceable = "row_cost_value IS NOT NULL"
        if self._rate is not None:
            priceable = f"({priceable} OR seconds IS NOT NULL)"
        checks = [
            Check('"time" IS NULL AND dt IS NULL', "no time"),
            Check("moment IS NULL", "the time is no instant"),
            Check(f"NOT ({cells.plausible('moment')})", "the time is not of this century"),
            Check(
                f"category IS NULL OR NOT {cells.one_of('category', words.CATEGORIES)}",
                f"cost_category is none of {', '.join(words.CATEGORIES)}",
            ),
            *(
                Check(
                    f"{name} IS NOT NULL AND {name}_value IS NULL",
                    f"{name} is no amount of dollars from 0 on",
                )
                for name in _MONEY_COLUMNS
            ),
            Check(
                f"NOT {is_inference} AND (attributed_idle_cost_value > 0 "
                "OR attributed_overhead_cost_value > 0)",
                "only inference rows can have attributed costs",
            ),
            Check(
                "gpu_seconds IS NOT NULL AND seconds IS NULL", "gpu_seconds is no number from 0 on"
            ),
            Check(f"NOT {is_inference} AND NOT {priceable}", "no cost"),
            Check(
                "is_lt_team IS NOT NULL AND internal IS NULL",
                "is_lt_team is neither true nor false",
            ),
            Check(
                "request_processing_time_ms IS NOT NULL AND duration IS NULL",
                "request_processing_time_ms is no number from 0 on",
            ),
            Check("tags IS NOT NULL AND tags_object IS NULL", "tags is no JSON object"),
        ]
        results = {
            "time": "moment",
            "request_id": "request_id",
            "own_key": own_key_sql(self.source, "org", "request_id"),
            "is_internal": "internal",
            "organization": "org",
            "product": "product",
            "model": "model",
            "endpoint": "endpoint",
            "process": "process",
            "workspace": "workspace",
            "user_id": quoted("user"),
            "cost_category": "category",
            "billing_type": "billing_type",
            "result": "told",
            "error_type": "error_type",
            "requests": f"if({is_inference}, 1, 0)::BIGINT",
            "failed": f"{is_inference} AND {cells.has_failed('told')}",
            "row_cost": "row_cost_value",
            "attributed_idle_cost": f"COALESCE(attributed_idle_cost_value, 0)::{MONEY}",
            "attributed_overhead_cost": f"COALESCE(attributed_overhead_cost_value, 0)::{MONEY}",
            "gpu_seconds": "seconds",
            "duration": "duration",
            "tags": "tags_object",
            **custom_cells(self.source, self._dimensions),
        }
        return RowSql(values, results, checks)

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing is to be looked up for rows that bring their cost."""

    def price(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the view `priced`: the columns of `requests`, and `record`."""
        by_rate = f"NULL::{MONEY}"
        if self._rate is not None:
            by_rate = rate_cost_sql("gpu_seconds", self._rate)
        columns = {
            "billed_cost": "cost",
            "price_source": f"CASE WHEN row_cost IS NOT NULL THEN '{PriceSource.BILLED}' "
            f"WHEN cost IS NOT NULL THEN '{PriceSource.GPU_RATE}' "
            f"ELSE '{PriceSource.UNPRICED}' END",
            "failed_requests": "if(failed, requests, 0)",
            "unpriced_requests": "if(cost IS NULL, requests, 0)",
            "gpu_seconds": "COALESCE(gpu_seconds, 0)",
            "latency_ms": "COALESCE(duration, 0)",
            "timed_requests": "if(duration IS NULL, 0, requests)",
        }
        relation = f"(SELECT *, COALESCE(row_cost, {by_rate}) AS cost FROM keyed)"
        own = self._own_columns()
        connection.execute(final_sql(self.source, self._dimensions, relation, columns, own))

    def remarks(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """Nothing more is to be said."""
        return []

    def _own_columns(self) -> set[str]:
        """The columns of `staged` that go into `requests` as they are."""
        empty = Mapped({}, {}, ())
        return set(self.row_sql(empty).results)


def rate_cost_sql(seconds: str, rate: Decimal) -> str:
    """GPU seconds / 3600 × rate, USD, half up to 15 digits after the point; NULL for no seconds.

    DuckDB divides decimals as floats, so this counts in whole numbers: billionths of a second
    times billionths of a dollar, divided once.

    Args:
        seconds: expression of the type `SECONDS`.
        rate: USD per hour, at most 9 digits after the point.
    """
    billionths = int(rate.scaleb(_RATE_DIGITS))
    product = f"(({seconds}) * 1000000000)::HUGEINT * {billionths}::HUGEINT"
    per_hour = 3600 * 1000
    return (
        f"(({product} + {per_hour // 2}) // {per_hour})::HUGEINT "
        f"* 0.000000000000001::DECIMAL(16,15)"
    )

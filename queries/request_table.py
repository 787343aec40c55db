"""`costs` over the request-level GPU table on BigQuery, as a CTE in GoogleSQL.

The table's full list of columns was never published, so they are a mapping. A row of the table
becomes a row of `costs`: one request where it is inference; of an hour where the table tells the
time, else of a whole UTC day. What a cell means is read as the importer of GPU files reads it
(`queries.sources.gpu`), so that the same rows give the same `costs` on either road.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from analysis.prices import PriceSource
from queries.dimensions import Dimensions, Source
from queries.schema import FULLY_LOADED, FULLY_LOADED_SUM, MONEY, SECONDS, costs_columns
from queries.scope import EVERYTHING, Scope
from queries.sources import words
from queries.sources.cells import MOST_COUNT, MOST_MONEY
from queries.template_list import Template, Value

DEFAULT_TABLE = "ltx-dwh-prod-processed.gpu_costs.gpu_request_attribution_and_cost"

DEFAULT_COLUMNS: Mapping[str, str] = {
    **{
        name: name
        for name in (
            "dt",
            "cost_category",
            "row_cost",
            "attributed_idle_cost",
            "attributed_overhead_cost",
            "is_lt_team",
            "product",
            "endpoint",
            "model",
            "org",
            "process",
            "workspace",
            "billing_type",
            "result",
            "error_type",
            "request_inference_time_ms",
            "request_processing_time_ms",
        )
    },
    "user": "",
    "time": "",
}
"""What a column is called here, and in the table; empty where the table is taken to have none."""

TABLE_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){1,2}", re.ASCII)
COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

_OWN_WITH = re.compile(r"(\s*--[^\n]*\n)*\s*WITH\s+", re.IGNORECASE)

FIRST_DAY = "costs_first_day"
"""The parameter with the first UTC day of `costs`; no query may have one of that name."""

LAST_DAY = "costs_last_day"
"""The parameter with the last UTC day of `costs`, included; likewise."""

ORGANIZATION = "costs_organization"
"""The parameter with the organization of the scope; likewise."""

_NEEDED = frozenset({"dt", "cost_category", "row_cost"})
"""Without these there is no cost to speak of."""

_DIGITS = 15
"""After the point of every amount, as the mart keeps them: what a FLOAT64 has beyond is noise."""

_NOTHING = {"BIGINT": "0", MONEY: "CAST(0 AS BIGNUMERIC)", SECONDS: "CAST(0 AS BIGNUMERIC)"}
"""What is added up and the table does not tell; the rest is text, and NULL."""


@dataclass(frozen=True)
class RequestTable:
    """The table, and what its columns are called.

    Attributes:
        name: `project.dataset.table`, or without the project.
        columns: own names that differ from `DEFAULT_COLUMNS`; empty where the table lacks one.
        dimensions: of the deployment; its own ones that are filled from a column of GPU files can
            be mapped too, by their names.

    Raises:
        ValueError: a name that BigQuery could not have, or that nothing here knows.
    """

    name: str = DEFAULT_TABLE
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    dimensions: Dimensions = field(default_factory=Dimensions)

    def __post_init__(self) -> None:
        if not TABLE_NAME.fullmatch(self.name):
            message = f"{self.name!r} is no table: write project.dataset.table"
            raise ValueError(message)
        for name, column in self.columns.items():
            if name not in self.mapping:
                known = ", ".join(self.mapping)
                message = f"{name!r} is no column to map; there is {known}"
                raise ValueError(message)
            if not column and name in _NEEDED:
                message = f"{name} is needed: name the table's column"
                raise ValueError(message)
            if column and not COLUMN_NAME.fullmatch(column):
                message = f"{column!r} is no column's name"
                raise ValueError(message)

    @property
    def mapping(self) -> Mapping[str, str]:
        """Every column that can be mapped, and what the table calls it; empty: it has none."""
        own = {
            dimension.name: ""
            for dimension in self.dimensions.of(Source.GPU)
            if dimension.custom and dimension.import_column
        }
        known = {**DEFAULT_COLUMNS, **own}
        return {name: self.columns.get(name, column) for name, column in known.items()}

    @property
    def partition_column(self) -> str:
        """What the table calls the column that it is partitioned by."""
        return self.mapping["dt"]

    def statement(
        self, template: Template, values: Mapping[str, Value], days: tuple[date, date]
    ) -> str:
        """A template as one complete GoogleSQL statement that needs no parameters.

        Args:
            template: to write.
            values: of its parameters.
            days: the first and last UTC day that it reads.
        """
        query = re.sub(r"@(\w+)", lambda match: _literal(values[match[1]]), template.sql)
        costs = self._costs(_literal(days[0]), _literal(days[1]), EVERYTHING)
        return f"{template.header}{_with_costs(costs, query)}\n"

    def query(self, sql: str, scope: Scope = EVERYTHING) -> str:
        """A query over `costs` as one GoogleSQL statement that keeps its parameters.

        Args:
            sql: one query over `costs`, with named parameters; with or without a WITH.
            scope: the rows that `costs` has.

        Returns:
            The statement; its parameters are those of `sql`, `FIRST_DAY`, `LAST_DAY` and, where
            the scope has one, `ORGANIZATION`.
        """
        return _with_costs(self._costs(f"@{FIRST_DAY}", f"@{LAST_DAY}", scope), sql)

    def _costs(self, first: str, last: str, scope: Scope) -> str:
        """The SELECT that `costs` stands for, over the days between two expressions.

        The inner one reads each cell once, the outer one says what it means.
        """
        cells = _cells(self.mapping)
        for dimension in self.dimensions.of(Source.GPU):
            if dimension.custom and dimension.import_column:
                cells[dimension.column] = _text(self.mapping[dimension.name])
        meanings = _meanings(has_time="moment" in cells)
        columns = {
            column.name: meanings.get(column.name)
            or (column.name if column.name in cells else _nothing(column.type))
            for column in costs_columns(self.dimensions)
        }
        conditions: list[str] = []
        if scope.organization is not None:
            conditions.append(f"organization = @{ORGANIZATION}")
        if scope.customers_only:
            conditions.append("is_internal IS FALSE")
        within = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
        return (
            f"  SELECT\n{_listed(columns, 4)}\n  FROM (\n"
            f"    SELECT\n{_listed(cells, 6)}\n    FROM `{self.name}`\n"
            f"    WHERE `{self.partition_column}` BETWEEN {first} AND {last}\n  ){within}"
        )


def _cells(mapping: Mapping[str, str]) -> dict[str, str]:
    """The table's cells; NULL where they do not fit, never an error."""
    internal, time = mapping["is_lt_team"], mapping["time"]
    result = f"LOWER({_text(mapping['result'])})"
    return {
        "dt": f"`{mapping['dt']}`",
        **({"moment": f"`{time}`"} if time else {}),
        "is_internal": f"`{internal}`" if internal else "FALSE",
        "product": _text(mapping["product"]),
        "model": _text(mapping["model"]),
        "endpoint": _text(mapping["endpoint"]),
        "organization": _text(mapping["org"]),
        "process": _text(mapping["process"]),
        "workspace": _text(mapping["workspace"]),
        "user_id": _text(mapping["user"]),
        "cost_category": f"LOWER({_text(mapping['cost_category'])})",
        "billing_type": _text(mapping["billing_type"]),
        "result": _text(mapping["result"]),
        "told": result,
        "code": f"SAFE_CAST({result} AS INT64)",
        "error_type": _text(mapping["error_type"]),
        "billed_cost": _money(mapping["row_cost"]),
        "attributed_idle_cost": _money(mapping["attributed_idle_cost"]),
        "attributed_overhead_cost": _money(mapping["attributed_overhead_cost"]),
        "inference_ms": _amount(mapping["request_inference_time_ms"], MOST_COUNT),
        "processing_ms": _amount(mapping["request_processing_time_ms"], MOST_COUNT),
    }


def _meanings(*, has_time: bool) -> dict[str, str]:
    """Columns of `costs`, from the cells, where these are not the same."""
    inference = f"cost_category = {_words([words.INFERENCE])}"
    went_well = _words([*words.SUCCESS, *words.UNDECIDED])
    # A time of another day than its row's says nothing of the hour.
    start, grain = "CAST(dt AS TIMESTAMP)", "'day'"
    if has_time:
        start = f"IF(DATE(moment) = dt, TIMESTAMP_TRUNC(moment, HOUR), {start})"
        grain = f"IF(DATE(moment) = dt, 'hour', {grain})"
    return {
        "charge_period_start": start,
        "grain": grain,
        "source": f"'{Source.GPU}'",
        "price_source": f"IF(billed_cost IS NULL, '{PriceSource.UNPRICED}', "
        f"'{PriceSource.BILLED}')",
        "result": "CASE"
        f" WHEN told IN ({_words(words.SUCCESS)}) OR code BETWEEN 100 AND 399 THEN 'success'"
        f" WHEN told IN ({_words([*words.TIMEOUT, *words.TIMEOUT_CODES])}) THEN 'timeout'"
        f" WHEN told IN ({_words(words.FAILED)}) OR code BETWEEN 400 AND 599 THEN 'failed'"
        " ELSE result END",
        "requests": f"IF({inference}, 1, 0)",
        "failed_requests": f"IF({inference} AND told NOT IN ({went_well})"
        " AND COALESCE(code, 0) NOT BETWEEN 100 AND 399, 1, 0)",
        "unpriced_requests": f"IF({inference} AND billed_cost IS NULL, 1, 0)",
        "attributed_idle_cost": "COALESCE(attributed_idle_cost, 0)",
        "attributed_overhead_cost": "COALESCE(attributed_overhead_cost, 0)",
        "gpu_seconds": "COALESCE(ROUND(inference_ms * NUMERIC '0.001', 9), 0)",
        "latency_ms": "COALESCE(CAST(ROUND(processing_ms) AS INT64), 0)",
        "timed_requests": f"IF({inference} AND processing_ms IS NOT NULL, 1, 0)",
        FULLY_LOADED.name: FULLY_LOADED_SUM,
    }


def _text(column: str) -> str:
    """A text without blanks around it; NULL where there is none."""
    return f"NULLIF(TRIM(CAST(`{column}` AS STRING)), '')" if column else "CAST(NULL AS STRING)"


def _money(column: str) -> str:
    """US dollars. What is NULL, NaN, infinite, negative or beyond all reason is no price."""
    return _amount(column, MOST_MONEY)


def _amount(column: str, most: int) -> str:
    if not column:
        return "CAST(NULL AS BIGNUMERIC)"
    exact = f"SAFE_CAST(`{column}` AS BIGNUMERIC)"
    return f"IF({exact} BETWEEN 0 AND {most}, ROUND({exact}, {_DIGITS}), NULL)"


def _listed(columns: Mapping[str, str], indent: int) -> str:
    """What is selected, a line each."""
    return ",\n".join(
        f"{' ' * indent}{value}" + (f" AS {name}" if value != name else "")
        for name, value in columns.items()
    )


def _with_costs(costs: str, sql: str) -> str:
    """A query with `costs` before its own WITH, if it has one."""
    match = _OWN_WITH.match(sql)
    rest = f",\n{sql[match.end() :]}" if match else f"\n{sql.strip()}"
    return f"WITH costs AS (\n{costs}\n){rest.rstrip()}"


def _nothing(kind: str) -> str:
    return _NOTHING.get(kind, "CAST(NULL AS STRING)")


def _words(some: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in some)


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return repr(value)

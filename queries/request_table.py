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
        """The SELECT that `costs` stands for, over the days between two expressions."""
        expressions = _Cells(self.mapping).expressions()
        for dimension in self.dimensions.of(Source.GPU):
            if dimension.custom and dimension.name in self.mapping:
                expressions[dimension.column] = _Cells(self.mapping).text(dimension.name)
        listed = ",\n".join(
            f"      {expressions.get(column.name, _nothing(column.type))} AS {column.name}"
            for column in costs_columns(self.dimensions)
            if column is not FULLY_LOADED
        )
        conditions: list[str] = []
        if scope.organization is not None:
            conditions.append(f"organization = @{ORGANIZATION}")
        if scope.customers_only:
            conditions.append("is_internal IS FALSE")
        within = f"\n  WHERE {' AND '.join(conditions)}" if conditions else ""
        return (
            f"  SELECT\n    *,\n    {FULLY_LOADED_SUM} AS {FULLY_LOADED.name}\n  FROM (\n"
            f"    SELECT\n{listed}\n    FROM `{self.name}`\n"
            f"    WHERE `{self.partition_column}` BETWEEN {first} AND {last}\n  ){within}"
        )


class _Cells:
    """The table's cells as GoogleSQL reads them; NULL where they do not fit, never an error."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._mapping = mapping

    def expressions(self) -> dict[str, str]:
        """Columns of `costs`, from those of the table."""
        told, internal = f"LOWER({self.text('result')})", self._column("is_lt_team")
        code = f"SAFE_CAST({told} AS INT64)"
        inference = f"LOWER({self.text('cost_category')}) = {_words([words.INFERENCE])}"
        went_well = _words([*words.SUCCESS, *words.UNDECIDED])
        cost, duration = self.money("row_cost"), self.milliseconds("request_processing_time_ms")
        seconds = f"{self.milliseconds('request_inference_time_ms')} * NUMERIC '0.001'"
        return {
            "dt": f"`{self._mapping['dt']}`",
            **self._period(),
            "source": f"'{Source.GPU}'",
            "is_internal": "FALSE" if internal is None else internal,
            "price_source": f"IF({cost} IS NULL, '{PriceSource.UNPRICED}', '{PriceSource.BILLED}')",
            "product": self.text("product"),
            "model": self.text("model"),
            "endpoint": self.text("endpoint"),
            "organization": self.text("org"),
            "process": self.text("process"),
            "workspace": self.text("workspace"),
            "user_id": self.text("user"),
            "cost_category": f"LOWER({self.text('cost_category')})",
            "billing_type": self.text("billing_type"),
            "result": "CASE"
            f" WHEN {told} IN ({_words(words.SUCCESS)}) OR {code} BETWEEN 100 AND 399"
            " THEN 'success'"
            f" WHEN {told} IN ({_words([*words.TIMEOUT, *words.TIMEOUT_CODES])}) THEN 'timeout'"
            f" WHEN {told} IN ({_words(words.FAILED)}) OR {code} BETWEEN 400 AND 599"
            f" THEN 'failed' ELSE {self.text('result')} END",
            "error_type": self.text("error_type"),
            "requests": f"IF({inference}, 1, 0)",
            "failed_requests": f"IF({inference} AND {told} NOT IN ({went_well})"
            f" AND COALESCE({code}, 0) NOT BETWEEN 100 AND 399, 1, 0)",
            "unpriced_requests": f"IF({inference} AND {cost} IS NULL, 1, 0)",
            "billed_cost": cost,
            "attributed_idle_cost": f"COALESCE({self.money('attributed_idle_cost')}, 0)",
            "attributed_overhead_cost": f"COALESCE({self.money('attributed_overhead_cost')}, 0)",
            "gpu_seconds": f"COALESCE(ROUND({seconds}, 9), 0)",
            "latency_ms": f"COALESCE(CAST(ROUND({duration}) AS INT64), 0)",
            "timed_requests": f"IF({inference} AND {duration} IS NOT NULL, 1, 0)",
        }

    def text(self, name: str) -> str:
        """A text without blanks around it; NULL where there is none."""
        column = self._column(name)
        return (
            "CAST(NULL AS STRING)"
            if column is None
            else f"NULLIF(TRIM(CAST({column} AS STRING)), '')"
        )

    def money(self, name: str) -> str:
        """US dollars. What is NULL, NaN, infinite, negative or beyond all reason is no price."""
        return self._amount(name, MOST_MONEY)

    def milliseconds(self, name: str) -> str:
        """A duration."""
        return self._amount(name, MOST_COUNT)

    def _amount(self, name: str, most: int) -> str:
        column = self._column(name)
        if column is None:
            return "CAST(NULL AS BIGNUMERIC)"
        exact = f"SAFE_CAST({column} AS BIGNUMERIC)"
        return f"IF({exact} BETWEEN 0 AND {most}, ROUND({exact}, {_DIGITS}), NULL)"

    def _period(self) -> dict[str, str]:
        """The charge period: the hour, where the table tells a time of the row's own day."""
        day, time = self._mapping["dt"], self._column("time")
        midnight = f"CAST(`{day}` AS TIMESTAMP)"
        if time is None:
            return {"charge_period_start": midnight, "grain": "'day'"}
        tells = f"DATE({time}) = `{day}`"
        return {
            "charge_period_start": f"IF({tells}, TIMESTAMP_TRUNC({time}, HOUR), {midnight})",
            "grain": f"IF({tells}, 'hour', 'day')",
        }

    def _column(self, name: str) -> str | None:
        column = self._mapping[name]
        return f"`{column}`" if column else None


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

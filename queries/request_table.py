"""`costs` over the request-level GPU table on BigQuery, as a CTE in GoogleSQL.

The table's full list of columns was never published, so they are a mapping. A row of the table
becomes a row of `costs`: a whole UTC day, one request where it is inference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from queries.scope import EVERYTHING, Scope
from queries.sources import words
from queries.template_list import Template, Value

DEFAULT_TABLE = "ltx-dwh-prod-processed.gpu_costs.gpu_request_attribution_and_cost"

DEFAULT_COLUMNS: Mapping[str, str] = {
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
    )
}
"""What a column is called here, and in the table."""

TABLE_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){1,2}", re.ASCII)
COLUMN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

FIRST_DAY = "costs_first_day"
"""The parameter with the first UTC day of `costs`; no query may have one of that name."""

LAST_DAY = "costs_last_day"
"""The parameter with the last UTC day of `costs`, included; likewise."""

ORGANIZATION = "costs_organization"
"""The parameter with the organization of the scope; likewise."""

_NEEDED = frozenset({"dt", "cost_category", "row_cost"})
"""Without these there is no cost to speak of."""


@dataclass(frozen=True)
class RequestTable:
    """The table, and what its columns are called.

    Attributes:
        name: `project.dataset.table`, or without the project.
        columns: own names that differ from `DEFAULT_COLUMNS`; empty where the table lacks one.

    Raises:
        ValueError: a name that BigQuery could not have, or that nothing here knows.
    """

    name: str = DEFAULT_TABLE
    columns: Mapping[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        if not TABLE_NAME.fullmatch(self.name):
            message = f"{self.name!r} is no table: write project.dataset.table"
            raise ValueError(message)
        for name, column in self.columns.items():
            if name not in DEFAULT_COLUMNS:
                known = ", ".join(DEFAULT_COLUMNS)
                message = f"{name!r} is no column to map; there is {known}"
                raise ValueError(message)
            if not column and name in _NEEDED:
                message = f"{name} is needed: name the table's column"
                raise ValueError(message)
            if column and not COLUMN_NAME.fullmatch(column):
                message = f"{column!r} is no column's name"
                raise ValueError(message)

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
        rest = query.removeprefix("WITH ")
        return f"{template.header}WITH costs AS (\n{self._costs(*days)}\n),\n{rest}\n"

    def query(self, sql: str, scope: Scope = EVERYTHING) -> str:
        """A query over `costs` as one GoogleSQL statement that keeps its parameters.

        Args:
            sql: one query over `costs`, with named parameters; with or without a WITH.
            scope: the rows that `costs` has.

        Returns:
            The statement; its parameters are those of `sql`, `FIRST_DAY`, `LAST_DAY` and, where
            the scope has one, `ORGANIZATION`.
        """
        raise NotImplementedError

    def _costs(self, first: date, last: date) -> str:
        def text(name: str) -> str:
            column = self._column(name)
            if column is None:
                return "CAST(NULL AS STRING)"
            return f"NULLIF(TRIM(CAST({column} AS STRING)), '')"

        def money(name: str) -> str:
            column = self._column(name)
            # What is no number (a NaN, for one) is no price.
            if column is None:
                return "CAST(NULL AS BIGNUMERIC)"
            return f"SAFE_CAST({column} AS BIGNUMERIC)"

        told, internal = f"LOWER({text('result')})", self._column("is_lt_team")
        code = f"SAFE_CAST({told} AS INT64)"
        inference = f"LOWER({text('cost_category')}) = {_words([words.INFERENCE])}"
        went_well = _words([*words.SUCCESS, *words.UNDECIDED])
        loaded = " + ".join(
            f"COALESCE({money(name)}, 0)"
            for name in ("row_cost", "attributed_idle_cost", "attributed_overhead_cost")
        )
        columns = {
            "dt": self._column("dt"),
            "source": "'gpu'",
            "is_internal": "FALSE" if internal is None else internal,
            "product": text("product"),
            "model": text("model"),
            "endpoint": text("endpoint"),
            "organization": text("org"),
            "process": text("process"),
            "workspace": text("workspace"),
            "cost_category": f"LOWER({text('cost_category')})",
            "billing_type": text("billing_type"),
            "result": "CASE"
            f" WHEN {told} IN ({_words(words.SUCCESS)}) OR {code} BETWEEN 100 AND 399"
            " THEN 'success'"
            f" WHEN {told} IN ({_words([*words.TIMEOUT, *words.TIMEOUT_CODES])}) THEN 'timeout'"
            f" WHEN {told} IN ({_words(words.FAILED)}) OR {code} BETWEEN 400 AND 599"
            f" THEN 'failed' ELSE {text('result')} END",
            "error_type": text("error_type"),
            "requests": f"IF({inference}, 1, 0)",
            "failed_requests": f"IF({inference} AND {told} NOT IN ({went_well})"
            f" AND COALESCE({code}, 0) NOT BETWEEN 100 AND 399, 1, 0)",
            "unpriced_requests": f"IF({inference} AND {money('row_cost')} IS NULL, 1, 0)",
            "billed_cost": money("row_cost"),
            "attributed_idle_cost": money("attributed_idle_cost"),
            "attributed_overhead_cost": money("attributed_overhead_cost"),
            "fully_loaded_cost": f"IF({inference}, {loaded}, 0)",
        }
        listed = ",\n".join(f"    {value} AS {name}" for name, value in columns.items())
        return (
            f"  SELECT\n{listed}\n  FROM `{self.name}`\n"
            f"  WHERE {self._column('dt')} BETWEEN {_literal(first)} AND {_literal(last)}"
        )

    def _column(self, name: str) -> str | None:
        column = self.columns.get(name, DEFAULT_COLUMNS[name])
        return f"`{column}`" if column else None


def _words(some: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in some)


def _literal(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, date):
        return f"DATE '{value.isoformat()}'"
    return repr(value)

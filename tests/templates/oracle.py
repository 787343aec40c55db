"""GoogleSQL's own analyser and evaluator, as the package `zetasql` brings it: a second opinion.

It shares no code with sqlglot, DuckDB or the stand-in for BigQuery. The package is Google's ZetaSQL
(the language of BigQuery) compiled to WebAssembly; it evaluates statements over rows in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Context, Decimal
from functools import cache
from importlib import import_module
from typing import Any, cast

import pytest

EPOCH = date(1970, 1, 1)
EXACT = Context(prec=100)

KINDS = {
    "DATE": "TYPE_DATE",
    "STRING": "TYPE_STRING",
    "FLOAT64": "TYPE_DOUBLE",
    "BOOL": "TYPE_BOOL",
    "INT64": "TYPE_INT64",
}
"""BigQuery's names of types to the package's."""

CELLS = {
    "DATE": "date_value",
    "STRING": "string_value",
    "FLOAT64": "double_value",
    "BOOL": "bool_value",
    "INT64": "int64_value",
}

Row = Mapping[str, object]


class Oracle:
    """The evaluator, started."""

    def __init__(self) -> None:
        # Thinly typed: the package's classes are generated, thousands of them.
        self._types = cast("Any", import_module("zetasql.types"))
        self._service = cast("Any", import_module("zetasql.core")).ZetaSqlLocalService()
        language = self._types.LanguageOptions.maximum_features()
        language.product_mode = self._types.ProductMode.PRODUCT_EXTERNAL
        builtin = self._types.ZetaSQLBuiltinFunctionOptions(language_options=language)
        self._functions = builtin
        # BigQuery's default zone; the evaluator's own is Los Angeles.
        self._options = self._types.AnalyzerOptions(
            language_options=language, default_timezone="UTC"
        )

    def load(self, table: str, fields: Mapping[str, str], rows: Sequence[Row]) -> int:
        """Keeps a table, and gives the number by which `answer` finds it.

        Args:
            table: its name, as statements write it.
            fields: of the table, their types as BigQuery names them.
            rows: of the table.
        """
        of = self._types
        columns = [
            of.SimpleColumn(name=name, type=of.Type(type_kind=getattr(of.TypeKind, KINDS[kind])))
            for name, kind in fields.items()
        ]
        catalog = of.SimpleCatalog(
            name="bigquery",
            table=[of.SimpleTable(name=table, column=columns)],
            builtin_function_options=self._functions,
        )
        cells = [[self._cell(kind, row.get(name)) for name, kind in fields.items()] for row in rows]
        data = of.TableData(row=[of.TableData.Row(cell=row) for row in cells])
        registered = self._service.register_catalog(
            simple_catalog=catalog, table_content={table: of.TableContent(table_data=data)}
        )
        return cast("int", registered.registered_id)

    def answer(self, sql: str, loaded: int) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """The names of the columns of a statement's result, and its rows in plain values.

        Args:
            sql: one statement, without parameters.
            loaded: the table that it reads.
        """
        prepared = self._service.prepare_query(
            sql=sql, options=self._options, registered_catalog_id=loaded
        ).prepared
        try:
            found = self._service.evaluate_query(
                prepared_query_id=prepared.prepared_query_id, params={}, table_content={}
            )
        finally:
            self._service.unprepare_query(prepared_query_id=prepared.prepared_query_id)
        kinds = [str(column.type.type_kind.name) for column in prepared.columns]
        names = tuple(str(column.name) for column in prepared.columns)
        answered = [
            tuple(_plain(kind, cell) for kind, cell in zip(kinds, row.cell, strict=True))
            # Of no rows the package makes no table.
            for row in (found.content.table_data.row if found.content.table_data else ())
        ]
        return names, answered

    def _cell(self, kind: str, value: object) -> object:
        if value is None:
            return self._types.Value()
        if kind == "DATE":
            value = (cast("date", value) - EPOCH).days
        return self._types.Value(**{CELLS[kind]: value})


def _plain(kind: str, cell: Any) -> object:
    """A value of the package's as Python writes it; None where none of its fields is set."""
    match kind:
        case "TYPE_BIGNUMERIC":
            return _decimal(cell.bignumeric_value, digits=38)
        case "TYPE_NUMERIC":
            return _decimal(cell.numeric_value, digits=9)
        case "TYPE_DATE":
            days = cast("int | None", cell.date_value)
            return None if days is None else EPOCH + timedelta(days=days)
        case "TYPE_INT64":
            return cell.int64_value
        case "TYPE_DOUBLE":
            return cell.double_value
        case "TYPE_STRING":
            return cell.string_value
        case "TYPE_BOOL":
            return cell.bool_value
        case _:
            raise ValueError(f"nothing here reads a {kind}")


def _decimal(scaled: bytes | None, digits: int) -> Decimal | None:
    """A decimal as the evaluator keeps it: a whole number in two's complement, low byte first."""
    if scaled is None:
        return None
    return Decimal(int.from_bytes(scaled, "little", signed=True)).scaleb(-digits, EXACT)


@cache
def oracle() -> Oracle:
    """The evaluator, started once; skips the test where the package is not installed."""
    pytest.importorskip("zetasql", reason="`pip install zetasql==0.1.5` brings the second opinion")
    wasmtime = cast("Any", import_module("wasmtime"))
    client = cast("Any", import_module("zetasql.core.wasm_client"))

    def with_cache() -> object:
        """Compiling 28 MB of WebAssembly takes 15 seconds; what is kept on disk, 0.3."""
        config = wasmtime.Config()
        config.cache = True
        return config

    # The package makes its own configuration, and has no way to hand in another.
    client.Config = with_cache
    return Oracle()

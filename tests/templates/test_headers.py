"""What a template's header says is what its query does."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from queries.dimensions import Dimensions
from queries.duck import connect
from queries.schema import costs_columns, quoted
from queries.template_list import NAMES, Template, parsed, templates
from queries.transpile import to_duckdb

TODAY = date(2026, 11, 21)
DUCKDB_TYPES = {
    "DATE": {"DATE"},
    "BOOL": {"BOOLEAN"},
    "STRING": {"VARCHAR"},
    "FLOAT64": {"DOUBLE"},
    "INT64": {"BIGINT", "HUGEINT"},
    "BIGNUMERIC": {"DECIMAL(38,15)"},
}

each = pytest.mark.parametrize("template", templates().values(), ids=lambda one: one.name)


def test_every_file_is_listed() -> None:
    folder = Path(__file__).resolve().parents[2] / "queries" / "templates"
    assert sorted(path.stem for path in folder.glob("*.sql")) == sorted(NAMES)


@each
def test_the_parameters_used_are_the_declared_ones(template: Template) -> None:
    tree = sqlglot.parse_one(template.sql, read="bigquery")
    used = {parameter.name for parameter in tree.find_all(exp.Parameter)}
    declared = {parameter.name for parameter in template.parameters}
    read = set(re.findall(r"[a-z]\w+", f"{template.first_read} {template.last_read}"))
    assert used == declared
    assert read <= declared


@each
def test_the_columns_returned_are_the_declared_ones_and_of_their_types(template: Template) -> None:
    columns = ", ".join(f"{quoted(one.name)} {one.type}" for one in costs_columns(Dimensions()))
    with connect(threads=1, memory="200MB") as connection:
        connection.execute(f"CREATE TABLE costs ({columns})")
        connection.execute(to_duckdb(template.sql), template.values({}, TODAY))
        found = [(str(one[0]), str(one[1])) for one in connection.description or ()]
    assert [name for name, _ in found] == [column.name for column in template.columns]
    for (name, type_), column in zip(found, template.columns, strict=True):
        assert type_ in DUCKDB_TYPES[column.type], name


@each
def test_every_template_filters_on_the_partition_and_reads_no_day_beyond_it(
    template: Template,
) -> None:
    tree = sqlglot.parse_one(template.sql, read="bigquery")
    readers = [table.parent_select for table in tree.find_all(exp.Table) if table.name == "costs"]
    assert readers
    for reader in readers:
        assert reader is not None
        where = reader.args.get("where")
        assert where is not None
        assert any(between.this.name == "dt" for between in where.find_all(exp.Between))


@each
def test_money_has_its_unit_and_every_column_its_meaning(template: Template) -> None:
    assert template.question.endswith("?")
    for column in template.columns:
        assert column.meaning
        if column.type == "BIGNUMERIC":
            assert column.unit == "USD"


def test_defaults_are_of_complete_days() -> None:
    for template in templates().values():
        values = template.values({}, TODAY)
        first, last = template.days_read(values, TODAY)
        assert first <= last < TODAY


def test_the_period_before_is_as_long_as_the_period() -> None:
    drivers = templates()["cost_drivers"]
    values = drivers.values(
        {"first_day": date(2026, 11, 10), "last_day": date(2026, 11, 12)}, TODAY
    )
    assert values["before_first_day"] == date(2026, 11, 7)
    assert values["before_last_day"] == date(2026, 11, 9)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("-- a\n-- b?\n-- Reads: x .. y\n-- Columns:\nWITH", "no part 'Parameters'"),
        (
            "-- a\n-- b?\n-- Parameters:\n--   x TEXT = 1: y\n-- Reads: x .. y\n-- Columns:\n",
            "no par",
        ),
        ("-- a\n-- b?\n-- Parameters:\n-- Reads: x .. y\n-- Columns:\n--   x y z\n", "no column"),
    ],
)
def test_a_header_that_lacks_something_is_refused(header: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parsed(header)

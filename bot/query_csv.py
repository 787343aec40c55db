"""The answer of a template as a CSV file: every row and column, unrounded."""

from __future__ import annotations

from bot.csv_file import CsvFile, as_csv
from handlers.queries import QueryResult


def query_csv(result: QueryResult) -> CsvFile:
    """All rows of `result`; money in USD, shares and changes as ratios, NULL as an empty cell."""
    header = [column.name for column in result.columns]
    name = [result.template.name, f"{result.first_read}", f"{result.last_read}"]
    return as_csv(name, header, result.rows)

"""`costbot query`: a template's answer in the terminal, as CSV, as JSON, or as GoogleSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console

from analysis.errors import BadInput
from analysis.written import plural, size
from bot.assembly import assembled
from bot.blocks.answer import Answer
from bot.blocks.query import queries_answer, query_answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.query_csv import query_csv
from bot.settings import Settings
from bot.warehouse import warehouse_queries_opened
from handlers.queries import PreparedQuery, QueryRequest, QueryResult
from queries.bigquery.jobs import JobRecord


class EngineName(StrEnum):
    """What answers."""

    DUCKDB = "duckdb"
    BIGQUERY = "bigquery"


class Format(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    SQL = "sql"


def query(
    name: Annotated[str | None, typer.Argument(help="Which query; see --list.")] = None,
    written: Annotated[
        Format, typer.Option("--format", help="sql: one statement for the BigQuery console.")
    ] = Format.TABLE,
    params: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE, repeatable.")
    ] = None,
    engine: Annotated[
        EngineName,
        typer.Option(help="duckdb: the local mart, at no cost; bigquery: the table itself."),
    ] = EngineName.DUCKDB,
    listed: Annotated[bool, typer.Option("--list", help="Which queries there are.")] = False,
) -> None:
    """A ready-made question over complete UTC days."""
    settings = Settings()
    caller = operator(settings.zone_info)
    if listed or name is None:
        answer = asyncio.run(_list(settings))
        print_message(answer.without_buttons().payload(), Console())
        return
    request = QueryRequest(name, parameters_of(params or ()))
    if written is Format.SQL:
        prepared = asyncio.run(_prepare(settings, request))
        days = (prepared.first_read, prepared.last_read)
        sql = settings.request_table.statement(prepared.template, prepared.values, days)
        typer.echo(sql, nl=False)
        return
    result = asyncio.run(_ask(settings, request, engine))
    if written is Format.CSV:
        typer.echo(query_csv(result).content, nl=False)
    elif written is Format.JSON:
        typer.echo(json.dumps(query_json(result), ensure_ascii=False))
    else:
        answer = query_answer(result, request, caller)
        print_message(answer.without_buttons().payload(), Console())


async def _list(settings: Settings) -> Answer:
    async with assembled(settings) as parts:
        return queries_answer(parts.handlers.queries.listed(operator(settings.zone_info)))


async def _prepare(settings: Settings, request: QueryRequest) -> PreparedQuery:
    async with assembled(settings) as parts:
        return parts.handlers.queries.prepared(request, operator(settings.zone_info))


async def _ask(settings: Settings, request: QueryRequest, engine: EngineName) -> QueryResult:
    caller = operator(settings.zone_info)
    if engine is EngineName.DUCKDB:
        async with assembled(settings) as parts:
            return await parts.handlers.queries.query(request, caller)
    jobs: list[JobRecord] = []
    try:
        async with warehouse_queries_opened(settings, jobs.append) as queries:
            return await queries.query(request, caller)
    finally:
        if jobs:
            typer.echo(_taken(jobs), err=True)


def _taken(jobs: Sequence[JobRecord]) -> str:
    """What was billed, the look at the partitions included."""
    billed = sum(job.bytes_billed for job in jobs)
    processed = sum(job.bytes_processed for job in jobs)
    ran = plural(sum(job.job_id is not None for job in jobs), "job")
    return f"BigQuery: {ran}, {size(processed)} processed, {size(billed)} billed."


def parameters_of(pairs: Sequence[str]) -> dict[str, str]:
    """`name=value` pairs as parameters.

    Raises:
        BadInput: a pair without its equals sign, or a name twice.
    """
    parameters: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"{pair!r} is no parameter.", "Write it as --param last_day=2024-12-06.")
        if name in parameters:
            raise BadInput(f"The parameter {name} is given twice.", "Once is enough.")
        parameters[name] = value
    return parameters


def query_json(result: QueryResult) -> dict[str, object]:
    """The result as JSON: money as decimal strings, unrounded; days as YYYY-MM-DD."""
    names = [column.name for column in result.columns]
    return {
        "query": result.template.name,
        "question": result.template.question,
        "parameters": {name: _plain(value) for name, value in result.values.items()},
        "first_day_read": result.first_read.isoformat(),
        "last_day_read": result.last_read.isoformat(),
        "units": {column.name: column.unit for column in result.columns if column.unit},
        "rows": [
            dict(zip(names, (_plain(value) for value in row), strict=True)) for row in result.rows
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value

"""`/cost query`: the list of templates, and the answer of one, as messages."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from slackblocks import ActionsBlock, Block, TableBlock

from bot.blocks.answer import Answer, button, context, section
from bot.blocks.freshness import freshness_line
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, plural, short
from bot.grammar.query import QueryCommand, write_query
from handlers.caller import Caller
from handlers.queries import QueryRequest, QueryResult
from queries.template_list import ResultColumn, Template

LONGEST_VALUE = 2000
"""As much as Slack lets a button carry."""

_CHANGES = ("1 is twice as much",)
"""Units of ratios that stand beside a sign."""


def queries_answer(templates: tuple[Template, ...]) -> Answer:
    """The message that answers `/cost query`."""
    lines = [
        f"• `{template.name}` {escape(template.question)}{_takes(template)}"
        for template in templates
    ]
    first = templates[: len(templates) // 2]
    buttons = [
        button(template.name.replace("_", " "), f"ask_{index}", f"query {template.name}")
        for index, template in enumerate(first)
    ]
    title = "*Queries*: `/cost query NAME [parameter=value …] [csv]`"
    return Answer(
        text=f"{plural(len(templates), 'query', 'queries')}: try /cost query day_over_day",
        blocks=(
            section(title + "\n" + "\n".join(lines), "query-list"),
            context(["Days are complete UTC days; without parameters, the newest."], "query-notes"),
            ActionsBlock(list(buttons), block_id="query-next"),
        ),
    )


def _takes(template: Template) -> str:
    return f" ({', '.join(parameter.name for parameter in template.parameters)})"


def query_answer(
    result: QueryResult, request: QueryRequest, caller: Caller, *, most: int | None = None
) -> Answer:
    """The message that answers `/cost query NAME`.

    Args:
        result: the answer.
        request: the question.
        caller: who asked.
        most: rows that are shown at most; None: as many as Slack takes.
    """
    template = result.template
    title = f"*{template.name}* · {escape(template.question)}"
    notes = _notes(result, caller)
    if not result.rows:
        hint = _nothing_there(result, caller)
        return Answer(
            text=f"{template.name}: no rows. {hint}",
            blocks=(section(f"{title}\n{hint}", "query-title"), context(notes, "query-notes")),
        )
    blocks: list[Block] = [section(title, "query-title"), _table(result, most)]
    blocks.append(context(notes, "query-notes"))
    own = write_query(QueryCommand(request))
    if len(own) <= LONGEST_VALUE:
        buttons = [
            button("CSV", "csv", own, hint="All rows and columns as a CSV file"),
            button("Share", "share", own, hint="Show this answer to the channel"),
            button("All queries", "ask_0", "query"),
        ]
        blocks.append(ActionsBlock(list(buttons), block_id="query-next"))
    text = f"{template.name}: {plural(len(result.rows), 'row')}, {_days(result)}"
    return Answer(text=text, blocks=tuple(blocks))


def _nothing_there(result: QueryResult, caller: Caller) -> str:
    covered = result.freshness.covered(caller.zone)
    if covered is None:
        return "There is no data yet: load some with `costbot import` or `costbot sample`."
    first, last = covered
    return (
        f"No rows of {_days(result)} answer it; the data runs from {first} to {last}. "
        "`/cost query` shows the parameters."
    )


def _days(result: QueryResult) -> str:
    if result.first_read == result.last_read:
        return f"{result.last_read}"
    return f"{result.first_read} to {result.last_read}"


def _notes(result: QueryResult, caller: Caller) -> list[str]:
    given = " · ".join(f"{name} {_parameter(value)}" for name, value in result.values.items())
    lines = [f"{given} · UTC days, complete ones; read {_days(result)}"]
    names = {column.name: place for place, column in enumerate(result.columns)}
    if (place := names.get("unpriced_requests")) is not None:
        counts = [row[place] for row in result.rows]
        unpriced = sum(number for number in counts if isinstance(number, int))
        # A split along several dimensions, or a total, has each request several times.
        if unpriced and "dimension" not in names and "level" not in names:
            lines.append(
                f":warning: {plural(unpriced, 'request')} without a price, not in the costs"
            )
        elif unpriced:
            lines.append(":warning: Requests without a price are not in the costs")
    if result.left_out is not None:
        lines.append(
            f"Traffic of unknown origin left out: {money(result.left_out.cost)}, "
            f"{plural(result.left_out.requests, 'request')}"
        )
    return [*lines, freshness_line(result.freshness, caller.zone)]


def _parameter(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(result: QueryResult, most: int | None) -> TableBlock:
    shown = _worth_showing(result)
    names = next(
        (i for i, (_, column) in enumerate(shown) if column.type not in {"STRING", "DATE"}),
        len(shown),
    )
    return fitted_table(
        lambda rows: _lines(result, shown, rows),
        len(result.rows) if most is None else min(len(result.rows), most),
        names=names,
        block_id="query-table",
    )


def _worth_showing(result: QueryResult) -> list[tuple[int, ResultColumn]]:
    """The columns in which some row says something; the CSV has the others too."""
    return [
        (place, column)
        for place, column in enumerate(result.columns)
        if any(row[place] is not None for row in result.rows)
        and not (
            column.name.startswith(("unpriced_", "unknown_origin_"))
            and not any(row[place] for row in result.rows)
        )
    ]


def _lines(result: QueryResult, shown: list[tuple[int, ResultColumn]], rows: int) -> Lines:
    lines: Lines = [[_heading(column) for _, column in shown]]
    for row in result.rows[:rows]:
        unpriced = _is_unpriced(result, row)
        lines.append([_cell(row[place], column, unpriced=unpriced) for place, column in shown])
    rest = len(result.rows) - rows
    if rest > 0:
        lines.append([f"{count(rest)} more", *[""] * (len(shown) - 1)])
    return lines


def _heading(column: ResultColumn) -> str:
    name = column.name.replace("fully_loaded_", "").replace("is_flagged", "flag")
    return name.replace("_", " ").capitalize()


def _is_unpriced(result: QueryResult, row: tuple[object, ...]) -> bool:
    return any(
        column.name == "unpriced_requests" and bool(value)
        for column, value in zip(result.columns, row, strict=True)
    )


def _cell(value: object, column: ResultColumn, *, unpriced: bool) -> str:
    """A value as a table shows it: rounded here, and nowhere before."""
    match value:
        case None:
            if column.type == "STRING":
                return "–"
            return "unpriced" if unpriced and column.unit == "USD" else "–"
        case bool():
            return "⚠" if value else ""  # a cell is raw text: no :emoji: in it
        case Decimal():
            return money(value, sign=column.name in {"change", "volume", "mix", "rate"})
        case int():
            return count(value)
        case float():
            if column.unit in _CHANGES or column.unit == "0 to 1":
                return percent(Decimal(repr(value)), sign=column.unit in _CHANGES)
            return f"{value:+,.1f}" if column.unit == "standard deviations" else f"{value:,.1f}"
        case date():
            return value.isoformat()
        case _:
            return escape(short(str(value)))

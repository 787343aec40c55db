"""`/cost failures`: what failed requests cost, as a message and as a file."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from slackblocks import Block, TableBlock

from analysis.failures import LEAST_FAILED, LEAST_RATE, STORM, Judged, Outcome, added
from bot.blocks.answer import Answer, context, section
from bot.blocks.complete import MARK
from bot.blocks.days import (
    ROWS_SHOWN,
    baseline_line,
    buttons,
    dates_line,
    day_name,
    empty,
    ending_notes,
    origin_notes,
    scope,
    why_button,
)
from bot.blocks.freshness import freshness_line
from bot.blocks.names import value_name
from bot.blocks.sparkline import scale_of, sparkline
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, plural, short
from bot.csv_file import CsvFile, as_csv
from bot.grammar.days import FailuresCommand, write_days
from handlers.asking import Filters
from handlers.caller import Caller
from handlers.failures import ROUTES, ErrorRow, FailureRow, FailuresResult
from queries.breakdown import DAY, Basis
from queries.dimensions import Source

MOST_NAMED = 3
"""Storms and errors in sentences; the CSV and the table have the others."""


def failures_answer(result: FailuresResult, caller: Caller) -> Answer:
    """The message that answers `/cost failures`."""
    whole = result.whole.now
    if not whole.requests:
        sentence = f"No requests: {scope(result.request, result.pinned)}."
        return empty(sentence, result.freshness, caller.zone, "failures")
    headline = _headline(result)
    blocks: list[Block] = [section("\n".join(headline), "failures-total")]
    if result.errors:
        blocks.append(section(_errors(result.errors), "failures-errors"))
    if result.rows:
        blocks.append(_table(result))
    blocks.append(context(_notes(result, caller), "failures-notes"))
    blocks += buttons(FailuresCommand(result.request), _questions(result), "failures-next")
    return Answer(text=" · ".join(headline).replace("*", ""), blocks=tuple(blocks))


def _headline(result: FailuresResult) -> list[str]:
    now, where = result.whole.now, scope(result.request, result.pinned)
    if not now.failed:
        return [f"*No request failed*, {where}: {plural(now.requests, 'request')}"]
    failed = (
        f"{count(now.failed)} of {plural(now.requests, 'request')} failed or timed out "
        f"({percent(now.rate or Decimal(0))})"
    )
    if now.is_unpriced:
        lines = [f"*{plural(now.failed, 'failed request')}*, {where}: none of them has a price"]
        lines.append(failed)
    else:
        share = "" if now.share is None else f", {percent(now.share)} of cost"
        lines = [f"*{money(now.wasted)} wasted*, {where}{share}", failed]
    return [*lines, *_against(result), *_storms(result)]


def _against(result: FailuresResult) -> list[str]:
    """The change against the period before: of the rate, then of the dollars."""
    now, before, label = result.whole.now, result.before, result.pinned.before_label
    if before is None or before.rate is None or now.rate is None:
        return []
    if before.is_unpriced or now.is_unpriced:
        return [f"Against {label}: {percent(before.rate)} failed then"]
    if not before.wasted:
        return [f"New against {label}: failures cost nothing then"]
    change = now.wasted - before.wasted
    if not change:
        return [f"As much as {label}, when {percent(before.rate)} failed"]
    arrow = "▲" if change > 0 else "▼"
    return [
        f"{arrow} *{percent(abs(change) / before.wasted)}* ({money(change, sign=True)}) against "
        f"{label}: {money(before.wasted)}, {percent(before.rate)} failed then"
    ]


def _storms(result: FailuresResult) -> list[str]:
    storms = result.storms
    lines = [f":warning: Storm: {_storm(row, result)}" for row in storms[:MOST_NAMED]]
    if (rest := len(storms) - MOST_NAMED) > 0:
        lines.append(f"… and {plural(rest, 'more storm')} in the table")
    if len(storms) > 1 and result.avoidable:
        lines.append(f"At the usual rate all of them had cost *{money(result.avoidable)}* less")
    return lines


def _storm(row: FailureRow, result: FailuresResult) -> str:
    judged = row.judged
    line = (
        f"{escape(_name(row, result))}: *{percent(judged.now.rate or Decimal(0))}* failed "
        f"(usually {percent(judged.usual or Decimal(0))})"
    )
    if judged.avoidable:
        line += f", *{money(judged.avoidable)}* more than at the usual rate"
    return line


def _errors(errors: tuple[ErrorRow, ...]) -> str:
    parts = [_error(row) for row in errors[:MOST_NAMED]]
    rest = errors[MOST_NAMED:]
    if rest:
        others = added(row.outcome for row in rest)
        failed = plural(others.failed, "request")
        parts.append(f"{count(len(rest))} more {_wasted(others)} ({failed})")
    return f"*How they ended:* {' · '.join(parts)}"


def _error(row: ErrorRow) -> str:
    named = [short(name) for name in (row.result, row.error_type) if name]
    name = escape(", ".join(named) or "not told how")
    return f"{name} {_wasted(row.outcome)} ({plural(row.outcome.failed, 'request')})"


def _wasted(outcome: Outcome) -> str:
    return "unpriced" if outcome.is_unpriced else money(outcome.wasted)


def _name(row: FailureRow, result: FailuresResult) -> str:
    """A member by its values; what has an endpoint needs no process to be told apart."""
    zone = result.pinned.window.zone
    if result.by == ROUTES:
        product, *routes = row.key
        known = [str(value) for value in routes if value]
        parts = [value_name(product, zone, "product"), *(known or ["no endpoint"])]
    else:
        parts = [
            value_name(value, zone, name) for value, name in zip(row.key, result.by, strict=True)
        ]
    return " · ".join(short(part) for part in parts)


def _table(result: FailuresResult) -> TableBlock:
    along_days = result.by[0] == DAY
    rows = result.rows
    if not along_days:  # none that is marked stays out of sight
        rows = (*result.storms, *(row for row in rows if not row.judged.is_storm))
    shown = len(rows) if along_days else min(len(rows), ROWS_SHOWN)
    return fitted_table(
        lambda fitting: _lines(result, rows, fitting), shown, names=1, block_id="failures-table"
    )


def _lines(result: FailuresResult, rows: tuple[FailureRow, ...], shown: int) -> Lines:
    by = ("product", "endpoint or process") if result.by == ROUTES else result.by
    header = [" · ".join(name.replace("_", " ") for name in by).capitalize(), "Failed", "Rate"]
    header += ["Usual", "Wasted", "Of its cost", "Beyond usual"]
    lines: Lines = [header]
    lines += [[escape(_name(row, result)), *_figures(row.judged)] for row in rows[:shown]]
    if rest := rows[shown:]:
        others = Judged(added(row.judged.now for row in rest), None)
        label = f"others ({count(len(rest))})"
        lines.append([label, *_figures(others)[:-1], _beyond(rest)])
    if len(rows) > 1:
        # All members together have another usual rate: each is held against its own.
        lines.append(["Total", *_figures(result.whole, mark=False)[:-1], _beyond(rows)])
    return lines


def _beyond(rows: tuple[FailureRow, ...]) -> str:
    known = [row.judged.avoidable for row in rows if row.judged.avoidable is not None]
    return money(sum(known, Decimal(0))) if known else "–"


def _figures(judged: Judged, *, mark: bool = True) -> list[str]:
    now = judged.now
    rate = "–" if now.rate is None else percent(now.rate)
    return [
        count(now.failed),
        f"{MARK} {rate}" if mark and judged.is_storm else rate,
        "–" if judged.usual is None else percent(judged.usual),
        _wasted(now),
        "–" if now.share is None or now.is_unpriced else percent(now.share),
        "–" if judged.avoidable is None else money(judged.avoidable),
    ]


def _notes(result: FailuresResult, caller: Caller) -> list[str]:
    now = result.whole.now
    lines = [f"{dates_line(result.pinned)} · {baseline_line(result.baseline)}"]
    lines.append(
        f"Fully loaded cost · {MARK} more than {STORM} times the usual rate, {LEAST_FAILED} "
        f"requests and {percent(LEAST_RATE)} at least · beyond usual: wasted × (1 − usual / rate)"
    )
    if result.by == (DAY,) and len(result.rows) > 2:
        rates = [row.judged.now.rate or Decimal(0) for row in result.rows]
        first, last = result.rows[0].key[0], result.rows[-1].key[0]
        names = [
            day_name(day) for day in (first, last) if day is not None and not isinstance(day, str)
        ]
        legend = scale_of(len(rates)).legend
        lines.append(f"Rate of failures `{sparkline(rates)}` {' to '.join(names)}, {legend}")
    if now.unpriced_failed:
        lines.append(
            f":warning: {plural(now.unpriced_failed, 'failed request')} without a price, "
            "not in the dollars"
        )
    if result.before is None and now.failed:
        lines.append("Not compared with the period before: the data does not reach back")
    lines += origin_notes(result.origin, caller)
    lines += ending_notes(result.freshness, result.pinned, (Source.GPU, Source.USAGE))
    return [*lines, freshness_line(result.freshness, caller.zone)]


def _questions(result: FailuresResult) -> list[tuple[str, str]]:
    request = result.request
    asked = replace(request, filters=_where_worst(result))
    questions = [why_button(asked, result.pinned, basis=Basis.FULLY_LOADED)]
    for name in (DAY, "model", "error_type"):
        if name not in result.by:
            asked = replace(request, by=(name,))
            label = f"By {name.replace('_', ' ')}"
            questions.append((label, write_days(FailuresCommand(asked))))
    return questions


def _where_worst(result: FailuresResult) -> Filters:
    """The filters of the question, and of the worst storm where there is one."""
    filters = dict(result.request.filters)
    if result.storms:
        for name, value in zip(result.by, result.storms[0].key, strict=True):
            if name != DAY and value:
                filters[name] = (str(value),)
    return filters


def failures_csv(result: FailuresResult) -> CsvFile:
    """Every row, unrounded: USD, counts, rates from 0 to 1."""
    header = (*result.by, "requests", "failed_requests", "unpriced_failed_requests")
    header += ("failure_rate", "usual_failure_rate", "is_storm", "failure_cost", "total_cost")
    header += ("share", "beyond_usual_cost", "currency")
    window = result.pinned.window
    words = ["failures", str(window.first_day), str(window.last_day)]
    rows = [_csv_row(row) for row in result.rows]
    return as_csv([*words, *(f"by {name}" for name in result.request.by)], header, rows)


def _csv_row(row: FailureRow) -> tuple[object, ...]:
    judged, now = row.judged, row.judged.now
    return (
        *("" if value is None else str(value) for value in row.key),
        now.requests,
        now.failed,
        now.unpriced_failed,
        now.rate,
        judged.usual,
        str(judged.is_storm).lower(),
        # Not known is not nothing: without any price the cost stays empty.
        None if now.is_unpriced else now.wasted,
        now.cost,
        None if now.is_unpriced else now.share,
        judged.avoidable,
        "USD",
    )

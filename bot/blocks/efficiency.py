"""`/cost efficiency`: what a request costs against its baseline, as a message and as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from slackblocks import Block, TableBlock

from analysis.efficiency import LEAST_REQUESTS, LEAST_USD_A_DAY, Unit
from analysis.shifts import BEYOND
from bot.blocks.answer import Answer, context, section
from bot.blocks.complete import MARK, NAMES
from bot.blocks.days import (
    ROWS_SHOWN,
    baseline_line,
    buttons,
    dates_line,
    empty,
    ending_notes,
    origin_notes,
    scope,
    why_button,
)
from bot.blocks.freshness import freshness_line
from bot.blocks.names import value_name
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, enumerate_names, escape, money, percent, plural, short
from bot.csv_file import CsvFile, as_csv
from bot.grammar.days import EfficiencyCommand, write_days
from handlers.caller import Caller
from handlers.efficiency import MODEL, EfficiencyResult, EfficiencyRow
from queries.breakdown import Basis
from queries.dimensions import Source

MOST_NAMED = 3
"""Drifts in sentences; the table has the others."""

LEAST_COMPARED = Decimal("0.8")
"""Where less of the cost than this has a counterpart in the baseline, the answer says so."""

UNCHANGED = Decimal("0.005")
"""A price per token that moved by less than this is called unchanged."""

UNITS = {Unit.REQUEST: "request", Unit.THOUSAND_TOKENS: "1K tokens"}
"""What the units are called."""


def efficiency_answer(result: EfficiencyResult, caller: Caller) -> Answer:
    """The message that answers `/cost efficiency`."""
    if not result.rows:
        sentence = f"No requests: {scope(result.request, result.pinned)}."
        return empty(sentence, result.freshness, caller.zone, "efficiency")
    headline = _headline(result)
    blocks: list[Block] = [section("\n".join(headline), "efficiency-total")]
    wholes = [_whole(row) for row in result.wholes]
    blocks.append(section("\n".join(wholes), "efficiency-sources"))
    blocks.append(_table(result))
    blocks.append(context(_notes(result, caller), "efficiency-notes"))
    blocks += buttons(EfficiencyCommand(result.request), _questions(result), "efficiency-next")
    return Answer(text=" · ".join(headline).replace("*", ""), blocks=tuple(blocks))


def _headline(result: EfficiencyResult) -> list[str]:
    where = scope(result.request, result.pinned)
    drifted, members = result.drifted, len(result.rows)
    what = _members(result, members)
    if result.baseline is None:
        return [f"*{what}*, {where}: there is no data before to hold them against"]
    longer = _lengths(result)
    if not drifted:
        none = f"{what} has not" if members == 1 else f"None of {what} has"
        return [f"*{none} drifted* beyond {percent(BEYOND)} like for like, {where}", *longer]
    lines = [
        f"*{count(len(drifted))} of {what} drifted* beyond {percent(BEYOND)} like for like, {where}"
    ]
    lines += [f":warning: {_sentence(row, result)}" for row in drifted[:MOST_NAMED]]
    if (rest := len(drifted) - MOST_NAMED) > 0:
        lines.append(f"… and {count(rest)} more in the table")
    return lines + _costs(result) + longer


def _members(result: EfficiencyResult, number: int) -> str:
    by = result.request.by or (MODEL,)
    return plural(number, by[0].replace("_", " ")) if len(by) == 1 else plural(number, "row")


def _sentence(row: EfficiencyRow, result: EfficiencyResult) -> str:
    drift = row.drift
    a_day = drift.a_day or Decimal(0)
    how = "costs" if a_day > 0 else "saves"
    return (
        f"{escape(_name(row, result))}: *{percent(drift.like_for_like or Decimal(0), sign=True)}* "
        f"per {UNITS[drift.unit]} for the same work, which {how} "
        f"*{money(abs(a_day))} a day* at the present volume"
    )


def _lengths(result: EfficiencyResult) -> list[str]:
    """Whose requests became longer or shorter: no drift, but what many of them cost."""
    rows = result.lengthened
    lines = [f"{escape(_name(row, result))}: {_length(row)}" for row in rows[:MOST_NAMED]]
    if (rest := len(rows) - MOST_NAMED) > 0:
        lines.append(f"… and requests of {count(rest)} more became longer or shorter")
    return lines


def _length(row: EfficiencyRow) -> str:
    drift = row.drift
    longer, a_day = drift.longer or Decimal(0), drift.longer_a_day or Decimal(0)
    now, before = round(drift.tokens_now or 0), round(drift.tokens_before or 0)
    how = "longer" if longer > 0 else "shorter"
    return (
        f"requests got {how}: *{percent(longer, sign=True)}* tokens each "
        f"({count(before)} → {count(now)}), {money(a_day, sign=True)} a day; {_price(row)}"
    )


def _price(row: EfficiencyRow) -> str:
    """What became of the price of a token, the shares of the token classes taken out."""
    change = row.drift.like_for_like
    if change is None:
        return "what became of the price per token is not known"
    if abs(change) < UNCHANGED:
        return "price per token unchanged"
    return f"price per token {percent(change, sign=True)}"


def _costs(result: EfficiencyResult) -> list[str]:
    """What the drifts cost and save together, where they are several."""
    dollars = [row.drift.a_day or Decimal(0) for row in result.drifted]
    if len(dollars) < 2:
        return []
    dearer = sum((usd for usd in dollars if usd > 0), Decimal(0))
    cheaper = -sum((usd for usd in dollars if usd < 0), Decimal(0))
    parts: list[str] = []
    if dearer:
        parts.append(f"What became dearer costs *{money(dearer)} a day* more")
    if cheaper:
        parts.append(f"what became cheaper saves {money(cheaper)} a day")
    line = "; ".join(parts)
    return [line[0].upper() + line[1:]]


def _whole(row: EfficiencyRow) -> str:
    """A source in a sentence: the plain change and what it is made of."""
    drift, unit = row.drift, UNITS[row.drift.unit]
    name = f"*{NAMES[row.source]}*"
    if drift.cost_now is None:
        return f"{name}: {plural(row.requests, 'request')} without a price"
    line = f"{name}: {money(drift.cost_now)} per {unit}"
    if drift.cost_before is None or drift.mix is None or drift.rate is None:
        return line
    line += f", {money(drift.cost_before)} in the baseline"
    if drift.plain is not None:
        line += f" ({percent(drift.plain, sign=True)})"
    line += f": {money(drift.mix, sign=True)} mix, {money(drift.rate, sign=True)} rate"
    if drift.longer is None or drift.tokens_now is None:
        return line
    how = "longer" if drift.longer > 0 else "shorter"
    tokens = f"{count(round(drift.tokens_now))} tokens"
    if abs(drift.longer) < UNCHANGED:
        return f"{line} · a request is as long as then ({tokens})"
    return f"{line} · a request is {percent(abs(drift.longer))} {how} ({tokens})"


def _name(row: EfficiencyRow, result: EfficiencyResult) -> str:
    by = result.request.by or (MODEL,)
    zone = result.pinned.window.zone
    parts = [short(value_name(value, zone, name)) for value, name in zip(row.key, by, strict=True)]
    if len(result.wholes) > 1 and sum(other.key == row.key for other in result.rows) > 1:
        parts.append(NAMES[row.source])
    return " · ".join(parts)


def _table(result: EfficiencyResult) -> TableBlock:
    rows = _marked_first(result)
    return fitted_table(
        lambda shown: _lines(result, rows, shown),
        min(len(rows), ROWS_SHOWN),
        names=1,
        block_id="efficiency-table",
    )


def _marked_first(result: EfficiencyResult) -> tuple[EfficiencyRow, ...]:
    """What drifted, then the others, dearest first: none that is marked stays out of sight."""
    drifted = result.drifted
    return (*drifted, *(row for row in result.rows if not row.drift.is_beyond))


def _lines(result: EfficiencyResult, rows: tuple[EfficiencyRow, ...], shown: int) -> Lines:
    by = result.request.by or (MODEL,)
    header = [" · ".join(name.replace("_", " ") for name in by).capitalize(), "Cost", "Requests"]
    header += ["Per", "Costs", "Baseline", "Mix", "Rate", "Like for like", "A day"]
    by_token = any(row.drift.unit is Unit.THOUSAND_TOKENS for row in result.rows)
    if by_token:
        header.append("Tokens each")
    lines: Lines = [header]
    for row in rows[:shown]:
        drift = row.drift
        is_known = row.unpriced < row.requests
        change = "–" if drift.like_for_like is None else percent(drift.like_for_like, sign=True)
        if drift.cost_now is not None and drift.cost_before is None:
            change = "new"
        lines.append(
            [
                escape(_name(row, result)),
                money(row.cost) if is_known else "unpriced",
                count(row.requests),
                UNITS[drift.unit],
                _usd(drift.cost_now),
                _usd(drift.cost_before),
                _usd(drift.mix, sign=True),
                _usd(drift.rate, sign=True),
                f"{MARK} {change}" if drift.is_beyond else change,
                _usd(drift.a_day, sign=True),
            ]
        )
        if by_token:
            lines[-1].append("–" if drift.longer is None else percent(drift.longer, sign=True))
    if rest := len(rows) - shown:
        lines.append([f"{count(rest)} more", *[""] * (len(header) - 1)])
    return lines


def _usd(usd: Decimal | None, *, sign: bool = False) -> str:
    return "–" if usd is None else money(usd, sign=sign)


def _notes(result: EfficiencyResult, caller: Caller) -> list[str]:
    lines = [f"{dates_line(result.pinned)} · {baseline_line(result.baseline)}"]
    lines.append(
        "Costs − baseline = mix (other work is asked for) + rate (the same work costs more), to "
        "the last digit · like for like: this period's work at its own rates / at the baseline's"
    )
    lines.append(
        f"{MARK} beyond {percent(BEYOND)}, from {LEAST_REQUESTS} requests and "
        f"{money(LEAST_USD_A_DAY)} a day on"
    )
    if any(row.drift.unit is Unit.THOUSAND_TOKENS for row in result.rows):
        lines.append(
            "LLM: the shares of input, cached and output tokens are part of the mix, weighed by "
            "list prices; tokens each: how much longer a request is, in neither"
        )
        if result.unweighed:
            lines.append(
                "No list has the price of "
                f"{enumerate_names(result.unweighed)}: these shares are part of its rate"
            )
    lines += [
        f":warning: Only {percent(row.drift.compared)} of the {NAMES[row.source]} cost is of work "
        "that the baseline has too: the rest is mix"
        for row in result.wholes
        if row.drift.rate is not None and row.drift.compared < LEAST_COMPARED
    ]
    if result.unpriced:
        lines.append(
            f":warning: {plural(result.unpriced, 'request')} without a price, left out of all rates"
        )
    lines += origin_notes(result.origin, caller)
    lines += ending_notes(result.freshness, result.pinned, (Source.GPU, Source.USAGE))
    return [*lines, freshness_line(result.freshness, caller.zone)]


def _questions(result: EfficiencyResult) -> list[tuple[str, str]]:
    request = result.request
    questions: list[tuple[str, str]] = []
    by = request.by or (MODEL,)
    if result.drifted and result.baseline is not None:
        first = result.drifted[0]
        inside = {
            **request.filters,
            **{
                name: (value,)
                for name, value in zip(by, first.key, strict=True)
                if value is not None
            },
        }
        asked = replace(request, filters=inside)
        own = why_button(asked, result.pinned, versus=result.baseline, basis=Basis.FULLY_LOADED)
        questions.append(own)
    for name in ("model", "endpoint", "product"):
        if name not in by:
            asked = replace(request, by=(name,))
            questions.append((f"By {name}", write_days(EfficiencyCommand(asked))))
    return questions


def efficiency_csv(result: EfficiencyResult) -> CsvFile:
    """Every row, unrounded: USD, per request and per unit; ratios for changes."""
    by = result.request.by or (MODEL,)
    header = (*by, "source", "total_cost", "requests", "unpriced_requests", "cost_per_request")
    header += ("baseline_first_day", "baseline_last_day", "baseline_requests")
    header += ("baseline_cost_per_request", "unit", "unit_cost", "baseline_unit_cost", "mix")
    header += ("rate", "change", "like_for_like", "rate_per_day", "is_flagged", "currency")
    header += ("tokens_per_request", "baseline_tokens_per_request", "longer", "longer_per_day")
    window = result.pinned.window
    rows = [_csv_row(row, result) for row in result.rows]
    words = ["efficiency", str(window.first_day), str(window.last_day)]
    return as_csv([*words, *(f"by {name}" for name in by)], header, rows)


def _csv_row(row: EfficiencyRow, result: EfficiencyResult) -> tuple[object, ...]:
    drift, first, last = row.drift, None, None
    if result.baseline is not None:
        first, last = result.baseline.first_day, result.baseline.last_day
    return (
        *("" if value is None else value for value in row.key),
        row.source.value,
        row.cost if row.unpriced < row.requests else None,
        row.requests,
        row.unpriced,
        row.cost_per_request,
        _day(first),
        _day(last),
        drift.requests_before,
        row.cost_per_request_before,
        UNITS[drift.unit],
        drift.cost_now,
        drift.cost_before,
        drift.mix,
        drift.rate,
        drift.plain,
        drift.like_for_like,
        drift.a_day,
        None if drift.like_for_like is None else str(drift.is_beyond).lower(),
        "USD",
        drift.tokens_now,
        drift.tokens_before,
        drift.longer,
        drift.longer_a_day,
    )


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)

"""`/cost utilization`: how well the GPUs are used, as a message and as a file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from slackblocks import Block, TableBlock

from analysis.utilization import Capacity, added
from bot.blocks.answer import Answer, context, section
from bot.blocks.complete import MARK
from bot.blocks.days import (
    ROWS_SHOWN,
    buttons,
    dates_line,
    day_name,
    empty,
    ending_notes,
    scope,
    why_button,
)
from bot.blocks.freshness import freshness_line
from bot.blocks.names import value_name
from bot.blocks.sparkline import scale_of, sparkline
from bot.blocks.table import Lines, fitted_table
from bot.blocks.text import count, escape, money, percent, plural, short
from bot.csv_file import CsvFile, as_csv
from bot.grammar.days import UtilizationCommand, write_days
from bot.grammar.periods import write_period
from handlers.caller import Caller
from handlers.utilization import UtilizationResult, UtilizationRow
from queries.breakdown import DAY, Basis
from queries.dimensions import Source


def utilization_answer(result: UtilizationResult, caller: Caller) -> Answer:
    """The message that answers `/cost utilization`."""
    if result.is_empty:
        sentence = f"No GPU cost: {scope(result.request, result.pinned)}."
        return empty(sentence, result.freshness, caller.zone, "utilization")
    headline = _headline(result)
    blocks: list[Block] = [section("\n".join(headline), "utilization-total")]
    if curve := _curve(result):
        blocks.append(section(curve, "utilization-days"))
    blocks.append(_table(result, caller.zone))
    blocks.append(context(_notes(result, caller), "utilization-notes"))
    blocks += buttons(UtilizationCommand(result.request), _questions(result), "utilization-next")
    text = " · ".join(headline).replace("*", "")
    return Answer(text=text, blocks=tuple(blocks))


def _headline(result: UtilizationResult) -> list[str]:
    whole, lines = result.whole, list[str]()
    cost = f"infrastructure cost {money(whole.now.infrastructure.usd)}"
    where = scope(result.request, result.pinned)
    if not whole.is_known or whole.now.utilization is None:
        lines.append(f"*Utilization is not known*, {where} · {cost}")
    else:
        lines.append(f"*{percent(whole.now.utilization)} utilization*, {where} · {cost}")
        lines += _against(result)
    if whole.now.waiting:
        sentence = f"Idle and unused capacity cost *{money(whole.now.waiting)}*"
        if result.pinned.days != 1:
            sentence += f", {money(result.waiting_a_day)} a day"
        lines.append(sentence)
    return lines + _advice(result)


def _against(result: UtilizationResult) -> list[str]:
    whole = result.whole
    before, change = whole.before, whole.shift
    if before is None or change is None or before.utilization is None:
        return []
    if not change:
        return [f"As {result.pinned.before_label} ({percent(before.utilization)})"]
    mark = ":warning: " if whole.is_beyond else ""
    how = "▲ *{}* higher" if change > 0 else "▼ *{}* lower"
    return [
        f"{mark}{how.format(percent(abs(change)))} than {result.pinned.before_label} "
        f"({percent(before.utilization)})"
    ]


def _advice(result: UtilizationResult) -> list[str]:
    """What the best week tells."""
    best, usd = result.best, result.saving
    if best is None or usd is None:
        return []
    week = f"{day_name(best.days.first)} to {day_name(best.days.last)}"
    served = percent(result.whole.now.served or Decimal(0))
    line = f"{served} of the cost went into requests that succeeded"
    its = f"in the best of the last {best.weeks} weeks"
    if not usd:
        return [f"{line}: no week of the last {best.weeks} was better"]
    a_day = "" if result.pinned.days == 1 else f", {money(usd / result.pinned.days)} a day"
    return [
        f"{line}, {percent(best.served)} {its} ({week}): as in that one, the same results would "
        f"have cost *{money(usd)}* less{a_day}"
    ]


def _curve(result: UtilizationResult) -> str:
    if not result.whole.is_known or len(result.days) < 3:
        return ""
    known = [value for _, found in result.days if (value := found.utilization) is not None]
    if not known:
        return ""
    first, last = result.days[0][0], result.days[-1][0]
    return (
        f"`{sparkline(known)}` {day_name(first)} to {day_name(last)}, "
        f"between {percent(min(known))} and {percent(max(known))}; {scale_of(len(known)).legend}"
    )


def _table(result: UtilizationResult, zone: ZoneInfo) -> TableBlock:
    if not result.request.by:
        lines = _categories(result)
        return fitted_table(
            lambda shown: lines[: shown + 1], len(lines) - 1, names=1, block_id="utilization-table"
        )
    runs_along_days = result.request.by == (DAY,)
    rows = len(result.rows) if runs_along_days else min(len(result.rows), ROWS_SHOWN)
    return fitted_table(
        lambda shown: _members(result, shown, zone), rows, names=1, block_id="utilization-table"
    )


def _parts(found: Capacity) -> list[tuple[str, Decimal, Decimal | None]]:
    """Each category, its cost, and what of it requests carry; None where that makes no sense."""
    parts: list[tuple[str, Decimal, Decimal | None]] = [
        ("Inference", found.inference, None),
        ("Idle", found.idle.spent, found.idle.attributed),
        ("Overhead", found.overhead.spent, found.overhead.attributed),
        ("Unused", found.unused, None),
    ]
    return [*parts, ("Other", found.other, None)] if found.other else parts


def _categories(result: UtilizationResult) -> Lines:
    now, before = result.whole.now, result.whole.before
    lines: Lines = [["Category", "Cost", "Share", "Carried by requests"]]
    if before is not None:
        lines[0] += ["Before", "Share before"]
    whole = now.infrastructure.usd
    old = {} if before is None else {name: usd for name, usd, _ in _parts(before)}
    for name, usd, carried in _parts(now):
        line = [name, money(usd), _share(usd, whole), "–" if carried is None else money(carried)]
        if before is not None:
            was = old.get(name, Decimal(0))
            line += [money(was), _share(was, before.infrastructure.usd)]
        lines.append(line)
    attributed = now.idle.attributed + now.overhead.attributed
    total = ["Total", money(whole), _share(whole, whole), money(attributed)]
    if before is not None:
        usd = before.infrastructure.usd
        total += [money(usd), _share(usd, usd)]
    return [*lines, total]


def _share(usd: Decimal, whole: Decimal) -> str:
    return percent(usd / whole) if whole > 0 else "–"


def _members(result: UtilizationResult, shown: int, zone: ZoneInfo) -> Lines:
    name = result.request.by[0]
    compared = any(row.shift is not None for row in result.rows)
    lines: Lines = [[name.replace("_", " ").capitalize(), "Utilization"]]
    if compared:
        lines[0].append("Change")
    lines[0] += ["Inference", "Idle", "Overhead", "Unused", "Cost"]
    for row in result.rows[:shown]:
        label = escape(short(value_name(row.key, zone, name)))
        lines.append([label, *_figures(row, compared=compared)])
    if rest := result.rows[shown:]:
        others = _as_one(rest)
        label = f"others ({count(len(rest))})"
        lines.append([label, *_figures(others, compared=compared)])
    if len(result.rows) > 1:
        lines.append(["Total", *_figures(result.whole, compared=compared)])
    return lines


def _as_one(rows: tuple[UtilizationRow, ...]) -> UtilizationRow:
    before = [row.before for row in rows if row.before is not None]
    return UtilizationRow(
        key=None,
        now=added(row.now for row in rows),
        before=added(before) if before else None,
        is_known=all(row.is_known for row in rows),
        whole=max(row.whole for row in rows),
    )


def _figures(row: UtilizationRow, *, compared: bool) -> list[str]:
    now = row.now
    known = row.is_known and now.utilization is not None
    cells = [percent(now.utilization or Decimal(0)) if known else "–"]
    if compared:
        change = "–" if row.shift is None else percent(row.shift, sign=True)
        cells.append(f"{MARK} {change}" if row.is_beyond else change)
    parts = (now.inference, now.idle.spent, now.overhead.spent, now.unused)
    return [*cells, *(money(usd) for usd in parts), money(now.infrastructure.usd)]


def _notes(result: UtilizationResult, caller: Caller) -> list[str]:
    now, lines = result.whole.now, list[str]()
    lines.append(f"{dates_line(result.pinned)} · utilization is inference / infrastructure cost")
    for name, pushed in (("idle", now.idle), ("overhead", now.overhead)):
        if pushed.spent > 0:
            share = percent(pushed.attributed / pushed.spent)
            lines.append(f"Of {name}, {money(pushed.attributed)} ({share}) is carried by requests")
    if now.failed:
        share = percent(now.failed / now.inference) if now.inference > 0 else "–"
        lines.append(f"Of inference, {money(now.failed)} ({share}) is of requests that failed")
    if result.unattributed_to:
        names = " and ".join(name.replace("_", " ") for name in result.unattributed_to)
        lines.append(
            f":warning: Idle, overhead and unused capacity names no {names}, "
            "so the utilization of one is not known"
        )
    if not now.machines and result.whole.is_known:
        lines.append(":warning: There is no idle, overhead or unused capacity in the data")
    if now.unpriced_requests:
        lines.append(
            f":warning: {plural(now.unpriced_requests, 'request')} without a price: "
            "utilization is higher than it says"
        )
    if result.whole.before is None and result.begins is not None:
        lines.append(
            f"Not compared with the period before: GPU data is whole from {result.begins} on"
        )
    if result.request.by == (DAY,):
        lines.append("Each day is held against the same weekday a week before")
    lines += ending_notes(result.freshness, result.pinned, (Source.GPU,))
    return [*lines, freshness_line(result.freshness, caller.zone)]


def _questions(result: UtilizationResult) -> list[tuple[str, str]]:
    request = result.request
    divided = [name for name in (DAY, "model", "billing_type") if name not in request.by]
    questions = [why_button(request, result.pinned, basis=Basis.INFRASTRUCTURE)]
    questions += [
        (
            f"By {name.replace('_', ' ')}",
            write_days(UtilizationCommand(replace(request, by=(name,)))),
        )
        for name in divided
    ]
    period = result.pinned.dates if result.pinned.is_whole_days else request.period
    return [*questions, ("Reconcile", f"reconcile {write_period(period)}")]


def utilization_csv(result: UtilizationResult) -> CsvFile:
    """Every row, unrounded: USD by category, utilization and its change as ratios."""
    name = result.request.by[0] if result.request.by else "scope"
    header = (name, "utilization", "utilization_before", "change", "is_flagged")
    header += (
        "inference_cost",
        "failed_inference_cost",
        "idle_cost",
        "idle_attributed",
        "overhead_cost",
    )
    header += ("overhead_attributed", "unused_cost", "other_cost", "infrastructure_cost")
    header += ("unpriced_requests", "currency")
    rows = [(_key(row.key), *_csv_figures(row)) for row in result.rows]
    if not result.request.by:
        rows = [("all", *_csv_figures(result.whole))]
    days = [str(result.pinned.window.first_day), str(result.pinned.window.last_day)]
    return as_csv(["utilization", *days, *(f"by {one}" for one in result.request.by)], header, rows)


def _key(key: str | date | None) -> str:
    return "" if key is None else str(key)


def _csv_figures(row: UtilizationRow) -> tuple[object, ...]:
    now, before = row.now, row.before
    return (
        now.utilization if row.is_known else None,
        before.utilization if row.is_known and before is not None else None,
        row.shift,
        None if row.shift is None else str(row.is_beyond).lower(),
        now.inference,
        now.failed,
        now.idle.spent,
        now.idle.attributed,
        now.overhead.spent,
        now.overhead.attributed,
        now.unused,
        now.other,
        now.infrastructure.usd,
        now.unpriced_requests,
        "USD",
    )

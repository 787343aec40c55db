"""`costbot cost`: the handler's result in the terminal, as a table or as JSON."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from analysis.errors import BadInput
from analysis.periods import Calendar, Dates, Period
from analysis.roles import Role
from bot.assembly import assembled, dimensions_of
from bot.blocks.cost import cost_answer
from bot.cli.terminal import print_message
from bot.settings import Settings
from handlers.caller import Caller
from handlers.cost_results import CostRequest, CostResult, CostRow, Delta
from queries.breakdown import Basis
from queries.measures import Measures

TERMINAL = "terminal"
"""The workspace of whoever has a shell on the machine: sees everything, as its files show it."""


def operator(zone: ZoneInfo) -> Caller:
    """The caller of the command line."""
    return Caller(TERMINAL, TERMINAL, "the operator", None, Role.ADMIN, zone)


def cost(
    first: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Dimension, day or hour; twice at most.")
    ] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="DIMENSION=VALUE, repeatable.")
    ] = None,
    top: Annotated[
        int | None, typer.Option(min=1, help="So many rows, the rest as others.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="IANA zone in which days begin.")] = None,
    customers: Annotated[bool, typer.Option(help="Leave internal traffic out.")] = False,
    infrastructure: Annotated[bool, typer.Option(help="What the machines cost.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """What a period cost; today without dates."""
    settings = Settings() if zone is None else Settings(zone=zone)
    request = CostRequest(
        period=period_of(first, last),
        by=tuple(by or ()),
        filters=filters_of(filters or ()),
        top=top,
        basis=Basis.INFRASTRUCTURE if infrastructure else Basis.FULLY_LOADED,
        customers_only=customers,
    )
    result = asyncio.run(_ask(settings, request))
    if as_json:
        typer.echo(json.dumps(cost_json(result), ensure_ascii=False))
        return
    answer = cost_answer(result, operator(settings.zone_info), dimensions_of(settings))
    print_message(answer.without_buttons().payload(), Console())


async def _ask(settings: Settings, request: CostRequest) -> CostResult:
    async with assembled(settings) as parts:
        return await parts.handlers.cost.cost(request, operator(settings.zone_info))


def period_of(first: str | None, last: str | None) -> Period:
    """The period between two days, either of which may stand alone.

    Raises:
        BadInput: a day that the calendar does not have.
    """
    if first is None and last is None:
        return Calendar.TODAY
    days: list[date] = []
    for text in (first or last or "", last or first or ""):
        try:
            days.append(date.fromisoformat(text))
        except ValueError:
            raise BadInput(f"{text} is no day.", "Write it as 2024-12-02.") from None
    return Dates(days[0], days[1])


def filters_of(pairs: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """`name=value` pairs as filters.

    Raises:
        BadInput: a pair without its equals sign.
    """
    filters: dict[str, tuple[str, ...]] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadInput(f"{pair!r} is no filter.", "Write it as --filter model=gpt-4.")
        filters[name] = (*filters.get(name, ()), value)
    return filters


def cost_json(result: CostResult) -> dict[str, object]:
    """The result as JSON: money as decimal strings, unrounded; shares from 0 to 1."""
    window = result.period.window
    return {
        "period_start": window.start.isoformat(),
        "period_end": window.end.isoformat(),
        "zone": window.zone.key,
        "provisional": result.period.provisional,
        "basis": result.request.basis.value,
        **_measures_json(result.total),
        "change": _delta_json(result.delta),
        "rows": [_row_json(row, result.request.by) for row in result.shown]
        if result.request.by
        else [],
        "others": None if result.others is None else _row_json(result.others, ()),
        "unpriced_models": list(result.unpriced_models),
        "sources": [
            {
                "source": source.source.value,
                "data_from": source.data_from.isoformat(),
                "data_until": source.data_until.isoformat(),
                "loaded_at": source.loaded_at.isoformat(),
                "stale": source.is_stale,
            }
            for source in result.freshness.sources
        ],
    }


def _row_json(row: CostRow, by: tuple[str, ...]) -> dict[str, object]:
    names = dict(zip(by, (_plain(value) for value in row.key), strict=True))
    return {
        **names,
        **_measures_json(row.measures),
        "share": None if row.share is None else float(round(row.share, 6)),
        "change": _delta_json(row.delta),
    }


def _measures_json(measures: Measures) -> dict[str, object]:
    return {
        "total_cost": _money(measures.cost),
        "requests": measures.requests,
        "cost_per_request": _money_or_none(measures.cost_per_request),
        "cost_per_1k_tokens": _money_or_none(measures.cost_per_thousand_tokens),
        "failed_requests": measures.failed_requests,
        "unpriced_requests": measures.unpriced_requests,
        "estimated_requests": measures.estimated_requests,
        "estimated_cost": _money(measures.estimated_cost),
        "internal_requests": measures.internal_requests,
        "internal_cost": _money(measures.internal_cost),
        "unknown_origin_requests": measures.unknown_requests,
        "unknown_origin_cost": _money(measures.unknown_cost),
        "fresh_input_tokens": measures.fresh_input_tokens,
        "cached_input_tokens": measures.cached_input_tokens,
        "cache_write_tokens": measures.cache_write_tokens,
        "output_tokens": measures.output_tokens,
        "reasoning_tokens": measures.reasoning_tokens,
        "gpu_seconds": _money(measures.gpu_seconds),
    }


def _delta_json(delta: Delta | None) -> dict[str, object] | None:
    if delta is None:
        return None
    return {
        "against": delta.label,
        "now": _money(delta.now),
        "before": _money(delta.before),
        "change": _money(delta.change),
        "ratio": None if delta.ratio is None else float(round(delta.ratio, 6)),
    }


def _money(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _money_or_none(value: Decimal | None) -> str | None:
    return None if value is None else _money(value)


def _plain(value: str | date | datetime | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value

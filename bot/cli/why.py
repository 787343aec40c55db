"""`costbot why`: what moved a cost, in the terminal, as text or as JSON."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console

from analysis.drivers.explain import Driver
from analysis.drivers.split import Split
from analysis.errors import BadInput
from analysis.periods import Calendar
from bot.assembly import assembled
from bot.blocks.why import why_answer
from bot.cli.cost import filters_of, operator, period_of
from bot.cli.terminal import print_message
from bot.settings import Settings
from bot.why_csv import why_csv
from handlers.why import WhyRequest, WhyResult
from queries.breakdown import Basis


def why(
    first: Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, included.")] = None,
    vs_first: Annotated[
        str | None, typer.Option("--vs-from", help="First day of what it is compared with.")
    ] = None,
    vs_last: Annotated[
        str | None, typer.Option("--vs-to", help="Last day of that, included.")
    ] = None,
    filters: Annotated[
        list[str] | None, typer.Option("--filter", help="DIMENSION=VALUE, repeatable.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="IANA zone in which days begin.")] = None,
    customers: Annotated[bool, typer.Option(help="Leave internal traffic out.")] = False,
    infrastructure: Annotated[bool, typer.Option(help="What the machines cost.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Every driver as CSV.")] = False,
) -> None:
    """What moved a cost; without dates, yesterday's against the day before."""
    settings = Settings() if zone is None else Settings(zone=zone)
    is_dated, is_versus = first is not None or last is not None, bool(vs_first or vs_last)
    if is_versus and not is_dated:
        hint = "Say both: --from, --to, --vs-from and --vs-to."
        raise BadInput("There is a period to compare with, and none that is compared.", hint)
    request = WhyRequest(
        period=period_of(first, last) if is_dated else Calendar.YESTERDAY,
        versus=period_of(vs_first, vs_last) if is_versus else None,
        filters=filters_of(filters or ()),
        basis=Basis.INFRASTRUCTURE if infrastructure else Basis.FULLY_LOADED,
        customers_only=customers,
    )
    result = asyncio.run(_ask(settings, request))
    if as_json:
        typer.echo(json.dumps(why_json(result), ensure_ascii=False))
        return
    if as_csv:
        typer.echo(why_csv(result).content, nl=False)
        return
    answer = why_answer(result, operator(settings.zone_info))
    print_message(answer.without_buttons().payload(), Console())


async def _ask(settings: Settings, request: WhyRequest) -> WhyResult:
    async with assembled(settings) as parts:
        return await parts.handlers.why.why(request, operator(settings.zone_info))


def why_json(result: WhyResult) -> dict[str, object]:
    """The result as JSON: money as decimal strings, unrounded, the parts adding up to the change.

    Drivers: the causes first, then the members that moved the cost the same way; dimensions
    overlap, so their changes do not add up.
    """
    now, before, found = result.comparison.now, result.comparison.before, result.finding
    return {
        **_split_json(result.explanation.split),
        "drivers": [_driver_json(driver) for driver in result.explanation.drivers],
        "finding": {
            "summary": found.summary,
            "root_cause": found.root_cause,
            "breakdown": found.breakdown,
            "recommendation": found.recommendation,
        },
        "basis": result.request.basis.value,
        "period_start": now.start.isoformat(),
        "period_end": now.end.isoformat(),
        "vs_start": before.start.isoformat(),
        "vs_end": before.end.isoformat(),
        "zone": now.zone.key,
    }


def _split_json(split: Split) -> dict[str, object]:
    return {
        "change": _money(split.change),
        "volume": _money(split.volume),
        "mix": _money(split.mix),
        "rate": _money(split.rate),
        "fixed": _money(split.fixed),
        "before": _money(split.before),
        "now": _money(split.now),
        "requests_before": split.requests_before,
        "requests_now": split.requests_now,
    }


def _driver_json(driver: Driver) -> dict[str, object]:
    cause = driver.cause
    return {
        "dimension": driver.dimension,
        "value": driver.member,
        **_split_json(driver.split),
        "kind": driver.kind.value,
        "is_cause": cause is not None,
        "explained": None if cause is None else round(cause.explained, 4),
        "moves_alike": []
        if cause is None
        else [{"dimension": name, "value": member} for name, member in cause.echoes],
    }


def _money(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

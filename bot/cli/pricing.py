"""`costbot pricing`: the price list in the terminal, and adding to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from typer.core import TyperGroup

from analysis.clock import system_clock
from analysis.errors import BadInput
from bot.cli.cost import operator
from bot.cli.pricing_compare import compare_prices
from bot.cli.pricing_offers import app as offers
from bot.cli.pricing_rates import set_rate, undo_rate
from bot.settings import Settings
from handlers.price_adding import PriceAdder
from handlers.pricing import PriceListResult, PricingHandler
from storage.records.price import ModelPrice, StoredPrice

WIDTH_OF_A_FILE = 200
"""Characters."""


class _ListByDefault(TyperGroup):
    """`costbot pricing openai` is `costbot pricing list openai`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        first = args[0] if args else ""
        named = first in self.commands or first == "--help"
        return super().parse_args(ctx, args if named else ["list", *args])


app = typer.Typer(cls=_ListByDefault, help="The dated price list; alone: list it.")


@app.command("list")
def list_prices(
    provider: Annotated[str | None, typer.Argument(help="Only this one's.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The list as JSON.")] = False,
) -> None:
    """What a million tokens cost now, and what is dated ahead."""
    result = asyncio.run(_listed(Settings(), provider))
    if as_json:
        typer.echo(json.dumps(price_list_json(result), ensure_ascii=False))
    else:
        _print(result)


@app.command()
def add(
    provider: Annotated[str, typer.Argument(help="Such as openai.")],
    model: Annotated[str, typer.Argument(help="As requests name it.")],
    price_in: Annotated[str, typer.Option("--input", help="USD per million input tokens.")],
    price_out: Annotated[str, typer.Option("--output", help="USD per million output tokens.")],
    effective: Annotated[
        str,
        typer.Option("--from", help="First day, YYYY-MM-DD (00:00 UTC), or an instant."),
    ],
    reference: Annotated[
        str, typer.Option(help="Where it is written: an address, a contract's name.")
    ],
    organization: Annotated[
        str | None,
        typer.Option(help="The one organization that has this rate; else all."),
    ] = None,
    above: Annotated[
        int, typer.Option(help="A tier: for requests with more input tokens than this.")
    ] = 0,
    cached_input: Annotated[
        str | None,
        typer.Option(help="USD per million input tokens read from the cache."),
    ] = None,
    cache_write: Annotated[
        str | None,
        typer.Option(help="USD per million input tokens written to the cache."),
    ] = None,
    reasoning: Annotated[str | None, typer.Option(help="USD per million reasoning tokens.")] = None,
    batch_input: Annotated[
        str | None, typer.Option(help="USD per million input tokens of batches.")
    ] = None,
    batch_output: Annotated[
        str | None, typer.Option(help="USD per million output tokens of batches.")
    ] = None,
) -> None:
    """Add a price; the one before it ends where it begins."""
    price = ModelPrice(
        provider=provider,
        model=model,
        input=_decimal(price_in),
        output=_decimal(price_out),
        effective_from=_instant(effective),
        source="entered by the operator" if organization is None else "negotiated",
        reference=reference,
        created_by="the operator",
        organization=organization,
        above_input_tokens=above,
        cached_input=_decimal_or_none(cached_input),
        cache_write=_decimal_or_none(cache_write),
        reasoning=_decimal_or_none(reasoning),
        batch_input=_decimal_or_none(batch_input),
        batch_output=_decimal_or_none(batch_output),
    )
    added = asyncio.run(_added(Settings(), price))
    typer.echo(
        f"{added.provider} {added.model}{_whose(added)}: {added.input} in, {added.output} out "
        f"(USD per million tokens) from {_day(added.effective_from)} on."
    )
    typer.echo("What was imported before keeps the cost that it was given.")


app.command("compare")(compare_prices)
app.command("set")(set_rate)
app.command("undo")(undo_rate)
app.add_typer(offers, name="offer")


async def _listed(settings: Settings, provider: str | None) -> PriceListResult:
    from bot.assembly import opened_store

    async with opened_store(settings) as store:
        handler = PricingHandler(store.prices, system_clock)
        return await handler.price_list(provider, operator(settings.zone_info))


async def _added(settings: Settings, price: ModelPrice) -> StoredPrice:
    from bot.assembly import opened_store

    async with opened_store(settings) as store:
        handler = PriceAdder(store, "cli")
        return await handler.add(price, operator(settings.zone_info))


def price_list_json(result: PriceListResult) -> dict[str, object]:
    """The list as JSON: prices as decimal strings, USD per million tokens."""
    return {
        "now": result.now.isoformat(),
        "providers": list(result.providers),
        "current": [_price_json(price, result.now) for price in result.current],
        "upcoming": [_price_json(price, result.now) for price in result.upcoming],
    }


def _price_json(price: StoredPrice, now: datetime) -> dict[str, object]:
    return {
        "provider": price.provider,
        "model": price.model,
        "organization": price.organization,
        "above_input_tokens": price.above_input_tokens,
        "input": _text(price.input),
        "output": _text(price.output),
        "cached_input": _text(price.cached_input),
        "cache_write": _text(price.cache_write),
        "reasoning": _text(price.reasoning),
        "batch_input": _text(price.batch_input),
        "batch_output": _text(price.batch_output),
        "effective_from": price.effective_from.isoformat(),
        "effective_until": None
        if price.effective_until is None
        else price.effective_until.isoformat(),
        "context_window": price.context_window,
        "max_output": price.max_output,
        "capabilities": list(price.capabilities),
        "quality_score": _text(price.quality_score),
        "quality_source": price.quality_source,
        "deprecated": price.is_deprecated(now),
        "deprecated_at": None if price.deprecated_at is None else price.deprecated_at.isoformat(),
        "replacement": price.replacement,
        "source": price.source,
        "reference": price.reference,
    }


def _print(result: PriceListResult) -> None:
    terminal = Console()
    # Where nobody reads along a screen, in a pipe or a file, a price takes one line.
    console = terminal if terminal.is_terminal else Console(width=WIDTH_OF_A_FILE)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("provider", "model"):
        table.add_column(heading, no_wrap=True)
    table.add_column("for", overflow="fold")
    for heading in ("input", "output"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("since", no_wrap=True)
    table.add_column("note", overflow="fold")
    for price in (*result.current, *result.upcoming):
        table.add_row(
            price.provider,
            price.model,
            _conditions(price),
            _text(price.input),
            _text(price.output),
            _day(price.effective_from),
            ", ".join(_notes(price, result.now)),
        )
    console.print(table, markup=False)
    console.print("USD per million tokens.", style="dim")


def _conditions(price: StoredPrice) -> str:
    whose = price.organization or "all"
    tier = price.above_input_tokens
    return f"{whose}, above {tier:,} tokens" if tier else whose


def _notes(price: StoredPrice, now: datetime) -> Iterator[str]:
    if price.effective_from > now:
        yield "not in force yet"
    if price.is_deprecated(now):
        yield f"deprecated, use {price.replacement}" if price.replacement else "deprecated"
    for name, value in (
        ("cached", price.cached_input),
        ("cache write", price.cache_write),
        ("reasoning", price.reasoning),
    ):
        if value is not None:
            yield f"{name} {value:f}"
    if price.batch_input is not None and price.batch_output is not None:
        yield f"batch {price.batch_input:f}/{price.batch_output:f}"


def _whose(price: StoredPrice) -> str:
    return "" if price.organization is None else f" for {price.organization}"


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _day(instant: datetime) -> str:
    at_midnight = instant.time() == datetime.min.time()
    return f"{instant:%Y-%m-%d}" if at_midnight else f"{instant:%Y-%m-%d %H:%M} UTC"


def _decimal_or_none(text: str | None) -> Decimal | None:
    return None if text is None else _decimal(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadInput(f"{text!r} is no price.", "Write it as 2.50.") from None


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        hint = "Write it as 2024-12-02, or as 2024-12-02T08:00:00+01:00."
        raise BadInput(f"{text!r} is no date.", hint) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant

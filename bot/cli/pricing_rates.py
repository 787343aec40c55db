"""`costbot pricing set` and `undo`: rates in the terminal, tried before they are saved."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console

from bot.blocks.rates import rate_preview_answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.cli.typed import tokens_of
from bot.grammar.pricing_set import PricingSetCommand, parse_pricing_set
from bot.settings import Settings
from handlers.rates import FIELDS, RatePreview
from storage.records.price import StoredPrice


def set_rate(
    words: Annotated[
        list[str],
        typer.Argument(
            help="openai gpt-4o input 2.10 output 8.40 from 2026-12-01 reference 'contract 17' "
            "organization acme"
        ),
    ],
    save: Annotated[bool, typer.Option("--save", help="Set it; else it is only tried.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """Try a rate on the last 30 days, and set it with --save."""
    command = parse_pricing_set(tokens_of(words))
    settings = Settings()
    if save or command.save:
        price = asyncio.run(_saved(settings, command))
        if as_json:
            typer.echo(json.dumps({"saved": _price_json(price)}, ensure_ascii=False))
        else:
            typer.echo(f"Set: {_line(price)}. `costbot pricing undo {price.id}` takes it back.")
        return
    preview = asyncio.run(_previewed(settings, command))
    if as_json:
        typer.echo(json.dumps(preview_json(preview), ensure_ascii=False))
    else:
        print_message(rate_preview_answer(preview).without_buttons().payload(), Console())
        typer.echo("Not saved: add --save to set it.")


def undo_rate(
    key: Annotated[str, typer.Argument(help="Of the rate, as `set` has told it.")],
) -> None:
    """Take a rate back that was set within a day."""
    price = asyncio.run(_undone(Settings(), key))
    typer.echo(f"Taken back: {_line(price)}.")


async def _previewed(settings: Settings, command: PricingSetCommand) -> RatePreview:
    from bot.assembly import assembled

    async with assembled(settings) as parts:
        return await parts.handlers.rates.preview(command.request, operator(settings.zone_info))


async def _saved(settings: Settings, command: PricingSetCommand) -> StoredPrice:
    from bot.assembly import assembled

    async with assembled(settings) as parts:
        rates = parts.handlers.rates
        return await rates.save(command.request, operator(settings.zone_info), "cli")


async def _undone(settings: Settings, key: str) -> StoredPrice:
    from bot.assembly import assembled

    async with assembled(settings) as parts:
        return await parts.handlers.rates.undo(key, operator(settings.zone_info), "cli")


def preview_json(preview: RatePreview) -> dict[str, object]:
    """A rate on trial as JSON: money as decimal strings, unrounded."""
    tried = preview.tried
    return {
        "provider": preview.price.provider,
        "model": preview.price.model,
        "organization": preview.price.organization,
        "is_listed": preview.is_listed,
        "rate": _amounts(preview.price),
        "in_force": None if preview.before is None else _amounts(preview.before),
        "tried": None
        if tried is None
        else {
            "first_day": f"{tried.days.first_day}",
            "last_day": f"{tried.days.last_day}",
            "requests": tried.requests,
            "unpriced_requests": tried.unpriced,
            "cost_now": f"{tried.now:f}",
            "cost_at_the_rate": f"{tried.then:f}",
            "unpriced_cost_at_the_rate": f"{tried.then_unpriced:f}",
        },
    }


def _price_json(price: StoredPrice) -> dict[str, object]:
    return {
        "id": str(price.id),
        "provider": price.provider,
        "model": price.model,
        "organization": price.organization,
        "effective_from": price.effective_from.isoformat(),
        "rate": _amounts(price),
    }


def _amounts(price: object) -> dict[str, str | None]:
    values = {name: getattr(price, name) for name in FIELDS}
    return {name: None if value is None else f"{value:f}" for name, value in values.items()}


def _line(price: StoredPrice) -> str:
    whose = price.organization or "everybody"
    return (
        f"{price.provider} {price.model} for {whose}, {price.input:f} in, {price.output:f} out "
        f"(USD per million tokens) from {price.effective_from:%Y-%m-%d} 00:00 UTC on"
    )

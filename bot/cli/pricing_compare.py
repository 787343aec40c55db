"""`costbot pricing compare`: own usage at each model's prices, in the terminal."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console

from analysis.roles import Role
from bot.blocks.pricing_compare import pricing_compare_answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.cli.typed import tokens_of
from bot.grammar.pricing_compare import PricingCompareCommand, parse_pricing_compare
from bot.settings import Settings
from bot.whatif_csv import pricing_compare_csv
from handlers.pricing_compare import ComparedModel, PricingCompareResult


def compare_prices(
    words: Annotated[
        list[str] | None, typer.Argument(help="models gpt-4o-mini claude-haiku-4-5 7d org acme")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Every model as CSV.")] = False,
) -> None:
    """What one's own usage would cost at each model's prices, cheapest first."""
    from bot.assembly import dimensions_of

    settings = Settings()
    dimensions = dimensions_of(settings)
    command = parse_pricing_compare(tokens_of(words or ()), dimensions, Role.ADMIN)
    result = asyncio.run(_asked(settings, command))
    if as_json:
        typer.echo(json.dumps(pricing_compare_json(result), ensure_ascii=False))
    elif as_csv or command.csv:
        typer.echo(pricing_compare_csv(result).content, nl=False)
    else:
        print_message(pricing_compare_answer(result).without_buttons().payload(), Console())


async def _asked(settings: Settings, command: PricingCompareCommand) -> PricingCompareResult:
    from bot.assembly import assembled

    async with assembled(settings) as parts:
        caller = operator(settings.zone_info)
        return await parts.handlers.pricing_compare.compare(command.request, caller)


def pricing_compare_json(result: PricingCompareResult) -> dict[str, object]:
    """The result as JSON: USD a month as decimal strings, unrounded; null where unpriced."""
    mix, days = result.mix, result.usage.days
    return {
        "first_day": f"{days.first_day}",
        "last_day": f"{days.last_day}",
        "filters": {name: list(values) for name, values in result.usage.filters.items()},
        "used_models": list(result.models),
        "current_monthly_cost": _money(result.current),
        "requests": mix.requests,
        "batch_requests": result.batch_requests,
        "unpriced_requests": result.unpriced,
        "token_mix": {
            "fresh_input": mix.fresh_input,
            "cached_input": mix.cached_input,
            "cache_write": mix.cache_write,
            "output": mix.output,
            "reasoning": mix.reasoning,
        },
        "models": [_model(row) for row in result.rows],
    }


def _model(row: ComparedModel) -> dict[str, object]:
    facts, fit = row.facts, row.fit
    return {
        "provider": row.provider,
        "model": row.model,
        "monthly_cost": None if row.cost is None else _money(row.cost),
        "is_used": row.is_used,
        "used_monthly_cost": _money(row.used_cost),
        "quality_score": None if row.quality is None else _money(row.quality),
        "quality_test": row.test,
        "quality_change": None if row.quality_change is None else f"{row.quality_change:f}",
        "context_window": None if facts is None else facts.context_window,
        "max_output": None if facts is None else facts.max_output,
        "requests_too_long": None if fit is None else fit.too_long,
        "answers_too_long": None if fit is None else fit.too_talkative,
        "lacks": None if fit is None else sorted(fit.lacking),
        "may_lack": None if fit is None else sorted(fit.maybe_lacking),
        "output_factor": 3 if row.thinks else 1,
        "is_estimate": row.is_estimate,
        "deprecated": facts is not None and facts.deprecated_at is not None,
        "replacement": None if facts is None else facts.replacement,
    }


def _money(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

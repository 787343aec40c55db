"""`costbot whatif`: what usage would cost otherwise, in the terminal, as text or as JSON."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console

from analysis.roles import Role
from bot.assembly import Parts, assembled, dimensions_of
from bot.blocks.answer import Answer
from bot.blocks.whatif import recommended_answer, what_if_answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.cli.typed import tokens_of
from bot.grammar.whatif import WhatIfCommand, parse_what_if
from bot.settings import Settings
from bot.whatif_csv import what_if_csv
from handlers.caller import Caller
from handlers.whatif import Comparison, WhatIfResult
from handlers.whatif_words import part_words, range_words


def what_if(
    words: Annotated[
        list[str],
        typer.Argument(help="model A to B share 40% cache 30% batch 20% input -20% 30d org acme"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The parts as CSV.")] = False,
) -> None:
    """What usage would cost otherwise; with `recommend`, kept as a recommendation."""
    settings = Settings()
    dimensions = dimensions_of(settings)
    command = parse_what_if(tokens_of(words), dimensions, Role.ADMIN)
    asyncio.run(_answer(settings, command, as_json=as_json, as_csv=as_csv or command.csv))


async def _answer(
    settings: Settings, command: WhatIfCommand, *, as_json: bool, as_csv: bool
) -> None:
    caller = operator(settings.zone_info)
    async with assembled(settings) as parts:
        result, answer, made = await _asked(parts, command, caller)
    if as_json:
        typer.echo(json.dumps({**what_if_json(result), **made}, ensure_ascii=False))
    elif as_csv:
        typer.echo(what_if_csv(result).content, nl=False)
    else:
        print_message(answer.without_buttons().payload(), Console())


async def _asked(
    parts: Parts, command: WhatIfCommand, caller: Caller
) -> tuple[WhatIfResult, Answer, dict[str, object]]:
    if not command.recommend:
        result = await parts.handlers.what_if.what_if(command.request, caller)
        return result, what_if_answer(result, caller), {}
    kept = await parts.handlers.what_if_recommender.recommend(command.request, caller, "cli")
    made: dict[str, object] = {
        "recommendation_id": str(kept.recommendation.id),
        "recommendation_is_new": kept.is_new,
    }
    return kept.result, recommended_answer(kept), made


def what_if_json(result: WhatIfResult) -> dict[str, object]:
    """The result as JSON: USD a month as decimal strings, unrounded; shares from 0 to 1."""
    outcome, days = result.outcome, result.usage.days
    return {
        "first_day": f"{days.first_day}",
        "last_day": f"{days.last_day}",
        "filters": {name: list(values) for name, values in result.usage.filters.items()},
        "models": list(result.models),
        "requests": result.requests,
        "unpriced_requests": result.unpriced,
        "current_monthly_cost": _money(outcome.current),
        "projected_monthly_cost": _money(outcome.projected),
        "estimated_savings": _money(outcome.saved),
        "estimated_savings_low": _money(outcome.low),
        "estimated_savings_high": _money(outcome.high),
        "range": range_words(result),
        "parts": [
            {
                "part": one.part.value,
                "change": part_words(result, one.part),
                "saved": _money(one.saved),
                "saved_alone": _money(one.alone),
            }
            for one in outcome.parts
        ],
        "routes": [
            {
                "organization": route.organization,
                "provider": route.provider,
                "model": route.model,
                "endpoint": route.endpoint,
                "feature": route.feature,
                "environment": route.environment,
                "monthly_cost": _money(one.cost),
                "saved": _money(one.saved),
            }
            for route, one in sorted(outcome.routes.items(), key=lambda pair: -pair[1].cost)
        ],
        "target": None if result.comparison is None else _target(result.comparison),
        "cacheable_cost_share": _share(result.cacheable),
        "batchable_cost_share": _share(result.batchable),
        "not_listed_cost_share": _share(result.not_listed),
        "estimated_cost_share": _share(result.estimated),
    }


def _target(one: Comparison) -> dict[str, object]:
    fit, facts = one.fit, one.other.facts
    return {
        "provider": one.other.provider,
        "model": one.other.model,
        "is_estimate": one.other.is_estimate,
        "quality_change": None if one.quality_change is None else f"{one.quality_change:f}",
        "quality_test": one.test,
        "output_factor": 3 if one.thinks else 1,
        "context_window": None if facts is None else facts.context_window,
        "max_output": None if facts is None else facts.max_output,
        "largest_request": None if fit is None else fit.largest,
        "requests_too_long": None if fit is None else fit.too_long,
        "answers_too_long": None if fit is None else fit.too_talkative,
        "lacks": None if fit is None else sorted(fit.lacking),
        "may_lack": None if fit is None else sorted(fit.maybe_lacking),
    }


def _money(value: Decimal) -> str:
    """A decimal in plain digits, without the zeros that only its scale put there."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _share(value: Decimal) -> str:
    return f"{value:.6f}"

"""One's own usage at each model's prices, from the handler, in the terminal and as a file."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Last
from analysis.recommendations.whatif import Changes
from bot.assembly import Parts
from bot.blocks.pricing_compare import pricing_compare_answer
from bot.cli.commands import app
from bot.whatif_csv import pricing_compare_csv
from handlers.pricing_compare import (
    ComparedModel,
    PricingCompareRequest,
    PricingCompareResult,
)
from handlers.whatif import WhatIfRequest
from storage.records.price import ModelPrice
from tests.whatif.usage import ADMIN, LEAD, NOW, STRANGER, costbot, edges, lines_of, turbo

D = Decimal

NAMED = PricingCompareRequest(models=("gpt-4o-mini", "claude-3-haiku", "llama-2-70b"))


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncGenerator[Parts]:
    async with costbot(tmp_path) as parts:
        yield parts


def by_model(result: PricingCompareResult) -> dict[str, ComparedModel]:
    return {row.model: row for row in result.rows}


async def test_the_same_tokens_are_priced_at_each_model_cheapest_first(parts: Parts) -> None:
    request = replace(NAMED, filters={"model": ("gpt-4-turbo",)})
    result = await parts.handlers.pricing_compare.compare(request, LEAD)
    # 40 million tokens in, 4 million out.
    assert [(row.model, row.cost) for row in result.rows] == [
        ("gpt-4o-mini", D("8.40")),
        ("claude-3-haiku", D("15.00")),
        ("llama-2-70b", D("31.60")),
        ("gpt-4-turbo", D("520")),
    ]
    assert (result.current, result.mix.fresh_input, result.mix.output) == (
        520,
        40_000_000,
        4_000_000,
    )
    assert [row.model for row in result.rows if row.is_used] == ["gpt-4-turbo"]
    mini = by_model(result)["gpt-4o-mini"]
    assert (mini.quality, mini.test, mini.quality_change) == (D("0.82"), "mmlu", D("-0.045"))


async def test_a_model_costs_as_much_as_if_all_were_moved_to_it(parts: Parts) -> None:
    rows = by_model(await parts.handlers.pricing_compare.compare(PricingCompareRequest(), LEAD))
    for target in ("gpt-5.6-luna", "claude-haiku-4-5", "gemini-2.5-flash-lite"):
        for source in ("gpt-4-turbo", "gpt-4"):
            asked = WhatIfRequest(Changes(model=D(1)), source=source, target=target)
            moved = await parts.handlers.what_if.what_if(asked, LEAD)
            alone = replace(PricingCompareRequest((target,)), filters={"model": (source,)})
            compared = by_model(await parts.handlers.pricing_compare.compare(alone, LEAD))
            cost = compared[target].cost
            assert cost is not None
            assert abs(cost - moved.outcome.projected) < D("1e-9")
        assert rows[target].fit is not None


async def test_what_is_used_is_there_whatever_is_asked_for_and_what_ended_is_not(
    parts: Parts,
) -> None:
    result = await parts.handlers.pricing_compare.compare(PricingCompareRequest(), LEAD)
    rows = by_model(result)
    assert {row.model for row in result.rows if row.is_used} == {"gpt-4-turbo", "gpt-4"}
    assert rows["gpt-4-turbo"].used_cost == 520
    assert rows["gpt-4"].used_cost == 60
    assert "gpt-4o-mini" not in rows  # its end was announced, and it is not in use
    assert all(row.facts and (row.facts.is_offered or row.is_used) for row in result.rows)
    assert result.unpriced == 500
    assert result.current == 580


async def test_own_rates_count_for_whoever_has_them_alone(parts: Parts) -> None:
    await parts.store.prices.add(
        ModelPrice(
            provider="openai",
            model="gpt-4o-mini",
            input=D("0.10"),
            output=D("0.10"),
            effective_from=NOW - timedelta(days=1),
            source="negotiated",
            reference="a contract",
            created_by="ada",
            organization="acme",
        )
    )
    request = replace(NAMED, filters={"model": ("gpt-4-turbo",)})
    compare = parts.handlers.pricing_compare.compare
    assert by_model(await compare(request, LEAD))["gpt-4o-mini"].cost == D("4.4")
    assert by_model(await compare(request, STRANGER))["gpt-4o-mini"].cost == D("6.3")
    # Of all organizations together each has its own rate.
    assert by_model(await compare(request, ADMIN))["gpt-4o-mini"].cost == D("10.7")


async def test_what_does_not_fit_is_costed_and_marked(tmp_path: Path) -> None:
    long = turbo(1, requests=10, fresh_input_tokens=50_000)
    short = (turbo(back) for back in range(1, 11))
    async with costbot(tmp_path, [*short, long, *edges()]) as parts:
        result = await parts.handlers.pricing_compare.compare(NAMED, LEAD)
    fit = by_model(result)["llama-2-70b"].fit
    assert fit is not None
    assert fit.too_long == 10
    lines = {line[0]: line for line in lines_of(pricing_compare_answer(result))}
    assert lines["llama-2-70b"][-1].startswith("⚠ fits 99.9 %: too long")
    assert "→ gpt-4-turbo" in lines


async def test_an_unknown_model_and_usage_without_a_price_are_told(
    parts: Parts, tmp_path: Path
) -> None:
    compare = parts.handlers.pricing_compare.compare
    with pytest.raises(NotFound) as refused:
        await compare(PricingCompareRequest(("gpt-4o-minni",)), LEAD)
    assert "`gpt-4o-mini`" in refused.value.hint
    with pytest.raises(NotFound, match="No LLM usage in the 30 days"):
        await compare(PricingCompareRequest(filters={"model": ("aurora",)}), LEAD)
    with pytest.raises(NotUnderstood, match="no whole day"):
        await compare(PricingCompareRequest(period=Last(3, "h")), LEAD)


async def test_the_file_has_every_model_unrounded(parts: Parts) -> None:
    result = await parts.handlers.pricing_compare.compare(PricingCompareRequest(), LEAD)
    file = pricing_compare_csv(result)
    rows = list(csv.DictReader(io.StringIO(file.content)))
    assert file.rows == len(rows) == len(result.rows)
    assert [row["model"] for row in rows] == [row.model for row in result.rows]
    own = next(row for row in rows if row["model"] == "gpt-4")
    assert (own["is_used"], D(own["used_monthly_cost"])) == ("True", 60)


def test_the_terminal_answers_as_text_json_and_csv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))

    async def fill() -> None:
        async with costbot(tmp_path):
            pass

    asyncio.run(fill())
    runner = CliRunner()
    words = ["pricing", "compare", "models", "gpt-4o-mini", "org", "acme"]
    period = "2026-10-21..2026-11-19"
    told = json.loads(runner.invoke(app, [*words, period, "--json"]).stdout)
    assert told["current_monthly_cost"] == "580"
    assert [(one["model"], one["is_used"]) for one in told["models"]] == [
        ("gpt-4o-mini", False),
        ("gpt-4-turbo", True),
        ("gpt-4", True),
    ]
    assert "$580.00 a month now" in runner.invoke(app, [*words, period]).stdout
    assert runner.invoke(app, [*words, period, "--csv"]).stdout.startswith("provider,model,")

"""What changed, from the handler over real facts in a real mart."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from analysis.complete_days import Span
from analysis.periods import Dates
from analysis.shifts import Shift
from bot.assembly import mart_of
from bot.blocks.compare import compare_answer
from bot.cli.commands import app
from bot.compare_csv import compare_csv
from bot.settings import Settings
from handlers.compare import CompareRequest
from handlers.cost_results import CostRequest
from handlers.why import WhyRequest
from queries.breakdown import Basis
from tests.compare.asked import ADMIN, asking, every_day, gpu_on, on
from tests.compare.compared import GLOBEX, NOW, answered, members, notes
from tests.facts import add


async def test_what_moves_next_to_nothing_of_the_whole_is_not_flagged(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "0"),
        on("2026-11-19", "5000", model="large"),
        on("2026-11-12", "5000", model="large"),
        on("2026-11-19", "14", model="small"),  # 40 % more, $4 of $5,050
        on("2026-11-12", "10", model="small"),
        on("2026-11-19", "36", model="middling"),
        on("2026-11-12", "30", model="middling"),
        on("2026-11-19", "0.70", model="tiny"),
    ]
    result = await answered(tmp_path, facts, CompareRequest(by="model"))
    assert [row.member for row in result.flagged] == ["middling"]
    alone = replace(CompareRequest(by="model"), filters={"model": ("small", "tiny")})
    result = await answered(tmp_path / "again", facts, alone)
    assert [row.member for row in result.flagged] == ["small"]
    assert result.total.is_flagged


async def test_a_week_is_compared_member_by_member(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "0"),
        on("2026-11-19", "30", model="gpt-4", requests=3),
        on("2026-11-13", "1", model="gpt-4", requests=1),
        on("2026-11-12", "20", model="gpt-4", requests=2),
        on("2026-11-18", "5", model="o4-mini"),
        on("2026-11-06", "7", model="gpt-3"),
        on("2026-11-20", "1000", model="gpt-4"),
        on("2026-11-05", "1000", model="gpt-4"),
    ]
    result = await answered(tmp_path, facts, CompareRequest(by="model"))
    assert members(result)[:3] == [("gpt-4", 31, 20), ("gpt-3", 0, 7), ("o4-mini", 5, 0)]
    assert (result.total.now.cost, result.total.before[0].cost) == (36, 27)
    assert [row.member for row in result.flagged] == ["gpt-4", "gpt-3", "o4-mini"]
    assert result.rows[0].shifts == (Shift(Decimal(31), Decimal(20), whole=Decimal(36)),)
    assert Shift(Decimal(31), Decimal(20)).ratio == Decimal("0.55")
    assert compare_answer(result, ADMIN).text == (
        ":warning: LLM cost, the last 7 complete days: $36.00, +33.3 % (+$9.00) on the 7 before. "
        ":warning: Beyond 15 %: gpt-4 +55.0 % (+$11.00), gpt-3 gone (−$7.00), o4-mini new (+$5.00)."
    )


async def test_fifteen_per_cent_exactly_is_not_beyond_it(tmp_path: Path):
    facts = [
        *every_day("2026-11-01", "2026-11-20", "0", model="idle"),
        on("2026-11-12", "100", model="at"),
        on("2026-11-19", "115", model="at"),
        on("2026-11-12", "100", model="above"),
        on("2026-11-19", "115.01", model="above"),
        on("2026-11-12", "100", model="below"),
        on("2026-11-19", "84.99", model="below"),
    ]
    result = await answered(tmp_path, facts, CompareRequest(by="model"))
    assert {row.member for row in result.flagged} == {"above", "below"}


async def test_a_day_is_flagged_only_when_it_is_odd_for_its_weekday_too(tmp_path: Path):
    # Saturday 14 November is compared on Sunday the 15th.
    facts = [
        *every_day("2026-11-01", "2026-11-15", "0", model="idle"),
        *(on(f"2026-11-{day:02}", cost, model="weekly") for day, cost in
          ((7, "10"), (13, "100"), (14, "10"))),
        *(on(f"2026-11-{day:02}", cost, model="broken") for day, cost in
          ((7, "100"), (13, "100"), (14, "10"))),
        *(on(f"2026-11-{day:02}", cost, model="back") for day, cost in
          ((7, "500"), (13, "10"), (14, "100"))),
    ]  # fmt: skip
    result = await answered(
        tmp_path, facts, CompareRequest(span=Span.DAY, by="model"), now="2026-11-15 08:00"
    )
    assert result.compared.now.days == Dates(date(2026, 11, 14), date(2026, 11, 14))
    assert [row.member for row in result.flagged] == ["broken"]
    assert "Week before" in notes(result)


async def test_a_day_without_the_week_before_is_compared_with_the_day_before_alone(tmp_path: Path):
    facts = every_day("2026-11-17", "2026-11-20")
    result = await answered(tmp_path, facts, CompareRequest(span=Span.DAY))
    assert [stretch.label for stretch in result.compared.against] == ["the day before"]
    assert "The data begins on 2026-11-17: not compared with the week before" in notes(result)


async def test_months_of_different_length_are_compared_over_as_many_days(tmp_path: Path):
    facts = [
        *every_day("2026-01-20", "2026-03-31", "1"),
        on("2026-03-29", "500"),
        on("2026-01-31", "500"),
    ]
    result = await answered(
        tmp_path, facts, CompareRequest(span=Span.MONTH), now="2026-03-31 10:00"
    )
    assert (result.total.now.cost, result.total.before[0].cost) == (28, 28)
    assert "2026-03-29..2026-03-30 is left out, so that 28 days stand against as many" in notes(
        result
    )


async def test_on_the_first_the_month_that_is_over_is_compared(tmp_path: Path):
    facts = [*every_day("2026-09-28", "2026-12-01", "1"), on("2026-10-31", "500")]
    result = await answered(
        tmp_path, facts, CompareRequest(span=Span.MONTH), now="2026-12-01 10:00"
    )
    assert result.compared.now.label == "November 2026"
    assert (result.total.now.cost, result.total.before[0].cost) == (30, 30)


async def test_products_divide_where_there_are_several_else_models(tmp_path: Path):
    base = every_day("2026-10-20", "2026-11-20", "1", model="gpt-4", product="api")
    with TemporaryDirectory(dir=tmp_path) as home:
        assert (await answered(Path(home), base)).by == "model"
    both = [*base, on("2026-11-19", "1", product="studio")]
    with TemporaryDirectory(dir=tmp_path) as home:
        assert (await answered(Path(home), both)).by == "product"


async def test_a_caller_sees_the_own_customers_only(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1", organization="globex", model="a"),
        *every_day("2026-10-20", "2026-11-20", "50", organization="acme", model="secret"),
        on("2026-11-19", "9", organization="globex", model="a", is_internal=True),
        on("2026-11-19", "8", organization="globex", model="a", is_internal=None),
    ]
    result = await answered(tmp_path, facts, caller=GLOBEX)
    assert members(result) == [("a", 7, 7)]
    assert result.request.customers_only
    shown = notes(result, GLOBEX)
    assert "Traffic of unknown origin left out: 1 request" in shown
    assert "acme" not in shown
    assert "secret" not in shown


async def test_what_has_no_price_is_not_called_cheaper(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1", model="gpt-4"),
        on("2026-11-12", "40", model="aurora", requests=4),
        on("2026-11-19", None, model="aurora", requests=6),
    ]
    result = await answered(tmp_path, facts, CompareRequest(by="model"))
    [aurora] = [row for row in result.rows if row.member == "aurora"]
    assert (aurora.shifts, aurora.change, aurora.is_flagged) == ((None,), None, False)
    shown = notes(result)
    assert "unpriced" in shown
    assert "6 requests without a price, 0 before: not in these sums" in shown
    [line] = [row for row in csv.DictReader(io.StringIO(compare_csv(result).content))
              if row["model"] == "aurora"]  # fmt: skip
    assert (line["total_cost"], line["unpriced_requests"]) == ("", "6")


async def test_categories_are_compared_by_what_the_machines_cost(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1"),
        *(
            gpu_on(f"2026-11-{day:02}", cost, hour, cost_category=category, requests=0)
            for day in range(1, 20)
            for hour in (0, 23)
            for category, cost in (("idle", "2"), ("unused", "1"))
        ),
    ]
    result = await answered(tmp_path, facts, CompareRequest(by="category"))
    assert result.request.basis is Basis.INFRASTRUCTURE
    assert {row.member: row.now.cost for row in result.rows} == {
        "inference": 7,
        "idle": 28,
        "unused": 14,
    }


COSTS = st.decimals("-5", "1000", places=6, allow_nan=False)
DRAWN = st.lists(
    st.tuples(st.integers(1, 20), COSTS | st.none(), st.sampled_from(["a", "b", "c", None])),
    max_size=25,
)


@settings(max_examples=6)
@given(DRAWN, st.sampled_from([Span.DAY, Span.WEEK]))
async def test_the_rows_add_up_to_the_total_and_to_what_cost_says(
    drawn: list[tuple[int, Decimal | None, str | None]], span: Span
):
    facts = [
        on("2026-10-20", "1", 0, model="a"),
        on("2026-11-20", "1", 0, model="a"),
        *(
            on(date(2026, 11, day), None if cost is None else str(cost), model=model)
            for day, cost, model in drawn
        ),
    ]
    with TemporaryDirectory() as home:
        async with asking(Path(home), NOW, facts) as parts:
            handlers = parts.handlers
            result = await handlers.compare.compare(CompareRequest(span=span, by="model"), ADMIN)
            asked = CostRequest(result.compared.now.days)
            cost = await handlers.cost.cost(asked, ADMIN)
            before = await handlers.cost.cost(CostRequest(result.compared.against[0].days), ADMIN)
    assert sum(row.now.cost for row in result.rows) == result.total.now.cost == cost.total.cost
    assert result.total.before[0].cost == before.total.cost
    assert result.total.now.requests == cost.total.requests
    assert sum(row.now.unpriced_requests for row in result.rows) == cost.total.unpriced_requests


async def test_why_explains_exactly_the_change_that_is_shown(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1", model="gpt-4", organization="acme"),
        on("2026-11-19", "30", model="gpt-4", organization="acme"),
        on("2026-11-19", "99", model="gpt-4", organization="globex"),
    ]
    filters = {"organization": ("acme",)}
    async with asking(tmp_path, NOW, facts) as parts:
        caller = replace(ADMIN, zone=ZoneInfo("America/New_York"))
        request = CompareRequest(filters=filters)
        result = await parts.handlers.compare.compare(request, caller)
        now, before = result.compared.now.days, result.compared.against[0].days
        why = await parts.handlers.why.why(WhyRequest(now, before, filters), caller)
    assert why.explanation.split.change == result.total.change


async def test_the_file_has_every_row_unrounded(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "0.000001", model="gpt-4"),
        *(on("2026-11-19", "1", model=f"model-{number}") for number in range(30)),
        on("2026-11-19", "1", model="=cmd()"),
    ]
    result = await answered(tmp_path, facts, CompareRequest(by="model"))
    file = compare_csv(result)
    lines = list(csv.DictReader(io.StringIO(file.content)))
    assert len(lines) == file.rows == 32
    by_model = {line["model"]: line for line in lines}
    assert Decimal(by_model["gpt-4"]["total_cost"]) == Decimal("0.000007")
    assert by_model["gpt-4"]["change_ratio_2026-11-06_to_2026-11-12"] == "0.000000"
    assert "'=cmd()" in by_model
    assert "others (22)" in notes(result)


def test_the_terminal_gives_the_comparison_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))
    facts = every_day("2024-11-01", "2024-11-19", "1", model="gpt-4")
    add(mart_of(Settings(home=tmp_path)), facts)
    run = CliRunner().invoke(app, ["compare", "day", "--json"], catch_exceptions=False)
    answer = json.loads(run.stdout)
    assert answer["by"] == "model"
    assert answer["total"]["total_cost"] == "1"
    assert [row["model"] for row in answer["rows"]] == ["gpt-4"]
    said = CliRunner().invoke(app, ["compare", "week"], catch_exceptions=False)
    assert "the 7 days to 2024-11-19: $7.00, as the 7 before." in said.stdout

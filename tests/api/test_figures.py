"""The figures are those of the facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.api.world import FACTS, Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZERO = Decimal(0)


def facts(organization: str, **columns: object) -> list[Any]:
    wanted = {"organization": organization, **columns}
    return [one for one in FACTS if all(one.get(name) == v for name, v in wanted.items())]


def cost(rows: list[Any]) -> Decimal:
    return sum((row["billed_cost"] or ZERO for row in rows), ZERO)


async def test_an_analysis_adds_up_to_its_total_and_to_the_facts(api: Api) -> None:
    query = {"start_date": "2026-09-01", "end_date": "2026-11-20"}
    found = (await api.get("/analysis", params=query)).body
    assert Decimal(found["total_cost"]) == cost(facts("acme"))
    assert sum(Decimal(row["total_cost"] or 0) for row in found["breakdowns"]) == Decimal(
        found["total_cost"]
    )
    assert sum(row["total_requests"] for row in found["breakdowns"]) == found["total_requests"]
    assert sum(row["total_tokens"] for row in found["breakdowns"]) == found["total_tokens"]
    assert round(sum(row["percentage"] for row in found["breakdowns"]), 3) == 100
    assert found["period_start"] == "2026-08-31T22:00:00Z"
    assert found["period_end"] == "2026-11-20T23:00:00Z"


async def test_what_has_no_price_is_null_and_not_nothing(api: Api) -> None:
    found = (await api.get("/analysis", params={"time_range": "24h"})).body
    row = next(row for row in found["breakdowns"] if row["model_name"] == "aurora")
    assert (row["total_cost"], row["unpriced_requests"]) == (None, 3)
    assert found["unpriced_models"] == ["aurora"]
    models = (await api.get("/breakdown/models", params={"days": "1"})).body["models"]
    assert next(one for one in models if one["model_name"] == "aurora")["cost"] is None


async def test_what_is_beyond_the_limit_is_told_as_others(api: Api) -> None:
    found = (await api.get("/analysis", params={"limit": "1"})).body
    assert len(found["breakdowns"]) == 1
    rest = Decimal(found["total_cost"]) - Decimal(found["breakdowns"][0]["total_cost"])
    assert Decimal(found["others"]["total_cost"]) == rest
    assert found["others_count"] == 3


async def test_money_is_a_string_of_plain_digits_everywhere(api: Api) -> None:
    for path in ("/analysis", "/breakdown/models", "/budgets", "/recommendations", "/forecast"):
        for name, value in _named((await api.get(path)).body):
            is_money = name.endswith(("cost", "savings", "limit", "spend", "expected"))
            if is_money and value is not None:
                assert isinstance(value, str), name
                assert f"{Decimal(value):f}" == value, name


def _named(body: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if isinstance(body, dict):
        for name, value in body.items():  # pyright: ignore[reportUnknownVariableType]
            found += [(str(name), value), *_named(value)]  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(body, list):
        for value in body:  # pyright: ignore[reportUnknownVariableType]
            found += _named(value)
    return [(name, value) for name, value in found if not isinstance(value, dict | list)]


@pytest.mark.parametrize(
    ("metric", "a_day"), [("requests", "14"), ("tokens", "13400")], ids=["requests", "tokens"]
)
async def test_a_trend_counts_requests_and_tokens_too(api: Api, metric: str, a_day: str) -> None:
    found = (await api.get("/trends", params={"metric": metric, "days": "21"})).body
    assert [point["value"] for point in found["data_points"]] == [a_day] * 21
    assert found["total"] == str(int(a_day) * 21)
    assert found["unit"] == metric
    assert found["direction"] == "flat"
    assert Decimal(found["prediction"]["expected"]) == 7 * int(a_day)


async def test_a_week_of_a_trend_is_its_seven_days(api: Api) -> None:
    daily = (await api.get("/trends", params={"days": "28"})).body
    weekly = (await api.get("/trends", params={"days": "30", "period_type": "weekly"})).body
    assert len(weekly["data_points"]) == 4
    assert weekly["total"] == daily["total"]
    assert weekly["data_points"][-1]["period_end"] == daily["period_end"] == "2026-11-19"
    last = daily["data_points"][-7:]
    assert Decimal(weekly["data_points"][-1]["value"]) == sum(Decimal(one["value"]) for one in last)


async def test_a_budgets_status_is_its_history_added_up(api: Api) -> None:
    path = f"/budgets/{api.ids['acme']['budget_id']}"
    status = (await api.get(f"{path}/status")).body
    history = (await api.get(f"{path}/history")).body["history"]
    assert sum(Decimal(day["cost"]) for day in history) == Decimal(status["current_spend"])
    assert history[-1]["cumulative"] == status["current_spend"]
    spent, limit = Decimal(status["current_spend"]), Decimal(status["total_limit"])
    assert Decimal(status["remaining_budget"]) == limit - spend_of(status)
    assert status["utilization_percentage"] == pytest.approx(float(100 * spent / limit))
    assert status["days_remaining"] == 10


def spend_of(status: dict[str, Any]) -> Decimal:
    return Decimal(status["current_spend"])


async def test_a_budgets_days_ahead_add_up_to_its_end(api: Api) -> None:
    path = f"/budgets/{api.ids['acme']['budget_id']}"
    found = (await api.get(f"{path}/forecast")).body
    history = (await api.get(f"{path}/history")).body["history"]
    complete = [day for day in history if day["day"] < found["data_points"][0]["day"]]
    ahead = sum(Decimal(day["predicted_cost"]) for day in found["data_points"])
    assert Decimal(complete[-1]["cumulative"]) + ahead == Decimal(found["projected_total"])
    assert found["data_points"][-1]["day"] == found["period_end"]
    short = (await api.get(f"{path}/forecast", params={"horizon": "3"})).body
    assert short["data_points"] == found["data_points"][:3]
    assert short["projected_total"] == found["projected_total"]


async def test_a_mix_of_tokens_is_priced_by_the_list(api: Api) -> None:
    query = [("input_tokens", "1000000"), ("output_tokens", "500000"), ("requests", "1000")]
    models = [("models", "gpt-4"), ("models", "anthropic/claude-3-haiku")]
    found = (await api.get("/pricing/compare", params=[*query, *models])).body
    assert found["basis"] == "token_mix"
    costs = {row["model_name"]: row["cost"] for row in found["models"]}
    assert costs == {"claude-3-haiku": "0.875", "gpt-4": "60"}


async def test_a_negotiated_rate_is_of_its_organization_alone(api: Api) -> None:
    query = [("input_tokens", "1000000"), ("models", "gpt-4")]
    for token, expected in (("globex-user", "11.5"), ("acme-user", "30"), ("admin", "30")):
        found = (await api.get("/pricing/compare", token, params=query)).body
        assert found["models"][0]["cost"] == expected


async def test_prices_that_are_dated_ahead_are_told_when_asked_for(api: Api) -> None:
    query = {"provider": "Anthropic", "limit": "200"}
    now = (await api.get("/pricing/models", params=query)).body["prices"]
    query["active_only"] = "false"
    every = (await api.get("/pricing/models", params=query)).body["prices"]
    assert all(price["is_in_force"] for price in now)
    ahead = [price for price in every if not price["is_in_force"]]
    assert "0.2" in {price["input"] for price in ahead}


async def test_recommendations_are_filtered_and_added_up(api: Api) -> None:
    query = {"min_savings": "10"}
    found = (await api.get("/recommendations", params=query)).body
    assert [one["estimated_savings"] for one in found["recommendations"]] == ["40", "12"]
    assert (found["total"], found["savings_together"]) == (2, "55.00")
    none = (await api.get("/recommendations", params={"status": "verified"})).body
    assert none["recommendations"] == []

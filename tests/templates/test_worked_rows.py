"""Each template on rows that can be worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.facts import Fact
from tests.templates.conftest import Asking, gpu, november

D = Decimal


def loaded(day: int, cost: str, idle: str, overhead: str, **columns: object) -> Fact:
    return gpu(day, cost, attributed_idle_cost=idle, attributed_overhead_cost=overhead, **columns)


async def test_a_day_has_fully_loaded_and_infrastructure_cost_side_by_side(asking: Asking) -> None:
    facts = [
        loaded(19, "2", "0.5", "0.25", product="api", requests=4),
        gpu(19, "3", cost_category="idle", requests=0, product="api"),
        gpu(19, "1", cost_category="unused", requests=0),
        gpu(19, None, product="studio"),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("daily_total_cost")
    assert [
        (row["product"], row["fully_loaded_cost"], row["infrastructure_cost"]) for row in rows
    ] == [
        (None, 0, 1),
        ("api", D("2.75"), 5),
        ("studio", None, 0),
    ]
    assert [(row["requests"], row["unpriced_requests"]) for row in rows] == [(0, 0), (4, 0), (1, 1)]


async def test_customers_of_the_api_by_endpoint_and_model(asking: Asking) -> None:
    api = {"product": "api", "endpoint": "/v1/a", "model": "m"}
    facts = [
        loaded(19, "2", "1", "1", **api, requests=2),
        gpu(19, "1", **api, result="failed", failed_requests=1),
        gpu(19, "100", **api, is_internal=True),
        gpu(19, "50", **api, is_internal=None),
        gpu(19, None, **api),
        gpu(19, "5", endpoint="/v1/b", model="n"),
        gpu(19, "7", product="studio", endpoint="/v1/a", model="m"),
        gpu(19, "9", product="api", cost_category="idle", requests=0),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("api_cost_by_endpoint_model")
    assert [(row["endpoint"], row["model"], row["fully_loaded_cost"]) for row in rows] == [
        ("/v1/a", "m", 5),
        ("/v1/b", "n", 5),
    ]
    row = rows[0]
    assert (row["requests"], row["unpriced_requests"], row["failed_requests"]) == (4, 1, 1)
    assert row["cost_per_request"] == D("1.666666666666667")
    assert row["failure_cost"] == 1
    assert row["share"] == 0.5
    assert (row["unknown_origin_requests"], row["unknown_origin_cost"]) == (1, 50)


async def test_studio_by_process_and_by_workspace_if_wanted(asking: Asking) -> None:
    facts = [
        gpu(18, "1", product="studio", process="render", workspace="w1"),
        gpu(18, "2", process="render", workspace="w2", is_internal=True),
        gpu(18, "1", product="studio", process="preview", workspace="w1"),
        gpu(18, "8", product="api", process="render"),
    ]
    async with asking(facts) as asked:
        whole = await asked.records("studio_cost_by_process")
        parts = await asked.records("studio_cost_by_process", by_workspace="yes")
    assert [(row["process"], row["workspace"], row["fully_loaded_cost"]) for row in whole] == [
        ("render", None, 3),
        ("preview", None, 1),
    ]
    assert [row["share"] for row in whole] == [0.75, 0.25]
    assert [(row["process"], row["workspace"]) for row in parts] == [
        ("render", "w2"),
        ("preview", "w1"),
        ("render", "w1"),
    ]


async def test_a_day_against_the_day_before(asking: Asking) -> None:
    facts = [
        gpu(18, "2", product="api"),
        gpu(19, "3", product="api", requests=2),
        gpu(18, "4", product="studio"),
        gpu(19, "4.4", product="studio"),
        gpu(19, "1", product="new"),
        gpu(18, "90", cost_category="idle", requests=0, product="api"),
        gpu(20, "70", product="api"),  # today is not over
    ]
    async with asking(facts) as asked:
        rows = await asked.records("day_over_day")
    found = {row["product"] or row["level"]: row for row in rows}
    assert list(found) == ["api", "new", "studio", "total"]
    assert (found["api"]["change"], found["api"]["change_ratio"]) == (1, 0.5)
    assert (found["api"]["requests"], found["api"]["requests_before"]) == (2, 1)
    assert found["new"]["change_ratio"] is None
    assert {name: row["is_flagged"] for name, row in found.items()} == {
        "api": True,
        "new": True,
        "studio": False,
        "total": True,
    }
    assert (found["total"]["cost_before"], found["total"]["fully_loaded_cost"]) == (6, D("8.4"))


async def test_a_week_against_the_week_before(asking: Asking) -> None:
    facts = [gpu(day, "1", product="api") for day in range(5, 13)]  # 5 is too early
    facts += [gpu(day, "1.1", product="api") for day in range(13, 20)]
    async with asking(facts) as asked:
        rows = await asked.records("week_over_week")
        later = await asked.records("week_over_week", last_day="2026-11-18", threshold="5%")
    assert [(row["level"], row["cost_before"], row["fully_loaded_cost"]) for row in rows] == [
        ("product", 7, D("7.7")),
        ("total", 7, D("7.7")),
    ]
    assert [row["is_flagged"] for row in rows] == [False, False]
    assert later[0]["fully_loaded_cost"] == D("7.6")
    assert later[0]["is_flagged"] is True


async def test_a_day_far_from_the_seven_before_it_is_flagged(asking: Asking) -> None:
    usual = ["10", "11", "9", "10", "11", "9", "10"]
    facts = [gpu(day, cost, product="api") for day, cost in enumerate(usual, 10)]
    facts += [gpu(17, "30", product="api"), gpu(19, "10", product="api")]
    async with asking(facts) as asked:
        rows = await asked.records("anomaly_detection")
    by_day = {row["day"].day: row for row in rows}
    assert sorted(by_day) == list(range(10, 20))
    assert by_day[16]["cost_baseline"] is None
    assert by_day[16]["cost_is_flagged"] is None
    # 10, 11, 9, 10, 11, 9, 10: average 10, sample standard deviation sqrt(4 / 6).
    assert by_day[17]["cost_baseline"] == 10
    assert by_day[17]["cost_z"] == pytest.approx(20 / (4 / 6) ** 0.5)
    assert by_day[17]["cost_is_flagged"] is True
    assert by_day[17]["requests_is_flagged"] is False
    assert by_day[17]["requests_z"] == 0
    # A day without rows cost nothing.
    assert by_day[18]["fully_loaded_cost"] == 0
    assert by_day[18]["requests_is_flagged"] is True
    assert by_day[19]["cost_is_flagged"] is False


async def test_utilization_is_inference_as_a_share_of_what_the_gpus_cost(asking: Asking) -> None:
    facts = [
        loaded(19, "6", "2", "1"),
        gpu(19, "2", cost_category="idle", requests=0),
        gpu(19, "1", cost_category="overhead", requests=0),
        gpu(19, "1", cost_category="unused", requests=0),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("utilization_by_category")
    assert [(row["cost_category"], row["infrastructure_cost"], row["share"]) for row in rows] == [
        ("inference", 6, 0.6),
        ("idle", 2, 0.2),
        ("overhead", 1, 0.1),
        ("unused", 1, 0.1),
    ]
    assert {row["utilization"] for row in rows} == {0.6}


async def test_the_cost_per_request_of_a_model_drifts_from_its_baseline(asking: Asking) -> None:
    facts = [
        gpu(10, "10", model="a", requests=10),
        gpu(19, "13", model="a", requests=10),
        gpu(19, None, model="a", requests=5),
        gpu(19, "1", model="b"),
        gpu(10, "1", model="gone"),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("cost_per_request_by_model")
    assert [row["model"] for row in rows] == ["a", "b"]
    assert rows[0]["cost_per_request"] == D("1.3")
    assert rows[0]["baseline_cost_per_request"] == 1
    assert (rows[0]["requests"], rows[0]["unpriced_requests"]) == (15, 5)
    assert rows[0]["drift"] == pytest.approx(0.3)
    assert [row["is_flagged"] for row in rows] == [True, None]


async def test_organizations_are_ranked_by_what_their_api_requests_cost(asking: Asking) -> None:
    facts = [
        gpu(19, "1", product="api", organization="acme"),
        gpu(19, "3", product="api", organization="globex", requests=2),
        gpu(19, "1", product="api", organization="initech"),
        gpu(19, "9", product="api", organization="lt", is_internal=True),
        gpu(19, "8", product="api", organization="acme", is_internal=None),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("api_cost_by_organization")
    assert [(row["rank"], row["organization"], row["share"]) for row in rows] == [
        (1, "globex", 0.6),
        (2, "acme", 0.2),
        (2, "initech", 0.2),
    ]
    assert rows[0]["cost_per_request"] == D("1.5")
    assert [row["unknown_origin_cost"] for row in rows] == [0, 8, 0]


async def test_failures_cost_what_their_requests_cost_fully_loaded(asking: Asking) -> None:
    failed = {"result": "failed", "failed_requests": 1, "error_type": "infrastructure"}
    facts = [
        loaded(19, "1", "0.5", "0.5", product="api", endpoint="/v1/a", **failed),
        gpu(19, "6", product="api", endpoint="/v1/a", result="success"),
        gpu(19, None, product="studio", process="render", result="timeout", failed_requests=1),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("failure_cost")
    assert [(row["product"], row["result"], row["failure_cost"]) for row in rows] == [
        ("api", "failed", 2),
        ("studio", "timeout", None),
    ]
    assert rows[0]["share_of_product"] == 0.25
    assert (rows[1]["failed_requests"], rows[1]["unpriced_requests"]) == (1, 1)


async def test_a_change_is_split_into_volume_mix_and_rate(asking: Asking) -> None:
    before, now = 12, 19
    facts = [
        gpu(before, "10", endpoint="/a", model="m", requests=10),
        gpu(before, "20", endpoint="/b", model="m", requests=10),
        gpu(now, "10", endpoint="/a", model="m", requests=10),
        gpu(now, "60", endpoint="/b", model="m", requests=20),
    ]
    async with asking(facts) as asked:
        rows = await asked.records(
            "cost_drivers", first_day=str(november(now)), last_day=str(november(now)),
            before_first_day=str(november(before)), before_last_day=str(november(before)),
        )  # fmt: skip
    split = {
        row["value"]: (row["change"], row["volume"], row["mix"], row["rate"])
        for row in rows
        if row["dimension"] == "endpoint"
    }
    # Half as many requests again: +5 and +10. /b has 20 in place of 15, at 2 each: +10; /a 10 in
    # place of 15, at 1 each: -5. Then /b's 20 cost 3 in place of 2 each.
    assert split == {"/b": (40, 10, 10, 20), "/a": (0, 5, -5, 0)}
    assert {row["dimension"] for row in rows} == {"endpoint", "model"}
    (model,) = [row for row in rows if row["dimension"] == "model"]
    assert (model["volume"], model["mix"], model["rate"]) == (15, 0, 25)


async def test_new_and_vanished_members_add_up_too(asking: Asking) -> None:
    facts = [
        gpu(12, "4", model="gone", requests=2),
        gpu(12, "6", model="stays", requests=2),
        gpu(19, "3", model="stays", requests=1),
        gpu(19, "9", model="new", requests=3),
    ]
    async with asking(facts) as asked:
        rows = await asked.records("cost_drivers")
    split = {row["value"]: (row["change"], row["volume"], row["mix"], row["rate"]) for row in rows}
    assert split == {"new": (9, 0, 9, 0), "gone": (-4, 0, -4, 0), "stays": (-3, 0, -3, 0)}

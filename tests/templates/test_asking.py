"""Who may ask which template, what they see of it, and which parameters make sense."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from queries.template_list import NAMES, templates
from tests.templates.conftest import ACME, Asking, gpu

FACTS = [
    gpu(19, "1", product="api", endpoint="/a", organization="acme", attributed_idle_cost="0.5"),
    gpu(19, "2", product="api", endpoint="/a", organization="acme", is_internal=True),
    gpu(19, "4", product="api", endpoint="/a", organization="acme", is_internal=None),
    gpu(19, "8", product="api", endpoint="/a", organization="globex", result="failed",
        failed_requests=1),
    gpu(19, "16", product="studio", process="render", organization="globex"),
    gpu(12, "32", product="api", endpoint="/a", organization="globex"),
    gpu(19, "64", cost_category="idle", requests=0),
]  # fmt: skip


@pytest.mark.parametrize("name", [n for n in NAMES if not templates()[n].for_all_only])
async def test_an_organization_sees_its_own_rows_whatever_the_template_says(
    asking: Asking, name: str
) -> None:
    async with asking(FACTS) as asked:
        seen = await asked.records(name, ACME)
        whole = await asked.records(name)
    assert "globex" not in str(seen)
    for row in seen:
        for column in ("fully_loaded_cost", "failure_cost", "change"):
            assert row.get(column) in (None, 0, Decimal("1.5"))
    assert seen != whole


async def test_what_an_organization_sees_adds_up_to_its_customers_requests(asking: Asking) -> None:
    async with asking(FACTS) as asked:
        rows = await asked.records("daily_total_cost", ACME)
        result = await asked.result("daily_total_cost", ACME)
    assert [(row["fully_loaded_cost"], row["requests"]) for row in rows] == [(Decimal("1.5"), 1)]
    assert "infrastructure_cost" not in rows[0]
    assert result.left_out is not None
    assert (result.left_out.requests, result.left_out.cost) == (1, 4)


async def test_who_sees_all_organizations_has_nothing_left_out_unseen(asking: Asking) -> None:
    async with asking(FACTS) as asked:
        rows = await asked.records("daily_total_cost")
        result = await asked.result("daily_total_cost")
    assert sum(row["fully_loaded_cost"] for row in rows) == Decimal("31.5")
    assert sum(row["infrastructure_cost"] for row in rows) == 95
    assert result.left_out is None


async def test_the_same_question_of_two_organizations_is_not_answered_from_one_memory(
    asking: Asking,
) -> None:
    globex = replace(ACME, organization="globex")
    async with asking(FACTS) as asked:
        first = await asked.records("api_cost_by_endpoint_model", ACME)
        second = await asked.records("api_cost_by_endpoint_model", globex)
    assert [row["fully_loaded_cost"] for row in first] == [Decimal("1.5")]
    assert [row["fully_loaded_cost"] for row in second] == [8]


async def test_shared_machines_are_for_those_who_see_all_organizations(asking: Asking) -> None:
    async with asking(FACTS) as asked:
        with pytest.raises(NotAllowed, match="all organizations share"):
            await asked.records("utilization_by_category", ACME)
        listed = [template.name for template in asked.handler.listed(ACME)]
    assert listed == [name for name in NAMES if name != "utilization_by_category"]


@pytest.mark.parametrize(
    ("name", "parameters", "says"),
    [
        ("day_over_day", {"dya": "2026-11-01"}, "Did you mean `day`"),
        ("day_over_day", {"day": "2026-11-20"}, "2026-11-20 is not over yet: today is 2026-11-20"),
        ("day_over_day", {"day": "soon"}, "Write it as `day=2026-11-19`"),
        ("day_over_day", {"day": "0001-01-01"}, "lies before everything"),
        ("day_over_day", {"threshold": "lots"}, "Try `threshold=0.15`"),
        ("day_over_day", {"threshold": "nan"}, "is a number from 0"),
        ("day_over_day", {"threshold": "-1"}, "is a number from 0"),
        ("studio_cost_by_process", {"by_workspace": "maybe"}, "true or false"),
        (
            "failure_cost",
            {"first_day": "2026-11-19", "last_day": "2026-11-18"},
            "`first_day` 2026-11-19 has to lie before `last_day` 2026-11-18",
        ),
        ("failure_cost", {"first_day": "1999-01-01"}, "longer than ten years"),
        ("cost_drivers", {"before_last_day": "2026-11-14"}, "has to lie before `first_day`"),
        ("cost_per_request_by_model", {"baseline_first_day": "2026-11-18"}, "has to lie before"),
    ],
)
async def test_a_parameter_that_makes_no_sense_is_answered_with_what_would(
    asking: Asking, name: str, parameters: dict[str, str], says: str
) -> None:
    async with asking(()) as asked:
        with pytest.raises(NotUnderstood) as caught:
            await asked.result(name, **parameters)
    assert says in str(caught.value)


async def test_an_unknown_query_gets_the_nearest_one(asking: Asking) -> None:
    async with asking(()) as asked:
        with pytest.raises(NotFound, match="Did you mean `failure_cost`"):
            await asked.result("failures_cost")


async def test_only_the_days_that_a_template_declares_are_read(asking: Asking) -> None:
    async with asking(FACTS) as asked:
        result = await asked.result("day_over_day", day="2026-11-13")
        (total,) = [row for row in result.rows if row[0] == "total"]
    assert (result.first_read, result.last_read) == (date(2026, 11, 12), date(2026, 11, 13))
    assert total[2:4] == (0, 32)


@pytest.mark.parametrize("name", NAMES)
async def test_every_template_answers_on_an_empty_mart(asking: Asking, name: str) -> None:
    async with asking(()) as asked:
        rows = await asked.records(name)
    assert all(row["level"] == "total" for row in rows)

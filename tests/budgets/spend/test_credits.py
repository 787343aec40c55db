"""Whose costs lie below zero: their budgets cannot be bounded by what was spent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from queries.budget_spend import BudgetSpending
from queries.dimensions import Dimensions
from queries.mart import Mart
from tests.mart.rows import NOON, StoppedClock, load, request


async def test_organizations_with_credits_of_the_last_two_months_are_named(tmp_path: Path) -> None:
    mart = Mart(tmp_path, Dimensions(), StoppedClock(), hourly_days=4)
    load(
        mart,
        request("a", organization="plain", cost="5"),
        request("b", organization="credited", cost="-5"),
        request("c", organization=None, cost="-1"),
        request(
            "d",
            organization="long ago",
            cost="-1",
            time=NOON - timedelta(days=80),
        ),
    )
    spending = BudgetSpending(mart)
    assert (await spending.refresh()).credited == {"credited", None}
    load(mart, request("e", organization="later", cost="-2"))
    assert (await spending.refresh()).credited == {"credited", "later", None}
    await spending.close()


async def test_without_credits_nobody_is_named(tmp_path: Path) -> None:
    mart = Mart(tmp_path, Dimensions(), StoppedClock(), hourly_days=4)
    spending = BudgetSpending(mart)
    assert (await spending.refresh()).credited == frozenset()
    load(mart, request("a", organization="plain", cost="0"))
    assert (await spending.refresh()).credited == frozenset()
    await spending.close()

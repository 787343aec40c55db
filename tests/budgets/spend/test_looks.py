"""Looks at budgets: each on a database of its own, which one look hands on to the next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from analysis.errors import Unavailable
from queries.budget_spend.spending import BudgetSpending
from queries.dimensions import Dimensions
from queries.mart import Mart
from tests.budgets.spend.reference import Watched, columns
from tests.mart.rows import NOON, StoppedClock, load, request

MONTH = Watched("UTC", date(2024, 12, 1), date(2024, 12, 31))
ONE_DAY = Watched("UTC", NOON.date(), NOON.date())


@pytest.fixture
def mart(tmp_path: Path) -> Mart:
    return Mart(tmp_path, Dimensions(), StoppedClock(), hourly_days=4)


async def test_a_look_leaves_nothing_behind_and_the_next_one_sees_what_came(mart: Mart) -> None:
    spending = BudgetSpending(mart)
    load(mart, request("one"))
    (first,) = await spending.daily(columns({0: MONTH}))
    assert await spending.daily(columns({7: ONE_DAY})) == [replace(first, place=7)]
    load(mart, request("two"))
    (both,) = await spending.daily(columns({0: MONTH}))
    assert (both.requests, both.cost) == (2 * first.requests, 2 * first.cost)
    assert await spending.daily(columns({})) == []
    await spending.close()


async def test_looks_at_once_do_not_meet(mart: Mart) -> None:
    spending = BudgetSpending(mart)
    load(mart, request("one"))
    found = await asyncio.gather(*(spending.daily(columns({n: MONTH})) for n in range(6)))
    assert [one.place for (one,) in found] == list(range(6))
    assert len({replace(one, place=0) for (one,) in found}) == 1
    await spending.close()


async def test_after_a_look_that_failed_one_can_look_again(mart: Mart) -> None:
    spending = BudgetSpending(mart)
    load(mart, request("one"))
    before = await spending.daily(columns({0: MONTH}))
    (path,) = mart.folder.rglob("costs/**/*.parquet")
    content = path.read_bytes()
    path.unlink()
    with pytest.raises(Unavailable, match="cannot be read"):
        await spending.daily(columns({0: MONTH}))
    path.write_bytes(content)
    assert await spending.daily(columns({0: MONTH})) == before
    await spending.close()


async def test_a_look_after_the_end_is_answered_and_nothing_is_kept(mart: Mart) -> None:
    spending = BudgetSpending(mart)
    load(mart, request("one"))
    await spending.close()
    assert await spending.daily(columns({0: MONTH})) == await spending.daily(columns({0: MONTH}))

"""What all budgets have spent, against plain Python, to the last digit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import Unavailable
from queries.budget_spend import BudgetPeriods, BudgetSpending, Refreshed, SpendingLimits, Spent
from queries.dimensions import Dimensions
from queries.mart import Mart
from tests.budgets.spend.draws import budgets, some_requests
from tests.budgets.spend.reference import NOTHING, Figures, Watched, columns, daily, spent
from tests.mart.rows import NOON, Row, StoppedClock, load, request
from tests.mart.test_replacing import partition, replace_days

DAY = timedelta(days=1)

CLOCK_CHANGES = {
    "autumn": date(2024, 10, 27),  # Berlin goes back; Lord Howe went forward by half an hour
    "spring": date(2025, 3, 30),  # Berlin goes forward
    "America": date(2024, 11, 3),
}

TODAY = NOON.date()
MONTH = Watched("UTC", date(2024, 12, 1), date(2024, 12, 31))


def figures(found: Spent) -> dict[int, Figures]:
    return {
        place: (cost, requests, unpriced)
        for place, cost, requests, unpriced in zip(
            found.places, found.costs, found.requests, found.unpriced_requests, strict=True
        )
    }


def move(paths: list[str], of: str, to: str) -> None:
    """Renames files by their endings."""
    for path in paths:
        Path(path + of).rename(path + to)


@pytest.fixture
async def spending(mart: Mart) -> AsyncGenerator[BudgetSpending]:
    spending = BudgetSpending(mart)
    yield spending
    await spending.close()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def mart(tmp_path: Path, clock: StoppedClock) -> Mart:
    return Mart(tmp_path, Dimensions(), clock, hourly_days=4)


@pytest.fixture(scope="module", params=CLOCK_CHANGES)
def around(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Mart, list[Row], date]:
    """Ten days around a clock change; the last five keep their hours, the change among them."""
    changed = CLOCK_CHANGES[request.param]
    clock = StoppedClock(datetime.combine(changed + 2 * DAY, time(12), UTC))
    mart = Mart(tmp_path_factory.mktemp("home"), Dimensions(), clock, hourly_days=4)
    rows = some_requests(Random(7), changed - 7 * DAY, 10, 500, "r")
    load(mart, *rows)
    return mart, rows, changed - 2 * DAY


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_budgets_have_spent_what_plain_python_adds_up(
    around: tuple[Mart, list[Row], date], data: st.DataObject
) -> None:
    mart, rows, hourly_from = around
    some = budgets(hourly_from - 5 * DAY, hourly_from + 5 * DAY)
    watched = dict(enumerate(data.draw(st.lists(some, min_size=1, max_size=12))))
    limits = SpendingLimits(days=data.draw(st.sampled_from([3, 100])))

    async def found() -> tuple[Refreshed, dict[tuple[int, date], Figures]]:
        spending = BudgetSpending(mart, limits)
        await spending.put(columns(watched))
        refreshed = await spending.refresh()
        days = await spending.daily(columns(watched))
        await spending.close()
        by_day = {
            (one.place, one.day): (one.cost, one.requests, one.unpriced_requests) for one in days
        }
        assert len(by_day) == len(days)
        return refreshed, by_day

    refreshed, by_day = asyncio.run(found())
    assert refreshed.unanswerable == ()
    assert figures(refreshed.changed) == {
        place: spent(rows, hourly_from, budget) for place, budget in watched.items()
    }
    assert by_day == {
        (place, day): those
        for place, budget in watched.items()
        for day, those in daily(rows, hourly_from, budget).items()
    }


STEPS = st.lists(
    st.sampled_from(["import", "correct", "a day passes", "put", "put", "remove", "nothing"]),
    min_size=1,
    max_size=5,
)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.randoms(use_true_random=False), st.data())
def test_whatever_happens_the_figures_are_those_of_adding_up_everything(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[str],
    random: Random,
    data: st.DataObject,
) -> None:
    clock = StoppedClock()
    mart = Mart(tmp_path_factory.mktemp("home"), Dimensions(), clock, hourly_days=4)
    rows: list[Row] = []
    some = budgets(TODAY - 8 * DAY, TODAY)
    watched = dict(enumerate(data.draw(st.lists(some, min_size=3, max_size=6))))

    async def lived() -> None:
        spending = BudgetSpending(mart, SpendingLimits(days=4))
        await spending.put(columns(watched))
        before: dict[int, Figures] = {}
        for number, step in enumerate(["import", *steps]):
            put = take(step, number)
            await spending.put(columns(put))
            await spending.remove([place for place in before if place not in watched])
            refreshed = await spending.refresh()
            hourly_from = clock.now.date() - 4 * DAY
            expected = {
                place: spent(rows, hourly_from, budget) for place, budget in watched.items()
            }
            assert figures(await spending.spent()) == expected
            changed = {
                place: those
                for place, those in expected.items()
                if place in put or before.get(place) != those
            }
            told = figures(refreshed.changed)
            assert refreshed.complete == (number == 0)
            assert told == changed or refreshed.complete
            await spending.told()
            assert refreshed.version == mart.snapshot().version
            before = expected
        await spending.close()

    def take(step: str, number: int) -> dict[int, Watched]:
        if step == "import":
            more = some_requests(random, TODAY - 8 * DAY, 8, 60, f"i{number}")
            rows.extend(more)
            load(mart, *more)
        elif step == "correct":
            day = TODAY - random.randrange(1, 8) * DAY
            now = [
                row | {"source": "gpu"} for row in some_requests(random, day, 1, 20, f"c{number}")
            ]
            replace_days(mart, {day: partition()}, *now)
            rows[:] = [row for row in rows if (row["source"], row["dt"]) != ("gpu", day)] + now
        elif step == "a day passes":
            clock.now += DAY
            mart.keep_up()
        elif step == "remove" and len(watched) > 1:
            del watched[random.choice(sorted(watched))]
        elif step == "put":
            place = random.choice([*watched, max(watched) + 1])
            watched[place] = data.draw(some)
            return {place: watched[place]}
        return {}

    asyncio.run(lived())


async def test_days_that_are_written_anew_and_hold_the_same_change_nothing(
    mart: Mart, spending: BudgetSpending
) -> None:
    load(mart, request("a", cost="1.000000000000001"), request("b", cost=None))
    await spending.put(columns({7: MONTH}))
    first = await spending.refresh()
    assert figures(first.changed) == {7: (Decimal("1.000000000000001"), 2, 1)}
    await spending.told()
    with mart.writer() as writer:
        assert writer.rebuild() == 1
        writer.commit()
    again = await spending.refresh()
    assert (len(again.changed), again.days_read, again.complete) == (0, 2, False)
    assert (await spending.refresh()).days_read == 0
    assert figures(await spending.spent()) == figures(first.changed)


async def test_only_budgets_that_a_changed_day_counts_for_have_new_figures(
    mart: Mart, spending: BudgetSpending
) -> None:
    load(mart, request("a"), request("old", NOON - 9 * DAY))
    watched = {
        0: MONTH,
        1: Watched("UTC", MONTH.first, MONTH.last, organization="acme"),
        2: Watched("UTC", MONTH.first, MONTH.last, organization="globex"),
        3: Watched("UTC", date(2024, 11, 1), date(2024, 11, 30)),
        4: Watched("UTC", MONTH.first, MONTH.last, scope={"model": ["another"]}),
    }
    await spending.put(columns(watched))
    assert figures((await spending.refresh()).changed)[4] == NOTHING
    await spending.told()
    load(mart, request("b"), request("c", cost=None))
    refreshed = await spending.refresh()
    assert figures(refreshed.changed) == dict.fromkeys((0, 1), (Decimal(2), 3, 1))
    # The day's file of before and the one of now, whatever lies in the past.
    assert refreshed.days_read == 2
    assert figures(await spending.spent([3, 4, 99])) == {3: (Decimal(1), 1, 0), 4: NOTHING}


@pytest.mark.parametrize("alike", [1, 5])
async def test_rows_that_differ_and_many_alike_are_added_up_alike(
    mart: Mart, spending: BudgetSpending, alike: int
) -> None:
    days = [NOON.replace(day=1, month=11) + number * DAY for number in range(12)]
    rows = [
        request(f"{day} {model} {number}", day, model=f"m{model}")
        for day in days
        for model in range(3)
        for number in range(alike)
    ]
    load(mart, *rows)
    first, last = days[0].date(), days[-1].date()
    watched = {
        0: Watched("UTC", first, last),
        1: Watched("UTC", first + DAY, last, scope={"model": ["m1", "m2"]}),
        2: Watched("UTC", first, last - 3 * DAY, "acme"),
        3: Watched("UTC", last, last + 9 * DAY),
    }
    await spending.put(columns(watched))
    hourly_from = TODAY - 4 * DAY
    expected = {place: spent(rows, hourly_from, one) for place, one in watched.items()}
    assert figures((await spending.refresh()).changed) == expected
    assert expected[0] == (Decimal(36 * alike), 36 * alike, 0)


async def test_everything_is_added_up_anew_where_the_files_of_before_are_gone(
    mart: Mart, spending: BudgetSpending
) -> None:
    load(mart, request("a"))
    await spending.put(columns({0: MONTH}))
    await spending.refresh()
    before = [rollup.path for rollup in mart.snapshot().rollups().values()]
    load(mart, request("b"))
    move(before, "", ".gone")
    refreshed = await spending.refresh()
    assert refreshed.complete
    assert figures(refreshed.changed) == {0: (Decimal(2), 2, 0)}
    again = await spending.refresh(anew=True)
    assert (again.complete, again.differing) == (True, 0)
    assert figures(await spending.spent()) == {0: (Decimal(2), 2, 0)}


async def test_a_refresh_that_fails_leaves_the_figures_and_can_be_repeated(
    mart: Mart, spending: BudgetSpending
) -> None:
    load(mart, request("a"))
    await spending.put(columns({0: MONTH}))
    first = await spending.refresh()
    load(mart, request("b"))
    await spending.put(columns({1: MONTH}))
    paths = [rollup.path for rollup in mart.snapshot().rollups().values()]
    move(paths, "", ".hidden")
    with pytest.raises(Unavailable, match=r"The mart's files cannot be read\."):
        await spending.refresh()
    assert figures(await spending.spent()) == figures(first.changed)
    move(paths, ".hidden", "")
    assert figures((await spending.refresh()).changed) == dict.fromkeys((0, 1), (Decimal(2), 2, 0))


async def test_a_budget_whose_scope_or_zone_is_not_known_here_has_no_figures(
    mart: Mart, spending: BudgetSpending
) -> None:
    load(mart, request("a"))
    await spending.put(
        columns(
            {
                0: MONTH,
                1: Watched("UTC", MONTH.first, MONTH.last, scope={"tag'; --": ["x"]}),
                2: Watched("Mars/Olympus", MONTH.first, MONTH.last),
            }
        )
    )
    refreshed = await spending.refresh()
    assert refreshed.unanswerable == (1, 2)
    assert refreshed.changed.places == (0,)
    await spending.put(columns({3: Watched("Mars/Olympus", MONTH.first, MONTH.last), 1: MONTH}))
    refreshed = await spending.refresh()
    assert (refreshed.unanswerable, refreshed.changed.places) == ((2, 3), (0, 1))


async def test_names_from_data_are_values_and_nothing_else(
    mart: Mart, spending: BudgetSpending
) -> None:
    name = '\'); DROP TABLE budgets; -- "quoted" \\ ~/'
    load(mart, request("a", organization=name, model=name), request("b"))
    watched = Watched("UTC", MONTH.first, MONTH.last, name, {"model": [name, "x"]})
    await spending.put(columns({0: watched}))
    assert figures((await spending.refresh()).changed) == {0: (Decimal(1), 1, 0)}


async def test_an_empty_mart_and_no_budgets_are_nothing(
    mart: Mart, spending: BudgetSpending
) -> None:
    assert await spending.refresh() == Refreshed(0, Spent(), (), 0, complete=True)
    await spending.put(columns({0: MONTH}))
    assert figures((await spending.refresh()).changed) == {0: NOTHING}
    await spending.put(columns({}))
    await spending.remove([0, 5])
    assert await spending.spent() == Spent()


async def test_who_stops_waiting_stops_the_pass_and_the_next_one_is_right(
    mart: Mart, spending: BudgetSpending
) -> None:
    load(mart, *some_requests(Random(1), TODAY - 3 * DAY, 3, 50, "r"))
    await spending.put(columns({0: MONTH}))
    waiting = asyncio.create_task(spending.refresh())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    # Whether the pass was stopped or came to its end, what it would have told is told now.
    assert len((await spending.refresh()).changed) == 1
    assert len((await spending.refresh()).changed) == 1
    await spending.told()
    assert len((await spending.refresh()).changed) == 0


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="not of one length"):
        BudgetPeriods([0], [], ["{}"], ["UTC"], [TODAY], [TODAY], [False])

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from analysis.anomalies.found import SeriesTable
from analysis.series import Measure, SeriesKey, series_key
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.series import SeriesFacts, SeriesWanted, series_facts
from queries.source_days import SourceDays
from tests.facts import Fact, add, request

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 10)
BOTH = {Source.USAGE: SourceDays(FIRST, LAST), Source.GPU: SourceDays(FIRST, LAST)}
COST, REQUESTS = Measure.COST, Measure.REQUESTS


def at(day: int, hour: int = 12) -> datetime:
    """An instant of November 2026."""
    return datetime(2026, 11, day, hour, 15, tzinfo=UTC)


async def facts_of(home: Path, facts: list[Fact], **wanted: object) -> SeriesFacts:
    """The series of some facts, the first ten days of November unless it is said otherwise."""
    dimensions = Dimensions()
    mart = Mart(home, dimensions, lambda: at(11))
    add(mart, facts)
    asked = {"first": FIRST, "last": LAST, "zone": ZoneInfo("UTC"), "known": BOTH, **wanted}
    request_ = SeriesWanted(**asked)  # pyright: ignore[reportArgumentType]
    return await series_facts(EvidenceReader(mart), dimensions, request_)


def row(table: SeriesTable, key: SeriesKey) -> list[float]:
    """The values of a series; -1 stands for what is not known."""
    return np.nan_to_num(table.values[table.keys.index(key)], nan=-1.0).tolist()


async def test_days_without_traffic_are_zeros_and_add_up_in_every_scope(tmp_path: Path) -> None:
    facts = [
        request(at(2), "3", organization="acme", model="gpt-4", user_id="u1", requests=2),
        request(at(4), "1", organization="globex", model="gpt-4", requests=5),
    ]
    table = (await facts_of(tmp_path, facts)).table
    total = row(table, SeriesKey(None, None, None, COST))
    assert total == [0, 3, 0, 1, 0, 0, 0, 0, 0, 0]
    assert row(table, SeriesKey(None, "model", "gpt-4", REQUESTS))[1:4] == [2, 0, 5]
    assert row(table, SeriesKey("acme", None, None, COST))[1:4] == [3, 0, 0]
    assert row(table, SeriesKey("acme", "user", "u1", COST))[1:4] == [3, 0, 0]
    assert table.first == FIRST
    assert not table.left_out.any()
    assert {key for key in table.keys if key.dimension == "endpoint"} == set()


async def test_an_organization_sees_its_own_traffic_without_the_owners(tmp_path: Path) -> None:
    facts = [
        request(at(2), "3", organization="acme"),
        request(at(2), "7", organization="acme", is_internal=True),
        request(at(2), "5", organization="acme", is_internal=None),
    ]
    table = (await facts_of(tmp_path, facts)).table
    assert row(table, SeriesKey(None, None, None, COST))[1] == 15
    assert row(table, SeriesKey("acme", None, None, COST))[1] == 3


async def test_what_a_source_does_not_have_is_not_known(tmp_path: Path) -> None:
    known = {
        Source.USAGE: SourceDays(date(2026, 11, 3), LAST),
        Source.GPU: SourceDays(FIRST, date(2026, 11, 8)),
    }
    facts = [
        request(at(5), "3", model="gpt-4"),
        request(at(5), "2", source=Source.GPU, model="ltxv"),
    ]
    table = (await facts_of(tmp_path, facts, known=known)).table
    assert row(table, SeriesKey(None, "model", "gpt-4", COST)) == [-1, -1, *[0] * 2, 3, *[0] * 5]
    assert row(table, SeriesKey(None, "model", "ltxv", COST))[-2:] == [-1, -1]
    total = row(table, SeriesKey(None, None, None, COST))
    assert (total[:2], total[4], total[-2:]) == ([-1, -1], 5, [-1, -1])


async def test_a_day_mostly_without_prices_has_no_known_cost(tmp_path: Path) -> None:
    facts = [
        request(at(2), "3", model="new", requests=10),
        request(at(3), None, model="new", requests=10),
        request(at(3), "1", model="new", requests=2),
        request(at(4), "2", model="new", requests=9),
        request(at(4), None, model="new", requests=1),
    ]
    table = (await facts_of(tmp_path, facts)).table
    assert row(table, SeriesKey(None, "model", "new", COST))[1:4] == [3, -1, 2]
    assert row(table, SeriesKey(None, "model", "new", REQUESTS))[1:4] == [10, 12, 10]


async def test_days_are_those_of_the_zone(tmp_path: Path) -> None:
    facts = [request(at(2, 23), "3"), request(at(3, 1), "4")]
    berlin, new_york = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
    key = SeriesKey(None, None, None, COST)
    assert row((await facts_of(tmp_path / "b", facts, zone=berlin)).table, key)[1:3] == [0, 7]
    assert row((await facts_of(tmp_path / "n", facts, zone=new_york)).table, key)[1:3] == [7, 0]


async def test_what_is_small_is_left_out_but_for_what_is_asked_for(tmp_path: Path) -> None:
    facts = [request(at(2), str(n), model=f"m{n}") for n in range(1, 6)]
    wanted = {"least_usd": Decimal(3), "also": [SeriesKey(None, "model", "m1", COST)]}
    table = (await facts_of(tmp_path, facts, **wanted)).table
    models = {key.member for key in table.keys if key.dimension == "model"}
    assert models == {"m1", "m3", "m4", "m5"}
    few = (await facts_of(tmp_path / "few", facts, most=4)).table
    assert {key.member for key in few.keys} == {None, "m5"}


async def test_requests_have_a_price_and_series_what_they_are_of(tmp_path: Path) -> None:
    facts = [
        request(at(2), "6", model="gpt-4", product="api", organization="acme", requests=3),
        request(at(3), "2", model="haiku", product="api", organization="globex", requests=4),
    ]
    found = await facts_of(tmp_path, facts)
    place = found.table.keys.index(SeriesKey(None, "model", "gpt-4", REQUESTS))
    assert found.table.usd_a_unit[place] == 2
    sole = found.sole[None, "model", "gpt-4"]
    assert (sole.product, sole.organization, sole.sources) == ("api", "acme", {Source.USAGE})
    assert found.sole[None, None, None].organization is None


async def test_an_empty_mart_has_no_series(tmp_path: Path) -> None:
    facts = await facts_of(tmp_path, [request(at(2) - timedelta(days=90), "1")])
    assert facts.table.values.shape == (0, 10)


@pytest.mark.parametrize("member", ["a/b", "*", "=x", "ä <!channel>", "%2F"])
def test_keys_survive_being_written(member: str) -> None:
    key = SeriesKey(member, "model", member, COST)
    assert series_key(str(key)) == key

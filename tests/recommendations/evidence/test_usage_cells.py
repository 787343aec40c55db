"""Usage as cells: who sent what, how large, when, and what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.prices import TokenUsage
from analysis.recommendations.cells import Timing, UsageCell
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.usage_cells import Zones, usage_cells
from tests.facts import Fact
from tests.recommendations.evidence.conftest import Read
from tests.recommendations.evidence.requests import CHAT, DAY, MONDAY, NOON, NOW, WEEK, after, llm

UTC_EVERYWHERE = Zones({})


def timings(cells: Sequence[UsageCell]) -> dict[Timing, int]:
    found: dict[Timing, int] = {}
    for cell in cells:
        found[cell.timing] = found.get(cell.timing, 0) + cell.tokens.requests
    return found


async def test_requests_that_could_wait_are_counted_by_the_hour_of_the_organizations_day(
    reader_of: Read,
) -> None:
    facts = [
        llm(MONDAY + timedelta(hours=hour, minutes=minute), tags={"can_wait": "true"})
        for hour, minute in ((1, 5), (1, 50), (13, 0))
    ]
    late = llm(MONDAY + timedelta(hours=16), requests=3, fresh_input_tokens=6_000)
    zones = Zones({"acme": ZoneInfo("Asia/Kolkata")})  # 5:30 ahead of UTC
    cells = (await usage_cells(reader_of([*facts, late, llm()]), DAY, zones))["acme"]
    found = {
        cell.timing: {hour: count for hour, count in enumerate(cell.by_hour) if count}
        for cell in cells
    }
    assert found == {
        Timing.FLAGGED: {6: 1, 7: 1, 18: 1},
        # A row of three at 21:30, which is before the night, and one at 17:30.
        Timing.INTERACTIVE: {},
    }
    assert {len(cell.by_hour) for cell in cells} == {0, 24}


async def test_requests_that_are_alike_are_one_cell_and_add_up(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(cached_input_tokens=500, reasoning_tokens=7, user_id="u1"),
            llm(after(60), cost="0.25", fresh_input_tokens=3_000),
            llm(after(90), cost=None, failed_requests=1),
        ]
    )
    found = await usage_cells(reader, DAY, UTC_EVERYWHERE)
    assert found == {
        "acme": [
            UsageCell(
                route=CHAT,
                input_band=1,
                output_band=0,
                timing=Timing.INTERACTIVE,
                tokens=TokenUsage(
                    fresh_input=7_000, cached_input=500, output=300, reasoning=7, requests=3
                ),
                billed_cost=Decimal("1.25"),
                unpriced_requests=1,
                failed_requests=1,
                largest_input=3_000,
                largest_output=107,
                user_requests=1,
            )
        ]
    }


async def test_what_differs_in_size_interface_or_needs_is_another_cell(reader_of: Read) -> None:
    reader = reader_of(
        [
            llm(fresh_input_tokens=1_000),
            llm(fresh_input_tokens=1_001),
            llm(fresh_input_tokens=64_001, output_tokens=4_097),
            llm(batch_requests=1),
            llm(tags={"uses": "tools vision"}),
            # Several requests are banded by their mean: 4,000 tokens each.
            llm(requests=3, fresh_input_tokens=12_000),
            llm(requests=3, fresh_input_tokens=12_001),
        ]
    )
    (cells,) = (await usage_cells(reader, DAY, UTC_EVERYWHERE)).values()
    assert sorted(
        (one.input_band, one.output_band, one.tokens.batch, sorted(one.needs), one.tokens.requests)
        for one in cells
    ) == [
        (0, 0, False, [], 1),
        (1, 0, False, [], 4),
        (1, 0, False, ["tools", "vision"], 1),
        (1, 0, True, [], 1),
        (2, 0, False, [], 3),
        (4, 3, False, [], 1),
    ]


async def test_nights_and_weekends_are_those_of_the_organization(reader_of: Read) -> None:
    # 12:00 in UTC is 21:00 in Tokyo, 13:00 is 22:00; on Saturday noon it is off hours anywhere.
    saturday = MONDAY - timedelta(days=2) + timedelta(hours=12)
    times = (NOON, NOON + timedelta(hours=1), saturday)
    reader = reader_of(
        [llm(time, organization=name) for name in ("acme", "tyrell") for time in times]
    )
    zones = Zones({"tyrell": ZoneInfo("Asia/Tokyo")})
    found = await usage_cells(reader, WEEK, zones)
    assert timings(found["acme"]) == {Timing.INTERACTIVE: 2, Timing.OFF_HOURS: 1}
    assert timings(found["tyrell"]) == {Timing.INTERACTIVE: 1, Timing.OFF_HOURS: 2}


async def test_a_flag_decides_whatever_the_hour(reader_of: Read) -> None:
    night = MONDAY + timedelta(hours=3)
    reader = reader_of(
        [llm(tags={"can_wait": "true"}), llm(night, tags={"can_wait": "false"}), llm(night)]
    )
    (cells,) = (await usage_cells(reader, DAY, UTC_EVERYWHERE)).values()
    assert timings(cells) == {Timing.FLAGGED: 1, Timing.INTERACTIVE: 1, Timing.OFF_HOURS: 1}


def minute_of(
    number: int, key: str | None, *, requests: int = 1, feature: str = "chat"
) -> list[Fact]:
    return [
        llm(after(at), key_name=key, requests=requests, feature=feature) for at in range(number)
    ]


async def test_thirty_requests_of_one_sender_within_a_minute_are_a_burst(reader_of: Read) -> None:
    reader = reader_of(
        [
            *minute_of(30, "nightly"),
            *minute_of(29, "people"),
            # Nobody knows whether these are of one sender.
            *minute_of(40, None, feature="anonymous"),
            *minute_of(40, "rows", requests=2),
        ]
    )
    (cells,) = (await usage_cells(reader, DAY, UTC_EVERYWHERE)).values()
    assert timings(cells) == {Timing.BURST: 30, Timing.INTERACTIVE: 29 + 40 + 80}


async def test_a_service_that_is_always_busy_does_not_burst(reader_of: Read) -> None:
    # 32 in every fourth minute: four times its mean.
    reader = reader_of(
        [
            llm(MONDAY + timedelta(minutes=4 * minute, seconds=at), key_name="always")
            for minute in range(360)
            for at in range(32)
        ]
    )
    (cells,) = (await usage_cells(reader, DAY, UTC_EVERYWHERE)).values()
    assert Timing.BURST not in timings(cells)


async def test_only_the_days_customers_and_organization_asked_for_are_read(
    reader_of: Read,
) -> None:
    reader = reader_of(
        [
            llm(),
            llm(NOON - timedelta(days=1)),
            llm(NOON + timedelta(days=1)),
            llm(organization="other"),
            llm(organization=None),
            llm(is_internal=True),
            llm(source=Source.GPU),
        ]
    )
    everybody = await usage_cells(reader, DAY, UTC_EVERYWHERE)
    assert {name: len(cells) for name, cells in everybody.items()} == {
        "acme": 1,
        "other": 1,
        None: 1,
    }
    assert [cell.tokens.requests for cell in everybody["acme"]] == [1]
    assert await usage_cells(reader, DAY, UTC_EVERYWHERE, "acme") == {"acme": everybody["acme"]}


async def test_an_empty_mart_has_no_cells(tmp_path: Path) -> None:
    reader = EvidenceReader(Mart(tmp_path / "home", Dimensions(), lambda: NOW))
    assert await usage_cells(reader, DAY, UTC_EVERYWHERE) == {}


async def test_a_mart_without_usage_has_no_cells(reader_of: Read) -> None:
    reader = reader_of([llm(source=Source.GPU)])
    assert await usage_cells(reader, DAY, UTC_EVERYWHERE) == {}

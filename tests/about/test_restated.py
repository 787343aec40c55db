"""Days that were over and whose figures changed: told from what to what, and to whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.blocks.about import MOST_RESTATED, about_answer
from handlers.about import AboutResult
from handlers.freshness import Freshness
from handlers.restated import RestatedDay, restated_since
from queries.dimensions import Source
from queries.mart import Mart
from queries.mart.restatement import Restatement
from queries.schema import quoted, requests_columns
from tests.facts import request
from tests.slack.conftest import NOW, Play, at, play

__all__ = ["play"]

DAY = date(2026, 11, 18)


def restatement(
    before: str, after: str, *, at: datetime = NOW, day: date = DAY, requests: int = 0
) -> Restatement:
    return Restatement(
        source=Source.GPU,
        day=day,
        at=at,
        requests_before=100,
        requests_after=100 + requests,
        fully_loaded_before=Decimal(before),
        fully_loaded_after=Decimal(after),
        infrastructure_before=Decimal(7),
        infrastructure_after=Decimal(7),
    )


def test_a_day_restated_many_times_is_told_once_from_its_first_figure_to_its_last() -> None:
    steps = [
        restatement("10", "12", at=NOW - timedelta(hours=3), requests=5),
        restatement("3", "4", at=NOW - timedelta(hours=2), day=date(2026, 11, 19)),
        restatement("12", "11.5", at=NOW - timedelta(hours=1), requests=-1),
    ]
    assert restated_since(steps, NOW - timedelta(days=7)) == (
        RestatedDay(
            Source.GPU,
            date(2026, 11, 19),
            1,
            NOW - timedelta(hours=2),
            0,
            Decimal(1),
            Decimal(0),
        ),
        RestatedDay(Source.GPU, DAY, 2, NOW - timedelta(hours=1), 4, Decimal("1.5"), Decimal(0)),
    )


def test_older_restatements_are_not_told() -> None:
    old = restatement("1", "2", at=NOW - timedelta(days=7, seconds=1))
    edge = restatement("2", "4", at=NOW - timedelta(days=7))
    (day,) = restated_since([old, edge], NOW - timedelta(days=7))
    assert (day.times, day.fully_loaded) == (1, Decimal(2))


@given(st.lists(st.decimals(min_value=0, max_value=10**6, places=9), min_size=2, max_size=20))
def test_the_steps_of_a_day_add_up_to_the_whole_way(figures: list[Decimal]) -> None:
    steps = [restatement(str(before), str(after)) for before, after in pairwise(figures)]
    (day,) = restated_since(steps, NOW)
    assert day.fully_loaded == figures[-1] - figures[0]


def result_of(days: tuple[RestatedDay, ...] | None) -> AboutResult:
    return AboutResult("1.0", "sqlite", 0, Freshness(NOW, ()), restated=days)


def lines_of(days: tuple[RestatedDay, ...]) -> list[str]:
    payload = about_answer(result_of(days), ZoneInfo("UTC")).payload()
    blocks = cast("list[dict[str, Any]]", payload["blocks"])
    (text,) = [one["text"]["text"] for one in blocks if one["block_id"] == "about-restated"]
    return str(text).splitlines()


def test_a_restated_day_is_a_line_with_its_differences() -> None:
    steps = [restatement("10", "12.5", requests=-3), restatement("12.5", "8")]
    assert lines_of(restated_since(steps, NOW)) == [
        "*Restated in the last 7 days* (fully loaded · infrastructure · requests)",
        "GPU 2026-11-18: −$2.00 · $0.00 · −3, 2 times, last on 20 Nov 13:37 UTC",
    ]


def test_of_many_restated_days_the_newest_are_told_and_the_rest_counted() -> None:
    steps = [restatement("1", "2", day=DAY - timedelta(days=back)) for back in range(8)]
    lines = lines_of(restated_since(steps, NOW))
    assert len(lines) == MOST_RESTATED + 2
    assert lines[1].startswith("GPU 2026-11-18: +$1.00 ")
    assert lines[-1] == "and 3 days more"


def test_without_restatements_there_is_no_word_of_them() -> None:
    for days in ((), None):
        answer = about_answer(result_of(days), ZoneInfo("UTC"))
        assert "estated" not in str(answer.payload())


async def test_who_sees_all_organizations_is_told_of_a_day_that_vanished(play: Play) -> None:
    fact = request(at(18, 9), "2.5", source=Source.GPU, organization="acme", requests=3)
    async with play([fact]) as playing:
        empty_day(playing.parts.mart, DAY)
        told = str((await playing.stage.say("/cost about", "ada")).ack["blocks"][-1])
        untold = str((await playing.stage.say("/cost about", "ute")).ack)
    assert "GPU 2026-11-18: −$2.50 · −$2.50 · −3 on 20 Nov 13:37 UTC" in told
    assert "estated" not in untold


def empty_day(mart: Mart, day: date) -> None:
    columns = requests_columns(mart.dimensions)
    declared = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    with mart.writer() as writer:
        writer.connection.execute(f"CREATE TABLE nothing ({declared})")
        writer.replace_days(Source.GPU, "nothing", {day: None})
        writer.commit()

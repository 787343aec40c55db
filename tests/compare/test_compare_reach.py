"""How far back and how near to today the data lets a comparison go, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from analysis.complete_days import Span
from analysis.errors import NotAllowed, NotFound, NotUnderstood
from bot.blocks.compare import compare_answer
from handlers.caller import Caller
from handlers.compare import CompareRequest
from queries.dimensions import Source
from tests.compare.asked import ADMIN, BERLIN, asking, every_day, gpu_on, on
from tests.compare.compared import GLOBEX, NOW, answered, notes
from tests.facts import add


async def test_days_are_those_of_the_askers_zone_when_the_clock_changes(tmp_path: Path):
    # 25 October 2026 has 25 hours in Berlin: from 22:00 UTC on the 24th to 23:00 on the 25th.
    facts = [
        *every_day("2026-10-10", "2026-10-26", "0"),
        on("2026-10-24", "1", 21),
        on("2026-10-24", "10", 22),
        on("2026-10-25", "100", 22),
        on("2026-10-25", "1000", 23),
    ]
    result = await answered(
        tmp_path,
        facts,
        CompareRequest(span=Span.DAY),
        now="2026-10-26 12:00",
        caller=replace(ADMIN, zone=BERLIN),
    )
    assert [row.now.cost for row in result.rows] == [110]
    assert [row.before[0].cost for row in result.rows] == [1]


async def test_a_source_that_ends_early_holds_the_others_back_and_is_named(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1"),
        *(gpu_on(f"2026-11-{day:02}", "10", 23) for day in range(1, 18)),
        gpu_on("2026-11-18", "3", 17),
        gpu_on("2026-11-01", "0", 0),
    ]
    result = await answered(tmp_path, facts, CompareRequest(span=Span.DAY))
    assert result.compared.now.days.last == date(2026, 11, 17)
    assert (result.total.now.cost, result.total.before[0].cost) == (11, 11)
    assert "Nothing after 2026-11-17 is judged: GPU data ends on 18 Nov 17:15 UTC" in notes(result)
    assert compare_answer(result, ADMIN).text.startswith(
        "GPU and LLM cost, Tuesday 2026-11-17: $11.00, as the day before"
    )


async def test_a_source_that_the_question_does_not_touch_holds_nothing_back(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1", provider="openai"),
        *(gpu_on(f"2026-11-{day:02}", "10", 23) for day in range(1, 18)),
    ]
    filters = {"provider": ("openai",)}
    result = await answered(tmp_path, facts, CompareRequest(span=Span.DAY, filters=filters))
    assert result.compared.now.label == "yesterday"
    assert result.reach.sources == {Source.USAGE}


async def test_a_source_that_ended_long_ago_holds_nothing_back(tmp_path: Path):
    facts = [*every_day("2026-10-01", "2026-11-20", "1"), gpu_on("2026-10-12", "10", 23)]
    result = await answered(tmp_path, facts)
    assert result.compared.now.label == "the last 7 complete days"


async def test_a_source_that_begins_late_is_said_to(tmp_path: Path):
    facts = [
        *every_day("2026-10-20", "2026-11-20", "1"),
        *(gpu_on(f"2026-11-{day:02}", "10", hour) for day in range(15, 20) for hour in (0, 23)),
    ]
    result = await answered(tmp_path, facts)
    assert "GPU data is whole from 2026-11-15 on: what it cost before that is not known" in notes(
        result
    )


async def test_today_is_never_in_it(tmp_path: Path):
    facts = [*every_day("2026-11-01", "2026-11-19", "1"), on("2026-11-20", "1000")]
    for span in Span:
        if span is Span.MONTH:
            continue
        with TemporaryDirectory(dir=tmp_path) as home:
            result = await answered(Path(home), facts, CompareRequest(span=span))
        assert result.total.now.cost == len(result.compared.now)


@pytest.mark.parametrize(
    ("request_", "caller", "error", "says"),
    [
        (CompareRequest(by="day"), ADMIN, NotUnderstood, "nothing to see by day"),
        (CompareRequest(by="modle"), ADMIN, NotUnderstood, "no dimension"),
        (CompareRequest(by="user"), GLOBEX, NotAllowed, "user"),
        (CompareRequest(filters={"model": ("gpt-5",)}), ADMIN, NotFound, "no model"),
        (CompareRequest(span=Span.MONTH), ADMIN, NotFound, "cannot be compared"),
    ],
)
async def test_what_cannot_be_compared_is_refused_in_words(
    tmp_path: Path,
    request_: CompareRequest,
    caller: Caller,
    error: type[Exception],
    says: str,
):
    facts = every_day("2026-11-02", "2026-11-20", model="gpt-4", organization="globex")
    async with asking(tmp_path, NOW, facts) as parts:
        with pytest.raises(error, match=says):
            await parts.handlers.compare.compare(request_, caller)


async def test_without_data_or_without_a_whole_day_it_says_so(tmp_path: Path):
    async with asking(tmp_path, NOW, []) as parts:
        with pytest.raises(NotFound, match="no data yet"):
            await parts.handlers.compare.compare(CompareRequest(), ADMIN)
        add(parts.mart, [on("2026-11-19", "1", 9), on("2026-11-20", "1", 9)])
        with pytest.raises(NotFound, match="The data begins on 2026-11-19: no day is whole"):
            await parts.handlers.compare.compare(CompareRequest(span=Span.DAY), ADMIN)


async def test_where_the_question_finds_nothing_it_says_so(tmp_path: Path):
    facts = [*every_day("2026-10-20", "2026-11-20"), on("2026-10-25", "1", model="gpt-4")]
    result = await answered(tmp_path, facts, CompareRequest(filters={"model": ("gpt-4",)}))
    assert result.is_empty
    assert compare_answer(result, ADMIN).text == (
        "Cost · model gpt-4, the last 7 complete days: none. "
        "The data runs from 2026-10-20 to 2026-11-20: `/cost 30d` shows what there is."
    )


@pytest.mark.parametrize("provider", [None, "openai"])
async def test_where_all_that_is_asked_for_has_ended_its_last_days_are_compared(
    tmp_path: Path, provider: str | None
):
    facts = every_day("2026-09-01", "2026-09-20", "2", provider="openai")
    filters: dict[str, tuple[str, ...]] = {}
    if provider:
        filters["provider"] = (provider,)
        facts += [gpu_on(f"2026-11-{day:02}", "9", 23) for day in range(1, 20)]
    result = await answered(tmp_path, facts, CompareRequest(filters=filters))
    assert result.compared.now.label == "the 7 days to 2026-09-20"
    assert result.total.now.cost == 14
    assert "Nothing after 2026-09-20 is judged: LLM data ends on 20 Sep 23:15 UTC" in notes(result)

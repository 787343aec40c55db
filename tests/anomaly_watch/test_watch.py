from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from analysis.roles import Role
from analysis.series import Measure, SeriesKey
from bot.grammar.parse import parse
from bot.grammar.why import WhyCommand
from handlers.incidents.telling import story_of
from queries.dimensions import Source
from storage.records.route import RouteDraft
from tests.anomaly_watch.makers import DAY, LAST, TRAFFIC, day_of, quiet, watched
from tests.facts import add

ALL = SeriesKey(None, None, None, Measure.COST)


async def test_a_planted_incident_is_found_once_and_told_of_everything_together(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as costbot:
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.day == LAST
        there = await costbot.open()
        roots = [one for one in await costbot.findings() if one.outcome == "told"]
        assert [one.organization for one in roots] == [None]
        assert set(there) == {f"anomaly|{roots[0].series}"}
        (incident,) = there.values()
        assert incident.level == "critical"
        assert 150 < incident.usd < 350


async def test_nothing_is_found_where_nothing_is_odd(tmp_path: Path) -> None:
    async with watched(tmp_path, [*quiet(), *day_of(LAST)]) as costbot:
        looked = await costbot.watch.look()
        assert looked is not None
        assert (looked.found, looked.series > 10) == (0, True)
        assert await costbot.open() == {}


async def test_the_same_state_is_looked_at_once_by_two_replicas(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        first, second = costbot.watch, costbot.watch
        looked = await asyncio.gather(first.look(), second.look())
        assert sorted(one is None for one in looked) == [False, True]
        assert await first.look() is None
        assert await second.look() is None
        assert len(await costbot.open()) == 1


async def test_the_story_names_the_driver_and_the_curve_without_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        (incident,) = (await costbot.open()).values()
        story = story_of(incident)
        assert "gpt-4" in " ".join((*story.cause, *story.breakdown))
        assert story.cause[0].startswith("Traffic explains it: requests +")
        assert "within the usual" in story.without
        assert story.advice
        assert story.curve is not None
        assert len(story.curve.actual) == 28
        assert story.curve.expected[-2] is not None
        assert story.facts["severity"] == "critical"
        assert story.facts["timestamp"] == LAST.isoformat()


async def test_what_it_says_to_ask_is_understood_and_answered(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        (incident,) = (await costbot.open()).values()
        ask = story_of(incident).ask
        assert ask is not None
        command = parse(ask, costbot.parts.dimensions, Role.ADMIN)
        assert isinstance(command, WhyCommand)
        assert str(command.request.period) == str(LAST)


async def test_a_day_later_it_is_over(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        costbot.next_day(day_of(LAST + DAY))
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.recovered == 1
        assert await costbot.open() == {}


async def test_an_unfinished_day_is_not_judged(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        half = [one for one in day_of(LAST + DAY, 9.0) if str(one["time"])[11:13] == "09"]
        add(costbot.parts.mart, half)
        costbot.clock.advance(timedelta(hours=12))
        assert await costbot.watch.look() is None


async def test_a_restated_day_is_looked_at_again(tmp_path: Path) -> None:
    async with watched(tmp_path, [*quiet(), *day_of(LAST)]) as costbot:
        first = await costbot.watch.look()
        assert first is not None
        assert first.found == 0
        late = [
            {**one, "time": one["time"], "request_id": f"late {number}"}
            for number, one in enumerate(day_of(LAST, 5.0, only=TRAFFIC[:1]))
        ]
        add(costbot.parts.mart, late)
        again = await costbot.watch.look()
        assert again is not None
        assert again.found > 0
        assert len(await costbot.open()) == 1


async def test_a_source_that_went_silent_is_no_data_and_not_ok(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        costbot.clock.advance(timedelta(days=2))
        await costbot.watch.look()
        (incident,) = (await costbot.open()).values()
        assert incident.level == "no data"
        assert "no new data" in incident.last_word


async def test_a_source_that_lags_is_judged_on_its_own_last_day(tmp_path: Path) -> None:
    gpu = [("globex", "ltxv", "/v1/video", "u4", 80.0)]
    facts = list(quiet())
    facts += [
        one
        for number in range(50, 0, -1)
        for one in day_of(LAST - number * DAY, source=Source.GPU, only=gpu)
    ]
    # The usage of the last day is late; that of the GPUs is there, and odd.
    facts += day_of(LAST, 6.0, who=("globex", "ltxv"), source=Source.GPU, only=gpu)
    async with watched(tmp_path, facts) as costbot:
        looked = await costbot.watch.look()
        assert looked is not None
        found = await costbot.findings(LAST)
        assert all(series_sources(one.series) for one in found)
        assert await costbot.parts.store.anomaly_looks.last_day() == LAST
        totals = [one for one in found if one.series == str(ALL)]
        assert totals == []  # of everything together that day is not known yet
        add(costbot.parts.mart, day_of(LAST))
        again = await costbot.watch.look()
        assert again is not None
        assert any(one.day == LAST for one in await costbot.findings(LAST))


def series_sources(series: str) -> bool:
    """Whether a series may be of GPUs alone."""
    return "gpt-4" not in series and "haiku" not in series


async def test_days_that_nobody_looked_at_are_looked_at_too(tmp_path: Path) -> None:
    async with watched(tmp_path, [*quiet(), *day_of(LAST)]) as costbot:
        await costbot.watch.look()
        costbot.next_day(day_of(LAST + DAY, 5.0))
        costbot.next_day(day_of(LAST + 2 * DAY))
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.day == LAST + 2 * DAY
        missed = await costbot.findings(LAST + DAY)
        assert [one.outcome for one in missed].count("told") == 1
        assert await costbot.open() == {}


async def test_an_organization_is_told_of_its_part_where_it_has_a_route_of_its_own(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as costbot:
        draft = RouteDraft(organization="acme", targets=(("slack", "C1"),))
        await costbot.parts.store.routes.add(draft, "T1/U1")
        await costbot.watch.look()
        there = await costbot.open()
        own = [one for one in there.values() if one.organization == "acme"]
        assert len(own) == 1
        assert set(own[0].roots) == {"slack:C1"}


async def test_much_at_once_is_one_message(tmp_path: Path) -> None:
    many = [("acme", f"model {n}", f"/v{n}/chat", f"u{n}", 30.0 + n) for n in range(30)]
    facts = [one for number in range(49, 0, -1) for one in day_of(LAST - number * DAY, only=many)]
    # As many fall as rise: nothing larger stands for them.
    rise = [one for place, one in enumerate(many) if place % 2]
    fall = [one for place, one in enumerate(many) if not place % 2]
    facts += day_of(LAST, 4.0, who=None, only=rise) + day_of(LAST, 0.1, who=None, only=fall)
    async with watched(tmp_path, facts) as costbot:
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.together > 10
        there = await costbot.open()
        assert any(subject.startswith("anomaly|many/") for subject in there)
        assert len(there) < looked.together


async def test_the_first_look_lists_the_days_before_it_and_tells_nobody(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        costbot.next_day(day_of(LAST + DAY))
        looked = await costbot.watch.look()
        assert looked is not None
        assert (looked.day, looked.told) == (LAST + DAY, 0)
        found = [one for one in await costbot.findings() if one.outcome == "before"]
        assert [one.organization for one in found if one.part_of is None] == [None]
        assert await costbot.open() == {}
        costbot.next_day(day_of(LAST + 2 * DAY))
        assert await costbot.watch.look() is not None
        assert [one for one in await costbot.findings(LAST - DAY) if one.outcome == "before"] == []

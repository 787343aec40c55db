from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import BadInput, NotAllowed, NotUnderstood
from analysis.roles import Role
from handlers.anomalies.replayed import Replay
from handlers.anomalies.requests import ListAnomaliesRequest, ReplayRequest, TrialSettings
from tests.anomaly_watch.makers import DAY, LAST, Watched, day_of, person, watched


async def replayed(costbot: Watched, days: int = 7, **settings: object) -> Replay:
    """A replay with other settings."""
    request = ReplayRequest(days, TrialSettings(**settings))  # pyright: ignore[reportArgumentType]
    return await costbot.parts.handlers.replay.replay(request, person())


async def test_with_the_settings_in_force_it_gives_what_the_looks_gave(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        for number, factor in enumerate((1.0, 6.0, 1.0), start=1):
            costbot.next_day(day_of(LAST + number * DAY, factor, who=("globex", "ltxv")))
            await costbot.watch.look()
        result = await replayed(costbot, 3)
        assert [day.was_looked_at for day in result.days] == [True] * 3
        assert sum(len(day.did) for day in result.days) > 0
        for day in result.days:
            assert [one.key for one in day.would] == [one.key for one in day.did]
            assert [one.usd for one in day.would] == [one.usd for one in day.did]
        assert (result.new, result.gone) == ((), ())
        assert result.would == result.did == 1


async def test_higher_bands_would_have_told_less(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        usual = await replayed(costbot)
        calm = await replayed(costbot, least_usd=Decimal(100_000))
        assert (usual.would, calm.would, calm.did) == (1, 0, 1)
        assert [one.day for one in calm.gone] == [LAST]
        assert calm.a_week(calm.did) == Decimal(1)


async def test_days_that_nobody_looked_at_show_what_is_in_force(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        result = await replayed(costbot, bands=(50.0, 60.0, 70.0))
        assert not any(day.was_looked_at for day in result.days)
        assert (result.would, result.did) == (0, 1)


async def test_labels_count_in_a_replay(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        (incident,) = (await costbot.open()).values()
        await costbot.labels.say(str(incident.id), "expected", person())
        await costbot.watch.look()
        result = await replayed(costbot)
        assert (result.would, result.did, result.labels) == (0, 1, 1)
        assert [one.day for one in result.gone] == [LAST]


async def test_an_organization_replays_its_own_series(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        handler = costbot.parts.handlers.replay
        own = await handler.replay(ReplayRequest(7), person("acme", Role.ORG_ADMIN))
        keys = {one.key.organization for day in own.days for one in day.would}
        assert keys == {"acme"}
        other = await handler.replay(ReplayRequest(7), person("globex", Role.ORG_ADMIN))
        assert other.would == 0
        with pytest.raises(NotAllowed):
            await handler.replay(ReplayRequest(7), person("acme", Role.USER))


async def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        with pytest.raises(BadInput, match="bands"):
            await replayed(costbot, bands=(3.0, 2.0, 4.0))
        with pytest.raises(BadInput, match="share"):
            await replayed(costbot, least_ratio=1000.0)
        with pytest.raises(BadInput):
            await replayed(costbot, 31)
        request = ReplayRequest(filters={"provider": ("openai",)})
        with pytest.raises(NotUnderstood, match="not looked for by"):
            await costbot.parts.handlers.replay.replay(request, person())


async def test_a_list_shows_what_was_found_and_how_it_stands(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        handler = costbot.parts.handlers.anomalies
        listed = await handler.list(ListAnomaliesRequest(), person())
        (row,) = listed.rows
        assert (row.state, row.label, row.finding.organization) == ("open", None, None)
        own = await handler.list(ListAnomaliesRequest(), person("acme", Role.USER))
        assert [one.finding.organization for one in own.rows] == ["acme"]
        assert (await handler.list(ListAnomaliesRequest(), person("globex", Role.USER))).rows == []
        filtered = ListAnomaliesRequest(filters={"organization": ("ACME",)})
        assert len((await handler.list(filtered, person())).rows) == 1
        (incident,) = (await costbot.open()).values()
        await costbot.labels.say(str(incident.id), "expected", person())
        await costbot.watch.look()  # does not forget that it was told
        (row,) = (await handler.list(ListAnomaliesRequest(), person())).rows
        assert row.label is not None
        assert (row.state, row.label.kind) == ("over", "expected")
        assert (await handler.list(ListAnomaliesRequest(only_open=True), person())).rows == []


async def test_what_lasts_is_one_in_a_list(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        costbot.next_day(day_of(LAST + DAY, 5.0))
        await costbot.watch.look()
        handler = costbot.parts.handlers.anomalies
        (row,) = (await handler.list(ListAnomaliesRequest(), person())).rows
        assert (row.days, row.finding.day, row.state) == (2, LAST + DAY, "open")
        shown = await handler.show(row.finding.id.hex[:8], person())
        assert shown.about.incident is not None
        assert shown.about.day == LAST + DAY

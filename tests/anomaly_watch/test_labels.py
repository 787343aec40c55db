from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput, NotAllowed, NotFound, Outdated
from analysis.roles import Role
from handlers.anomalies.drafting import Planned
from handlers.anomalies.floors import floor_above
from storage.records.anomaly import LabelKind
from storage.records.incident import Incident
from storage.records.route import RouteDraft
from tests.anomaly_watch.makers import DAY, LAST, Watched, day_of, person, watched


async def the_incident(costbot: Watched) -> Incident:
    """The one open incident, after a look."""
    await costbot.watch.look()
    (incident,) = (await costbot.open()).values()
    return incident


async def test_what_is_expected_closes_and_is_not_told_again_at_that_level(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        said = await costbot.labels.say(str(incident.id), "expected", person())
        assert said.is_new
        assert said.label.left_out_last == LAST
        assert f"until {LAST + timedelta(days=15)} (UTC)" in said.promise
        assert await costbot.open() == {}
        again = await costbot.watch.look()  # the label makes the day be looked at again
        assert again is not None
        assert (again.told, again.found) == (0, again.silent)
        assert await costbot.open() == {}
        costbot.next_day(day_of(LAST + DAY, 5.0))
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.told == 0
        assert looked.silent >= 1


async def test_more_than_the_expected_level_is_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        await costbot.labels.say(str(incident.id), "expected", person())
        costbot.next_day(day_of(LAST + DAY, 9.0))
        await costbot.watch.look()
        assert len(await costbot.open()) == 1


async def test_what_is_real_leaves_the_baseline_and_the_next_one_is_told(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        said = await costbot.labels.say(str(incident.id), "real", person())
        assert "the next one like it is told" in said.promise
        (still,) = (await costbot.open()).values()
        assert still.acknowledged_by == "T1/UADA"
        assert still.label == "real"
        costbot.next_day(day_of(LAST + DAY))
        await costbot.watch.look()
        assert await costbot.open() == {}
        costbot.next_day(day_of(LAST + 2 * DAY, 9.0))
        await costbot.watch.look()
        assert len(await costbot.open()) == 1


async def test_what_is_too_small_raises_the_floor_above_what_it_moved(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        said = await costbot.labels.say(str(incident.id), "too_small", person())
        floor = said.label.floor_usd
        assert floor is not None
        assert incident.usd < floor <= incident.usd * Decimal("1.2")
        assert f"at least ${floor:,.2f} a day" in said.promise
        again = await costbot.watch.look()
        assert again is not None
        assert again.found == 0
        assert await costbot.open() == {}


async def test_what_is_planned_is_silent_for_its_days_and_told_after_them(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        planned = Planned(LAST, LAST + DAY, "load test", everything=True)
        said = await costbot.labels.say(str(incident.id), "planned", person(), planned)
        assert "anything of the deployment" in said.promise
        assert said.label.note == "load test"
        costbot.next_day(day_of(LAST + DAY, 9.0, who=("globex", "ltxv")))
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.told == 0
        costbot.next_day(day_of(LAST + 2 * DAY, 9.0, who=("globex", "ltxv")))
        await costbot.watch.look()
        assert len(await costbot.open()) == 1


async def test_a_muted_series_is_told_again_when_the_mute_ends(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        until = costbot.clock() + timedelta(hours=30)
        said = await costbot.labels.mute(str(incident.id), until, person())
        assert "until 2026-11-21 09:00 UTC" in said.promise
        costbot.next_day(day_of(LAST + DAY, 5.0))
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.told == 0
        costbot.clock.advance(timedelta(hours=7))
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.told == 1


@pytest.mark.parametrize("kind", ["expected", "real", "too_small"])
async def test_what_is_taken_back_never_was(tmp_path: Path, kind: LabelKind) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        labels = costbot.labels
        await labels.say(str(incident.id), kind, person())
        said = await labels.undo(str(incident.id), person())
        assert said.label.undone_by == "T1/UADA"
        looked = await costbot.watch.look()
        assert looked is not None
        assert looked.told == 1
        (again,) = (await costbot.open()).values()
        assert again.id == incident.id
        assert again.label is None
        with pytest.raises(NotFound, match="Nothing was said"):
            await labels.undo(str(incident.id), person())


async def test_of_two_who_say_the_same_at_once_both_are_told_and_one_is_kept(
    tmp_path: Path,
) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        ada, otto = person(name="Ada"), person(name="Otto")
        both = await asyncio.gather(
            *(costbot.labels.say(str(incident.id), "expected", one) for one in (ada, otto))
        )
        assert sorted(one.is_new for one in both) == [False, True]
        assert both[0].label.id == both[1].label.id
        assert len(await costbot.parts.store.anomaly_labels.live()) == 1


async def test_who_says_something_else_hears_who_was_first(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        await costbot.labels.say(str(incident.id), "expected", person(name="Otto"))
        with pytest.raises(Outdated, match="Otto has said of Cost of everything") as refused:
            await costbot.labels.say(str(incident.id), "real", person())
        assert "Take that back first" in refused.value.hint


async def test_another_organizations_anomaly_is_not_there(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.parts.store.routes.add(
            RouteDraft(organization="acme", targets=(("slack", "C1"),)), "T1/U1"
        )
        await costbot.watch.look()
        own = [one for one in (await costbot.open()).values() if one.organization == "acme"]
        stranger = person("globex", Role.ORG_ADMIN)
        with pytest.raises(NotFound):
            await costbot.labels.say(str(own[0].id), "expected", stranger)
        with pytest.raises(NotAllowed, match="Only an organization admin may say"):
            await costbot.labels.say(str(own[0].id), "expected", person("acme", Role.USER))
        said = await costbot.labels.say(str(own[0].id), "expected", person("acme", Role.ORG_ADMIN))
        assert said.label.organization == "acme"
        assert all(series.startswith("=acme") for series in said.label.series)


async def test_what_was_found_is_labelled_by_its_own_id_too(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        await costbot.watch.look()
        (root,) = [one for one in await costbot.findings() if one.outcome == "told"]
        said = await costbot.labels.say(root.id.hex[:8], "expected", person())
        assert said.about.incident is not None
        assert await costbot.open() == {}
        await costbot.labels.undo(root.id.hex[:8], person())
        (again,) = (await costbot.open()).values()
        assert again.id == said.about.incident.id


async def test_days_that_cannot_be_are_refused(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        for planned in (Planned(LAST, LAST - DAY), Planned(LAST, LAST + 200 * DAY)):
            with pytest.raises(BadInput):
                await costbot.labels.say(str(incident.id), "planned", person(), planned)
        with pytest.raises(BadInput, match="ends in the future"):
            await costbot.labels.mute(str(incident.id), costbot.clock(), person())


async def test_every_word_is_in_the_audit_trail(tmp_path: Path) -> None:
    async with watched(tmp_path) as costbot:
        incident = await the_incident(costbot)
        await costbot.labels.say(str(incident.id), "expected", person())
        await costbot.labels.undo(str(incident.id), person())
        entries = await costbot.parts.store.audit.of_object("anomaly", incident.subject)
        assert {one.action for one in entries} == {"anomaly.label", "anomaly.undo"}


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10**9), places=2))
def test_a_floor_lies_above_what_was_moved_and_not_far(usd: Decimal) -> None:
    floor = floor_above(usd)
    assert usd < floor
    assert floor <= max(usd * Decimal("1.1"), Decimal(1))

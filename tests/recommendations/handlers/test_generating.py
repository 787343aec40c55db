"""Drawing anew: what it keeps, what it leaves alone, and what it says where something fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, Unavailable
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind, Proposal
from handlers.recommendations.evidence import Evidence
from handlers.recommendations.generating import DRAWN_AT_ONCE
from handlers.recommendations.prepared import KEPT_AT_ONCE
from handlers.recommendations.requests import DecideRequest, GenerateRequest
from handlers.recommendations.results import Failure
from queries.dimensions import Dimensions, Source
from queries.mart import Mart
from storage.repositories.recommendations import Wanted
from tests.recommendations.handlers.conftest import (
    ADMIN,
    LEAD,
    MEMBER,
    STRANGER,
    Desk,
    with_days,
)
from tests.recommendations.proposals import proposal

CACHING = proposal(kind=Kind.CACHING)
FOUR_KINDS = (
    Kind.MODEL_DOWNGRADE,
    Kind.CACHING,
    Kind.BATCH_PROCESSING,
    Kind.PROMPT_OPTIMIZATION,
)
GLOBEX = proposal(organization="globex")


async def test_what_is_found_is_kept_once_however_often_it_is_drawn(desk: Desk) -> None:
    first = await desk.draw(proposal(), CACHING, GLOBEX)
    assert (first.found, first.created, first.updated, first.organizations) == (3, 3, 0, 2)
    assert (first.first_day, first.last_day) == (date(2026, 10, 21), date(2026, 11, 19))
    again = await desk.draw(proposal(saved="50"), CACHING, GLOBEX)
    assert (again.created, again.updated, again.expired) == (0, 3, 0)
    rows = await desk.rows(Wanted(within="acme"))
    assert {str(row.content.savings.likely) for row in rows} == {"50", "40"}
    assert {row.state for row in rows} == {State.PENDING}


async def test_what_is_no_longer_found_expires_and_comes_back_as_the_same(desk: Desk) -> None:
    await desk.draw(proposal())
    row = await desk.only()
    done = await desk.draw()
    assert (done.expired, (await desk.only()).state) == (1, State.EXPIRED)
    back = await desk.draw(proposal())
    assert (back.came_back, (await desk.only()).id) == (1, row.id)


async def test_an_organization_without_usage_any_more_loses_what_was_open(desk: Desk) -> None:
    await desk.draw(proposal(), GLOBEX)
    desk.found.organizations = ("acme",)
    done = await desk.draw(proposal())
    assert (done.expired, done.organizations) == (1, 2)


async def test_a_type_that_fails_is_told_and_keeps_no_other_from_being_drawn(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    await desk.draw(proposal(), CACHING)
    desk.found.broken = {Kind.MODEL_DOWNGRADE}
    done = await desk.draw(replace(CACHING, title="Other words"))
    assert done.failed == (
        Failure("model_downgrade", "An error that was not expected: IndexError.", 2),
    )
    assert (done.updated, done.expired) == (1, 0)
    assert {row.content.title for row in await desk.rows()} == {proposal().title, "Other words"}
    assert "recommendations of kind model_downgrade could not be drawn" in caplog.text


async def test_evidence_that_cannot_be_had_keeps_what_needs_it_as_it_is(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    limit = proposal(kind=Kind.RATE_LIMITING)
    await desk.draw(limit, CACHING)
    desk.found.unavailable = {"actors": Unavailable("The mart's files cannot be read.")}
    done = await desk.draw()
    assert done.failed == (Failure("rate_limiting", "The mart's files cannot be read.", 2),)
    states = {row.content.kind: row.state for row in await desk.rows()}
    assert states == {Kind.RATE_LIMITING: State.PENDING, Kind.CACHING: State.EXPIRED}
    assert "go without users and keys by the hour" in caplog.text


async def test_without_any_usage_to_be_read_nothing_expires(desk: Desk) -> None:
    await desk.draw(proposal(), CACHING)
    desk.found.unavailable = {"usage": ZeroDivisionError()}
    done = await desk.draw()
    assert (done.expired, len(done.failed)) == (0, 7)


async def test_fewer_days_do_not_refute_what_more_days_have_shown(desk: Desk) -> None:
    await desk.draw(proposal(), days=30)
    assert (await desk.draw(days=7)).expired == 0
    assert (await desk.draw(days=30)).expired == 1


async def test_a_proposal_to_another_organization_is_refused(desk: Desk) -> None:
    def draw(evidence: Evidence) -> list[Proposal]:
        assert evidence.organization == "acme"
        return [GLOBEX]

    types = [replace(desk.handlers.generate.types[0], draw=draw)]
    generate = replace(desk.handlers.generate, types=types)
    done = await generate.generate(GenerateRequest(), LEAD)
    assert done.failed == (
        Failure("model_downgrade", "An error that was not expected: ValueError.", 1),
    )
    assert await desk.rows() == []


async def test_a_lead_has_the_own_organization_drawn_and_no_other(desk: Desk) -> None:
    done = await desk.draw(proposal(), GLOBEX, caller=LEAD)
    assert (done.organizations, done.created) == (1, 1)
    generate = desk.handlers.generate.generate
    with pytest.raises(NotAllowed, match="You see the recommendations of acme"):
        await generate(GenerateRequest(organization="globex"), LEAD)
    with pytest.raises(NotAllowed, match="Only an organization admin may have"):
        await generate(GenerateRequest(), MEMBER)
    for days in (6, 91):
        with pytest.raises(BadInput, match=f"cannot be drawn from {days} days"):
            await generate(GenerateRequest(days=days), ADMIN)


async def test_what_is_drawn_again_as_it_is_is_seen_again_and_not_changed(desk: Desk) -> None:
    await desk.draw(proposal(), CACHING)
    before = {row.content.kind: row for row in await desk.rows()}
    desk.clock.advance(timedelta(hours=1))
    done = await desk.draw(proposal(saved="50"), CACHING)
    after = {row.content.kind: row for row in await desk.rows()}
    assert done.updated == 2
    kept, newer = after[Kind.CACHING], after[Kind.MODEL_DOWNGRADE]
    assert kept == replace(before[Kind.CACHING], last_seen=desk.clock.now)
    assert (newer.version, newer.last_seen) == (2, desk.clock.now)
    opportunities = await desk.store.opportunities.page(within="acme")
    assert {one.content.kind.value: one.version for one in opportunities} == {
        "expensive_model_overuse": 2,
        "low_cache_hit_rate": 1,
    }
    assert {one.last_seen for one in opportunities} == {desk.clock.now}


async def test_any_other_word_of_the_evidence_is_a_change(desk: Desk) -> None:
    await desk.draw(CACHING)
    evidence = {**CACHING.evidence, "requests": 1_201}
    for changed in (
        replace(CACHING, evidence=evidence),
        replace(CACHING, valid_until=CACHING.valid_until + timedelta(days=1)),
        replace(CACHING, steps=(*CACHING.steps, "Tell.")),
    ):
        await desk.draw(changed)
        row = await desk.only()
        assert row.content == changed
    assert row.version == 4


async def test_more_organizations_than_are_kept_at_once_are_all_kept(desk: Desk) -> None:
    names = [f"organization {number}" for number in range(2 * DRAWN_AT_ONCE + 1)]
    desk.found.organizations = tuple(names)
    many = [proposal(f"model-{n}", organization=names[0]) for n in range(2 * KEPT_AT_ONCE)]
    some = [proposal(kind=kind, organization=name) for name in names[1:] for kind in FOUR_KINDS]
    done = await desk.draw(*many, *some)
    assert done.created == len(many) + len(some)
    again = await desk.draw(*many[1:], *some[1:])
    assert (again.created, again.updated, again.expired) == (0, done.created - 2, 2)
    rows = await desk.rows(Wanted(within=names[-1]))
    assert len(rows) == len(FOUR_KINDS)
    entries = await desk.store.audit.of_object("recommendation", str(rows[0].id))
    assert [entry.action for entry in entries] == ["recommendation.create"]


async def test_the_days_are_those_of_the_source_that_it_was_drawn_from(desk: Desk) -> None:
    with_days(desk.mart, 12, Source.GPU)
    await desk.draw(
        proposal(kind=Kind.UNUSED_FEATURES), proposal(kind=Kind.IDLE_CAPACITY, organization=None)
    )
    rows = await desk.rows()
    assert {row.content.kind: row.drawn.evidence_days for row in rows} == {
        Kind.UNUSED_FEATURES: 30,  # of two types of this kind, that of an organization's usage
        Kind.IDLE_CAPACITY: 12,
    }


async def test_who_had_recommendations_drawn_is_in_the_audit_trail(desk: Desk) -> None:
    await desk.draw(proposal(), GLOBEX)
    await desk.draw(proposal(saved="50"), caller=LEAD)
    desk.found.proposals = []
    await desk.handlers.generate.nightly()
    entries = [
        entry
        for entry in await desk.store.audit.page()
        if entry.action == "recommendation.generate"
    ]
    assert [(e.actor.name, e.surface, e.organization) for e in entries] == [
        ("Kim", "slack", "acme"),
        ("Ada", "slack", None),
    ]
    assert entries[0].after == {
        "first_day": "2026-10-21",
        "last_day": "2026-11-19",
        "organizations": 1,
        "found": 1,
        "created": 0,
        "updated": 1,
        "came_back": 0,
        "expired": 0,
        "archived": 0,
        "opportunities": 1,
        "failed": [],
    }


async def test_a_week_of_complete_days_is_the_least(desk: Desk, tmp_path: Path) -> None:
    mart = Mart(tmp_path / "young", Dimensions(), desk.clock)
    generate = replace(desk.handlers.generate, mart=mart)
    with pytest.raises(NotFound, match="no 7 complete days"):
        await generate.generate(GenerateRequest(), ADMIN)
    with_days(mart, 6)
    with pytest.raises(NotFound, match="no 7 complete days"):
        await generate.generate(GenerateRequest(), ADMIN)
    assert await generate.nightly() is None


async def test_days_that_are_not_there_are_not_counted(desk: Desk, tmp_path: Path) -> None:
    mart = Mart(tmp_path / "young", Dimensions(), desk.clock)
    with_days(mart, 12)
    done = await replace(desk.handlers.generate, mart=mart).generate(GenerateRequest(), ADMIN)
    assert (done.first_day, done.last_day) == (date(2026, 11, 8), date(2026, 11, 19))


async def test_the_night_draws_once_for_each_new_day_whoever_begins_it(desk: Desk) -> None:
    desk.found.proposals = [proposal()]
    nightly = desk.handlers.generate.nightly
    done = [one for one in await asyncio.gather(*(nightly() for _ in range(3))) if one]
    assert [one.created for one in done] == [1]
    desk.clock.advance(timedelta(hours=8))
    assert await nightly() is None


async def test_a_night_that_fails_is_begun_again(desk: Desk) -> None:
    class Lost(Exception):
        """What nobody expects."""

    def fails(what: str, done: float) -> None:
        _ = what, done
        raise Lost

    generate = desk.handlers.generate
    with pytest.raises(Lost):
        await generate._run("night", 30, None, fails)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    assert await generate.nightly() is not None


async def test_progress_is_told_from_beginning_to_end(desk: Desk) -> None:
    told: list[tuple[str, float]] = []
    desk.found.proposals = [proposal()]

    def tell(what: str, done: float) -> None:
        told.append((what, done))

    await desk.handlers.generate.generate(GenerateRequest(), ADMIN, tell)
    assert told[0] == ("gathering evidence", 0.0)
    assert [done for _, done in told] == sorted(done for _, done in told)
    assert told[-1][1] <= 1


async def test_time_wakes_expires_and_archives_what_nobody_draws(desk: Desk) -> None:
    await desk.draw(proposal(), CACHING)
    row = (await desk.rows(Wanted(kinds=frozenset({Kind.CACHING}))))[0]
    snooze = DecideRequest(str(row.id), Move.SNOOZE, until=date(2026, 12, 1))
    await desk.handlers.decide.decide(snooze, LEAD)
    desk.clock.advance(timedelta(days=12))
    assert await desk.handlers.age.age() == {"came_back": 1}
    desk.clock.advance(timedelta(days=30))
    assert await desk.handlers.age.age() == {"expired": 2}
    desk.clock.advance(timedelta(days=90))
    assert await desk.handlers.age.age() == {"archived": 2}
    assert await desk.rows() == []
    assert await desk.handlers.age.age() == {}


async def test_strangers_see_nothing_of_it(desk: Desk) -> None:
    await desk.draw(proposal())
    done = await desk.draw(proposal(), caller=STRANGER)
    assert (done.found, done.organizations) == (0, 1)

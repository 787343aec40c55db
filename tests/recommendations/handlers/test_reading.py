"""Lists, totals, summaries, the JSON of all of it, and who may."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood
from analysis.recommendations.kept.states import RULES, Move, State
from analysis.recommendations.proposal import Kind
from handlers.recommendations import permissions
from handlers.recommendations.fields import (
    generated_json,
    measurement_json,
    recommendation_json,
    totals_json,
)
from handlers.recommendations.permissions import MOVES, Act, allow, may, within
from handlers.recommendations.reading import ReadHandler
from handlers.recommendations.requests import DecideRequest, ListRequest, ShowRequest
from handlers.recommendations.results import Totals
from handlers.recommendations.totals import KnownTotals
from storage.addresses import parse_address
from storage.database import Database
from storage.records.recommendation import Recommendation
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement
from tests.recommendations.handlers.conftest import ADMIN, LEAD, MEMBER, NOW, STRANGER, Desk
from tests.recommendations.proposals import proposal

PAGE = Path(__file__).parents[3] / "docs" / "recommendations.md"

DOWNGRADE = proposal(saved="40")
CACHING = proposal(saved="50", kind=Kind.CACHING)
"""On the same 100 dollars: together 1 − 0.6 × 0.5 = 70 %."""

OTHER = proposal("claude-3-opus", saved="30")


async def test_totals_follow_whatever_was_changed_by_whomever(desk: Desk) -> None:
    def another() -> ReadHandler:  # as in another process: it has added up nothing yet
        return replace(desk.handlers.read, totals=KnownTotals())

    async def alike() -> Totals:
        for caller in (ADMIN, LEAD, MEMBER):
            known = (await desk.handlers.read.list(ListRequest(), caller)).totals
            assert known == (await another().list(ListRequest(), caller)).totals
        return (await desk.handlers.read.list(ListRequest(), ADMIN)).totals

    assert (await alike()).states == ()
    keys = proposal(kind=Kind.RATE_LIMITING, saved="10", scope={"user": ("U1",)})
    globex = proposal(organization="globex", saved="7")
    await desk.draw(DOWNGRADE, CACHING, OTHER, keys, globex)
    assert (await alike()).of(State.PENDING).count == 5
    assert (await alike()).open.alone == Decimal(137)
    await move(desk, await row_of(desk, Kind.CACHING), Move.ACCEPT)
    assert (await alike()).of(State.ACCEPTED).count == 1
    await desk.draw(replace(DOWNGRADE, parts=OTHER.parts), CACHING, keys, globex)
    after = await alike()
    assert (after.of(State.EXPIRED).count, after.open.alone) == (1, Decimal(47))
    desk.clock.advance(timedelta(days=200))
    await desk.handlers.age.age()
    await desk.handlers.age.age()
    assert {one.state for one in (await alike()).states} == {State.ACCEPTED, State.EXPIRED}


async def move(desk: Desk, row: Recommendation, move: Move, **fields: object) -> None:
    asked = replace(DecideRequest(str(row.id), move), **fields)  # pyright: ignore[reportArgumentType]
    await desk.handlers.decide.decide(asked, LEAD)


async def row_of(desk: Desk, kind: Kind, model: str = "gpt-4") -> Recommendation:
    rows = await desk.rows()
    return next(r for r in rows if r.content.kind is kind and r.content.scope["model"] == (model,))


async def test_the_total_never_counts_a_dollar_twice(desk: Desk) -> None:
    await desk.draw(DOWNGRADE, CACHING, OTHER)
    listed = await desk.handlers.read.list(ListRequest(), LEAD)
    assert (listed.totals.open.alone, listed.totals.open.together) == (Decimal(120), Decimal(100))
    await move(desk, await row_of(desk, Kind.CACHING), Move.ACCEPT)
    listed = await desk.handlers.read.list(ListRequest(), LEAD)
    told = [(t.state, t.count, t.savings.together) for t in listed.totals.states]
    assert told == [(State.PENDING, 2, Decimal(70)), (State.ACCEPTED, 1, Decimal(50))]
    assert (listed.total, len(listed.rows)) == (2, 2)


async def test_a_list_says_what_was_asked_for_and_when_it_was_drawn(desk: Desk) -> None:
    await desk.draw(DOWNGRADE, CACHING, OTHER, proposal(organization="globex"))
    read = desk.handlers.read
    first = await read.list(ListRequest(limit=2), LEAD)
    rest = await read.list(ListRequest(limit=2, after=first.after), LEAD)
    assert [row.content for row in (*first.rows, *rest.rows)] == [
        replace(one, scope=one.scope) for one in (CACHING, DOWNGRADE, OTHER)
    ]
    assert (first.total, rest.after) == (3, None)
    assert first.last_run is not None
    assert first.last_run.finished_at == NOW
    some = await read.list(
        ListRequest(min_savings=Decimal(41), kinds=frozenset({Kind.CACHING})), ADMIN
    )
    assert [row.content for row in some.rows] == [CACHING]
    assert (await read.list(ListRequest(organization="globex"), ADMIN)).total == 1
    with pytest.raises(NotAllowed, match="You see the recommendations of acme"):
        await read.list(ListRequest(organization="globex"), MEMBER)
    with pytest.raises(BadInput, match="A page of 501"):
        await read.list(ListRequest(limit=501), LEAD)


async def test_showing_one_tells_what_can_be_done_by_whom(desk: Desk) -> None:
    await desk.draw(DOWNGRADE)
    row = await desk.only()
    read = desk.handlers.read
    lead = await read.show(ShowRequest(row.id.hex[:8]), LEAD)
    assert lead.moves == (Move.ACCEPT, Move.REJECT, Move.SNOOZE, Move.IMPLEMENT)
    member = await read.show(ShowRequest(str(row.id)), MEMBER)
    assert (member.moves, member.may, member.undo_until) == ((), {Act.SEE}, None)
    await move(desk, row, Move.REJECT, reason="no")
    rejected = await read.show(ShowRequest(str(row.id)), LEAD)
    assert (rejected.moves, rejected.names["T1/U2"]) == ((Move.REOPEN,), "Kim")
    assert rejected.undo_until == NOW + timedelta(days=1)
    desk.clock.advance(timedelta(days=2))
    assert (await read.show(ShowRequest(str(row.id)), LEAD)).undo_until is None


@pytest.mark.parametrize("which", ["", "abc", "not-hex", "a" * 33, "123e4567-e89b"])
async def test_what_is_no_id_is_not_there(desk: Desk, which: str) -> None:
    await desk.draw(DOWNGRADE)
    with pytest.raises(NotFound, match="There is no recommendation"):
        await desk.handlers.read.show(ShowRequest(which), LEAD)
    with pytest.raises(NotFound, match="There is no opportunity"):
        await desk.handlers.opportunities.show(which, LEAD)


async def test_digits_that_several_begin_with_are_not_enough(desk: Desk, tmp_path: Path) -> None:
    await desk.draw(DOWNGRADE, CACHING)
    database = Database(parse_address(f"sqlite:///{tmp_path}/store.sqlite3"))
    async with database.writing() as session:
        await session.execute(text("UPDATE recommendations SET id = 'abcd' || substr(id, 5)"))
    await database.close()
    with pytest.raises(NotUnderstood, match="Several recommendations begin with `ABCD`"):
        await desk.handlers.read.show(ShowRequest("ABCD"), LEAD)
    for row in await desk.rows():
        shown = await desk.handlers.read.show(ShowRequest(f"#{row.id.hex[:12]}"), LEAD)
        assert shown.recommendation == row


async def test_the_summary_has_what_is_open_claimed_and_saved(desk: Desk) -> None:
    models = [f"model-{number}" for number in range(6)]
    drawn = [proposal(model, f"{30 + n}") for n, model in enumerate(models)]
    await desk.draw(*drawn)
    rows = {row.content.scope["model"][0]: row for row in await desk.rows()}
    for model in models[:3]:
        await move(desk, rows[model], Move.ACCEPT)
    await move(desk, rows["model-0"], Move.VERIFY, savings="15")
    desk.clock.advance(timedelta(days=60))
    seen = SavingsMeasurement(
        recommendation_id=rows["model-1"].id,
        as_of=date(2027, 1, 18),
        state=MeasurementState.SEEN,
        promised=Decimal(62),
        measured_low=Decimal(40),
        measured_likely=Decimal("55.5"),
        measured_high=Decimal(70),
        method="counterfactual",
        control="",
        days=60,
        measured_at=desk.clock.now,
    )
    await desk.store.measurements.put([seen])
    summary = await desk.handlers.read.summary(LEAD)
    assert [row.content.scope["model"][0] for row in summary.top] == models[:2:-1]
    saved = summary.saved
    assert (saved.seen, saved.promised) == (Decimal("85.5"), Decimal(122))
    assert (saved.counted, saved.not_seen_yet) == (2, 1)
    assert summary.totals.of(State.ACCEPTED).count == 2
    assert summary.totals.of(State.REJECTED).count == 0
    assert measurement_json(seen)["measured"] == "55.5"
    assert (await desk.handlers.read.summary(STRANGER)).is_empty


async def test_json_has_the_fields_that_programs_know(desk: Desk) -> None:
    done = await desk.draw(DOWNGRADE)
    row = await desk.only()
    told = json.loads(json.dumps(recommendation_json(row)))
    assert (
        told
        | {
            "type": "model_downgrade",
            "current_monthly_cost": "100",
            "projected_monthly_cost": "60",
            "estimated_savings": "40",
            "savings_percentage": "40.00",
            "priority": "55.5",
            "confidence": "0.8",
            "difficulty": "easy",
            "quality_impact": "low",
            "quality_change": "-0.02",
            "recommended_action": {"model": "gpt-4o-mini", "share": "0.4"},
            "status": "pending",
            "actual_savings": None,
            "valid_until": "2026-12-20",
            "created_at": "2026-11-20T09:30:00Z",
        }
        == told
    )
    totals = (await desk.handlers.read.list(ListRequest(), LEAD)).totals
    assert totals_json(totals)["by_status"] == {
        "pending": {
            "count": 1,
            "savings_alone": "40.00",
            "savings_together": "40.00",
            "counted_twice": "0.00",
            "verified_savings": "0",
        }
    }
    assert json.loads(json.dumps(generated_json(done)))["created"] == 1


@pytest.mark.parametrize("act", Act)
def test_a_role_may_what_the_table_gives_it(act: Act) -> None:
    assert [may(act, caller) for caller in (MEMBER, LEAD, ADMIN)] == [act is Act.SEE, True, True]
    if act is not Act.SEE:
        with pytest.raises(NotAllowed, match="Only an organization admin may"):
            allow(act, MEMBER)


def test_the_moves_of_people_are_those_that_a_role_may() -> None:
    assert set(MOVES) == {one for one, rule in RULES.items() if rule.least is not None}


def test_who_is_of_no_organization_reaches_nothing() -> None:
    with pytest.raises(NotAllowed, match="of no organization"):
        within(replace(LEAD, organization=None))
    assert (within(ADMIN), within(ADMIN, "acme"), within(LEAD)) == (None, "acme", "acme")


def test_the_page_has_the_table_of_the_code() -> None:
    lines = [line for line in (permissions.__doc__ or "").splitlines() if line.startswith("|")]
    assert len(lines) == 6
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")


def test_the_page_has_every_move_as_the_table_of_states_has_it() -> None:
    written = PAGE.read_text(encoding="utf-8")
    for one, rule in RULES.items():
        sources = ", ".join(state for state in State if state in rule.sources)
        who = "costbot itself" if rule.least is None else f"{rule.least.label} on"
        target = rule.target or "the one before"
        assert f"| {one} | {sources} | {target} | {who} |" in written

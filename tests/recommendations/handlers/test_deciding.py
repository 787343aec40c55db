"""Decisions: who may, what they change, who was quicker, and how they are taken back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood, Outdated
from analysis.recommendations.kept.states import Move, State
from handlers.caller import Caller
from handlers.recommendations.requests import AssignRequest, DecideRequest, ShowRequest
from handlers.recommendations.results import Decided
from storage.records.recommendation import Recommendation
from tests.recommendations.handlers.conftest import (
    ADMIN,
    LEAD,
    MEMBER,
    NOW,
    OTHER_LEAD,
    STRANGER,
    Desk,
)
from tests.recommendations.proposals import proposal


async def decide(
    desk: Desk, row: Recommendation, move: Move, caller: Caller = LEAD, **fields: object
) -> Decided:
    asked = DecideRequest(str(row.id), move)
    asked = replace(asked, **fields)  # pyright: ignore[reportArgumentType]
    return await desk.handlers.decide.decide(asked, caller)


async def drawn(desk: Desk) -> Recommendation:
    await desk.draw(proposal())
    return await desk.only()


async def test_what_is_accepted_keeps_its_content_and_says_who_and_when(desk: Desk) -> None:
    row = await drawn(desk)
    done = await decide(desk, row, Move.ACCEPT, reason="worth it")
    assert (done.before.state, done.after.state, done.by) == (State.PENDING, State.ACCEPTED, "Kim")
    assert done.undo_until == NOW + timedelta(days=1)
    assert (done.after.standing.decided_by, done.after.standing.accepted_at) == ("T1/U2", NOW)
    await desk.draw(proposal(saved="70"))
    after = await desk.only()
    assert after == done.after
    assert after.content == row.content


async def test_every_move_is_in_the_audit_trail_with_before_and_after(desk: Desk) -> None:
    row = await drawn(desk)
    await decide(desk, row, Move.ACCEPT)
    await decide(desk, row, Move.IMPLEMENT, OTHER_LEAD)
    await decide(desk, row, Move.VERIFY, ADMIN, savings="$38.50")
    entries = (await desk.handlers.read.show(ShowRequest(str(row.id)), LEAD)).entries
    told = [(one.actor.name, one.surface, one.action) for one in entries]
    assert told == [
        ("Ada", "slack", "recommendation.verify"),
        ("Lee", "slack", "recommendation.implement"),
        ("Kim", "slack", "recommendation.accept"),
        ("costbot", "system", "recommendation.create"),
    ]
    before, after = entries[0].before or {}, entries[0].after or {}
    assert (before["state"], after["state"]) == ("implemented", "verified")
    assert (after["verified_savings"], after["savings_likely"]) == ("38.5", "40")
    assert {one.organization for one in entries} == {"acme"}


async def test_of_two_who_accept_and_reject_at_once_one_hears_who_was_quicker(desk: Desk) -> None:
    row = await drawn(desk)
    outcomes = await asyncio.gather(
        decide(desk, row, Move.ACCEPT, seen=State.PENDING),
        decide(desk, row, Move.REJECT, OTHER_LEAD, reason="too risky", seen=State.PENDING),
        return_exceptions=True,
    )
    (done,) = [one for one in outcomes if isinstance(one, Decided)]
    (refused,) = [one for one in outcomes if isinstance(one, Outdated)]
    assert (await desk.only()).state is done.after.state
    verb = "accepted" if done.after.state is State.ACCEPTED else "rejected"
    assert refused.sentence.startswith(f"{done.by} {verb} this recommendation at 2026-11-20 09:30")


async def test_a_decision_is_made_though_new_evidence_arrives_at_the_same_moment(
    desk: Desk,
) -> None:
    row = await drawn(desk)
    desk.found.proposals = [proposal(saved="45")]
    drawing = [asyncio.create_task(desk.draw(proposal(saved=f"{n}"))) for n in range(41, 46)]
    done = await decide(desk, row, Move.ACCEPT)
    await asyncio.gather(*drawing)
    after = await desk.only()
    assert after.state is State.ACCEPTED
    assert after.content == done.after.content


async def test_a_second_click_hears_that_it_was_done(desk: Desk) -> None:
    row = await drawn(desk)
    await decide(desk, row, Move.ACCEPT)
    with pytest.raises(Outdated, match="Kim accepted this recommendation at") as refusal:
        await decide(desk, row, Move.ACCEPT)
    assert "it is accepted, and cannot be accepted" in refusal.value.sentence
    with pytest.raises(Outdated, match="Kim accepted"):
        await decide(desk, row, Move.IMPLEMENT, OTHER_LEAD, seen=State.PENDING)


async def test_what_expired_says_that_costbot_let_it(desk: Desk) -> None:
    row = await drawn(desk)
    await desk.draw()
    with pytest.raises(Outdated, match="costbot let expire this recommendation"):
        await decide(desk, row, Move.ACCEPT)


async def test_a_rejection_needs_a_reason_and_holds_for_a_quarter(desk: Desk) -> None:
    row = await drawn(desk)
    with pytest.raises(BadInput, match="needs a reason"):
        await decide(desk, row, Move.REJECT, reason="  ")
    done = await decide(desk, row, Move.REJECT, reason=" we need gpt-4 ")
    assert done.after.standing.decided_reason == "we need gpt-4"
    assert done.after.standing.dismissed_until == datetime(2027, 2, 18, tzinfo=UTC)


async def test_a_snooze_ends_at_midnight_where_the_person_is(desk: Desk) -> None:
    row = await drawn(desk)
    tokyo = replace(LEAD, zone=ZoneInfo("Asia/Tokyo"))
    for day in (date(2026, 11, 20), date(2029, 1, 1)):
        with pytest.raises(BadInput, match=r"is over|too far ahead"):
            await decide(desk, row, Move.SNOOZE, tokyo, until=day)
    done = await decide(desk, row, Move.SNOOZE, tokyo, until=date(2026, 11, 25))
    assert done.after.standing.snoozed_until == datetime(2026, 11, 24, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("move", "reason"), [(Move.ACCEPT, ""), (Move.REJECT, "no"), (Move.SNOOZE, "")]
)
async def test_a_decision_is_taken_back_within_a_day(desk: Desk, move: Move, reason: str) -> None:
    row = await drawn(desk)
    await decide(desk, row, move, reason=reason)
    desk.clock.advance(timedelta(days=1))
    undone = await decide(desk, row, Move.UNDO)
    plain = replace(row.standing, since=desk.clock.now, decided_by="T1/U2")
    assert undone.after.standing == plain
    with pytest.raises(Outdated, match="it is pending, and cannot be undone"):
        await decide(desk, row, Move.UNDO)


async def test_after_a_day_nothing_is_taken_back_but_reopened(desk: Desk) -> None:
    row = await drawn(desk)
    await decide(desk, row, Move.ACCEPT)
    desk.clock.advance(timedelta(days=1, seconds=1))
    with pytest.raises(Outdated, match="more than a day ago"):
        await decide(desk, row, Move.UNDO)
    reopened = await decide(desk, row, Move.REOPEN)
    assert (reopened.after.state, reopened.after.standing.accepted_at) == (State.PENDING, None)


async def test_accepting_what_was_snoozed_and_taking_it_back_leaves_it_snoozed(desk: Desk) -> None:
    row = await drawn(desk)
    snoozed = await decide(desk, row, Move.SNOOZE)
    await decide(desk, row, Move.ACCEPT)
    undone = await decide(desk, row, Move.UNDO)
    assert undone.after.state is State.SNOOZED
    assert undone.after.standing.snoozed_until == snoozed.after.standing.snoozed_until


async def test_savings_are_verified_by_hand_and_corrected(desk: Desk) -> None:
    row = await drawn(desk)
    with pytest.raises(Outdated, match="cannot be verified"):
        await decide(desk, row, Move.VERIFY, savings="5")
    await decide(desk, row, Move.IMPLEMENT)
    with pytest.raises(BadInput, match="needs what is saved"):
        await decide(desk, row, Move.VERIFY)
    await decide(desk, row, Move.VERIFY, savings="0")
    done = await decide(desk, row, Move.VERIFY, OTHER_LEAD, savings="12.5")
    standing = done.after.standing
    assert (standing.verified_savings, standing.verified_by) == (Decimal("12.5"), "T1/U3")


async def test_a_user_decides_on_nothing_and_another_organization_sees_nothing(desk: Desk) -> None:
    row = await drawn(desk)
    for move in (Move.ACCEPT, Move.REJECT, Move.SNOOZE, Move.UNDO):
        with pytest.raises(NotAllowed, match="Only an organization admin may"):
            await decide(desk, row, move, MEMBER)
    with pytest.raises(NotFound) as strange:
        await decide(desk, row, Move.ACCEPT, STRANGER)
    unknown = replace(row, id=row.id.__class__(int=row.id.int ^ 1))
    with pytest.raises(NotFound) as nobodys:
        await decide(desk, unknown, Move.ACCEPT, LEAD)
    assert strange.value.sentence.replace(str(row.id), "") == nobodys.value.sentence.replace(
        str(unknown.id), ""
    )
    assert (await desk.only()).state is State.PENDING


async def test_what_is_about_single_users_is_not_there_for_the_role_user(desk: Desk) -> None:
    await desk.draw(proposal(scope={"user": ("u-1",)}))
    row = await desk.only()
    with pytest.raises(NotFound):
        await desk.handlers.read.show(ShowRequest(str(row.id)), MEMBER)
    assert (await desk.handlers.read.show(ShowRequest(str(row.id)), LEAD)).recommendation == row


async def test_costbots_own_moves_are_nobodys(desk: Desk) -> None:
    row = await drawn(desk)
    with pytest.raises(NotUnderstood, match="Nobody can archive"):
        await decide(desk, row, Move.ARCHIVE, ADMIN)


async def test_one_is_assigned_and_no_longer(desk: Desk) -> None:
    row = await drawn(desk)
    handler = desk.handlers.decide
    done = await handler.assign(AssignRequest(str(row.id), "U024BE7LH"), LEAD)
    assert done.after.standing == replace(row.standing, assigned_to="U024BE7LH")
    again = await handler.assign(AssignRequest(row.id.hex[:8], "U024BE7LH"), LEAD)
    assert again.after.version == done.after.version
    with pytest.raises(BadInput, match="no Slack member id"):
        await handler.assign(AssignRequest(str(row.id), "<!channel>"), LEAD)
    nobody = await handler.assign(AssignRequest(str(row.id), None), LEAD)
    assert nobody.after.standing.assigned_to is None

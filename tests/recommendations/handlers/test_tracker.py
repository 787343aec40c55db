"""Promised against measured, in figures and words, and what it makes of the next promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from analysis.errors import NotAllowed
from analysis.recommendations.cells import dollars_of
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind, Part
from bot.recommendation_words import (
    kind_line,
    measured_line,
    saved_line,
    tracked_line,
    tracker_lines,
)
from handlers.recommendations.requests import DecideRequest
from storage.repositories.recommendations import Wanted
from tests.facts import add
from tests.recommendations.handlers.conftest import ADMIN, LEAD, MEMBER, STRANGER, Desk
from tests.recommendations.proposals import proposal

if TYPE_CHECKING:
    pass

from tests.recommendations.handlers.claimed import (
    ACCEPTED,
    CHAT,
    DAY,
    D,
    accepted,
    chat_proposal,
    days,
    moved_usage,
    usage,
)


async def test_the_tracker_holds_promises_against_what_became_of_them(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    other = replace(CHAT, endpoint="/gone")
    add(desk.mart, [usage(day, other, 100, "3") for day in days(last=ACCEPTED.date())])
    gone = replace(
        proposal(model="gpt-5", kind=Kind.BATCH_PROCESSING),
        parts=(Part(dollars_of(other), D(90), D(40)),),
    )
    cached = chat_proposal("60", Kind.CACHING)
    await accepted(desk, chat_proposal(), gone, cached)
    await desk.handlers.measure.measure()
    tracker = await desk.handlers.tracker.track(LEAD)
    kinds = {track.kind: track for track in tracker.kinds}
    assert kinds[Kind.MODEL_DOWNGRADE].saved.seen == D("50.4")
    assert kinds[Kind.CACHING].saved.not_seen_yet == 1, "its own route costs what it did"
    assert kinds[Kind.BATCH_PROCESSING].saved.not_measurable == 1
    experience = kinds[Kind.MODEL_DOWNGRADE].experience
    assert (experience.count, experience.plain_ratio) == (1, D("0.9"))
    assert tracker.as_of == date(2026, 11, 19)
    assert tracker.total.promised_unseen == D(28)
    first, *rest = tracker_lines(tracker)
    assert first.startswith("Saved $50.40 so far (90 %: $")
    assert first.endswith(
        "of $56.00 promised by now; not seen yet for 1 other, not measurable for 1 "
        "(days to 2026-11-19, UTC)"
    )
    assert rest[0].startswith("cheaper models: saved $50.40 so far")
    assert rest[0].endswith("(90.0 % of what was promised, of 1 recommendation)")
    assert rest[1].startswith("caching: savings not seen yet for 1 recommendation")
    assert kind_line(kinds[Kind.BATCH_PROCESSING]) == (
        "batch processing: savings not measurable for 1 recommendation"
    )
    assert {one.recommendation.content.kind for one in tracker.rows} == set(kinds)
    assert tracked_line(tracker.rows[0]).startswith("Saved $50.40")
    assert (await desk.handlers.tracker.track(ADMIN)).total == tracker.total
    assert (await desk.handlers.tracker.track(MEMBER)).total.claimed == 3
    nothing = await desk.handlers.tracker.track(STRANGER)
    assert tracker_lines(nothing) == ["Nothing is accepted yet, so there is nothing to measure."]
    with pytest.raises(NotAllowed):
        await desk.handlers.tracker.track(STRANGER, "acme")


async def test_dollars_that_two_have_saved_are_counted_once(desk: Desk) -> None:
    rows = [usage(day, CHAT, 100, "10") for day in days(last=ACCEPTED.date())]
    rows += [usage(day, CHAT, 100, "5") for day in days(first=ACCEPTED.date() + DAY)]
    add(desk.mart, rows)
    two = [chat_proposal("60", Kind.CACHING), chat_proposal("90", Kind.BATCH_PROCESSING)]
    await accepted(desk, *two)
    await desk.handlers.measure.measure()
    saved = (await desk.handlers.tracker.track(LEAD)).total
    assert (saved.counted, saved.seen) == (2, D(70)), "each of them sees all that was saved"
    # 20 % and 30 % of $10 a day for 14 days are 44 % together, not 50 %.
    assert saved.promised.quantize(D("0.01")) == D("61.60")


async def test_verified_by_hand_goes_before_what_was_measured(desk: Desk) -> None:
    add(desk.mart, moved_usage())
    (row,) = await accepted(desk, chat_proposal())
    await desk.handlers.measure.measure()
    verify = DecideRequest(str(row.id), Move.VERIFY, savings="30")
    after = (await desk.handlers.decide.decide(verify, LEAD)).after
    desk.clock.advance(30 * DAY)
    saved = (await desk.handlers.tracker.track(LEAD)).total
    assert (saved.seen, saved.low, saved.high) == (D(30), D(30), D(30))
    assert saved_line(saved) == "Saved $30.00 so far of $120.00 promised by now"
    assert measured_line(after, None) == (
        "Verified by hand on 2026-11-20: $30.00 a month of $120.00 promised"
    )


async def test_broken_promises_lower_the_confidence_of_the_next_of_their_kind(desk: Desk) -> None:
    rows = [usage(day, CHAT, 100, "10") for day in days()]
    add(desk.mart, rows)
    await accepted(desk, chat_proposal())
    await desk.handlers.measure.measure()
    await desk.draw(proposal("gpt-5"), proposal("gpt-5", kind=Kind.CACHING))
    pending = await desk.rows(Wanted(states=frozenset({State.PENDING})))
    found = {row.content.kind: row.content for row in pending}
    assert found[Kind.CACHING].confidence == D("0.8"), "of another kind"
    lowered = found[Kind.MODEL_DOWNGRADE]
    assert lowered.confidence == D("0.6"), "0 of $56 and three that are taken to be kept: 3 / 4"
    assert lowered.savings == proposal("gpt-5").savings, "what is promised stays as it is drawn"
    assert lowered.evidence["experience"] == {
        "recommendations": 1,
        "realization_ratio": "0.750",
        "confidence_before": "0.8",
    }

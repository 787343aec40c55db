"""Drawing anew, rule by rule; and random courses of it against what must never happen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.recommendations.kept.merge import (
    DISMISSED,
    KEPT,
    Archived,
    CameBack,
    Change,
    Created,
    Expired,
    Kept,
    Updated,
    aged,
    merged,
)
from analysis.recommendations.kept.states import CLAIMED, RULES, UNDO, Move, State, after
from analysis.recommendations.proposal import Kind, Proposal
from tests.recommendations.proposals import VALID_UNTIL, proposal

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
FOUND = proposal()
ID = UUID(int=1)
JUDGED = {Kind.MODEL_DOWNGRADE: 30}


def kept(state: State, until: datetime | None = None, **fields: object) -> Kept:
    one = Kept(ID, FOUND.key, FOUND.kind, state, NOW, VALID_UNTIL, 30, until)
    return replace(one, **fields)  # pyright: ignore[reportArgumentType]


LATER, BEFORE = NOW + timedelta(days=3), NOW - timedelta(seconds=1)


def test_what_was_not_there_is_created() -> None:
    assert merged([], [FOUND], NOW, JUDGED) == [Created(FOUND)]


def test_of_two_with_one_key_the_one_that_saves_more_counts() -> None:
    more = proposal(saved="50")
    assert more.key == FOUND.key
    assert merged([], [FOUND, more, FOUND], NOW, JUDGED) == [Created(more)]


@pytest.mark.parametrize(
    ("one", "changes"),
    [
        (kept(State.PENDING), [Updated(ID, FOUND)]),
        (kept(State.PENDING, valid_until=date(2026, 11, 1)), [Updated(ID, FOUND)]),
        (kept(State.SNOOZED, LATER), [Updated(ID, FOUND)]),
        (kept(State.SNOOZED, NOW), [CameBack(ID, FOUND)]),
        (kept(State.REJECTED, LATER), []),
        (kept(State.REJECTED, NOW), [CameBack(ID, FOUND)]),
        (kept(State.EXPIRED), [CameBack(ID, FOUND)]),
        (kept(State.ACCEPTED), []),
        (kept(State.IMPLEMENTED), []),
        (kept(State.VERIFIED), []),
    ],
    ids=str,
)
def test_what_is_found_again(one: Kept, changes: list[Change]) -> None:
    assert merged([one], [FOUND], NOW, JUDGED) == changes


@pytest.mark.parametrize(
    ("one", "changes"),
    [
        (kept(State.PENDING), [Expired(ID)]),
        (kept(State.SNOOZED, LATER), []),
        (kept(State.SNOOZED, BEFORE), [Expired(ID)]),
        (kept(State.REJECTED, BEFORE), []),
        (kept(State.ACCEPTED), []),
        (kept(State.IMPLEMENTED), []),
        (kept(State.VERIFIED), []),
        (kept(State.EXPIRED), []),
    ],
    ids=str,
)
def test_what_is_no_longer_found(one: Kept, changes: list[Change]) -> None:
    assert merged([one], [], NOW, JUDGED) == changes


@pytest.mark.parametrize("judged", [{}, {Kind.CACHING: 30}, {Kind.MODEL_DOWNGRADE: 29}], ids=str)
def test_what_the_evidence_cannot_judge_does_not_expire(judged: Mapping[Kind, int]) -> None:
    assert merged([kept(State.PENDING)], [], NOW, judged) == []


@pytest.mark.parametrize(
    ("one", "changes"),
    [
        (kept(State.PENDING, valid_until=NOW.date()), []),
        (kept(State.PENDING, valid_until=date(2026, 11, 19)), [Expired(ID)]),
        (kept(State.SNOOZED, LATER, valid_until=date(2026, 11, 1)), []),
        (kept(State.SNOOZED, NOW), [CameBack(ID, None)]),
        (kept(State.SNOOZED, NOW, valid_until=date(2026, 11, 19)), [Expired(ID)]),
        (kept(State.ACCEPTED, valid_until=date(2026, 1, 1)), []),
        (kept(State.VERIFIED, state_since=NOW - KEPT), [Archived(ID)]),
        (kept(State.EXPIRED, state_since=NOW - KEPT), [Archived(ID)]),
        (kept(State.EXPIRED, state_since=LATER - KEPT), []),
        (kept(State.IMPLEMENTED, state_since=NOW - 9 * KEPT), []),
        (kept(State.REJECTED, NOW - KEPT, state_since=NOW - KEPT - DISMISSED), [Archived(ID)]),
        (kept(State.REJECTED, BEFORE, state_since=NOW - DISMISSED), []),
    ],
    ids=str,
)
def test_what_time_alone_does(one: Kept, changes: list[Change]) -> None:
    assert aged([one], NOW) == changes


MODELS = ("gpt-4", "gpt-4-turbo", "claude-3-opus")
DECISIONS = (Move.ACCEPT, Move.REJECT, Move.SNOOZE, Move.IMPLEMENT, Move.VERIFY, Move.REOPEN)

STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("draw"),
            st.frozensets(st.sampled_from(MODELS)),
            st.sampled_from([7, 30, 90]),
            st.booleans(),
        ),
        st.tuples(
            st.just("decide"),
            st.sampled_from(MODELS),
            st.sampled_from((*DECISIONS, Move.UNDO)),
            st.sampled_from([1, 10, 60, 120]),
        ),
        st.tuples(st.just("wait"), st.sampled_from([1, 5, 40, 100]), st.booleans()),
    ),
    min_size=3,
    max_size=30,
)


@dataclass
class Row:
    """A row of the model: what is kept, its content, and what was promised about it."""

    kept: Kept
    content: Proposal
    before: State | None = None
    snoozed_until: datetime | None = None


@dataclass
class Course:
    """A store as simple as can be, driven by the code that is tested."""

    now: datetime = NOW
    rows: list[Row] = field(default_factory=list[Row])
    drawn: int = 0

    def live(self, model: str) -> Row | None:
        key = proposal(model).key
        live = [r for r in self.rows if r.kept.key == key and r.kept.state is not State.ARCHIVED]
        assert len(live) <= 1, "two live rows of one key"
        return live[0] if live else None

    def draw(self, models: frozenset[str], days: int, fails: bool) -> None:
        self.drawn += 1
        until = (self.now + timedelta(days=20)).date()
        found = [proposal(m, str(self.drawn), cost="9999", valid_until=until) for m in models]
        judged = {} if fails else {Kind.MODEL_DOWNGRADE: days}
        self.apply(merged([r.kept for r in self.rows], found, self.now, judged), days)

    def apply(self, changes: Sequence[Change], days: int) -> None:
        before = {row.kept.id: replace(row) for row in self.rows}
        touched: set[UUID] = set()
        for change in changes:
            if isinstance(change, Created):
                key = change.proposal.key
                self.rows.append(Row(self._new(change.proposal, days), change.proposal))
                assert self.live(change.proposal.scope["model"][0]) is self.rows[-1]
                assert all(
                    r.kept.key != key or r.kept.state is State.ARCHIVED for r in before.values()
                )
                continue
            assert change.id not in touched, "one row changes twice"
            touched.add(change.id)
            self._change(next(r for r in self.rows if r.kept.id == change.id), change, days)
        for row in self.rows:
            if (was := before.get(row.kept.id)) is not None:
                self._check(was, row)

    def _new(self, content: Proposal, days: int) -> Kept:
        key = UUID(int=len(self.rows) + 1)
        return Kept(
            key, content.key, content.kind, State.PENDING, self.now, content.valid_until, days
        )

    def _change(self, row: Row, change: Change, days: int) -> None:
        match change:
            case Updated(_, content) | CameBack(_, Proposal() as content):
                row.content = content
                row.kept = replace(row.kept, valid_until=content.valid_until, evidence_days=days)
            case _:
                pass
        state: dict[type[object], State] = {
            CameBack: State.PENDING,
            Expired: State.EXPIRED,
            Archived: State.ARCHIVED,
        }
        if type(change) in state:
            row.kept = replace(
                row.kept, state=state[type(change)], state_since=self.now, until=None
            )
            row.before = None

    def _check(self, was: Row, row: Row) -> None:
        if was.kept.state in CLAIMED:
            assert row.content is was.content, "the content of what is claimed has changed"
            assert row.kept.state in (was.kept.state, State.ARCHIVED)
            if was.kept.state is not State.VERIFIED:
                assert row.kept == was.kept
        if was.kept.until is not None and self.now < was.kept.until:
            assert row.kept.state is was.kept.state, "it came back before its date"
        if was.kept.state is State.ARCHIVED:
            assert row == was

    def decide(self, model: str, move: Move, days: int) -> None:
        row = self.live(model)
        if row is None or row.kept.state not in RULES[move].sources:
            return
        if move is Move.UNDO and (row.before is None or self.now > row.kept.state_since + UNDO):
            return
        target = after(move, row.kept.state, row.before)
        until = self.now + timedelta(days=days)
        if move is Move.SNOOZE:
            row.snoozed_until = until
        held = {State.SNOOZED: row.snoozed_until, State.REJECTED: until}.get(target)
        row.before = row.kept.state if move in (Move.ACCEPT, Move.REJECT, Move.SNOOZE) else None
        row.kept = replace(row.kept, state=target, state_since=self.now, until=held)

    def wait(self, days: int, looks: bool) -> None:
        self.now += timedelta(days=days)
        if looks:
            self.apply(aged([r.kept for r in self.rows], self.now), 30)


@settings(max_examples=400)
@given(STEPS)
def test_whatever_happens_nothing_is_there_twice_claimed_content_stays_and_dates_hold(
    steps: list[tuple[object, ...]],
) -> None:
    course = Course()
    for name, *given_ in steps:
        getattr(course, str(name))(*given_)
        for model in MODELS:
            course.live(model)


@given(STEPS)
def test_drawing_the_same_twice_changes_nothing_the_second_time(
    steps: list[tuple[object, ...]],
) -> None:
    course = Course()
    for name, *given_ in steps:
        getattr(course, str(name))(*given_)
    found = frozenset(MODELS[:2])
    course.draw(found, 90, fails=False)
    states = [row.kept.state for row in course.rows]
    course.draw(found, 90, fails=False)
    assert [row.kept.state for row in course.rows] == states

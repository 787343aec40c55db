"""The moves that there are, and those that there are not."""

from __future__ import annotations

import pytest

from analysis.recommendations.kept.states import (
    CLAIMED,
    OPEN,
    RULES,
    Move,
    State,
    after,
    is_possible,
)
from analysis.roles import Role

PEOPLE = [move for move, rule in RULES.items() if rule.least is not None]
ITSELF = [move for move, rule in RULES.items() if rule.least is None]


def test_every_move_has_its_rule() -> None:
    assert set(RULES) == set(Move)


@pytest.mark.parametrize(
    ("move", "state", "target"),
    [
        (Move.ACCEPT, State.PENDING, State.ACCEPTED),
        (Move.ACCEPT, State.SNOOZED, State.ACCEPTED),
        (Move.REJECT, State.SNOOZED, State.REJECTED),
        (Move.SNOOZE, State.PENDING, State.SNOOZED),
        (Move.IMPLEMENT, State.ACCEPTED, State.IMPLEMENTED),
        (Move.VERIFY, State.IMPLEMENTED, State.VERIFIED),
        (Move.VERIFY, State.VERIFIED, State.VERIFIED),
        (Move.REOPEN, State.REJECTED, State.PENDING),
        (Move.RETURN, State.EXPIRED, State.PENDING),
        (Move.ARCHIVE, State.VERIFIED, State.ARCHIVED),
    ],
)
def test_a_move_leads_where_the_table_says(move: Move, state: State, target: State) -> None:
    assert after(move, state) is target


@pytest.mark.parametrize(
    ("move", "state"),
    [
        (Move.ACCEPT, State.REJECTED),
        (Move.REJECT, State.ACCEPTED),
        (Move.SNOOZE, State.SNOOZED),
        (Move.VERIFY, State.PENDING),
        (Move.REOPEN, State.VERIFIED),
        (Move.UNDO, State.PENDING),
    ],
)
def test_what_is_not_in_the_table_is_no_move(move: Move, state: State) -> None:
    assert not is_possible(move, state)
    with pytest.raises(ValueError, match=f"no way to {move} what is {state}"):
        after(move, state)


def test_an_undo_leads_to_the_state_before_and_nowhere_without_one() -> None:
    assert after(Move.UNDO, State.ACCEPTED, State.SNOOZED) is State.SNOOZED
    with pytest.raises(ValueError, match="no way to undo"):
        after(Move.UNDO, State.ACCEPTED)


def test_what_is_archived_stays_archived() -> None:
    assert [move for move in Move if is_possible(move, State.ARCHIVED)] == []


def test_costbot_itself_never_moves_what_somebody_means_to_do() -> None:
    own = {state for move in ITSELF for state in RULES[move].sources}
    assert own & CLAIMED == {State.VERIFIED}
    assert RULES[Move.ARCHIVE].sources & OPEN == set()


def test_a_user_decides_on_nothing() -> None:
    assert [move for move in PEOPLE if Role.USER.reaches(RULES[move].least or Role.ADMIN)] == []

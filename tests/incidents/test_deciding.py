"""The state machine, against a reference that is as plain as can be."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.incidents.deciding import Move, Open, decide, speak_again
from analysis.incidents.levels import Level
from analysis.incidents.policy import Policy

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
TROUBLE = (Level.NOTICE, Level.WARNING, Level.CRITICAL)


@dataclass
class Watched:
    """A subject that is looked at, every quarter of an hour where nothing else is said."""

    policy: Policy = field(default_factory=Policy)
    state: Open | None = None
    now: datetime = START
    told: list[str] = field(default_factory=list[str])

    def look(self, *levels: Level, apart: timedelta = timedelta(minutes=15)) -> list[str]:
        """What was told of some looks."""
        begin = len(self.told)
        for level in levels:
            self.now += apart
            outcome = decide(self.state, level, self.policy, self.now)
            if outcome.move is not None:
                self.told.append(outcome.move.value)
            self.state = None if outcome.is_over else outcome.state
        return self.told[begin:]

    def acknowledge(self) -> None:
        assert self.state is not None
        self.state = replace(self.state, is_acknowledged=True)

    def mute(self, span: timedelta) -> None:
        assert self.state is not None
        self.state = replace(self.state, muted_until=self.now + span)

    def unmute(self) -> list[str]:
        assert self.state is not None
        outcome = speak_again(self.state, self.policy, self.now)
        self.state = None if outcome.is_over else outcome.state
        return [] if outcome.move is None else [outcome.move.value]


@dataclass
class Reference:
    """What is to be told of trouble and of its end alone: no mute, nobody who acknowledges.

    A list of what was seen, read anew each time.
    """

    recover_after: int
    least: int
    looks: list[Level] = field(default_factory=list[Level])
    told: int = 0

    def look(self, level: Level) -> str | None:
        self.looks.append(level)
        last = self.looks[-self.recover_after :]
        is_settled = len(last) == self.recover_after
        if is_settled and all(one is Level.OK for one in last):
            before, self.told, self.looks = self.told, 0, []
            return "recovered" if before else None
        if not level.is_trouble:
            return None
        if is_settled and all(one.rank < self.told for one in last):
            self.told, self.looks = level.rank, [level] if self.recover_after > 1 else []
        if level.rank > self.told and level.rank >= self.least:
            was_told, self.told = self.told, level.rank
            return "escalated" if was_told else "opened"
        return None


@given(
    looks=st.lists(st.sampled_from([Level.OK, *TROUBLE]), max_size=40),
    recover_after=st.integers(1, 3),
    least=st.sampled_from(TROUBLE),
)
@settings(max_examples=300)
def test_it_tells_what_the_reference_tells(
    looks: list[Level], recover_after: int, least: Level
) -> None:
    watched = Watched(Policy(recover_after=recover_after, least=least))
    reference = Reference(recover_after, least.rank)
    for number, level in enumerate(looks):
        expected = reference.look(level)
        told = watched.look(level)
        # Nothing was told of an incident below the least level, so the first word opens it.
        assert [one.replace("escalated", "opened") for one in told] == (
            [] if expected is None else [expected.replace("escalated", "opened")]
        ), looks[: number + 1]


@given(
    looks=st.lists(st.sampled_from(list(Level)), max_size=60),
    recover_after=st.integers(1, 4),
    least=st.sampled_from(TROUBLE),
)
@settings(max_examples=300)
def test_what_always_holds(looks: list[Level], recover_after: int, least: Level) -> None:
    watched = Watched(Policy(recover_after=recover_after, least=least))
    since_open = 0
    good = 0
    for level in looks:
        before = watched.state
        told = watched.look(level)
        good = good + 1 if level is Level.OK else good if level is Level.UNKNOWN else 0
        # One word a look, and never that it is over but after enough good looks.
        assert len(told) <= 1
        if before is not None and watched.state is None:
            assert good >= recover_after
        if told == ["recovered"]:
            assert good >= recover_after
            assert since_open > 0
        if told in (["opened"], ["escalated"]):
            assert level.rank >= least.rank
        if level is Level.UNKNOWN:
            assert watched.state == before
        since_open = 0 if watched.state is None else since_open + bool(told)
        if watched.state is not None:
            assert watched.state.worst.rank >= watched.state.told.rank
            assert (watched.state.level is Level.NO_DATA) == (
                level is Level.NO_DATA
                or (watched.state.level is Level.NO_DATA and not level.is_trouble)
            )


@given(looks=st.lists(st.sampled_from(list(Level)), max_size=40))
def test_while_muted_nothing_is_told_and_nothing_is_closed(looks: list[Level]) -> None:
    watched = Watched()
    watched.look(Level.WARNING)
    watched.mute(timedelta(days=30))
    assert watched.look(*looks) == []
    assert watched.state is not None


@given(looks=st.lists(st.sampled_from(list(Level)), max_size=40))
def test_whoever_acknowledged_hears_of_critical_and_of_the_end_alone(looks: list[Level]) -> None:
    watched = Watched()
    watched.look(Level.WARNING)
    watched.acknowledge()
    for level in looks:
        told = watched.look(level)
        if watched.state is None or not watched.state.is_acknowledged:
            assert told in (["recovered"], ["escalated"])
            break
        assert told == []


def test_a_series_that_wavers_does_not_chatter() -> None:
    watched = Watched(Policy(recover_after=3))
    looks = [Level.WARNING, Level.OK, Level.OK] * 20
    assert watched.look(*looks) == ["opened"]
    assert watched.look(Level.OK) == ["recovered"]


def test_easing_is_quiet_and_a_rise_after_it_is_told_again() -> None:
    watched = Watched()
    assert watched.look(Level.CRITICAL, Level.WARNING) == ["opened"]
    assert watched.look(Level.CRITICAL) == ["escalated"]


def test_a_rise_after_a_single_better_look_is_no_news_where_more_are_asked_for() -> None:
    watched = Watched(Policy(recover_after=2))
    assert watched.look(Level.CRITICAL, Level.WARNING, Level.CRITICAL) == ["opened"]


def test_no_data_is_told_once_and_never_as_ok() -> None:
    watched = Watched()
    assert watched.look(Level.WARNING) == ["opened"]
    assert watched.look(Level.NO_DATA, Level.NO_DATA, Level.UNKNOWN) == ["no data"]
    assert watched.state is not None
    assert watched.look(Level.WARNING) == ["data back"]
    assert watched.look(Level.NO_DATA, Level.OK) == ["no data", "recovered"]


def test_no_data_of_what_was_well_is_told_too_and_data_that_is_well_ends_it() -> None:
    watched = Watched()
    assert watched.look(Level.NO_DATA, Level.NO_DATA) == ["no data"]
    assert watched.look(Level.OK) == ["recovered"]
    assert watched.state is None


def test_worse_than_before_the_silence_is_an_escalation() -> None:
    watched = Watched()
    watched.look(Level.WARNING, Level.NO_DATA)
    assert watched.look(Level.CRITICAL) == ["escalated"]


def test_good_looks_on_both_sides_of_a_silence_are_not_in_a_row() -> None:
    watched = Watched(Policy(recover_after=2))
    watched.look(Level.WARNING)
    assert watched.look(Level.OK, Level.NO_DATA, Level.OK) == ["no data"]
    assert watched.look(Level.OK) == ["recovered"]


@pytest.mark.parametrize(
    ("looks", "told"),
    [
        ([Level.WARNING], []),
        ([Level.CRITICAL], ["escalated"]),
        ([Level.OK], ["recovered"]),
        ([Level.NO_DATA], ["no data"]),
        ([Level.OK, Level.WARNING], []),
        ([Level.NOTICE], []),
    ],
    ids=["same", "worse", "over", "silent", "back", "eased"],
)
def test_when_a_mute_ends_what_holds_is_compared_with_what_was_told_before_it(
    looks: list[Level], told: list[str]
) -> None:
    watched = Watched()
    watched.look(Level.WARNING)
    watched.mute(timedelta(days=1))
    watched.look(*looks)
    assert watched.unmute() == told


def test_it_reminds_at_its_time_and_not_of_what_somebody_is_at() -> None:
    watched = Watched(Policy(remind_after=timedelta(hours=4)))
    watched.look(Level.WARNING)
    assert watched.look(*[Level.WARNING] * 16) == ["reminder"]
    watched.acknowledge()
    assert watched.look(*[Level.WARNING] * 40) == []


def test_below_the_least_level_it_is_kept_and_not_told() -> None:
    watched = Watched(Policy(least=Level.CRITICAL))
    assert watched.look(Level.NOTICE, Level.WARNING) == []
    assert watched.state is not None
    assert watched.look(Level.CRITICAL) == ["opened"]
    assert watched.look(Level.WARNING, Level.OK) == ["recovered"]


def test_only_a_rise_is_loud() -> None:
    assert [move for move in Move if move.is_loud] == [Move.ESCALATED]

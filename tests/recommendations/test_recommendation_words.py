"""How savings are told, to the letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from analysis.recommendations.kept.states import State
from analysis.recommendations.measured.calibration import NO_EXPERIENCE, Outcome, experience_of
from analysis.recommendations.proposal import Kind
from bot.recommendation_words import (
    KINDS,
    experience_line,
    kind_line,
    measured_line,
    method_line,
    saved_line,
)
from handlers.recommendations.results import SavedSoFar
from handlers.recommendations.tracker_results import KindTrack
from storage.records.recommendation import Drawn, Recommendation, Standing
from storage.records.savings_measurement import MeasurementState, SavingsMeasurement
from tests.recommendations.proposals import proposal

D = Decimal
AT = datetime(2026, 11, 8, 10, tzinfo=UTC)
NOTHING = SavedSoFar(D(0), D(0), 0, 0)
SEEN = SavedSoFar(D(412), D(600), 3, 0, D(280), D(540))

ROW = Recommendation(
    id=UUID(int=1),
    key="key",
    drawn=Drawn.of(proposal(), date(2026, 10, 1), date(2026, 10, 30)),
    standing=Standing(state=State.ACCEPTED, since=AT, accepted_at=AT),
    first_seen=AT,
    last_seen=AT,
    cards=(),
    version=1,
)

ONE = SavingsMeasurement(
    recommendation_id=UUID(int=1),
    as_of=date(2026, 11, 20),
    state=MeasurementState.SEEN,
    promised=D(60),
    measured_low=D(28),
    measured_likely=D(41),
    measured_high=D(54),
    method="a method",
    control="",
    days=12,
    measured_at=AT,
)


@pytest.mark.parametrize(
    ("saved", "line"),
    [
        (NOTHING, ""),
        (
            replace(SEEN, not_seen_yet=2),
            "Saved $412.00 so far (90 %: $280.00 to $540.00) of $600.00 promised by now; "
            "not seen yet for 2 others",
        ),
        (
            replace(SEEN, not_measurable=1),
            "Saved $412.00 so far (90 %: $280.00 to $540.00) of $600.00 promised by now; "
            "not measurable for 1 other",
        ),
        (
            replace(NOTHING, not_seen_yet=1, not_measurable=2),
            "Savings not seen yet for 1 recommendation, not measurable for 2",
        ),
        (replace(NOTHING, not_measurable=2), "Savings not measurable for 2 recommendations"),
    ],
    ids=["none", "others", "lost", "unseen", "only lost"],
)
def test_several_are_told_in_one_line(saved: SavedSoFar, line: str) -> None:
    assert saved_line(saved) == line


@pytest.mark.parametrize(
    ("measurement", "line"),
    [
        (
            ONE,
            "Saved $41.00 so far (90 %: $28.00 to $54.00) of $60.00 promised by now "
            "(12 complete days to 2026-11-20)",
        ),
        (
            replace(ONE, state=MeasurementState.NOT_SEEN_YET, measured_low=D(-3)),
            "Not seen yet: $41.00 cannot be told from noise (90 %: −$3.00 to $54.00); "
            "$60.00 promised by now (12 complete days to 2026-11-20)",
        ),
        (
            replace(
                ONE,
                state=MeasurementState.NOT_SEEN_YET,
                measured_low=D(-9),
                measured_likely=D(-5),
                measured_high=D(-1),
            ),
            "Not seen: it cost $5.00 (90 %: $1.00 to $9.00) more than it would have; "
            "$60.00 promised by now (12 complete days to 2026-11-20)",
        ),
        (
            replace(ONE, state=MeasurementState.NOT_SEEN_YET, days=2),
            "Not seen yet: 2 complete days to 2026-11-20, at least 3 are needed; "
            "$60.00 promised by now",
        ),
        (
            replace(
                ONE,
                state=MeasurementState.NOT_MEASURABLE,
                measured_likely=None,
                details={"reason": "the pool is gone"},
            ),
            "Cannot be measured: the pool is gone",
        ),
        (None, "Not measured yet: the first complete day is not over"),
    ],
    ids=["seen", "noise", "dearer", "young", "lost", "none"],
)
def test_one_is_told_with_its_range_or_why_not(
    measurement: SavingsMeasurement | None, line: str
) -> None:
    assert measured_line(ROW, measurement) == line


def test_what_nobody_claimed_is_not_told() -> None:
    pending = replace(ROW, standing=Standing(state=State.PENDING, since=AT))
    assert measured_line(pending, None) == ""


def test_a_kind_is_told_with_how_it_kept_its_promises() -> None:
    kept = experience_of([Outcome(D(100), D(80)), Outcome(D(100), D(60))])
    track = KindTrack(Kind.CACHING, SEEN, kept)
    assert kind_line(track) == (
        "caching: saved $412.00 so far (90 %: $280.00 to $540.00) of $600.00 promised by now "
        "(70.0 % of what was promised, of 2 recommendations)"
    )
    assert experience_line(replace(track, experience=NO_EXPERIENCE)) == ""
    assert set(KINDS) == set(Kind)


def test_the_method_names_its_control() -> None:
    assert method_line(ONE) == "Measured by a method"
    held = replace(ONE, control="6 others")
    assert method_line(held) == "Measured by a method; control: 6 others"

"""When something is due: days, nights with a clock change, clocks that jump."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput
from analysis.schedules import (
    LAST_DAY,
    WORKING_DAYS,
    Frequency,
    Schedule,
    Slot,
    instant_of,
    is_late,
    is_worth_doing,
    next_after,
    slot,
    slots_between,
)

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
)


def daily(at: time, zone: ZoneInfo = BERLIN, **fields: object) -> Schedule:
    return Schedule(frequency=Frequency.DAILY, at=at, zone=zone, **fields)  # pyright: ignore[reportArgumentType]


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # pyright: ignore[reportArgumentType]


def test_a_daily_slot_is_due_from_its_minute_on() -> None:
    schedule = daily(time(9))
    assert slot(schedule, utc(2026, 11, 20, 8, 0)) == Slot(date(2026, 11, 20), utc(2026, 11, 20, 8))
    assert slot(schedule, utc(2026, 11, 20, 7, 59, 59)) == Slot(
        date(2026, 11, 19), utc(2026, 11, 19, 8)
    )


def test_the_next_slot_lies_behind_the_present_and_never_on_it() -> None:
    schedule = daily(time(9))
    assert next_after(schedule, utc(2026, 11, 20, 8)).local_date == date(2026, 11, 21)
    assert next_after(schedule, utc(2026, 11, 20, 7, 59)).local_date == date(2026, 11, 20)


def test_a_time_that_the_spring_night_leaves_out_is_the_first_instant_after_it() -> None:
    found = instant_of(date(2026, 3, 29), time(2, 30), BERLIN)
    assert found is not None
    assert found == utc(2026, 3, 29, 1, 0)
    assert found.astimezone(BERLIN).time() == time(3, 0)


def test_a_time_that_the_autumn_night_has_twice_is_its_first_occurrence() -> None:
    assert instant_of(date(2026, 10, 25), time(2, 30), BERLIN) == utc(2026, 10, 25, 0, 30)


def test_a_gap_at_midnight_leaves_the_day_its_slot() -> None:
    # Clocks in Beirut went from 00:00 to 01:00 on 30 March 2025.
    found = instant_of(date(2025, 3, 30), time(0, 0), ZoneInfo("Asia/Beirut"))
    assert found == utc(2025, 3, 29, 22, 0)


def test_a_date_that_a_zone_leaves_out_has_no_slot() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert instant_of(date(2011, 12, 30), time(9), apia) is None
    days = [
        one.local_date
        for one in slots_between(daily(time(9), apia), utc(2011, 12, 28), utc(2012, 1, 1, 23), 9)
    ]
    assert date(2011, 12, 30) not in days
    assert {date(2011, 12, 29), date(2011, 12, 31)} <= set(days)


def test_weekdays_leave_the_weekend_out() -> None:
    schedule = daily(time(9), weekdays=WORKING_DAYS)
    monday = utc(2026, 11, 23, 7)
    assert slot(schedule, monday) == Slot(date(2026, 11, 20), utc(2026, 11, 20, 8))
    assert next_after(schedule, utc(2026, 11, 20, 9)).local_date == date(2026, 11, 23)


def test_a_monthly_slot_on_the_31st_is_on_the_last_day_of_shorter_months() -> None:
    schedule = Schedule(frequency=Frequency.MONTHLY, at=time(9), zone=BERLIN, day=31)
    assert next_after(schedule, utc(2028, 2, 1)).local_date == date(2028, 2, 29)
    last = Schedule(frequency=Frequency.MONTHLY, at=time(9), zone=BERLIN, day=LAST_DAY)
    assert next_after(last, utc(2026, 4, 1)).local_date == date(2026, 4, 30)


def test_a_weekly_schedule_has_one_weekday() -> None:
    with pytest.raises(BadInput):
        Schedule(frequency=Frequency.WEEKLY, at=time(9), zone=BERLIN, weekdays=(0, 1))


def test_what_was_missed_is_caught_up_with_for_six_hours_and_counts_as_late_after_ten_minutes() -> (
    None
):
    schedule, due = daily(time(9)), Slot(date(2026, 11, 20), utc(2026, 11, 20, 8))
    assert is_worth_doing(schedule, due, due.at + timedelta(hours=6))
    assert not is_worth_doing(schedule, due, due.at + timedelta(hours=6, minutes=1))
    assert not is_late(due, due.at + timedelta(minutes=10))
    assert is_late(due, due.at + timedelta(minutes=11))


def test_slots_between_are_the_missed_ones_oldest_first_and_no_more_than_asked_for() -> None:
    schedule = daily(time(9))
    found = slots_between(schedule, utc(2026, 11, 15, 8), utc(2026, 11, 20, 8), 40)
    assert [one.local_date.day for one in found] == [16, 17, 18, 19, 20]
    capped = slots_between(schedule, utc(2026, 11, 15, 8), utc(2026, 11, 20, 8), 2)
    assert [one.local_date.day for one in capped] == [19, 20]


schedules = (
    st.builds(
        Schedule,
        frequency=st.just(Frequency.DAILY),
        at=st.times(),
        zone=st.sampled_from(ZONES).map(ZoneInfo),
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    )
    | st.builds(
        Schedule,
        frequency=st.just(Frequency.WEEKLY),
        at=st.times(),
        zone=st.sampled_from(ZONES).map(ZoneInfo),
        weekdays=st.integers(0, 6).map(lambda day: (day,)),
    )
    | st.builds(
        Schedule,
        frequency=st.just(Frequency.MONTHLY),
        at=st.times(),
        zone=st.sampled_from(ZONES).map(ZoneInfo),
        day=st.integers(0, 31),
    )
)
SPAN = 47 * 365 * 86_400
instants = st.integers(0, SPAN).map(
    lambda s: datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)


@given(schedules, instants)
def test_the_latest_slot_is_due_and_the_next_one_is_not(schedule: Schedule, now: datetime) -> None:
    due, following = slot(schedule, now), next_after(schedule, now)
    assert due is not None
    assert due.at <= now < following.at
    assert due.local_date < following.local_date
    assert slot(schedule, following.at) == following
    assert next_after(schedule, due.at) == following


@given(schedules, instants)
def test_a_slot_is_on_one_of_its_days_and_never_before_its_time(
    schedule: Schedule, now: datetime
) -> None:
    due = slot(schedule, now)
    assert due is not None
    assert schedule.is_on(due.local_date)
    local = due.at.astimezone(schedule.zone)
    wall = datetime.combine(due.local_date, schedule.at)
    assert local.replace(tzinfo=None) >= wall  # equal, or behind a gap
    if local.replace(tzinfo=None) != wall:
        back = wall.replace(tzinfo=schedule.zone).astimezone(UTC).astimezone(schedule.zone)
        assert back.replace(tzinfo=None) != wall


@given(schedules, instants, st.lists(st.timedeltas(-timedelta(days=3), timedelta(days=3))))
def test_a_clock_that_jumps_names_each_local_date_with_one_instant(
    schedule: Schedule, now: datetime, jumps: list[timedelta]
) -> None:
    seen: dict[date, datetime] = {}
    for jump in jumps:
        now += jump
        due = slot(schedule, now)
        assert due is not None
        assert seen.setdefault(due.local_date, due.at) == due.at


@given(schedules, instants)
def test_walking_from_slot_to_slot_leaves_none_out(schedule: Schedule, now: datetime) -> None:
    walked: list[Slot] = []
    at = now
    for _ in range(5):
        following = next_after(schedule, at)
        walked.append(following)
        at = following.at
    assert slots_between(schedule, now, at, 10) == walked

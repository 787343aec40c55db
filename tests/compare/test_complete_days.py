"""Which days are complete, and which are compared: month ends, leap days, changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.complete_days import (
    Span,
    Stretch,
    compared,
    first_complete_day,
    last_complete_day,
    latest,
    window_of,
)
from analysis.periods import Dates, midnight

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
KOLKATA = ZoneInfo("Asia/Kolkata")
UTC_ZONE = ZoneInfo("UTC")
ZONES = st.sampled_from([BERLIN, NEW_YORK, KOLKATA, UTC_ZONE, ZoneInfo("Pacific/Apia")])
INSTANTS = st.integers(0, 87_000).map(
    lambda hours: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours, minutes=17)
)
DAYS = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def days(first: str, last: str) -> Dates:
    return Dates(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    ("newest", "zone", "last"),
    [
        ("2026-11-19 23:01", UTC_ZONE, "2026-11-19"),
        ("2026-11-19 22:59", UTC_ZONE, "2026-11-18"),
        ("2026-11-19 22:10", BERLIN, "2026-11-19"),
        ("2026-11-19 21:59", BERLIN, "2026-11-18"),
        ("2026-11-20 04:30", NEW_YORK, "2026-11-19"),
        ("2026-11-20 03:30", NEW_YORK, "2026-11-18"),
        # The days on which the clocks change in Berlin end at 22:00 and at 23:00 UTC.
        ("2026-03-29 21:30", BERLIN, "2026-03-29"),
        ("2026-03-28 22:30", BERLIN, "2026-03-28"),
        ("2026-10-25 22:30", BERLIN, "2026-10-25"),
        ("2026-10-25 21:30", BERLIN, "2026-10-24"),
    ],
)
def test_a_day_is_complete_once_its_last_hour_has_data(newest: str, zone: ZoneInfo, last: str):
    assert last_complete_day(utc(newest), zone) == date.fromisoformat(last)


@pytest.mark.parametrize(
    ("zone", "day"), [(UTC_ZONE, "2026-11-19"), (BERLIN, "2026-11-19"), (NEW_YORK, "2026-11-18")]
)
def test_a_source_that_knows_days_only_has_all_of_its_last_day(zone: ZoneInfo, day: str):
    midnight_sharp = utc("2026-11-19 00:00")
    assert last_complete_day(midnight_sharp, zone) == date.fromisoformat(day)
    assert first_complete_day(midnight_sharp, zone) == date.fromisoformat(day)


@pytest.mark.parametrize(
    ("oldest", "zone", "first"),
    [
        ("2026-11-19 00:20", UTC_ZONE, "2026-11-19"),
        ("2026-11-19 01:20", UTC_ZONE, "2026-11-20"),
        ("2026-11-18 23:20", BERLIN, "2026-11-19"),
        ("2026-11-19 00:20", BERLIN, "2026-11-20"),
    ],
)
def test_a_day_that_the_data_begins_in_is_not_complete(oldest: str, zone: ZoneInfo, first: str):
    assert first_complete_day(utc(oldest), zone) == date.fromisoformat(first)


@given(INSTANTS, ZONES)
def test_a_complete_day_has_ended_and_the_next_has_not(newest: datetime, zone: ZoneInfo):
    last = last_complete_day(newest, zone)
    known_until = newest.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    assert midnight(last + timedelta(days=1), zone) <= known_until
    assert midnight(last + timedelta(days=2), zone) > known_until


@given(INSTANTS, ZONES)
def test_the_first_complete_day_begins_with_the_first_hour_or_after_it(
    oldest: datetime, zone: ZoneInfo
):
    first = first_complete_day(oldest, zone)
    begins = midnight(first, zone)
    assert oldest - timedelta(hours=1) < begins
    assert begins <= oldest + timedelta(days=2)


def test_a_day_stands_against_the_day_before_and_the_same_weekday():
    found = compared(Span.DAY, date(2026, 11, 19), date(2026, 11, 20))
    assert found.now == Stretch(days("2026-11-19", "2026-11-19"), "yesterday")
    assert found.against == (
        Stretch(days("2026-11-18", "2026-11-18"), "the day before"),
        Stretch(days("2026-11-12", "2026-11-12"), "the Thursday before"),
    )


def test_a_day_that_is_not_yesterday_is_called_by_its_name():
    found = compared(Span.DAY, date(2026, 11, 17), date(2026, 11, 20))
    assert found.now.label == "Tuesday 2026-11-17"


def test_a_week_is_seven_complete_days_against_the_seven_before():
    found = compared(Span.WEEK, date(2026, 11, 19), date(2026, 11, 20))
    assert found.now == Stretch(days("2026-11-13", "2026-11-19"), "the last 7 complete days")
    assert found.against == (Stretch(days("2026-11-06", "2026-11-12"), "the 7 before"),)


@pytest.mark.parametrize(
    ("last", "now", "before", "left_out"),
    [
        ("2026-11-19", ("2026-11-01", "2026-11-19"), ("2026-10-01", "2026-10-19"), None),
        # On the 1st, the month that is over; October has a day more than November.
        (
            "2026-11-30",
            ("2026-11-01", "2026-11-30"),
            ("2026-10-01", "2026-10-30"),
            ("2026-10-31", "2026-10-31"),
        ),
        ("2026-08-31", ("2026-08-01", "2026-08-31"), ("2026-07-01", "2026-07-31"), None),
        # March has days that February has not.
        (
            "2026-03-30",
            ("2026-03-01", "2026-03-28"),
            ("2026-02-01", "2026-02-28"),
            ("2026-03-29", "2026-03-30"),
        ),
        ("2026-03-28", ("2026-03-01", "2026-03-28"), ("2026-02-01", "2026-02-28"), None),
        # A leap year's February has 29, and the leap day its counterpart in January.
        ("2028-03-29", ("2028-03-01", "2028-03-29"), ("2028-02-01", "2028-02-29"), None),
        (
            "2028-02-29",
            ("2028-02-01", "2028-02-29"),
            ("2028-01-01", "2028-01-29"),
            ("2028-01-30", "2028-01-31"),
        ),
        ("2028-02-28", ("2028-02-01", "2028-02-28"), ("2028-01-01", "2028-01-28"), None),
        ("2026-01-01", ("2026-01-01", "2026-01-01"), ("2025-12-01", "2025-12-01"), None),
    ],
)
def test_a_month_stands_against_as_many_days_of_the_month_before(
    last: str, now: tuple[str, str], before: tuple[str, str], left_out: tuple[str, str] | None
):
    day = date.fromisoformat(last)
    found = compared(Span.MONTH, day, day + timedelta(days=1))
    assert found.now.days == days(*now)
    assert [stretch.days for stretch in found.against] == [days(*before)]
    assert found.left_out == (None if left_out is None else days(*left_out))


@pytest.mark.parametrize(
    ("last", "now", "before"),
    [
        ("2026-11-19", "1–19 November 2026", "1–19 October 2026"),
        ("2026-11-30", "November 2026", "1–30 October 2026"),
        ("2026-03-31", "1–28 March 2026", "February 2026"),
        ("2026-01-01", "1 January 2026", "1 December 2025"),
    ],
)
def test_months_are_called_by_their_days(last: str, now: str, before: str):
    day = date.fromisoformat(last)
    found = compared(Span.MONTH, day, day + timedelta(days=1))
    assert (found.now.label, found.against[0].label) == (now, before)


@given(st.sampled_from(Span), DAYS, ZONES)
def test_stretches_are_as_long_as_each_other_and_do_not_overlap(
    span: Span, last: date, zone: ZoneInfo
):
    found = compared(span, last, last + timedelta(days=1))
    assert found.now.days.last <= last
    for stretch in found.against:
        assert len(stretch) == len(found.now)
        assert stretch.window(zone).end <= found.now.window(zone).start
    assert found.first == min(stretch.days.first for stretch in found.against)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 5, 1), 24)]
)
def test_a_window_is_as_long_as_its_zone_makes_it(day: date, hours: int):
    window = window_of(Dates(day, day), BERLIN)
    assert window.end - window.start == timedelta(hours=hours)


def test_the_latest_days_say_so_only_when_they_are():
    last = date(2026, 11, 19)
    assert latest(28, last, date(2026, 11, 20)).label == "the last 28 complete days"
    assert latest(28, last, date(2026, 11, 25)).label == "the 28 days to 2026-11-19"

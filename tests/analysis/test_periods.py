"""What a period means in a zone, and what it is compared with."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood
from analysis.periods import Calendar, Dates, Last, Period, resolve

BERLIN = ZoneInfo("Europe/Berlin")
UTC_ZONE = ZoneInfo("UTC")
NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_today_begins_at_local_midnight_and_is_provisional():
    today = resolve(Calendar.TODAY, NOW, BERLIN)
    assert today.window.start == utc("2026-11-19 23:00")
    assert today.window.end == utc("2026-11-20 23:00")
    assert today.provisional


@pytest.mark.parametrize(
    "period",
    [Calendar.TODAY, Last(1, "d"), Dates(date(2026, 11, 20), date(2026, 11, 20))],
    ids=["today", "1d", "date"],
)
def test_an_unfinished_day_is_compared_with_the_same_hours_of_its_weekday_a_week_ago(
    period: Period,
):
    comparison = resolve(period, NOW, BERLIN).comparison
    assert comparison is not None
    assert (comparison.now.start, comparison.now.end) == (
        utc("2026-11-19 23:00"),
        utc("2026-11-20 13:00"),
    )
    assert (comparison.before.start, comparison.before.end) == (
        utc("2026-11-12 23:00"),
        utc("2026-11-13 13:00"),
    )
    assert comparison.before_label == "the same hours last Friday"


def test_the_weekday_is_that_of_the_zone_and_clocks_that_changed_since_keep_the_clock_time():
    comparison = resolve(Calendar.TODAY, utc("2026-10-25 23:30"), BERLIN).comparison
    assert comparison is None  # Monday 00:30: not an hour is over
    comparison = resolve(Calendar.TODAY, utc("2026-10-26 01:30"), BERLIN).comparison
    assert comparison is not None
    assert comparison.before_label == "the same hours last Monday"
    assert comparison.before.start == utc("2026-10-18 22:00")
    assert comparison.before.end == utc("2026-10-19 00:00")


def test_what_has_not_arrived_yet_is_not_compared():
    comparison = resolve(Calendar.TODAY, NOW, BERLIN, data_until=utc("2026-11-20 10:20")).comparison
    assert comparison is not None
    assert comparison.now.end == utc("2026-11-20 10:00")


def test_before_the_first_complete_hour_there_is_nothing_to_compare():
    resolved = resolve(Calendar.TODAY, utc("2026-11-20 00:20"), UTC_ZONE)
    assert resolved.comparison is None


def test_yesterday_is_over_and_compared_with_the_whole_day_before():
    yesterday = resolve(Calendar.YESTERDAY, NOW, UTC_ZONE)
    assert not yesterday.provisional
    assert yesterday.comparison is not None
    assert yesterday.comparison.now == yesterday.window
    assert yesterday.comparison.before.first_day == date(2026, 11, 18)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 5, 1), 24)]
)
def test_a_day_is_as_long_as_its_zone_makes_it(day: date, hours: int):
    window = resolve(Dates(day, day), NOW, BERLIN).window
    assert window.end - window.start == timedelta(hours=hours)


def test_a_week_begins_on_monday():
    week = resolve(Calendar.WEEK, NOW, BERLIN).window
    assert (week.first_day, week.last_day) == (date(2026, 11, 16), date(2026, 11, 22))


def test_a_month_is_compared_with_the_same_days_of_the_month_before():
    comparison = resolve(Calendar.MONTH, NOW, UTC_ZONE).comparison
    assert comparison is not None
    assert comparison.before.start == utc("2026-10-01 00:00")
    assert comparison.before.end == utc("2026-10-20 13:00")


def test_the_thirty_first_is_compared_with_a_whole_shorter_month():
    comparison = resolve(Calendar.MONTH, utc("2026-03-31 12:00"), UTC_ZONE).comparison
    assert comparison is not None
    assert comparison.before.start == utc("2026-02-01 00:00")
    assert comparison.before.end == utc("2026-03-01 00:00")


def test_seven_days_are_today_and_the_six_before():
    window = resolve(Last(7, "d"), NOW, UTC_ZONE).window
    assert (window.first_day, window.last_day) == (date(2026, 11, 14), date(2026, 11, 20))


def test_twenty_four_hours_end_with_the_present_hour():
    window = resolve(Last(24, "h"), NOW, UTC_ZONE).window
    assert (window.start, window.end) == (utc("2026-11-19 14:00"), utc("2026-11-20 14:00"))


def test_both_ends_of_two_dates_count():
    window = resolve(Dates(date(2024, 12, 2), date(2024, 12, 6)), NOW, UTC_ZONE)
    assert window.window.end - window.window.start == timedelta(days=5)
    assert window.comparison is not None
    assert window.comparison.before.first_day == date(2024, 11, 27)


@pytest.mark.parametrize(
    ("period", "says", "hint"),
    [
        (Dates(date(2026, 2, 2), date(2026, 2, 1)), "backwards", "2026-02-01..2026-02-02"),
        (Dates(date(2027, 1, 1), date(2027, 1, 2)), "not happened yet", "today"),
        (Dates(date(1990, 1, 1), date(2026, 1, 2)), "ten years", "30d"),
        (Dates(date(1, 1, 1), date(1, 1, 7)), "lies before everything", "1970-01-01"),
        (Last(0, "d"), "0d", "7d"),
        (Last(999_999_999, "h"), "999999999h", "7d"),
    ],
)
def test_an_impossible_period_says_what_would_work(period: Period, says: str, hint: str):
    with pytest.raises(NotUnderstood) as refusal:
        resolve(period, NOW, UTC_ZONE)
    assert says in refusal.value.sentence
    assert hint in refusal.value.hint


zones = st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo)
instants = st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
periods = st.one_of(
    st.sampled_from(list(Calendar)),
    st.builds(Last, st.integers(1, 400), st.sampled_from(["h", "d"])),
)


@given(period=periods, now=instants, zone=zones)
def test_a_comparison_never_reaches_into_the_future_nor_over_its_own_period(
    period: Period, now: datetime, zone: ZoneInfo
):
    resolved = resolve(period, now, zone)
    assert resolved.window.start <= now
    assert not resolved.window.is_empty
    if resolved.comparison is not None:
        assert resolved.window.start == resolved.comparison.now.start
        assert resolved.comparison.now.end <= min(resolved.window.end, now)
        assert resolved.comparison.before.end <= resolved.comparison.now.end
        assert resolved.comparison.before.start < resolved.comparison.now.start


@given(day=st.dates(date(2015, 1, 1), date(2026, 11, 1)), zone=zones)
def test_neighbouring_days_leave_no_gap_and_no_overlap(day: date, zone: ZoneInfo):
    following = day + timedelta(days=1)
    first = resolve(Dates(day, day), NOW, zone).window
    second = resolve(Dates(following, following), NOW, zone).window
    assert first.end == second.start

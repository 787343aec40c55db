"""Which days answer a question about complete days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotFound, NotUnderstood
from analysis.periods import Calendar, Dates, Last, Period
from analysis.roles import Role
from bot.grammar.days import (
    DaysCommand,
    EfficiencyCommand,
    FailuresCommand,
    UtilizationCommand,
    write_days,
)
from bot.grammar.parse import parse
from handlers.days import DaysRequest, pinned
from queries.dimensions import Dimensions

NOW = datetime(2026, 11, 20, 13, 37, tzinfo=UTC)
"""A Friday."""
FRESH = datetime(2026, 11, 20, 12, 15, tzinfo=UTC)
SAME_DAYS = "the same days a week before"
UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")


def november(first: int, last: int) -> Dates:
    return Dates(date(2026, 11, first), date(2026, 11, last))


@pytest.mark.parametrize(
    ("period", "days", "before", "label", "before_label"),
    [
        (Last(7, "d"), (13, 19), (6, 12), "the last 7 complete days", "the 7 days before"),
        (Last(1, "d"), (19, 19), (12, 12), "yesterday", "the Thursday before"),
        (Calendar.YESTERDAY, (19, 19), (12, 12), "yesterday", "the Thursday before"),
        (Calendar.WEEK, (16, 19), (9, 12), "this week to 2026-11-19", SAME_DAYS),
        (november(17, 18), (17, 18), (10, 11), "2026-11-17 to 2026-11-18", SAME_DAYS),
        (november(17, 20), (17, 19), (10, 12), "2026-11-17 to 2026-11-19", SAME_DAYS),
        (november(19, 20), (19, 19), (12, 12), "on 2026-11-19", "the Thursday before"),
        (november(11, 19), (11, 19), (2, 10), "2026-11-11 to 2026-11-19", "the 9 days before"),
    ],
)
def test_only_complete_days_count_against_the_same_weekdays(
    period: Period, days: tuple[int, int], before: tuple[int, int], label: str, before_label: str
) -> None:
    found = pinned(period, NOW, UTC_ZONE, FRESH)
    assert found.dates == november(*days)
    assert Dates(found.before.first_day, found.before.last_day) == november(*before)
    assert (found.label, found.before_label) == (label, before_label)
    assert found.is_whole_days


def test_a_month_is_this_months_complete_days_against_as_many_before() -> None:
    found = pinned(Calendar.MONTH, NOW, UTC_ZONE, FRESH)
    assert found.dates == november(1, 19)
    assert found.before.first_day == date(2026, 10, 13)
    assert found.days == 19


def test_where_the_data_ends_early_the_last_days_are_the_last_ones_that_it_has() -> None:
    found = pinned(Last(7, "d"), NOW, UTC_ZONE, datetime(2026, 11, 18, 23, 10, tzinfo=UTC))
    assert found.dates == november(12, 18)
    assert found.label == "the 7 days to 2026-11-18"


def test_of_today_the_complete_hours_count() -> None:
    found = pinned(Calendar.TODAY, NOW, UTC_ZONE, FRESH)
    assert (found.label, found.before_label) == ("today to 12:00", "the same hours last Friday")
    assert found.days == Decimal("0.5")
    assert not found.is_whole_days
    assert pinned(Last(24, "h"), NOW, UTC_ZONE, NOW).days == Decimal(23) / 24


def test_a_day_on_which_clocks_change_is_one_day() -> None:
    day = Dates(date(2026, 10, 25), date(2026, 10, 25))
    found = pinned(day, NOW, BERLIN, FRESH)
    assert (found.window.end - found.window.start).total_seconds() == 25 * 3600
    assert found.days == 1


def test_what_is_not_complete_is_refused_with_what_would_work() -> None:
    monday = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
    with pytest.raises(NotFound, match="Nothing of this week is complete yet"):
        pinned(Calendar.WEEK, monday, UTC_ZONE, monday)
    with pytest.raises(NotFound, match="Not an hour of today"):
        pinned(Calendar.TODAY, monday.replace(hour=0), UTC_ZONE, monday)
    with pytest.raises(NotUnderstood, match="has not happened yet"):
        pinned(november(24, 25), monday, UTC_ZONE, monday)


def test_the_baseline_is_the_28_days_before_as_far_as_there_are_facts() -> None:
    found = pinned(Last(7, "d"), NOW, UTC_ZONE, FRESH)
    whole = found.baseline(date(2026, 1, 1))
    assert whole is not None
    assert (whole.first_day, whole.last_day) == (date(2026, 10, 16), date(2026, 11, 12))
    short = found.baseline(date(2026, 11, 10))
    assert short is not None
    assert (short.first_day, short.last_day) == (date(2026, 11, 10), date(2026, 11, 12))
    assert found.baseline(date(2026, 11, 13)) is None


PERIODS = st.one_of(
    st.sampled_from(Calendar),
    st.builds(Last, st.integers(1, 99), st.sampled_from("hd")),
    st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(lambda day: Dates(day, day)),
)
FILTERS = st.dictionaries(
    st.sampled_from(["model", "endpoint", "organization"]),
    st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=3, unique=True).map(tuple),
)
NAMES = st.lists(st.sampled_from(["model", "product", "day"]), max_size=2, unique=True).map(tuple)


@given(PERIODS, NAMES, FILTERS, st.booleans(), st.booleans())
def test_what_a_button_carries_asks_exactly_its_question(
    period: Period,
    by: tuple[str, ...],
    filters: dict[str, tuple[str, ...]],
    customers: bool,
    csv: bool,
) -> None:
    request = DaysRequest(period, by, filters, customers)
    everybody = DaysRequest(period, by, filters)
    wanted: list[DaysCommand] = [
        EfficiencyCommand(request, csv=csv),
        FailuresCommand(request, csv=csv),
        UtilizationCommand(everybody, csv=csv),
    ]
    for command in wanted:
        assert parse(write_days(command), Dimensions(), Role.ADMIN) == command


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("utilization top 5", "does not go with `top`"),
        ("utilization customers", "machines are shared"),
        ("failures infrastructure", "does not go with `infrastructure`"),
        ("efficiency by hour", "does not go by hour"),
        ("efficiency 7d 8d", "Two periods"),
        ("failures by modle", "no dimension `modle`"),
    ],
)
def test_words_that_do_not_fit_are_refused(typed: str, says: str) -> None:
    with pytest.raises(NotUnderstood, match=says):
        parse(typed, Dimensions(), Role.ADMIN)


def test_without_a_period_the_last_seven_days_are_meant() -> None:
    assert parse("failures", Dimensions(), Role.USER) == FailuresCommand(DaysRequest(Last(7, "d")))

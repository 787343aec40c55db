"""What is typed after `/cost digest`, understood."""

from __future__ import annotations

from datetime import time

import pytest

from analysis.errors import BadInput, NotUnderstood
from analysis.roles import Role
from bot.grammar.digest import HERE, DigestCommand, parse_digest
from bot.grammar.tokens import tokenize
from handlers.digests.drafting import day_of, time_of, weekdays_of
from handlers.digests.requests import ME, DigestForm
from queries.dimensions import Dimensions


def parsed(text: str, role: Role = Role.USER) -> DigestCommand:
    return parse_digest(tokenize(text), Dimensions(), role)


def test_a_channel_as_slack_sends_it_a_time_a_zone_and_filters_in_any_order() -> None:
    form = parsed(
        'subscribe <#C024BE91L|llm-costs> Europe/Berlin product api 9:00 product "my app" quiet'
    ).form
    assert form == DigestForm(
        target="C024BE91L",
        zone="Europe/Berlin",
        time="9:00",
        filters={"product": ("api", "my app")},
        skip_quiet=True,
    )


def test_a_weekday_alone_is_weekly_and_several_are_daily() -> None:
    assert parsed("subscribe me monday 9").form.frequency == "weekly"
    assert parsed("subscribe me mon,wed 9").form.frequency is None
    assert parsed("subscribe me mon,wed 9").form.weekdays == ("mon", "wed")


def test_of_a_monthly_one_the_first_number_is_the_day() -> None:
    form = parsed("subscribe here monthly 15 9").form
    assert (form.target, form.day, form.time) == (HERE, "15", "9")


def test_alone_it_subscribes_with_nothing_filled_in() -> None:
    assert parsed("") == DigestCommand("subscribe")


def test_a_preview_is_of_one_that_is_or_of_clauses() -> None:
    assert parsed("preview 2").which == "2"
    assert parsed("preview weekly").form.frequency == "weekly"


def test_me_is_who_types() -> None:
    assert parsed("subscribe me").form.target == ME


@pytest.mark.parametrize("text", ["subscribe me dialy", "frobnicate", "show", "pause 1 2"])
def test_what_is_not_understood_is_told_with_the_next_step(text: str) -> None:
    with pytest.raises(NotUnderstood) as told:
        parsed(text)
    assert told.value.hint


@pytest.mark.parametrize(
    ("text", "at"),
    [("9", time(9)), ("17.30", time(17, 30)), ("12am", time(0)), ("5:30pm", time(17, 30))],
)
def test_times_as_people_write_them(text: str, at: time) -> None:
    assert time_of(text) == at


@pytest.mark.parametrize("text", ["24:00", "9:60", "13pm", "noon", ""])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        time_of(text)


def test_days_as_people_write_them() -> None:
    assert weekdays_of(("weekdays", "sat")) == (0, 1, 2, 3, 4, 5)
    assert (day_of("1st"), day_of("last"), day_of("31")) == (1, 0, 31)
    with pytest.raises(BadInput):
        day_of("32")

"""The bar and the figures never say more than there is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.budgets.burn import KnownDays
from analysis.budgets.status import Status, status_of
from bot.blocks.budget_words import (
    bar,
    burn_words,
    days_words,
    doubts,
    level_word,
    runs_out,
    spent_words,
    used_words,
)
from tests.budgets.analysis.made import even, terms

SHARES = st.decimals(min_value=-2, max_value=50, allow_nan=False, places=6)


@given(SHARES, st.integers(2, 40))
def test_a_bar_is_full_from_100_per_cent_on_and_empty_at_nothing_alone(share: Decimal, cells: int):
    drawn = bar(share, cells)
    assert len(drawn) == cells
    assert (drawn == "▓" * cells) == (share >= 1)
    assert (drawn == "░" * cells) == (share <= 0)


@given(SHARES, SHARES)
def test_more_spend_never_shortens_the_bar(one: Decimal, other: Decimal):
    less, more = sorted((one, other))
    assert bar(less).count("▓") <= bar(more).count("▓")


@pytest.mark.parametrize(
    ("share", "words"),
    [
        ("0.8502", "85.0 %"),
        ("0.9994", "99.9 %"),
        ("0.99996", "just under 100 %"),
        ("1", "100.0 %"),
        ("1.0000001", "just over 100 %"),
        ("1.001", "100.1 %"),
        ("12.5", "1,250 %"),
    ],
)
def test_only_100_per_cent_reads_like_it(share: str, words: str):
    assert used_words(Decimal(share)) == words


def march(*, today: date, data_until: date, complete: date | None = None) -> Status:
    """A budget of 100 in March 2026 that spends 3 a day as far as there is data."""
    known = KnownDays(date(2026, 1, 1), min(data_until, today), complete or data_until)
    spend = even(date(2026, 1, 1), known.last, 3)
    only_march = terms(100, start=date(2026, 3, 1), end=date(2026, 3, 31))
    return status_of(only_march, Decimal(100), spend, today, known=known)


def told(status: Status) -> str:
    """All that is said of it, in one line."""
    lines = [level_word(status), days_words(status), spent_words(status), *burn_words(status)]
    return " | ".join([*lines, *doubts(status), runs_out(status)])


MARCH = "2026-03-01 to 2026-03-31"


def test_a_budget_that_has_not_begun_is_told_as_such():
    status = march(today=date(2026, 2, 10), data_until=date(2026, 2, 10))
    assert told(status) == (
        f"🟢 ok | not begun: {MARCH}, 31 days | *0.0 %* · $0.00 of $100.00 · $100.00 left | –"
    )


def test_a_day_that_is_not_complete_is_told_of_a_running_budget():
    status = march(
        today=date(2026, 3, 11), data_until=date(2026, 3, 11), complete=date(2026, 3, 10)
    )
    assert told(status) == (
        f"🟢 ok | day 11 of 31, 20 days left · {MARCH} | *33.0 %* · $33.00 of $100.00 · $67.00 "
        "left | Burns $3.00 a day · at that, $93.00 at its end (93.0 %) | By weekday $93.00, in "
        "four of five cases between $93.00 and $93.00 | Outlasts its period · on track | "
        "2026-03-11 is not complete: its spend may still grow | not in period"
    )


def test_a_budget_whose_data_is_old_is_told_as_of_its_last_day():
    status = march(today=date(2026, 3, 20), data_until=date(2026, 3, 10))
    assert told(status) == (
        f"⚪ unknown | as of 2026-03-10: day 10 of 31, 21 days left · {MARCH} | *30.0 %* · "
        "$30.00 of $100.00 · $70.00 left | Burns $3.00 a day · at that, $93.00 at its end (93.0 %) "
        "| By weekday $93.00, in four of five cases between $93.00 and $93.00 | Outlasts its "
        "period · on track | :warning: The data is 10 days behind: what was spent since is not in "
        "the figures | not in period"
    )


def test_a_period_that_is_over_waits_for_its_last_costs_and_not_for_the_end_of_a_day():
    status = march(today=date(2026, 4, 1), data_until=date(2026, 4, 1), complete=date(2026, 3, 30))
    assert told(status) == (
        f"🟡 warning | ended: {MARCH}, 31 days | *93.0 %* · $93.00 of $100.00 · $7.00 left | "
        "Burned $3.00 a day | The period is over, but 2026-03-31 is not complete: late costs may "
        "still come | –"
    )


def test_a_period_that_is_over_says_which_of_its_days_are_missing():
    status = march(today=date(2026, 4, 10), data_until=date(2026, 3, 28))
    assert told(status) == (
        f"🟡 warning | ended: {MARCH}, 31 days | *84.0 %* · $84.00 of $100.00 · $16.00 left | "
        "Burned $3.00 a day | :warning: No data has come for the last 3 days of the period: what "
        "was spent in that time is not in the figures | –"
    )


def test_a_period_of_which_there_is_no_data_is_never_told_as_nothing_spent():
    late = march(today=date(2026, 3, 20), data_until=date(2026, 2, 10))
    assert told(late) == (
        f"⚪ unknown | running: {MARCH}, 31 days | nothing is known of its spend yet · limit "
        "$100.00 | :warning: The data is 20 days behind: what was spent since is not in the "
        "figures | –"
    )
    known = KnownDays(date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 2))
    only_march = terms(100, start=date(2026, 3, 1), end=date(2026, 3, 31))
    before = status_of(only_march, Decimal(100), {}, date(2026, 5, 2), known=known)
    assert told(before) == (
        f"⚪ unknown | ended: {MARCH}, 31 days | nothing is known of its spend · limit $100.00 | "
        ":warning: The data begins after the period | –"
    )

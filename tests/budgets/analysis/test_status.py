"""The status of a budget: the worked case, edges of a period, what is not known, and properties."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analysis.budgets.burn import KnownDays
from analysis.budgets.levels import Level
from analysis.budgets.status import State, Status, status_of
from analysis.budgets.terms import BudgetPeriod, Kind
from analysis.errors import BadInput
from tests.budgets.analysis.made import DAY, daily, even, terms, worked

JANUARY = date(2026, 1, 1)
MARCH_16 = date(2026, 3, 16)
COSTS = st.lists(st.decimals("-50", "500", places=6), min_size=1, max_size=90)


def in_all(*costs: Decimal | int | str, as_of: date, limit: int = 5000) -> Status:
    """The worked case's budget with these costs from its first day on."""
    return status_of(worked(), Decimal(limit), daily(JANUARY, *costs), as_of)


@pytest.mark.parametrize(
    "spend",
    [
        daily(JANUARY, "4250.75"),
        daily(MARCH_16, "4250.75"),
        even(JANUARY, MARCH_16, Decimal("4250.75") / 75),
        daily(date(2026, 2, 10), "1250.50", "3000.25"),
    ],
)
def test_the_worked_case(spend: dict[date, Decimal]) -> None:
    status = status_of(worked(), Decimal(5000), spend, MARCH_16)
    assert abs(status.spend - Decimal("4250.75")) < Decimal("1e-20")
    assert (status.elapsed_days, status.remaining_days) == (75, 15)
    assert round(status.utilization, 5) == Decimal("0.85015")
    assert round(status.remaining, 10) == Decimal("749.25")
    assert status.burn is not None
    assert round(status.burn, 2) == Decimal("56.68")
    assert status.projected is not None
    assert round(status.projected, 10) == Decimal("5100.9")
    assert status.exhaustion == date(2026, 3, 29)
    assert (status.level, status.word) == (Level.WARNING, "warning")
    assert status.is_on_track is False
    assert (status.state, status.as_of) == (State.RUNNING, MARCH_16)
    assert not status.is_provisional


def test_the_worked_cases_projection_is_exact_and_not_the_product_of_a_quotient() -> None:
    assert in_all("4250.75", as_of=MARCH_16).projected == Decimal("5100.9")


def test_on_the_first_day_what_there_is_is_the_burn() -> None:
    status = in_all("60", as_of=JANUARY)
    assert (status.elapsed_days, status.remaining_days) == (1, 89)
    assert (status.burn, status.projected) == (Decimal(60), Decimal(5400))
    assert status.exhaustion == JANUARY + 82 * DAY  # 4,940 / 60 = 82.33
    assert status.is_on_track is False


def test_on_the_last_day_the_projection_is_the_spend() -> None:
    status = in_all("4999.99", as_of=date(2026, 3, 31))
    assert (status.elapsed_days, status.remaining_days) == (90, 0)
    assert status.projected == status.spend == Decimal("4999.99")
    assert status.exhaustion is None
    assert status.is_on_track is True
    assert status.state is State.RUNNING


def test_after_its_end_a_budget_has_no_days_left_and_no_negative_ones() -> None:
    status = in_all("4000", as_of=date(2026, 5, 1))
    assert (status.state, status.as_of) == (State.ENDED, date(2026, 3, 31))
    assert (status.elapsed_days, status.remaining_days) == (90, 0)
    assert (status.forecast, status.exhaustion) == (None, None)
    assert (status.projected, status.is_on_track) == (Decimal(4000), True)


def test_before_its_start_a_budget_has_spent_nothing_and_projects_nothing() -> None:
    status = in_all("4000", as_of=date(2025, 12, 31))
    assert (status.state, status.level) == (State.NOT_BEGUN, Level.OK)
    assert (status.spend, status.elapsed_days, status.remaining_days) == (0, 0, 90)
    assert (status.burn, status.projected, status.is_on_track) == (None, None, None)
    assert status.days_behind == 0


@pytest.mark.parametrize("limit", ["0", "-5", "NaN"])
def test_a_limit_of_nothing_is_refused(limit: str) -> None:
    with pytest.raises(BadInput, match="nothing could be spent"):
        status_of(worked(), Decimal(limit), {}, MARCH_16)


@pytest.mark.parametrize(
    ("spend", "level", "word"),
    [
        ("3999.99", Level.OK, "ok"),
        ("4000", Level.WARNING, "warning"),
        ("4749.999999999999999", Level.WARNING, "warning"),
        ("4750", Level.CRITICAL, "critical"),
        ("4999.999999999999999", Level.CRITICAL, "critical"),
        ("5000", Level.EXCEEDED, "reached"),
        ("5000.000000000000001", Level.EXCEEDED, "exceeded"),
    ],
)
def test_100_per_cent_is_reached_and_above_is_exceeded(spend: str, level: Level, word: str) -> None:
    status = in_all(spend, as_of=MARCH_16)
    assert (status.level, status.word) == (level, word)
    assert status.is_exceeded == (word == "exceeded")


def test_a_limit_that_is_reached_was_reached_on_a_day() -> None:
    costs = (3000, 1000, 1000, 200, 300)
    assert in_all(*costs, as_of=MARCH_16).exhaustion == JANUARY + 2 * DAY


def test_a_limit_that_a_correction_took_spend_below_was_reached_when_it_was_crossed_last() -> None:
    costs = (6000, -2000, 500, 700)
    assert in_all(*costs, as_of=MARCH_16).exhaustion == JANUARY + 3 * DAY
    assert in_all(6000, -2000, as_of=MARCH_16).exhaustion is None


def test_a_rest_that_lasts_to_the_last_day_exactly_runs_out_on_it_and_is_on_track() -> None:
    status = in_all("3750", as_of=date(2026, 3, 1), limit=5625)  # 62.50 a day for 90 days
    assert status.projected == Decimal(5625)
    assert status.exhaustion == date(2026, 3, 31)
    assert status.is_on_track is True


def test_a_rest_that_outlasts_the_period_by_less_than_a_day_never_runs_out() -> None:
    status = in_all("3750", as_of=date(2026, 3, 1), limit=5626)
    assert status.exhaustion is None


def test_spend_before_the_start_and_behind_the_day_looked_at_is_left_out() -> None:
    spend = {date(2025, 12, 31): Decimal(900), JANUARY: Decimal(10), JANUARY + DAY: Decimal(70)}
    assert status_of(worked(), Decimal(5000), spend, JANUARY).spend == Decimal(10)


def test_refunds_are_counted_and_not_projected() -> None:
    status = in_all(100, -400, as_of=JANUARY + DAY)
    assert (status.spend, status.remaining) == (Decimal(-300), Decimal(5300))
    assert (status.burn, status.projected) == (Decimal(-150), Decimal(-300))
    assert (status.exhaustion, status.level) == (None, Level.OK)


def test_a_period_over_a_leap_day_counts_it() -> None:
    annual = terms(36600, Kind.ANNUAL, date(2028, 1, 1))
    status = status_of(
        annual, Decimal(36600), even(date(2028, 1, 1), date(2028, 2, 29), 100), date(2028, 2, 29)
    )
    assert (status.elapsed_days, status.remaining_days) == (60, 306)
    assert status.projected == Decimal(36600)
    assert status.is_on_track is True


def test_a_period_that_is_asked_for_is_the_one_that_is_told() -> None:
    spend = daily(JANUARY, *[1] * 59)
    january = BudgetPeriod(JANUARY, date(2026, 1, 31))
    status = status_of(terms(), Decimal(5000), spend, date(2026, 2, 28), period=january)
    assert (status.spend, status.state) == (Decimal(31), State.ENDED)
    assert status_of(terms(), Decimal(5000), spend, date(2026, 2, 28)).spend == Decimal(28)


def test_today_is_spent_but_makes_no_burn_look_smaller() -> None:
    spend = even(JANUARY, date(2026, 1, 10), 100) | daily(date(2026, 1, 11), 8)
    known = KnownDays(JANUARY, date(2026, 1, 11), date(2026, 1, 10))
    status = status_of(worked(), Decimal(9000), spend, date(2026, 1, 11), known=known)
    assert status.is_provisional
    assert (status.spend, status.burn) == (Decimal(1008), Decimal(100))
    assert (status.projected, status.is_on_track) == (Decimal(9000), True)
    assert (status.elapsed_days, status.remaining_days) == (11, 79)


def test_what_today_has_cost_already_beyond_the_burn_is_projected_once() -> None:
    spend = even(JANUARY, date(2026, 1, 10), 100) | daily(date(2026, 1, 11), 1500)
    known = KnownDays(JANUARY, date(2026, 1, 11), date(2026, 1, 10))
    status = status_of(worked(), Decimal(9000), spend, date(2026, 1, 11), known=known)
    assert status.projected == Decimal(2500 + 79 * 100)
    assert status.exhaustion == date(2026, 1, 11) + 65 * DAY


def test_a_limit_that_today_will_reach_at_the_burn_runs_out_today() -> None:
    spend = even(JANUARY, date(2026, 1, 10), 100) | daily(date(2026, 1, 11), 1)
    known = KnownDays(JANUARY, date(2026, 1, 11), date(2026, 1, 10))
    status = status_of(worked(), Decimal(1050), spend, date(2026, 1, 11), known=known)
    assert status.exhaustion == date(2026, 1, 11)


def test_a_limit_that_open_days_pass_at_the_burn_runs_out_on_the_last_of_them() -> None:
    spend = even(JANUARY, date(2026, 1, 10), 100) | daily(date(2026, 1, 11), 1, 0, 0, 0)
    known = KnownDays(JANUARY, date(2026, 1, 14), date(2026, 1, 10))
    status = status_of(worked(), Decimal(1050), spend, date(2026, 1, 14), known=known)
    assert (status.word, status.exhaustion) == ("critical", date(2026, 1, 14))


def test_days_behind_the_data_are_not_known_and_a_status_is_as_of_the_last_that_is() -> None:
    spend = even(JANUARY, date(2026, 1, 10), 100)
    known = KnownDays(JANUARY, date(2026, 1, 10), date(2026, 1, 10))
    status = status_of(worked(), Decimal(9000), spend, date(2026, 1, 12), known=known)
    assert (status.as_of, status.days_behind) == (date(2026, 1, 10), 2)
    assert (status.burn, status.projected) == (Decimal(100), Decimal(9000))
    assert status.level is Level.OK


def test_ok_is_not_said_of_old_data_but_what_is_exceeded_stays_so() -> None:
    spend = even(JANUARY, date(2026, 1, 10), 100)
    known = KnownDays(JANUARY, date(2026, 1, 10), date(2026, 1, 10))
    later = date(2026, 1, 13)
    assert status_of(worked(), Decimal(9000), spend, later, known=known).level is Level.UNKNOWN
    assert status_of(worked(), Decimal(900), spend, later, known=known).level is Level.EXCEEDED


def test_a_period_of_which_nothing_is_known_is_unknown_and_not_ok() -> None:
    known = KnownDays(date(2025, 1, 1), date(2025, 12, 30), date(2025, 12, 30))
    status = status_of(worked(), Decimal(5000), {}, date(2026, 1, 2), known=known)
    assert (status.level, status.as_of, status.days_behind) == (Level.UNKNOWN, None, 2)
    assert (status.burn, status.projected, status.is_on_track) == (None, None, None)


def test_days_before_the_data_begins_are_missing_and_no_days_of_burn() -> None:
    known = KnownDays(date(2026, 1, 6), date(2026, 1, 10), date(2026, 1, 10))
    spend = even(date(2026, 1, 6), date(2026, 1, 10), 100)
    status = status_of(worked(), Decimal(9000), spend, date(2026, 1, 10), known=known)
    assert (status.days_before_data, status.elapsed_days) == (5, 10)
    assert (status.burn, status.projected) == (Decimal(100), Decimal(500 + 8000))


def test_a_day_without_cost_within_the_data_cost_nothing() -> None:
    status = in_all(100, 0, 0, 0, as_of=JANUARY + 3 * DAY)
    gap = status_of(worked(), Decimal(5000), {JANUARY: Decimal(100)}, JANUARY + 3 * DAY)
    assert gap == status
    assert status.burn == Decimal(25)


def test_a_budget_whose_whole_usage_is_unpriced_is_not_ok() -> None:
    nothing = status_of(worked(), Decimal(5000), {}, MARCH_16, unpriced_requests=7)
    some = status_of(worked(), Decimal(5000), daily(JANUARY, 1), MARCH_16, unpriced_requests=7)
    assert (nothing.level, nothing.unpriced_requests) == (Level.UNKNOWN, 7)
    assert (some.level, some.unpriced_requests) == (Level.OK, 7)


@given(COSTS, st.integers(1, 10_000))
def test_every_figure_follows_from_the_formulas_exactly(costs: list[Decimal], limit: int) -> None:
    elapsed = len(costs)
    status = in_all(*costs, as_of=JANUARY + (elapsed - 1) * DAY, limit=limit)
    spend = sum(map(Fraction, costs))
    burn = spend / elapsed
    assert Fraction(status.spend) == spend
    assert status.elapsed_days + status.remaining_days == len(status.period)
    assert status.projected is not None
    projected = spend + max(burn, 0) * (90 - elapsed)
    assert abs(Fraction(status.projected) - projected) < Fraction(1, 10**40)
    if spend >= limit:
        assert status.exhaustion is not None
        assert JANUARY <= status.exhaustion <= JANUARY + (elapsed - 1) * DAY
    elif projected < limit:
        assert status.exhaustion is None
    else:
        whole_days = int((limit - spend) / burn)
        assert elapsed + whole_days <= len(status.period)
        assert status.exhaustion == JANUARY + (elapsed - 1 + whole_days) * DAY


@given(COSTS, st.integers(0, 89), st.integers(0, 3), st.integers(0, 3))
def test_no_figure_depends_on_what_is_not_known(
    costs: list[Decimal], asked: int, behind: int, open_days: int
) -> None:
    as_of = JANUARY + asked * DAY
    last = as_of - behind * DAY
    assume(last >= JANUARY)
    known = KnownDays(JANUARY, last, last - open_days * DAY)
    spend = daily(JANUARY, *costs)
    without = {day: cost for day, cost in spend.items() if day <= last}
    known_alone = status_of(worked(), Decimal(5000), without, as_of, known=known)
    assert status_of(worked(), Decimal(5000), spend, as_of, known=known) == known_alone


@given(COSTS, st.integers(0, 89), st.integers(0, 5))
def test_a_day_that_is_not_over_is_never_projected_below_what_it_cost(
    costs: list[Decimal], asked: int, open_days: int
) -> None:
    as_of = JANUARY + asked * DAY
    known = KnownDays(JANUARY, as_of, as_of - open_days * DAY)
    status = status_of(worked(), Decimal(5000), daily(JANUARY, *costs), as_of, known=known)
    assert status.projected is not None
    assert status.projected >= status.spend
    assert status.exhaustion is None or status.exhaustion in status.period


def test_sums_of_the_finest_money_are_exact() -> None:
    fine = Decimal("99999999999.999999999999999")
    status = status_of(
        terms(10**12), Decimal(10**12), daily(JANUARY, *[fine] * 9), JANUARY + timedelta(days=8)
    )
    assert status.spend == Decimal("899999999999.999999999999991")

"""What a day says to a rule: worked cases, and what holds for any figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.alert_rules.baselines import days_of
from analysis.alert_rules.figures import DailySeries, Figures
from analysis.alert_rules.judging import Verdict, judge, latest, replay
from analysis.alert_rules.reading import FROM_NOTHING, Reading, read
from analysis.alert_rules.terms import Baseline, Direction, Kind, Terms, Unit
from analysis.errors import BadInput
from analysis.incidents.levels import Level
from analysis.series import Measure

D = Decimal
FRIDAY = date(2026, 11, 20)
DAY = timedelta(days=1)

SPIKE = Terms(
    kind=Kind.RELATIVE,
    unit=Unit.SHARE,
    baseline=Baseline.WEEK_BEFORE,
    warning=D("0.3"),
    critical=D("0.6"),
    floor=D(20),
)
LIMIT = Terms(kind=Kind.ABSOLUTE, unit=Unit.USD, warning=D(500), critical=D(800))
UTILIZATION = Terms(
    kind=Kind.UTILIZATION,
    unit=Unit.SHARE,
    direction=Direction.BELOW,
    warning=D("0.4"),
    critical=D("0.2"),
)


def costs(*usd: str | int, last: date = FRIDAY, first: date | None = None) -> DailySeries:
    """Days up to one, of 10 requests each."""
    days = latest(len(usd), last)
    figures = {
        day: Figures(cost=D(cost), infrastructure=D(cost), inference=D(cost), requests=10)
        for day, cost in zip(days, usd, strict=True)
    }
    return DailySeries(figures, first or days[0], last)


def level_at(terms: Terms, value: str, before: Level = Level.OK) -> Level:
    """The level of a figure, with enough at stake."""
    return judge(terms, Reading(D(value), D(value), stake=D(1000)), before)


def test_a_day_is_held_against_the_average_of_the_seven_before():
    series = costs(*[100] * 7, 145)
    reading = read(SPIKE, series, FRIDAY)
    assert reading == Reading(D("0.45"), D(145), D(100), D(45))
    assert judge(SPIKE, reading) is Level.WARNING


def test_the_tested_day_is_no_part_of_its_own_baseline():
    for baseline in Baseline:
        assert FRIDAY not in days_of(baseline, FRIDAY)
        assert max(days_of(baseline, FRIDAY)) < FRIDAY


def test_baselines_lie_where_they_are_said_to():
    assert days_of(Baseline.WEEKDAY, FRIDAY) == tuple(FRIDAY - n * 7 * DAY for n in (4, 3, 2, 1))
    week = days_of(Baseline.PRIOR_WEEK, FRIDAY)
    assert (week[0], week[-1], len(week)) == (date(2026, 11, 9), date(2026, 11, 15), 7)
    month = days_of(Baseline.PRIOR_MONTH, date(2026, 3, 31))
    assert (month[0], month[-1], len(month)) == (date(2026, 2, 1), date(2026, 2, 28), 28)


def test_the_same_weekday_counts_by_its_median_so_one_bad_friday_is_no_usual_one():
    series = costs(*([900, *[1] * 6] + [100, *[1] * 6] * 3), 120)
    terms = Terms(kind=Kind.RELATIVE, unit=Unit.SHARE, baseline=Baseline.WEEKDAY, warning=D("0.15"))
    reading = read(terms, series, FRIDAY)
    assert reading is not None
    assert (reading.usual, reading.value) == (D(100), D("0.2"))


def test_too_little_history_is_unknown_and_never_ok():
    assert read(SPIKE, costs(*[100] * 6, 145), FRIDAY) is None
    assert judge(SPIKE, None) is Level.UNKNOWN


def test_a_day_without_rows_within_the_known_days_is_nothing_and_not_unknown():
    series = costs(*[100] * 7, 145)
    holes = DailySeries({FRIDAY: series.on(FRIDAY)}, series.first, series.last)
    reading = read(SPIKE, holes, FRIDAY)
    assert reading is not None
    assert reading.value == FROM_NOTHING


def test_what_was_not_there_before_is_a_warning_only_from_the_floor_on():
    new = costs(*[0] * 7, 145)
    assert judge(SPIKE, read(SPIKE, new, FRIDAY)) is Level.WARNING
    small = costs(*[0] * 7, 5)
    assert judge(SPIKE, read(SPIKE, small, FRIDAY)) is Level.OK
    without = Terms(
        kind=Kind.RELATIVE, unit=Unit.SHARE, baseline=Baseline.WEEK_BEFORE, warning=D("0.3")
    )
    assert read(without, new, FRIDAY) is None


def test_below_the_floor_nothing_is_told_however_steep():
    assert judge(SPIKE, read(SPIKE, costs(*["0.10"] * 7, "9"), FRIDAY)) is Level.OK


def test_a_fall_is_watched_by_its_size():
    terms = Terms(
        kind=Kind.RELATIVE,
        unit=Unit.SHARE,
        direction=Direction.BELOW,
        baseline=Baseline.WEEK_BEFORE,
        warning=D("0.3"),
        critical=D("0.6"),
    )
    said = {
        cost: judge(terms, read(terms, costs(*[100] * 7, cost), FRIDAY)) for cost in (80, 60, 0)
    }
    assert said == {80: Level.OK, 60: Level.WARNING, 0: Level.CRITICAL}
    assert judge(terms, read(terms, costs(*[100] * 7, 500), FRIDAY)) is Level.OK


def test_a_level_is_held_until_the_figure_is_back_by_the_margin():
    assert level_at(LIMIT, "500") is Level.OK
    assert level_at(LIMIT, "500.01") is Level.WARNING
    assert level_at(LIMIT, "480", Level.WARNING) is Level.WARNING
    assert level_at(LIMIT, "450", Level.WARNING) is Level.OK
    assert level_at(LIMIT, "730", Level.CRITICAL) is Level.CRITICAL
    assert level_at(LIMIT, "700", Level.CRITICAL) is Level.WARNING
    assert level_at(LIMIT, "449", Level.CRITICAL) is Level.OK


def test_below_a_threshold_it_is_the_other_way_round():
    assert level_at(UTILIZATION, "0.4") is Level.OK
    assert level_at(UTILIZATION, "0.39") is Level.WARNING
    assert level_at(UTILIZATION, "0.43", Level.WARNING) is Level.WARNING
    assert level_at(UTILIZATION, "0.45", Level.WARNING) is Level.OK
    assert level_at(UTILIZATION, "0.1") is Level.CRITICAL


def test_the_cost_per_request_leaves_what_has_no_price_out():
    figures = Figures(cost=D(30), requests=20, unpriced=5)
    terms = Terms(kind=Kind.REQUEST_COST, unit=Unit.USD, warning=D("1.5"))
    reading = read(terms, DailySeries({FRIDAY: figures}, FRIDAY, FRIDAY), FRIDAY)
    assert reading is not None
    assert (reading.actual, reading.stake) == (D(2), D("7.5"))


def test_the_cost_per_request_is_held_against_all_of_its_28_days_together():
    terms = Terms(
        kind=Kind.REQUEST_COST,
        unit=Unit.SHARE,
        baseline=Baseline.FOUR_WEEKS,
        warning=D("0.2"),
    )
    reading = read(terms, costs(*[20] * 28, 25), FRIDAY)
    assert reading is not None
    assert (reading.actual, reading.usual, reading.value) == (D("2.5"), D(2), D("0.25"))
    assert read(terms, costs(*[20] * 13, 25), FRIDAY) is None


def test_where_nothing_was_asked_for_no_request_was_dear():
    terms = Terms(kind=Kind.REQUEST_COST, unit=Unit.USD, warning=D("1.5"))
    idle = DailySeries({}, FRIDAY, FRIDAY)
    assert judge(terms, read(terms, idle, FRIDAY)) is Level.OK


def test_failures_count_in_dollars_or_as_a_share_of_the_cost():
    day = Figures(cost=D(200), requests=100, failed=8, wasted=D(14))
    series = DailySeries({FRIDAY: day}, FRIDAY, FRIDAY)
    share = Terms(kind=Kind.FAILURE_COST, unit=Unit.SHARE, warning=D("0.05"))
    usd = Terms(kind=Kind.FAILURE_COST, unit=Unit.USD, warning=D(20))
    assert judge(share, read(share, series, FRIDAY)) is Level.WARNING
    assert judge(usd, read(usd, series, FRIDAY)) is Level.OK


def test_unpriced_requests_are_counted_and_never_costs():
    day = Figures(requests=100, unpriced=40)
    series = DailySeries({FRIDAY: day}, FRIDAY, FRIDAY)
    terms = Terms(kind=Kind.UNPRICED, unit=Unit.SHARE, warning=D("0.3"))
    reading = read(terms, series, FRIDAY)
    assert reading == Reading(D("0.4"), D("0.4"))


def test_utilization_is_inference_over_all_and_unknown_where_no_machine_says_so():
    busy = {FRIDAY: Figures(infrastructure=D(100), inference=D(35))}
    said = read(UTILIZATION, DailySeries(busy, FRIDAY, FRIDAY), FRIDAY)
    assert said == Reading(D("0.35"), D("0.35"), stake=D(65))
    silent = {FRIDAY: Figures(infrastructure=D(35), inference=D(35))}
    assert read(UTILIZATION, DailySeries(silent, FRIDAY, FRIDAY), FRIDAY) is None


def test_requests_are_counted_where_that_is_asked():
    terms = Terms(kind=Kind.ABSOLUTE, unit=Unit.REQUESTS, measure=Measure.REQUESTS, warning=D(9))
    reading = read(terms, costs(3), FRIDAY)
    assert reading == Reading(D(10), D(10), stake=D(3))


def test_a_replay_says_nothing_of_days_that_are_not_known():
    series = costs(*[100] * 8, 170, 150, 127, 100)
    said = replay(SPIKE, series, latest(14, FRIDAY))
    assert [one.level for one in said] == [
        *[Level.UNKNOWN] * 9,
        Level.OK,
        Level.CRITICAL,
        Level.WARNING,
        Level.OK,
        Level.OK,
    ]
    assert said[0] == Verdict(Level.UNKNOWN, FRIDAY - 13 * DAY, None)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"critical": D("0.2")}, "do not get worse"),
        ({"baseline": None}, "needs what it is compared with"),
        ({"baseline": Baseline.FOUR_WEEKS}, "needs what it is compared with"),
        ({"unit": Unit.USD}, "no threshold in USD"),
        ({"warning": D("NaN")}, "cannot be"),
        ({"margin": D(1)}, "never be over"),
        ({"is_today": True}, "not over"),
        ({"direction": Direction.BELOW, "critical": D("1.1")}, "more than 100 %"),
    ],
)
def test_terms_that_do_not_go_together_are_refused(changes: dict[str, object], sentence: str):
    values = {name: getattr(SPIKE, name) for name in SPIKE.__dataclass_fields__} | changes
    with pytest.raises(BadInput, match=sentence):
        Terms(**values)  # pyright: ignore[reportArgumentType] - what is refused


figures = st.decimals(0, 2000, places=2)
levels = st.sampled_from([Level.OK, Level.NOTICE, Level.WARNING, Level.CRITICAL])


@given(figures, figures, levels)
def test_a_worse_figure_is_never_at_a_better_level(one: Decimal, other: Decimal, before: Level):
    low, high = sorted((one, other))
    assert level_at(LIMIT, str(low), before).rank <= level_at(LIMIT, str(high), before).rank


@given(figures, levels)
def test_looking_again_at_the_same_figure_changes_nothing(value: Decimal, before: Level):
    said = level_at(LIMIT, str(value), before)
    assert level_at(LIMIT, str(value), said) is said


@given(figures, levels)
def test_where_it_stood_makes_a_level_worse_and_never_better(value: Decimal, before: Level):
    assert level_at(LIMIT, str(value), before).rank >= level_at(LIMIT, str(value)).rank

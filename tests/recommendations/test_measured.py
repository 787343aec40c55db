"""What is measured after the acceptance: worked cases, and what is never celebrated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.recommendations.measured.counterfactual import Held, control_of, estimate
from analysis.recommendations.measured.measure import (
    BEFORE_DAYS,
    LONGEST,
    Facts,
    Measured,
    MeasuredState,
    Spent,
    measure,
    span_of,
)

D = Decimal
DAY = timedelta(days=1)
ACCEPTED = date(2026, 10, 5)
LATER = ACCEPTED + 14 * DAY


def spent(
    before: str,
    after: str,
    *,
    volume: str = "100",
    volume_after: str | None = None,
    stratum: str = "task",
    days: int = 14,
) -> list[Spent]:
    """A cost a day before and since, at some volume."""
    rows = [
        Spent(ACCEPTED - number * DAY, stratum, D(before), D(volume))
        for number in range(1, BEFORE_DAYS + 1)
    ]
    return rows + [
        Spent(ACCEPTED + number * DAY, stratum, D(after), D(volume_after or volume))
        for number in range(1, days + 1)
    ]


def of(own: list[Spent], others: list[Spent] | None = None, days: int = 14) -> Measured:
    """What is measured of some rows after some days."""
    return measure(Facts(own, others or []), span_of(ACCEPTED, None, ACCEPTED + days * DAY))


def test_a_cost_that_fell_at_the_same_volume_is_saved() -> None:
    found = of(spent("10", "6"))
    assert found.state is MeasuredState.SEEN
    assert found.likely == D("56.000000"), "4 a day for 14 days"
    assert (found.expected, found.actual) == (D("140.000000"), D("84.000000"))
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < 56 < found.high


def test_growth_of_the_volume_is_no_loss_and_its_fall_is_no_saving() -> None:
    grown = of(spent("10", "12", volume_after="200"))
    assert grown.likely == D("112.000000"), "20 would have been spent, not 10"
    fallen = of(spent("10", "5", volume_after="50"))
    assert fallen.likely == 0
    assert fallen.state is MeasuredState.NOT_SEEN_YET
    assert fallen.volume_change == D("0.500")


def test_a_volume_that_is_gone_is_not_celebrated() -> None:
    found = of(spent("10", "0.1", volume_after="1"))
    assert found.state is MeasuredState.NOT_MEASURABLE
    assert found.likely is None
    assert found.reason == "only 1.0 % of the volume of before is left"
    nothing = of([row for row in spent("10", "6") if row.day < ACCEPTED])
    assert nothing.state is MeasuredState.NOT_MEASURABLE


def test_requests_without_a_price_are_no_saving() -> None:
    facts = Facts(spent("10", "2"), unpriced_share=D("0.4"))
    found = measure(facts, span_of(ACCEPTED, None, LATER))
    assert found.state is MeasuredState.NOT_MEASURABLE
    assert found.reason == "40 % more of the requests than before have no price"


def test_less_than_three_days_show_nothing_however_large() -> None:
    assert of(spent("10", "1", days=2), days=2).state is MeasuredState.NOT_SEEN_YET
    assert of(spent("10", "1", days=3), days=3).state is MeasuredState.SEEN


def test_a_cost_that_rose_is_told_and_never_seen_as_saving() -> None:
    found = of(spent("10", "14"))
    assert found.state is MeasuredState.NOT_SEEN_YET
    assert found.reason == "it costs more than before"
    assert found.likely == D("-56.000000")


def test_a_price_that_fell_for_everybody_is_taken_out_by_the_control() -> None:
    others = [row for n in range(4) for row in spent("20", "10", stratum=f"other {n}")]
    alone = of(spent("10", "5"))
    held = of(spent("10", "5"), others)
    assert alone.state is MeasuredState.SEEN
    assert held.state is MeasuredState.NOT_SEEN_YET
    assert held.likely == 0
    assert held.control is not None
    assert held.control.change == 0.5


def test_a_neighbour_that_was_changed_as_well_moves_nothing() -> None:
    others = [row for n in range(4) for row in spent("20", "20", stratum=f"other {n}")]
    others += spent("20", "2", stratum="changed too")
    held = of(spent("10", "6"), others)
    assert held.likely == D("56.000000")


def test_a_price_of_the_list_that_changed_is_taken_out() -> None:
    def level(stratum: str, day: date) -> Decimal:
        _ = stratum
        return D("0.5") if day > ACCEPTED else D(1)

    facts = Facts(spent("10", "5"), level=level)
    found = measure(facts, span_of(ACCEPTED, None, LATER))
    assert found.likely == 0
    saved = measure(Facts(spent("10", "3"), level=level), span_of(ACCEPTED, None, LATER))
    assert saved.likely == D("28.000000"), "at today's price: 5 would have been spent, not 10"


def test_a_changed_mix_of_strata_is_no_saving() -> None:
    dear = spent("20", "2", volume="100", volume_after="10", stratum="dear")
    cheap = spent("1", "1.9", volume="100", volume_after="190", stratum="cheap")
    found = of(dear + cheap)
    assert found.likely == 0


def test_few_days_before_make_no_counterfactual() -> None:
    rows = [row for row in spent("10", "6") if row.day >= ACCEPTED - 5 * DAY]
    found = of(rows)
    assert found.state is MeasuredState.NOT_MEASURABLE
    assert found.reason.startswith("there are 5 days with priced usage before it")


def test_the_days_begin_after_the_implementation_and_end_after_ninety() -> None:
    span = span_of(ACCEPTED, ACCEPTED + 10 * DAY, ACCEPTED + 400 * DAY)
    assert span.before_last == ACCEPTED - DAY
    assert span.since == ACCEPTED + 11 * DAY
    assert span.days == LONGEST
    assert span_of(ACCEPTED, None, ACCEPTED).days == 0


def test_without_volume_there_is_no_estimate() -> None:
    with pytest.raises(ValueError, match="without any volume"):
        estimate([Held(1.0, 1.0)], [Held(0.0, 1.0)], None)


def test_two_routes_are_no_control_and_wild_ones_neither() -> None:
    assert control_of([(1.0, 1.0), (1.0, 1.0)]) is None
    assert control_of([(0.5, 1.0), (1.0, 1.0), (2.0, 1.0), (3.0, 1.0)]) is None
    control = control_of([(0.9, 1.0), (0.9, 5.0), (1.0, 1.0)])
    assert control is not None
    assert control.change == 0.9


@given(
    noise=st.lists(st.floats(0.7, 1.4), min_size=42, max_size=42),
    scale=st.floats(0.01, 1000.0),
)
def test_the_range_holds_the_estimate_and_scales_with_the_currency(
    noise: list[float], scale: float
) -> None:
    days = [Held(10.0, 10.0 * factor) for factor in noise]
    one = estimate(days[:28], days[28:], None)
    other = estimate(
        [Held(day.expected * scale, day.actual * scale) for day in days[:28]],
        [Held(day.expected * scale, day.actual * scale) for day in days[28:]],
        None,
    )
    assert one.low < one.likely < one.high
    assert other.high == pytest.approx(one.high * scale, rel=1e-6, abs=1e-6 * scale)


@given(factor=st.decimals("0.05", "3", places=2), share=st.decimals("0", "0.9", places=2))
def test_what_is_saved_is_the_share_of_what_it_would_have_cost(
    factor: Decimal, share: Decimal
) -> None:
    if factor < D("0.1"):
        factor = D("0.1")
    after = 10 * factor * (1 - share)
    found = of(spent("10", str(after), volume_after=str(100 * factor)))
    assert found.likely is not None
    assert abs(found.likely - 14 * 10 * factor * share) < D("0.001")

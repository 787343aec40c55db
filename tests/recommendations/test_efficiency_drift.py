"""Requests that take more GPU time than they used to, and changes that are no drift."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.recommendations.gpus.drift_ratios import Cause, drifted
from analysis.recommendations.gpus.efficiency_drift import propose
from analysis.recommendations.gpus.gpu import Mixed, WorkDay
from analysis.recommendations.proposal import Proposal
from tests.recommendations.gpu_makers import PERIOD, TEXT, UNTIL, D, work

DAYS = range(PERIOD.days)


def proposed(days: list[WorkDay], monthly: str = "1000") -> list[Proposal]:
    return propose(days, PERIOD, baseline_until=UNTIL, monthly_cost=D(monthly))


def test_a_service_that_takes_a_quarter_more_saves_a_fifth_by_going_back() -> None:
    (found,) = proposed([work(day, 1.25 if day >= 18 else 1.0) for day in DAYS])
    # 1,000 requests x 12.5 s x $0.001 = $12.50 a day, of which a fifth.
    assert found.current_cost == 375
    assert float(found.savings.likely) == pytest.approx(75)
    assert found.savings.low < found.savings.likely < found.savings.high
    assert found.evidence["drift_like_for_like"] == "0.2500"
    assert found.action["seconds_per_request_before"] == "10.00"
    assert found.action["seconds_per_request_now"] == "12.50"
    assert found.parts[0].cell == TEXT.dollars
    assert "25.0 % more GPU seconds" in found.description


def test_a_dearer_gpu_hour_is_a_rate_and_no_drift() -> None:
    days = [work(day, 1.0, price="0.0013" if day >= 18 else "0.001") for day in DAYS]
    assert proposed(days) == []
    (found,) = drifted(days, PERIOD, UNTIL)
    assert found.cause is Cause.RATE
    assert found.price_ratio == pytest.approx(1.3)
    assert found.ratio == pytest.approx(1)


def test_where_both_rose_only_the_seconds_are_saved() -> None:
    days = [
        work(day, 1.25, price="0.002") if day >= 18 else work(day, 1.0, price="0.001")
        for day in DAYS
    ]
    (found,) = proposed(days)
    assert float(found.savings.likely) == pytest.approx(float(found.current_cost) / 5)
    assert found.evidence["price_of_a_second_ratio"] == "2.0000"


def test_other_work_is_no_drift() -> None:
    """The seconds rise by half, but not those of any customer."""
    assert proposed([work(day, 1.5 if day >= 18 else 1.0, fine=1.0) for day in DAYS]) == []


def test_some_bad_days_are_no_drift() -> None:
    bad = {21, 23, 24, 26}
    assert proposed([work(day, 3.0 if day in bad else 1.0) for day in DAYS]) == []
    assert proposed([work(day, 3.0 if day in {*bad, 22, 27} else 1.0) for day in DAYS])


def test_a_service_as_unsteady_as_the_drift_is_left_alone() -> None:
    swing = [0.6, 1.4, 0.7, 1.5, 0.8, 1.3, 1.0]
    days = [work(day, swing[day % 7] * (1.2 if day >= 18 else 1.0)) for day in DAYS]
    assert proposed(days) == []


@pytest.mark.parametrize(
    "days",
    [
        [work(day, 1.5 if day >= 18 else 1.0, requests=19) for day in DAYS],
        [work(day, 1.5) for day in DAYS if day >= 18],
        [work(day, 1.5 if day >= 18 else 1.0) for day in DAYS if day < 25],
        [replace(work(day, 1.0), seconds=Decimal(0)) for day in DAYS],
        [work(day, 1.1 if day >= 18 else 1.0) for day in DAYS],
        [work(day, 0.5 if day >= 18 else 1.0) for day in DAYS],
    ],
    ids=["few-requests", "new", "ended", "no-seconds", "small", "better"],
)
def test_silence(days: list[WorkDay]) -> None:
    assert proposed(days) == []


def lately(days: list[WorkDay], *mixes: str) -> list[WorkDay]:
    """Two fifths of the late work have a counterpart before, by these mixes."""

    def scaled(mixed: Mixed) -> Mixed:
        return Mixed(mixed.seconds * 0.4, mixed.expected * 0.4)

    return [
        replace(day, **{mix: scaled(getattr(day, mix)) for mix in mixes})
        if day.day >= UNTIL
        else day
        for day in days
    ]


def test_where_customers_come_once_all_of_them_are_compared_and_it_is_less_sure() -> None:
    days = [work(day, 1.25 if day >= 18 else 1.0) for day in DAYS]
    (known,) = proposed(days)
    (found,) = proposed(lately(days, "fine"))
    assert found.savings == known.savings
    assert found.confidence < known.confidence * D("0.55")  # half of what is not cut at 0.95


def test_work_that_is_new_altogether_says_nothing() -> None:
    days = [work(day, 1.25 if day >= 18 else 1.0) for day in DAYS]
    assert proposed(lately(days, "fine", "coarse")) == []


@pytest.mark.parametrize("seed", range(100))
def test_steady_services_give_silence(seed: int) -> None:
    draw = random.Random(seed)
    noise = draw.uniform(0.01, 0.25)
    days = [
        work(
            day,
            draw.lognormvariate(0, noise) * (1.1 if day % 7 > 4 else 1.0),
            requests=draw.choice((40, 1000)),
            service=replace(TEXT, model=f"m{number}"),
        )
        for number in range(5)
        for day in DAYS
    ]
    assert proposed(days, monthly="1500") == []

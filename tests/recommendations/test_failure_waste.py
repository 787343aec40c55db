"""What failures cost beyond the usual, and when that is nothing."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from analysis.failures import Outcome
from analysis.recommendations.gpus.failure_rates import failing, lowest
from analysis.recommendations.gpus.failure_waste import propose
from analysis.recommendations.gpus.gpu import Ending
from analysis.recommendations.proposal import Proposal
from tests.recommendations.gpu_makers import DAY, FIRST, PERIOD, TEXT, D, ending

PEERS = [replace(TEXT, model=f"peer-{number}") for number in range(5)]
DAYS = range(PERIOD.days)


def peers(rate: float = 0.01) -> list[Ending]:
    return [
        row
        for day in DAYS
        for peer in PEERS
        for row in ending(day, 1000, round(1000 * rate), service=peer)
    ]


def proposed(rows: list[Ending], monthly: str = "1000") -> list[Proposal]:
    return propose(rows, PERIOD, monthly_cost=D(monthly))


def test_a_service_that_fails_ten_times_as_often_as_its_peers_wastes_nine_tenths_of_it() -> None:
    rows = [*peers(), *(row for day in DAYS for row in ending(day, 1000, 100))]
    (found,) = proposed(rows)
    # 100 a day at $0.10 are wasted, a tenth of them as with the peers: $9 a day.
    assert found.savings.likely == 270
    assert found.savings.low == found.savings.high == 270
    assert found.current_cost == 3000
    assert [(part.cell, part.cost, part.saved) for part in found.parts] == [
        (TEXT.dollars, 3000, 270)
    ]
    assert found.scope == {
        "product": ("api",),
        "endpoint": ("/v1/text-to-video",),
        "model": ("m",),
    }
    assert found.evidence["wasted"] == "280.00"
    assert found.evidence["wasted_fully_loaded"] == "420.00"
    assert "1.0 % is usual with its peers" in found.description
    assert found.evidence["errors"] == [
        {"result": "failed", "error_type": "infrastructure", "failed": 2800, "wasted": "280.00"}
    ]


def test_what_to_do_follows_from_the_type_of_the_error_the_dearest_first() -> None:
    rows = peers()
    for day in DAYS:
        rows += ending(day, 1000, 60, error_type="applicative")
        rows += ending(day, 1000, 80, error_type="infrastructure", result="timeout")
        rows += ending(day, 1000, 10, error_type=None)
    (found,) = proposed(rows)
    assert [step.split(":")[0] for step in found.steps[:3]] == [
        "Timeouts",
        "Applicative",
        "Not told",
    ]
    assert found.action["error_types"] == ["timeout", "applicative", "not_told"]


def storms(*days: int) -> list[Ending]:
    """A service with one failure in a hundred, and half of its requests on some days."""
    return [row for day in DAYS for row in ending(day, 1000, 500 if day in days else 10)]


def test_storms_that_come_again_count_monthly_beyond_the_usual_rate() -> None:
    (found,) = proposed(storms(5, 6, 15))
    # $50 a day, of which 10 in 500 would have failed anyway: 3 x 49 in 28 days.
    assert found.savings.likely == D(147) * 30 / 28
    assert found.savings.low < found.savings.likely < found.savings.high
    assert found.evidence["storm_days"] == [(FIRST + day * DAY).isoformat() for day in (5, 6, 15)]
    assert found.evidence["episodes"] == 2


def test_a_storm_that_came_once_and_is_over_counts_once_a_year_and_is_little_trusted() -> None:
    (once,) = proposed(storms(5, 6, 7), monthly="100")
    (running,) = proposed(storms(25, 26, 27), monthly="100")
    assert once.savings.likely == D(147) / 12
    assert (once.savings.low, once.savings.high) == (0, D(147) * 30 / 28)
    assert "once, and it is over" in once.description
    assert running.savings.likely == D(147) * 30 / 28
    assert once.confidence < running.confidence / 2


def test_services_that_never_answer_are_named_however_little_they_cost() -> None:
    dead = [row for day in (3, 9, 26) for row in ending(day, 10, 10, each="0.001")]
    (found,) = proposed([*peers(), *dead])
    assert found.variant == "small_services"
    assert found.scope == {}
    assert found.savings.likely == D("0.03") * 30 / 28
    assert "1 service never succeeded: /v1/text-to-video with m" in found.description
    assert found.steps[0].startswith("Take what never answers out of service")


def test_requests_that_never_ended_are_told_of() -> None:
    dead = [row for day in (3, 9, 26) for row in ending(day, 10, 10)]
    stuck = Ending(PEERS[0], FIRST, "pending", None, Outcome(7, cost=D("0.5")))
    (found,) = proposed([*peers(), *dead, stuck])
    assert found.evidence["never_finished"] == 7
    assert found.evidence["never_finished_cost"] == "0.50"
    assert "7 more requests never ended at all" in found.description


def test_failures_without_a_price_waste_nothing_that_is_known() -> None:
    rows = [
        replace(row, outcome=Outcome(row.outcome.requests, failed, failed))
        if (failed := row.outcome.failed)
        else row
        for day in DAYS
        for row in ending(day, 1000, 100)
    ]
    assert proposed([*peers(), *rows]) == []


def test_a_service_among_others_that_fail_as_often_is_left_alone() -> None:
    assert proposed([*peers(0.1), *(row for day in DAYS for row in ending(day, 1000, 100))]) == []


def test_what_was_mended_or_is_not_asked_for_any_more_is_left_alone() -> None:
    mended = [row for day in DAYS for row in ending(day, 1000, 100 if day < 20 else 10)]
    gone = [row for day in (3, 9, 12) for row in ending(day, 10, 10)]
    assert proposed([*peers(), *mended]) == []
    assert proposed([*peers(), *gone]) == []


def test_with_few_peers_there_is_no_saying_what_is_usual() -> None:
    rows = [row for day in DAYS for row in ending(day, 1000, 100)]
    assert proposed([*rows, *(row for row in peers() if row.service in PEERS[:3])]) == []
    assert failing([*rows, *(row for row in peers() if row.service in PEERS[:4])])


@pytest.mark.parametrize("seed", range(20))
def test_services_that_fail_alike_give_silence(seed: int) -> None:
    draw = random.Random(seed)
    rate = draw.uniform(0.001, 0.05)
    rows: list[Ending] = []
    for number in range(12):
        service = replace(TEXT, model=f"m{number}", endpoint=f"/{number % 3}")
        own = rate * draw.uniform(0.7, 1.4)
        size = draw.choice((30, 200, 1000))
        for day in DAYS:
            failed = sum(draw.random() < own for _ in range(size))
            rows += ending(day, size, failed, service=service)
    assert proposed(rows, monthly="10000") == []


def test_wilsons_interval_is_that_of_the_books() -> None:
    # 10 of 100 at z = 3.29: (0.1 + 0.0541 - 3.29 x 0.0398) / 1.1082, worked by hand.
    assert lowest(10, 100) == pytest.approx(0.0374, abs=0.001)
    assert lowest(0, 50) == 0
    assert lowest(50, 50) < 1

"""What the importer of GPU requests makes of a row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import BadInput
from queries.dimensions import Dimension, Source
from queries.sources.gpu import rate_cost_sql
from tests.columnar import reader
from tests.sources.importing import Deployment


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-20T10:30:00Z", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20 10:30:00", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
        ("2026-11-20T10:30:00.5+02:00", datetime(2026, 11, 20, 8, 30, 0, 500000, tzinfo=UTC)),
        ("2026-11-20 10:30:00.1234567", datetime(2026, 11, 20, 10, 30, 0, 123456, tzinfo=UTC)),
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("1763634600", datetime(2025, 11, 20, 10, 30, tzinfo=UTC)),
        ("1763634600.25", datetime(2025, 11, 20, 10, 30, 0, 250000, tzinfo=UTC)),
        ("1763634600250", datetime(2025, 11, 20, 10, 30, 0, 250000, tzinfo=UTC)),
        (" 2026-11-20T10:30:00Z ", datetime(2026, 11, 20, 10, 30, tzinfo=UTC)),
    ],
)
def test_instants_are_read_in_every_usual_spelling(
    deployment: Deployment, written: str, instant: datetime
) -> None:
    deployment.gpu(f"time,row_cost\n{written},1\n")
    assert deployment.rows("time, dt") == [(instant, instant.date())]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "no time"),
        ("yesterday", "the time is no instant"),
        ("2026-13-01", "the time is no instant"),
        ("2026-02-30", "the time is no instant"),
        ("01/02/2026", "the time is no instant"),
        ("infinity", "the time is not of this century"),
        ("0", "the time is not of this century"),
        ("-5", "the time is no instant"),
        ("1763634600250999", "the time is no instant"),
        ("3026-01-01", "the time is not of this century"),
    ],
)
def test_what_is_no_instant_is_rejected(deployment: Deployment, written: str, reason: str) -> None:
    report = deployment.gpu(f"time,row_cost\n{written},1\n")
    assert report.reasons == {reason: 1}


def test_a_row_with_a_day_and_no_time_stands_at_the_days_first_instant(
    deployment: Deployment,
) -> None:
    report = deployment.gpu(
        "time,dt,row_cost,endpoint\n"
        ",2026-11-19,1,a\n"
        "2026-11-20T23:30:00-02:00,2026-11-20,1,b\n"
        ",,1,c\n"
    )
    assert report.reasons == {"no time": 1}
    assert deployment.rows("dt, time, endpoint") == [
        (date(2026, 11, 19), datetime(2026, 11, 19, tzinfo=UTC), "a"),
        (date(2026, 11, 21), datetime(2026, 11, 21, 1, 30, tzinfo=UTC), "b"),
    ]


def test_categories_attributed_costs_and_internal_traffic_are_kept_apart(
    deployment: Deployment,
) -> None:
    report = deployment.gpu(
        "time,cost_category,row_cost,attributed_idle_cost,attributed_overhead_cost,is_lt_team\n"
        "2026-11-20T01:00:00,Inference,1,0.25,0.125,true\n"
        "2026-11-20T02:00:00,idle,5,,,\n"
        "2026-11-20T03:00:00,unused,7,0,0,no\n"
        "2026-11-20T04:00:00,overhead,2,0.5,,no\n"
        "2026-11-20T05:00:00,training,2,,,no\n"
        "2026-11-20T06:00:00,,2,,,no\n"
        "2026-11-20T07:00:00,inference,2,,,perhaps\n"
        "2026-11-20T08:00:00,idle,,,,no\n"
        "2026-11-20T09:00:00,inference,,,,no\n"
    )
    wrong_category = "cost_category is none of inference, idle, overhead, unused"
    assert report.reasons == {
        wrong_category: 2,
        "only inference rows can have attributed costs": 1,
        "is_lt_team is neither true nor false": 1,
        "no cost": 1,
    }
    assert deployment.rows(
        "cost_category, requests, billed_cost, attributed_idle_cost, attributed_overhead_cost, "
        "is_internal, price_source, unpriced_requests"
    ) == [
        ("inference", 1, 1, Decimal("0.25"), Decimal("0.125"), True, "billed", 0),
        ("idle", 0, 5, 0, 0, None, "billed", 0),
        ("unused", 0, 7, 0, 0, False, "billed", 0),
        ("inference", 1, None, 0, 0, False, "unpriced", 1),
    ]
    assert (report.unpriced, report.cost) == (1, 13)


def test_without_a_category_and_a_word_on_origin_rows_are_customers_inference(
    deployment: Deployment,
) -> None:
    deployment.gpu("time,row_cost\n2026-11-20,1\n")
    assert deployment.rows("cost_category, is_internal") == [("inference", False)]


def test_a_constant_fills_what_the_file_leaves_empty(deployment: Deployment) -> None:
    deployment.gpu(
        "time,row_cost,org\n2026-11-20,1,\n2026-11-21,1,acme\n",
        {"org": "globex", "product": "api", "is_lt_team": "yes"},
    )
    assert deployment.rows("organization, product, is_internal") == [
        ("globex", "api", True),
        ("acme", "api", True),
    ]


@pytest.mark.parametrize(
    ("word", "stored", "failed"),
    [
        ("SUCCEED", "success", 0),
        ("ok", "success", 0),
        ("204", "success", 0),
        ("FAILED", "failed", 1),
        ("500", "failed", 1),
        ("Timeout", "timeout", 1),
        ("504", "timeout", 1),
        ("out of memory", "out of memory", 1),
        ("PENDING", "PENDING", 0),
        ("", None, 0),
    ],
)
def test_results_are_told_apart(
    deployment: Deployment, word: str, stored: str | None, failed: int
) -> None:
    deployment.gpu(f"time,row_cost,result\n2026-11-20,1,{word}\n")
    assert deployment.rows("result, failed_requests") == [(stored, failed)]


@pytest.mark.parametrize("wrong", ["-0.01", "nan", "inf", "1e400", "$5", "1,5", "abc"])
@pytest.mark.parametrize("column", ["row_cost", "gpu_seconds", "attributed_idle_cost"])
def test_what_is_no_amount_is_rejected(deployment: Deployment, column: str, wrong: str) -> None:
    others = "" if column == "row_cost" else ",row_cost"
    report = deployment.gpu(
        f'time,{column}{others}\n2026-11-20,"{wrong}"{",1" if others else ""}\n'
    )
    assert (report.taken, report.rejected) == (0, 1)
    assert next(iter(report.reasons)).startswith(column)


def test_seconds_are_priced_by_the_hour_rate_where_a_row_has_no_cost(
    deployment: Deployment,
) -> None:
    report = deployment.gpu(
        "time,row_cost,gpu_seconds\n"
        "2026-11-20T01:00:00,,32\n"
        "2026-11-20T02:00:00,9,32\n"
        "2026-11-20T03:00:00,,\n",
        rate="2.50",
    )
    assert deployment.rows("billed_cost, price_source, gpu_seconds") == [
        (Decimal("0.022222222222222"), "gpu-hour rate", 32),
        (9, "billed", 32),
        (None, "unpriced", 0),
    ]
    assert report.unpriced == 1


@given(
    st.decimals(0, 10**12, places=9),
    st.decimals(Decimal("0.000000001"), 100_000, places=9),
)
def test_seconds_times_rate_are_exact_to_the_last_digit(seconds: Decimal, rate: Decimal) -> None:
    with reader() as connection:
        found = connection.execute(
            f"SELECT {rate_cost_sql('s', rate)} FROM (SELECT $1::VARCHAR::DECIMAL(38,9) AS s)",
            [str(seconds)],
        ).fetchall()[0][0]
    exact = Fraction(seconds) / 3600 * Fraction(rate) * 10**15
    half_up = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    assert Fraction(found) * 10**15 == half_up


@pytest.mark.parametrize("rate", ["0", "-1", "1000000", "0.0000000001"])
def test_a_rate_that_is_none_is_refused(deployment: Deployment, rate: str) -> None:
    with pytest.raises(BadInput, match="no rate of a GPU hour"):
        deployment.gpu("time,gpu_seconds\n2026-11-20,1\n", rate=rate)


def test_a_file_without_what_no_row_can_do_without_is_refused(deployment: Deployment) -> None:
    with pytest.raises(BadInput, match="neither a column time nor a column dt"):
        deployment.gpu("when,row_cost\n2026-11-20,1\n")
    with pytest.raises(BadInput, match="neither a column row_cost nor a column gpu_seconds"):
        deployment.gpu("time,cost\n2026-11-20,1\n")
    with pytest.raises(BadInput, match="no column gpu_seconds"):
        deployment.gpu("time,row_cost\n2026-11-20,1\n", rate="2")


def test_dimensions_of_the_deployment_come_from_a_column_or_a_tag(
    deployment: Deployment,
) -> None:
    gpu = frozenset({Source.GPU})
    deployment.custom = (
        Dimension(
            "resolution",
            "x_resolution",
            gpu,
            "pixels",
            "resolutions",
            import_column="resolution",
            custom=True,
        ),
        Dimension(
            "gpu_type", "x_gpu_type", gpu, "the card", "gpu types", tag="it's/a~tag", custom=True
        ),
    )
    report = deployment.gpu(
        'time,row_cost,Resolution,tags\n2026-11-20,1,4k,"{""it\'s/a~tag"": ""H100""}"\n'
        "2026-11-21,1,hd,\n2026-11-22,1,hd,[1]\n2026-11-22,1,hd,{\n"
    )
    assert report.reasons == {"tags is no JSON object": 2}
    assert deployment.rows("x_resolution, x_gpu_type") == [("4k", "H100"), ("hd", None)]

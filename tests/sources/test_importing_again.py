"""Importing a file twice changes nothing, and what repeats is told from what is new."""

from __future__ import annotations

import gzip
from decimal import Decimal

import duckdb

from queries.dimensions import Source
from tests.sources.importing import Deployment, list_price

GPU = "time,row_cost,org,request_id\n2026-11-20,1,acme,a\n2026-11-21,2,acme,b\n2026-11-22,3,acme,\n"


def test_a_repeated_file_changes_nothing(deployment: Deployment) -> None:
    first = deployment.gpu(GPU)
    before = deployment.rows("*")
    version = deployment.mart.snapshot().version
    again = deployment.gpu(GPU)
    assert (first.taken, again.taken, again.repeated) == (3, 0, 3)
    assert again.restated == 0
    assert deployment.rows("*") == before
    assert deployment.mart.snapshot().version == version


def test_the_same_rows_compressed_are_the_same_rows(deployment: Deployment) -> None:
    deployment.gpu(GPU)
    packed = deployment.file("gpu.csv.gz", gzip.compress(GPU.encode()))
    assert deployment.run(Source.GPU, packed).repeated == 3


def test_a_file_that_grew_adds_only_its_new_requests(deployment: Deployment) -> None:
    deployment.gpu("time,row_cost,request_id\n2026-11-20,1,a\n")
    report = deployment.gpu("time,row_cost,request_id\n2026-11-20,1,a\n2026-11-20,1,b\n")
    assert (report.taken, report.repeated) == (1, 1)
    assert deployment.costs("SELECT sum(billed_cost), sum(requests) FROM it") == [(2, 2)]


def test_of_two_requests_alike_in_one_file_the_first_wins(deployment: Deployment) -> None:
    report = deployment.gpu(
        "time,row_cost,org,request_id\n2026-11-20,1,acme,a\n2026-11-20,5,acme,a\n"
        "2026-11-20,7,globex,a\n2026-11-20,-1,acme,c\n2026-11-20,9,acme,c\n"
    )
    assert (report.taken, report.repeated, report.rejected, report.restated) == (3, 1, 1, 1)
    assert deployment.rows("billed_cost", "billed_cost") == [(1,), (7,), (9,)]


def test_rows_without_an_id_that_are_alike_are_different_requests(deployment: Deployment) -> None:
    assert deployment.gpu("time,row_cost\n2026-11-20,1\n2026-11-20,1\n").taken == 2


def test_a_late_restatement_is_counted_and_the_first_cost_stays(deployment: Deployment) -> None:
    deployment.gpu("time,row_cost,request_id\n2026-11-20,1,a\n2026-11-20,1,b\n")
    report = deployment.gpu("time,row_cost,request_id\n2026-11-20,1,a\n2026-11-23,4,b\n")
    assert (report.repeated, report.restated) == (2, 1)
    assert deployment.rows("billed_cost") == [(1,), (1,)]


def test_a_rejected_row_can_be_imported_when_it_is_mended_by_an_option(
    deployment: Deployment,
) -> None:
    text = "time,row_cost,cost_category\n2026-11-20,1,inference\n2026-11-20,2,\n"
    assert deployment.gpu(text).rejected == 1
    report = deployment.gpu(text, {"cost_category": "idle"})
    assert (report.taken, report.repeated, report.rejected) == (1, 1, 0)


def test_the_sources_do_not_take_each_others_requests_for_their_own(
    deployment: Deployment,
) -> None:
    deployment.gpu("time,row_cost,request_id\n2026-11-20,1,a\n")
    report = deployment.usage("time,model,input_tokens,request_id\n2026-11-20,m,1,a\n")
    assert report.taken == 1


def test_a_price_that_came_later_restates_nothing_by_itself(deployment: Deployment) -> None:
    text = "time,provider,model,input_tokens,request_id\n2026-11-20,one,new,1000000,a\n"
    assert deployment.usage(text).unpriced == 1
    deployment.prices = (list_price("one", "new", "4", "4"),)
    report = deployment.usage(text)
    assert (report.repeated, report.restated) == (1, 1)
    assert deployment.rows("billed_cost") == [(None,)]


def test_parquet_is_read_with_its_types_and_its_rejects_by_row(deployment: Deployment) -> None:
    path = deployment.home.parent / "some[1].parquet"
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute(
            "CREATE TABLE it AS SELECT * FROM (VALUES "
            "(TIMESTAMPTZ '2026-11-20 10:00:00+02', 1.25::DECIMAL(9,4), 3.5::DOUBLE, true, "
            "MAP {'gpu': 'H100'}, 'a'), "
            "(NULL, 1, 1, NULL, NULL, 'b'), "
            "(TIMESTAMPTZ '2026-11-21 10:00:00+00', 2, 'nan', NULL, NULL, 'c')) "
            'AS t(time, Row_Cost, gpu_seconds, is_lt_team, tags, "odd ""name")'
        )
        connection.execute("COPY it TO $path (FORMAT parquet)", {"path": str(path)})
    report = deployment.run(Source.GPU, path, {"model": 'odd "name'})
    assert [(line, reason) for line, reason, _ in deployment.rejects(report)] == [
        (2, "no time"),
        (3, "gpu_seconds is no number from 0 on"),
    ]
    assert '"odd \\"name": "b"' in deployment.rejects(report)[0][2]
    assert deployment.rows("hour(time), billed_cost, gpu_seconds, is_internal, tags, model") == [
        (8, Decimal("1.25"), Decimal("3.5"), True, '{"gpu":"H100"}', "a")
    ]
    assert deployment.run(Source.GPU, path).repeated == 1

"""Results come in pages, by the client's wish and by what fits into an answer."""

from __future__ import annotations

from typing import Any

import pytest
from requests import get

from playground.bigquery.server import Server
from playground.bigquery.warehouse import Warehouse
from tests.playground_bigquery.conftest import TABLE
from tests.playground_bigquery.real_client import ONCE, QUICK, ask, exceptions, reason_of, rows

SQL = f"SELECT dt, org FROM `{TABLE}` WHERE dt >= '2024-12-01' ORDER BY dt, org"


def pages(warehouse: Warehouse) -> int:
    """Answers with rows in them that the client has asked for."""
    return sum(one.method in {"getQueryResults", "jobs.query"} for one in warehouse.requests)


def test_pages_join_without_a_gap_or_a_double(client: Any, warehouse: Warehouse) -> None:
    whole = ask(client, SQL)
    assert len(whole) == 15
    for size in (1, 4, 15, 100):
        assert rows(client.query_and_wait(SQL, page_size=size)) == whole
        assert rows(client.query(SQL).result(page_size=size)) == whole
    warehouse.page_rows = 4
    assert rows(client.query_and_wait(SQL)) == whole
    found = client.query(SQL).result()
    assert found.total_rows == 15
    assert [page.num_items for page in found.pages] == [4, 4, 4, 3]


def test_a_number_of_rows_and_a_first_row_can_be_wished(client: Any, warehouse: Warehouse) -> None:
    whole = ask(client, SQL)
    assert rows(client.query_and_wait(SQL, max_results=7)) == whole[:7]
    warehouse.page_rows = 4
    assert rows(client.query_and_wait(SQL, max_results=7)) == whole[:7]
    assert rows(client.query(SQL).result(start_index=12)) == whole[12:]


def test_no_rows_are_a_result_with_a_schema(client: Any) -> None:
    found = client.query_and_wait(f"SELECT org FROM `{TABLE}` WHERE dt = '2030-01-01'")
    assert (rows(found), found.total_rows) == ([], 0)
    assert [field.name for field in found.schema] == ["org"]


def test_a_page_token_can_be_refused(client: Any, warehouse: Warehouse) -> None:
    warehouse.page_rows = 4
    found = client.query(SQL).result(retry=ONCE)
    iterator = iter(found)
    for _ in range(4):
        next(iterator)
    warehouse.faults.refuse_page_token()
    with pytest.raises(exceptions.BadRequest) as caught:
        list(iterator)
    assert reason_of(caught.value) == "invalid"


def test_a_token_of_another_job_is_no_token(
    client: Any, server: Server, warehouse: Warehouse
) -> None:
    warehouse.page_rows = 4
    url = f"{server.url}/bigquery/v2/projects/execution/queries"
    one, other = client.query(SQL).job_id, client.query(SQL).job_id
    token = get(f"{url}/{one}", timeout=5).json()["pageToken"]
    assert "rows" in get(f"{url}/{one}", params={"pageToken": token}, timeout=5).json()
    for path, wrong in ((other, token), (one, "nonsense")):
        refused = get(f"{url}/{path}", params={"pageToken": wrong}, timeout=5)
        assert refused.status_code == 400
        assert refused.json()["error"]["errors"][0]["reason"] == "invalid"


def test_a_repeated_page_gives_more_rows_than_there_are(client: Any, warehouse: Warehouse) -> None:
    warehouse.page_rows = 5
    warehouse.faults.repeat_page()
    found = client.query(SQL).result(retry=ONCE)
    read = rows(found)
    assert (len(read), found.total_rows) == (20, 15)
    assert read[5:10] == read[:5]


def test_a_short_page_gives_fewer_rows_than_there_are(client: Any, warehouse: Warehouse) -> None:
    warehouse.page_rows = 5
    warehouse.faults.shorten_page()
    found = client.query_and_wait(SQL, retry=ONCE)
    assert (len(rows(found)), found.total_rows) == (4, 15)


def test_an_answer_that_is_cut_off_is_no_json(client: Any, warehouse: Warehouse) -> None:
    warehouse.faults.malform("jobs.query")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        client.query_and_wait(SQL, retry=ONCE, job_retry=None)
    assert len(warehouse.jobs) == 1


def test_a_page_that_fails_once_is_read_again(client: Any, warehouse: Warehouse) -> None:
    warehouse.page_rows = 4
    found = client.query_and_wait(SQL, retry=QUICK)
    warehouse.faults.next("getQueryResults", status=500, reason="backendError", times=2)
    before = pages(warehouse)
    assert len(rows(found)) == 15
    assert pages(warehouse) - before == 5
    assert len(warehouse.jobs) == 1

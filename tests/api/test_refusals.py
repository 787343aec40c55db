"""What cannot be answered is refused as a problem, and what was answered is not sent twice."""

from __future__ import annotations

import pytest

from tests.api.calls import operation_of, reads_of
from tests.api.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")


def paths(api: Api, *, kept: bool = False) -> list[str]:
    """Of what everybody may read; or of what of that a client may keep, alone."""
    found = [
        route.path_format.format(**api.ids["acme"])
        for route in reads_of(api.app)
        if not kept or "304" in operation_of(api.app, "GET", route)["responses"]
    ]
    assert found
    return [path for path in found if path != "/statements/close"]


async def test_an_unknown_parameter_is_named_and_never_overlooked(api: Api) -> None:
    for path in paths(api):
        found = await api.get(path, params={"modle": "gpt-4"})
        assert found.status == 422, path
        assert list(found.body["faults"]) == ["query.modle"]
        assert found.headers["content-type"] == "application/problem+json"


async def test_a_filter_that_is_nearly_right_is_helped_with(api: Api) -> None:
    found = await api.get("/analysis", params={"modle": "gpt-4"})
    assert "model" in found.body["faults"]["query.modle"].replace("modle", "")


async def test_a_parameter_that_is_given_twice_is_refused(api: Api) -> None:
    found = await api.get("/analysis", params=[("time_range", "7d"), ("time_range", "30d")])
    assert (found.status, list(found.body["faults"])) == (422, ["query.time_range"])


@pytest.mark.parametrize(
    ("path", "query", "fault"),
    [
        ("/analysis", {"time_range": "8d"}, "query.time_range"),
        ("/analysis", {"time_range": "7d", "start_date": "2026-11-01"}, "query.time_range"),
        ("/analysis", {"end_date": "2026-11-01"}, "query.end_date"),
        ("/analysis", {"start_date": "20261101"}, "query.start_date"),
        ("/analysis", {"start_date": "1700000000"}, "query.start_date"),
        ("/analysis", {"model": ""}, "query.model"),
        ("/analysis", {"model": "a\0b"}, "query.model"),
        ("/analysis", {"model": "x" * 501}, "query.model"),
        ("/analysis", {"customers_only": "1"}, "query.customers_only"),
        ("/breakdown/models", {"days": "0"}, "query.days"),
        ("/breakdown/models", {"days": "366"}, "query.days"),
        ("/trends", {"metric": "latency"}, "query.metric"),
        ("/trends", {"days": "13"}, "query.days"),
        ("/anomalies", {"days": "31"}, "query.days"),
        ("/anomalies", {"team": "x"}, "query.team"),
        ("/forecast", {"horizon": "8"}, "query.horizon"),
        ("/recommendations", {"min_savings": "-1"}, "query.min_savings"),
        ("/recommendations", {"min_savings": "NaN"}, "query.min_savings"),
        ("/recommendations", {"status": "done"}, "query.status.0"),
        ("/pricing/compare", {"requests": "5"}, "query.requests"),
        ("/pricing/compare", {"input_tokens": "5", "days": "3"}, "query.input_tokens"),
    ],
    ids=lambda value: str(value)[:40].replace("\0", "0"),
)
async def test_what_cannot_be_used_is_named(
    api: Api, path: str, query: dict[str, str], fault: str
) -> None:
    found = await api.get(path, params=query)
    assert (found.status, list(found.body["faults"])) == (422, [fault])
    assert found.body["title"] == "Cannot be used"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/analysis", {"start_date": "2026-11-19", "end_date": "2026-11-01"}, 422),
        ("/analysis", {"start_date": "2027-01-01"}, 422),
        ("/analysis", {"group_by": "colour"}, 422),
        ("/analysis", {"model": "gpt-5000"}, 404),
        ("/pricing/models", {"provider": "nobody"}, 404),
        ("/pricing/models", {"provider": "nobody", "active_only": "false"}, 404),
        ("/pricing/compare", {"models": "gpt-5000"}, 404),
        ("/pricing/compare", {"models": "gpt-5000", "input_tokens": "1"}, 404),
        ("/budgets/no-id", {}, 404),
        ("/nothing", {}, 404),
    ],
    ids=str,
)
async def test_a_refusal_says_what_is_wrong(
    api: Api, path: str, query: dict[str, str], status: int
) -> None:
    found = await api.get(path, params=query)
    assert (found.status, found.body["status"]) == (status, status)
    assert found.headers["content-type"] == "application/problem+json"
    assert found.body["detail"]
    assert found.headers["cache-control"] == "no-store"


async def test_what_the_client_has_is_not_sent_again(api: Api) -> None:
    for path in paths(api, kept=True):
        first = await api.plain(path)
        tag = first.headers["etag"]
        assert first.headers["cache-control"] == "private, no-cache"
        assert first.headers["vary"].startswith("Authorization")
        for sent in (f'"other", {tag}', tag.removeprefix("W/")):
            again = await api.get(path, headers={"If-None-Match": sent})
            assert (again.status, again.text, again.headers["etag"]) == (304, "", tag), path


async def test_what_somebody_else_has_is_no_answer_of_ones_own(api: Api) -> None:
    for path in paths(api, kept=True):
        if any(one in path for one in api.ids["acme"].values()):
            continue
        if path == "/statements/closed":
            continue  # nobody has any
        others = (await api.plain(path)).headers["etag"]
        mine = await api.plain(path, "globex-user")
        assert mine.headers["etag"] != others, path
        got = await api.get(path, "globex-user", headers={"If-None-Match": others})
        assert (got.status, got.text) == (200, mine.text), path


async def test_only_what_is_there_can_be_done(api: Api) -> None:
    async with api.session.post(
        f"{api.url}/analysis", headers={"Authorization": "Bearer admin"}
    ) as response:
        assert response.status == 405
        assert response.headers["allow"] == "GET"
        assert response.content_type == "application/problem+json"
    found = await api.ask("PUT", f"/budgets/{api.ids['acme']['budget_id']}", "admin")
    assert (found.status, found.headers["allow"]) == (405, "DELETE, GET, PATCH")

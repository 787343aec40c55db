"""What is sent is read strictly, what others have changed stays, and all is written down."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.world import Answered, Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

JSON = {"Content-Type": "application/json"}
BUDGET = {"name": "Strict", "budget_type": "monthly", "total_limit": "100"}


async def send(
    api: Api, method: str, path: str, body: Any, token: str = "acme-admin", **headers: str
) -> Answered:
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    sent = {**JSON, **{name.replace("_", "-"): one for name, one in headers.items()}}
    return await api.ask(method, path, token, data=data, headers=sent)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({**BUDGET, "nmae": "x"}, "body.nmae"),
        ({**BUDGET, "status": "ok"}, "body.status"),
        ({**BUDGET, "name": None}, "body.name"),
        ({**BUDGET, "name": 5}, "body.name"),
        ({**BUDGET, "name": ""}, "body.name"),
        ({**BUDGET, "name": "a\0b"}, "body.name"),
        ({**BUDGET, "name": "\ud800"}, "body.name"),
        ({"budget_type": "monthly", "total_limit": "100"}, "body.name"),
        ({**BUDGET, "budget_type": "weekly"}, "body.budget_type"),
        ({**BUDGET, "budget_type": "custom"}, "body.end_date"),
        ({**BUDGET, "total_limit": "5k"}, "body.total_limit"),
        ({**BUDGET, "total_limit": "1,000"}, "body.total_limit"),
        ({**BUDGET, "total_limit": True}, "body.total_limit"),
        ({**BUDGET, "total_limit": 0}, "body.total_limit"),
        ({**BUDGET, "total_limit": -5}, "body.total_limit"),
        ({**BUDGET, "warning_threshold": 2}, "body.critical_threshold"),
        ({**BUDGET, "start_date": "2026-11-31"}, "body.start_date"),
        ({**BUDGET, "start_date": 20261101}, "body.start_date"),
        ({**BUDGET, "start_date": "2026-11-05", "end_date": "2026-11-01"}, "body.end_date"),
        ({**BUDGET, "time_zone": "Mars/Phobos"}, "body.time_zone"),
        ({**BUDGET, "scope": {"model": []}}, "body.scope.model"),
        ({**BUDGET, "scope": {"colour": ["red"]}}, "body.scope"),
        ({**BUDGET, "scope": {"model": ["gpt-5000"]}}, "body.scope"),
        ({**BUDGET, "scope": {"organization": ["globex"]}}, "body.organization_id"),
        ({**BUDGET, "alert_emails": ["nobody"]}, "body.alert_emails"),
        ({**BUDGET, "is_hard": "true"}, "body.is_hard"),
        ('{"name": "a", "name": "b"}', "body"),
        ('{"total_limit": NaN}', "body"),
        ('{"total_limit": 1e999999999}', "body.name"),
        ("[]", "body"),
        ('"x"', "body"),
        ("{", "body"),
        ("[" * 9000, "body"),
        (b'{"name": "\xff"}', "body"),
    ],
    ids=lambda value: ascii(value)[-60:].replace("[", ""),
)
async def test_what_cannot_be_used_is_told_by_its_field(
    decided: Api, body: Any, fault: str
) -> None:
    found = await send(decided, "POST", "/budgets", body)
    assert found.status == 422, found.text
    assert fault in found.body["faults"], found.text
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("headers", "data", "status"),
    [
        ({"Content-Type": "text/plain"}, "{}", 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, "name=x", 415),
        ({"Content-Type": "application/json; charset=latin-1"}, "{}", 415),
        ({**JSON, "Content-Encoding": "gzip"}, "{}", 415),
        ({"Content-Type": "application/json; charset=UTF-8"}, "{}", 422),
        (JSON, '{"name": "' + "x" * 70_000 + '"}', 413),
    ],
    ids=["text", "form", "charset", "compressed", "empty", "too large"],
)
async def test_what_is_no_json_or_too_much_of_it_is_refused(
    decided: Api, headers: dict[str, str], data: str, status: int
) -> None:
    found = await decided.ask("POST", "/budgets", "acme-admin", headers=headers, data=data)
    assert (found.status, found.body["status"]) == (status, status)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("5.125", "5.125"),
        (5.125, "5.125"),
        (5000, "5000"),
        ("0.010000000000001", "0.010000000000001"),
        (0.1, "0.1"),
        ("999999999999.123456789012345", "999999999999.123456789012345"),
    ],
    ids=str,
)
async def test_an_amount_is_kept_to_its_last_digit(decided: Api, sent: object, kept: str) -> None:
    body = {**BUDGET, "name": f"Exactly {sent!r}", "total_limit": sent}
    found = await send(decided, "POST", "/budgets", body)
    assert found.status == 201, found.text
    assert found.body["total_limit"] == kept


async def test_a_share_is_a_share_and_what_null_empties_is_empty(decided: Api) -> None:
    body = {**BUDGET, "name": "Shares", "forecast_threshold": 2, "warning_threshold": "0.005"}
    made = (await send(decided, "POST", "/budgets", {**body, "rollover_limit": "50"})).body
    assert (made["forecast_threshold"], made["warning_threshold"]) == ("2", "0.005")
    emptied = {"forecast_threshold": None, "rollover_limit": None, "end_date": None}
    found = (await send(decided, "PATCH", f"/budgets/{made['id']}", emptied)).body
    assert [found[name] for name in emptied] == [None, None, None]
    assert found["warning_threshold"] == "0.005"
    assert found["version"] == 2


async def test_what_was_changed_meanwhile_is_not_overwritten(decided: Api) -> None:
    path = f"/budgets/{(await decided.renewed('acme'))['budget_id']}"
    first = (await decided.get(path, "acme-admin")).headers["etag"]
    changed = await send(decided, "PATCH", path, {"total_limit": "200"}, If_Match=first)
    assert changed.status == 200
    late = await send(decided, "PATCH", path, {"total_limit": "300"}, If_Match=first)
    assert (late.status, "Otto has changed" in late.body["detail"]) == (412, True)
    gone = await decided.ask("DELETE", path, "acme-admin", headers={"If-Match": '"1"'})
    assert gone.status == 412
    for tag in ("nonsense", 'W/"x"', '"7", "1"'):
        assert (await send(decided, "PATCH", path, {"name": "x"}, If_Match=tag)).status == 412
    assert (await decided.get(path, "acme-admin")).body["total_limit"] == "200"
    for tag in (changed.headers["etag"], '"9", "3"', '"4"', "*"):
        again = await send(decided, "PATCH", path, {"description": tag}, If_Match=tag)
        assert (again.status, again.body["description"]) == (200, tag)
    assert (await decided.ask("DELETE", path, "acme-admin")).status == 204
    assert (await decided.get(path, "acme-admin")).status == 404


async def test_an_opportunity_is_changed_as_it_was_seen(decided: Api) -> None:
    path = f"/opportunities/{(await decided.renewed('acme'))['opportunity_id']}"
    seen = (await decided.get(path, "acme-admin")).headers["etag"]
    for status, expected in (("investigating", 200), ("dismissed", 412)):
        body = {"status": status, "resolution": "seen"}
        found = await send(decided, "PATCH", path, body, If_Match=seen)
        assert found.status == expected, found.text
    assert (await send(decided, "PATCH", path, {"status": "expired"})).status == 422
    assigned = await send(decided, "PATCH", path, {"assigned_to": "U012AB3CD"})
    assert assigned.body["assigned_to"] == "U012AB3CD"
    assert (await send(decided, "PATCH", path, {"assigned_to": None})).body["assigned_to"] is None


async def test_a_recommendation_goes_its_way(decided: Api) -> None:
    ids = await decided.renewed("acme")
    path = f"/recommendations/{ids['recommendation_id']}"
    assert (await decided.ask("POST", f"{path}/accept", "acme-admin")).body["status"] == "accepted"
    twice = await decided.ask("POST", f"{path}/accept", "acme-admin")
    assert (twice.status, "Otto accepted" in twice.body["detail"]) == (409, True)
    done = await decided.ask("POST", f"{path}/implement", "acme-admin")
    assert done.body["status"] == "implemented"
    verified = await send(decided, "POST", f"{path}/verify", {"actual_savings": 12.125})
    assert (verified.body["status"], verified.body["actual_savings"]) == ("verified", "12.125")
    assert verified.body["verified_by"] == "API/acme-admin"
    refused = await send(decided, "POST", f"{path}/reject", {"reason": " "})
    assert refused.status == 422


@pytest.mark.parametrize("days", [6, 91, 7.5, "30", True, None], ids=repr)
async def test_days_of_evidence_have_their_bounds(decided: Api, days: object) -> None:
    found = await send(decided, "POST", "/recommendations/generate", {"days": days})
    assert (found.status, list(found.body["faults"])) == (422, ["body.days"])


async def test_a_price_is_the_organizations_or_everybodys(decided: Api) -> None:
    body = {
        "provider": "OpenAI",
        "model_name": "GPT-4",
        "input": "1.5",
        "output": 3,
        "effective_from": "2028-01-01",
        "reference": "contract",
    }
    whose = {
        token: (await send(decided, "POST", "/pricing/models", body, token)).body
        for token in ("acme-admin", "admin")
    }
    assert whose["acme-admin"]["organization_id"] == "acme"
    assert whose["admin"]["organization_id"] is None
    other = {**body, "organization_id": "globex"}
    found = await send(decided, "POST", "/pricing/models", other, "admin")
    assert (found.status, found.body["organization_id"]) == (201, "globex")
    assert (found.body["model_name"], found.body["context_window"]) == ("gpt-4", 8192)
    assert (await send(decided, "POST", "/pricing/models", other, "admin")).status == 422


async def test_who_sees_all_says_whose_a_budget_is(decided: Api) -> None:
    for organization, kept in (("globex", "globex"), (None, None)):
        body = {**BUDGET, "name": f"Of {organization}", "organization_id": organization}
        found = await send(decided, "POST", "/budgets", body, "admin")
        assert (found.status, found.body["organization_id"]) == (201, kept)
    unknown = {**BUDGET, "organization_id": "zork"}
    found = await send(decided, "POST", "/budgets", unknown, "admin")
    assert (found.status, list(found.body["faults"])) == (422, ["body.organization_id"])


async def test_each_decision_is_in_the_audit_trail_with_who_where_and_whose(decided: Api) -> None:
    ids = await decided.renewed("acme")
    budget = f"/budgets/{ids['budget_id']}"
    recommendation = f"/recommendations/{ids['recommendation_id']}"
    for method, path, body in (
        ("PATCH", budget, {"total_limit": "7"}),
        ("DELETE", budget, ""),
        ("POST", f"{recommendation}/reject", {"reason": "No."}),
        ("PATCH", f"/opportunities/{ids['opportunity_id']}", {"status": "planned"}),
    ):
        assert (await send(decided, method, path, body)).status < 300
    entries = await decided.parts.store.audit.page(within="acme", limit=4)
    assert [one.action for one in reversed(entries)] == [
        "budget.edit",
        "budget.delete",
        "recommendation.reject",
        "opportunity.planned",
    ]
    for one in entries:
        assert (one.surface, one.actor.key, one.actor.name) == ("rest", "API/acme-admin", "Otto")
    edited = entries[-1]
    assert (edited.before, edited.after) == ({"limit": "120"}, {"limit": "7"})


async def test_of_a_kind_of_opportunity_one_lives(decided: Api) -> None:
    old = (await decided.renewed("acme"))["opportunity_id"]
    await decided.renewed("acme")  # the old one is dismissed, another one takes its place
    found = await send(decided, "PATCH", f"/opportunities/{old}", {"status": "open"})
    assert (found.status, "another opportunity" in found.body["detail"]) == (409, True)

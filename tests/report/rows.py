"""Two weeks of rows for reports: an API, a Studio, LLM usage, and machines that idle."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from queries.dimensions import Source
from tests.facts import Fact, request


def gpu(day: int, cost: str | None, **columns: object) -> Fact:
    """A GPU row of a morning in November 2026; a success of a customer's."""
    time = datetime(2026, 11, day, 9, tzinfo=UTC)
    return request(time, cost, source=Source.GPU, **{"result": "success", **columns})


def api(day: int, cost: str | None, requests: int, **columns: object) -> Fact:
    """Requests of the API."""
    named = {"product": "api", "endpoint": "/v1/text-to-video", "model": "ltxv"}
    return gpu(day, cost, requests=requests, **{**named, "organization": "acme", **columns})


def two_weeks() -> Sequence[Fact]:
    """6 to 19 November 2026, UTC.

    The API costs 10 USD a day with 100 requests in the first week and 20 USD with 100 in the
    second; on the 18th 60 USD with 300. Studio costs 5 a day. Each day 4 USD of idle, of which 1 is
    attributed to the API's requests, and 1 USD unused.
    """
    facts: list[Fact] = []
    for day in range(6, 20):
        requests = 300 if day == 18 else 100
        cost = "60" if day == 18 else "20" if day > 12 else "10"
        facts += [
            api(day, cost, requests, attributed_idle_cost="1"),
            gpu(day, "5", requests=10, product="studio", process="render", organization="globex"),
            gpu(day, "4", cost_category="idle", requests=0),
            gpu(day, "1", cost_category="unused", requests=0),
        ]
    facts += [
        api(19, "2", 5, organization="globex", endpoint="<!channel>", is_internal=None),
        api(17, "3", 4, result="failed", failed_requests=4, error_type="applicative"),
        api(16, None, 7, model="aurora"),
        api(16, "1", 2, organization=None, is_internal=True),
        request(datetime(2026, 11, 20, 12, tzinfo=UTC), "0.5", organization="acme", model="gpt-4"),
    ]
    return facts

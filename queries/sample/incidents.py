"""The two incidents: where in the calendar they lie, and what they cost.

Both are anchored to the end of the first generation and kept in the truth from then on, so that
later generations meet them at the same hours.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import duckdb

from queries.dimensions import Source
from queries.sample.catalogue import Organization
from queries.sample.truth import Incident

LOOPING_APPLICATION = "email-drafts-prod"
"""Whose key loops; see `catalogue.APPLICATIONS`."""

LOOP_ROWS_AN_HOUR = 8
"""At scale 1; each row stands for 50 to 70 requests."""

LOOP_PRICES = (Decimal(30), Decimal(60))
"""USD per million input and output tokens of gpt-4: OpenAI's list price of 2023-03-14, the one
that the store is seeded with. The extra dollars of the loop are exact at this price."""


def plan(until: datetime, days: int, customers: tuple[Organization, ...]) -> tuple[Incident, ...]:
    """Where the incidents lie in a sample of `days` complete days that ends at `until`.

    A looping key 10 days before the end, a storm of retries 3 days before it; nearer to the end
    where the sample is shorter. The loop needs two complete days, and is left out of a single one.
    """
    today = until.astimezone(UTC).date()
    incidents: list[Incident] = []
    users = [organization for organization in customers if organization.usage_weight > 0]
    if days >= 2:
        unlucky = users[min(1, len(users) - 1)] if len(users) < 3 else users[2]
        first = today - timedelta(days=min(10, max(2, days - 4)))
        start = datetime.combine(first, time(16), tzinfo=UTC)
        incidents.append(
            Incident(
                name="a looping key",
                source=Source.USAGE,
                start=start,
                end=start + timedelta(hours=30),
                organization=unlucky.name,
                provider="openai",
                model="gpt-4",
                key=f"{unlucky.name}-{LOOPING_APPLICATION}",
                cause=f"An agent of {unlucky.name} answered its own drafts on gpt-4, over and "
                "over, until somebody took its key away.",
            )
        )
    first = today - timedelta(days=min(3, max(1, days // 3)))
    start = datetime.combine(first, time(6), tzinfo=UTC)
    incidents.append(
        Incident(
            name="a storm of retries",
            source=Source.GPU,
            start=start,
            end=start + timedelta(hours=14),
            model="ltxv-13b",
            endpoint="/v1/text-to-video",
            cause="After a deploy most text-to-video requests on ltxv-13b failed late, and every "
            "client sent each of them again several times.",
        )
    )
    return tuple(incidents)


def measured(
    connection: duckdb.DuckDBPyConnection, incidents: tuple[Incident, ...]
) -> tuple[Incident, ...]:
    """The incidents with what they add, from the rows that were generated for them.

    Called chunk by chunk: what the rows at hand hold is added to what the incidents say.
    """
    return tuple(_measured(connection, incident) for incident in incidents)


def _measured(connection: duckdb.DuckDBPyConnection, incident: Incident) -> Incident:
    if incident.source is Source.USAGE:
        sums = "sum(requests), sum(input_tokens), sum(output_tokens) FROM usage_loop"
        requests, input_tokens, output_tokens = _row(connection, sums)
        tokens = LOOP_PRICES[0] * input_tokens + LOOP_PRICES[1] * output_tokens
        cost = tokens / 1_000_000
    else:
        requests, micro = _row(connection, "count(*), sum(cost_micro) FROM gpu_retries")
        cost = Decimal(micro) / 1_000_000
    return incident.model_copy(
        update={
            "extra_cost": incident.extra_cost + cost,
            "extra_requests": incident.extra_requests + requests,
        }
    )


def _row(connection: duckdb.DuckDBPyConnection, columns: str) -> tuple[int, ...]:
    (row,) = connection.execute(f"SELECT {columns}").fetchall()
    return tuple(int(value or 0) for value in row)

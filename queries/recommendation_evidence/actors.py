"""Users and keys with an hour that stands out from their own others, or that repeats itself."""
# ruff: noqa: S608 - what is pasted are declared columns and numbers of our own

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal, cast

from analysis.recommendations.cells import EvidencePeriod, Route
from analysis.recommendations.limits.actors import ActorHour, ActorLoad
from queries import traits
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, parameters_of, wanted_sql
from queries.schema import MONEY

LEAST_PEAK = Decimal(1)
"""USD that an hour costs at least, to be looked at: less is never worth a limit."""

LEAST_FACTOR = 5
"""So many times the median of the actor's own other active hours the hour costs at least."""

LEAST_REPEATS = 20
"""Or so many requests of an hour repeat what the actor had asked within the hour before."""


async def actors(
    reader: EvidenceReader, period: EvidencePeriod, organization: str | None = None
) -> list[ActorLoad]:
    """The users and keys worth a closer look, by organization, kind and name.

    What is the rule here is a coarse one: it only keeps those out who cannot be meant. Hours are
    those of UTC; a row that stands for several requests counts in the hour of its time. Repeats
    are looked for among rows of single requests with a hash.

    Args:
        reader: of the mart.
        period: the days.
        organization: only this one's; None: everybody's.

    Raises:
        Unavailable: the mart's files cannot be read.
    """
    return await reader.read(lambda reading: _actors(reading, period, organization))


_KINDS: dict[Literal["user", "key"], str] = {"user": "user_id", "key": "key_name"}

_HOURS = f"""
CREATE OR REPLACE TEMP TABLE hours AS
WITH rows AS (
    SELECT organization, {{actor}} AS name, time, requests, failed_requests,
        COALESCE(billed_cost, 0) AS cost,
        CASE WHEN requests = 1 THEN {{prompt}} END AS prompt
    FROM {{relation}} WHERE {{wanted}} AND {{actor}} IS NOT NULL
),
repeats AS (
    SELECT organization, name, date_trunc('hour', time) AS hour, count(*) AS repeats
    FROM (
        SELECT organization, name, time, lag(time) OVER (
            PARTITION BY organization, name, prompt ORDER BY time
        ) AS before
        FROM rows WHERE prompt IS NOT NULL
    )
    WHERE time - before <= INTERVAL 1 HOUR
    GROUP BY ALL
),
added AS (
    SELECT organization, name, date_trunc('hour', time) AS hour, sum(requests)::BIGINT AS requests,
        sum(failed_requests)::BIGINT AS failed, sum(cost)::{MONEY} AS cost
    FROM rows GROUP BY ALL
)
SELECT added.*, COALESCE(repeats, 0) AS repeats
FROM added LEFT JOIN repeats ON repeats.organization IS NOT DISTINCT FROM added.organization
    AND repeats.name = added.name AND repeats.hour = added.hour
"""

# The peak is not part of what it is compared with: where there are two hours it would be half.
_LOUD = f"""
CREATE OR REPLACE TEMP TABLE loud AS
SELECT organization, name FROM (
    SELECT *, row_number() OVER (PARTITION BY organization, name ORDER BY cost DESC, hour) AS place
    FROM hours
)
GROUP BY organization, name
HAVING max(repeats) >= {LEAST_REPEATS} OR (
    max(cost) >= {LEAST_PEAK}
    AND max(cost) >= {LEAST_FACTOR} * COALESCE(median(cost::DOUBLE) FILTER (place > 1), 0)
)
"""

_OF_LOUD = (
    "JOIN loud ON loud.organization IS NOT DISTINCT FROM it.organization AND loud.name = it.{name}"
)


def _actors(reading: Reading, period: EvidencePeriod, organization: str | None) -> list[ActorLoad]:
    relation = reading.requests(Source.USAGE, period.first_day, period.last_day)
    wanted, given = wanted_sql(organization), parameters_of(organization)
    execute = reading.connection.execute
    found: list[ActorLoad] = []
    for kind, actor in _KINDS.items():
        prompt = traits.trait_sql(traits.PROMPT_HASH)
        execute(_HOURS.format(relation=relation, wanted=wanted, actor=actor, prompt=prompt), given)
        execute(_LOUD)
        hours: dict[tuple[str | None, str], list[ActorHour]] = {}
        for of, name, *figures in execute(
            "SELECT it.organization, it.name, hour, requests, failed, repeats, cost FROM hours it "
            f"{_OF_LOUD.format(name='name')} ORDER BY ALL"
        ).fetchall():
            hours.setdefault((of, name), []).append(_hour(figures))
        routes: dict[tuple[str | None, str], list[tuple[Route, Decimal]]] = {}
        route = ", ".join(f"it.{column}" for column in ROUTE)
        for of, provider, model, endpoint, feature, environment, name, cost in execute(
            f"SELECT {route}, it.{actor}, COALESCE(sum(billed_cost), 0)::{MONEY} AS cost "
            f"FROM (SELECT * FROM {relation} WHERE {wanted}) it {_OF_LOUD.format(name=actor)} "
            "GROUP BY ALL ORDER BY 8 DESC, 1, 2, 3, 4, 5, 6, 7",
            given,
        ).fetchall():
            went = Route(of, provider, model, endpoint, feature, environment)
            routes.setdefault((of, name), []).append((went, cost))
        found += [
            ActorLoad(of, kind, name, tuple(routes[of, name]), tuple(active), period.days * 24)
            for (of, name), active in hours.items()
        ]
    return sorted(found, key=lambda one: (one.organization or "", one.kind, one.name))


def _hour(figures: list[object]) -> ActorHour:
    start, requests, failed, repeats, cost = figures
    return ActorHour(
        start=cast("datetime", start).astimezone(UTC),
        requests=cast("int", requests),
        failed=cast("int", failed),
        repeats=cast("int", repeats),
        cost=cast("Decimal", cost),
    )

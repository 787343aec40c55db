"""What caches could have served: repeated prompts and shared beginnings, by their hashes.

A use counts as one of something that was there when it had been used at an earlier instant:
requests of the same instant do not serve each other, since nothing is kept before it was read.
The day before the evidence is read too, so that its first requests find what was kept.
"""
# ruff: noqa: S608 - what is pasted are declared columns and numbers of our own

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from analysis.prices import TokenUsage
from analysis.recommendations.caching.reuse import LIFETIMES, Reuse, ReuseDay
from analysis.recommendations.caching.terms import shortest_prefix
from analysis.recommendations.cells import EvidencePeriod, Route
from queries import traits
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import ROUTE, parameters_of, wanted_sql
from queries.schema import MONEY

_ROUTE = ", ".join(ROUTE)


async def reuse(
    reader: EvidenceReader,
    period: EvidencePeriod,
    organization: str | None = None,
    *,
    lifetimes: Sequence[timedelta] = LIFETIMES,
    shortest: int | None = None,
) -> list[Reuse]:
    """What caches could have served, for each route with hashes and each lifetime.

    What was kept for one organization and model serves all of its routes. Requests that failed,
    and rows that stand for several requests, have no part in it; batches none in blocks.

    Args:
        reader: of the mart.
        period: the days.
        organization: only this one's; None: everybody's.
        lifetimes: after the last use.
        shortest: tokens of a beginning below which it is not kept; None: what is known of each
            model, see `shortest_prefix`.

    Raises:
        Unavailable: the mart's files cannot be read.
    """
    return await reader.read(
        lambda reading: list(_reuse(reading, period, organization, lifetimes, shortest))
    )


def _reuse(
    reading: Reading,
    period: EvidencePeriod,
    organization: str | None,
    lifetimes: Sequence[timedelta],
    shortest: int | None,
) -> Iterator[Reuse]:
    warm = max((life for life in lifetimes), default=timedelta(0))
    before = period.first_day - timedelta(days=-(-warm // timedelta(days=1)))
    relation = reading.requests(Source.USAGE, before, period.last_day)
    given = parameters_of(organization)
    execute = reading.connection.execute
    execute(
        _ASKED.format(
            relation=relation,
            wanted=wanted_sql(organization),
            prompt=traits.trait_sql(traits.PROMPT_HASH),
            prefixes=traits.trait_sql(traits.PREFIX_HASHES),
            block=traits.trait_sql(traits.PREFIX_BLOCK_TOKENS),
        ),
        {**given, "first_day": period.first_day},
    )
    found: dict[Route, _Found] = {}
    for row in execute(_repeats(lifetimes)).fetchall():
        route, day = _place(row, found)
        _take(day, row, lifetimes, _REPEATED, "hashed")
        found[route].days[day.day] = day
    _keep_at_least(reading, shortest)
    for row in execute(_blocks(lifetimes)).fetchall():
        route, day = _place(row, found)
        _take(day, row, lifetimes, _BLOCKED, "blocked", "input_tokens")
        found[route].days[day.day] = day
    totals = execute(
        f"SELECT {_ROUTE}, sum(requests)::BIGINT FROM {relation} "
        f"WHERE {wanted_sql(organization)} AND dt >= $first_day GROUP BY ALL",
        {**given, "first_day": period.first_day},
    ).fetchall()
    for row in cast("list[tuple[object, ...]]", totals):
        one = found.get(Route(*cast("tuple[str | None, ...]", row[:6])))
        if one is not None:
            one.requests = cast("int", row[6])
    for route in sorted(found, key=_order):
        for at, life in enumerate(lifetimes):
            least = shortest_prefix(route.model) if shortest is None else shortest
            yield found[route].reuse(route, at, life, least)


def _keep_at_least(reading: Reading, shortest: int | None) -> None:
    """Makes the table `least`: how short a beginning each model keeps."""
    rows = reading.connection.execute("SELECT DISTINCT model FROM asked").fetchall()
    models = [model for (model,) in cast("list[tuple[str | None]]", rows)]
    tokens = [shortest_prefix(model) if shortest is None else shortest for model in models]
    reading.connection.execute(
        "CREATE TEMP TABLE least AS SELECT unnest($1::VARCHAR[]) AS model, "
        "unnest($2::BIGINT[]) AS shortest",
        [models, tokens],
    )


_REPEATED = (
    "repeats",
    "fresh_input_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "output_tokens",
    "reasoning_tokens",
    "billed_cost",
)
_BLOCKED = ("hit", "missed_shared", "missed")

_ASKED = f"""
CREATE TEMP TABLE asked AS SELECT
    {_ROUTE}, dt, dt >= $first_day AS counts, epoch_us(time) AS micros,
    hash(organization, provider, model) AS cache,
    fresh_input_tokens, cached_input_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
    fresh_input_tokens + cached_input_tokens + cache_write_tokens AS input_tokens,
    COALESCE(billed_cost, 0) AS billed_cost,
    {{prompt}} AS prompt,
    CASE WHEN batch_requests = 0 THEN {{prefixes}} END AS prefixes,
    COALESCE(TRY_CAST({{block}} AS BIGINT), {traits.DEFAULT_BLOCK_TOKENS}) AS block
FROM {{relation}}
WHERE {{wanted}} AND requests = 1 AND failed_requests = 0
    AND (contains(tags, '"{traits.PROMPT_HASH}"') OR contains(tags, '"{traits.PREFIX_HASHES}"'))
"""


def _gap(key: str) -> str:
    """Microseconds since the last use at an earlier instant; NULL: there was none."""
    return (
        f"micros - last_value(micros) OVER (PARTITION BY {key} ORDER BY micros "
        "RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )


def _micros(life: timedelta) -> int:
    return life // timedelta(microseconds=1)


def _repeats(lifetimes: Sequence[timedelta]) -> str:
    sums = ", ".join(
        f"count(*) FILTER (gap <= {_micros(life)}), "
        + ", ".join(
            f"COALESCE(sum({column}) FILTER (gap <= {_micros(life)}), 0)::{kind}"
            for column in _REPEATED[1:]
            for kind in (MONEY if column == "billed_cost" else "BIGINT",)
        )
        for life in lifetimes
    )
    return (
        f"SELECT {_ROUTE}, dt, count(*), {sums} "
        f"FROM (SELECT *, {_gap('cache, prompt')} AS gap FROM asked WHERE prompt IS NOT NULL) "
        "WHERE counts GROUP BY ALL"
    )


def _blocks(lifetimes: Sequence[timedelta]) -> str:
    misses = ", ".join(
        f"COALESCE(min(place) FILTER (gap IS NULL OR gap > {_micros(life)}), count(*)) AS hits_{at}"
        for at, life in enumerate(lifetimes)
    )
    kept = ", ".join(
        f"least(input_tokens, hits_{at} * block) AS long_{at}, "
        f"if(long_{at} >= shortest, long_{at}, 0) AS hit_{at}"
        for at in range(len(lifetimes))
    )
    sums = ", ".join(
        f"sum(hit_{at})::BIGINT, "
        f"sum(if(shared >= shortest, greatest(0, shared - hit_{at}), 0))::BIGINT, "
        f"sum(if(input_tokens >= shortest, input_tokens - hit_{at}, 0))::BIGINT"
        for at in range(len(lifetimes))
    )
    return f"""
WITH listed AS (
    SELECT rowid AS ask, micros, cache, string_split(prefixes, ' ') AS hashes
    FROM asked WHERE prefixes IS NOT NULL
),
blocks AS (
    SELECT ask, micros, cache, unnest(hashes) AS block, unnest(range(len(hashes))) AS place
    FROM listed
),
keyed AS (
    SELECT ask, micros, place::INTEGER AS place, hash(cache, place, block) AS key FROM blocks
),
used AS (
    SELECT ask, place, {_gap("key")} AS gap, count(*) OVER (PARTITION BY key) AS uses FROM keyed
),
led AS (
    SELECT ask, {misses}, COALESCE(min(place) FILTER (uses = 1), count(*)) AS shares
    FROM used GROUP BY ask
),
kept AS (
    SELECT asked.*, shortest, least(input_tokens, shares * block) AS shared, {kept}
    FROM asked JOIN led ON led.ask = asked.rowid
    JOIN least ON least.model IS NOT DISTINCT FROM asked.model
    WHERE counts
)
SELECT {_ROUTE}, dt, count(*), sum(input_tokens)::BIGINT, {sums} FROM kept GROUP BY ALL
"""


@dataclass
class _Day:
    """What was found of a route and day; lists are by lifetime."""

    day: date
    counts: dict[str, int] = field(default_factory=dict[str, int])
    lives: dict[str, list[object]] = field(default_factory=dict[str, list[object]])

    def of(self, name: str, life: int) -> int:
        return cast("int", self.lives[name][life]) if name in self.lives else 0

    def cost(self, life: int) -> Decimal:
        found = self.lives.get("billed_cost")
        return Decimal(0) if found is None else cast("Decimal", found[life])


@dataclass
class _Found:
    days: dict[date, _Day] = field(default_factory=dict[date, _Day])
    requests: int = 0

    def reuse(self, route: Route, at: int, life: timedelta, shortest: int) -> Reuse:
        days = [self.days[day] for day in sorted(self.days)]

        def total(name: str) -> int:
            return sum(day.of(name, at) for day in days)

        return Reuse(
            route=route,
            lifetime=life,
            requests=self.requests,
            hashed=sum(day.counts.get("hashed", 0) for day in days),
            repeats=total("repeats"),
            repeated=TokenUsage(
                fresh_input=total("fresh_input_tokens"),
                cached_input=total("cached_input_tokens"),
                cache_write=total("cache_write_tokens"),
                output=total("output_tokens"),
                reasoning=total("reasoning_tokens"),
                requests=total("repeats"),
            ),
            repeated_cost=sum((day.cost(at) for day in days), Decimal(0)),
            blocked=sum(day.counts.get("blocked", 0) for day in days),
            input_tokens=sum(day.counts.get("input_tokens", 0) for day in days),
            hit_tokens=total("hit"),
            missed_shared_tokens=total("missed_shared"),
            missed_tokens=total("missed"),
            shortest=shortest,
            days=tuple(
                ReuseDay(
                    day=day.day,
                    hashed=day.counts.get("hashed", 0),
                    repeats=day.of("repeats", at),
                    repeated_cost=day.cost(at),
                    input_tokens=day.counts.get("input_tokens", 0),
                    hit_tokens=day.of("hit", at),
                    missed_shared_tokens=day.of("missed_shared", at),
                )
                for day in days
            ),
        )


def _place(row: Sequence[object], found: dict[Route, _Found]) -> tuple[Route, _Day]:
    route = Route(*cast("tuple[str | None, ...]", row[:6]))
    at = cast("date", row[6])
    return route, found.setdefault(route, _Found()).days.get(at) or _Day(at)


def _take(
    day: _Day,
    row: Sequence[object],
    lifetimes: Sequence[timedelta],
    names: Sequence[str],
    *counts: str,
) -> None:
    """Takes what follows the route and the day in a row: counts, then figures by lifetime."""
    figures = row[7:]
    for name, value in zip(counts, figures, strict=False):
        day.counts[name] = cast("int", value)
    rest = figures[len(counts) :]
    for at, name in enumerate(names):
        day.lives[name] = [rest[life * len(names) + at] for life in range(len(lifetimes))]


def _order(route: Route) -> tuple[str, ...]:
    names: Mapping[str, str | None] = {name: getattr(route, name) for name in ROUTE}
    return tuple(value or "" for value in names.values())

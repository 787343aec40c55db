"""The daily series of all scopes, side by side: one pass over the rollup for everybody at once.

As everywhere, an hour counts for the local day in which it begins, and a day that is kept without
its hours for the local day of the same date. The series of everything together hold all traffic;
those of an organization its own alone, as its people see it: without the owner's.
"""
# ruff: noqa: S608 - what is pasted are declared columns and names of our own

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol, cast
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analysis.anomalies.found import Bools, Floats, SeriesTable
from analysis.series import WATCHED_DIMENSIONS, Measure, SeriesKey
from queries.dimensions import Dimensions, Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.schema import quoted
from queries.source_days import SourceDays

MOST_SERIES = 20_000
"""Series that are looked at together; those of the least cost are left out."""

MOSTLY_UNPRICED = 0.5
"""From this share of requests without a price on, what a day cost is not known."""

DAY = timedelta(days=1)

Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SeriesWanted:
    """Which series, and of which days.

    Attributes:
        first, last: the days, both included, in `zone`.
        zone: in which days begin.
        known: of each source the days that are complete; a source that is not there is left out.
        least_usd: series that cost less in all these days are left out.
        also: series that are not left out, however little they cost.
        most: so many series at most.
    """

    first: date
    last: date
    zone: ZoneInfo
    known: Mapping[Source, SourceDays]
    least_usd: Decimal = Decimal(0)
    also: Collection[SeriesKey] = ()
    most: int = MOST_SERIES

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class Sole:
    """What the rows of a series come from, and have in common.

    Attributes:
        product, organization: of all of them; None: there are several, or some have none.
        sources: where they come from.
    """

    product: str | None = None
    organization: str | None = None
    sources: frozenset[Source] = frozenset()


Place = tuple[str | None, str | None, str | None]
"""Organization, dimension and member: a series without its measure."""


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """The series, and what they are about.

    Attributes:
        table: the series.
        sole: what the rows of each come from, and have in common.
    """

    table: SeriesTable
    sole: Mapping[Place, Sole]


async def series_table(
    reader: EvidenceReader, dimensions: Dimensions, wanted: SeriesWanted
) -> SeriesTable:
    """The series alone; see `series_facts`."""
    return (await series_facts(reader, dimensions, wanted)).table


async def series_facts(
    reader: EvidenceReader, dimensions: Dimensions, wanted: SeriesWanted
) -> SeriesFacts:
    """Cost and requests of every scope and member, day by day; floats, for statistics alone.

    Days without any rows are 0; days that a source of the series does not have, or not wholly,
    are NaN: before it begins, after its last complete day. So is the cost of days that are mostly
    without a price.

    Args:
        reader: of the mart.
        dimensions: of the deployment.
        wanted: which series.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> SeriesFacts:
        _collect(reading, dimensions, wanted)
        return _table(reading, wanted)

    return await reader.read(job)


def _columns(dimensions: Dimensions) -> dict[str, str]:
    return {name: quoted(dimensions[name].column) for name in WATCHED_DIMENSIONS}


def _collect(reading: Reading, dimensions: Dimensions, wanted: SeriesWanted) -> None:
    """What was spent and asked, by day and by everything that series are made of."""
    execute = reading.connection.execute
    members = ", ".join(f"{name} VARCHAR" for name in _columns(dimensions))
    execute(
        "CREATE TEMP TABLE cells (day INTEGER, source VARCHAR, organization VARCHAR, "
        f"is_own BOOLEAN, {members}, cost DOUBLE, requests DOUBLE, unpriced DOUBLE)"
    )
    is_utc = wanted.zone.key == "UTC"
    day = "dt" if is_utc else "IF(grain = 'hour', timezone($zone, charge_period_start)::DATE, dt)"
    for source in wanted.known:
        # A day of a zone reaches into two days of UTC.
        around = timedelta(0) if is_utc else DAY
        relation = reading.costs(source, wanted.first - around, wanted.last + around)
        columns = ", ".join(_columns(dimensions).values())
        execute(
            "INSERT INTO cells "
            f"SELECT ({day} - $first::DATE)::INTEGER AS day, $source, organization, "
            f"COALESCE(is_internal IS FALSE, FALSE) AS is_own, {columns}, "
            "sum(fully_loaded_cost)::DOUBLE, sum(requests)::DOUBLE, sum(unpriced_requests)::DOUBLE "
            f"FROM {relation} WHERE cost_category = 'inference' "
            f"AND {day} BETWEEN $first::DATE AND $last::DATE GROUP BY ALL",
            {
                "first": wanted.first,
                "last": wanted.last,
                "source": source.value,
                **({} if is_utc else {"zone": wanted.zone.key}),
            },
        )


_SUMS = "sum(cost) AS cost, sum(requests) AS requests, sum(unpriced) AS unpriced"

_SOLE = {"product": "product", "owner": "organization"}
"""Names of what rows of a series may have in common, and the columns."""


def _grouped(scope: str, where: str) -> str:
    """The days of a scope's total and of its members, by source."""
    own = f"{scope}, " if scope != "NULL" else ""
    sets = ", ".join(
        f"({own}day, source{name})" for name in ("", *(f", {one}" for one in WATCHED_DIMENSIONS))
    )
    names = " ".join(f"WHEN GROUPING({name}) = 0 THEN '{name}'" for name in WATCHED_DIMENSIONS)
    members = " ".join(f"WHEN GROUPING({name}) = 0 THEN {name}" for name in WATCHED_DIMENSIONS)
    sole = ", ".join(
        f"min({column}) AS first_{name}, max({column}) AS last_{name}, "
        f"bool_or({column} IS NULL) AS without_{name}"
        for name, column in _SOLE.items()
    )
    return (
        f"SELECT {scope}::VARCHAR AS scope, CASE {names} END AS dimension, "
        f"CASE {members} END AS member, day, source, {_SUMS}, {sole} FROM cells WHERE {where} "
        f"GROUP BY GROUPING SETS ({sets})"
    )


def _table(reading: Reading, wanted: SeriesWanted) -> SeriesFacts:
    execute = reading.connection.execute
    everything = _grouped("NULL", "TRUE")
    of_each = _grouped("organization", "is_own AND organization IS NOT NULL")
    execute(f"CREATE TEMP TABLE grouped AS {everything} UNION ALL {of_each}")
    also = sorted({(one.organization, one.dimension, one.member) for one in wanted.also}, key=str)
    execute(
        "CREATE TEMP TABLE also AS SELECT unnest($1::VARCHAR[]) AS scope, "
        "unnest($2::VARCHAR[]) AS dimension, unnest($3::VARCHAR[]) AS member",
        [[one[place] for one in also] for place in range(3)],
    )
    sole = ", ".join(
        f"CASE WHEN min(first_{name}) = max(last_{name}) AND NOT bool_or(without_{name}) "
        f"THEN min(first_{name}) END AS sole_{name}"
        for name in _SOLE
    )
    execute(
        "CREATE TEMP TABLE chosen AS WITH sums AS ("
        f"SELECT scope, dimension, member, {_SUMS}, {sole}, "
        "list_sort(list(DISTINCT source)) AS sources FROM grouped "
        "WHERE dimension IS NULL OR member IS NOT NULL GROUP BY scope, dimension, member) "
        "SELECT *, (row_number() OVER (ORDER BY cost DESC, scope, dimension, member) - 1)"
        "::BIGINT AS place FROM ((SELECT * FROM sums WHERE cost >= $least "
        "ORDER BY cost DESC, scope, dimension, member LIMIT $most) "
        "UNION SELECT sums.* FROM sums JOIN also ON sums.scope IS NOT DISTINCT FROM also.scope "
        "AND sums.dimension IS NOT DISTINCT FROM also.dimension "
        "AND sums.member IS NOT DISTINCT FROM also.member)",
        {"least": wanted.least_usd, "most": max(1, wanted.most // 2)},
    )
    chosen = execute(
        "SELECT scope, dimension, member, sources, cost, requests - unpriced, requests, "
        "sole_product, sole_owner "
        "FROM chosen ORDER BY place"
    ).fetchall()
    counted = execute(
        f"SELECT place, day::BIGINT AS day, {_SUMS.replace('(', '(grouped.')} "
        "FROM grouped JOIN chosen ON grouped.scope IS NOT DISTINCT FROM chosen.scope "
        "AND grouped.dimension IS NOT DISTINCT FROM chosen.dimension "
        "AND grouped.member IS NOT DISTINCT FROM chosen.member GROUP BY place, day"
    )
    days = cast("_AsArrays", counted).fetchnumpy()
    return _filled(cast("list[_Chosen]", chosen), days, wanted)


class _AsArrays(Protocol):
    def fetchnumpy(self) -> Mapping[str, object]: ...


_Chosen = tuple[
    str | None,
    str | None,
    str | None,
    list[str],
    float | None,
    float | None,
    float | None,
    str | None,
    str | None,
]
"""Scope, dimension, member, sources, USD, priced requests, requests, the sole product and owner."""


def _filled(chosen: list[_Chosen], rows: Mapping[str, object], wanted: SeriesWanted) -> SeriesFacts:
    shape = (len(chosen), wanted.days)
    costs, requests = np.zeros(shape), np.zeros(shape)
    if chosen:
        places = _column(rows, "place").astype(np.int64), _column(rows, "day").astype(np.int64)
        asked, unpriced = _column(rows, "requests"), _column(rows, "unpriced")
        requests[places] = asked
        is_known = (asked <= 0) | (unpriced < MOSTLY_UNPRICED * asked)
        costs[places] = np.where(is_known, _column(rows, "cost"), np.nan)
    known = _known([one[3] for one in chosen], wanted)
    costs[~known], requests[~known] = np.nan, np.nan
    keys = [(one[0], one[1], one[2]) for one in chosen]
    each = np.array([_each(one[4], one[5]) for one in chosen], dtype=np.float64)
    has_requests = np.array([bool(one[6]) for one in chosen], dtype=np.bool_)
    units = np.concatenate([np.ones(len(chosen)), each[has_requests]])
    values = np.concatenate([costs, requests[has_requests]])
    sole = {
        key: Sole(one[7], one[8], frozenset(map(Source, one[3])))
        for key, one in zip(keys, chosen, strict=True)
    }
    series = (
        *(SeriesKey(*key, Measure.COST) for key in keys),
        *(
            SeriesKey(*key, Measure.REQUESTS)
            for key, has in zip(keys, has_requests, strict=True)
            if has
        ),
    )
    table = SeriesTable(
        first=wanted.first,
        keys=series,
        values=values,
        left_out=np.zeros(values.shape, dtype=np.bool_),
        least_usd=np.zeros(len(units)),
        usd_a_unit=units,
        products=_products(series, sole),
    )
    return SeriesFacts(table, sole)


def _products(series: Sequence[SeriesKey], sole: Mapping[Place, Sole]) -> dict[SeriesKey, str]:
    """Of series that are wholly within a product, and neither it nor a total: which."""
    found = {
        key: sole[key.organization, key.dimension, key.member].product
        for key in series
        if key.dimension not in (None, "product")
    }
    return {key: product for key, product in found.items() if product is not None}


def _column(rows: Mapping[str, object], name: str) -> Floats:
    values = rows[name]
    if isinstance(values, np.ma.MaskedArray):
        values = cast("np.ma.MaskedArray[tuple[int], np.dtype[np.float64]]", values).filled(0)
    return np.asarray(values, dtype=np.float64)


def _known(sources: list[list[str]], wanted: SeriesWanted) -> Bools:
    """Of which days the series have everything: those of which all of their sources have."""
    known = np.ones((len(sources), wanted.days), dtype=np.bool_)
    days: Integers = np.arange(wanted.days, dtype=np.int64)
    covered = {
        source.value: (days >= (span.first - wanted.first).days)
        & (days <= (span.last - wanted.first).days)
        for source, span in wanted.known.items()
    }
    by_sources: dict[tuple[str, ...], list[int]] = {}
    for place, names in enumerate(sources):
        by_sources.setdefault(tuple(names), []).append(place)
    for names, places in by_sources.items():
        for name in names:
            known[places] &= covered[name]
    return known


def _each(spent: float | None, priced: float | None) -> float:
    return spent / priced if spent and priced and priced > 0 else 0.0

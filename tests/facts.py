"""Facts for tests: requests, written into a real mart."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from uuid import UUID

from analysis.prices import PriceSource
from queries.dimensions import Source
from queries.mart import Mart
from queries.schema import requests_columns
from tests.columnar import create

_numbers = count(1)

Fact = Mapping[str, object]

MOST_KEPT = 32
"""How many filled marts are kept to be copied."""


def request(
    time: datetime,
    cost: str | None,
    *,
    source: Source = Source.USAGE,
    **columns: object,
) -> Fact:
    """One row of `requests`: a success of a customer's, unless `columns` say otherwise.

    Args:
        time: of the request, aware.
        cost: USD; None: unpriced.
        source: where it comes from.
        columns: more columns of `requests`.
    """
    number = next(_numbers)
    requests = int(str(columns.get("requests", 1)))
    priced = PriceSource.LIST if source is Source.USAGE else PriceSource.BILLED
    return {
        "dt": time.date(),
        "time": time,
        "request_key": str(UUID(int=number)),
        "request_id": f"request-{number}",
        "source": source.value,
        "is_internal": False,
        "price_source": (PriceSource.UNPRICED if cost is None else priced).value,
        "cost_category": "inference",
        "requests": requests,
        "failed_requests": 0,
        "unpriced_requests": requests if cost is None else 0,
        "billed_cost": None if cost is None else Decimal(cost),
        **columns,
    }


def add(mart: Mart, facts: Iterable[Fact]) -> None:
    """Writes `facts` into `mart`, as one import."""
    by_source: dict[Source, list[Fact]] = {}
    for fact in facts:
        by_source.setdefault(Source(str(fact["source"])), []).append(fact)
    columns = requests_columns(mart.dimensions)
    with mart.writer() as writer:
        for source, rows in by_source.items():
            table = f"facts_{source.value}"
            whole = [
                {column.name: row.get(column.name, _nothing(column.type)) for column in columns}
                for row in rows
            ]
            create(writer.connection, table, columns, whole)
            writer.add(source, table)
        writer.commit()


def fill(mart: Mart, facts: Iterable[Fact], now: datetime, hourly_days: int = 62) -> None:
    """Writes `facts` into an empty mart; one that was filled alike before is copied.

    That takes a millisecond in place of seventy, so it is for facts that many tests share: a
    constant of their module. Facts that are made anew have new keys and are never the same.

    Args:
        mart: without any facts.
        facts: see `add`.
        now: the present of the mart's clock.
        hourly_days: of the mart.
    """
    rows = list(facts)
    key = repr((rows, list(mart.dimensions.values()), now, hourly_days))
    files = _filled.get(key)
    if files is None:
        add(mart, rows)
        _filled[key] = _files_in(mart.folder)
        while len(_filled) > MOST_KEPT:
            _filled.popitem(last=False)
        return
    _filled.move_to_end(key)
    for name, content in files.items():
        path = mart.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


_filled: OrderedDict[str, dict[Path, bytes]] = OrderedDict()


def _files_in(folder: Path) -> dict[Path, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


def _nothing(type_: str) -> object:
    """Measures count from zero; all else is unknown."""
    return 0 if type_ == "BIGINT" or type_.startswith("DECIMAL") else None

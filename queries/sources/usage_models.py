"""The models that occur in a usage file: whose they are, how their tokens count, what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import duckdb

from queries.prices.bulk import load_slices
from queries.prices.catalogue import Catalogue
from queries.prices.slices import Slice, slices
from queries.sources.conventions import convention_of


@dataclass(frozen=True, slots=True)
class Counting:
    """How tokens are counted, where the user says so; None: as the provider counts.

    Attributes:
        input_includes_cache: input tokens contain cached and written ones.
        output_includes_reasoning: output tokens contain reasoning.
    """

    input_includes_cache: bool | None = None
    output_includes_reasoning: bool | None = None


@dataclass(frozen=True, slots=True)
class NamedModel:
    """A model as a file names it, and when it was used: of `load_models`, for `load_rates`."""

    number: int
    provider: str | None
    model: str | None
    known_provider: str | None
    first: datetime
    last: datetime


def load_models(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, counting: Counting
) -> list[NamedModel]:
    """Makes the table `models`: a row for each provider and model as they are named.

    It has the number of the rate that everybody pays, and how their tokens are counted.

    Args:
        connection: with `keyed`, the rows that were not refused.
        catalogue: all prices.
        counting: what the user says.

    Returns:
        The same, for `load_rates`.
    """
    models = list(_models(connection, catalogue))
    conventions = [convention_of(one.known_provider, one.model) for one in models]
    told = counting.input_includes_cache, counting.output_includes_reasoning
    _table(
        connection,
        "models",
        {
            "rate": ("BIGINT", [one.number for one in models]),
            "provider": ("VARCHAR", [one.provider for one in models]),
            "model": ("VARCHAR", [one.model for one in models]),
            "known_provider": ("VARCHAR", [one.known_provider for one in models]),
            "input_includes_cache": (
                "BOOLEAN",
                [one.input_includes_cache if told[0] is None else told[0] for one in conventions],
            ),
            "output_includes_reasoning": (
                "BOOLEAN",
                [
                    one.output_includes_reasoning if told[1] is None else told[1]
                    for one in conventions
                ],
            ),
        },
    )
    return models


def load_rates(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, models: Sequence[NamedModel]
) -> None:
    """Makes the table `agreed`, and loads the slices of all rates.

    `agreed` has the numbers of the rates of single organizations.

    Args:
        connection: with `models`.
        catalogue: all prices.
        models: what they are.
    """
    rates: list[tuple[int, Iterator[Slice]]] = []
    agreed: list[tuple[int, str, int]] = []
    for one in models:
        if one.known_provider is None or one.model is None:
            continue
        prices = catalogue.candidates(one.known_provider, one.model, one.first, one.last)
        rates.append((one.number, slices(prices, None, one.first, one.last)))
        organizations = {price.organization for price in prices if price.organization is not None}
        for organization in sorted(organizations):
            number = len(models) + len(agreed)
            agreed.append((one.number, organization, number))
            rates.append((number, slices(prices, organization, one.first, one.last)))
    _table(
        connection,
        "agreed",
        {
            "general": ("BIGINT", [general for general, _, _ in agreed]),
            "organization": ("VARCHAR", [organization for _, organization, _ in agreed]),
            "rate": ("BIGINT", [rate for _, _, rate in agreed]),
        },
    )
    load_slices(connection, rates)


def _models(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> Iterator[NamedModel]:
    found = connection.execute(
        "SELECT named_provider, model, min(time), max(time) FROM keyed GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for number, row in enumerate(found):
        provider, model, first, last = cast(
            "tuple[str | None, str | None, datetime, datetime]", row
        )
        known = provider
        if provider is None and model is not None:
            known = catalogue.provider_of(model)
        yield NamedModel(number, provider, model, known, first, last)


def _table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: dict[str, tuple[str, Sequence[object]]],
) -> None:
    parts = ", ".join(
        f"unnest(${at}::{kind}[]) AS {column}"
        for at, (column, (kind, _)) in enumerate(columns.items(), start=1)
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT {parts}",
        [list(values) for _, values in columns.values()],
    )

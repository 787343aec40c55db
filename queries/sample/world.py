"""The world that the sample's scripts read: who there is, what they ask for, what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

import duckdb

from queries.dimensions import Source
from queries.sample import catalogue, incidents
from queries.sample.draws import add_macros, deck
from queries.sample.truth import Incident


def prepare(
    connection: duckdb.DuckDBPyConnection,
    customers: tuple[catalogue.Organization, ...],
    planted: tuple[Incident, ...],
    scale: float,
) -> None:
    """Makes the macros and the tables on `connection` that the scripts read.

    Args:
        connection: in memory, in UTC.
        customers: who asks.
        planted: the incidents, which may be none.
        scale: of the number of rows.
    """
    add_macros(connection)
    _table(connection, "organizations", [asdict(customer) for customer in customers])
    _table(connection, "models", [asdict(model) for model in catalogue.MODELS])
    _table(connection, "applications", list(_applications(customers)))
    services = [
        {"service": str(number), **asdict(service)}
        for number, service in enumerate(catalogue.SERVICES)
    ]
    _table(connection, "services", services)
    fleet_share = sum(customer.gpu_weight for customer in customers) / _fleet_of_six()
    pools = [
        {
            "model": pool.model,
            "fleet_micro": pool.fleet * 1_000_000 * fleet_share,
            "billing": deck(pool.billing),
        }
        for pool in catalogue.POOLS
    ]
    _table(connection, "pools", pools)
    rates = catalogue.GPU_HOUR_MICRODOLLARS.items()
    _table(connection, "rates", [{"billing_type": t, "micro_per_hour": r} for t, r in rates])
    _plant(connection, planted, scale)


def _fleet_of_six() -> float:
    return sum(customer.gpu_weight for customer in catalogue.organizations(6))


def _applications(
    customers: tuple[catalogue.Organization, ...],
) -> Iterator[dict[str, object]]:
    providers = {model.name: model.provider for model in catalogue.MODELS}
    for customer in customers:
        for application in catalogue.APPLICATIONS:
            if customer.usage_weight and application.only in (None, customer.name):
                weights = {
                    name: weight * (3 if providers[name] == customer.favourite else 1)
                    for name, weight in application.models.items()
                }
                yield {
                    **asdict(application),
                    "organization": customer.name,
                    "key_name": application.key,
                    "rows": application.rows * customer.usage_weight,
                    "models": deck(weights),
                }


def _plant(
    connection: duckdb.DuckDBPyConnection, planted: tuple[Incident, ...], scale: float
) -> None:
    columns = 'start TIMESTAMPTZ, "end" TIMESTAMPTZ, model VARCHAR'
    connection.execute(
        f"CREATE TEMP TABLE loops ({columns}, organization VARCHAR, provider VARCHAR,"
        " key_name VARCHAR, rows_per_hour BIGINT)"
    )
    connection.execute(f"CREATE TEMP TABLE storms ({columns}, endpoint VARCHAR)")
    for incident in planted:
        where = [incident.start, incident.end, incident.model]
        if incident.source is Source.USAGE:
            key_name = (incident.key or "").removeprefix(f"{incident.organization}-")
            rows = max(1, round(incidents.LOOP_ROWS_AN_HOUR * scale))
            values = [*where, incident.organization, incident.provider, key_name, rows]
            connection.execute("INSERT INTO loops VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        else:
            values = [*where, incident.endpoint]
            connection.execute("INSERT INTO storms VALUES (?, ?, ?, ?)", values)


def _table(
    connection: duckdb.DuckDBPyConnection, name: str, rows: Sequence[Mapping[str, object]]
) -> None:
    statement = f"CREATE TEMP TABLE {name} AS SELECT unnest($rows, recursive := true)"
    connection.execute(statement, {"rows": rows})

"""The full road: requests as files, through the real importer into a mart, and read from it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.prices import UnitPrice
from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.tiers.provider_offers import ProviderOffer
from benchmarks.recommendation_truth.asks import NOW, PERIOD, START, Ask
from benchmarks.recommendation_truth.models import price_list
from benchmarks.recommendation_truth.organizations import Organization
from benchmarks.recommendation_truth.runs import Fleet, Run, Waiting
from handlers.imports import ImportHandler, ImportRequest
from handlers.recommendations.evidence import EvidenceSources, Material, Offered
from handlers.recommendations.gathering import gather
from handlers.recommendations.pricing_of_cells import PricingOfCells
from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.recommendation_evidence.actors import actors
from queries.recommendation_evidence.cache_counts import cache_counts
from queries.recommendation_evidence.daily_costs import daily_costs
from queries.recommendation_evidence.feature_use import feature_use
from queries.recommendation_evidence.gpu import gpu_evidence
from queries.recommendation_evidence.reading import EvidenceReader
from queries.recommendation_evidence.reuse import reuse
from queries.recommendation_evidence.usage_cells import Zones, usage_cells

_USAGE = (
    "time", "organization", "user", "provider", "model", "request_id", "input_tokens",
    "output_tokens", "cached_input_tokens", "cache_write_tokens", "batch", "status", "feature",
    "environment", "key", "endpoint", "prompt_hash", "prefix_hashes", "can_wait", "uses",
)  # fmt: skip

_GPU = (
    "time", "cost_category", "row_cost", "gpu_seconds", "product", "model", "endpoint", "org",
    "billing_type", "result", "error_type", "request_id",
)  # fmt: skip


async def read_back(
    folder: Path, organizations: Iterable[Organization], fleet: Fleet | None = None
) -> Material:
    """Imports requests, and gathers the evidence of everybody.

    Args:
        folder: to work in.
        organizations: with their requests to models.
        fleet: of GPUs; None: there is none.
    """
    organizations = list(organizations)
    asks = [ask for one in organizations for ask in one.asks]
    offers = [offer for one in organizations for offer in one.offers]
    mart = Mart(folder / "home", Dimensions(), lambda: NOW)
    handler = ImportHandler(folder / "home", mart, Dimensions(), lambda: NOW, _prices)
    periods: dict[Source, EvidencePeriod] = {}
    rows = [_usage_row(number, ask) for number, ask in enumerate(asks)]
    if rows:
        path = _written(folder / "usage.csv", _USAGE, rows)
        await _import(handler, Source.USAGE, path, len(rows))
        periods[Source.USAGE] = PERIOD
    if fleet is not None:
        costs = [_run_row(number, run) for number, run in enumerate(fleet.runs)]
        costs += [_waiting_row(number, one) for number, one in enumerate(fleet.waiting)]
        await _import(handler, Source.GPU, _written(folder / "gpu.csv", _GPU, costs), len(costs))
        periods[Source.GPU] = PERIOD
    engine = DuckDbEngine(mart)
    try:
        sources = _sources(EvidenceReader(mart), engine, offers)
        return await gather(sources, periods, None, ZoneInfo("UTC"), NOW)
    finally:
        await engine.close()


async def _prices() -> list[UnitPrice]:
    return [price.unit_price() for price in price_list()]


async def _import(handler: ImportHandler, source: Source, path: Path, rows: int) -> None:
    report = await handler.import_file(ImportRequest(source, path, {}, {}))
    if report.taken != rows:
        message = f"{report.taken} of {rows} rows were taken: {report.rejects_file}"
        raise AssertionError(message)


def _written(path: Path, names: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)
    return path


def _usage_row(number: int, ask: Ask) -> Sequence[object]:
    route = ask.route
    taken = ask.fresh if route.provider == "anthropic" else ask.input
    return (
        ask.time.isoformat(),
        route.organization,
        ask.user,
        route.provider,
        route.model,
        f"ask-{number}",
        taken,
        ask.output,
        ask.cached,
        ask.written,
        str(ask.batch).lower(),
        "failed" if ask.failed else "success",
        route.feature,
        route.environment,
        ask.key,
        route.endpoint,
        f"{ask.prompt:x}" if ask.prompt else None,
        " ".join(f"{block:x}" for block in ask.blocks) or None,
        None if ask.flag is None else str(ask.flag).lower(),
        ask.uses or None,
    )


def _run_row(number: int, run: Run) -> Sequence[object]:
    return (
        (START + timedelta(seconds=run.at)).isoformat(),
        "inference",
        f"{Decimal(run.pico).scaleb(-12):f}",
        run.milliseconds / 1_000,
        run.service.product,
        run.service.model,
        run.service.endpoint,
        run.organization,
        run.billing,
        run.result,
        run.error,
        f"run-{number}",
    )


def _waiting_row(number: int, one: Waiting) -> Sequence[object]:
    return (
        (START + timedelta(hours=one.hour)).isoformat(),
        "idle",
        f"{Decimal(one.pico).scaleb(-12):f}",
        None,
        one.pool.product,
        one.pool.model,
        None,
        None,
        one.pool.billing_type,
        None,
        None,
        f"idle-{number}",
    )


def _sources(
    reader: EvidenceReader, engine: DuckDbEngine, offers: Sequence[ProviderOffer]
) -> EvidenceSources:
    async def offered(period: EvidencePeriod, whose: str | None) -> Offered:
        return Offered(offers=offers, daily=await daily_costs(reader, period, whose))

    async def pricing(_: object) -> PricingOfCells:
        return PricingOfCells(price_list(), NOW)

    return EvidenceSources(
        usage=lambda period, whose: usage_cells(reader, period, Zones({}), whose),
        reuse=lambda period, whose: reuse(reader, period, whose),
        caches=lambda period, whose: cache_counts(reader, period, whose),
        actors=lambda period, whose: actors(reader, period, whose),
        gpu=lambda period: gpu_evidence(engine, Dimensions(), period),
        pricing=pricing,
        offered=offered,
        uses=lambda period, whose: feature_use(reader, period, whose),
    )

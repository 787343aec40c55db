"""What a production trace of an image-generation service (GenTD26) gives, held against its file."""

from __future__ import annotations

import asyncio
import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from analysis.recommendations.cells import EvidencePeriod
from analysis.recommendations.gpus import efficiency_drift, failure_waste, idle_capacity
from analysis.recommendations.gpus.drift_ratios import drifted
from analysis.recommendations.gpus.gpu import GpuEvidence
from analysis.recommendations.proposal import Proposal
from handlers.imports import ImportHandler, ImportRequest
from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.recommendation_evidence.gpu import gpu_evidence
from tests.house.project import ROOT
from tests.real_data import real_data
from tests.sources.test_real_traces import GENTD26

NOW = datetime(2024, 12, 9, 3, tzinfo=UTC)
PERIOD = EvidencePeriod(date(2024, 11, 15), date(2024, 12, 8), NOW)
USD_A_SECOND = Fraction(5, 7200)


@dataclass(frozen=True)
class Trace:
    evidence: GpuEvidence
    rows: list[dict[str, str]]


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> Trace:
    path = real_data("gentd26_requests.csv")
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    return Trace(asyncio.run(_read(path, tmp_path_factory.mktemp("trace"))), rows)


async def _read(path: Path, home: Path) -> GpuEvidence:
    async def no_prices() -> list[object]:
        return []

    mart = Mart(home, Dimensions(), lambda: NOW)
    handler = ImportHandler(home, mart, Dimensions(), lambda: NOW, no_prices)  # pyright: ignore[reportArgumentType]
    await handler.import_file(
        ImportRequest(Source.GPU, path, GENTD26, {}, gpu_hour_rate=Decimal("2.50"))
    )
    engine = DuckDbEngine(mart)
    try:
        return await gpu_evidence(engine, Dimensions(), PERIOD)
    finally:
        await engine.close()


def failures(trace: Trace) -> list[Proposal]:
    cost = trace.evidence.monthly_cost
    return failure_waste.propose(trace.evidence.endings, PERIOD, monthly_cost=cost)


def by_service(rows: list[dict[str, str]]) -> Mapping[tuple[str, str], list[dict[str, str]]]:
    found: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row["predict_type"], row["checkpoint_model_version_id"]].append(row)
    return found


def failed(rows: list[dict[str, str]]) -> int:
    return sum(row["predict_status"] == "FAILED" for row in rows)


def wasted(rows: list[dict[str, str]]) -> Fraction:
    seconds = (
        Fraction(row["exec_time_seconds"] or 0) for row in rows if row["predict_status"] == "FAILED"
    )
    return sum(seconds, Fraction(0)) * USD_A_SECOND


def test_the_endings_are_those_of_the_file(trace: Trace) -> None:
    endings = trace.evidence.endings
    assert sum(one.outcome.requests for one in endings) == 26_823
    assert sum(one.outcome.failed for one in endings) == 398
    stuck = [one for one in endings if (one.result or "").lower() in failure_waste.UNDECIDED]
    assert sum(one.outcome.requests for one in stuck) == 33
    whole = sum((one.outcome.wasted for one in endings), Decimal(0))
    assert float(whole) == pytest.approx(float(wasted(trace.rows)))


def test_what_fails_always_and_more_than_its_peers_is_one_finding(trace: Trace) -> None:
    (found,) = failures(trace)
    services = by_service(trace.rows)
    rates = {
        service: Fraction(failed(rows), len(rows))
        for service, rows in services.items()
        if len(rows) >= 100
    }
    # Services with 20 failed requests, 1 in 100 of the whole and of the last week: plain fractions.
    expected: dict[tuple[str, str], Fraction] = {}
    for service, rows in services.items():
        late = [row for row in rows if row["gmt_create"] >= "2024-12-02"]
        is_often = failed(rows) >= max(20, len(rows) / 100) and failed(late) >= len(late) / 100
        if is_often and late:
            peers = [
                rate for other, rate in rates.items() if other != service and other[0] == service[0]
            ]
            usual = Fraction(0) if failed(rows) == len(rows) else Fraction(median(peers))
            saved = wasted(rows) * (1 - usual / Fraction(failed(rows), len(rows)))
            expected[service] = saved * 30 / 24
    # What is left of M0003 is one storm, on 28 November: a twelfth a month.
    days: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in services["TXT_2_IMG", "M0003"]:
        days[row["gmt_create"][:10]].append(row)
    own = median(Fraction(failed(day), len(day)) for day in days.values() if len(day) >= 20)
    storm = days["2024-11-28"]
    saved = wasted(storm) * (1 - own / Fraction(failed(storm), len(storm)))
    expected["TXT_2_IMG", "M0003"] = saved / 12
    rows_found = found.evidence["services"]
    assert isinstance(rows_found, list)
    names = {
        (str(row["service"]), str(row["model"])) for row in rows_found if isinstance(row, dict)
    }
    assert names == expected.keys()
    assert {model for _, model in names} == {"M0003", "M0011", "M0013", "M0055", "M0061"}
    whole = sum(expected.values(), Fraction(0))
    assert float(found.savings.likely) == pytest.approx(float(whole), rel=1e-6)
    assert found.evidence["never_finished"] == 33
    assert found.title == "Some models never answer: every request to them fails"


def test_no_drift_is_found_where_days_differ_more_than_the_weeks(trace: Trace) -> None:
    """M0003 costs 20.6 % more a request in the week to 7 December, as the report has it.

    But the seconds of one step of one picture differ twofold from day to day, before and now.
    """
    steps: dict[str, tuple[float, float]] = {}
    for row in by_service(trace.rows)["TXT_2_IMG", "M0003"]:
        work = float(row["num_images_per_prompt"] or 0) * float(row["num_inference_steps"] or 0)
        if row["predict_status"] == "SUCCEED" and work:
            took, done = steps.get(row["gmt_create"][:10], (0.0, 0.0))
            steps[row["gmt_create"][:10]] = (
                took + float(row["exec_time_seconds"] or 0),
                done + work,
            )
    each = {day: took / done for day, (took, done) in steps.items()}
    before = [rate for day, rate in each.items() if "2024-11-20" <= day < "2024-11-27"]
    now = [rate for day, rate in each.items() if "2024-12-02" <= day < "2024-12-06"]
    assert max(before) > 2 * min(before)
    assert max(now) > 2 * min(now)
    assert min(before) < max(now) < max(before)
    evidence = trace.evidence
    until = evidence.baseline_until
    assert until is not None
    cost = evidence.monthly_cost
    assert (
        efficiency_drift.propose(evidence.work, PERIOD, baseline_until=until, monthly_cost=cost)
        == []
    )
    assert drifted(evidence.work, PERIOD, until) == []


def test_there_is_silence_on_idle_time_where_no_row_tells_of_any(trace: Trace) -> None:
    pools = trace.evidence.pools
    assert sum(len(load.hours) for load in pools) > 300
    cost = trace.evidence.monthly_cost
    assert idle_capacity.propose(pools, PERIOD, monthly_cost=cost, zone=ZoneInfo("UTC")) == []


def test_the_documents_say_what_is_found(trace: Trace) -> None:
    (found,) = failures(trace)
    document = (ROOT / "docs" / "recommendations.md").read_text(encoding="utf-8")
    told = " ".join(line.removeprefix("> ") for line in document.splitlines())
    assert found.title in told
    assert found.description in told
    assert all(step in told for step in found.steps)

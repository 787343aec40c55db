"""The importers on public traces, against plain Python with exact fractions."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from queries.dimensions import Source
from tests.real_data import real_data
from tests.sources.importing import Deployment

GENTD26 = {
    "time": "gmt_create",
    "endpoint": "predict_type",
    "result": "predict_status",
    "gpu_seconds": "exec_time_seconds",
    "org": "groupId",
    "model": "checkpoint_model_version_id",
}
AZURE = {"time": "TIMESTAMP", "input_tokens": "ContextTokens", "output_tokens": "GeneratedTokens"}
DIGITS = Decimal("1e-15")


def exact(cost: Fraction) -> Decimal:
    return (
        Decimal(cost.numerator * 10**20 // cost.denominator)
        .scaleb(-20)
        .quantize(DIGITS, ROUND_HALF_UP)
    )


def test_gpu_seconds_of_the_gentd26_trace_cost_what_plain_python_says(
    deployment: Deployment,
) -> None:
    path = real_data("gentd26_requests.csv")
    total = Fraction(0)
    expected: dict[str, dict[str | None, Decimal]] = {
        name: defaultdict(Decimal) for name in ("model", "endpoint", "dt::VARCHAR", "organization")
    }
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    failed = 0
    for row in rows:
        fraction = Fraction(row["exec_time_seconds"]) * Fraction("2.50") / 3600
        total += fraction
        cost = exact(fraction)
        expected["model"][row["checkpoint_model_version_id"] or None] += cost
        expected["endpoint"][row["predict_type"]] += cost
        expected["dt::VARCHAR"][row["gmt_create"][:10]] += cost
        expected["organization"][row["groupId"]] += cost
        failed += row["predict_status"] == "FAILED"
    report = deployment.run(Source.GPU, path, GENTD26, rate="2.50")
    assert (report.read, report.taken, report.unpriced) == (len(rows), len(rows), 0)
    assert abs(Fraction(report.cost) - total) <= Fraction(len(rows), 2 * 10**15)
    for column, costs in expected.items():
        found = deployment.costs(f"SELECT {column}, sum(billed_cost) FROM it GROUP BY 1")
        assert sorted(found, key=str) == sorted(costs.items(), key=str)
    assert deployment.costs("SELECT sum(failed_requests), sum(requests) FROM it") == [
        (failed, len(rows))
    ]


def test_requests_of_the_trace_that_lost_their_time_are_in_the_report(
    deployment: Deployment,
) -> None:
    lines = real_data("gentd26_requests.csv").read_text().splitlines()[:1000]
    timeless = {7, 500, 999}
    text = "\n".join(line[19:] if number in timeless else line for number, line in enumerate(lines))
    path = deployment.file("trace.csv", text.encode())
    report = deployment.run(Source.GPU, path, GENTD26, rate="2.50")
    assert report.reasons == {"no time": 3}
    assert [line - 1 for line, _, _ in deployment.rejects(report)] == sorted(timeless)
    assert report.taken == 996


@pytest.mark.parametrize("name", ["azure_llm_conv_2023.csv", "azure_llm_code_2023.csv"])
def test_the_azure_traces_cost_what_plain_python_says_at_gpt_4_turbos_price(
    deployment: Deployment, name: str
) -> None:
    path = real_data(name)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    total = sum(
        Fraction(int(row["ContextTokens"]) * 10 + int(row["GeneratedTokens"]) * 30, 10**6)
        for row in rows
    )
    constants = {"provider": "openai", "model": "gpt-4-turbo"}
    report = deployment.run(Source.USAGE, path, AZURE, constants)
    assert (report.read, report.taken, report.unpriced, report.estimated) == (
        len(rows),
        len(rows),
        0,
        0,
    )
    assert Fraction(report.cost) == total
    (found,) = deployment.costs(
        "SELECT sum(billed_cost), sum(fresh_input_tokens), sum(output_tokens) FROM it"
    )
    assert found == (
        report.cost,
        sum(int(row["ContextTokens"]) for row in rows),
        sum(int(row["GeneratedTokens"]) for row in rows),
    )

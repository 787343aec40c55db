"""Costs as a FOCUS file: its rules, its sums, whose it is, and the way back."""

from __future__ import annotations

import asyncio
import csv
import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.errors import NotFound
from analysis.roles import Role
from handlers.caller import Caller
from handlers.focus_export import FocusExport, FocusExportHandler, FocusExportRequest
from queries.dimensions import GPU_ONLY, Dimension, Dimensions
from queries.focus_export.writing import FileFormat
from queries.schema import MEASURES
from queries.sources.focus_placing import FocusMode
from tests.focus.bills import Bills, bill, charge
from tests.focus.specification import violations
from tests.mart.rows import UTC_ZONE
from tests.sources.importing import GPT_4_TURBO

ADA = Caller("T1", "U1", "Ada", None, Role.ADMIN, UTC_ZONE)
UTE = Caller("T1", "U2", "Ute", "acme", Role.USER, UTC_ZONE)
FIRST, LAST = date(2026, 11, 18), date(2026, 11, 20)
GPU = """time,org,product,model,endpoint,process,user,cost_category,row_cost,attributed_idle_cost,\
attributed_overhead_cost,gpu_seconds,is_lt_team,result,request_processing_time_ms
2026-11-18T10:00:00Z,acme,api,ltx <one>'s,/v1/a,,u1,inference,1.000000000000001,0.2,0.1,3600.5,\
false,success,100
2026-11-18T23:59:59Z,acme,studio,ltx,,render,u2,inference,2,0,0,1,true,failed,50
2026-11-19T00:00:00Z,globex,api,ltx,/v1/a,,u3,inference,0.3,0,0,,,timeout,
2026-11-19T10:00:00Z,,,,,,,idle,0.5,,,,,,
2026-11-19T11:00:00Z,,,,,,,overhead,0.25,,,,,,
2026-11-20T11:00:00Z,,,,,,,unused,0.125,,,7,,,
"""
USAGE = """time,organization,provider,model,input_tokens,output_tokens,cached_input_tokens,team,\
feature,environment,status,latency_ms,requests
2026-11-18T01:00:00Z,acme,openai,gpt-4-turbo,1000,100,10,search,chat,production,200,12,1
2026-11-20T01:00:00Z,acme,openai,gpt-4-turbo,333,7,,search,,staging,500,,3
2026-11-20T02:00:00Z,globex,nobody,unheard-of,5,5,,,,,200,,1
"""


@pytest.fixture
def filled(bills: Bills) -> Bills:
    bills.prices = (GPT_4_TURBO,)
    bills.gpu(GPU)
    bills.usage(USAGE)
    at = {"ChargePeriodStart": "2026-11-20T05:00:00Z", "ChargePeriodEnd": "2026-11-20T06:00:00Z"}
    credit = charge({"team": "ops"}, ChargeCategory="Credit", BilledCost="-0.1", **at)
    bills.load(bill(charge(None, **at), credit))
    return bills


def export(
    bills: Bills,
    caller: Caller = ADA,
    file_format: FileFormat = FileFormat.CSV,
    organization: str | None = None,
) -> FocusExport:
    target = bills.home.parent / f"export.{file_format.value}"
    request = FocusExportRequest(FIRST, LAST, target, file_format, organization)
    return asyncio.run(FocusExportHandler(bills.mart).export(request, caller))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sums(bills: Bills, *, own: str = "") -> list[tuple[object, ...]]:
    """Every measure by day and all that divides it, but for the source."""
    keys = ", ".join(f'"{one.column}"' for one in Dimensions().values())
    added = ", ".join(f'sum("{one.name}")' for one in MEASURES)
    return bills.costs(
        f"SELECT dt, is_internal, price_source, {keys}{own}, {added}, sum(fully_loaded_cost) "
        "FROM it GROUP BY ALL ORDER BY ALL"
    )


def test_a_file_keeps_the_rules_of_the_specification(filled: Bills) -> None:
    rows = rows_of(export(filled).request.target)
    assert {row["ChargeCategory"] for row in rows} == {"Usage", "Credit"}
    assert violations(rows[0], rows) == []


def test_the_rules_find_what_breaks_them(filled: Bills) -> None:
    (row, *_) = rows_of(export(filled).request.target)
    broken = {**row, "BilledCost": "$1", "Tags": '{"a": [1]}', "ProviderName": "", "Own": "1"}
    assert len(violations(broken, [broken])) == 4


def test_billed_cost_adds_up_to_infrastructure_and_effective_to_fully_loaded(
    filled: Bills,
) -> None:
    export_ = export(filled)
    rows = rows_of(export_.request.target)
    ((infrastructure, loaded, unpriced),) = filled.costs(
        "SELECT sum(billed_cost), sum(fully_loaded_cost), sum(unpriced_requests) FROM it"
    )
    totals = export_.totals
    assert sum(Decimal(row["BilledCost"]) for row in rows) == totals.billed == infrastructure
    assert sum(Decimal(row["EffectiveCost"]) for row in rows) == totals.effective == loaded
    assert (totals.rows, totals.unpriced_requests, unpriced) == (len(rows), 1, 1)


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_a_file_that_is_imported_gives_the_same_sums(
    filled: Bills, file_format: FileFormat
) -> None:
    target = export(filled, file_format=file_format).request.target
    back = Bills(filled.home.parent / "back")
    report = back.load(target)
    assert report.rejected == 0
    assert sums(back) == sums(filled)


_NAMES = st.none() | st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=8
).filter(lambda name: name not in {"NULL", "\\N"} and not name.startswith("sk-"))
_COSTS = st.decimals(-1000, 1000, places=15, allow_nan=False, allow_infinity=False)


@settings(
    max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    charges=st.lists(
        st.tuples(st.integers(18, 20), _COSTS, _NAMES, _NAMES, _NAMES, _NAMES), min_size=1
    )
)
def test_any_names_and_amounts_survive_the_way_out_and_back(
    tmp_path_factory: pytest.TempPathFactory,
    charges: list[tuple[int, Decimal, str | None, str | None, str | None, str | None]],
) -> None:
    there = Bills(tmp_path_factory.mktemp("there") / "home")
    there.load(
        bill(
            *(
                charge(
                    {"team": team} if team else None,
                    BilledCost=f"{cost:f}",
                    ChargePeriodStart=f"2026-11-{day}T03:00:00Z",
                    ChargePeriodEnd=f"2026-11-{day}T04:00:00Z",
                    SubAccountName=organization or "",
                    SubAccountId="",
                    ServiceName=product or "",
                    ProviderName=provider or "",
                )
                for day, cost, organization, product, provider, team in charges
            )
        ),
        mode=FocusMode.ADD,
    )
    back = Bills(there.home.parent / "back")
    back.load(export(there).request.target)
    assert sums(back) == sums(there)


def test_a_dimension_of_the_deployments_own_comes_back(bills: Bills) -> None:
    own = Dimension("tier", "x_tier", GPU_ONLY, "", "tiers", import_column="tier", custom=True)
    everywhere = replace(own, sources=frozenset(own.sources | {*Dimensions()["model"].sources}))
    bills.custom = (everywhere,)
    bills.gpu("time,row_cost,tier\n2026-11-18,1,gold\n")
    back = Bills(bills.home.parent / "back", custom=(everywhere,))
    back.load(export(bills).request.target)
    assert back.rows("x_tier") == [("gold",)]


def test_who_sees_one_organization_gets_its_customers_traffic_alone(filled: Bills) -> None:
    rows = rows_of(export(filled, UTE).request.target)
    assert {row["SubAccountName"] for row in rows} == {"acme"}
    assert {row["x_IsInternal"] for row in rows} == {"false"}
    assert not any("user" in json.loads(row["Tags"] or "{}") for row in rows)


def test_another_organization_is_as_if_it_were_not_there(filled: Bills) -> None:
    for organization in ("globex", "no-such"):
        with pytest.raises(NotFound, match="There is nothing of"):
            export(filled, UTE, organization=organization)
    with pytest.raises(NotFound):
        export(filled, organization="no-such")
    assert list(filled.home.parent.glob("*export*")) == []


def test_an_admin_chooses_an_organization_with_its_internal_traffic(filled: Bills) -> None:
    rows = rows_of(export(filled, organization="acme").request.target)
    assert {row["SubAccountName"] for row in rows} == {"acme"}
    assert {row["x_IsInternal"] for row in rows} == {"false", "true"}

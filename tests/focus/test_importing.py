"""What becomes of the charges of a bill in FOCUS."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.errors import BadInput
from queries.sources.focus_placing import FocusMode
from queries.sources.spreading import MONEY_DIGITS, day_count_sql, part_sql
from tests.columnar import reader
from tests.focus.bills import Bills, bill, charge


def test_a_charge_has_its_dimensions_from_columns_and_from_tags(bills: Bills) -> None:
    tags = {"team": "search", "environment": "production", "model": "opus", "bu": "labs"}
    bills.load(bill(charge(tags)))
    assert bills.rows(
        "organization, product, provider, model, team, environment, cost_category, source, "
        "price_source, requests, billed_cost, is_internal"
    ) == [
        (
            *("acme", "Machines", "Cloud", "opus", "search", "production", "inference", "focus"),
            *("billed", 0, Decimal(1), False),
        )
    ]


def test_a_tag_of_choice_comes_before_any_column(bills: Bills) -> None:
    bills.load(
        bill(charge({"bu": "labs", "who": "initech"}), charge(SubAccountName="")),
        tags={"team": "bu", "organization": "who"},
    )
    assert bills.rows("organization, team", "organization") == [("123", None), ("initech", "labs")]


def test_only_ai_services_have_their_model_from_the_meter(bills: Bills) -> None:
    ai = charge(ServiceCategory="AI and Machine Learning", SkuMeter="claude-input")
    bills.load(bill(ai, charge(SkuMeter="Box usage")))
    assert bills.rows("model", "model") == [("claude-input",), (None,)]


def test_capacity_that_was_committed_to_and_not_used_is_unused(bills: Bills) -> None:
    used = charge(CommitmentDiscountStatus="Used")
    bills.load(bill(charge(CommitmentDiscountStatus="Unused"), used))
    assert bills.rows("cost_category", "cost_category") == [("inference",), ("unused",)]


def test_credits_are_negative(bills: Bills) -> None:
    report = bills.load(bill(charge(), charge(ChargeCategory="Credit", BilledCost="-0.25")))
    assert report.cost == Decimal("0.75")
    assert bills.costs("SELECT sum(billed_cost), sum(fully_loaded_cost) FROM it") == [
        (Decimal("0.75"), Decimal("0.75"))
    ]


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"BillingCurrency": "EUR"}, "BillingCurrency is not USD"),
        ({"BillingCurrency": ""}, "no BillingCurrency"),
        ({"BilledCost": ""}, "no BilledCost"),
        ({"BilledCost": "nan"}, "BilledCost is no amount of dollars"),
        ({"ChargeCategory": "Gift"}, "ChargeCategory is none of Usage, Purchase, Tax, Credit, "),
        ({"ChargePeriodStart": "soon"}, "ChargePeriodStart is no instant"),
        ({"ChargePeriodEnd": "2026-11-20T00:00:00Z"}, "ChargePeriodEnd is not after"),
        ({"ChargePeriodEnd": "2036-11-20T00:00:00Z"}, "the charge period is longer than five"),
        ({"Tags": "[1]"}, "Tags is no JSON object"),
    ],
)
def test_what_is_no_charge_in_dollars_is_rejected_with_its_line(
    bills: Bills, columns: dict[str, str], reason: str
) -> None:
    report = bills.load(bill(charge(), charge(None, **columns)))
    ((line, told, _),) = bills.rejects(report)
    assert (line, report.taken) == (3, 1)
    assert told.startswith(reason)


def test_a_file_without_the_columns_of_a_charge_is_refused(bills: Bills) -> None:
    with pytest.raises(BadInput, match="no column BillingCurrency") as caught:
        bills.load(b"ChargePeriodStart,ChargePeriodEnd,BilledCost\n2026-11-20,2026-11-21,1\n")
    assert "--set billing_currency=USD" in (caught.value.hint or "")


def test_gzip_and_parquet_are_read_like_csv(bills: Bills, tmp_path: Path) -> None:
    text = bill(charge({"team": "search"}, BilledCost="0.100000000000001"))
    bills.load(bills.file("bill.csv.gz", gzip.compress(text)))
    source, target = bills.file("b.csv", text), tmp_path / "b.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"COPY (SELECT * REPLACE (BilledCost::DECIMAL(38,15) AS BilledCost) "
            f"FROM read_csv('{source}', all_varchar = true)) TO '{target}'"
        )
    report = bills.load(target, mode=FocusMode.REPLACE)
    assert "no day has changed" not in " ".join(report.notes)
    assert bills.rows("billed_cost, team") == [(Decimal("0.100000000000001"), "search")]


def test_a_month_is_spread_over_its_days_to_the_last_digit(bills: Bills) -> None:
    month = charge(
        BilledCost="100",
        ChargePeriodStart="2026-10-01T00:00:00Z",
        ChargePeriodEnd="2026-11-01T00:00:00Z",
    )
    report = bills.load(bill(month))
    assert (report.taken, report.cost) == (1, Decimal(100))
    days = bills.costs("SELECT dt, sum(billed_cost) AS usd FROM it GROUP BY dt ORDER BY dt")
    costs = [usd for _, usd in days]
    assert len(days) == 31
    # 31 × 3.225806451612903 lacks 7 units of the last digit: the first seven days have them.
    assert set(costs[:7]) == {Decimal("3.225806451612904")}
    assert set(costs[7:]) == {Decimal("3.225806451612903")}


@given(
    cost=st.decimals(-(10**9), 10**9, places=15, allow_nan=False, allow_infinity=False),
    parts=st.integers(1, 400),
)
@settings(max_examples=40)
def test_parts_add_up_and_differ_by_one_unit_at_most(cost: Decimal, parts: int) -> None:
    part = part_sql("$cost::DECIMAL(38,15)", MONEY_DIGITS, "DECIMAL(38,15)", f"{parts}", "i")
    with reader() as connection:
        rows = connection.execute(
            f"SELECT {part} FROM range({parts}) AS t(i)", {"cost": f"{cost:f}"}
        ).fetchall()
    found = [value for (value,) in rows]
    assert sum(found) == cost
    assert max(found) - min(found) <= Decimal("1e-15")


@pytest.mark.parametrize(
    ("hours", "days"), [(1, 1), (24, 1), (25, 1), (48, 2), (30 * 24 + 1, 30), (31 * 24 - 1, 31)]
)
def test_a_period_is_as_many_days_as_it_is_long(hours: int, days: int) -> None:
    start = datetime(2026, 3, 1, 7, tzinfo=UTC)
    with reader() as connection:
        found = connection.execute(
            f"SELECT {day_count_sql('$a::TIMESTAMPTZ', '$b::TIMESTAMPTZ')}",
            {"a": start, "b": start + timedelta(hours=hours)},
        ).fetchall()
    assert found == [(days,)]


def test_the_same_file_twice_adds_nothing(bills: Bills) -> None:
    text = bill(charge(), charge(BilledCost="2"))
    bills.load(text)
    version = bills.mart.snapshot().version
    again = bills.load(text)
    assert (again.taken, again.repeated) == (0, 2)
    assert bills.mart.snapshot().version == version


def test_a_spread_charge_is_recognized_too(bills: Bills) -> None:
    text = bill(charge(ChargePeriodStart="2026-11-01", ChargePeriodEnd="2026-12-01"))
    bills.load(text)
    assert bills.load(text).repeated == 1
    assert bills.costs("SELECT sum(billed_cost), count(DISTINCT dt) FROM it") == [(Decimal(1), 30)]


def test_another_file_of_the_same_bill_and_days_needs_a_word(bills: Bills) -> None:
    bills.load(bill(charge()))
    with pytest.raises(BadInput, match="counted twice") as caught:
        bills.load(bill(charge(BilledCost="2")))
    assert "--replace" in (caught.value.hint or "")
    assert bills.rows("billed_cost") == [(Decimal(1),)]
    bills.load(bill(charge(BilledCost="2")), mode=FocusMode.ADD)
    assert bills.rows("billed_cost", "billed_cost") == [(Decimal(1),), (Decimal(2),)]


def test_a_corrected_file_takes_the_place_of_its_bill_alone(bills: Bills) -> None:
    twenty_first = {"ChargePeriodStart": "2026-11-21", "ChargePeriodEnd": "2026-11-22"}
    azure = charge(ProviderName="Azure", BilledCost="5")
    earlier = charge(BillingPeriodStart="2026-10-01T00:00:00Z", BilledCost="7")
    bills.load(bill(charge(BilledCost="1"), charge(None, BilledCost="3", **twenty_first), azure))
    bills.load(bill(earlier))
    report = bills.load(bill(charge(BilledCost="1.5")), mode=FocusMode.REPLACE)
    assert bills.rows("dt::VARCHAR, billed_cost", "dt, billed_cost") == [
        ("2026-11-20", Decimal("1.5")),
        ("2026-11-20", Decimal(5)),
        ("2026-11-20", Decimal(7)),
        ("2026-11-21", Decimal(3)),
    ]
    assert "1 rows of the same bills were replaced" in " ".join(report.notes)
    (restated,) = bills.mart.snapshot().restatements
    assert restated.infrastructure_change == Decimal("0.5")


def test_replacing_a_file_by_itself_changes_nothing(bills: Bills) -> None:
    text = bill(charge(), charge(BilledCost="2"))
    bills.load(text)
    report = bills.load(text, mode=FocusMode.REPLACE)
    assert "no day has changed" in " ".join(report.notes)
    assert bills.mart.snapshot().restatements == ()


def test_the_same_file_is_taken_anew_under_another_mapping(bills: Bills) -> None:
    text = bill(charge({"bu": "labs"}))
    bills.load(text)
    bills.load(text, mode=FocusMode.REPLACE, tags={"team": "bu"})
    assert bills.rows("team, billed_cost") == [("labs", Decimal(1))]


def test_effective_cost_is_taken_where_it_is_named(bills: Bills) -> None:
    row = {**charge(BilledCost="0"), "EffectiveCost": "0.4"}
    bills.load(bill(row), mapping={"billed_cost": "EffectiveCost"})
    assert bills.rows("billed_cost") == [(Decimal("0.4"),)]


def test_no_tag_fills_what_is_no_dimension(bills: Bills) -> None:
    with pytest.raises(BadInput, match="no tag can fill"):
        bills.load(bill(charge()), tags={"teams": "bu"})

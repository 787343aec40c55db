"""The sample of bills that FinOps published, against plain Python."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from typing import cast

from tests.focus.bills import Bills
from tests.real_data import real_data


def test_a_thousand_charges_of_three_providers_add_up_as_plain_python_says(bills: Bills) -> None:
    path = real_data("focus_sample_1000.csv")
    cost: defaultdict[tuple[str, str, str | None], Decimal] = defaultdict(Decimal)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            told = "{}" if row["Tags"] == "NULL" else row["Tags"]
            tags = cast("dict[str, str]", json.loads(told))
            key = row["ChargePeriodStart"][:10], row["SubAccountName"], tags.get("business_unit")
            cost[key] += Decimal(row["BilledCost"])
    report = bills.load(path, tags={"team": "business_unit"})
    assert (report.read, report.taken, report.rejected) == (1000, 1000, 0)
    assert report.cost == sum(cost.values()) == Decimal("20.52022672899")
    found = bills.costs(
        "SELECT dt::VARCHAR, organization, team, sum(billed_cost) FROM it GROUP BY ALL"
    )
    assert {tuple(key): usd for *key, usd in found} == dict(cost)

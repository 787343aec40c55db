"""The rules of FOCUS 1.2 that a file of costbot's has to keep, as data.

Source: FinOps Open Cost and Usage Specification 1.2 (tag v1.2 of the repository FOCUS_Spec of
FinOps-Open-Cost-and-Usage-Spec): the sections Columns ("Content Constraints") and Attributes
(Null Handling, Numeric Format, Date/Time Format, Currency Format, Unit Format, Key-Value Format).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import cast


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for a column.

    Attributes:
        kind: String, Decimal, Date/Time, JSON or Unit.
        nullable: whether it "Allows nulls".
        allowed: the only values, where they are listed.
    """

    kind: str = "String"
    nullable: bool = False
    allowed: tuple[str, ...] = ()


_NAME = Rule()
_MONEY = Rule("Decimal")
_INSTANT = Rule("Date/Time")

MANDATORY = {
    "BilledCost": _MONEY,
    "BillingAccountId": _NAME,
    "BillingAccountName": Rule(nullable=True),
    "BillingCurrency": Rule(allowed=("USD",)),
    "BillingPeriodEnd": _INSTANT,
    "BillingPeriodStart": _INSTANT,
    "ChargeCategory": Rule(allowed=("Usage", "Purchase", "Tax", "Credit", "Adjustment")),
    "ChargeClass": Rule(nullable=True, allowed=("Correction",)),
    "ChargeDescription": Rule(nullable=True),
    "ChargePeriodEnd": _INSTANT,
    "ChargePeriodStart": _INSTANT,
    "ContractedCost": _MONEY,
    "EffectiveCost": _MONEY,
    "InvoiceIssuerName": _NAME,
    "ListCost": _MONEY,
    "PricingQuantity": Rule("Decimal", nullable=True),
    "PricingUnit": Rule("Unit", nullable=True),
    "ProviderName": _NAME,
    "PublisherName": _NAME,
    "ServiceCategory": Rule(allowed=("AI and Machine Learning", "Other")),
    "ServiceName": _NAME,
}
"""The columns of feature level Mandatory."""

OTHERS = {
    "AvailabilityZone": Rule(nullable=True),
    "ChargeFrequency": Rule(allowed=("One-Time", "Recurring", "Usage-Based")),
    "CommitmentDiscountCategory": Rule(nullable=True, allowed=("Spend", "Usage")),
    "CommitmentDiscountId": Rule(nullable=True),
    "CommitmentDiscountName": Rule(nullable=True),
    "CommitmentDiscountStatus": Rule(nullable=True, allowed=("Used", "Unused")),
    "CommitmentDiscountType": Rule(nullable=True),
    "ConsumedQuantity": Rule("Decimal", nullable=True),
    "ConsumedUnit": Rule("Unit", nullable=True),
    "InvoiceId": Rule(nullable=True),
    "PricingCategory": Rule(nullable=True, allowed=("Standard", "Dynamic", "Committed", "Other")),
    "RegionId": Rule(nullable=True),
    "RegionName": Rule(nullable=True),
    "ResourceId": Rule(nullable=True),
    "ResourceName": Rule(nullable=True),
    "ResourceType": Rule(nullable=True),
    "ServiceSubcategory": Rule(allowed=("Generative AI", "Other (Other)")),
    "SkuId": Rule(nullable=True),
    "SkuMeter": Rule(),
    "SkuPriceDetails": Rule("JSON", nullable=True),
    "SkuPriceId": Rule(nullable=True),
    "SubAccountId": Rule(nullable=True),
    "SubAccountName": Rule(nullable=True),
    "Tags": Rule("JSON", nullable=True),
}
"""Columns of other levels that the file has."""

_NUMBER = re.compile(r"-?\d+(\.\d+)?(E-?\d+)?")
_UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_UNIT = re.compile(r"(\d+ )?[A-Z][A-Za-z]*(-[A-Z][a-z]+s)?s?")
_SIMPLE = (str, int, float, bool, type(None))


def violations(header: Iterable[str], rows: Iterable[Mapping[str, str]]) -> list[str]:
    """What of a CSV file breaks a rule; an empty cell is NULL."""
    columns = list(header)
    found = [f"no column {name}" for name in MANDATORY if name not in columns]
    rules = {**MANDATORY, **OTHERS}
    found += [
        f"{name} is neither FOCUS's nor custom"
        for name in columns
        if name not in rules and not name.startswith("x_")
    ]
    for row in rows:
        found += [
            f"{name}: {told} ({row[name]!r})"
            for name, rule in rules.items()
            if name in row and (told := _broken(rule, row[name]))
        ]
        found += _across(row)
    return found


def _broken(rule: Rule, cell: str) -> str | None:
    if not cell:
        return None if rule.nullable else "MUST NOT be null"
    if rule.allowed and cell not in rule.allowed:
        return "MUST be one of the allowed values"
    match rule.kind:
        case "Decimal" if not _NUMBER.fullmatch(cell):
            return "MUST be a number"
        case "Date/Time" if not _UTC.fullmatch(cell):
            return "MUST be an instant in UTC, YYYY-MM-DDTHH:mm:ssZ"
        case "Unit" if not _UNIT.fullmatch(cell):
            return "SHOULD be a unit"
        case "JSON":
            return None if _is_flat_object(cell) else "MUST be an object of plain values"
        case _:
            return None


def _is_flat_object(cell: str) -> bool:
    told = cast("object", json.loads(cell))
    if not isinstance(told, dict):
        return False
    return all(isinstance(one, _SIMPLE) for one in cast("dict[str, object]", told).values())


def _across(row: Mapping[str, str]) -> list[str]:
    """The rules that tie columns together."""
    usage = row["ChargeCategory"] == "Usage"
    rules = {
        "ChargePeriodEnd is exclusive, and after the start": row["ChargePeriodStart"]
        < row["ChargePeriodEnd"],
        "the charge lies in its billing period": row["BillingPeriodStart"]
        <= row["ChargePeriodStart"]
        < row["BillingPeriodEnd"],
        "ConsumedQuantity is there for usage alone": bool(row["ConsumedQuantity"]) == usage,
        "ConsumedUnit is there with its quantity": bool(row["ConsumedUnit"])
        == bool(row["ConsumedQuantity"]),
        "PricingQuantity is there for usage": not usage or bool(row["PricingQuantity"]),
        "PricingUnit is there with its quantity": bool(row["PricingUnit"])
        == bool(row["PricingQuantity"]),
        "usage has a SKU": not usage or bool(row["SkuId"] and row["SkuPriceId"]),
        "a sub account has an id and a name": bool(row["SubAccountId"])
        == bool(row["SubAccountName"]),
        "without a unit price a credit's contracted cost is the billed one": usage
        or Decimal(row["ContractedCost"]) == Decimal(row["BilledCost"]),
    }
    return [name for name, holds in rules.items() if not holds]

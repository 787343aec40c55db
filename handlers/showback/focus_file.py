"""Statements as a FOCUS 1.2 dataset: a charge for each part of each statement.

Source: FinOps Open Cost and Usage Specification 1.2, section Columns. What a statement bills is an
allocation, so a charge is a month of a service; what is measured in it is in the export of costs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from analysis.showback.dividing import Line, Part
from handlers.focus_export import ACCOUNT
from handlers.showback.months import window, written
from handlers.showback.results import MonthStatement, Statement
from queries.focus_export.columns import NO_PROVIDER, OWN_PROVIDER, focus_columns

ISSUER = "costbot"

OWN = ("x_CorrectedMonth", "x_StatementPart", "x_StatementState")

_AI = ("AI and Machine Learning", "Generative AI")
_OTHER = ("Other", "Other (Other)")


@dataclass(frozen=True, slots=True)
class _Service:
    """What a part is a charge for."""

    name: str
    provider: str
    category: tuple[str, str] = _AI


_SERVICES: Mapping[Part, _Service] = {
    Part.GPU: _Service("GPU compute", OWN_PROVIDER),
    Part.LLM: _Service("LLM inference", NO_PROVIDER),
    Part.OTHER: _Service("Imported charges", NO_PROVIDER, _OTHER),
    Part.IDLE: _Service("Idle capacity of requests", OWN_PROVIDER),
    Part.OVERHEAD: _Service("Overhead of requests", OWN_PROVIDER),
    Part.UNATTRIBUTED: _Service("Share of unattributed cost", OWN_PROVIDER),
    Part.SHARED: _Service("Share of shared cost", NO_PROVIDER),
}

_CORRECTION = _Service("Correction of an earlier month", NO_PROVIDER)


def statement_focus(found: MonthStatement) -> str:
    """The file as text: amounts in cents, the whole statements and what is charged to nobody.

    Teams are parts of these, and so left out; what has no price is in no charge.
    """
    header = [one.name for one in focus_columns(()) if not one.name.startswith("x_")] + [*OWN]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\r\n")
    writer.writeheader()
    every = [*found.statements]
    if found.books is not None:
        every.append(found.books.not_charged)
    for one in every:
        writer.writerows(_charges(found, one))
    return out.getvalue()


def _charges(found: MonthStatement, one: Statement) -> Iterator[dict[str, str]]:
    line = one.line
    for part in Part:
        if line.amounts[part]:
            service = _SERVICES[part]
            yield _charge(found, line, service, line.amounts[part]) | {
                "x_StatementPart": part.value
            }
    for each in one.corrections:
        month = written(each.of_month)
        yield _charge(found, line, _CORRECTION, each.amount) | {
            "ChargeCategory": "Adjustment",
            "ChargeClass": "Correction",
            "ChargeDescription": f"Correction of {month}",
            "ChargeFrequency": "One-Time",
            **dict.fromkeys(_QUANTITIES, ""),
            "x_CorrectedMonth": month,
            "x_StatementPart": "correction",
        }


_QUANTITIES = ("ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit")


def _charge(
    found: MonthStatement, line: Line, service: _Service, amount: Decimal
) -> dict[str, str]:
    period = window(found.month, found.zone)
    start, end, usd = _instant(period.start), _instant(period.end), f"{amount:f}"
    is_usage = amount >= 0
    sku = f"{service.provider}/{service.name}"
    return {
        **dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), usd),
        "BillingAccountId": ACCOUNT,
        "BillingCurrency": "USD",
        "BillingPeriodStart": start,
        "BillingPeriodEnd": end,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
        "ChargeCategory": "Usage" if is_usage else "Credit",
        "ChargeDescription": service.name,
        "ChargeFrequency": "Recurring",
        **dict.fromkeys(("ConsumedQuantity", "PricingQuantity"), "1" if is_usage else ""),
        **dict.fromkeys(("ConsumedUnit", "PricingUnit"), "Months" if is_usage else ""),
        "InvoiceIssuerName": ISSUER,
        "PricingCategory": "Standard",
        "ProviderName": service.provider,
        "PublisherName": service.provider,
        "ServiceCategory": service.category[0],
        "ServiceName": service.name,
        "ServiceSubcategory": service.category[1],
        "SkuId": sku,
        "SkuMeter": "Allocation",
        "SkuPriceId": sku,
        "SubAccountId": line.organization,
        "SubAccountName": line.organization,
        "x_StatementState": found.state.value,
    }


def _instant(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"

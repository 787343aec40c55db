"""The columns of a FOCUS 1.2 file, each with the SQL that fills it; docs/focus.md explains them.

Source: FinOps Open Cost and Usage Specification 1.2, section Columns. All mandatory columns are
here, and those conditional ones that version 1.0 always wants; costbot's own begin with `x_`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from queries.dimensions import Dimension, Source
from queries.schema import MONEY, quoted
from queries.sources.cells import literal
from queries.sources.columns import FOCUS_COUNTS

VERSION = "1.2"
"""Of the specification."""

IN_COLUMNS = frozenset({"organization", "product", "provider", "model", "category"})
"""The dimensions that have a column; all others are tags."""

OWN_PROVIDER = "Own infrastructure"
"""Who provides what the deployment runs by itself."""

NO_PROVIDER = "Not named"
"""Who provides usage that names nobody; the column may not be null."""

DEFAULT_SERVICES = {
    Source.GPU: "GPU compute",
    Source.USAGE: "LLM inference",
    Source.FOCUS: "Imported charges",
}
"""The services of rows that name no product; the column may not be null."""


class Kind(StrEnum):
    """What a column holds, as FOCUS calls it."""

    TEXT = "String"
    INSTANT = "Date/Time"
    DECIMAL = "Decimal"
    TRUTH = "Boolean"
    JSON = "JSON"


@dataclass(frozen=True, slots=True)
class FocusColumn:
    """A column of the file.

    Attributes:
        name: as FOCUS writes it, or with `x_`.
        kind: of its values.
        sql: over a row of `charges`, see `queries.focus_export.statement`.
        nullable: whether a row may be without a value.
    """

    name: str
    kind: Kind
    sql: str
    nullable: bool = False


_IS_CREDIT = "billed < 0"
_TOKENS = (
    "(fresh_input_tokens + cached_input_tokens + cache_write_tokens + output_tokens "
    "+ reasoning_tokens)"
)
# DuckDB divides decimals as floats: so billionths of a second are counted, and divided once.
_NANO = "replace(gpu_seconds::VARCHAR, '.', '')::HUGEINT"
_MILLIONS = f"{_TOKENS} * 0.000001::DECIMAL(7,6)"
_GPU_HOURS = f"((({_NANO}) * 1000000 + 1800) // 3600) * 0.000000000000001::DECIMAL(16,15)"


def _of_measured(gpu: str, tokens: str, requests: str, capacity: str) -> str:
    """A value by what of a row is measured; without anything, it is capacity of a day."""
    return (
        f"CASE WHEN gpu_seconds > 0 THEN {gpu} "
        f"WHEN {_TOKENS} > 0 THEN {tokens} WHEN requests > 0 THEN {requests} ELSE {capacity} END"
    )


def _but_for_credits(sql: str) -> str:
    """The value of usage; credits have consumed nothing."""
    return f"CASE WHEN NOT ({_IS_CREDIT}) THEN {sql} END"


_SERVICE = (
    "COALESCE(product, CASE source "
    + " ".join(
        f"WHEN {literal(source.value)} THEN {literal(name)}"
        for source, name in DEFAULT_SERVICES.items()
    )
    + " END)"
)
_PROVIDER = (
    f"COALESCE(provider, if(source = {literal(Source.GPU.value)}, {literal(OWN_PROVIDER)}, "
    f"{literal(NO_PROVIDER)}))"
)
_SKU = f"concat_ws('/', {_PROVIDER}, COALESCE(model, {_SERVICE}))"
_IS_IMPORTED = f"source = {literal(Source.FOCUS.value)}"
_MONTH = "date_trunc('month', dt)::DATE::TIMESTAMPTZ"
_NEXT_MONTH = "(date_trunc('month', dt) + INTERVAL 1 MONTH)::DATE::TIMESTAMPTZ"


def focus_columns(tagged: Iterable[Dimension]) -> tuple[FocusColumn, ...]:
    """The columns of the file, in order.

    Args:
        tagged: the dimensions that go into `Tags`; their keys are their tags, or their names.
    """
    text, decimal, instant = Kind.TEXT, Kind.DECIMAL, Kind.INSTANT
    pairs = ", ".join(f"{literal(tag_key(one))}, {quoted(one.column)}" for one in tagged)
    tags = f"NULLIF(json_merge_patch('{{}}'::JSON, json_object({pairs}))::VARCHAR, '{{}}')"
    billed = f"billed::{MONEY}"
    nothing = (
        "AvailabilityZone",
        "BillingAccountName",
        "ChargeClass",
        "InvoiceId",
        "SkuPriceDetails",
    )
    commitment = ("Category", "Id", "Name", "Status", "Type")
    places = ("RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType")
    absent = (*nothing, *(f"CommitmentDiscount{name}" for name in commitment), *places)
    standard = [
        *(FocusColumn(name, text, "NULL::VARCHAR", nullable=True) for name in absent),
        FocusColumn("BilledCost", decimal, billed),
        FocusColumn("BillingAccountId", text, "$account::VARCHAR"),
        FocusColumn("BillingCurrency", text, "'USD'"),
        FocusColumn("BillingPeriodEnd", instant, _NEXT_MONTH),
        FocusColumn("BillingPeriodStart", instant, _MONTH),
        FocusColumn("ChargeCategory", text, f"if({_IS_CREDIT}, 'Credit', 'Usage')"),
        FocusColumn(
            "ChargeDescription", text, f"concat_ws(', ', COALESCE(model, {_SERVICE}), category)"
        ),
        FocusColumn("ChargeFrequency", text, "'Usage-Based'"),
        FocusColumn("ChargePeriodEnd", instant, "(dt + 1)::TIMESTAMPTZ"),
        FocusColumn("ChargePeriodStart", instant, "dt::TIMESTAMPTZ"),
        FocusColumn(
            "ConsumedQuantity",
            decimal,
            _but_for_credits(f"({_of_measured('gpu_seconds', _TOKENS, 'requests', '1')})::{MONEY}"),
            nullable=True,
        ),
        FocusColumn(
            "ConsumedUnit",
            text,
            _but_for_credits(_of_measured("'GPU-Seconds'", "'Tokens'", "'Requests'", "'Days'")),
            nullable=True,
        ),
        FocusColumn("ContractedCost", decimal, billed),
        FocusColumn("EffectiveCost", decimal, f"loaded::{MONEY}"),
        FocusColumn("InvoiceIssuerName", text, _PROVIDER),
        FocusColumn("ListCost", decimal, billed),
        FocusColumn("PricingCategory", text, "'Standard'", nullable=True),
        FocusColumn(
            "PricingQuantity",
            decimal,
            _but_for_credits(f"({_of_measured(_GPU_HOURS, _MILLIONS, 'requests', '1')})::{MONEY}"),
            nullable=True,
        ),
        FocusColumn(
            "PricingUnit",
            text,
            _but_for_credits(
                _of_measured("'GPU-Hours'", "'1000000 Tokens'", "'Requests'", "'Days'")
            ),
            nullable=True,
        ),
        FocusColumn("ProviderName", text, _PROVIDER),
        FocusColumn("PublisherName", text, _PROVIDER),
        FocusColumn(
            "ServiceCategory", text, f"if({_IS_IMPORTED}, 'Other', 'AI and Machine Learning')"
        ),
        FocusColumn("ServiceName", text, _SERVICE),
        FocusColumn(
            "ServiceSubcategory", text, f"if({_IS_IMPORTED}, 'Other (Other)', 'Generative AI')"
        ),
        FocusColumn("SkuId", text, _SKU, nullable=True),
        FocusColumn(
            "SkuMeter",
            text,
            _of_measured("'GPU time'", "'Tokens'", "'Requests'", "'Capacity'"),
        ),
        FocusColumn("SkuPriceId", text, _SKU, nullable=True),
        FocusColumn("SubAccountId", text, "organization", nullable=True),
        FocusColumn("SubAccountName", text, "organization", nullable=True),
        FocusColumn("Tags", Kind.JSON, tags, nullable=True),
    ]
    own = [
        FocusColumn("x_AttributedIdleCost", decimal, f"attributed_idle_cost::{MONEY}"),
        FocusColumn("x_AttributedOverheadCost", decimal, f"attributed_overhead_cost::{MONEY}"),
        FocusColumn("x_CostCategory", text, "category"),
        FocusColumn("x_GpuSeconds", decimal, "gpu_seconds"),
        FocusColumn("x_IsInternal", Kind.TRUTH, "is_internal", nullable=True),
        FocusColumn("x_Model", text, "model", nullable=True),
        FocusColumn("x_PriceSource", text, "price_source", nullable=True),
        FocusColumn("x_Product", text, "product", nullable=True),
        FocusColumn("x_Provider", text, "provider", nullable=True),
        FocusColumn("x_Source", text, "source"),
        *(FocusColumn(theirs, decimal, quoted(ours)) for ours, theirs in FOCUS_COUNTS.items()),
    ]
    return (*sorted(standard, key=lambda one: one.name), *sorted(own, key=lambda one: one.name))


def tag_key(dimension: Dimension) -> str:
    """The key of a dimension in `Tags`."""
    return dimension.tag or dimension.name

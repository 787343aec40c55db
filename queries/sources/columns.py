"""The columns that imported files can have: one list a source; mapping and help follow from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from queries.dimensions import Dimensions, Source


@dataclass(frozen=True, slots=True)
class InputColumn:
    """A column of an imported file.

    Attributes:
        name: ours, as `--map NAME=…` and `--set NAME=…` write it.
        meaning: what it holds, and its unit.
        other_names: under which it is found too, without a mapping.
    """

    name: str
    meaning: str
    other_names: tuple[str, ...] = ()


_TIME = InputColumn(
    "time",
    "instant of the request: ISO 8601 (UTC where it names no offset), or seconds or milliseconds "
    "since 1970",
)
_REQUEST_ID = InputColumn("request_id", "what tells the request apart within its organization")
_USER = InputColumn("user", "the person behind the request", ("user_id",))
_PRODUCT = InputColumn("product", "the product that was served, such as api or studio")
_ENDPOINT = InputColumn("endpoint", "the route that was called")
_TAGS = InputColumn("tags", "a JSON object of text values")

GPU_COLUMNS: tuple[InputColumn, ...] = (
    _TIME,
    InputColumn("dt", "UTC day; decides only where there is no time"),
    InputColumn("cost_category", "inference, idle, overhead or unused; without it, inference"),
    InputColumn("row_cost", "USD: direct cost of the row"),
    InputColumn("attributed_idle_cost", "USD: share of idle pushed onto the request"),
    InputColumn("attributed_overhead_cost", "USD: share of overhead pushed onto the request"),
    InputColumn("gpu_seconds", "GPU seconds; priced by --gpu-hour-rate where row_cost is missing"),
    InputColumn("is_lt_team", "internal traffic: true or false; empty: not known"),
    _PRODUCT,
    InputColumn("model", "the model that answered", ("model_type",)),
    _ENDPOINT,
    InputColumn("org", "the customer or department that pays", ("organization", "org_name")),
    InputColumn("process", "the Studio process"),
    InputColumn("workspace", "the Studio workspace"),
    _USER,
    InputColumn("billing_type", "how the capacity is paid for"),
    InputColumn("result", "success, failed, timeout, …"),
    InputColumn("error_type", "infrastructure or applicative", ("error_source",)),
    InputColumn(
        "request_processing_time_ms", "total time of the request in milliseconds", ("latency_ms",)
    ),
    _REQUEST_ID,
    _TAGS,
)
"""What `costbot import gpu` reads."""

USAGE_COLUMNS: tuple[InputColumn, ...] = (
    _TIME,
    InputColumn("organization", "the customer or department that pays", ("org", "org_name")),
    _USER,
    InputColumn("provider", "who runs the model, such as openai"),
    InputColumn("model", "the model that answered"),
    _REQUEST_ID,
    InputColumn("input_tokens", "tokens of the prompt; what they contain depends on the provider"),
    InputColumn("output_tokens", "tokens of the answer; likewise"),
    InputColumn("cached_input_tokens", "input tokens read from the provider's cache"),
    InputColumn("cache_write_tokens", "input tokens written to the provider's cache"),
    InputColumn("reasoning_tokens", "output tokens spent on reasoning"),
    InputColumn("batch", "sent through a batch interface: true or false"),
    InputColumn("latency_ms", "how long a request took, in milliseconds (their mean, of several)"),
    InputColumn("status", "HTTP status code, or a word such as success, failed, timeout"),
    InputColumn("team", "the team behind the request"),
    InputColumn("feature", "the feature that made the request"),
    InputColumn("environment", "production, staging, …"),
    InputColumn("key", "name or hash of the API key, never the key itself", ("key_name",)),
    _PRODUCT,
    _ENDPOINT,
    _TAGS,
    InputColumn("requests", "how many requests the row stands for; without it, one"),
    InputColumn(
        "prompt_hash", "hash of the whole prompt, sampling parameters included; never the prompt"
    ),
    InputColumn(
        "prefix_hashes",
        "hashes of the prompt's leading blocks, each over all before it too: a JSON list, or text "
        "parted by blanks or commas",
        ("hash_ids",),
    ),
    InputColumn("prefix_block_tokens", "tokens of a block of prefix_hashes; without it, 512"),
    InputColumn("can_wait", "nobody waits for the answer: true or false"),
    InputColumn(
        "uses",
        "abilities that the request needs of a model, such as tools, vision or json: a JSON list, "
        "or text parted by blanks or commas",
    ),
)
"""What `costbot import usage` reads."""

FOCUS_TAGGED = (
    "endpoint",
    "team",
    "feature",
    "environment",
    "process",
    "workspace",
    "user",
    "key",
    "billing_type",
    "result",
    "error_type",
)
"""Dimensions that FOCUS has no column for: a row's tag of that name fills them."""

FOCUS_COUNTS = {
    "requests": "x_Requests",
    "failed_requests": "x_FailedRequests",
    "unpriced_requests": "x_UnpricedRequests",
    "batch_requests": "x_BatchRequests",
    "fresh_input_tokens": "x_FreshInputTokens",
    "cached_input_tokens": "x_CachedInputTokens",
    "cache_write_tokens": "x_CacheWriteTokens",
    "output_tokens": "x_OutputTokens",
    "reasoning_tokens": "x_ReasoningTokens",
    "latency_ms": "x_LatencyMs",
    "timed_requests": "x_TimedRequests",
}
"""Measures that costbot's own FOCUS files carry in columns of their own, whole numbers all."""

FOCUS_COLUMNS: tuple[InputColumn, ...] = (
    InputColumn(
        "charge_period_start", "instant at which the charge begins", ("ChargePeriodStart",)
    ),
    InputColumn("charge_period_end", "instant at which it has ended", ("ChargePeriodEnd",)),
    InputColumn("billed_cost", "USD: what is charged; negative: credited", ("BilledCost",)),
    InputColumn("billing_currency", "USD; rows of others are rejected", ("BillingCurrency",)),
    InputColumn("charge_category", "Usage, Purchase, Tax, Credit, Adjustment", ("ChargeCategory",)),
    InputColumn("billing_account", "who is billed", ("BillingAccountId",)),
    InputColumn("billing_period_start", "of the bill", ("BillingPeriodStart",)),
    InputColumn("organization", "the customer or department that pays", ("SubAccountName",)),
    InputColumn("sub_account_id", "the same where organization is empty", ("SubAccountId",)),
    InputColumn("product", "the product that was served", ("x_Product", "ServiceName")),
    InputColumn(
        "provider",
        "who bills",
        ("x_Provider", "ProviderName", "ServiceProviderName", "PublisherName"),
    ),
    InputColumn("model", "the model that answered; else the tag of that name", ("x_Model",)),
    InputColumn("sku_meter", "the model of AI services where nothing names it", ("SkuMeter",)),
    InputColumn("service_category", "such as AI and Machine Learning", ("ServiceCategory",)),
    *(
        InputColumn(name, f"see {name} above; without a column, the tag of that name")
        for name in FOCUS_TAGGED
    ),
    InputColumn(
        "cost_category",
        "inference, idle, overhead or unused; without it, inference",
        ("x_CostCategory",),
    ),
    InputColumn(
        "commitment_discount_status",
        "Unused: the row is of category unused where cost_category is empty",
        ("CommitmentDiscountStatus",),
    ),
    InputColumn("is_internal", "internal traffic: true, false; empty: unknown", ("x_IsInternal",)),
    InputColumn(
        "attributed_idle_cost", "USD: share of idle pushed onto it", ("x_AttributedIdleCost",)
    ),
    InputColumn(
        "attributed_overhead_cost",
        "USD: share of overhead pushed onto it",
        ("x_AttributedOverheadCost",),
    ),
    InputColumn("gpu_seconds", "GPU seconds", ("x_GpuSeconds",)),
    InputColumn("price_source", "who said the price; without it, the bill", ("x_PriceSource",)),
    *(InputColumn(name, "as costbot writes it", (other,)) for name, other in FOCUS_COUNTS.items()),
    InputColumn("region_id", "kept in the tags", ("RegionId",)),
    InputColumn("resource_id", "kept in the tags", ("ResourceId",)),
    InputColumn("resource_type", "kept in the tags", ("ResourceType",)),
    InputColumn("sku_id", "kept in the tags", ("SkuId",)),
    InputColumn("tags", "a JSON object", ("Tags",)),
)
"""What `costbot import focus` reads."""

_BUILT_IN = {
    Source.GPU: GPU_COLUMNS,
    Source.USAGE: USAGE_COLUMNS,
    Source.FOCUS: FOCUS_COLUMNS,
}


def input_columns(source: Source, dimensions: Dimensions) -> tuple[InputColumn, ...]:
    """The columns of a source's files, the deployment's own dimensions included."""
    return (*_BUILT_IN[source], *_custom(source, dimensions))


def _custom(source: Source, dimensions: Dimensions) -> Iterator[InputColumn]:
    taken = {column.name for column in _BUILT_IN[source]}
    for dimension in dimensions.of(source):
        name = dimension.import_column
        if dimension.custom and name is not None and name not in taken:
            taken.add(name)
            yield InputColumn(name, dimension.meaning)

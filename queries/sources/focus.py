"""FOCUS files: charges of a bill, as the FinOps Open Cost and Usage Specification has them.

The columns of versions 1.0 to 1.2 are known, see `FOCUS_COLUMNS`; docs/focus.md says what becomes
of each.
"""
# ruff: noqa: S608 - what is pasted are declared columns and names of our own making

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from analysis.errors import BadInput
from analysis.prices import PriceSource
from queries.dimensions import Dimensions, Source
from queries.schema import MONEY, SECONDS, quoted
from queries.sources import cells, words
from queries.sources.columns import FOCUS_COUNTS, FOCUS_TAGGED, InputColumn, input_columns
from queries.sources.final import final_sql
from queries.sources.mapping import Mapped, nearest
from queries.sources.secrets import stored_name_sql
from queries.sources.spreading import MONEY_DIGITS, day_count_sql, part_sql
from queries.sources.staging import Check, RowSql, dimension_cell

CHARGE_CATEGORIES = ("Usage", "Purchase", "Tax", "Credit", "Adjustment")
"""What FOCUS allows (specification 1.2, ChargeCategory)."""

MOST_DAYS = 1_830
"""The longest charge period that is spread: five years, the longest commitments and then some."""

AI = "ai and machine learning"
"""The service category whose meters are named by the model."""

TAGGABLE = ("organization", "product", "provider", "model", *FOCUS_TAGGED)
"""The dimensions that a tag can be made to fill."""

PROVIDER, ACCOUNT, PERIOD = "focus.ProviderName", "focus.BillingAccountId", "focus.BillingPeriod"
"""The tags by which a bill is known: who bills whom for which billing period."""

_KEPT = {
    PROVIDER: "provider",
    ACCOUNT: "billing_account",
    PERIOD: "billing_period_start",
    "focus.ChargeCategory": "charge_category",
    "focus.ServiceCategory": "service_category",
    "focus.RegionId": "region_id",
    "focus.ResourceId": "resource_id",
    "focus.ResourceType": "resource_type",
    "focus.SkuId": "sku_id",
}
_NEEDED = {
    "charge_period_start": "ChargePeriodStart",
    "charge_period_end": "ChargePeriodEnd",
    "billed_cost": "BilledCost",
    "billing_currency": "BillingCurrency",
}
_ATTRIBUTED = ("attributed_idle_cost", "attributed_overhead_cost")


def tag_sql(tags: str, key: str) -> str:
    """A tag's value as text, trimmed; NULL where there is none."""
    pointer = "/" + key.replace("~", "~0").replace("/", "~1")
    return f"NULLIF(trim(json_extract_string({tags}, {cells.literal(pointer)})), '')"


class FocusImporter:
    """Reads FOCUS files.

    Args:
        dimensions: of the deployment.
        tags: the tag that fills a dimension before anything else, by the dimension's name.

    Raises:
        BadInput: no tag can fill such a dimension.
    """

    source = Source.FOCUS

    def __init__(self, dimensions: Dimensions, tags: Mapping[str, str] | None = None) -> None:
        self._dimensions = dimensions
        self._tags = dict(tags or {})
        for name in self._tags:
            if name not in TAGGABLE:
                near = nearest(name, TAGGABLE)
                hint = f"Did you mean {near}? " if near else ""
                raise BadInput(
                    f"`--tag` names {name}, which no tag can fill.",
                    f"{hint}It can be {', '.join(TAGGABLE)}.",
                )

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """The columns that are of use."""
        return input_columns(self.source, self._dimensions)

    def check_columns(self, mapped: Mapped) -> list[str]:
        """Notes about what the file lacks.

        Raises:
            BadInput: it lacks what no row can do without.
        """
        for name, theirs in _NEEDED.items():
            if not mapped.has(name):
                hint = f"Name the column that holds it: `--map {name}=…`."
                if name == "billing_currency":
                    hint = f"{hint} If all of it is in US dollars: `--set {name}=USD`."
                raise BadInput(f"The file has no column {theirs}, so it is no FOCUS file.", hint)
        return []

    def row_sql(self, mapped: Mapped) -> RowSql:
        """How its rows are read."""
        is_internal = cells.truth("is_internal") if mapped.has("is_internal") else "false"
        kept = ", ".join(f"{cells.literal(key)}, {cell}" for key, cell in _KEPT.items())
        values = {
            "moment": cells.instant("charge_period_start"),
            "until": cells.instant("charge_period_end"),
            "cost": cells.signed_amount("billed_cost", MONEY, cells.MOST_MONEY),
            "category": "CASE WHEN cost_category IS NOT NULL THEN lower(cost_category) "
            f"WHEN lower(commitment_discount_status) = 'unused' THEN {cells.literal('unused')} "
            f"ELSE {cells.literal(words.INFERENCE)} END",
            "internal": is_internal,
            "seconds": cells.amount("gpu_seconds", SECONDS, cells.MOST_SECONDS),
            "given_tags": cells.json_object("tags"),
            "tags_object": "json_merge_patch("
            f"COALESCE({cells.json_object('tags')}, '{{}}')::JSON, json_object({kept}))::VARCHAR",
            **{
                f"{name}_value": cells.signed_amount(name, MONEY, cells.MOST_MONEY)
                for name in _ATTRIBUTED
            },
            **{f"{name}_value": cells.whole_number(name) for name in FOCUS_COUNTS},
        }
        days = day_count_sql("moment", "until")
        checks = [
            Check("charge_period_start IS NULL", "no ChargePeriodStart"),
            Check("charge_period_end IS NULL", "no ChargePeriodEnd"),
            Check("moment IS NULL", "ChargePeriodStart is no instant"),
            Check("until IS NULL", "ChargePeriodEnd is no instant"),
            Check(
                f"NOT ({cells.plausible('moment')}) OR NOT ({cells.plausible('until')})",
                "the charge period is not of this century",
            ),
            Check("until <= moment", "ChargePeriodEnd is not after ChargePeriodStart"),
            Check(f"{days} > {MOST_DAYS}", "the charge period is longer than five years"),
            Check("billing_currency IS NULL", "no BillingCurrency"),
            Check("upper(billing_currency) <> 'USD'", "BillingCurrency is not USD"),
            Check("billed_cost IS NULL", "no BilledCost"),
            Check("cost IS NULL", "BilledCost is no amount of dollars"),
            Check(
                "charge_category IS NOT NULL AND NOT "
                + cells.one_of("charge_category", CHARGE_CATEGORIES),
                f"ChargeCategory is none of {', '.join(CHARGE_CATEGORIES)}",
            ),
            Check(
                f"NOT {cells.one_of('category', words.CATEGORIES)}",
                f"cost_category is none of {', '.join(words.CATEGORIES)}",
            ),
            *(
                Check(
                    f"{name} IS NOT NULL AND {name}_value IS NULL",
                    f"{name} is no amount of dollars",
                )
                for name in _ATTRIBUTED
            ),
            Check(
                f"category <> {cells.literal(words.INFERENCE)} AND "
                "(attributed_idle_cost_value <> 0 OR attributed_overhead_cost_value <> 0)",
                "only inference rows can have attributed costs",
            ),
            *(
                Check(
                    f"{name} IS NOT NULL AND {name}_value IS NULL",
                    f"{name} is no whole number from 0 on",
                )
                for name in FOCUS_COUNTS
            ),
            Check(
                "gpu_seconds IS NOT NULL AND seconds IS NULL", "gpu_seconds is no number from 0 on"
            ),
            Check(
                "is_internal IS NOT NULL AND internal IS NULL",
                "is_internal is neither true nor false",
            ),
            Check("tags IS NOT NULL AND given_tags IS NULL", "Tags is no JSON object"),
        ]
        return RowSql(values, self._results(mapped), checks)

    def _results(self, mapped: Mapped) -> dict[str, str]:
        # A file that has models says so, with an empty cell too: its meters are then no models.
        meter = "NULL"
        if not mapped.has("model"):
            meter = f"CASE WHEN lower(service_category) = {cells.literal(AI)} THEN sku_meter END"
        sources = {one.value for one in PriceSource}
        told = {
            "organization": ["organization", "sub_account_id"],
            "product": ["product"],
            "provider": ["provider"],
            "model": ["model", tag_sql("given_tags", "model"), meter],
            **{name: [quoted(name), tag_sql("given_tags", name)] for name in FOCUS_TAGGED},
        }
        named = {name: self._filled(name, cells_) for name, cells_ in told.items()}
        columns = {"user": "user_id", "key": "key_name"}
        return {
            "time": "moment",
            "days": day_count_sql("moment", "until"),
            # FOCUS has no id of a row: the place in the file tells rows apart.
            "own_key": "NULL::UUID",
            "is_internal": "internal",
            "cost_category": "category",
            **{
                columns.get(name, name): stored_name_sql(f"({sql})") if name == "key" else sql
                for name, sql in named.items()
            },
            "cost": "cost",
            "price_source": f"CASE WHEN {cells.one_of('price_source', sorted(sources))} "
            f"THEN price_source ELSE '{PriceSource.BILLED}' END",
            "gpu_seconds": f"COALESCE(seconds, 0)::{SECONDS}",
            **{name: f"COALESCE({name}_value, 0)::{MONEY}" for name in _ATTRIBUTED},
            **{name: f"COALESCE({name}_value, 0)::BIGINT" for name in FOCUS_COUNTS},
            "tags": "tags_object",
            **self._own_dimensions(),
        }

    def _own_dimensions(self) -> dict[str, str]:
        """The deployment's own dimensions; those of a column are tags of their name too."""
        return {
            one.column: dimension_cell(one)
            if one.tag is not None
            else f"COALESCE({dimension_cell(one)}, {tag_sql('given_tags', one.name)})"
            for one in self._dimensions.of(self.source)
            if one.custom
        }

    def _filled(self, name: str, told: list[str]) -> str:
        if name in self._tags:
            told = [tag_sql("given_tags", self._tags[name]), *told]
        return told[0] if len(told) == 1 else f"COALESCE({', '.join(told)})"

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Nothing is to be looked up for rows that bring their cost."""

    def price(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the view `priced`: a row for each day that a charge is spread over."""
        parts = {
            "cost": (MONEY_DIGITS, MONEY),
            **dict.fromkeys(_ATTRIBUTED, (MONEY_DIGITS, MONEY)),
            "gpu_seconds": (9, SECONDS),
            **dict.fromkeys(FOCUS_COUNTS, (0, "BIGINT")),
        }
        replaced = ", ".join(
            f"{part_sql(name, digits, kind, 'days', 'part')} AS {name}"
            for name, (digits, kind) in parts.items()
        )
        relation = (
            # What was written as unpriced is unpriced again, never $0.
            "(SELECT * REPLACE (CASE WHEN unpriced_requests > 0 AND unpriced_requests = requests "
            f"AND cost = 0 THEN NULL ELSE cost END AS cost) FROM (SELECT * REPLACE ({replaced}, "
            '"time" + to_days(part::INTEGER) AS "time", CASE WHEN part = 0 THEN request_key '
            "ELSE md5_number(request_key::VARCHAR || ':' || part)::UUID END AS request_key) "
            "FROM (SELECT *, unnest(range(days)) AS part FROM keyed)))"
        )
        columns = {"billed_cost": "cost", "request_id": "NULL"}
        own = set(self.row_sql(Mapped({}, {}, ())).results)
        connection.execute(final_sql(self.source, self._dimensions, relation, columns, own))

    def remarks(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """How many charges were spread, and what was credited."""
        rows = connection.execute(
            "SELECT count(*) FILTER (days > 1), count(*) FILTER (cost < 0), "
            "COALESCE(sum(cost) FILTER (cost < 0), 0) FROM keyed"
        ).fetchall()
        spread, credited, credits_usd = rows[0]
        notes: list[str] = []
        if spread:
            notes.append(f"{spread:,} charges of more than a day are spread evenly over theirs.")
        if credited:
            notes.append(f"{credited:,} rows are credits or corrections: {credits_usd:,.2f} USD.")
        return notes

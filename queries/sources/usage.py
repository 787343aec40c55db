"""LLM usage: rows with token counts, priced each by itself at its own time."""
# ruff: noqa: S608 - what is pasted are declared columns and names of our own making

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb

from analysis.errors import BadInput
from analysis.prices import PriceSource
from queries import traits
from queries.dimensions import Dimensions, Source
from queries.prices.bulk import cost_sql, match_sql
from queries.prices.catalogue import Catalogue
from queries.schema import quoted
from queries.sources import cells, words
from queries.sources.columns import InputColumn, input_columns
from queries.sources.final import final_sql
from queries.sources.mapping import Mapped
from queries.sources.secrets import is_secret_sql, stored_name_sql
from queries.sources.staging import Check, RowSql, custom_cells, own_key_sql, refuse
from queries.sources.usage_models import Counting, load_models, load_rates

_AS_PROVIDERS_DO = Counting()

_TOKENS = (
    "input_tokens",
    "output_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
)


_FRESH_INPUT = (
    "input_tokens - if(input_includes_cache, cached_input_tokens + cache_write_tokens, 0)"
)
_PLAIN_OUTPUT = "keyed.output_tokens - if(output_includes_reasoning, reasoning_tokens, 0)"
"""The disjoint classes, from the counts as the provider gives them."""

_WITH_MODELS = (
    "keyed JOIN models ON models.provider IS NOT DISTINCT FROM keyed.named_provider "
    "AND models.model IS NOT DISTINCT FROM keyed.model"
)


@dataclass(frozen=True, slots=True)
class RelativeTime:
    """Times that are numbers counting from an instant.

    Attributes:
        start: the instant, aware.
        unit: of the numbers.
    """

    start: datetime
    unit: timedelta


def _refuse_contradictions(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuses rows of which a part is larger than what contains it."""
    refuse(
        connection,
        "SELECT record, CASE WHEN fresh < 0 THEN "
        "'more cached and written than input tokens; if input_tokens do not contain them: "
        "--input-includes-cache no' ELSE 'more reasoning than output tokens; if output_tokens "
        "do not contain them: --output-includes-reasoning no' END AS reason "
        f"FROM (SELECT record, {_FRESH_INPUT} AS fresh, {_PLAIN_OUTPUT} AS plain "
        f"FROM {_WITH_MODELS}) WHERE fresh < 0 OR plain < 0",
    )


def _tags(mapped: Mapped) -> str:
    """The tags, with what else the file says of its requests."""
    said = {
        traits.PROMPT_HASH: traits.hash_sql("prompt_hash"),
        traits.PREFIX_HASHES: traits.hashes_sql("prefix_hashes"),
        traits.PREFIX_BLOCK_TOKENS: "if(prefix_hashes IS NULL, NULL, block_tokens::VARCHAR)",
        traits.CAN_WAIT: f"if({cells.truth('can_wait')}, 'true', 'false')",
        traits.USES: traits.uses_sql("uses"),
    }
    present = {
        name: f"CASE WHEN {name} IS NOT NULL THEN {value} END"
        for name, value in said.items()
        if mapped.has(name)
    }
    return traits.with_traits_sql("tags_object", present) if present else "tags_object"


class UsageImporter:
    """Reads usage files.

    Args:
        dimensions: of the deployment.
        catalogue: all prices.
        counting: how tokens are counted, where the user says so.
        relative: what times count from; None: they are instants.
    """

    source = Source.USAGE

    def __init__(
        self,
        dimensions: Dimensions,
        catalogue: Catalogue,
        counting: Counting = _AS_PROVIDERS_DO,
        relative: RelativeTime | None = None,
    ) -> None:
        self._dimensions = dimensions
        self._catalogue = catalogue
        self._counting = counting
        self._relative = relative

    @property
    def columns(self) -> tuple[InputColumn, ...]:
        """The columns that are of use."""
        return input_columns(self.source, self._dimensions)

    def check_columns(self, mapped: Mapped) -> list[str]:
        """Notes about what the file lacks.

        Raises:
            BadInput: it lacks what no row can do without.
        """
        if not mapped.has("time"):
            raise BadInput(
                "The file has no column time.",
                "Name the one that holds the instant of the request: `--map time=…`.",
            )
        if not mapped.has("input_tokens") and not mapped.has("output_tokens"):
            raise BadInput(
                "The file has neither a column input_tokens nor a column output_tokens.",
                "Name them: `--map input_tokens=… --map output_tokens=…`.",
            )
        if not mapped.has("model"):
            raise BadInput(
                "The file has no column model, so nothing in it could be priced.",
                "Name it with `--map model=…`, or say which it was with `--set model=…`.",
            )
        return []

    def row_sql(self, mapped: Mapped) -> RowSql:
        """How its rows are read."""
        moment, broken = cells.instant('"time"'), "the time is no instant"
        if self._relative is not None:
            moment = cells.instant_since('"time"', self._relative.start, self._relative.unit)
            broken = "the time is no number from 0 on, as --start wants it"
        values = {
            "moment": moment,
            "is_batch": f"COALESCE({cells.truth('batch')}, false)",
            "many": f"CASE WHEN requests IS NULL THEN 1 "
            f"ELSE {cells.whole_number('requests', cells.MOST_REQUESTS)} END",
            "told": cells.result("status"),
            "duration": cells.rounded_number("latency_ms", cells.MOST_REQUESTS),
            "tags_object": cells.json_object("tags"),
            "block_tokens": cells.whole_number("prefix_block_tokens", traits.MOST_BLOCK_TOKENS),
            "is_secret": is_secret_sql(quoted("key")),
            **{f"{name}_value": cells.whole_number(name) for name in _TOKENS},
        }
        checks = [
            Check('"time" IS NULL', "no time"),
            Check("moment IS NULL", broken),
            Check(f"NOT ({cells.plausible('moment')})", "the time is not of this century"),
            *(
                Check(
                    f"{name} IS NOT NULL AND {name}_value IS NULL",
                    f"{name} is no whole number from 0 on",
                )
                for name in _TOKENS
            ),
            Check("many IS NULL OR many < 1", "requests is no whole number from 1 on"),
            Check(
                f"batch IS NOT NULL AND {cells.truth('batch')} IS NULL",
                "batch is neither true nor false",
            ),
            Check(
                "latency_ms IS NOT NULL AND duration IS NULL", "latency_ms is no number from 0 on"
            ),
            # Both are BIGINT and at most 10^9, so their product is none that overflows.
            Check(
                f"duration * many > {cells.MOST_COUNT}",
                "latency_ms times requests is more than can be",
            ),
            Check("tags IS NOT NULL AND tags_object IS NULL", "tags is no JSON object"),
            Check(
                "prefix_block_tokens IS NOT NULL AND (block_tokens IS NULL OR block_tokens < 1)",
                "prefix_block_tokens is no whole number from 1 on",
            ),
            Check(
                f"can_wait IS NOT NULL AND {cells.truth('can_wait')} IS NULL",
                "can_wait is neither true nor false",
            ),
        ]
        results = {
            "time": "moment",
            "request_id": "request_id",
            "own_key": own_key_sql(self.source, "organization", "request_id"),
            "organization": "organization",
            "user_id": quoted("user"),
            "named_provider": "provider",
            "model": "model",
            "team": "team",
            "feature": "feature",
            "environment": "environment",
            "key_name": stored_name_sql(quoted("key")),
            "product": "product",
            "endpoint": "endpoint",
            "result": "told",
            "requests": "many::BIGINT",
            "failed": cells.has_failed("told"),
            "is_batch": "is_batch",
            "is_secret": "is_secret",
            "duration": "duration",
            # A row without any count used an unknown number of tokens, which is not none.
            "is_counted": "input_tokens IS NOT NULL OR output_tokens IS NOT NULL",
            **{name: f"COALESCE({name}_value, 0)" for name in _TOKENS},
            "tags": _tags(mapped),
            **custom_cells(self.source, self._dimensions),
        }
        return RowSql(values, results, checks)

    def prepare(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Looks up the models that occur, and refuses rows whose classes contradict each other.

        Makes the view `counted`: `keyed` with the disjoint classes and the number of the rate.
        """
        models = load_models(connection, self._catalogue, self._counting)
        load_rates(connection, self._catalogue, models)
        connection.execute(
            "CREATE OR REPLACE TEMP VIEW counted AS SELECT keyed.* EXCLUDE (output_tokens), "
            "COALESCE(named_provider, known_provider) AS provider, "
            f"{_FRESH_INPUT} AS fresh_input_tokens, {_PLAIN_OUTPUT} AS output_tokens, "
            f"COALESCE(agreed.rate, models.rate) AS rate FROM {_WITH_MODELS} "
            "LEFT JOIN agreed ON agreed.general = models.rate "
            "AND agreed.organization = keyed.organization"
        )
        _refuse_contradictions(connection)

    def judge(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Refuses what `prepare` refuses, without looking up any price.

        Args:
            connection: with `staged` and `keyed`.
        """
        load_models(connection, self._catalogue, self._counting)
        _refuse_contradictions(connection)

    def price(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Makes the view `priced`: the columns of `requests`, and `record`."""
        columns = {
            "is_internal": "false",
            "cost_category": cells.literal(words.INFERENCE),
            "billed_cost": "cost",
            "price_source": f"COALESCE(price_source, '{PriceSource.UNPRICED}')",
            "failed_requests": "if(failed, requests, 0)",
            "unpriced_requests": "if(cost IS NULL, requests, 0)",
            "gpu_seconds": "0",
            "batch_requests": "if(is_batch, requests, 0)",
            "latency_ms": "COALESCE(duration * requests, 0)",
            "timed_requests": "if(duration IS NULL, 0, requests)",
        }
        relation = (
            f"(SELECT counted.*, slice.price_source, {cost_sql('counted', 'slice')} AS cost "
            "FROM counted "
            + match_sql("counted", "if(counted.is_counted, counted.rate, NULL)", "slice")
            + ")"
        )
        own = {
            *self.row_sql(Mapped({}, {}, ())).results,
            "provider",
            "fresh_input_tokens",
        }
        connection.execute(final_sql(self.source, self._dimensions, relation, columns, own))

    def remarks(self, connection: duckdb.DuckDBPyConnection) -> list[str]:
        """What the user should know about the rows."""
        (hidden,) = connection.execute("SELECT count(*) FROM keyed WHERE is_secret").fetchall()[0]
        if not hidden:
            return []
        return [
            f"The column key holds real API keys in {hidden:,} rows: digests were stored in their "
            "place. Take the keys out of the file."
        ]

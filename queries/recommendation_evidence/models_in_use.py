"""Which models are in use, by whom, at what cost, and how much of it has no price."""
# ruff: noqa: S608 - what is pasted are declared columns

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias, cast

from analysis.recommendations.cells import EvidencePeriod
from queries.dimensions import Source
from queries.recommendation_evidence.reading import EvidenceReader, Reading
from queries.recommendation_evidence.usage_cells import wanted_sql
from queries.schema import MONEY

_Row: TypeAlias = "tuple[str | None, str | None, str, int, int, Decimal, date, date, date | None]"


@dataclass(frozen=True, slots=True)
class ModelInUse:
    """What one organization asked of one model.

    Attributes:
        organization: whose; None: the rows do not say.
        provider: as the rows name it; None: they do not.
        model: as they name it.
        requests: that were made.
        unpriced: of these, without a price.
        cost: USD billed for the others.
        first_day, last_day: on which there were any, UTC.
        first_unpriced: the first day with unpriced ones; None: there are none.
    """

    organization: str | None
    provider: str | None
    model: str
    requests: int
    unpriced: int
    cost: Decimal
    first_day: date
    last_day: date
    first_unpriced: date | None


async def models_in_use(reader: EvidenceReader, period: EvidencePeriod) -> list[ModelInUse]:
    """The models of everybody's LLM usage, from the rollup.

    Args:
        reader: of the mart.
        period: the days.

    Raises:
        Unavailable: the mart's files cannot be read.
    """

    def job(reading: Reading) -> list[ModelInUse]:
        relation = reading.costs(Source.USAGE, period.first_day, period.last_day)
        rows = reading.connection.execute(
            "SELECT organization, provider, model, sum(requests)::BIGINT, "
            "sum(unpriced_requests)::BIGINT, "
            f"COALESCE(sum(billed_cost), 0)::{MONEY}, min(dt), max(dt), "
            "min(dt) FILTER (unpriced_requests > 0) "
            f"FROM {relation} WHERE {wanted_sql(None)} AND model IS NOT NULL "
            "GROUP BY organization, provider, model HAVING sum(requests) > 0 ORDER BY ALL"
        ).fetchall()
        return [ModelInUse(*row) for row in cast("list[_Row]", rows)]

    return await reader.read(job)

"""The query for what work takes beside its baseline, before GoogleSQL's own evaluator."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from queries.dimensions import Dimensions, Source
from queries.engines.duckdb import DuckDbEngine
from queries.mart import Mart
from queries.recommendation_evidence.gpu import SERVICE, work_sql
from queries.work import MIXED
from tests.facts import Fact, add, request
from tests.recommendations.gpu_makers import DAY, FIRST, UNTIL, D, midnight
from tests.templates.oracle import oracle
from tests.templates.test_second_opinion import written_out

NAMES = (*MIXED, "source", "cost_category")
FIELDS = {
    "dt": "DATE",
    "is_internal": "BOOL",
    "requests": "INT64",
    "unpriced_requests": "INT64",
    "gpu_seconds": "FLOAT64",
    "billed_cost": "FLOAT64",
} | dict.fromkeys(NAMES, "STRING")


def rows(seed: int) -> list[Fact]:
    """Rows with gaps everywhere; seconds and dollars are quarters, exact in any arithmetic."""
    draw = random.Random(seed)

    def one_of(*values: object) -> object:
        return draw.choice(values)

    return [
        request(
            midnight(FIRST + draw.randrange(28) * DAY) + timedelta(hours=1),
            one_of(None, "0.25", "1.5", "7"),  # pyright: ignore[reportArgumentType]
            source=one_of(Source.GPU, Source.GPU, Source.USAGE),  # pyright: ignore[reportArgumentType]
            requests=draw.randrange(0, 9),
            gpu_seconds=D(draw.randrange(0, 400)) / 4,
            cost_category=one_of("inference", "inference", "inference", "idle"),
            is_internal=one_of(True, False, None),
            product=one_of("api", "studio", None),
            endpoint=one_of("/a", None),
            model=one_of("m", "n", None),
            organization=one_of("acme", "hooli", None),
            result=one_of("success", "failed", None),
        )
        for _ in range(400)
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_both_engines_say_the_same_of_the_work(tmp_path: Path, seed: int) -> None:
    facts = rows(seed)
    judge = oracle()
    plain = [
        {
            name: float(cast("float", value)) if kind == "FLOAT64" and value is not None else value
            for name, kind in FIELDS.items()
            for value in (fact.get(name),)
        }
        for fact in facts
    ]
    loaded = judge.load("costs", FIELDS, plain)
    values = {"source": "gpu", "until": UNTIL}
    _, expected = judge.answer(written_out(work_sql(Dimensions()), values), loaded)

    async def answered() -> list[tuple[object, ...]]:
        mart = Mart(tmp_path, Dimensions(), lambda: datetime(2026, 11, 20, tzinfo=UTC))
        add(mart, facts)
        engine = DuckDbEngine(mart)
        try:
            last = FIRST + 27 * DAY
            sql = work_sql(Dimensions())
            return (await engine.query(sql, values, first_day=FIRST, last_day=last)).rows
        finally:
            await engine.close()

    wide = 1 + len(SERVICE)
    found = {row[:wide]: row[wide:] for row in asyncio.run(answered())}
    judged = {row[:wide]: row[wide:] for row in expected}
    assert len(judged) > 100
    assert found.keys() == judged.keys()
    for key, figures in judged.items():
        given = [float(cast("float", figure)) for figure in found[key]]
        assert given == pytest.approx([float(cast("float", figure)) for figure in figures])

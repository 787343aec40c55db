"""After a sync questions are answered from the mart: BigQuery hears nothing of them."""

from __future__ import annotations

import random
from zoneinfo import ZoneInfo

from analysis.periods import Calendar, Last
from analysis.roles import Role
from handlers.caller import Caller
from handlers.cost import CostHandler
from handlers.cost_results import CostRequest
from handlers.queries import QueryHandler, QueryRequest
from queries.dimensions import Dimensions
from queries.engines import DuckDbEngine
from queries.template_list import templates
from tests.sync.world import World, any_rows

ADMIN = Caller("T1", "U1", "Ada", None, Role.ADMIN, ZoneInfo("UTC"))


async def test_a_thousand_questions_after_a_sync_issue_no_job(world: World) -> None:
    world.add_table(any_rows(range(10), each=6))
    await world.sync()
    jobs, requests = len(world.warehouse.jobs), len(world.warehouse.requests)
    lot = random.Random(1000)
    names = [*Dimensions(), "day"]
    engine = DuckDbEngine(world.mart)
    try:
        costs = CostHandler(engine, Dimensions(), world.clock, 26)
        queries = QueryHandler(engine, world.clock, 26)
        answered = 0
        for name in templates():
            await queries.query(QueryRequest(name), ADMIN)
            answered += 1
        while answered < 1_000:
            period = lot.choice([*Calendar, Last(7, "d"), Last(48, "h")])
            by = lot.choice([(), *((name,) for name in names), ("product", "model")])
            await costs.cost(CostRequest(period, by), ADMIN)
            answered += 1
    finally:
        await engine.close()
    assert (len(world.warehouse.jobs), len(world.warehouse.requests)) == (jobs, requests)

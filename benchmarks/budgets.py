"""How long an evaluation of 10 thousand, 100 thousand and a million budgets takes, and a check.

The facts and the budgets are those of `budget_spend`: 10,000 organizations, a year, 100 budgets
each; one budget in a thousand has something to tell. Everything is evaluated as by a process that
starts, which reads all budgets from the store; then, with the budgets known, from all facts anew;
then with nothing changed, after a day's figures changed for all organizations, and for one in a
hundred. At last another process asks 500 times a second whether something may be spent, once while
nothing else is done, and once while figures of one organization in a hundred change again and again
and the budgets are evaluated without a pause; how the facts change is prepared beforehand.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import aiohttp
import uvicorn
from fastapi import FastAPI, Request
from pydantic import SecretStr

from analysis.errors import NotIdentified
from api.budget_check import PATH, budget_check_router
from api.problems import answer_problems
from benchmarks.budget_spend import EACH, NOW, SIZES, ZONES, Facts
from bot.alerts import compose
from bot.budget_watch import collector_spared
from handlers.budget_watch.check import Checks
from handlers.budget_watch.evaluation import Evaluator
from handlers.budget_watch.keeping import Keeper
from handlers.budgets.standing import Standings
from handlers.caller import Caller
from queries.budget_spend import BudgetSpending
from queries.engines.duckdb import DuckDbEngine
from storage import Store
from storage.records.budget import BudgetDraft, BudgetKind, Scope

TOKEN = SecretStr("the-token-of-a-gateway")
PER_SECOND = 500
SECONDS = 10
LATEST = NOW + timedelta(hours=5)

STATES = 10
"""Of the facts, each with other figures of one organization in a hundred than the one before."""

AT_ONCE = 20_000
"""Budgets that are inserted with one transaction."""


@dataclass(frozen=True)
class Measured:
    """One line of the table; seconds, and for the checks milliseconds.

    Attributes:
        budgets: how many.
        first: the evaluation of a process that starts, with reading all budgets and `alerts`.
        alerts: that it decided upon.
        whole: an evaluation of all budgets from all facts anew; `whole_cpu` of all threads.
        nothing: an evaluation after which nothing has changed.
        every: one after a day changed for all of them.
        few: one after it changed for one organization in a hundred; `screened` budgets.
        p50, p99: of a check at 500 a second.
        busy_p99: the same while `few` is evaluated again and again, `turns` times.
        megabytes: of memory that the process has had at most.
    """

    budgets: int
    first: float
    alerts: int
    whole: float
    whole_cpu: float
    nothing: float
    every: float
    few: float
    screened: int
    p50: float
    p99: float
    busy_p99: float
    turns: int
    megabytes: float


@dataclass
class Clock:
    """Stands still until it is moved."""

    now: datetime = NOW - timedelta(hours=5)

    def __call__(self) -> datetime:
        return self.now

    def advance(self) -> None:
        """To when budgets are evaluated again."""
        self.now = min(self.now + timedelta(minutes=10), LATEST)


def drafts(number: int) -> Iterator[BudgetDraft]:
    """So many budgets, `EACH` an organization, in the mixture of `budget_spend`."""
    for i in range(number):
        organization, one = divmod(i, EACH)
        kind: BudgetKind = "monthly"
        start, end = date(2026, 1, 1), None
        if one % 10 in (6, 7):
            kind = "quarterly"
        elif one % 10 == 8:
            kind = "annual"
        elif one % 10 == 5:
            kind, start, end = "custom", date(2026, 9, 1 + i % 28), date(2026, 12, 31)
        yield BudgetDraft(
            name=f"Budget {one}",
            organization=f"organization-{organization}",
            limit=Decimal("0.05") if i % 1000 == 0 else Decimal(10_000_000),
            kind=kind,
            zone=ZoneInfo(ZONES[organization % len(ZONES)]),
            start=start,
            end=end,
            scope=_scope(one),
            slack_channels=("C1",),
        )


def _scope(one: int) -> Scope:
    if one % 10 == 4:
        return {"endpoint": (f"/v1/endpoint-{one % 12}",), "model": (f"model-{one % 20}",)}
    if one % 10 == 9:
        return {"model": ("model-1", "model-2", "model-3")}
    return cast(
        "tuple[Scope, ...]",
        ({}, {"model": (f"model-{one % 20}",)}, {"team": (f"team-{one % 20}",)}),
    )[one % 3]


async def _filled(store: Store, number: int) -> None:
    await store.migrate()
    some: list[BudgetDraft] = []
    for draft in drafts(number):
        some.append(draft)
        if len(some) == AT_ONCE:
            await store.budgets.add_many(some, "benchmark")
            some = []
    if some:
        await store.budgets.add_many(some, "benchmark")


async def measure(facts: Facts, folder: Path, number: int) -> Measured:
    """Evaluates so many budgets in several ways, and checks."""
    facts.change("false")
    clock = Clock()
    store = Store(f"sqlite+aiosqlite:///{folder}/store-{number}.sqlite3", clock)
    await _filled(store, number)
    clock.advance()
    engine, spending = DuckDbEngine(facts.mart), BudgetSpending(facts.mart)
    standings = Standings(engine, spending, store.raises, facts.mart.dimensions, clock, 26.0)
    keeper = Keeper(store, spending)
    evaluator = Evaluator(store, facts.mart, keeper, standings, compose, clock, 26.0)
    with collector_spared():
        first, alerts, _ = await _evaluated(evaluator)
    clock.advance()
    facts.forget_the_last_day()
    facts.change("hash(organization) % 100 <> 0")
    cpu = time.process_time()
    whole, _, screened = await _evaluated(evaluator)
    cpu = time.process_time() - cpu
    assert screened == number
    clock.advance()
    nothing, *_ = await _evaluated(evaluator)
    clock.advance()
    facts.change("false")
    every, *_ = await _evaluated(evaluator)
    clock.advance()
    facts.change("hash(organization) % 100 = 0")
    few, _, screened = await _evaluated(evaluator)
    states = facts.prepare([f"hash(organization) % 100 <= {turn}" for turn in range(STATES)])
    await evaluator.evaluate()
    quiet, busy, turns = await _checked(evaluator, facts, states, clock)
    gc.unfreeze()
    await spending.close()
    await engine.close()
    await store.close()
    return Measured(
        budgets=number,
        first=first,
        alerts=alerts,
        whole=whole,
        whole_cpu=cpu,
        nothing=nothing,
        every=every,
        few=few,
        screened=screened,
        p50=quiet[0],
        p99=quiet[1],
        busy_p99=busy[1],
        turns=turns,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


async def _evaluated(evaluator: Evaluator) -> tuple[float, int, int]:
    begun = time.perf_counter()
    report = await evaluator.evaluate()
    return time.perf_counter() - begun, report.alerts, report.screened


class Nobody:
    """Knows no caller: the gateway's token alone is asked with."""

    async def caller(self, request: Request) -> Caller:
        raise NotIdentified("Nobody else calls here.")


async def _checked(
    evaluator: Evaluator, facts: Facts, states: Sequence[bytes], clock: Clock
) -> tuple[tuple[float, float], tuple[float, float], int]:
    """The median and the 99th percentile of a check, in milliseconds: at rest, and while busy.

    At last how many evaluations that were.
    """
    app = FastAPI(docs_url=None, openapi_url=None)
    checks = Checks(evaluator, clock)
    answer_problems(app)
    router = budget_check_router(checks, facts.mart.dimensions, TOKEN, Nobody())
    app.include_router(router)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}{PATH}"
    await _asked(url)
    quiet = await _asked(url)
    asking = asyncio.create_task(_asked(url))
    turns = 0
    # To and fro, so that each step changes one organization in a hundred.
    for state in cycle([*states[-2::-1], *states[1:]]):
        if asking.done():
            break
        turns += 1
        facts.show(state)
        clock.advance()
        await evaluator.evaluate()
    busy = await asking
    server.should_exit = True
    await serving
    return quiet, busy, turns


async def _asked(url: str) -> tuple[float, float]:
    """Asks from a process of its own."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.budgets", "ask", url, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await process.communicate()
    median, most = cast("list[float]", json.loads(written))
    return median, most


async def _ask(url: str) -> tuple[float, float]:
    """Asks at an even pace, whether or not earlier answers have come."""
    taken: list[float] = []
    headers = {"Authorization": f"Bearer {TOKEN.get_secret_value()}"}

    async def one(session: aiohttp.ClientSession, number: int) -> None:
        parameters = {
            "organization": f"organization-{number * 7919 % 100}",
            "model": f"model-{number % 20}",
            "team": f"team-{number % 20}",
            "endpoint": f"/v1/endpoint-{number % 12}",
            "estimated_cost": "0.05",
        }
        begun = time.perf_counter()
        async with session.get(url, params=parameters, headers=headers) as answer:
            answer.raise_for_status()
            await answer.read()
        taken.append(time.perf_counter() - begun)

    connector = aiohttp.TCPConnector(limit=50)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        begun = time.perf_counter()
        for number in range(PER_SECOND * SECONDS):
            wait = begun + number / PER_SECOND - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            group.create_task(one(session, number))
    taken.sort()
    return 1000 * taken[len(taken) // 2], 1000 * taken[len(taken) * 99 // 100]


def main(
    sizes: tuple[int, ...] = SIZES, tell: Callable[[str], None] = print, share: float = 1.0
) -> list[Measured]:
    """Measures several numbers of budgets and tells a small table."""
    home = Path(tempfile.mkdtemp(prefix="costbot-bench-"))
    try:
        facts = Facts(home, share)
        facts.fill()
        tell(f"Evaluations, seconds, and checks, milliseconds; {facts.rows:,} rows of a year")
        tell(
            f"{'budgets':>11}{'at start':>10}{'alerts':>8}{'all facts / CPU':>17}{'unchanged':>11}"
            f"{'a day':>7}{'1 %':>7}{'budgets':>9}{'check p50':>11}{'p99':>7}{'p99 busy':>10}"
            f"{'turns':>7}{'MB':>7}"
        )
        found: list[Measured] = []
        for size in sizes:
            one = asyncio.run(measure(facts, home, size))
            found.append(one)
            tell(
                f"{one.budgets:>11,}{one.first:>10.1f}{one.alerts:>8,}"
                f"{f'{one.whole:.1f} / {one.whole_cpu:.1f}':>17}{one.nothing:>11.2f}"
                f"{one.every:>7.1f}{one.few:>7.2f}{one.screened:>9,}{one.p50:>11.2f}{one.p99:>7.2f}"
                f"{one.busy_p99:>10.2f}{one.turns:>7}{one.megabytes:>7.0f}"
            )
    finally:
        shutil.rmtree(home)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        print(json.dumps(asyncio.run(_ask(sys.argv[2]))))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or SIZES)

"""A thousand kills of processes that send the outbox, while Slack misbehaves.

`make bench BENCH=outbox_crash`; `COSTBOT_BENCH_KILLS` sets another number.
"""

import asyncio
import os
import random
import tempfile
import time
from pathlib import Path

from tests.outbox.crashing import Count, crashing, misbehave
from tests.stores import running_postgres

KILLS = int(os.environ.get("COSTBOT_BENCH_KILLS", "1000"))
REPLICAS = (1, 2, 3)


def main() -> None:
    print(f"outbox: {KILLS} kills at random moments; Slack fails, is slow, says 429, loses replies")
    print("| store | replicas | kills | messages | missing | twice | out of order | s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    each = -(-KILLS // (2 * len(REPLICAS)))
    with tempfile.TemporaryDirectory() as folder, running_postgres() as postgres:
        for replicas in REPLICAS:
            file = Path(folder) / f"{replicas}.sqlite3"
            _one("SQLite", f"sqlite+aiosqlite:///{file}", replicas, each)
            _one("PostgreSQL", asyncio.run(postgres.new_database()), replicas, each)


def _one(name: str, address: str, replicas: int, kills: int) -> None:
    begun = time.perf_counter()
    told = asyncio.run(_killed(address, replicas, -(-kills // replicas)))
    spent = time.perf_counter() - begun
    row = (name, replicas, told.kills, told.added, told.missing, told.twice, told.out_of_order)
    print(f"| {' | '.join(map(str, row))} | {spent:.0f} |", flush=True)


async def _killed(address: str, replicas: int, kills: int) -> Count:
    async with crashing(address) as outbox:
        misbehave(outbox.slack)
        await outbox.kill_replicas(random.Random(replicas), replicas, kills)
        outbox.slack.faults.clear()
        await outbox.all_sent(within=600)
        return outbox.count()


if __name__ == "__main__":
    main()

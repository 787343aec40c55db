"""How fast usage is taken in over HTTP, and whether memory stays flat.

One process serves: events, real tokens, the journal, and merges into the mart all the while. This
process sends: batches of 5,000 events as NDJSON over four connections, the next one as soon as the
last is answered. Bodies are made beforehand. What is answered by 202 is on disk; the time until the
mart has all of it is given beside.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import duckdb
import uvicorn
from fastapi import FastAPI
from rich.console import Console
from rich.table import Table

from analysis.clock import system_clock
from api.app import PREFIX
from api.problems import answer_problems
from api.usage.routes import USAGE
from benchmarks.imports import usage_sql
from bot.assembly import assembled
from bot.assembly.api_tokens import api_tokens_of, identities_opened
from bot.assembly.ingest import usage_routers_opened
from bot.cli.cost import operator
from bot.settings import Settings
from handlers.api_tokens.managing import NewToken
from queries.dimensions import Source
from queries.ingest.journal import FOLDER
from queries.mart import Mart

EVENTS = 1_000_000
BATCH = 5_000
CONNECTIONS = 4

LOOKED_AT = (0.1, 0.5, 1.0)
"""Shares of the events at which memory is looked at."""


@dataclass(frozen=True)
class Took:
    """What a run took.

    Attributes:
        events: that were sent and taken.
        seconds: until the last answer.
        merged: seconds until the mart had all of them.
        answered_ms: how long an answer took, milliseconds, ascending.
        server_cpu: CPU-seconds of the server until the last answer.
        merged_cpu: the same until the mart had all of them.
        sender_cpu: CPU-seconds of the sender.
        memory: MiB of the server at each of `LOOKED_AT`.
    """

    events: int
    seconds: float
    merged: float
    answered_ms: Sequence[float]
    server_cpu: float
    merged_cpu: float
    sender_cpu: float
    memory: Sequence[float]


def write_batches(folder: Path, events: int, batch: int) -> list[Path]:
    """Files of so many events each, in the order of time."""
    path = folder / "all.jsonl"
    with duckdb.connect(":memory:") as connection:
        # The organization is the token's: events name none.
        connection.execute(
            f"COPY (SELECT * EXCLUDE (organization) FROM ({usage_sql(events)})) "
            f"TO '{path}' (FORMAT JSON)"
        )
    batches: list[Path] = []
    with path.open("rb") as file:
        while lines := [line for _, line in zip(range(batch), file, strict=False)]:
            batches.append(folder / f"{len(batches):05d}.jsonl")
            batches[-1].write_bytes(b"".join(lines))
    path.unlink()
    return batches


async def send(address: str, token: str, batches: Sequence[Path], server: int) -> Took:
    """Sends everything."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/x-ndjson"}
    waiting = iter(enumerate(batches, start=1))
    answered_ms: list[float] = []
    memory: list[float] = []
    looks = iter([*(round(share * len(batches)) for share in LOOKED_AT), 0])
    next_look = next(looks)
    accepted = 0
    before, own = cpu_of(server), time.process_time()
    begun = time.perf_counter()

    async def work() -> None:
        nonlocal accepted, next_look
        async with aiohttp.ClientSession(address) as session:
            for _, path in waiting:
                body = path.read_bytes()
                while True:
                    asked = time.perf_counter()
                    async with session.post(PREFIX + USAGE, data=body, headers=headers) as answer:
                        told = await answer.json()
                        if answer.status == 429:
                            await asyncio.sleep(float(answer.headers["Retry-After"]))
                            continue
                        answer.raise_for_status()
                    break
                answered_ms.append((time.perf_counter() - asked) * 1000)
                accepted += int(told["accepted"])
                if len(answered_ms) == next_look:
                    memory.append(memory_of(server))
                    next_look = next(looks)

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    seconds = time.perf_counter() - begun
    took_cpu, sent_cpu = cpu_of(server) - before, time.process_time() - own
    return Took(accepted, seconds, 0.0, sorted(answered_ms), took_cpu, before, sent_cpu, memory)


def cpu_of(process: int) -> float:
    """CPU-seconds of a process, user and system."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def memory_of(process: int) -> float:
    """MiB that a process has in memory."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


async def serve(home: Path) -> None:
    """Takes usage in; tells the address and a token, then serves until it is ended."""
    async with (
        assembled(Settings(home=home), system_clock) as parts,
        identities_opened(parts) as identities,
        usage_routers_opened(parts, identities) as routers,
    ):
        tokens = api_tokens_of(parts, "cli")
        new = NewToken("gateway", "acme", scope="ingest")
        made = await tokens.create(new, operator(parts.settings.zone_info))
        app = FastAPI(openapi_url=None)
        answer_problems(app)
        for router in routers:
            app.include_router(router, prefix=PREFIX)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        told = {"address": address, "token": made.secret.get_secret_value()}
        print(json.dumps(told), flush=True)
        config = uvicorn.Config(app, lifespan="off", log_level="warning", access_log=False)
        await uvicorn.Server(config).serve(sockets=[listener])


def wait_until_merged(journal: Path) -> None:
    """Waits until nothing is left to be merged; raises where that takes too long."""
    until = time.monotonic() + 900
    while [*journal.glob("*.open"), *journal.glob("*.jsonl")]:
        if time.monotonic() > until:
            raise RuntimeError("the journal is not merged")
        time.sleep(0.05)


async def measure(folder: Path, events: int, batch: int) -> Took:
    """Starts a server, sends it everything, and waits until the mart has it."""
    home = folder / "home"
    batches = write_batches(folder, events, batch)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "benchmarks.ingest",
        "serve",
        str(home),
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdout is None:
        raise RuntimeError("the server has no standard output")
    try:
        told = json.loads(await process.stdout.readline())
        begun = time.perf_counter()
        took = await send(told["address"], told["token"], batches, process.pid)
        print(f"{took.events:,} events answered in {took.seconds:.1f} s", file=sys.stderr)
        mart = Mart(home, Settings(home=home).request_table.dimensions, lambda: datetime.now(UTC))
        await asyncio.to_thread(wait_until_merged, home / FOLDER)
        merged = time.perf_counter() - begun
        there = mart.snapshot().sources[Source.USAGE].rows
        if there != took.events or took.events != events:
            raise RuntimeError(f"{events} sent, {took.events} accepted, {there} in the mart")
        return Took(
            took.events,
            took.seconds,
            merged,
            took.answered_ms,
            took.server_cpu,
            cpu_of(process.pid) - took.merged_cpu,
            took.sender_cpu,
            took.memory,
        )
    finally:
        process.terminate()
        await process.wait()


def main(events: int = EVENTS, batch: int = BATCH) -> None:
    """Prints events a second, CPU time, and memory."""
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measure(Path(folder), events, batch))
    table = Table("usage over HTTP", f"{events:,} events, {batch:,} a request", title="Ingest")
    slow = took.answered_ms[int(len(took.answered_ms) * 0.99)]
    memory = ", ".join(
        f"{mib:.0f} at {share:.0%}" for share, mib in zip(LOOKED_AT, took.memory, strict=False)
    )
    for name, value in (
        ("events/s, answered", f"{took.events / took.seconds:,.0f}"),
        ("events/s, in the mart", f"{took.events / took.merged:,.0f}"),
        ("answer, median ms", f"{took.answered_ms[len(took.answered_ms) // 2]:.0f}"),
        ("answer, p99 ms", f"{slow:.0f}"),
        ("CPU-s of the server until answered", f"{took.server_cpu:.1f}"),
        ("CPU-s of the server until in the mart", f"{took.merged_cpu:.1f}"),
        ("CPU-s of the sender", f"{took.sender_cpu:.1f}"),
        ("memory of the server, MiB", memory),
    ):
        table.add_row(name, value)
    Console().print(table)


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        asyncio.run(serve(Path(sys.argv[2])))
    else:
        main(*(int(one) for one in sys.argv[1:3]))

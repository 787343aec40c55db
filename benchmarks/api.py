"""How long analyses take over REST, on a mart of 10 million rows, asked 100 times a second.

The mart is that of `mart_breakdown`, with 100, 1,000 and 10,000 organizations, each with a token of
its own; a model has one provider and one product, as in life. One process serves; another one asks
at an even pace, whether or not earlier answers have come, for a minute with nothing kept, and for
another one. Organizations ask as unequally as they are large in life (Zipf's law): the most active
one of a thousand sends one question in seven. Four questions in ten are the default one, 30 days by
model and provider beside the 30 before; the others are seven days by model, the last 24 hours, and
30 days by day.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import cast

import aiohttp
import uvicorn
from pydantic import TypeAdapter

from analysis.roles import Role
from api.app import PREFIX
from benchmarks.mart_breakdown import NOW, big_mart
from bot.assembly import Parts, assembled
from bot.assembly.api_tokens import api_tokens_of, identities_opened
from bot.settings import Settings
from bot.web import create_web_app
from handlers.api_tokens.managing import NewToken
from handlers.caller import Caller

ROWS = 10_000_000
ORGANIZATIONS = (100, 1_000, 10_000)
PER_SECOND = 100
SECONDS = 60

QUESTIONS = (
    ("/analysis?time_range=30d", 4),
    ("/analysis?time_range=7d&group_by=model", 3),
    ("/analysis?time_range=24h&group_by=model", 1),
    ("/analysis?time_range=30d&group_by=day", 2),
)
"""What is asked, and how often of ten times."""

MOST_ASKING = 2_000
"""Organizations with a token; of those that are so many in life the small ones hardly ever ask."""


@dataclass(frozen=True)
class Took:
    """A minute of questions, milliseconds.

    Attributes:
        p50, p95, p99: until the answer.
        distinct: questions that were not asked before in that minute.
        failed: answers that were none.
    """

    p50: float
    p95: float
    p99: float
    distinct: int
    failed: int


@dataclass(frozen=True)
class Measured:
    """One line of the table.

    Attributes:
        organizations: in the mart.
        alone: milliseconds of the default question, asked for the first time and alone.
        cold: the first minute.
        warm: the second one.
    """

    organizations: int
    alone: float
    cold: Took
    warm: Took


def drawn(organizations: int) -> dict[str, str]:
    """Columns that go together: an organization's size, and a model's provider and product."""
    return {
        # The n-th of N gets a share of about 1/n: exp of what is even between log 1 and log N.
        "organization": "'organization-' || "
        f"floor(exp(ln({organizations}) * (hash(i, 8) % 1000003) / 1000003))::INTEGER",
        "provider": "'provider-' || (hash(i, 6) % 20 % 4)",
        "product": "CASE WHEN hash(i, 6) % 20 < 8 THEN 'api' ELSE 'studio' END",
    }


async def measure(home: Path, organizations: int, rows: int, seconds: int) -> Measured:
    """Serves a mart, and has another process ask."""
    big_mart(home, rows, drawn=drawn(organizations)).gather()
    settings = Settings(home=home)
    async with assembled(settings, lambda: NOW) as parts:
        tokens = await _tokens(parts, min(organizations, MOST_ASKING))
        async with identities_opened(parts) as identity:
            listener = socket.create_server(("127.0.0.1", 0))
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            web = create_web_app(parts, None, None, identity)
            config = uvicorn.Config(web, lifespan="off", log_level="warning", access_log=False)
            server = uvicorn.Server(config)
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}{PREFIX}"
            file = home / "tokens.json"
            file.write_text(json.dumps(tokens))
            alone = await _asked(url, file, 1, 1)
            cold = await _asked(url, file, PER_SECOND, seconds)
            warm = await _asked(url, file, PER_SECOND, seconds)
            server.should_exit = True
            await serving
    return Measured(organizations, alone.p50, cold, warm)


async def _tokens(parts: Parts, number: int) -> list[str]:
    """A token of each organization, the largest first."""
    handler = api_tokens_of(parts, "cli")
    admin = Caller("cli", "benchmark", "Benchmark", None, Role.ADMIN, parts.settings.zone_info)
    made = [
        await handler.create(NewToken("benchmark", f"organization-{one}", expires="30d"), admin)
        for one in range(1, number + 1)
    ]
    return [one.secret.get_secret_value() for one in made]


async def _asked(url: str, tokens: Path, per_second: int, seconds: int) -> Took:
    """Asks from a process of its own."""
    arguments = ("ask", url, str(tokens), str(per_second), str(seconds))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.api", *arguments, stdout=asyncio.subprocess.PIPE
    )
    written, _ = await process.communicate()
    return TypeAdapter(Took).validate_json(written)


async def _ask(url: str, tokens: Sequence[str], per_second: int, seconds: int) -> Took:
    taken: list[float] = []
    failed = 0
    asked: set[tuple[int, str]] = set()
    dice = random.Random(5)
    often = [1 / (place + 1) for place in range(len(tokens))]
    paths, weights = [path for path, _ in QUESTIONS], [weight for _, weight in QUESTIONS]

    async def one(session: aiohttp.ClientSession, place: int, path: str) -> None:
        nonlocal failed
        headers = {"Authorization": f"Bearer {tokens[place]}"}
        begun = time.perf_counter()
        async with session.get(url + path, headers=headers) as answer:
            await answer.read()
            if answer.status != HTTPStatus.OK:
                failed += 1
                print(answer.status, await answer.text(), file=sys.stderr)
        taken.append(time.perf_counter() - begun)

    connector = aiohttp.TCPConnector(limit=100)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        begun = time.perf_counter()
        for number in range(per_second * seconds):
            (place,), (path,) = (
                dice.choices(range(len(tokens)), often),
                dice.choices(paths, weights),
            )
            asked.add((place, path))
            wait = begun + number / per_second - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            group.create_task(one(session, place, path))
    taken.sort()
    p50, p95, p99 = (1000 * taken[len(taken) * share // 100] for share in (50, 95, 99))
    return Took(p50, p95, p99, len(asked), failed)


def main(
    sizes: Sequence[int] = ORGANIZATIONS,
    tell: Callable[[str], None] = print,
    rows: int = ROWS,
    seconds: int = SECONDS,
) -> list[Measured]:
    """Measures several numbers of organizations and tells a small table."""
    tell(f"Analyses over REST, {PER_SECOND} a second, {rows:,} rows of costs; milliseconds")
    heads = [f"{name} {what}" for name in ("cold", "warm") for what in ("p50", "p95", "p99", "new")]
    tell(f"{'organizations':>14}{'alone':>8}" + "".join(f"{head:>10}" for head in heads))
    found: list[Measured] = []
    for organizations in sizes:
        home = Path(tempfile.mkdtemp(prefix="costbot-bench-"))
        try:
            one = asyncio.run(measure(home, organizations, rows, seconds))
        finally:
            shutil.rmtree(home)
        found.append(one)
        figures = "".join(
            f"{took.p50:>10.1f}{took.p95:>10.1f}{took.p99:>10.1f}{took.distinct:>10,}"
            + (f" ({took.failed} failed)" if took.failed else "")
            for took in (one.cold, one.warm)
        )
        tell(f"{organizations:>14,}{one.alone:>8.0f}{figures}")
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["ask"]:
        _, _, where, file, pace, length = sys.argv
        every = cast("list[str]", json.loads(Path(file).read_text()))
        print(json.dumps(asdict(asyncio.run(_ask(where, every, int(pace), int(length))))))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or ORGANIZATIONS)

"""A signed `/cost`, from the request to the full answer, beside a Bolt app that only acks."""

import asyncio
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from bot.cast import CAST
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.model import SlackApp
from playground.server import running

ALONE = 300
"""Requests of a round with one at a time."""
TOGETHER = 1600
"""Requests of a round with sixteen at a time."""
CROWD = 16


@dataclass(frozen=True)
class Round:
    """Seconds from request to answer, of every request of a round."""

    seconds: list[float]

    def quantile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.seconds)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def again() -> Iterator[str]:
    """Questions that many ask: the answers are kept while the data has not changed."""
    return itertools.cycle(["today by model", "today", "7d by organization", "yesterday by model"])


def new() -> Iterator[str]:
    """Questions that nobody has asked before, about 1 to 7 days and the days before them."""
    today = datetime.now(UTC).date()
    for name in itertools.cycle(["model", "organization", "endpoint", "product", "provider"]):
        for length in range(1, 8):
            for back in range(1, 80 - 2 * length):
                last = today - timedelta(days=back)
                yield f"{last - timedelta(days=length - 1)}..{last} by {name}"


def signed(app: SlackApp, text: str, team_id: str) -> tuple[str, dict[str, str]]:
    body = urlencode(
        {
            "command": "/cost",
            "text": text,
            "team_id": team_id,
            "user_id": CAST[0].user_id,
            "response_url": "http://127.0.0.1:9/nowhere",
        }
    )
    stamp = str(int(time.time()))
    signature = SignatureVerifier(app.signing_secret).generate_signature(timestamp=stamp, body=body)
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": signature or "",
    }


async def measure(
    url: str, app: SlackApp, team_id: str, questions: Iterator[str], count: int, crowd: int
) -> Round:
    """`count` requests, `crowd` of them at a time."""
    seconds: list[float] = []
    left = iter(range(count))

    async def ask(session: aiohttp.ClientSession) -> None:
        for _ in left:
            body, headers = signed(app, next(questions), team_id)
            begun = time.perf_counter()
            async with session.post(url, data=body, headers=headers) as response:
                text = await response.text()
            seconds.append(time.perf_counter() - begun)
            assert response.status == 200, text
            assert "Something went wrong" not in text, text
            assert "Fetching" not in text, "slower than the ack waits"

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(ask(session) for _ in range(crowd)))
    return Round(seconds)


@asynccontextmanager
async def server(command: list[str], port: int, **env: str) -> AsyncGenerator[str]:
    """A server in a process of its own, once it listens."""
    process = subprocess.Popen(command, env={**os.environ, **env})  # noqa: ASYNC220
    try:
        async with asyncio.timeout(60):
            while True:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        process.terminate()
        process.wait(timeout=30)


def load_sample(home: Path) -> None:
    costbot = Path(sys.executable).with_name("costbot")
    subprocess.run(
        [costbot, "sample"],
        env={**os.environ, "COSTBOT_HOME": str(home)},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def compare(home: Path) -> list[tuple[str, Round, Round, Round]]:
    """The rounds, each as: what, the bare app, questions asked again, questions never asked."""
    app = installed_app()
    workspace = begin(SystemClock(), people(), app)
    team_id = workspace.team.id
    costbot_port, bare_port = free_port(), free_port()
    async with running(workspace) as slack:
        slack.rate_limits.enabled = False
        bare = server(
            [sys.executable, "-m", "benchmarks.bare_bolt", str(bare_port)],
            bare_port,
            BARE_TOKEN=app.bot_token,
            BARE_SECRET=app.signing_secret,
            BARE_API=slack.api_url,
        )
        costbot = server(
            [str(Path(sys.executable).with_name("costbot")), "serve", "--port", str(costbot_port)],
            costbot_port,
            COSTBOT_HOME=str(home),
            COSTBOT_ADMINS=CAST[0].user_id,
            COSTBOT_SLACK_BOT_TOKEN=app.bot_token,
            COSTBOT_SLACK_SIGNING_SECRET=app.signing_secret,
            COSTBOT_SLACK_API_URL=slack.api_url,
            COSTBOT_LOG_LEVEL="WARNING",
        )
        async with bare as bare_url, costbot as costbot_url:
            for url in (bare_url, costbot_url):
                await measure(url, app, team_id, again(), 40, 1)
            never_asked = new()
            found: list[tuple[str, Round, Round, Round]] = []
            for count, crowd in ((ALONE, 1), (TOGETHER, CROWD)):
                plain = await measure(bare_url, app, team_id, again(), count, crowd)
                kept = await measure(costbot_url, app, team_id, again(), count, crowd)
                fresh = await measure(costbot_url, app, team_id, never_asked, count, crowd)
                found.append((f"{crowd}", plain, kept, fresh))
            return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        load_sample(Path(folder))
        found = asyncio.run(compare(Path(folder)))
    print("\n## A signed /cost, from request to full answer\n")
    print("| at a time | app | p50 ms | p99 ms | p50 to bare | p99 above bare, ms |")
    print("| --- | --- | --- | --- | --- | --- |")
    for what, plain, kept, fresh in found:
        rows = (
            ("bare Bolt, only acks", plain),
            ("costbot, asked before", kept),
            ("costbot, never asked before", fresh),
        )
        for name, measured in rows:
            p50, p99 = measured.quantile(0.5), measured.quantile(0.99)
            ratio, above = p50 / plain.quantile(0.5), p99 - plain.quantile(0.99)
            print(f"| {what} | {name} | {p50:.1f} | {p99:.1f} | {ratio:.2f} | {above:+.1f} |")


if __name__ == "__main__":
    main()

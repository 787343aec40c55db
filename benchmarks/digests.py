"""A thousand digests due at nine: into the outbox, and out of it within Slack's own limits.

`make bench BENCH=digests`; `COSTBOT_BENCH_DIGESTS` sets another number. Real time for what costbot
does; Slack's time, on the playground's clock, for what Slack allows: a message a second in a
channel, and several hundred a minute in a workspace.
"""

import asyncio
import gc
import os
import tempfile
import time as real
from asyncio import events
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from analysis.roles import Role
from analysis.schedules import Frequency, Schedule
from bot.assembly import Parts, assembled
from bot.assembly.digests import digests_of
from bot.outbox.outcome import Timing
from bot.outbox.sender import Limits, Sender
from bot.outbox.ways_out import WaysOut, channels_of
from bot.settings import Settings
from bot.slack.pace import Pace
from bot.stage import installed_app, people
from bot.supervisor import Supervisor
from playground.beginning import begin
from playground.clock import ManualClock
from playground.model import Channel
from playground.server import running
from playground.slack import FakeSlack
from storage.records.digest import DigestDraft
from storage.records.person import Person
from tests.facts import Fact, fill, request

NUMBER = int(os.environ.get("COSTBOT_BENCH_DIGESTS", "1000"))
ORGANIZATIONS = 40
MODELS = 12
NINE = datetime(2026, 11, 20, 8, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def main() -> None:
    print(
        f"digests: {NUMBER} due at 9:00, of {ORGANIZATIONS} organizations, "
        "each to a channel of its own, every seventh with a filter"
    )
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(Path(folder)))


@dataclass
class Lag:
    """The longest that the event loop did not turn, in seconds.

    `own` is the longest that one callback kept the loop's thread at work, in the processor's time:
    what is left of the other are threads of the engine, and whatever else runs on the machine.
    """

    longest: float = 0.0
    own: float = 0.0
    over: Counter[str] = field(default_factory=Counter[str])

    @contextmanager
    def timing(self) -> Generator[None]:
        """Takes the time of every callback for as long as the block lasts."""
        run = cast("Callable[[object], None]", vars(events.Handle)["_run"])

        def timed(handle: object) -> None:
            began = real.thread_time()
            run(handle)
            self.own = max(self.own, real.thread_time() - began)

        setattr(events.Handle, "_run", timed)  # noqa: B010 - private, and the one place to do it
        try:
            yield
        finally:
            setattr(events.Handle, "_run", run)  # noqa: B010

    async def watch(self) -> None:
        while True:
            began = real.perf_counter()
            await asyncio.sleep(0.001)
            late = real.perf_counter() - began - 0.001
            self.longest = max(self.longest, late)
            for name, limit in (("> 50 ms", 0.05), ("> 20 ms", 0.02), ("> 10 ms", 0.01)):
                if late > limit:
                    self.over[name] += 1


async def _run(folder: Path) -> None:
    clock, app = ManualClock(NINE - timedelta(hours=1)), installed_app()
    settings = Settings(home=folder)
    async with (
        running(begin(clock, people(), app)) as slack,
        assembled(settings, clock.now) as parts,
    ):
        await _set_up(parts, slack)
        await clock.advance((NINE - clock.now()).total_seconds())
        await _composed(parts)
        await _left(parts, slack, clock, app.bot_token)
        gc.unfreeze()


async def _composed(parts: Parts) -> None:
    sender, lag = digests_of(parts, "system").sender, Lag()
    watching = asyncio.create_task(lag.watch())
    await asyncio.sleep(0.05)
    began = real.perf_counter()
    with lag.timing():
        report = await sender.send_due()
    seconds = real.perf_counter() - began
    again = await sender.send_due()
    began = real.perf_counter()
    await sender.send_due()
    idle = real.perf_counter() - began
    watching.cancel()
    print(f"  composed and in the outbox: {report.sent} of {NUMBER} in {seconds:.1f} s")
    print(f"  figures made: {report.computed}; failed: {len(report.failed)}")
    print(
        f"  longest block of the event loop: {lag.longest * 1000:.0f} ms, of which its own work "
        f"took {lag.own * 1000:.0f} ms at most ({dict(lag.over)})"
    )
    print(f"  due at the next look: {again.due}; a look without anything due: {idle * 1000:.0f} ms")


async def _left(parts: Parts, slack: FakeSlack, clock: ManualClock, token: str) -> None:
    timing = Timing(timeout=timedelta(seconds=30))
    pace = Pace(clock.now, timedelta(seconds=1), clock.advance)
    ways = WaysOut(slack=(SecretStr(token), slack.api_url))
    channels = channels_of(ways, parts.store.deliveries, pace, clock.now, timing)
    sender = Sender(
        parts.store.deliveries, channels, Supervisor(), clock.now, "bench", Limits(timing)
    )
    began, since = real.perf_counter(), clock.now()
    while (await parts.store.deliveries.counts()).waiting:
        await sender.send_what_is_due()
        await clock.advance(1)
    seconds = real.perf_counter() - began
    counts = await parts.store.deliveries.counts()
    per_channel = [
        len([one for one in there.values() if one.app_id])
        for there in slack.workspace.state.messages.values()
    ]
    roots = sum(
        1
        for there in slack.workspace.state.messages.values()
        for one in there.values()
        if one.app_id and one.thread_ts in (None, one.ts)
    )
    lasted = (clock.now() - since).total_seconds()
    print(
        f"  left through Slack: {counts.sent} messages ({roots} digests, the rest in threads) "
        f"within {lasted:.0f} s of Slack's time, {seconds:.0f} s of this machine's"
    )
    print(f"  lost: {NUMBER - roots}; dead: {counts.dead}; most in one channel: {max(per_channel)}")


async def _set_up(parts: Parts, slack: FakeSlack) -> None:
    fill(parts.mart, _facts(), NINE)
    schedule = Schedule(frequency=Frequency.DAILY, at=time(9), zone=BERLIN)
    for number in range(ORGANIZATIONS):
        person = Person(
            team_id=slack.workspace.team.id,
            user_id=f"UBENCH{number:04}",
            name=f"Owner {number}",
            organization=f"org-{number}",
            role=Role.ORG_ADMIN,
            zone=BERLIN,
        )
        await parts.store.people.put(person)
    # What only this benchmark has made is no work of costbot's garbage collector.
    gc.collect()
    gc.freeze()
    async with parts.store.transaction() as transaction:
        for number in range(NUMBER):
            owner = number % ORGANIZATIONS
            draft = DigestDraft(
                team_id=slack.workspace.team.id,
                owner=f"UBENCH{owner:04}",
                owner_name=f"Owner {owner}",
                organization=f"org-{owner}",
                role=Role.ORG_ADMIN,
                address=_channel(slack, number),
                schedule=schedule,
                filters={"product": ("api",)} if number % 7 == 0 else {},
            )
            await transaction.digests.add(draft)


def _channel(slack: FakeSlack, number: int) -> str:
    workspace = slack.workspace
    template = workspace.find_channel("costs")
    if template is None:
        message = "the playground has no channel to copy"
        raise AssertionError(message)
    made: Channel = replace(template, id=f"C9{number:08}", name=f"bench-{number}")
    workspace.channels[made.id] = made
    return made.id


def _facts() -> list[Fact]:
    found: list[Fact] = []
    for back in range(36):
        instant = NINE - timedelta(days=back, minutes=30)
        for organization in range(ORGANIZATIONS):
            for model in range(MODELS):
                cost = f"{1 + (organization * 7 + model * 3 + back) % 11}.{model:02}"
                found.append(
                    request(
                        instant,
                        cost,
                        model=f"model-{model}",
                        organization=f"org-{organization}",
                        product="api" if model % 2 else "studio",
                        endpoint=f"/v1/{model % 4}",
                        requests=10 + (model + back) % 5,
                    )
                )
    return found


if __name__ == "__main__":
    main()

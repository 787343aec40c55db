"""Processes of their own that send what is in an outbox, and die of it.

Their parent has imported all that they need, and so begins one in hundredths of a second. It is
told what to start, and answers with the process's id; or which id to wait for, and answers with its
exit code.
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from multiprocessing.connection import Connection

from pydantic import SecretStr

from analysis.clock import system_clock
from bot.outbox.backoff import Backoff
from bot.outbox.outcome import Timing
from bot.outbox.sender import Limits, Sender
from bot.outbox.steps import Step
from bot.outbox.ways_out import WaysOut, channels_of
from bot.slack.pace import Pace
from bot.supervisor import Supervisor
from storage import Store

TIMING = Timing(
    timeout=timedelta(seconds=1), settle=timedelta(seconds=2), spare=timedelta(seconds=0.5)
)
"""Short, so that what is in doubt is soon looked for; and longer than a busy machine hesitates."""

QUICK = Backoff(random.random, timedelta(seconds=0.05), timedelta(seconds=0.5))


@dataclass(frozen=True)
class Work:
    """What a process is told.

    Attributes:
        address: of the store.
        api_url, token: of Slack.
        dies_after: the step after which it kills itself; None: it goes on.
        most_at_once: how many messages it sends at the same time.
    """

    address: str
    api_url: str
    token: str
    dies_after: Step | None = None
    most_at_once: int = 8


Told = Work | int
"""What to start, or the id of a process to wait for."""


class _KillAfter(logging.Handler):
    """Ends the process, as the machine would, when a step has been reached."""

    def __init__(self, step: Step) -> None:
        super().__init__(logging.DEBUG)
        self._step = step

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._step:
            os.kill(os.getpid(), signal.SIGKILL)


def send(work: Work) -> None:
    """Sends until it is killed, or told to end."""
    logging.getLogger().addHandler(logging.NullHandler())
    if work.dies_after is not None:
        steps = logging.getLogger("bot.outbox.steps")
        steps.setLevel(logging.DEBUG)
        steps.addHandler(_KillAfter(work.dies_after))
    asyncio.run(_send(work))


async def _send(work: Work) -> None:
    store = Store(work.address, system_clock)
    supervisor = Supervisor()
    ways = WaysOut(slack=(SecretStr(work.token), work.api_url))
    pace = Pace(system_clock, timedelta())
    sender = Sender(
        store.deliveries,
        channels_of(ways, store.deliveries, pace, system_clock, TIMING),
        supervisor,
        system_clock,
        f"process {os.getpid()}",
        Limits(
            TIMING,
            QUICK,
            most_at_once=work.most_at_once,
            look_every=timedelta(seconds=0.05),
        ),
    )
    running = asyncio.create_task(sender.run())
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    await ended.wait()
    await sender.stop()
    await running
    await supervisor.stop(1)
    await store.close()


def be_the_parent(line: Connection) -> None:
    """Starts what it is told to, until the other end of the line is closed."""
    import_module("bot.outbox.slack")  # which is loaded late: every child would load it anew
    children: set[int] = set()
    with suppress(EOFError):
        while True:
            told: Told = line.recv()
            if isinstance(told, int):
                _, status = os.waitpid(told, 0)
                children.discard(told)
                line.send(os.waitstatus_to_exitcode(status))
                continue
            child = os.fork()
            if not child:
                send(told)
                os._exit(0)
            children.add(child)
            line.send(child)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)

"""A Linear on loopback, and an outbox that leaves through it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.outbox.backoff import Backoff
from bot.outbox.linear import LinearChannel
from bot.outbox.linear_calls import LinearCalls
from bot.outbox.outcome import Timing
from bot.outbox.payloads import LinearMessage
from bot.outbox.sender import Limits, Sender
from bot.supervisor import Supervisor
from playground.linear.server import serving_linear
from playground.linear.service import Issue, Linear
from storage import Store
from storage.records.delivery import Delivery, NewDelivery
from tests.stores import TestClock, sqlite_store

TOKEN = "lin_api_0123456789"
PATIENCE, IMPATIENCE = timedelta(seconds=10), timedelta(seconds=0.25)
"""How long a call may take; and where none is meant to be answered."""


@dataclass
class Filing:
    """What the tests act on."""

    linear: Linear
    url: str
    store: Store
    clock: TestClock
    supervisor: Supervisor
    patience: timedelta = PATIENCE

    def calls(self, token: str = TOKEN) -> LinearCalls:
        """Calls of the API."""
        return LinearCalls(SecretStr(token), self.url, self.patience, self.clock)

    def sender(self, token: str = TOKEN, worker: str = "w") -> Sender:
        """A worker of the outbox."""
        deliveries = self.store.deliveries
        channel = LinearChannel(self.calls(token), deliveries.find_keys)
        limits = Limits(Timing(timeout=self.patience), Backoff(lambda: 0.5))
        return Sender(deliveries, {"linear": channel}, self.supervisor, self.clock, worker, limits)

    async def add(self, key: str, message: LinearMessage, *, team: str = "ENG") -> None:
        """Puts a message into the outbox."""
        new = NewDelivery(
            key=key, channel="linear", address=team, payload=message.as_json(), group="g"
        )
        assert await self.store.deliveries.add(new)

    async def row(self, key: str) -> Delivery:
        """A message as the outbox has it."""
        (found,) = await self.store.deliveries.find_keys([key])
        return found

    @property
    def issue(self) -> Issue:
        """The only issue."""
        (issue,) = self.linear.issues.values()
        return issue


@pytest.fixture
async def filing(tmp_path: Path) -> AsyncGenerator[Filing]:
    """A workspace with one team, and an outbox."""
    clock, supervisor = TestClock(), Supervisor()
    linear = Linear(clock, TOKEN)
    async with sqlite_store(tmp_path, clock) as store, serving_linear(linear) as url:
        yield Filing(linear, url, store, clock, supervisor)

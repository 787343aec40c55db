"""The outbox's worker: claims what is due, sends it, marks it; over and over, until it is told."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from analysis.clock import Clock
from analysis.errors import Unavailable
from analysis.request_id import new_request_id, under
from bot.observation.observer import Observer, Unobserved
from bot.outbox.backoff import Backoff
from bot.outbox.outcome import Channel, Later, Never, NotTried, Outcome, Sent, Timing, Unsure
from bot.outbox.steps import reached
from bot.supervisor import Supervisor
from storage.records.delivery import ChannelKind, Delivery
from storage.repositories.deliveries import DeliveryRepository

log = logging.getLogger(__name__)

NOT_SET_UP: Mapping[ChannelKind, str] = {
    "slack": "Slack is not set up here: set COSTBOT_SLACK_BOT_TOKEN.",
    "email": "E-mail is not set up here: set COSTBOT_SMTP_URL and COSTBOT_SMTP_FROM.",
    "webhook": "Webhooks are not set up here: set COSTBOT_WEBHOOKS.",
    "linear": "Linear is not set up here: set COSTBOT_LINEAR_TOKEN.",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How the worker goes about it.

    Attributes:
        timing: of one attempt.
        backoff: the waits between attempts.
        most_attempts: after which a message is given up. With waits of up to 5 minutes, 2½ on
            average, 200 of them last over 8 hours: longer than most outages.
        most_at_once: how many messages are on their way at the same time.
        look_every: how long something due waits at most that nobody told of.
    """

    timing: Timing = field(default_factory=Timing)
    backoff: Backoff = field(default_factory=lambda: Backoff(random.random))
    most_attempts: int = 200
    most_at_once: int = 16
    look_every: timedelta = timedelta(seconds=1)


class Sender:
    """Sends what is in the outbox. Any number of processes may have one.

    Args:
        deliveries: the outbox.
        channels: the ways out; what leaves through another is given up, with what to set.
        supervisor: keeps each attempt.
        clock: the present.
        worker: a name that no other process has.
        limits: how it goes about it.
        observer: is told of each attempt; None: nobody is.
    """

    def __init__(
        self,
        deliveries: DeliveryRepository,
        channels: Mapping[ChannelKind, Channel],
        supervisor: Supervisor,
        clock: Clock,
        worker: str,
        limits: Limits | None = None,
        observer: Observer | None = None,
    ) -> None:
        self._deliveries = deliveries
        self._channels = channels
        self._supervisor = supervisor
        self._clock = clock
        self._worker = worker
        self._limits = limits or Limits()
        self._observer = observer or Unobserved()
        self._claims = count(1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._is_stopping = False

    def wake(self) -> None:
        """Tells it that there may be something to send: it looks at once."""
        self._wake.set()

    async def run(self) -> None:
        """Sends whatever becomes due, until `stop`."""
        while not self._is_stopping:
            self._wake.clear()
            try:
                await self._begin_what_is_due()
            except Unavailable as error:
                log.warning("the outbox is not sent for now: %s", error)
            # A message that ends wakes too: the next one of its group may go.
            try:
                async with asyncio.timeout(self._limits.look_every.total_seconds()):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def stop(self) -> None:
        """Begins nothing more, and waits for what is on its way."""
        self._is_stopping = True
        self._wake.set()
        await self._until_idle()

    async def send_what_is_due(self) -> int:
        """Sends what is due now, and what becomes so by that.

        Returns:
            How many attempts that were.

        Raises:
            Unavailable: the store does not answer.
        """
        attempts = 0
        while begun := await self._begin_what_is_due():
            attempts += begun
            await self._until_idle()
        return attempts

    async def _until_idle(self) -> None:
        while self._under_way:
            await asyncio.wait(set(self._under_way))

    async def _begin_what_is_due(self) -> int:
        free = self._limits.most_at_once - len(self._under_way)
        if free <= 0:
            return 0
        # Each claim has a name of its own: a lease that ran out is not taken for the next one.
        worker = f"{self._worker}/{next(self._claims)}"
        lease = self._limits.timing.lease
        claimed = await self._deliveries.claim(self._clock(), worker, free, lease)
        for delivery in claimed:
            reached("claimed", delivery)
            work = self._attempt(delivery, worker)
            task = self._supervisor.spawn(work, f"delivery {delivery.id}")
            self._under_way.add(task)
            task.add_done_callback(self._ended)
        return len(claimed)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._wake.set()

    async def _attempt(self, delivery: Delivery, worker: str) -> None:
        with (
            under(new_request_id(f"delivery-{delivery.id}")),
            self._observer.span(f"delivery by {delivery.channel}") as span,
        ):
            try:
                outcome = await self._outcome(delivery, worker)
                span.tell("costbot.outcome", outcome.word)
                self._observer.delivered(delivery.channel, outcome.word)
                await self._mark(delivery, worker, outcome)
            except Unavailable as error:
                # The lease runs out, and what may have been sent is looked for.
                log.warning("delivery %d is not marked: %s", delivery.id, error)
                return
        reached("marked", delivery)

    async def _outcome(self, delivery: Delivery, worker: str) -> Outcome:
        channel = self._channels.get(delivery.channel)
        if channel is None:
            return Never(NOT_SET_UP[delivery.channel])
        if delivery.attempts > self._limits.most_attempts:
            return Never(f"Given up after {self._limits.most_attempts} attempts.")

        async def still_mine() -> bool:
            return await self._is_still_of(worker, delivery)

        return await channel.deliver(delivery, still_mine)

    async def _is_still_of(self, worker: str, delivery: Delivery) -> bool:
        """Whether `worker` may send it now, with a lease that outlives the sending."""
        if self._is_stopping:
            return False
        timing = self._limits.timing
        until = self._clock() + timing.lease
        if not await self._deliveries.renew(delivery.id, worker, until):
            return False
        # The store may have been slow: what is left has to do for the message.
        return until - self._clock() >= timing.timeout + timing.settle

    async def _mark(self, delivery: Delivery, worker: str, outcome: Outcome) -> None:
        now = self._clock()
        match outcome:
            case Sent(remote_id):
                await self._deliveries.sent(delivery.id, remote_id)
            case NotTried(after):
                await self._deliveries.release(delivery.id, worker, now + after)
            case Never(reason):
                log.error("delivery %d (%s) is given up: %s", delivery.id, delivery.channel, reason)
                unsure = delivery.state == "uncertain"
                await self._deliveries.failed(delivery.id, worker, reason, None, uncertain=unsure)
            case Later(reason, after, unsure) if self._may_go_on(delivery):
                wait = after or self._limits.backoff.after(delivery.attempts)
                await self._give_back(delivery, worker, reason, now + wait, unsure=unsure)
            case Unsure(reason) if self._may_go_on(delivery):
                wait = self._limits.timing.settle
                wait += self._limits.backoff.after(delivery.attempts)
                await self._give_back(delivery, worker, reason, now + wait, unsure=True)
            case Later(reason) | Unsure(reason):
                log.error("delivery %d (%s) is given up: %s", delivery.id, delivery.channel, reason)
                unsure = isinstance(outcome, Unsure) or outcome.is_unsure
                reason = f"Given up after {delivery.attempts} attempts: {reason}"
                await self._deliveries.failed(delivery.id, worker, reason, None, uncertain=unsure)

    async def _give_back(
        self, delivery: Delivery, worker: str, reason: str, next_at: datetime, *, unsure: bool
    ) -> None:
        log.warning(
            "delivery %d is %s, again at %s: %s",
            delivery.id,
            "looked for" if unsure else "tried",
            f"{next_at:%H:%M:%S} UTC",
            reason,
        )
        await self._deliveries.failed(delivery.id, worker, reason, next_at, uncertain=unsure)

    def _may_go_on(self, delivery: Delivery) -> bool:
        return delivery.attempts < self._limits.most_attempts

"""Whether this replica can answer, part by part.

What keeps a replica from answering while another may do better is required: the store, and the mart
on its own disk. All else is told, and takes no replica out: an old mart, a Slack that is down or a
full outbox would take all of them out at once, and people would get nothing in place of something.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiohttp
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from analysis.checks import Check, failed, passed, warned
from analysis.clock import Clock
from analysis.errors import CostbotError
from analysis.written import plural
from api.health import Looked
from bot.slack.thread import reason
from handlers.freshness import freshness_of
from queries.mart.snapshot import Snapshot
from storage.records.delivery import Backlog
from storage.store import Store

log = logging.getLogger(__name__)

WITHIN = timedelta(seconds=3)
"""For each part: whoever probes gives up after a few seconds, too."""

SLACK_REMEMBERED = timedelta(minutes=1)
"""Slack is not asked for every probe."""

OUTBOX_LATE = timedelta(minutes=15)
"""A message that waits for longer is late: Slack, the mail server or a webhook does not take it."""

SCHEDULER_LATE = timedelta(minutes=1)
"""The scheduler looks at the clock every few seconds."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is looked at.

    Attributes:
        name: of the part.
        look: looks at it; None came of it: it is not set up.
        is_required: see `Looked`.
    """

    name: str
    look: Callable[[], Awaitable[Check | None]]
    is_required: bool = False


class Readiness:
    """Looks at all parts at once.

    Args:
        parts: in the order in which they are told.
        within: how long each may take.
    """

    def __init__(self, parts: Sequence[Part], within: timedelta = WITHIN) -> None:
        self._parts = tuple(parts)
        self._within = within

    async def look(self) -> Mapping[str, Looked]:
        """What came of it, by name."""
        checks = await asyncio.gather(*(self._looked(part) for part in self._parts))
        return {
            part.name: Looked(check, part.is_required)
            for part, check in zip(self._parts, checks, strict=True)
        }

    async def _looked(self, part: Part) -> Check | None:
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                return await part.look()
        except TimeoutError:
            return failed(part.name, "It does not answer in time.", "")


def store_part(store: Store) -> Part:
    """The store: without it nobody is known."""

    async def look() -> Check:
        try:
            await store.ping()
        except CostbotError as error:
            log.warning("the store is not ready: %s", error)
            return failed("store", "It does not answer.", "The log and `costbot doctor` say why.")
        return passed("store", "It answers.")

    return Part("store", look, is_required=True)


def mart_part(snapshot: Callable[[], Snapshot], clock: Clock, stale_after_hours: float) -> Part:
    """The mart: without it nothing can be answered; with old data, something can."""

    async def look() -> Check:
        try:
            found = await asyncio.to_thread(snapshot)
        except CostbotError as error:
            log.warning("the mart is not ready: %s", error)
            return failed("mart", "It cannot be read.", "The log and `costbot doctor` say why.")
        if found.is_empty:
            return warned("mart", "There is no data in it yet.", "Import or sync some.")
        freshness = freshness_of(found, clock(), stale_after_hours)
        ages = {
            source.source.value: (freshness.now - source.data_until).total_seconds() / 3600
            for source in freshness.sources
        }
        told = ", ".join(f"{name} {hours:.1f} h" for name, hours in ages.items())
        if any(source.is_stale for source in freshness.sources):
            sentence = f"It can be read, but data is stale; by source, it ends so long ago: {told}."
            return warned("mart", sentence, "See that imports or `costbot sync` go through.")
        return passed("mart", f"It can be read; by source, data ends so long ago: {told}.")

    return Part("mart", look, is_required=True)


def outbox_part(backlog: Callable[[], Awaitable[Backlog]], clock: Clock) -> Part:
    """The outbox: whether what costbot says of itself gets out."""

    async def look() -> Check:
        try:
            waiting = await backlog()
        except CostbotError:
            return failed("outbox", "It cannot be looked into: the store does not answer.", "")
        oldest = waiting.oldest
        messages = plural(waiting.count, "message")
        if oldest is None:
            return passed("outbox", "Nothing waits.")
        age = clock() - oldest
        minutes = age.total_seconds() / 60
        if age > OUTBOX_LATE:
            sentence = f"{messages} wait to be sent, the oldest for {minutes:.0f} minutes."
            return warned("outbox", sentence, "`costbot outbox` says why.")
        return passed("outbox", f"{messages} wait to be sent, none for long.")

    return Part("outbox", look)


def scheduler_part(looked_at: Callable[[], datetime | None], clock: Clock) -> Part:
    """The scheduler of this process."""

    async def look() -> Check:
        last = looked_at()
        if last is None or clock() - last > SCHEDULER_LATE:
            sentence = "It has not looked at the clock for over a minute: no jobs are begun here."
            return failed("scheduler", sentence, "Start this replica anew.")
        return passed("scheduler", "It looks at the clock.")

    return Part("scheduler", look)


class SlackLook:
    """Asks Slack whether costbot's token is good, once a minute at most.

    Args:
        token: of the bot; None: each workspace has its own, or Slack is not set up.
        api_url: where the Web API is.
        clock: dates what is remembered.
    """

    def __init__(self, token: str | None, api_url: str, clock: Clock) -> None:
        self._token = SecretStr(token) if token else None
        self._api_url = api_url
        self._clock = clock
        self._asking = asyncio.Lock()
        self._told: tuple[datetime, Check] | None = None

    async def look(self) -> Check | None:
        """What Slack said; None: there is no token to ask with."""
        if self._token is None:
            return None
        async with self._asking:
            now, told = self._clock(), self._told
            if told is None or not timedelta() <= now - told[0] < SLACK_REMEMBERED:
                told = self._told = now, await self._asked(self._token.get_secret_value())
            return told[1]

    async def _asked(self, token: str) -> Check:
        within = int(WITHIN.total_seconds()) - 1
        client = AsyncWebClient(token, base_url=self._api_url, timeout=within, retry_handlers=[])
        try:
            await client.auth_test()  # pyright: ignore[reportUnknownMemberType]
        except SlackApiError as error:
            said = reason(error)
            log.warning("Slack refuses costbot's token: %s", said)
            return failed("slack", f"Slack refuses costbot: {said}.", "`costbot doctor` says more.")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("Slack does not answer: %s", type(error).__name__)
            return warned("slack", "Slack does not answer.", "")
        return passed("slack", "Slack knows costbot's token.")


def slack_part(token: str | None, api_url: str, clock: Clock) -> Part:
    """Slack; off where each workspace has a token of its own."""
    return Part("slack", SlackLook(token, api_url, clock).look)

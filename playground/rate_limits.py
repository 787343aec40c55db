"""Slack's rate limits on the workspace's clock: one post a second and channel, and the tiers."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from datetime import datetime, timedelta

from playground.clock import Clock

POST_EVERY = timedelta(seconds=1)
WINDOW = timedelta(minutes=1)

TIER_1, TIER_2, TIER_3, TIER_4 = 1, 20, 50, 100
"""Calls a minute, for each method and app. Slack promises "at least" these: here they are exact."""
SPECIAL = 600
"""Methods that Slack limits to "hundreds a minute"."""


class RateLimited(Exception):
    """Too many calls; `retry_after` is whole seconds, as in the header."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"retry after {retry_after} s")
        self.retry_after = retry_after


class RateLimits:
    """Remembers the calls of the last minute.

    Attributes:
        enabled: False lets everything pass.
    """

    def __init__(self, clock: Clock) -> None:
        self.enabled = True
        self._clock = clock
        self._next_post: dict[tuple[str, str], datetime] = {}
        self._calls: defaultdict[tuple[str, str], deque[datetime]] = defaultdict(deque)

    def check_post(self, app_id: str, channel: str) -> None:
        """Count a post to a channel.

        Raises:
            RateLimited: the last one was less than a second ago.
        """
        now, key = self._clock.now(), (app_id, channel)
        allowed = self._next_post.get(key)
        if self.enabled and allowed is not None and now < allowed:
            raise RateLimited(_whole_seconds(allowed - now))
        self._next_post[key] = now + POST_EVERY

    def check_method(self, app_id: str, method: str, a_minute: int) -> None:
        """Count a call of a method.

        Raises:
            RateLimited: there were `a_minute` in the last minute already.
        """
        now, calls = self._clock.now(), self._calls[app_id, method]
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        if self.enabled and len(calls) >= a_minute:
            raise RateLimited(_whole_seconds(calls[0] + WINDOW - now))
        calls.append(now)


def _whole_seconds(wait: timedelta) -> int:
    return max(1, math.ceil(wait.total_seconds()))

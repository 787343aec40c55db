"""Trigger ids: they open one modal, once, within three seconds."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from playground.clock import Clock
from playground.slack_error import SlackError

LIFETIME = timedelta(seconds=3)


@dataclass(slots=True)
class _Trigger:
    user: str
    app_id: str
    expires: datetime
    used: bool = False


class Triggers:
    """Gives out trigger ids and takes each back once."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._given: dict[str, _Trigger] = {}

    def issue(self, user: str, app_id: str) -> str:
        """A new trigger id for what a user has just done in an app."""
        now = self._clock.now()
        if len(self._given) > 10_000:
            self._given = {k: t for k, t in self._given.items() if t.expires > now}
        trigger_id = f"{len(self._given)}.{int(now.timestamp())}.{secrets.token_hex(16)}"
        self._given[trigger_id] = _Trigger(user, app_id, now + LIFETIME)
        return trigger_id

    def redeem(self, trigger_id: str, app_id: str) -> str:
        """Use a trigger id up; the user who caused it.

        Raises:
            SlackError: it is unknown, older than three seconds, or was used before.
        """
        trigger = self._given.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

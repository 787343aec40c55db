"""From a verified Slack identity to a `Caller`, remembered for half a minute."""

from __future__ import annotations

from datetime import datetime, timedelta

from analysis.clock import Clock
from handlers.caller import Caller
from handlers.callers import Callers

REMEMBERED = timedelta(seconds=30)
"""How long a changed or withdrawn role may take to be felt; in return most commands read no row."""

MOST_REMEMBERED = 10_000


class Identities:
    """Who a Slack user is to costbot."""

    def __init__(self, callers: Callers, clock: Clock) -> None:
        self._callers = callers
        self._clock = clock
        self._known: dict[tuple[str, str], tuple[datetime, Caller | None]] = {}

    async def caller(self, team_id: str, user_id: str) -> Caller | None:
        """The caller behind a Slack identity; None: a stranger, who sees nothing.

        Raises:
            NotAllowed: it cannot be told how far the person reaches; see `Callers.caller_of`.
            Unavailable: the store does not answer.
        """
        if not team_id or not user_id:
            return None
        key, now = (team_id, user_id), self._clock()
        remembered = self._known.get(key)
        if remembered is not None and now < remembered[0]:
            return remembered[1]
        caller = await self._callers.caller_of(team_id, user_id)
        if len(self._known) >= MOST_REMEMBERED:
            self._known.clear()
        self._known[key] = (now + REMEMBERED, caller)
        return caller

"""Tells the owner of a job that fails, once, and when it runs again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from analysis.clock import Clock
from bot.blocks.text import escape
from bot.outbox.payloads import SlackMessage
from bot.owners import owners_of
from storage.records.delivery import NewDelivery
from storage.records.job import JobState
from storage.store import Store

ENOUGH_FAILURES = 3
"""Runs in a row after which an expected failure is no hiccup any more."""

LONG_ENOUGH = timedelta(hours=1)
"""How long a job may fail as expected before it is told, however seldom it runs."""


@dataclass(frozen=True, slots=True)
class JobAlarm:
    """Puts what the owner has to know into the outbox.

    The owners are the admins of the settings; where there are none, the first listed ones.

    Attributes:
        store: with people and the outbox.
        clock: the present.
        admins: Slack ids, of the settings.
        wake: tells the outbox of this process that there is something to send.
    """

    store: Store
    clock: Clock
    admins: tuple[str, ...]
    wake: Callable[[], None] | None = None

    async def tell(self, before: JobState, now: JobState, is_unexpected: bool) -> None:
        """Tells what has become of a job, if that is news.

        Raises:
            Unavailable: the store does not answer.
        """
        if now.outcome == "failed" and not before.is_told:
            if is_unexpected or self._lasts(now):
                await self._add(now, _failing(now, is_unexpected=is_unexpected), "failing")
                await self.store.jobs.told(now.name, now.place)
        elif now.outcome == "done" and before.is_told:
            await self._add(before, _runs_again(before), "runs again")

    def _lasts(self, state: JobState) -> bool:
        since = state.failing_since
        return state.failures >= ENOUGH_FAILURES or (
            since is not None and self.clock() - since >= LONG_ENOUGH
        )

    async def _add(self, state: JobState, text: str, what: str) -> None:
        deliveries: list[NewDelivery] = []
        for owner in await owners_of(self.store, self.admins):
            root = _key(state, owner, "failing")
            message = (
                SlackMessage(text=text)
                if what == "failing"
                else SlackMessage(text=text, do="reply", root=root)
            )
            deliveries.append(
                NewDelivery(
                    key=_key(state, owner, what),
                    channel="slack",
                    address=owner,
                    payload=message.as_json(),
                    group=root,
                )
            )
        if deliveries and await self.store.deliveries.add_many(deliveries) and self.wake:
            self.wake()


def _key(state: JobState, owner: str, what: str) -> str:
    since = state.failing_since
    return f"job|{state.name}|{state.place}|{since and since.isoformat()}|{owner}|{what}"


def _failing(state: JobState, *, is_unexpected: bool) -> str:
    place = f" on {escape(state.place)}" if state.place else ""
    times = "" if state.failures == 1 else f", {state.failures} times in a row"
    cure = (
        "That is a fault in costbot: its log has the traceback."
        if is_unexpected
        else "It is tried again by itself."
    )
    return (
        f":warning: A job of costbot{place} fails: {escape(state.name)}, since "
        f"{_moment(state.failing_since)}{times}. {escape(state.error)} {cure} "
        "`costbot jobs` shows all of them. This is told once, and again when it runs."
    )


def _runs_again(state: JobState) -> str:
    return f"It runs again: {escape(state.name)}, which failed {state.failures} times in a row."


def _moment(instant: datetime | None) -> str:
    return "now" if instant is None else f"{instant:%Y-%m-%d %H:%M} UTC"

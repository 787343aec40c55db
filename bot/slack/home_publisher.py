"""Publishes Home tabs in the background: when they are opened, and when what they tell has changed.

Slack shows at once what was published before. A tab is built anew only where facts, decisions, the
person's role or the hour are others than those it was made from, and published only where that
changes what it tells. Who opens it again and again waits in one place of the queue; all together go
no faster than Slack takes them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from typing import cast

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError

from analysis.clock import Clock
from analysis.errors import Refused, Unavailable
from bot.blocks.answer import Payload
from bot.blocks.home import content_of, home_view, refused_view, stranger_view
from bot.outbox.slack_calls import CallFailed
from bot.slack.api import Json, SlackApi
from bot.slack.home_pace import Allowance
from bot.slack.identity import Identities
from bot.slack.pace import Pause
from bot.slack.thread import reason
from bot.supervisor import Supervisor
from handlers.home.reading import HomeHandler, reach_of
from storage.records.home_view import HomeView
from storage.repositories.home_views import HomeViewRepository

log = logging.getLogger(__name__)

Whose = tuple[str, str]
"""A workspace and a person."""

BURST, EVERY = 20, timedelta(seconds=0.75)
"""Calls of views.publish in a workspace: twenty at once, then eighty a minute. Slack's fourth tier
takes a hundred and more; the rest is for a second replica."""

OWN_BURST, OWN_EVERY = 4, timedelta(seconds=10)
"""The same for one person: a click or two are seen at once, a storm of them is one drawing."""

LOOKED = timedelta(days=14)
"""Who has not opened the tab for longer sees it anew when they do."""

LATER = timedelta(seconds=30)
"""When Slack says no without saying how long."""

Within = Callable[[str], AbstractAsyncContextManager[object]]
"""Has what is called inside go to a workspace."""


def _anywhere(team_id: str) -> AbstractAsyncContextManager[object]:
    del team_id
    return nullcontext()


class HomePublisher:
    """Keeps the Home tabs of those who look at them up to date.

    Args:
        home: gathers what a tab tells.
        views: who looks, and what they see.
        identities: who somebody is to costbot.
        api: Slack.
        clock: the present.
        supervisor: keeps the work.
        pause: lets time pass.
        within: has calls go to a workspace.
    """

    def __init__(
        self,
        home: HomeHandler,
        views: HomeViewRepository,
        identities: Identities,
        api: SlackApi,
        clock: Clock,
        supervisor: Supervisor,
        pause: Pause = asyncio.sleep,
        within: Within = _anywhere,
    ) -> None:
        self._home = home
        self._views = views
        self._identities = identities
        self._api = api
        self._clock = clock
        self._supervisor = supervisor
        self._pause = pause
        self._within = within
        self._wanted: OrderedDict[Whose, None] = OrderedDict()
        self._worker: asyncio.Task[None] | None = None
        self._by_team: dict[str, Allowance] = {}
        self._by_person: dict[Whose, Allowance] = {}
        self._seen: tuple[str, str] | None = None

    async def opened(self, team_id: str, user_id: str, *, is_empty: bool) -> None:
        """Somebody looks at their tab.

        Args:
            team_id: of the workspace.
            user_id: whose tab it is.
            is_empty: Slack has nothing to show there, whatever was published once.

        Raises:
            Unavailable: the store does not answer.
        """
        await self._views.opened(team_id, user_id)
        if is_empty:
            await self._views.made(team_id, user_id, "", "", "")
        self.wish(team_id, user_id)

    def wish(self, team_id: str, user_id: str) -> None:
        """A tab may have to be drawn anew; of somebody who never opened theirs none has."""
        self._wanted.setdefault((team_id, user_id))
        if self._worker is None or self._worker.done():
            self._worker = self._supervisor.spawn(self._work(), "publishing Home tabs")

    async def refresh(self) -> int:
        """Draws the tabs anew that were looked at lately, where facts or decisions are others.

        Once an hour also those of people who see more or less than they did: that their role has
        changed need not be a decision that costbot knows of.

        Returns:
            How many may have changed.

        Raises:
            Unavailable: the mart or the store cannot be read.
        """
        mark, now = await self._home.mark(), self._clock()
        state = mark, f"{now:%Y-%m-%d %H}"
        if state == self._seen:
            return 0
        looked = await self._views.looked_since(now - LOOKED)
        changed = [one for one in looked if not self._home.is_current(one.mark, mark)]
        if self._seen is not None and self._seen[1] != state[1]:
            known = {(one.team_id, one.user_id) for one in changed}
            others = [one for one in looked if (one.team_id, one.user_id) not in known]
            changed += [one for one in others if await self._sees_otherwise(one)]
        for one in changed:
            self.wish(one.team_id, one.user_id)
        self._seen = state
        return len(changed)

    async def _sees_otherwise(self, view: HomeView) -> bool:
        """Whether somebody sees more or less than when their tab was drawn."""
        try:
            async with self._within(view.team_id):
                caller = await self._identities.caller(view.team_id, view.user_id)
        except Refused:
            return not view.mark.endswith("|refused")
        except (Unavailable, CallFailed):
            return False  # at the next hour, or when it is opened
        end = "stranger" if caller is None else reach_of(caller)
        return not view.mark.endswith(f"|{end}")

    async def _work(self) -> None:
        """One tab after the other, those who wait for their own turn behind the others."""
        while self._wanted:
            whose = next((one for one in self._wanted if not self._own_wait(one)), None)
            if whose is None:
                await self._pause(min(map(self._own_wait, self._wanted)).total_seconds())
                continue
            del self._wanted[whose]
            self._forget_full()
            try:
                async with self._within(whose[0]):
                    await self._draw(*whose)
            except (Unavailable, CallFailed, SlackApiError, ClientError, TimeoutError) as error:
                # What is not drawn now is found again by its mark, or when it is opened.
                log.warning("a Home tab was not published: %s", _why(error))
            except Exception:
                log.exception("a Home tab was not published")

    def _own_wait(self, whose: Whose) -> timedelta:
        own = self._by_person.get(whose)
        return timedelta() if own is None else own.wait(self._clock())

    async def _draw(self, team_id: str, user_id: str) -> None:
        view = await self._views.find(team_id, user_id)
        if view is None:
            return
        mark = await self._home.mark()
        drawn: Payload | None = None
        try:
            caller = await self._identities.caller(team_id, user_id)
        except Refused as refusal:
            own, drawn = f"{mark}|refused", refused_view(refusal.sentence, refusal.hint)
        else:
            if caller is None:
                own, drawn = f"{mark}|stranger", stranger_view(team_id, user_id)
            else:
                own = self._home.mark_of(mark, caller)
                if not (view.content and view.mark == own):
                    drawn = home_view(await self._home.page(own, caller), self._clock())
        if drawn is None:
            return
        content = content_of(drawn)
        if content == view.content:
            if own != view.mark:
                await self._views.made(team_id, user_id, own, content, None)
            return
        await self._publish(view, drawn, content, own)

    async def _publish(self, view: HomeView, drawn: Payload, content: str, mark: str) -> None:
        whose = view.team_id, view.user_id
        team = self._by_team.setdefault(view.team_id, Allowance(BURST, EVERY))
        while wait := team.wait(self._clock()):
            await self._pause(wait.total_seconds())
        team.take(self._clock())
        self._by_person.setdefault(whose, Allowance(OWN_BURST, OWN_EVERY)).take(self._clock())
        try:
            done = await self._api.views_publish(
                user_id=view.user_id, view=drawn, hash=view.view_hash or None
            )
        except SlackApiError as error:
            if reason(error) == "hash_conflict":
                done = await self._overtaken(view, drawn, content)
                if done is None:
                    return
            elif reason(error) == "ratelimited":
                team.hold(self._clock() + _asked_for(error))
                self._wanted.setdefault(whose)
                return
            else:
                raise
        published = cast("Json", done.get("view") or {})
        await self._views.made(*whose, mark, content, str(published.get("hash") or ""))

    async def _overtaken(self, view: HomeView, drawn: Payload, content: str) -> Json | None:
        """Another replica, or another time, has published meanwhile; None: the same."""
        newer = await self._views.find(view.team_id, view.user_id)
        if newer is not None and newer.content == content:
            return None
        return await self._api.views_publish(user_id=view.user_id, view=drawn, hash=None)

    def _forget_full(self) -> None:
        """Those who have their whole allowance need not be remembered."""
        if len(self._by_person) > 1_000:
            present = self._clock()
            self._by_person = {
                whose: own for whose, own in self._by_person.items() if not own.is_full(present)
            }


def _asked_for(error: SlackApiError) -> timedelta:
    response = cast("object", error.response)
    headers = cast("dict[str, str]", getattr(response, "headers", None) or {})
    seconds = next((v for k, v in headers.items() if k.lower() == "retry-after"), "")
    return timedelta(seconds=int(seconds)) if str(seconds).isdecimal() else LATER


def _why(error: BaseException) -> str:
    return reason(error) if isinstance(error, SlackApiError) else str(error) or type(error).__name__

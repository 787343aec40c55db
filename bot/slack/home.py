"""What costbot hears of its Home tab: that somebody opens it, and what they click there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from slack_bolt.async_app import AsyncBoltContext

from bot.slack.api import BoltApp, Json, SlackApi
from bot.slack.home_publisher import HomePublisher
from bot.slack.places import PLACE, ViewPlace, clicked_in
from bot.supervisor import Supervisor
from storage.repositories.inbound import InboundEventRepository

OPENED = "app_home_opened"


@dataclass(frozen=True, slots=True)
class Home:
    """Hears that the tab is opened, and gives what is clicked there a place for its answer.

    Attributes:
        publisher: draws the tabs.
        inbound: which events were heard already.
        api: Slack.
        supervisor: keeps the work.
    """

    publisher: HomePublisher
    inbound: InboundEventRepository
    api: SlackApi
    supervisor: Supervisor

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listener."""
        app.event(OPENED)(self.on_opened)

    async def on_opened(self, body: Json, context: AsyncBoltContext) -> None:
        """Somebody opens the tab; Slack shows what was published before, and says it again."""
        del context  # who they are is looked at when the tab is drawn: a stranger has one, too
        self.supervisor.spawn(self._opened(body), "the opening of a Home tab")

    async def _opened(self, body: Json) -> None:
        event = cast("Json", body["event"])
        if event.get("tab") != "home" or not await self.inbound.claim(str(body["event_id"])):
            return
        team, user = str(body.get("team_id", "")), str(event.get("user", ""))
        await self.publisher.opened(team, user, is_empty=not event.get("view"))

    def place(self, body: Json, team_id: str, user_id: str) -> ViewPlace | None:
        """Where what was clicked is answered from now on; None: at its response URL."""
        kind = clicked_in(body)
        place = None
        if kind != "message" or body.get("type") == "view_submission":

            def after() -> None:
                self.publisher.wish(team_id, user_id)

            place = ViewPlace(self.api, body, self.supervisor, after)
            if kind == "home":
                place.hurry()
        PLACE.set(place)  # of every request: several may come in one task
        return place


def is_opened(body: Json) -> bool:
    """Whether a request says that somebody opens the tab."""
    return "event" in body and cast("Json", body["event"]).get("type") == OPENED

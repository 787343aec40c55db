"""Costbot was removed from a workspace: its token goes at once, what people decided stays."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from bot.slack.api import BoltApp, Json
from bot.slack.many_workspaces import SLACK, ManyWorkspaces
from storage.records.actor import Actor

log = logging.getLogger(__name__)

WHY = {"app_uninstalled": "uninstalled", "tokens_revoked": "its token was revoked"}


@dataclass(frozen=True, slots=True)
class Removals:
    """Hears that costbot was removed.

    Attributes:
        workspaces: of which one is removed.
    """

    workspaces: ManyWorkspaces

    def register(self, app: BoltApp) -> None:
        """Has `app` call the listener."""
        for event in WHY:
            app.event(event)(self.on_removed)

    async def on_removed(self, body: Json) -> None:
        """The workspace, or the grid, of a verified event is marked as removed.

        An event that is older than the installation is of one before it.
        """
        event = cast("Json", body["event"])
        kind = str(event.get("type"))
        if kind == "tokens_revoked" and not cast("Json", event.get("tokens") or {}).get("bot"):
            return  # a person's token: costbot has none
        key, told = _removed(body), body.get("event_time")
        at = datetime.fromtimestamp(int(str(told)), UTC) if told else None
        actor = Actor(team_id=key, user_id=SLACK, name="Slack")
        if await self.workspaces.handler.removed(key, WHY[kind], actor, by=at) is not None:
            log.info("costbot was removed from workspace %s: %s", key, WHY[kind])


def _removed(body: Json) -> str:
    """The workspace of an event; the grid's id where it was installed for all of a grid."""
    authorizations = cast("list[Json]", body.get("authorizations") or [{}])
    of_grid = authorizations[0].get("is_enterprise_install") or body.get("is_enterprise_install")
    team_id, enterprise_id = body.get("team_id"), body.get("enterprise_id")
    return str((enterprise_id if of_grid or not team_id else team_id) or "")


def removal_listeners(workspaces: ManyWorkspaces) -> Removals:
    """The listener, with what it needs."""
    return Removals(workspaces)

"""Costbot was removed from a workspace: its token goes at once, what people decided stays."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from slack_bolt.response import BoltResponse

from bot.slack.api import BoltApp, Json
from bot.slack.many_workspaces import ManyWorkspaces
from bot.slack.permissions import REMOVALS

WHY = {"app_uninstalled": "uninstalled", "tokens_revoked": "its token was revoked"}


@dataclass(frozen=True, slots=True)
class Removals:
    """Hears that costbot was removed.

    Attributes:
        workspaces: of which one is removed.
    """

    workspaces: ManyWorkspaces

    def register(self, app: BoltApp) -> None:
        """Has `app` call it before every listener: it is acknowledged once it is kept."""
        app.middleware(self.hear)

    async def hear(self, body: Json, next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
        """Marks the workspace, or the grid, of such an event; all else goes on."""
        event = body.get("event")
        if not isinstance(event, dict) or cast("Json", event).get("type") not in REMOVALS:
            return await next()
        await self._removed(body, cast("Json", event))
        return BoltResponse(status=200, body="")

    async def _removed(self, body: Json, event: Json) -> None:
        """An event that is older than the installation is of one before it."""
        kind = str(event["type"])
        if kind == "tokens_revoked" and not cast("Json", event.get("tokens") or {}).get("bot"):
            return  # a person's token: costbot has none
        key, told = _place(body), body.get("event_time")
        at = datetime.fromtimestamp(int(str(told)), UTC) if told else None
        await self.workspaces.removed(key, WHY[kind], by=at)


def _place(body: Json) -> str:
    """The workspace of an event; the grid's id where it was installed for all of a grid."""
    authorizations = cast("list[Json]", body.get("authorizations") or [{}])
    of_grid = authorizations[0].get("is_enterprise_install") or body.get("is_enterprise_install")
    team_id, enterprise_id = body.get("team_id"), body.get("enterprise_id")
    return str((enterprise_id if of_grid or not team_id else team_id) or "")


def removal_listeners(workspaces: ManyWorkspaces) -> Removals:
    """The listener, with what it needs."""
    return Removals(workspaces)

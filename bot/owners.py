"""Who runs this costbot, and is told where something is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.roles import Role
from bot.blocks.text import escape
from bot.outbox.payloads import SlackMessage
from storage.records.delivery import NewDelivery
from storage.records.workspace import Workspace
from storage.store import Store

MOST_OWNERS = 3
"""People who are told, where the settings name none."""


async def owners_of(store: Store, admins: Sequence[str]) -> tuple[str, ...]:
    """Their Slack ids, behind their workspaces' where those are known.

    Args:
        store: with the people.
        admins: of the settings; where there are none, the first that are listed.

    Raises:
        Unavailable: the store does not answer.
    """
    if admins:
        return tuple(admins)
    people = await store.people.find_all()
    there = (one for one in people if one.active and one.role is Role.ADMIN)
    return tuple(f"{one.team_id}/{one.user_id}" for one in there)[:MOST_OWNERS]


async def tell_of_removal(store: Store, admins: Sequence[str], before: Workspace, why: str) -> None:
    """Tells the owners elsewhere, once, that a workspace has removed costbot.

    Raises:
        Unavailable: the store does not answer.
    """
    text = (
        f":warning: Costbot was removed from the Slack workspace {escape(before.name)} "
        f"({before.id}): {why}. Nothing more is sent there; what was to be told there ends in "
        "`costbot outbox`. What people there decided is kept, and counts again once somebody "
        "installs costbot anew."
    )
    payload = SlackMessage(text=text).as_json()
    slot = f"workspace.removed|{before.id}|{before.installed_at.isoformat()}"
    told = [
        NewDelivery(key=f"{slot}|{owner}", channel="slack", address=owner, payload=payload)
        for owner in await owners_of(store, admins)
        if not owner.startswith(f"{before.id}/")
    ]
    if told:
        await store.deliveries.add_many(told)

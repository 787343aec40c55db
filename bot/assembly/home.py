"""Home tabs, put together."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from bot.assembly import Parts, recommendations_of
from bot.assembly.digests import digests_of
from handlers.home.reading import HomeHandler

if TYPE_CHECKING:
    from bot.slack.api import SlackApi
    from bot.slack.app import SlackAccess
    from bot.slack.home_publisher import HomePublisher
    from bot.supervisor import Supervisor


def home_handler_of(parts: Parts) -> HomeHandler:
    """What gathers Home tabs."""
    digests = digests_of(parts, "slack").read
    return HomeHandler(
        cost=parts.handlers.cost,
        around=digests.figures.around,
        tracker=recommendations_of(parts, "slack").tracker,
        digests=digests,
        outlooks=parts.handlers.forecasts,
        marks=parts.store.home_views,
        clock=parts.clock,
    )


def home_of(parts: Parts, access: SlackAccess, supervisor: Supervisor) -> HomePublisher:
    """What publishes Home tabs.

    Args:
        parts: that tell what stands there.
        access: to the workspace.
        supervisor: keeps the work.
    """
    from bot.slack.app import slack_client  # Bolt is slow to load, and the CLI rarely needs it
    from bot.slack.group_members import group_members
    from bot.slack.home_publisher import HomePublisher
    from bot.slack.identity import Identities
    from bot.slack.workspaces import OneWorkspace, inside

    callers = replace(parts.callers, membership=group_members(access, parts.clock))
    return HomePublisher(
        home=home_handler_of(parts),
        views=parts.store.home_views,
        identities=Identities(callers, parts.clock),
        api=cast("SlackApi", slack_client(access)),
        clock=parts.clock,
        supervisor=supervisor,
        within=partial(inside, access.workspaces or OneWorkspace(access.bot_token)),
    )

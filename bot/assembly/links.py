"""Links, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.assembly import Parts, budgets_of, recommendations_of
from bot.assembly.incidents import incident_desk_of
from bot.links import Links
from handlers.linked import LinkHandler

if TYPE_CHECKING:
    from bot.slack.nouns import MakeNoun


def links_of(parts: Parts) -> Links:
    """The addresses of a deployment; without one of its own, nothing leads to it."""
    return Links(parts.settings.public_url or "")


def link_noun_of(parts: Parts) -> MakeNoun:
    """What hears of links in Slack."""
    from bot.slack.unfurling import make_unfurling

    handler = LinkHandler(
        budgets=budgets_of(parts, "slack").read,
        incidents=incident_desk_of(parts, "slack"),
        recommendations=recommendations_of(parts, "slack").read,
        statements=parts.handlers.showback.statements,
    )
    return make_unfurling(handler, links_of(parts), parts.store.inbound)

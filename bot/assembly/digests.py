"""Digests, put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.assembly import Parts, budgets_of, recommendations_of
from handlers.callers import Membership
from storage.records.audit import Surface

if TYPE_CHECKING:
    from bot.slack.nouns import MakeNoun
    from handlers.digests.handlers import DigestHandlers


def digests_of(
    parts: Parts,
    surface: Surface,
    wake: Callable[[], None] | None = None,
    membership: Membership | None = None,
) -> DigestHandlers:
    """What can be done with digests on one surface.

    Args:
        parts: on which it is done.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
        membership: who is in Slack's user groups; None: nobody is asked.
    """
    # Many small modules: most commands need none of them.
    from bot.assembly.incidents import incident_desk_of
    from bot.digest_messages import SlackDigestMessages
    from bot.links import Links
    from handlers.digests.around import AroundHandler
    from handlers.digests.figures import FiguresHandler
    from handlers.digests.handlers import digest_handlers

    cost = parts.handlers.cost
    around = AroundHandler(
        budgets=budgets_of(parts, surface).read,
        recommendations=recommendations_of(parts, surface).read,
        incidents=incident_desk_of(parts, surface, wake),
    )
    figures = FiguresHandler(
        engine=cost.engine,
        dimensions=cost.dimensions,
        clock=cost.clock,
        stale_after_hours=cost.stale_after_hours,
        around=around,
        outlooks=parts.handlers.forecasts,
    )
    callers = replace(parts.callers, membership=membership)
    address = parts.settings.public_url
    messages = SlackDigestMessages(None if address is None else Links(address))
    return digest_handlers(parts.store, figures, callers, messages, surface, wake)


def digest_noun(digests: DigestHandlers) -> MakeNoun:
    """What hears `/cost digest` in Slack."""
    from bot.slack.digests import digest_noun_maker

    return digest_noun_maker(digests)

"""Alert rules, put together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.alert_rule_messages import compose_test, fault_messages
from handlers.alert_rules.drivers import HandlerDrivers
from handlers.alert_rules.evaluating import AlertRuleEvaluator, Desk
from handlers.alert_rules.handlers import AlertRuleHandlers, alert_rule_handlers
from handlers.alert_rules.looking import Looking
from storage.records.audit import Surface
from storage.records.incident import Incident

if TYPE_CHECKING:
    from bot.assembly import Parts
    from bot.slack.nouns import MakeNoun


def alert_rules_of(
    parts: Parts, surface: Surface, wake: Callable[[], None] | None = None
) -> AlertRuleHandlers:
    """What can be done with alert rules on one surface.

    Args:
        parts: on which it is done.
        surface: the audit trail names it.
        wake: tells the outbox of this process that there is something to send.
    """

    async def open_subjects() -> dict[str, Incident]:
        found = await parts.store.incidents.open_of_kind("rule")
        return {incident.subject: incident for incident in found}

    return alert_rule_handlers(
        parts.store, looking_of(parts), surface, open_subjects, compose_test, wake
    )


def alert_rule_evaluator_of(
    parts: Parts, desk: Desk, wake: Callable[[], None] | None = None
) -> AlertRuleEvaluator:
    """What looks at all rules; its `look` is due every 15 minutes.

    Args:
        parts: whose rules and facts.
        desk: takes what was found.
        wake: tells the outbox of this process that there is something to send.
    """
    handlers = parts.handlers
    drivers = HandlerDrivers(parts.engine, parts.dimensions, handlers.why, handlers.failures)
    return AlertRuleEvaluator(parts.store, looking_of(parts), desk, drivers, fault_messages, wake)


def alert_rule_noun_of(parts: Parts, wake: Callable[[], None] | None = None) -> MakeNoun:
    """`/cost alert …` in Slack."""
    from bot.slack.alert_rules import alert_rule_noun  # Bolt: the command line has none of it

    rules = alert_rules_of(parts, "slack", wake)
    return alert_rule_noun(rules, parts.dimensions, parts.engine)


def looking_of(parts: Parts) -> Looking:
    """What looks at rules."""
    stale = parts.settings.stale_after_hours
    return Looking(parts.engine, parts.dimensions, parts.clock, stale)

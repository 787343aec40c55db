"""Whether anybody would hear of what a rule finds."""

from __future__ import annotations

from analysis.incidents.levels import Level
from handlers.alert_rules.scope import ORGANIZATION
from handlers.alert_rules.stories import PRODUCT
from handlers.incidents.hearing import Expected, Names, is_heard
from storage.records.alert_rule import AlertRuleDraft
from storage.store import Store


async def is_told(store: Store, rule: AlertRuleDraft) -> bool:
    """Whether a rule has places of its own, or some route may take what it finds.

    Raises:
        Unavailable: the store does not answer.
    """
    return bool(rule.targets) or await is_heard(store, expected_of(rule))


def expected_of(rule: AlertRuleDraft) -> Expected:
    """What a rule may find."""
    own = () if rule.organization is None else (rule.organization,)
    abouts = _names(rule, ORGANIZATION)
    return Expected(
        kind="rule",
        organizations=own,
        products=_names(rule, PRODUCT),
        abouts=None if abouts is None else (*abouts, *own),
        worst=_worst(rule),
    )


def _names(rule: AlertRuleDraft, dimension: str) -> Names:
    """The names of a dimension that its incidents may bear."""
    values = rule.filters.get(dimension, ())
    if rule.each == dimension:
        return values or None
    return values if len(values) == 1 else ()


def _worst(rule: AlertRuleDraft) -> Level:
    """The worst level that it can reach; missing data counts as a warning."""
    return Level.WARNING if rule.terms.critical is None else Level.CRITICAL

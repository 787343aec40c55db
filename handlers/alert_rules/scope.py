"""What a rule watches, as the queries and sentences need it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from analysis.alert_rules.terms import Kind
from queries.dimensions import Dimensions
from storage.records.alert_rule import AlertRule, AlertRuleDraft

ORGANIZATION = "organization"

MOST_MEMBERS = 50
"""Series that a rule on each member of a dimension has at most: the largest of the last 7 days, and
those of which an incident is open."""

WHOLE = "*"
"""Stands for the one series of a rule that divides by nothing; no member is written so."""


def filters_of(rule: AlertRuleDraft) -> Mapping[str, tuple[str, ...]]:
    """Its filters, the organization whose it is among them."""
    if rule.organization is None:
        return rule.filters
    return {**rule.filters, ORGANIZATION: (rule.organization,)}


def divided_by(rule: AlertRuleDraft) -> tuple[str, ...]:
    """The dimensions that its rows have to be told apart by, sorted."""
    each = () if rule.each is None else (rule.each,)
    return tuple(sorted({*filters_of(rule), *each}))


def missing(rule: AlertRuleDraft, dimensions: Dimensions) -> tuple[str, ...]:
    """The dimensions that it names and this deployment does not have."""
    return tuple(name for name in divided_by(rule) if name not in dimensions)


def counts_customers_only(rule: AlertRuleDraft) -> bool:
    """Whether internal traffic is left out: what an organization is shown is its customers' cost.

    Utilization is of machines: whoever keeps them busy counts.
    """
    if rule.terms.kind is Kind.UTILIZATION:
        return False
    return rule.customers_only or rule.organization is not None


def subject_of(rule: AlertRule, member: str | None) -> str:
    """The subject of one of its series, see `Signal.subject`."""
    series = WHOLE if member is None else quote(member, safe="")
    return f"rule|{rule.id}|{series}"

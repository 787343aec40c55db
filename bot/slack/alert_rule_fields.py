"""An alert rule's form in a modal against the form that the handlers read, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from analysis.alert_rules.terms import Kind, Terms, Unit
from bot.blocks.alert_rule_form import NOBODY, RuleValues
from bot.blocks.budget_form import DEPLOYMENT, fits_option
from bot.slack.api import Json
from bot.slack.budget_state import Fields
from bot.slack.workspaces import here
from handlers.alert_rules.form import RuleForm
from handlers.workspaces.addresses import is_person, picked
from storage.records.alert_rule import AlertRule
from storage.records.budget import Scope

_BLOCKS = {
    "slack_channels": "channels",
    "slack_users": "users",
    "customers": "traffic",
    "today": "what",
}
"""Fields whose block has another name than they."""

_UNSHOWN = "what"
"""Where a fault of a field is told that the modal does not have."""

_RELATIVE = ("cost %", "requests %")


def entered(view: Json) -> RuleValues:
    """What stands in the modal; what is not there is empty."""
    fields = Fields(view)
    pairs = (chosen.partition("=") for chosen in fields.options("filters"))
    return RuleValues(
        name=fields.text("name"),
        what=fields.option("what"),
        direction=fields.option("direction"),
        warning=fields.text("warning"),
        critical=fields.text("critical"),
        notice=fields.text("notice"),
        baseline=fields.option("baseline"),
        organization=fields.option("organization"),
        filters=tuple((dimension, value) for dimension, _, value in pairs),
        each=fields.option("each"),
        traffic=fields.option("traffic"),
        least=fields.text("least"),
        margin=fields.text("margin"),
        remind=fields.option("remind"),
        zone=fields.text("zone"),
        channels=fields.ids("channels"),
        users=fields.ids("users"),
        emails=fields.text("emails"),
    )


def form_of(values: RuleValues, rule: AlertRule | None) -> RuleForm:
    """What the handlers are asked for.

    Args:
        values: what stands in the modal.
        rule: that is edited; None: a new one.
    """
    what, is_share = values.what.removesuffix(" %"), values.what.endswith("%")
    organization = "" if values.organization == DEPLOYMENT else values.organization
    known = ("slack", "email")
    others = [] if rule is None else [one for one in rule.targets if one[0] not in known]
    return RuleForm(
        name=values.name or None if rule is None else values.name or rule.name,
        what=what.removesuffix(" today"),
        direction=values.direction,
        warning=_threshold(values.warning, is_share=is_share),
        critical=_threshold(values.critical, is_share=is_share) or "off",
        notice=_threshold(values.notice, is_share=is_share) or "off",
        baseline=values.baseline if values.what in _RELATIVE else None,
        today=what.endswith(" today"),
        organization=(organization or None) if rule is None else None,
        filters=_filters(values, rule),
        each=values.each or NOBODY,
        customers=values.traffic == "customers",
        zone=values.zone,
        least=values.least or ("off" if rule is not None else None),
        margin=values.margin,
        remind=values.remind,
        slack_channels=values.channels,
        slack_users=values.users,
        emails=tuple(values.emails.replace(",", " ").replace(";", " ").split()),
        webhooks=tuple(address for channel, address in others if channel == "webhook"),
        linear=tuple(address for channel, address in others if channel == "linear"),
        # What is offered is known, and what a rule watches already may stay.
        unseen=True,
    )


def values_of(rule: AlertRule) -> RuleValues:
    """What stands in the modal when a rule is edited."""
    terms = rule.terms
    slack = picked((one for channel, one in rule.targets if channel == "slack"), here())
    people = tuple(one for one in slack if is_person(one))
    pairs = ((name, value) for name, values in rule.filters.items() for value in values)
    return RuleValues(
        name=rule.name,
        what=_what(terms),
        direction=terms.direction.value,
        warning=_written(terms, terms.warning),
        critical=_written(terms, terms.critical),
        notice=_written(terms, terms.notice),
        baseline=terms.baseline.value if terms.kind is Kind.RELATIVE and terms.baseline else "7d",
        filters=tuple(pair for pair in pairs if fits_option(*pair)),
        each=rule.each or NOBODY,
        traffic="customers" if rule.customers_only else "all",
        least=f"{terms.floor:f}" if terms.floor else "",
        margin=f"{(terms.margin * 100).normalize():f}",
        remind=_remind(rule),
        zone=rule.zone.key,
        channels=tuple(one for one in slack if one not in people),
        users=people,
        emails=", ".join(address for channel, address in rule.targets if channel == "email"),
    )


def errors_of(faults: Mapping[str, str], shown: frozenset[str]) -> dict[str, str]:
    """Faults by the block that they stand under.

    Args:
        faults: sentences by field of the form.
        shown: the blocks of the modal.
    """
    errors: dict[str, str] = {}
    for field, sentence in faults.items():
        block = _BLOCKS.get(field, field)
        block = block if block in shown else _UNSHOWN
        errors[block] = f"{errors[block]} {sentence}" if block in errors else sentence
    return errors


def _filters(values: RuleValues, rule: AlertRule | None) -> dict[str, tuple[str, ...]]:
    """What was chosen, and what the rule watches that no list of Slack's can carry."""
    before: Scope = {} if rule is None else rule.filters
    kept = [
        (name, value)
        for name, some in before.items()
        for value in some
        if not fits_option(name, value)
    ]
    filters: dict[str, tuple[str, ...]] = {}
    for name, value in (*values.filters, *kept):
        filters[name] = (*filters.get(name, ()), value)
    return filters


def _what(terms: Terms) -> str:
    word = terms.kind.value
    if terms.kind in (Kind.ABSOLUTE, Kind.RELATIVE):
        word = terms.measure.value
    if terms.is_today:
        return f"{word} today"
    return f"{word} %" if terms.unit is Unit.SHARE else word


def _threshold(text: str, *, is_share: bool) -> str:
    if not text or not is_share or text.endswith("%"):
        return text
    return f"{text}%"


def _written(terms: Terms, value: Decimal | None) -> str:
    if value is None:
        return ""
    shown = value * 100 if terms.unit is Unit.SHARE else value
    return f"{shown.normalize():f}"


def _remind(rule: AlertRule) -> str:
    if rule.remind_after is None:
        return "off"
    hours = int(rule.remind_after.total_seconds()) // 3600
    return f"{hours // 24}d" if hours % 24 == 0 else f"{hours}h"

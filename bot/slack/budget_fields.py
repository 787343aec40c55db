"""A budget's form in a modal against the form that the handlers read, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from bot.blocks.budget_form import DEPLOYMENT, FormValues, fits_option
from bot.slack.workspaces import here
from handlers.budgets.form import BudgetForm
from handlers.workspaces.addresses import picked
from storage.records.budget import Budget, Scope

_BLOCKS = {"is_hard": "hardness", "slack_channels": "channels", "slack_users": "users"}
"""Fields whose block has another name than they."""

_UNSHOWN = "name"
"""Where a fault of a field is told that the modal does not have."""


def form_of(values: FormValues, budget: Budget | None) -> BudgetForm:
    """What the handlers are asked for.

    Args:
        values: what stands in the modal.
        budget: that is edited; None: a new one.
    """
    organization = "" if values.organization == DEPLOYMENT else values.organization
    return BudgetForm(
        name=values.name,
        limit=values.limit,
        kind=values.kind,
        organization=(organization or None) if budget is None else None,
        description=values.description,
        scope=_scope(values, {} if budget is None else budget.scope),
        zone=values.zone,
        start=values.start or None,
        end=values.end or (None if budget is None else "never"),
        warning=_share(values.warning),
        critical=_share(values.critical),
        forecast=_share(values.forecast) if values.forecast else "off",
        is_hard=values.hardness == "hard",
        when_unknown=values.when_unknown,
        rollover=values.rollover or "off",
        emails=tuple(values.emails.replace(",", " ").replace(";", " ").split()),
        slack_channels=values.channels,
        slack_users=values.users,
        # What is offered is known, and what a budget counts already may stay.
        unseen=True,
    )


def values_of(budget: Budget) -> FormValues:
    """What stands in the modal when a budget is edited."""
    pairs = ((name, value) for name, values in budget.scope.items() for value in values)
    return FormValues(
        name=budget.name,
        limit=f"{budget.limit:f}",
        kind=budget.kind,
        start=str(budget.start),
        end="" if budget.end is None else str(budget.end),
        zone=budget.zone.key,
        scope=tuple(pair for pair in pairs if fits_option(*pair)),
        warning=_percent(budget.warning),
        critical=_percent(budget.critical),
        forecast="" if budget.forecast is None else _percent(budget.forecast),
        hardness="hard" if budget.is_hard else "soft",
        when_unknown=budget.when_unknown,
        rollover="" if budget.rollover is None else f"{budget.rollover:f}",
        channels=picked(budget.slack_channels, here()),
        users=picked(budget.slack_users, here()),
        emails=", ".join(budget.emails),
        description=budget.description,
    )


def errors_of(faults: Mapping[str, str], shown: frozenset[str]) -> dict[str, str]:
    """Faults by the block that they stand under; those of fields that are not there come first.

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


def _scope(values: FormValues, before: Scope) -> dict[str, tuple[str, ...]]:
    """What was chosen, and what the budget counts that no list of Slack's can carry."""
    pairs = [
        (name, value)
        for name, some in before.items()
        for value in some
        if not fits_option(name, value)
    ]
    scope: dict[str, tuple[str, ...]] = {}
    for name, value in (*values.scope, *pairs):
        scope[name] = (*scope.get(name, ()), value)
    return scope


def _share(per_cent: str) -> str:
    return f"{per_cent}%"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f}"

"""Budgets as they are sent: to be created, to be changed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from analysis.errors import Unfit
from api.bodies import Body, OfOrganization
from api.models.fields import (
    Day,
    Exact,
    Lines,
    Name,
    Prose,
    Scope,
    amount_text,
    share_text,
)
from handlers.budgets.form import BudgetForm

OFF = "off"

FIELDS = {
    "limit": "total_limit",
    "kind": "budget_type",
    "organization": "organization_id",
    "zone": "time_zone",
    "start": "start_date",
    "end": "end_date",
    "warning": "warning_threshold",
    "critical": "critical_threshold",
    "forecast": "forecast_threshold",
    "rollover": "rollover_limit",
    "emails": "alert_emails",
}
"""What forms call otherwise."""


class BudgetChange(Body):
    """What is changed of a budget; what is left away stays as it is."""

    EMPTIED: ClassVar = frozenset({"end_date", "forecast_threshold", "rollover_limit"})

    name: Name | None = Field(None, examples=["LLM API"])
    description: Prose | None = None
    budget_type: Literal["monthly", "quarterly", "annual", "custom"] | None = None
    total_limit: Exact | None = Field(None, description="US dollars of a period.")
    warning_threshold: Exact | None = Field(
        None, description="A share of the limit: 0.8 is 80 %. Not above the critical one."
    )
    critical_threshold: Exact | None = Field(None, description="The same, at most 1.")
    forecast_threshold: Exact | None = Field(
        None, description="Of the projection; null: the forecast alerts nobody."
    )
    start_date: Day | None = None
    end_date: Day | None = Field(None, description="The last day, included; null: it goes on.")
    time_zone: Name | None = Field(None, description="IANA name.", examples=["Europe/Berlin"])
    scope: Scope | None = None
    is_hard: bool | None = Field(None, description="Beyond the limit a gateway's check denies.")
    when_unknown: Literal["allow", "deny"] | None = None
    rollover_limit: Exact | None = Field(
        None, description="The most that is carried into the next period; null: nothing is."
    )
    alert_emails: Lines | None = None
    slack_channels: Lines | None = Field(None, description="Ids, such as C024BE91L.")
    slack_users: Lines | None = Field(None, description="Ids, such as U012AB3CD.")
    webhooks: Lines | None = None
    alerts_enabled: bool | None = None
    allow_unseen: bool = Field(
        default=False,
        description="Take values of the scope that no cost has had yet; else they are refused.",
    )

    def form(self, organization: str | None = None) -> BudgetForm:
        """What handlers take.

        Args:
            organization: whose it becomes; None: the caller's.
        """
        return BudgetForm(
            name=self.name,
            organization=organization,
            limit=amount_text(self.total_limit),
            kind=self.budget_type,
            description=self.description,
            scope=None if self.scope is None else {k: tuple(v) for k, v in self.scope.items()},
            zone=self.time_zone,
            start=None if self.start_date is None else self.start_date.isoformat(),
            end=self._or_off("end_date", _iso(self.end_date)),
            warning=share_text(self.warning_threshold),
            critical=share_text(self.critical_threshold),
            forecast=self._or_off("forecast_threshold", share_text(self.forecast_threshold)),
            is_hard=self.is_hard,
            when_unknown=self.when_unknown,
            rollover=self._or_off("rollover_limit", amount_text(self.rollover_limit)),
            emails=_tuple(self.alert_emails),
            slack_channels=_tuple(self.slack_channels),
            slack_users=_tuple(self.slack_users),
            webhooks=_tuple(self.webhooks),
            alerts_enabled=self.alerts_enabled,
            unseen=self.allow_unseen,
        )

    def _or_off(self, name: str, text: str | None) -> str | None:
        """A field that null empties, and that stays as it is where it is left away."""
        is_null = text is None and name in self.model_fields_set
        return OFF if is_null else text


class NewBudget(BudgetChange, OfOrganization):
    """A budget to be created."""

    EMPTIED: ClassVar = BudgetChange.EMPTIED | {"organization_id"}

    name: Name = Field(examples=["LLM API"])  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    budget_type: Literal["monthly", "quarterly", "annual", "custom"]  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    total_limit: Exact = Field(description="US dollars of a period.")  # pyright: ignore[reportIncompatibleVariableOverride, reportGeneralTypeIssues]
    organization_id: Name | None = Field(
        None,
        description="Whose it is; null: the deployment's own. For admins of all organizations "
        "alone: whoever is bound to an organization leaves it away.",
    )


@contextmanager
def told_by_fields() -> Generator[None]:
    """Tells the faults of a form by the names that the fields have here.

    Raises:
        Unfit: with these names.
    """
    try:
        yield
    except Unfit as unfit:
        faults = {f"body.{FIELDS.get(name, name)}": said for name, said in unfit.faults.items()}
        raise Unfit(faults) from unfit


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)

"""Budgets, where they stand, how they have spent and how they will end."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from api.models.base import (
    Answer,
    Figure,
    Money,
    Page,
    percentage,
    plain,
    plain_or_none,
    quotient,
    rounded,
)
from handlers.budgets.results import BudgetHistory, Standing


class BudgetAnswer(Answer):
    """What was decided of a budget."""

    id: UUID
    organization_id: str | None = Field(description="Null: the deployment's own.")
    name: str
    description: str
    budget_type: Literal["monthly", "quarterly", "annual", "custom"]
    total_limit: Money = Field(description="Of a period.")
    currency: Literal["USD"]
    warning_threshold: Figure = Field(description="A share of the limit: 0.8 is 80 %.")
    critical_threshold: Figure
    forecast_threshold: Figure | None = Field(description="Null: the forecast alerts nobody.")
    start_date: date
    end_date: date | None = Field(description="The last day, included; null: it goes on.")
    time_zone: str
    scope: dict[str, list[str]] = Field(
        description="What it counts: dimension to accepted values; empty: everything."
    )
    is_hard: bool = Field(description="Beyond the limit a gateway's check denies.")
    when_unknown: Literal["allow", "deny"]
    rollover_limit: Money | None = Field(
        description="The most that is carried into the next period; null: nothing is."
    )
    alert_emails: list[str]
    slack_channels: list[str]
    slack_users: list[str]
    webhooks: list[str]
    alerts_enabled: bool
    is_paused: bool
    paused_until: datetime | None
    version: int = Field(description="Grows with each change.")
    created_at: datetime
    updated_at: datetime
    status: str = Field(description="See `GET /budgets/{budget_id}/status`.")
    current_spend: Money
    utilization_percentage: float | None


class BudgetPage(Page):
    """Budgets by name."""

    budgets: list[BudgetAnswer]


class BudgetStatus(Answer):
    """Where a budget stands in its present period."""

    budget_id: UUID
    name: str
    organization_id: str | None
    period_start: date
    period_end: date = Field(description="The last day, included.")
    as_of: date | None = Field(description="The last day that is counted; null: none is known.")
    state: Literal["not begun", "running", "ended"]
    is_provisional: bool = Field(description="That day is not complete: its spend still grows.")
    days_behind: int = Field(description="Days that have begun and of which nothing is known.")
    total_limit: Money = Field(description="In force: with what was carried and raised.")
    agreed_limit: Money
    carried: Money
    raised: Money
    current_spend: Money
    unpriced_requests: int = Field(description="Without a price: their cost is in no figure.")
    utilization_percentage: float | None
    remaining_budget: Money = Field(description="Below zero: so much is spent beyond the limit.")
    days_elapsed: int
    days_remaining: int
    daily_burn_rate: Money | None
    projected_total: Money | None = Field(description="At that rate, the plain reading.")
    projected_exhaustion_date: date | None = Field(
        description="Null: the limit outlasts the period."
    )
    forecast: BudgetOutlook | None = Field(description="The same by weekday, with an interval.")
    status: Literal["ok", "warning", "critical", "reached", "exceeded", "unknown"]
    is_on_track: bool | None = Field(
        description="Whether the plain projection stays within the limit; null: there is none."
    )


class BudgetOutlook(Answer):
    """What will be spent at the end of the period, with an interval of 80 %."""

    expected: Money
    lower: Money
    upper: Money


class BudgetDay(Answer):
    """A day of a budget's period."""

    day: date
    cost: Money
    cumulative: Money
    utilization_percentage: float | None
    is_provisional: bool


class BudgetCourse(Answer):
    """How a budget has spent in its present period."""

    budget_id: UUID
    period_start: date
    period_end: date
    total_limit: Money
    history: list[BudgetDay] = Field(description="Oldest first.")


class BudgetForecastDay(Answer):
    """A day to come of a budget's period."""

    day: date
    predicted_cost: Money = Field(description="Of this day.")
    predicted_cumulative: Money = Field(description="At its end, since the period began.")
    lower: Money = Field(description="Of the cumulative one: 80 %.")
    upper: Money


class BudgetForecast(Answer):
    """What a budget's days to come will cost."""

    budget_id: UUID
    period_start: date
    period_end: date
    as_of: date | None
    total_limit: Money
    current_spend: Money
    projected_total: Money | None
    data_points: list[BudgetForecastDay] = Field(
        description="Empty: the period is over, or the history is too short."
    )


def budget_answer(standing: Standing) -> BudgetAnswer:
    """A budget as it is sent."""
    budget, status = standing.budget, standing.status
    return BudgetAnswer(
        id=budget.id,
        organization_id=budget.organization,
        name=budget.name,
        description=budget.description,
        budget_type=budget.kind,
        total_limit=plain(budget.limit),
        currency=budget.currency,
        warning_threshold=plain(budget.warning),
        critical_threshold=plain(budget.critical),
        forecast_threshold=plain_or_none(budget.forecast),
        start_date=budget.start,
        end_date=budget.end,
        time_zone=budget.zone.key,
        scope={name: list(values) for name, values in budget.scope.items()},
        is_hard=budget.is_hard,
        when_unknown=budget.when_unknown,
        rollover_limit=plain_or_none(budget.rollover),
        alert_emails=list(budget.emails),
        slack_channels=list(budget.slack_channels),
        slack_users=list(budget.slack_users),
        webhooks=list(budget.webhooks),
        alerts_enabled=budget.alerts_enabled,
        is_paused=budget.paused,
        paused_until=budget.paused_until,
        version=budget.version,
        created_at=budget.created_at,
        updated_at=budget.updated_at,
        status=status.word,
        current_spend=plain(status.spend),
        utilization_percentage=percentage(status.utilization),
    )


def status_answer(standing: Standing) -> BudgetStatus:
    """Where a budget stands, as it is sent."""
    budget, status, limit = standing.budget, standing.status, standing.outcome.limit
    ahead = status.forecast
    return BudgetStatus(
        budget_id=budget.id,
        name=budget.name,
        organization_id=budget.organization,
        period_start=status.period.first,
        period_end=status.period.last,
        as_of=status.as_of,
        state=status.state.value,
        is_provisional=status.is_provisional,
        days_behind=status.days_behind,
        total_limit=plain(limit.total),
        agreed_limit=plain(limit.agreed),
        carried=plain(limit.carried),
        raised=plain(limit.raised),
        current_spend=plain(status.spend),
        unpriced_requests=status.unpriced_requests,
        utilization_percentage=percentage(status.utilization),
        remaining_budget=plain(status.remaining),
        days_elapsed=status.elapsed_days,
        days_remaining=status.remaining_days,
        daily_burn_rate=quotient(status.burn),
        projected_total=quotient(status.projected),
        projected_exhaustion_date=status.exhaustion,
        forecast=None
        if ahead is None
        else BudgetOutlook(
            expected=rounded(ahead.expected),
            lower=rounded(ahead.lower),
            upper=rounded(ahead.upper),
        ),
        status=status.word,  # pyright: ignore[reportArgumentType] - pydantic holds it to the words
        is_on_track=status.is_on_track,
    )


def course_answer(history: BudgetHistory, days: int) -> BudgetCourse:
    """The latest days of a budget's period, as they are sent."""
    standing = history.standing
    return BudgetCourse(
        budget_id=standing.budget.id,
        period_start=standing.status.period.first,
        period_end=standing.status.period.last,
        total_limit=plain(standing.status.limit),
        history=[
            BudgetDay(
                day=one.day,
                cost=plain(one.cost),
                cumulative=plain(one.cumulative),
                utilization_percentage=percentage(one.utilization),
                is_provisional=one.is_provisional,
            )
            for one in history.course[-days:]
        ],
    )


def forecast_answer(history: BudgetHistory, horizon: int | None) -> BudgetForecast:
    """A budget's days to come, as they are sent."""
    standing, fan = history.standing, history.fan
    status = standing.status
    return BudgetForecast(
        budget_id=standing.budget.id,
        period_start=status.period.first,
        period_end=status.period.last,
        as_of=status.as_of,
        total_limit=plain(status.limit),
        current_spend=plain(status.spend),
        projected_total=rounded(fan[-1].forecast.expected) if fan else None,
        data_points=_days_ahead(history)[:horizon],
    )


def _days_ahead(history: BudgetHistory) -> list[BudgetForecastDay]:
    fan = history.fan
    days: list[BudgetForecastDay] = []
    if not fan:
        return days
    begun = fan[0].day
    before = next(
        (one.cumulative for one in reversed(history.course) if one.day < begun), Decimal(0)
    )
    for one in fan:
        ahead = one.forecast
        days.append(
            BudgetForecastDay(
                day=one.day,
                predicted_cost=rounded(ahead.expected - before),
                predicted_cumulative=rounded(ahead.expected),
                lower=rounded(ahead.lower),
                upper=rounded(ahead.upper),
            )
        )
        before = ahead.expected
    return days

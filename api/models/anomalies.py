"""Days that were unlike their past."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import Field

from analysis.series import Measure, series_key
from api.models.base import Answer, Figure, Money, Page, plain
from handlers.anomalies.listing import AnomalyList, AnomalyRow
from handlers.anomalies.naming import title_of


class Anomaly(Answer):
    """A day of a series that was unlike its past; of one that lasts, its latest day."""

    id: UUID
    timestamp: date = Field(description="The day, in the deployment's zone.")
    what: str
    actual: Figure = Field(description="In `unit`.")
    expected: Figure
    lower: Figure = Field(description="The interval of what was expected.")
    upper: Figure
    unit: Literal["USD", "requests"]
    deviation_percentage: float | None = Field(description="Null: nothing was expected.")
    severity: str = Field(description="notice, warning or critical.")
    description: str
    cost_per_day: Money = Field(description="US dollars a day that it moved, signed.")
    shape: str = Field(description="spike: it passes; shift: a new level.")
    since: date
    days: int = Field(description="On how many days it was found.")
    score: float = Field(description="In robust standard deviations, signed.")
    history_days: int
    organization_id: str | None
    dimension: str | None
    member: str | None
    state: Literal["open", "over", "gone"]
    label: str | None = Field(description="What people said of it; null: nothing.")
    incident_id: UUID | None


class AnomalyPage(Page):
    """What was found, the newest and the most dollars first."""

    period_start: date | None
    period_end: date | None
    looked_at: date | None = Field(
        description="The newest day that was looked at; null: none ever was."
    )
    looked_when: datetime | None
    anomalies: list[Anomaly]


def anomaly_page(
    found: AnomalyList, rows: list[AnomalyRow], next_cursor: str | None
) -> AnomalyPage:
    """A page of a list of anomalies, as it is sent."""
    return AnomalyPage(
        period_start=found.first,
        period_end=found.last,
        looked_at=found.looked_at,
        looked_when=found.looked_when,
        anomalies=[_anomaly(row) for row in rows],
        next_cursor=next_cursor,
    )


def _anomaly(row: AnomalyRow) -> Anomaly:
    finding = row.finding
    key = series_key(finding.series)
    deviation = finding.deviation
    return Anomaly(
        id=finding.id,
        timestamp=finding.day,
        what=title_of(key),
        actual=_figure(finding.actual),
        expected=_figure(finding.expected),
        lower=_figure(finding.lower),
        upper=_figure(finding.upper),
        unit="USD" if key.measure is Measure.COST else "requests",
        deviation_percentage=None if deviation is None else round(deviation * 100, 1),
        severity=finding.level,
        description=finding.description,
        cost_per_day=plain(finding.usd),
        shape=finding.shape,
        since=finding.since,
        days=row.days,
        score=round(finding.score, 2),
        history_days=finding.history_days,
        organization_id=finding.organization,
        dimension=finding.dimension,
        member=finding.member,
        state=row.state,
        label=None if row.label is None else row.label.kind,
        incident_id=None if row.incident is None else row.incident.id,
    )


def _figure(value: float) -> str:
    """What statistics hold, to the sixth digit behind the point."""
    return plain(Decimal(repr(round(value, 6))))

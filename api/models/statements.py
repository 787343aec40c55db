"""Statements: what a month cost each organization."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import Field

from analysis.showback.dividing import Line, Part
from api.bodies import Body
from api.models.base import Answer, Figure, Money, Page, plain
from handlers.showback.months import last_day, written
from handlers.showback.results import (
    Books,
    ClosePreview,
    ListedMonth,
    MonthStatement,
    Statement,
)
from storage.records.statement import ClosedMonth

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


class StatementParts(Answer):
    """What a statement is made of; US dollars in cents."""

    gpu: Money | None = Field(
        description="Direct cost of GPU requests; null: no request has a price, so it is not known."
    )
    llm: Money
    other: Money
    idle: Money = Field(description="Idle cost that was pushed onto the requests.")
    overhead: Money
    unattributed: Money = Field(description="The share of what no request carries.")
    shared: Money = Field(description="The share of what is nobody's own.")


class StatementLine(Answer):
    """A team's part of a statement."""

    team: str | None = Field(description="Null: what is of no team.")
    total_cost: Money
    parts: StatementParts
    requests: int
    unpriced_requests: int = Field(description="Without a price: their cost is in no figure.")


class StatementCorrection(Answer):
    """What is billed of an earlier month, after it was closed."""

    of_month: str
    before: Money
    after: Money
    amount: Money = Field(description="Below zero: it is given back.")


class StatementAnswer(Answer):
    """What an organization, or a team of it, is charged."""

    organization_id: str
    team: str | None = Field(description="Null: the whole organization.")
    total: Money = Field(description="The month's cost and the corrections.")
    total_cost: Money = Field(description="The month's cost alone.")
    parts: StatementParts
    requests: int
    unpriced_requests: int = Field(description="Without a price: their cost is in no figure.")
    corrections: list[StatementCorrection]
    teams: list[StatementLine] = Field(description="Parts of it; they add up to its total cost.")


class StatementRule(Answer):
    """How what is nobody's own is divided."""

    method: str
    basis: str
    shares: dict[str, Figure] = Field(description="Fixed shares, per cent.")


class MonthAnswer(Answer):
    """A month."""

    month: str
    period_start: date
    period_end: date = Field(description="The last day, included.")
    time_zone: str
    state: Literal["closed", "open", "provisional"]
    rule: StatementRule | None = Field(description="Null: fixed shares, and none of the caller's.")
    closed_at: datetime | None
    closed_by: str | None
    uncorrected_months: list[str] = Field(
        description="Closed months whose facts are not all there any more."
    )
    data_until: datetime | None


class StatementBooks(Answer):
    """What only who sees all organizations is shown."""

    infrastructure_cost: Money = Field(description="What all statements and the rest add up to.")
    charged: Money = Field(description="All statements without corrections.")
    not_charged: Money = Field(description="What the rule leaves to nobody.")
    corrected: Money = Field(description="All corrections.")
    difference: Money = Field(description="Of infrastructure cost that is in no statement: 0.")
    statements: int


class StatementPage(Page, MonthAnswer):
    """The statements of a month, by organization."""

    books: StatementBooks | None
    statements: list[StatementAnswer]


class StatementShown(MonthAnswer):
    """One statement."""

    statement: StatementAnswer


class ClosedMonthAnswer(Answer):
    """A closed month."""

    month: str
    number: int = Field(description="Months are closed in order, 1 first.")
    time_zone: str
    total: Money = Field(
        description="What the caller's organization was charged; for who sees all, of all."
    )
    closed_at: datetime
    closed_by: str


class ClosedMonthList(Answer):
    """The closed months, the newest first."""

    months: list[ClosedMonthAnswer]


class MonthToClose(Answer):
    """A month as it would be frozen."""

    month: str
    digest: str = Field(description="Of the figures: closing asks whether they are the same.")
    infrastructure_cost: Money
    charged: Money
    not_charged: Money
    corrected: Money
    statements: int


class MonthClosing(Body):
    """Which month is closed."""

    month: str = Field(pattern=MONTH, examples=["2026-10"])
    digest: str | None = Field(
        None,
        pattern=r"^[0-9a-f]{12}$",
        description="Of `GET /statements/close`: where the figures have changed since, nothing "
        "is closed. Without it: whatever they are now.",
    )


def statement_page(
    found: MonthStatement, shown: Sequence[Statement], next_cursor: str | None
) -> StatementPage:
    """A page of a month's statements as it is sent."""
    return StatementPage(
        **_month(found),  # pyright: ignore[reportArgumentType] - pydantic holds it to the fields
        books=None if found.books is None else _books(found.books),
        statements=[_statement(one) for one in shown],
        next_cursor=next_cursor,
    )


def statement_shown(found: MonthStatement) -> StatementShown:
    """One statement as it is sent."""
    statement = _statement(found.statements[0])
    return StatementShown(**_month(found), statement=statement)  # pyright: ignore[reportArgumentType]


def closed_months(listed: Sequence[ListedMonth]) -> ClosedMonthList:
    """The closed months as they are sent."""
    return ClosedMonthList(months=[closed_month(one) for one in listed])


def closed_month(one: ListedMonth) -> ClosedMonthAnswer:
    """A closed month as it is sent."""
    closed = one.closed
    return ClosedMonthAnswer(
        month=written(closed.month),
        number=closed.number,
        time_zone=closed.zone,
        total=plain(one.total),
        closed_at=closed.at,
        closed_by=closed.actor.name,
    )


def whole_month(closed: ClosedMonth) -> ListedMonth:
    """A month that was closed just now, as who sees all of it lists it."""
    return ListedMonth(closed, closed.infrastructure - closed.not_charged + closed.corrected)


def month_to_close(preview: ClosePreview) -> MonthToClose:
    """A month as it would be frozen, as it is sent."""
    books = preview.statement.books
    if books is None:
        message = "who closes a month sees all of it"
        raise AssertionError(message)
    return MonthToClose(
        month=written(preview.statement.month),
        digest=preview.digest,
        infrastructure_cost=plain(books.infrastructure),
        charged=plain(books.charged),
        not_charged=plain(books.not_charged.line.total),
        corrected=plain(books.corrected),
        statements=books.statements,
    )


def _month(found: MonthStatement) -> dict[str, object]:
    rule, closed = found.rule, found.closed
    return {
        "month": written(found.month),
        "period_start": found.month,
        "period_end": last_day(found.month),
        "time_zone": found.zone.key,
        "state": found.state.value,
        "rule": None
        if rule is None
        else StatementRule(
            method=rule.method.value,
            basis=rule.basis.value,
            shares={name: plain(share) for name, share in rule.shares.items()},
        ),
        "closed_at": None if closed is None else closed.at,
        "closed_by": None if closed is None else closed.actor.name,
        "uncorrected_months": [written(one) for one in found.uncorrected],
        "data_until": found.freshness.data_until,
    }


def _books(books: Books) -> StatementBooks:
    return StatementBooks(
        infrastructure_cost=plain(books.infrastructure),
        charged=plain(books.charged),
        not_charged=plain(books.not_charged.line.total),
        corrected=plain(books.corrected),
        difference=plain(books.difference),
        statements=books.statements,
    )


def _statement(one: Statement) -> StatementAnswer:
    line = one.line
    return StatementAnswer(
        organization_id=line.organization,
        team=line.team,
        total=plain(one.total),
        total_cost=plain(line.total),
        parts=_parts(line),
        requests=line.use.requests,
        unpriced_requests=line.use.unpriced,
        corrections=[
            StatementCorrection(
                of_month=written(each.of_month),
                before=plain(each.before),
                after=plain(each.after),
                amount=plain(each.amount),
            )
            for each in one.corrections
        ],
        teams=[
            StatementLine(
                team=team.team or None,
                total_cost=plain(team.total),
                parts=_parts(team),
                requests=team.use.requests,
                unpriced_requests=team.use.unpriced,
            )
            for team in one.teams
        ],
    )


def _parts(line: Line) -> StatementParts:
    amounts: dict[str, str | None] = {part.value: plain(line.amounts[part]) for part in Part}
    if line.use.is_unpriced:
        amounts["gpu"] = None
    return StatementParts(**amounts)  # pyright: ignore[reportArgumentType]

"""Statements: of a month, of an organization, and closing a month."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from api.answers import answered, by_kind, file_answered
from api.cursors import page_of
from api.models.statements import (
    MONTH,
    StatementPage,
    StatementShown,
    statement_page,
    statement_shown,
)
from api.questions import Cursor, Limit, OneOrganization, Question, Text, caller_of, of_own
from api.routing import get
from handlers.showback.handlers import ShowbackHandlers
from handlers.showback.results import MonthStatement, Statement, StatementRequest

TAG = "Statements"

Month = Annotated[
    str,
    Field(pattern=MONTH, description="Such as 2026-10.", examples=["2026-10"]),
]

Format = Annotated[
    Literal["json", "csv", "focus"] | None,
    Field(
        description="`csv`: all rows as a file; `focus`: as a FOCUS 1.2 dataset. Without it: what "
        "`Accept` asks for, `application/json` or `text/csv`.",
        examples=["csv"],
    ),
]


@dataclass(frozen=True, slots=True)
class StatementFile:
    """Statements as a file.

    Attributes:
        name: of the file.
        content: its text.
    """

    name: str
    content: str


@dataclass(frozen=True, slots=True)
class StatementFiles:
    """What makes files of statements.

    Attributes:
        csv: a row for each part.
        focus: the same as FOCUS has it.
    """

    csv: Callable[[MonthStatement], StatementFile]
    focus: Callable[[MonthStatement], StatementFile]


class StatementsQuestion(Question):
    """Which statements."""

    month: Month | None = Field(None, description="Without it: the last one that is over.")
    organization: OneOrganization = None
    team: Text | None = Field(None, description="A team's part alone.")
    format: Format = None
    limit: Limit = 50
    cursor: Cursor = None


class StatementQuestion(Question):
    """Which statement."""

    month: Month | None = Field(None, description="Without it: the last one that is over.")
    team: Text | None = Field(None, description="A team's part alone.")
    format: Format = None


def statements_router(showback: ShowbackHandlers, files: StatementFiles) -> APIRouter:
    """The calls about statements.

    Args:
        showback: divides cost.
        files: of statements.
    """
    router = APIRouter()

    async def list_statements(
        request: Request, query: Annotated[StatementsQuestion, Query()]
    ) -> Response:
        """The statements of a month that the caller sees, by organization.

        A file holds all of them, whatever the limit.
        """
        caller = caller_of(request)
        of_own(caller, (query.organization,))
        asked = StatementRequest(_day(query.month), query.organization, query.team)
        found = await showback.statements.statement(asked, caller)
        made = await file_of(request, query.format, found)
        if made is not None:
            return file_answered(request, made.content, made.name)
        rows = sorted(found.statements, key=_place)
        shown, after = page_of(rows, _place, request, query.cursor, query.limit)
        return by_kind(answered(request, statement_page(found, shown, after)))

    async def get_statement(
        request: Request,
        organization_id: Annotated[Text, Path()],
        query: Annotated[StatementQuestion, Query()],
    ) -> Response:
        """The statement of an organization, with its teams and corrections."""
        caller = caller_of(request)
        asked = StatementRequest(_day(query.month), organization_id, query.team)
        found = await showback.statements.statement(asked, caller)
        made = await file_of(request, query.format, found)
        if made is not None:
            return file_answered(request, made.content, made.name)
        return by_kind(answered(request, statement_shown(found)))

    async def file_of(
        request: Request, named: str | None, found: MonthStatement
    ) -> StatementFile | None:
        """The file that is asked for, made beside the event loop; None: none is."""
        kind = named or _accepted(request)
        make = {"csv": files.csv, "focus": files.focus}.get(kind)
        return None if make is None else await asyncio.to_thread(make, found)

    get(
        router,
        "/statements",
        list_statements,
        StatementPage,
        tag=TAG,
        summary="Statements of a month",
        is_file=True,
    )
    get(
        router,
        "/statements/{organization_id}",
        get_statement,
        StatementShown,
        tag=TAG,
        summary="A statement",
        is_file=True,
    )
    return router


def _place(one: Statement) -> tuple[str, str]:
    return (one.line.organization, one.line.team or "")


def _day(month: str | None) -> date | None:
    return None if month is None else first_day(month)


def first_day(month: str) -> date:
    """The first day of a month, as it is sent."""
    return date.fromisoformat(f"{month}-01")


def _accepted(request: Request) -> str:
    """`csv` where that is asked for, and JSON is not."""
    accepted = request.headers.get("accept", "").casefold()
    return "csv" if "text/csv" in accepted and "json" not in accepted else "json"

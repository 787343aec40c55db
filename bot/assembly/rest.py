"""The REST surface over the parts."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import APIRouter, FastAPI

from api.app import Answering, create_api
from api.identity import Identity
from api.routes.statements import StatementFile, StatementFiles
from bot.assembly import Parts, budgets_of, recommendations_of
from bot.statement_csv import statement_csv
from handlers.showback.focus_file import statement_focus
from handlers.showback.results import MonthStatement


def rest_of(parts: Parts, identity: Identity, further: Iterable[APIRouter] = ()) -> FastAPI:
    """The application that is mounted at `api.app.PREFIX`.

    Args:
        parts: that answer.
        identity: knows callers by their credential.
        further: see `create_api`.
    """
    handlers = parts.handlers
    answering = Answering(
        cost=handlers.cost,
        trends=handlers.trends,
        forecasts=handlers.forecasts,
        anomalies=handlers.anomalies,
        budgets=budgets_of(parts, "rest"),
        recommendations=recommendations_of(parts, "rest"),
        pricing=handlers.pricing,
        pricing_compare=handlers.pricing_compare,
        rates=handlers.rates,
        showback=handlers.showback,
        statement_files=StatementFiles(csv=_csv, focus=_focus),
        store=parts.store,
    )
    return create_api(identity, answering, further)


def _csv(found: MonthStatement) -> StatementFile:
    file = statement_csv(found)
    return StatementFile(file.name, file.content)


def _focus(found: MonthStatement) -> StatementFile:
    file = statement_csv(found)
    return StatementFile(file.name.replace("statement", "focus", 1), statement_focus(found))

"""`costbot budget`: budgets in the terminal, created, looked at, changed and decided on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Annotated, Literal, TypeVar
from uuid import UUID

import typer
from rich.console import Console

from analysis.errors import BadInput
from bot.assembly import assembled, budgets_of
from bot.blocks.answer import Answer, section
from bot.blocks.budget import shown_answer, status_answer
from bot.blocks.budget_changes import asks_to_delete, created_answer, deleted_answer, edited_answer
from bot.blocks.budget_history import history_answer
from bot.blocks.budget_list import list_answer
from bot.blocks.budget_preview import preview_lines
from bot.blocks.budget_raise import asked_answer, raise_answer
from bot.cli.budget_json import (
    budget_json,
    history_json,
    overlap_json,
    preview_json,
    raise_json,
    standing_json,
)
from bot.cli.budget_options import (
    Anyway,
    AsJson,
    AsOf,
    Channels,
    Critical,
    Description,
    Emails,
    End,
    Forecast,
    Hard,
    Name,
    Organization,
    Rollover,
    Scoped,
    Start,
    Unknown,
    Warning_,
    Zone,
)
from bot.cli.cost import filters_of, operator
from bot.cli.terminal import print_message
from bot.settings import Settings
from handlers.budgets.finding import id_of
from handlers.budgets.form import BudgetForm
from handlers.budgets.handlers import BudgetHandlers
from handlers.budgets.requests import (
    CreateRequest,
    DecideRaiseRequest,
    DeleteRequest,
    EditRequest,
    HistoryRequest,
    ListRequest,
    PauseRequest,
    RaiseRequest,
    ResumeRequest,
    ShowRequest,
    UndoRequest,
    Which,
)
from handlers.caller import Caller

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Budgets: create, look at, change, raise.")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Its name.")],
    limit: Annotated[str, typer.Argument(help="USD of a period: 5000, 5,000 or $5k.")],
    period: Annotated[str, typer.Argument(help="monthly, quarterly, annual or custom.")],
    scope: Scoped = None,
    organization: Organization = None,
    start: Start = None,
    end: End = None,
    zone: Zone = None,
    warning: Warning_ = None,
    critical: Critical = None,
    forecast: Forecast = None,
    rollover: Rollover = None,
    hard: Hard = None,
    when_unknown: Unknown = None,
    email: Emails = None,
    channel: Channels = None,
    description: Description = None,
    anyway: Anyway = False,
    preview: Annotated[bool, typer.Option(help="Show what it would look like; keep nothing.")] = (
        False
    ),
    as_json: AsJson = False,
) -> None:
    """Create a budget."""
    form = BudgetForm(
        name=name,
        limit=limit,
        kind=period,
        organization=organization,
        scope=filters_of(scope or ()),
        start=start,
        end=end,
        zone=zone,
        warning=warning,
        critical=critical,
        forecast=forecast,
        rollover=rollover,
        is_hard=hard,
        when_unknown=when_unknown,
        emails=_tuple(email),
        slack_channels=_tuple(channel),
        description=description,
        unseen=anyway,
    )
    request = CreateRequest(form)
    if preview:
        seen = _ask(lambda budgets, caller: budgets.create.preview(request, caller))
        _tell(preview_json(seen), lambda _: _previewed(preview_lines(seen)), as_json=as_json)
        return
    created = _ask(lambda budgets, caller: budgets.create.create(request, caller))
    result = budget_json(created.budget) | {
        "overlaps": [overlap_json(one) for one in created.overlaps]
    }
    _tell(result, lambda _: created_answer(created, ()), as_json=as_json)


@app.command("list")
def list_budgets(
    containing: Annotated[str, typer.Argument(help="Only names with this in them.")] = "",
    organization: Organization = None,
    after: Annotated[
        str | None, typer.Option(help="Id of the last one of the page before.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """All budgets, with where they stand."""
    request = ListRequest(containing, organization, None if after is None else _key(after))
    found = _ask(lambda budgets, caller: budgets.read.list(request, caller))
    result = {
        "budgets": [standing_json(standing) for standing in found.standings],
        "total": found.total,
        "after": None if found.after is None else str(found.after),
    }
    _tell(result, lambda caller: list_answer(found, caller), as_json=as_json)


@app.command()
def show(
    name: Name, organization: Organization = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """One budget with everything about it."""
    request = ShowRequest(Which(name, organization), _day(as_of))
    shown = _ask(lambda budgets, caller: budgets.read.show(request, caller))
    result = standing_json(shown.standing) | {
        "decided": budget_json(shown.standing.budget),
        "overlaps": [overlap_json(one) for one in shown.overlaps],
        "raises": [raise_json(one) for one in shown.raises],
    }
    _tell(result, lambda caller: shown_answer(shown, caller), as_json=as_json)


@app.command()
def status(
    name: Name, organization: Organization = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Where a budget stands, today or at the end of a day."""
    request = ShowRequest(Which(name, organization), _day(as_of))
    standing = _ask(lambda budgets, caller: budgets.read.status(request, caller))
    _tell(standing_json(standing), lambda _: status_answer(standing, ()), as_json=as_json)


@app.command()
def edit(
    name: Name,
    organization: Organization = None,
    new_name: Annotated[str | None, typer.Option("--name", help="Another name.")] = None,
    limit: Annotated[str | None, typer.Option(help="USD of a period.")] = None,
    period: Annotated[str | None, typer.Option(help="monthly, quarterly, …")] = None,
    scope: Scoped = None,
    start: Start = None,
    end: End = None,
    zone: Zone = None,
    warning: Warning_ = None,
    critical: Critical = None,
    forecast: Forecast = None,
    rollover: Rollover = None,
    hard: Hard = None,
    when_unknown: Unknown = None,
    email: Emails = None,
    channel: Channels = None,
    description: Description = None,
    anyway: Anyway = False,
    alerts: Annotated[
        bool | None, typer.Option("--alerts/--no-alerts", help="Whether anybody is told.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a budget; a scope and contacts are replaced as a whole."""
    form = BudgetForm(
        name=new_name,
        limit=limit,
        kind=period,
        scope=None if scope is None else filters_of(scope),
        start=start,
        end=end,
        zone=zone,
        warning=warning,
        critical=critical,
        forecast=forecast,
        rollover=rollover,
        is_hard=hard,
        when_unknown=when_unknown,
        emails=_tuple(email),
        slack_channels=_tuple(channel),
        description=description,
        alerts_enabled=alerts,
        unseen=anyway,
    )
    request = EditRequest(Which(name, organization), form)
    edited = _ask(lambda budgets, caller: budgets.change.edit(request, caller))
    result = budget_json(edited.after) | {"changed": list(edited.changed)}
    _tell(result, lambda _: edited_answer(edited, ()), as_json=as_json)


@app.command()
def delete(
    name: Name,
    organization: Organization = None,
    yes: Annotated[bool, typer.Option(help="Do not ask.")] = False,
) -> None:
    """Delete a budget; within a day, `costbot budget undo` takes that back."""
    request = DeleteRequest(Which(name, organization))
    if not yes:
        standing = _ask(lambda budgets, caller: budgets.change.preview_deletion(request, caller))
        print_message(asks_to_delete(standing).without_buttons().payload(), Console())
        typer.confirm("Delete it?", abort=True)
        # What was looked at is deleted, and nothing that somebody has made of it meanwhile.
        request = DeleteRequest(Which(str(standing.budget.id)), standing.budget.version)
    deleted = _ask(lambda budgets, caller: budgets.change.delete(request, caller))
    answer = deleted_answer(deleted, Settings().zone_info)
    print_message(answer.without_buttons().payload(), Console())
    typer.echo(f"costbot budget undo {deleted.budget.id}")


@app.command()
def undo(key: Annotated[str, typer.Argument(help="The budget's id.")]) -> None:
    """Take a deletion back, within a day."""
    request = UndoRequest(_key(key))
    budget = _ask(lambda budgets, caller: budgets.change.undo(request, caller))
    typer.echo(f"The budget {budget.name} is there again.")


@app.command()
def history(
    name: Name,
    organization: Organization = None,
    before: Annotated[int | None, typer.Option(help="Only entries before this number.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who decided what of a budget, and how it has spent by day."""
    request = HistoryRequest(Which(name, organization), before)
    found = _ask(lambda budgets, caller: budgets.read.history(request, caller))
    _tell(history_json(found), lambda caller: history_answer(found, caller), as_json=as_json)


@app.command()
def pause(
    name: Name,
    organization: Organization = None,
    until: Annotated[
        str | None, typer.Option(help="The day on which it alerts again, YYYY-MM-DD.")
    ] = None,
) -> None:
    """Let a budget neither alert nor deny."""
    request = PauseRequest(Which(name, organization), _day(until))
    paused = _ask(lambda budgets, caller: budgets.change.pause(request, caller))
    ends = "it is resumed" if until is None else f"{until} begins in {paused.after.zone.key}"
    typer.echo(f"The budget {paused.after.name} neither alerts nor denies until {ends}.")


@app.command()
def resume(name: Name, organization: Organization = None) -> None:
    """End a pause."""
    request = ResumeRequest(Which(name, organization))
    resumed = _ask(lambda budgets, caller: budgets.change.resume(request, caller))
    typer.echo(f"The budget {resumed.after.name} is watched.")


@app.command("raise")
def raise_(
    name: Name,
    amount: Annotated[str, typer.Argument(help="USD on top of the limit.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    until: Annotated[
        str | None, typer.Option(help="Last day; else the last one of the period.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day; else today.")] = None,
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Ask for more to spend for some days; somebody else approves it."""
    request = RaiseRequest(Which(name, organization), amount, reason, _day(until), _day(start))
    asked = _ask(lambda budgets, caller: budgets.raises.ask(request, caller))
    _tell(raise_json(asked.raise_), lambda _: asked_answer(asked), as_json=as_json)


@app.command()
def approve(key: Annotated[str, typer.Argument(help="The raise's id.")]) -> None:
    """Approve a raise that somebody else has asked for."""
    _decide(key, "approved", "")


@app.command()
def reject(
    key: Annotated[str, typer.Argument(help="The raise's id.")],
    reason: Annotated[str, typer.Option(help="Why.")],
) -> None:
    """Reject a raise that somebody else has asked for."""
    _decide(key, "rejected", reason)


@app.command()
def withdraw(key: Annotated[str, typer.Argument(help="The raise's id.")]) -> None:
    """Take a raise back that was asked for here."""
    _decide(key, "withdrawn", "")


def _decide(key: str, decision: Literal["approved", "rejected", "withdrawn"], reason: str) -> None:
    request = DecideRaiseRequest(_key(key), decision, reason)
    decided = _ask(lambda budgets, caller: budgets.raises.decide(request, caller))
    print_message(raise_answer(decided).without_buttons().payload(), Console())


def _ask(question: Callable[[BudgetHandlers, Caller], Awaitable[T]]) -> T:
    """What the handlers answer the operator."""

    async def asked() -> T:
        settings = Settings()
        async with assembled(settings) as parts:
            return await question(budgets_of(parts, "cli"), operator(settings.zone_info))

    return asyncio.run(asked())


def _tell(result: object, answer: Callable[[Caller], Answer], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    message = answer(operator(Settings().zone_info)).without_buttons()
    print_message(message.payload(), Console())


def _previewed(lines: Sequence[str]) -> Answer:
    blocks = tuple(section(line, f"preview-{place}") for place, line in enumerate(lines))
    return Answer(lines[0], blocks)


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text} is no day.", "Write it as 2026-03-31.") from None


def _key(text: str) -> UUID:
    key = id_of(text)
    if key is None:
        raise BadInput(f"{text} is no id.", "`costbot budget show NAME --json` has them.")
    return key


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)

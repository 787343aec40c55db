"""`costbot budget`: budgets in the terminal, created, looked at, changed and decided on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from bot.blocks.answer import Answer, section
from bot.blocks.budget import shown_answer, status_answer
from bot.blocks.budget_changes import asks_to_delete, created_answer, deleted_answer, edited_answer
from bot.blocks.budget_history import history_answer
from bot.blocks.budget_list import list_answer
from bot.blocks.budget_preview import preview_lines
from bot.cli.budget_asked import ask, key_of, tell
from bot.cli.budget_asked import show as show_answer
from bot.cli.budget_faults import ARGUMENTS, OPTIONS, Reading, day, named, scope_of
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
    Users,
    Warning_,
    Webhooks,
    Zone,
)
from bot.cli.budget_raises import approve, raise_, reject, withdraw
from bot.settings import Settings
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import (
    CreateRequest,
    DeleteRequest,
    EditRequest,
    HistoryRequest,
    ListRequest,
    PauseRequest,
    ResumeRequest,
    ShowRequest,
    UndoRequest,
    Which,
)

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
    user: Users = None,
    webhook: Webhooks = None,
    description: Description = None,
    anyway: Anyway = False,
    preview: Annotated[bool, typer.Option(help="Show what it would look like; keep nothing.")] = (
        False
    ),
    as_json: AsJson = False,
) -> None:
    """Create a budget."""
    counted, unread = scope_of(scope or ())
    form = BudgetForm(
        name=name,
        limit=limit,
        kind=period,
        organization=organization,
        scope=counted,
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
        slack_users=_tuple(user),
        webhooks=_tuple(webhook),
        description=description,
        unseen=anyway,
        unread=unread,
    )
    request = CreateRequest(form)
    if preview:
        with named(ARGUMENTS):
            seen = ask(lambda budgets, caller: budgets.create.preview(request, caller))
        tell(preview_json(seen), lambda _: _previewed(preview_lines(seen)), as_json=as_json)
        return
    with named(ARGUMENTS):
        created = ask(lambda budgets, caller: budgets.create.create(request, caller))
    result = budget_json(created.budget) | {
        "overlaps": [overlap_json(one) for one in created.overlaps]
    }
    tell(result, lambda _: created_answer(created, ()), as_json=as_json)


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
    request = ListRequest(containing, organization, None if after is None else key_of(after))
    found = ask(lambda budgets, caller: budgets.read.list(request, caller))
    result = {
        "budgets": [standing_json(standing) for standing in found.standings],
        "total": found.total,
        "after": None if found.after is None else str(found.after),
    }
    tell(result, lambda caller: list_answer(found, caller), as_json=as_json)


@app.command()
def show(
    name: Name, organization: Organization = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """One budget with everything about it."""
    request = ShowRequest(Which(name, organization), _day("--as-of", as_of))
    shown = ask(lambda budgets, caller: budgets.read.show(request, caller))
    result = standing_json(shown.standing) | {
        "decided": budget_json(shown.standing.budget),
        "overlaps": [overlap_json(one) for one in shown.overlaps],
        "raises": [raise_json(one) for one in shown.raises],
    }
    tell(result, lambda caller: shown_answer(shown, caller), as_json=as_json)


@app.command()
def status(
    name: Name, organization: Organization = None, as_of: AsOf = None, as_json: AsJson = False
) -> None:
    """Where a budget stands, today or at the end of a day."""
    request = ShowRequest(Which(name, organization), _day("--as-of", as_of))
    standing = ask(lambda budgets, caller: budgets.read.status(request, caller))
    tell(standing_json(standing), lambda _: status_answer(standing, ()), as_json=as_json)


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
    user: Users = None,
    webhook: Webhooks = None,
    description: Description = None,
    anyway: Anyway = False,
    alerts: Annotated[
        bool | None, typer.Option("--alerts/--no-alerts", help="Whether anybody is told.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change a budget; a scope and contacts are replaced as a whole."""
    counted, unread = scope_of(scope or ())
    form = BudgetForm(
        name=new_name,
        limit=limit,
        kind=period,
        scope=None if scope is None else counted,
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
        slack_users=_tuple(user),
        webhooks=_tuple(webhook),
        description=description,
        alerts_enabled=alerts,
        unseen=anyway,
        unread=unread,
    )
    request = EditRequest(Which(name, organization), form)
    with named(OPTIONS):
        edited = ask(lambda budgets, caller: budgets.change.edit(request, caller))
    result = budget_json(edited.after) | {"changed": list(edited.changed)}
    tell(result, lambda _: edited_answer(edited, ()), as_json=as_json)


@app.command()
def delete(
    name: Name,
    organization: Organization = None,
    yes: Annotated[bool, typer.Option(help="Do not ask.")] = False,
) -> None:
    """Delete a budget; within a day, `costbot budget undo` takes that back."""
    request = DeleteRequest(Which(name, organization))
    if not yes:
        standing = ask(lambda budgets, caller: budgets.change.preview_deletion(request, caller))
        show_answer(asks_to_delete(standing))
        typer.confirm("Delete it?", abort=True)
        # What was looked at is deleted, and nothing that somebody has made of it meanwhile.
        request = DeleteRequest(Which(str(standing.budget.id)), standing.budget.version)
    deleted = ask(lambda budgets, caller: budgets.change.delete(request, caller))
    show_answer(deleted_answer(deleted, Settings().zone_info))
    typer.echo(f"costbot budget undo {deleted.budget.id}")


@app.command()
def undo(key: Annotated[str, typer.Argument(help="The budget's id.")]) -> None:
    """Take a deletion back, within a day."""
    request = UndoRequest(key_of(key))
    budget = ask(lambda budgets, caller: budgets.change.undo(request, caller))
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
    found = ask(lambda budgets, caller: budgets.read.history(request, caller))
    tell(history_json(found), lambda caller: history_answer(found, caller), as_json=as_json)


@app.command()
def pause(
    name: Name,
    organization: Organization = None,
    until: Annotated[
        str | None, typer.Option(help="The day on which it alerts again, YYYY-MM-DD.")
    ] = None,
) -> None:
    """Let a budget neither alert nor deny."""
    request = PauseRequest(Which(name, organization), _day("--until", until))
    paused = ask(lambda budgets, caller: budgets.change.pause(request, caller))
    ends = "it is resumed" if until is None else f"{until} begins in {paused.after.zone.key}"
    typer.echo(f"The budget {paused.after.name} neither alerts nor denies until {ends}.")


@app.command()
def resume(name: Name, organization: Organization = None) -> None:
    """End a pause."""
    request = ResumeRequest(Which(name, organization))
    resumed = ask(lambda budgets, caller: budgets.change.resume(request, caller))
    typer.echo(f"The budget {resumed.after.name} is watched.")


app.command("raise")(raise_)
app.command()(approve)
app.command()(reject)
app.command()(withdraw)


def _previewed(lines: Sequence[str]) -> Answer:
    blocks = tuple(section(line, f"preview-{place}") for place, line in enumerate(lines))
    return Answer(lines[0], blocks)


def _day(option: str, text: str | None) -> date | None:
    reading = Reading()
    found = reading.read(option, text, day)
    reading.check()
    return found


def _tuple(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)

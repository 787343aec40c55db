"""`costbot recs opportunities`: where money could be saved, and who looks into it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from analysis.errors import BadInput
from analysis.recommendations.kept.opportunity_states import OpportunityState
from bot.cli.recs_asked import checked_id, tell, words_in
from bot.cli.recs_json import opportunities_json, shown_opportunity_json
from bot.recs_answers import RecsAnswers
from handlers.caller import Caller
from handlers.recommendations.reading import MOST_ROWS
from handlers.recommendations.requests import OpportunityListRequest, ResolveRequest

app = typer.Typer(
    invoke_without_command=True, help="Where money could be saved; without a command: all of them."
)

Key = Annotated[str, typer.Argument(help="Its id, or the first digits of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]


@app.callback()
def opportunities(
    context: typer.Context,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", "--status", help="open, investigating, …, repeatable; else all."),
    ] = None,
    organization: Annotated[
        str | None, typer.Option("--organization", "--org", help="Whose; else everybody's.")
    ] = None,
    after: Annotated[
        str | None, typer.Option(help="Id of the last one of the page before.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="So many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Where money could be saved; without a command: all of them."""
    if context.invoked_subcommand is not None:
        return
    last = checked_id(after)
    request = OpportunityListRequest(
        states=words_in(OpportunityState, state or (), "status"),
        organization=organization,
        after=None if last is None else UUID(last),
        limit=limit,
    )

    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        found = await answers.recs.opportunities.list(request, caller)
        summary = await answers.recs.opportunities.summary(caller, organization)
        return opportunities_json(found, summary)

    tell(fields, lambda answers, caller: answers.opportunities(request, caller), as_json=as_json)


@app.command("show")
def show_opportunity(key: Key, as_json: AsJson = False) -> None:
    """One opportunity with everything about it."""

    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return shown_opportunity_json(await answers.recs.opportunities.show(key, caller))

    tell(fields, lambda answers, caller: answers.opportunity(key, caller), as_json=as_json)


@app.command()
def assign(
    key: Key,
    user: Annotated[str | None, typer.Argument(help="Id of a person in Slack.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody looks into it any more.")] = (
        False
    ),
    as_json: AsJson = False,
) -> None:
    """Say who looks into it."""
    if (user is None) != nobody:
        raise BadInput("Name a person, or say --nobody.", "A person is U024BE7LH, as in Slack.")
    _resolve(ResolveRequest(key, assign=True, user=user), as_json=as_json)


@app.command()
def status(
    key: Key,
    state: Annotated[str, typer.Argument(help="open, investigating, planned, implemented, …")],
    resolution: Annotated[
        str | None, typer.Option("--resolution", "--reason", help="What was found.")
    ] = None,
    savings: Annotated[str | None, typer.Option("--saved", help="USD saved a month.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say where it stands; a dismissal needs a reason."""
    (found,) = words_in(OpportunityState, [state], "status")
    _resolve(ResolveRequest(key, found, resolution, savings), as_json=as_json)


def _resolve(request: ResolveRequest, *, as_json: bool) -> None:
    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return shown_opportunity_json(await answers.recs.opportunities.resolve(request, caller))

    tell(fields, lambda answers, caller: answers.resolve(request, caller), as_json=as_json)

"""`costbot recs`: recommendations in the terminal, drawn, looked at and decided on."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable
from typing import Annotated
from uuid import UUID

import typer

from analysis.errors import BadInput
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Kind
from bot.assembly import assembled, recommendations_of
from bot.blocks.answer import Answer
from bot.blocks.recs_generated import generated_answer
from bot.cli.cost import operator
from bot.cli.progress import progress_bar
from bot.cli.recs_asked import checked_id, day_in, show, tell, words_in
from bot.cli.recs_json import list_json, shown_json, tracker_json
from bot.cli.recs_opportunities import app as opportunities
from bot.recs_answers import RecsAnswers, Where
from bot.settings import Settings
from handlers.budgets.fields import amount
from handlers.caller import Caller
from handlers.recommendations.fields import generated_json, recommendation_json
from handlers.recommendations.reading import MOST_ROWS
from handlers.recommendations.requests import (
    DEFAULT_DAYS,
    AssignRequest,
    DecideRequest,
    GenerateRequest,
    ListRequest,
    ShowRequest,
)
from handlers.recommendations.results import Generated

app = typer.Typer(no_args_is_help=True, help="Recommendations: draw, look at, decide, verify.")

Key = Annotated[str, typer.Argument(help="Its id, or the first digits of it.")]
Organization = Annotated[
    str | None, typer.Option("--organization", "--org", help="Whose; else everybody's.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]
Reason = Annotated[str, typer.Option(help="Why.")]


@app.command()
def generate(
    days: Annotated[int, typer.Option(help="Complete UTC days of the evidence, 7 to 90.")] = (
        DEFAULT_DAYS
    ),
    organization: Organization = None,
    as_json: AsJson = False,
) -> None:
    """Draw recommendations anew; what people have decided stays."""
    request = GenerateRequest(days, organization)
    done = asyncio.run(_generate(Settings(), request))
    if as_json:
        typer.echo(json.dumps(generated_json(done), ensure_ascii=False))
        return
    show(generated_answer(done))


async def _generate(settings: Settings, request: GenerateRequest) -> Generated:
    async with assembled(settings) as parts:
        recs = recommendations_of(parts, "cli")
        with progress_bar("drawing recommendations") as told:
            return await recs.generate.generate(request, operator(settings.zone_info), told)


@app.command("list")
def list_recommendations(
    state: Annotated[
        list[str] | None,
        typer.Option("--state", "--status", help="pending, accepted, …, repeatable; or all."),
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", "--type", help="Such as caching, repeatable.")
    ] = None,
    min_savings: Annotated[
        str | None, typer.Option("--min-savings", "--min", help="USD a month at least.")
    ] = None,
    organization: Organization = None,
    after: Annotated[
        str | None, typer.Option(help="Id of the last one of the page before.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="So many at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """What is recommended, the most important first; what is pending where nothing is said."""
    asked = [text for text in state or () if text.casefold() != "all"]
    states = words_in(State, asked, "state")
    usual = frozenset[State]() if state else ListRequest().states
    last = checked_id(after)
    request = ListRequest(
        states=states or usual,
        kinds=words_in(Kind, kind or (), "type"),
        min_savings=ListRequest().min_savings if min_savings is None else amount(min_savings),
        organization=organization,
        after=None if last is None else UUID(last),
        limit=limit,
    )

    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return list_json(await answers.recs.read.list(request, caller))

    tell(fields, lambda answers, caller: answers.list(request, caller), as_json=as_json)


@app.command("show")
def show_recommendation(key: Key, as_json: AsJson = False) -> None:
    """One recommendation with everything about it."""

    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return shown_json(await answers.recs.read.show(ShowRequest(key), caller))

    tell(fields, lambda answers, caller: answers.show(key, caller), as_json=as_json)


@app.command()
def accept(key: Key, reason: Reason = "", as_json: AsJson = False) -> None:
    """Accept: it will be done, and its content is frozen."""
    _decide(DecideRequest(key, Move.ACCEPT, reason), as_json=as_json)


@app.command()
def reject(
    key: Key,
    reason: Annotated[str, typer.Option(help="Why not.")],
    until: Annotated[
        str | None,
        typer.Option(help="Not proposed again before this day, YYYY-MM-DD; else for 90 days."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Reject, with a reason; it is not proposed again before its day."""
    day = day_in("--until", until)
    _decide(DecideRequest(key, Move.REJECT, reason, day), as_json=as_json)


@app.command()
def snooze(
    key: Key,
    until: Annotated[
        str | None, typer.Option(help="It comes back on this day, YYYY-MM-DD; else in 30 days.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decide later."""
    day = day_in("--until", until)
    _decide(DecideRequest(key, Move.SNOOZE, until=day), as_json=as_json)


@app.command()
def implement(key: Key, reason: Reason = "", as_json: AsJson = False) -> None:
    """Say that it was done."""
    _decide(DecideRequest(key, Move.IMPLEMENT, reason), as_json=as_json)


@app.command()
def verify(
    key: Key,
    savings: Annotated[str, typer.Argument(metavar="AMOUNT", help="USD a month; 0 for nothing.")],
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Say what it saves a month, found by hand."""
    request = DecideRequest(key, Move.VERIFY, reason, savings=savings)
    _decide(request, as_json=as_json)


@app.command()
def reopen(key: Key, reason: Reason = "", as_json: AsJson = False) -> None:
    """Make it pending again."""
    _decide(DecideRequest(key, Move.REOPEN, reason), as_json=as_json)


@app.command()
def undo(key: Key, as_json: AsJson = False) -> None:
    """Take accept, reject or snooze back, within a day."""
    _decide(DecideRequest(key, Move.UNDO), as_json=as_json)


@app.command()
def assign(
    key: Key,
    user: Annotated[str | None, typer.Argument(help="Id of a person in Slack.")] = None,
    nobody: Annotated[bool, typer.Option("--nobody", help="Nobody sees to it any more.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say who sees to it."""
    request = AssignRequest(key, person_of(user, nobody=nobody))

    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return recommendation_json((await answers.recs.decide.assign(request, caller)).after)

    tell(
        fields,
        lambda answers, caller: answers.assign(request, caller, Where()),
        as_json=as_json,
    )


@app.command()
def tracker(organization: Organization = None, as_json: AsJson = False) -> None:
    """What was promised against what was measured, by type."""

    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return tracker_json(await answers.recs.tracker.track(caller, organization))

    tell(fields, lambda answers, caller: answers.tracked(organization, caller), as_json=as_json)


def person_of(user: str | None, *, nobody: bool) -> str | None:
    """The person that was named; None: nobody.

    Raises:
        BadInput: neither, or both.
    """
    if (user is None) != nobody:
        raise BadInput("Name a person, or say --nobody.", "A person is U024BE7LH, as in Slack.")
    return user


def _decide(request: DecideRequest, *, as_json: bool) -> None:
    async def fields(answers: RecsAnswers, caller: Caller) -> object:
        return recommendation_json((await answers.recs.decide.decide(request, caller)).after)

    def answer(answers: RecsAnswers, caller: Caller) -> Awaitable[Answer]:
        return answers.decide(request, caller, Where())

    tell(fields, answer, as_json=as_json)


app.add_typer(opportunities, name="opportunities")

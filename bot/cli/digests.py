"""`costbot digests`: digests in the terminal, looked at, previewed, tested, paused and ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

import typer
from rich.console import Console

from analysis.errors import BadInput
from bot.assembly import assembled
from bot.blocks.answer import Answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.settings import Settings
from handlers.caller import Caller
from handlers.digests.handlers import DigestHandlers
from handlers.digests.requests import EditRequest
from handlers.digests.results import Decided, DigestFigures, ListedDigest, ShownDigest
from handlers.nearest import shown
from storage.records.digest import Digest

T = TypeVar("T")

app = typer.Typer(no_args_is_help=True, help="Digests: look at, preview, test, pause, end.")

Which = Annotated[str, typer.Argument(help="Its number in the list, its id, or its first digits.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]


@app.command("list")
def list_digests(as_json: AsJson = False) -> None:
    """All digests, with when they come next."""
    from bot.blocks.digest_list import list_answer

    listed = _ask(lambda digests, caller: digests.read.list(caller))
    caller = operator(Settings().zone_info)
    _tell([_listed_json(one) for one in listed], list_answer(listed, caller), as_json=as_json)


@app.command()
def show(which: Which, as_json: AsJson = False) -> None:
    """One digest, with what became of its last times."""
    from bot.blocks.digest_list import shown_answer

    found = _ask(lambda digests, caller: digests.read.show(which, caller))
    _tell(_shown_json(found), shown_answer(found), as_json=as_json)


@app.command()
def preview(which: Which, as_json: AsJson = False) -> None:
    """What a digest would say now; nothing is sent."""
    from bot.blocks.digest import digest_answer
    from bot.blocks.digest_words import schedule_words

    async def asked(digests: DigestHandlers, caller: Caller) -> tuple[Digest, DigestFigures]:
        digest = await digests.manage.finder.find(which, caller)
        return digest, await digests.read.preview(digest, caller)

    digest, figures = _ask(asked)
    footer = [f"Preview: nothing is sent. It comes {schedule_words(digest.schedule)}"]
    _tell(figures_json(figures), digest_answer(figures, footer), as_json=as_json)


@app.command("send-test")
def send_test(which: Which, as_json: AsJson = False) -> None:
    """Send a digest where it goes, marked as a test; it counts as nothing."""
    from bot.blocks.digest_list import tested_answer

    async def asked(digests: DigestHandlers, caller: Caller) -> Digest:
        digest = await digests.manage.finder.find(which, caller)
        await digests.sender.test(digest, caller)
        return digest

    digest = _ask(asked)
    _tell({"id": str(digest.id), "sent": True}, tested_answer(digest), as_json=as_json)


@app.command()
def edit(
    which: Which,
    words: Annotated[list[str], typer.Argument(help="As after `/cost digest edit 1`.")],
    as_json: AsJson = False,
) -> None:
    """Change when a digest comes, or what it tells of."""

    async def asked(digests: DigestHandlers, caller: Caller) -> Decided:
        from bot.grammar.digest import parse_digest
        from bot.grammar.tokens import Token

        tokens = [Token("edit"), Token(which), *(Token(word) for word in words)]
        command = parse_digest(tokens, digests.read.figures.dimensions, caller.role)
        return await digests.manage.edit(EditRequest(which, command.form), caller)

    _changed("Changed", asked, as_json=as_json)


@app.command()
def pause(which: Which, as_json: AsJson = False) -> None:
    """Send it no more until it is resumed."""
    _changed("Paused", lambda digests, caller: digests.manage.pause(which, caller), as_json=as_json)


@app.command()
def resume(which: Which, as_json: AsJson = False) -> None:
    """End a pause."""
    _changed(
        "Resumed", lambda digests, caller: digests.manage.resume(which, caller), as_json=as_json
    )


@app.command()
def skip(which: Which, as_json: AsJson = False) -> None:
    """Leave the next one out."""
    _changed("Left one out", lambda digests, who: digests.manage.skip(which, who), as_json=as_json)


@app.command()
def unskip(
    which: Which,
    day: Annotated[str, typer.Argument(help="The day that was left out, YYYY-MM-DD.")],
    as_json: AsJson = False,
) -> None:
    """Send one after all that was left out."""
    try:
        left_out = date.fromisoformat(day)
    except ValueError:
        raise BadInput(f"{shown(day)} is no day.", "Write it as 2026-11-23.") from None
    _changed(
        "Sent after all",
        lambda digests, caller: digests.manage.unskip(which, left_out, caller),
        as_json=as_json,
    )


@app.command()
def unsubscribe(which: Which, as_json: AsJson = False) -> None:
    """End a digest; within a day, `costbot digests undo` takes that back."""
    _changed(
        "Ended", lambda digests, caller: digests.manage.unsubscribe(which, caller), as_json=as_json
    )


@app.command()
def undo(
    key: Annotated[str, typer.Argument(help="The whole id of the digest that has ended.")],
    as_json: AsJson = False,
) -> None:
    """Take an ending back, within a day."""
    try:
        digest_id = UUID(key)
    except ValueError:
        hint = "`costbot digests unsubscribe` has told it."
        raise BadInput(f"{shown(key)} is no id.", hint) from None
    _changed(
        "Subscribed again",
        lambda digests, caller: digests.manage.undo(digest_id, caller),
        as_json=as_json,
    )


def figures_json(figures: DigestFigures) -> dict[str, object]:
    """What a digest tells, for programs; money as text, USD."""
    costs, around, outlook = figures.costs, figures.around, figures.outlook
    told: dict[str, object] = {
        "organization": figures.caller.organization,
        "filters": {name: list(values) for name, values in figures.asked.filters.items()},
        "is_stale": figures.is_stale,
        "is_quiet": figures.is_quiet,
        "nothing": None if figures.nothing is None else str(figures.nothing),
        "budgets_at_risk": [str(one.budget.id) for one in around.at_risk],
        "incidents": [str(one.id) for one in around.incidents],
        "recommendations": [str(one.id) for one in around.recommendations],
    }
    if costs is not None:
        told |= {
            "first_day": str(costs.days.now.first),
            "last_day": str(costs.days.now.last),
            "cost": f"{costs.total.cost:f}",
            "cost_before": f"{costs.before.cost:f}" if costs.is_compared else None,
            "usual_day": None if costs.usual is None else f"{costs.usual:f}",
            "requests": costs.total.requests,
            "unpriced_requests": costs.total.unpriced_requests,
            "movers": [
                {
                    costs.by: one.member,
                    "change": f"{one.shift.change:f}",
                    "volume": f"{one.split.volume:f}",
                    "price": f"{one.split.rate:f}",
                    "mix": f"{one.split.mix:f}",
                }
                for one in costs.movers
            ],
        }
    if outlook is not None:
        told["month_end"] = {
            "day": str(outlook.last),
            "expected": f"{outlook.expected:f}",
            "lower": f"{outlook.lower:f}",
            "upper": f"{outlook.upper:f}",
        }
    return told


def digest_json(digest: Digest) -> dict[str, object]:
    """A digest, for programs."""
    schedule = digest.schedule
    return {
        "id": str(digest.id),
        "owner": digest.owner,
        "organization": digest.organization,
        "address": digest.address,
        "frequency": schedule.frequency.value,
        "time": f"{schedule.at:%H:%M}",
        "zone": schedule.zone.key,
        "weekdays": list(schedule.weekdays),
        "day": schedule.day,
        "filters": {name: list(values) for name, values in digest.filters.items()},
        "customers_only": digest.customers_only,
        "skip_quiet": digest.skip_quiet,
        "theme": digest.theme,
        "paused": digest.paused,
        "stopped": digest.stopped,
    }


def _listed_json(one: ListedDigest) -> dict[str, object]:
    following = None if one.following is None else one.following.at.isoformat()
    return {**digest_json(one.digest), "next": following}


def _shown_json(found: ShownDigest) -> dict[str, object]:
    listed = _listed_json(ListedDigest(found.digest, found.following))
    slots = [
        {"day": str(one.local_date), "outcome": one.outcome, "reason": one.reason}
        for one in found.slots
    ]
    return {**listed, "slots": slots}


def _changed(
    done: str, question: Callable[[DigestHandlers, Caller], Awaitable[Decided]], *, as_json: bool
) -> None:
    from bot.blocks.digest_list import changed_answer

    decided = _ask(question)
    answer = changed_answer(done, decided, operator(Settings().zone_info))
    following = None if decided.following is None else decided.following.at.isoformat()
    _tell({**digest_json(decided.digest), "next": following}, answer, as_json=as_json)


def _ask(question: Callable[[DigestHandlers, Caller], Awaitable[T]]) -> T:
    async def asked() -> T:
        from bot.assembly.digests import digests_of

        settings = Settings()
        async with assembled(settings) as parts:
            return await question(digests_of(parts, "cli"), operator(settings.zone_info))

    return asyncio.run(asked())


def _tell(result: object, answer: Answer, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    print_message(answer.without_buttons().payload(), Console())

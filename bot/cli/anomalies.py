"""`costbot anomalies`: what was found, looked for now, labelled, or tried with other settings."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Annotated, TypeVar, cast

import typer

from analysis.errors import BadInput
from bot.assembly import Parts, assembled
from bot.assembly.anomalies import anomaly_watch_of, labels_of
from bot.blocks.anomalies import anomalies_answer, anomaly_answer, said_answer
from bot.blocks.answer import Answer
from bot.blocks.replay import replay_answer
from bot.cli.cost import operator
from bot.cli.recs_asked import show
from bot.cli.typed import tokens_of
from bot.grammar.anomalies import AnomaliesCommand, ReplayCommand, parse_anomalies, parse_replay
from bot.settings import Settings
from handlers.anomalies.drafting import Planned
from handlers.anomalies.fields import finding_fields, list_fields, replay_fields
from handlers.anomalies.labels import Said
from handlers.caller import Caller
from storage.records.anomaly import LabelKind

app = typer.Typer(no_args_is_help=True, help="Daily series that were unlike their past.")

T = TypeVar("T")

Words = Annotated[list[str] | None, typer.Argument(help="As after the command in Slack.")]
Key = Annotated[str, typer.Argument(help="Its id, or the first digits of it.")]
AsJson = Annotated[bool, typer.Option("--json", help="The result as JSON.")]

_KINDS: dict[str, LabelKind] = {
    "real": "real",
    "expected": "expected",
    "planned": "planned",
    "small": "too_small",
    "mute": "mute",
}


@app.command("list")
def list_anomalies(words: Words = None, as_json: AsJson = False) -> None:
    """What was found lately: `list 30d open organization acme`."""

    async def ask(parts: Parts, caller: Caller) -> tuple[object, Answer]:
        command = parse_anomalies(tokens_of(words or ()), parts.dimensions, caller.role)
        request = cast("AnomaliesCommand", command).request
        result = await parts.handlers.anomalies.list(request, caller)
        return list_fields(result), anomalies_answer(result, caller)

    _tell(ask, as_json=as_json)


@app.command("show")
def show_anomaly(key: Key, as_json: AsJson = False) -> None:
    """Everything about one."""

    async def ask(parts: Parts, caller: Caller) -> tuple[object, Answer]:
        found = await parts.handlers.anomalies.show(key, caller)
        fields = {
            "title": found.about.title,
            "state": found.state,
            "label": None if found.label is None else found.label.kind,
            "promise": found.promise,
            "findings": [finding_fields(one) for one in found.about.findings],
        }
        return fields, anomaly_answer(found, caller)

    _tell(ask, as_json=as_json)


@app.command()
def look(as_json: AsJson = False) -> None:
    """Look for anomalies now, where anything has changed since the last look."""

    async def ask() -> dict[str, object] | None:
        async with assembled(Settings()) as parts:
            looked = await anomaly_watch_of(parts).look()
            if looked is None:
                return None
            names = ("series", "found", "told", "together", "silent", "parts", "recovered")
            figures = {name: getattr(looked, name) for name in names}
            return {"day": looked.day.isoformat(), **figures}

    found = asyncio.run(ask())
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    elif found is None:
        typer.echo("Nothing has changed since the last look, or there is no complete day yet.")
    else:
        typer.echo(
            f"{found['series']} series were judged, the last day {found['day']}: "
            f"{found['found']} found, {found['told']} told one by one, {found['together']} "
            f"together, {found['silent']} not told because of labels, {found['parts']} parts of "
            f"others, {found['recovered']} as usual again."
        )


@app.command()
def replay(words: Words = None, as_json: AsJson = False) -> None:
    """What other settings would have told: `replay 30d bands 3/4/6 least 20`."""

    async def ask(parts: Parts, caller: Caller) -> tuple[object, Answer]:
        command = parse_replay(tokens_of(words or ()), parts.dimensions, caller.role)
        request = cast("ReplayCommand", command).request
        result = await parts.handlers.replay.replay(request, caller)
        return replay_fields(result), replay_answer(result)

    _tell(ask, as_json=as_json)


@app.command()
def label(
    key: Key,
    kind: Annotated[str, typer.Argument(help="real, expected, planned, small or mute.")],
    first: Annotated[str | None, typer.Option("--from", help="Of planned: first day.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Of planned: last day.")] = None,
    note: Annotated[str, typer.Option(help="What was planned.")] = "",
    days: Annotated[int, typer.Option(min=1, max=366, help="Of a mute: how long.")] = 30,
    everything: Annotated[
        bool, typer.Option(help="Of planned: everything of the organization.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say what an anomaly is; it is told what one will not hear of any more."""
    said_kind = _KINDS.get(kind.casefold().replace("_", " ").removeprefix("too ").strip())
    if said_kind is None:
        raise BadInput(f"An anomaly is not {kind}.", f"It is {', '.join(_KINDS)}.")

    async def say(parts: Parts, caller: Caller) -> Said:
        labels = labels_of(parts, "cli")
        if said_kind == "mute":
            until: datetime = parts.clock() + timedelta(days=days)
            return await labels.mute(key, until, caller)
        planned = None
        if said_kind == "planned":
            planned = Planned(_day("--from", first), _day("--to", last), note, everything)
        return await labels.say(key, said_kind, caller, planned)

    _tell(lambda parts, caller: _said(say(parts, caller)), as_json=as_json)


@app.command()
def undo(key: Key, as_json: AsJson = False) -> None:
    """Take back what was said of an anomaly."""
    _tell(lambda parts, caller: _said(labels_of(parts, "cli").undo(key, caller)), as_json=as_json)


async def _said(work: Awaitable[Said]) -> tuple[object, Answer]:
    said = await work
    fields = {
        "kind": said.label.kind,
        "series": list(said.label.series),
        "is_new": said.is_new,
        "promise": said.promise,
    }
    return fields, said_answer(said).without_buttons()


def _tell(
    question: Callable[[Parts, Caller], Awaitable[tuple[object, Answer]]], *, as_json: bool
) -> None:
    async def asked() -> tuple[object, Answer]:
        settings = Settings()
        async with assembled(settings) as parts:
            return await question(parts, operator(settings.zone_info))

    fields, answer = asyncio.run(asked())
    if as_json:
        typer.echo(json.dumps(fields, ensure_ascii=False))
        return
    show(answer)


def _day(option: str, text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        sentence = f"What is planned needs {option} with a day."
        raise BadInput(sentence, "Write it as 2026-11-20.") from None

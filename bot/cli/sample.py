"""`costbot sample`: something to ask about, and what is hidden in it."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console

from bot.assembly.importing import sample_opened
from bot.cli.progress import Tell, progress_bar
from bot.settings import Settings
from handlers.sample import Outcome, SampleRequest, SampleResult
from queries.sample.truth import READABLE_FILE, Incident, Truth

_DEFAULTS = SampleRequest()


def sample(
    days: Annotated[int, typer.Option(help="Complete days before today.")] = _DEFAULTS.days,
    orgs: Annotated[int, typer.Option(help="Number of customers.")] = _DEFAULTS.orgs,
    scale: Annotated[
        float, typer.Option(help="Of the number of rows; 1 is some 300,000 in 90 days.")
    ] = _DEFAULTS.scale,
    seed: Annotated[int, typer.Option(help="Another seed is another company.")] = _DEFAULTS.seed,
    if_needed: Annotated[
        bool,
        typer.Option(
            "--if-needed",
            help="Into an empty mart only; extends a sample, leaves other data alone.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Generate sample data, import it, and say what is hidden in it."""
    request = SampleRequest(days, orgs, scale, seed)
    with progress_bar("sample") as tell:
        result = asyncio.run(_run(request, tell, if_needed=if_needed))
    if as_json:
        typer.echo(json.dumps(sample_json(result), ensure_ascii=False))
        return
    console = Console(highlight=False)
    for line in closing_text(result, brief=if_needed):
        console.print(line, markup=False, soft_wrap=True)


async def _run(request: SampleRequest, tell: Tell, *, if_needed: bool) -> SampleResult:
    async with sample_opened(Settings()) as handler:
        work = handler.ensure_sample if if_needed else handler.load_sample
        return await work(request, tell)


def closing_text(result: SampleResult, *, brief: bool = False) -> list[str]:
    """What is there now, what is planted in it, and what to type to find it.

    Args:
        result: of the load.
        brief: say only what changed, except where the sample was loaded for the first time.
    """
    truth = result.truth
    if truth is None:
        return ["The mart holds data of its own: no sample was added (`costbot sample` adds one)."]
    lines = [_headline(result.outcome, truth)]
    for source, added in sorted(result.added.items()):
        lines.append(
            f"  {source}: {added.rows:,} rows read, {added.taken:,} taken, "
            f"{added.repeated:,} known already, {added.cost:,.2f} USD, "
            f"{added.unpriced:,} requests unpriced"
        )
        if added.rejected:
            lines.append(f"  {source}: {added.rejected:,} rows rejected, which is a defect")
    if brief and result.outcome is not Outcome.LOADED:
        return lines
    if truth.incidents:
        lines += ["", "Planted in it, for you to find:"]
    for incident in truth.incidents:
        lines += _planted(incident)
    lines += ["", f"The whole truth: {result.folder / READABLE_FILE}"]
    return lines


def _headline(outcome: Outcome, truth: Truth) -> str:
    stretch = f"{truth.first:%Y-%m-%d} to {truth.until:%Y-%m-%d %H:%M} UTC"
    match outcome:
        case Outcome.CURRENT:
            return f"The sample is up to date: {stretch}."
        case Outcome.EXTENDED:
            return f"The sample was extended: {stretch}."
        case _:
            return f"The sample is loaded: {stretch}, {truth.orgs} customers."


def _planted(incident: Incident) -> list[str]:
    whose = incident.organization or "every customer"
    where = incident.endpoint or incident.key
    return [
        f"  {incident.name}: {incident.start:%Y-%m-%d %H:%M} to {incident.end:%Y-%m-%d %H:%M} "
        f"UTC, {whose}, {incident.model}, {where}: {incident.extra_cost:,.2f} USD too much",
        *(f"    {question}" for question in incident.questions()),
    ]


def sample_json(result: SampleResult) -> dict[str, object]:
    """What was done as JSON: money as decimal strings, instants in ISO 8601."""
    return {
        "outcome": result.outcome.value,
        "folder": str(result.folder),
        "truth": None if result.truth is None else result.truth.model_dump(mode="json"),
        "imported": {
            source.value: {
                "rows_read": added.rows,
                "taken": added.taken,
                "repeated": added.repeated,
                "rejected": added.rejected,
                "unpriced_requests": added.unpriced,
                "cost": f"{added.cost:f}",
            }
            for source, added in result.added.items()
        },
    }

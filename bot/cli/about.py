"""`costbot about`: what `/cost about` answers, in the terminal or as JSON."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated

import typer
from rich.console import Console

from bot.assembly import assembled
from bot.blocks.about import about_answer
from bot.cli.cost import operator
from bot.cli.terminal import print_message
from bot.settings import Settings
from handlers.about import AboutResult
from handlers.own_cost import OwnCost
from handlers.restated import RestatedDay
from storage.records.delivery import DeliveryCounts
from storage.records.sync_run import SyncRun


def about(
    as_json: Annotated[bool, typer.Option("--json", help="The result as JSON.")] = False,
) -> None:
    """How old the data is, what costbot itself costs, and which costbot this is."""
    settings = Settings()
    result = asyncio.run(_ask(settings))
    if as_json:
        typer.echo(json.dumps(about_json(result), ensure_ascii=False))
        return
    answer = about_answer(result, settings.zone_info)
    print_message(answer.without_buttons().payload(), Console())


async def _ask(settings: Settings) -> AboutResult:
    async with assembled(settings) as parts:
        return await parts.handlers.about.about(operator(settings.zone_info))


def about_json(result: AboutResult) -> dict[str, object]:
    """The result as JSON: money as decimal strings, unrounded; instants in ISO 8601, UTC."""
    syncs = result.syncs
    return {
        "version": result.version,
        "store": result.store_kind,
        "mart_rows": result.costs_rows,
        "sources": [
            {
                "source": source.source.value,
                "data_from": source.data_from.isoformat(),
                "data_until": source.data_until.isoformat(),
                "loaded_at": source.loaded_at.isoformat(),
                "stale": source.is_stale,
            }
            for source in result.freshness.sources
        ],
        "own_cost": None if result.own_cost is None else _own_cost_json(result.own_cost),
        "last_sync": None if syncs is None else _run_json(syncs.latest),
        "last_good_sync": None if syncs is None else _run_json(syncs.latest_good),
        "restated": [_restated_json(day) for day in result.restated or ()],
        "outbox": None if result.outbox is None else _outbox_json(result.outbox),
    }


def _outbox_json(counts: DeliveryCounts) -> dict[str, object]:
    oldest = counts.oldest_waiting
    return {
        "sent": counts.sent,
        "waiting": counts.waiting,
        "dead": counts.dead,
        "cancelled": counts.cancelled,
        "oldest_waiting": None if oldest is None else oldest.isoformat(),
    }


def _own_cost_json(cost: OwnCost) -> dict[str, object]:
    return {
        "since": cost.since.isoformat(),
        "jobs": cost.jobs,
        "failed": cost.failed,
        "refused": cost.refused,
        "bytes_billed": cost.bytes_billed,
        "usd": _money(cost.usd),
        "usd_per_tib": _money(cost.usd_per_tib),
        "most_bytes_per_query": cost.most_bytes,
        "by_purpose": [
            {
                "purpose": totals.purpose,
                "jobs": totals.jobs,
                "failed": totals.failed,
                "refused": totals.refused,
                "bytes_processed": totals.bytes_processed,
                "bytes_billed": totals.bytes_billed,
                "usd": _money(cost.usd_of(totals.bytes_billed)),
            }
            for totals in cost.by_purpose
        ],
    }


def _run_json(run: SyncRun | None) -> dict[str, object] | None:
    if run is None:
        return None
    return {
        "machine": run.machine,
        "begun_at": run.begun_at.isoformat(),
        "ended_at": _instant(run.ended_at),
        "outcome": run.outcome,
        "error": run.error,
        "days_read": run.days_read,
        "days_restated": run.days_restated,
        "bytes_billed": run.bytes_billed,
    }


def _restated_json(day: RestatedDay) -> dict[str, object]:
    return {
        "source": day.source.value,
        "day": day.day.isoformat(),
        "times": day.times,
        "at": day.at.isoformat(),
        "requests": day.requests,
        "fully_loaded": _money(day.fully_loaded),
        "infrastructure": _money(day.infrastructure),
    }


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _money(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""One line on the mart's refreshes: when the last one was, how it went, what is shown meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.blocks.freshness import age
from bot.blocks.text import escape, moment, plural
from handlers.own_cost import Syncs
from storage.records.sync_run import SyncRun

LONG = timedelta(hours=1)
"""A refresh that takes longer may have been killed: it could not say so itself."""


def syncs_line(syncs: Syncs, now: datetime, zone: ZoneInfo) -> str:
    """The last refresh from BigQuery, in mrkdwn."""
    name = "*Refresh from BigQuery*"
    run = syncs.latest
    if run is None:
        return f":warning: {name} never yet: `costbot sync` does it"
    where = f" on {escape(run.machine)}" if syncs.is_elsewhere and run.machine else ""
    if run.ended_at is None:
        so_far = now - run.begun_at
        running = f"{name}{where} begun {age(so_far)} ago and not ended yet"
        if so_far > LONG:
            return f":warning: {running}: it takes long, or was interrupted. {_good(syncs, now)}"
        return running
    when = f"{age(now - run.ended_at)} ago ({moment(run.ended_at, zone)})"
    if run.outcome == "done":
        return f"{name}{where} done {when}: {_read(run)}"
    how = {"cancelled": "was interrupted"}.get(run.outcome, "failed")
    why = f": {escape(run.error)}" if run.error else "."
    return f":warning: {name}{where} {how} {when}{why} {_good(syncs, now)}"


def _read(run: SyncRun) -> str:
    if not run.days_read:
        return "nothing had changed"
    restated = f", {run.days_restated} restated" if run.days_restated else ""
    return f"{plural(run.days_read, 'day')} read{restated}"


def _good(syncs: Syncs, now: datetime) -> str:
    good = syncs.latest_good
    if good is None or good.ended_at is None:
        return "None has succeeded yet."
    return f"The last good one ended {age(now - good.ended_at)} ago."

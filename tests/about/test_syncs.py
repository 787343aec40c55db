"""What is told of the mart's refreshes: how the last went, and what is shown meanwhile."""

from __future__ import annotations

from datetime import timedelta

from bot.assembly import machine_name
from storage import Store
from storage.records.sync_run import SyncEnd
from tests.slack.conftest import NOW, Play, Playing, play
from tests.stores import TestClock

__all__ = ["play"]

SET_UP = {"bigquery_project": "ltx-dwh-explore"}
HERE = machine_name()
TOOK = timedelta(minutes=2)


async def ran(
    playing: Playing,
    hours_ago: float,
    outcome: SyncEnd | None,
    *,
    machine: str = HERE,
    error: str = "",
    days_read: int = 0,
    days_restated: int = 0,
) -> None:
    """A refresh that ended so many hours ago, or has not ended since."""
    clock = TestClock(NOW - timedelta(hours=hours_ago) - TOOK)
    store = Store(playing.parts.settings.store_address, clock)
    key = await store.sync_runs.begin(machine)
    clock.advance(TOOK)
    if outcome is not None:
        await store.sync_runs.end(
            key,
            outcome,
            error=error,
            days_read=days_read,
            days_restated=days_restated,
            bytes_billed=10 * 2**20,
        )
    await store.close()


async def told(playing: Playing, name: str = "ada") -> str:
    """The line about refreshes."""
    heard = await playing.stage.say("/cost about", name)
    return str(heard.ack["blocks"][0]["text"]["text"]).splitlines()[-1]


async def test_a_refresh_that_went_well_says_when_and_what_it_read(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 0.5, "done", days_read=4, days_restated=1)
        line = await told(playing)
    assert line == (
        "*Refresh from BigQuery* done 30 minutes ago (20 Nov 13:07 UTC): 4 days read, 1 restated"
    )


async def test_a_refresh_that_found_nothing_new_says_so(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 0.5, "done")
        line = await told(playing)
    assert line.endswith("(20 Nov 13:07 UTC): nothing had changed")


async def test_a_failure_is_told_with_its_sentence_and_the_age_of_what_is_shown(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 5, "done", days_read=400)
        await ran(playing, 1, "failed", error="There is no table <a.b.c>.")
        line = await told(playing)
    assert line == (
        ":warning: *Refresh from BigQuery* failed 60 minutes ago (20 Nov 12:37 UTC): There is no "
        "table &lt;a.b.c&gt;. The last good one ended 5 hours ago."
    )


async def test_who_sees_one_organization_learns_of_a_failure_without_its_inside(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 1, "failed", error="There is no table a.b.c.", machine="inner-host")
        line = await told(playing, "ute")
    # Ute's days are Berlin's.
    assert line.startswith(":warning: *Refresh from BigQuery* failed 60 minutes ago (20 Nov ")
    assert line.endswith("). None has succeeded yet.")


async def test_a_refresh_that_runs_is_no_fault_until_it_takes_long(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 3, "done")
        await ran(playing, 0.25, None)
        soon = await told(playing)
    assert soon == "*Refresh from BigQuery* begun 17 minutes ago and not ended yet"


async def test_a_refresh_whose_process_was_killed_is_told_as_such(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 5, "done")
        await ran(playing, 4, None)
        line = await told(playing)
    assert line == (
        ":warning: *Refresh from BigQuery* begun 4 hours ago and not ended yet: it takes long, or "
        "was interrupted. The last good one ended 5 hours ago."
    )


async def test_a_refresh_that_was_interrupted_is_told_as_such(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 5, "done")
        await ran(playing, 4, "cancelled")
        line = await told(playing)
    assert "was interrupted 4 hours ago" in line
    assert line.endswith(". The last good one ended 5 hours ago.")


async def test_the_refreshes_of_this_machine_go_before_those_of_others(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await ran(playing, 1, "failed", machine="another", error="It broke.")
        elsewhere = await told(playing)
        await ran(playing, 2, "done")
        here = await told(playing)
    assert "*Refresh from BigQuery* on another failed" in elsewhere
    assert here.startswith("*Refresh from BigQuery* done 2 hours ago")

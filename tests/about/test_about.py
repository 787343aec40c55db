"""What costbot tells of itself: in Slack for each person, and by the handler."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from bot.assembly import Parts
from bot.stage import Heard
from handlers.own_cost import OwnCost, month_of
from storage.records.delivery import NewDelivery
from storage.records.warehouse_job import JobTotals, WarehouseJob
from tests.slack.conftest import NOW, Play, play

__all__ = ["play"]

SET_UP = {"bigquery_project": "ltx-dwh-explore"}


def shown(heard: Heard) -> str:
    return str(heard.ack["blocks"])


def job(**changes: object) -> WarehouseJob:
    values: dict[str, object] = {
        "started_at": NOW - timedelta(days=1),
        "seconds": 2.0,
        "purpose": "sync",
        "project": "ltx-dwh-explore",
        "outcome": "done",
        "job_id": "costbot_1",
        "bytes_processed": 2**39,
        "bytes_billed": 2**39,
        **changes,
    }
    return WarehouseJob(**values)  # pyright: ignore[reportArgumentType]


async def with_jobs(parts: Parts) -> None:
    for each in (
        job(),
        job(outcome="failed", bytes_billed=0, reason="backendError"),
        job(purpose="doctor", bytes_processed=1, bytes_billed=10 * 2**20),
        job(purpose="query", outcome="refused", job_id=None, bytes_processed=0, bytes_billed=0),
        job(started_at=datetime(2026, 10, 31, 23, 59, tzinfo=UTC), bytes_billed=2**50),
    ):
        await parts.store.warehouse_jobs.add(each)


async def test_an_admin_learns_what_costbot_cost_this_month_and_for_what(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await with_jobs(playing.parts)
        heard = await playing.stage.say("/cost about", "ada")
    assert heard.ack["text"].endswith(", $3.13 billed by BigQuery this month")
    told = shown(heard)
    assert "*costbot itself, November 2026, UTC*\\n$3.13: 512 GiB billed by 3 BigQuery jobs" in told
    assert "1 job of these failed or was ended early\\n1 query refused before running" in told
    assert "sync $3.12, 512 GiB, 2 jobs\\ndoctor $0.000060, 10 MiB, 1 job" in told
    assert "*Ceiling of one query*\\n100 GiB ($0.61)" in told
    assert "*Price*\\n$6.25 a TiB" in told
    assert "no warehouse is queried, no bytes are billed" in told


async def test_who_sees_one_organization_learns_nothing_of_costbots_money(play: Play) -> None:
    async with play(**SET_UP) as playing:
        await with_jobs(playing.parts)
        heard = [await playing.stage.say("/cost about", name) for name in ("otto", "ute", "gil")]
    for each in heard:
        assert "*Version*" in shown(each)
        assert "$" not in str(each.ack)
        assert "GiB" not in str(each.ack)


async def test_messages_that_were_given_up_are_told_to_who_can_do_something_about_it(
    play: Play,
) -> None:
    async with play() as playing:
        before = await playing.stage.say("/cost about", "ada")
        deliveries = playing.parts.store.deliveries
        for key in ("a", "b"):
            new = NewDelivery(key=key, channel="email", address="x@example.com", payload={})
            await deliveries.add(new)
        [first] = await deliveries.claim(NOW, "w", 1, timedelta(minutes=1))
        await deliveries.failed(first.id, "w", "no such mailbox", None)
        heard = await playing.stage.say("/cost about", "ada")
        unheard = await playing.stage.say("/cost about", "otto")
    assert "Messages" not in shown(before)
    assert "*Messages* 0 sent · 1 waiting, the oldest for" in shown(heard)
    assert ":warning: 1 given up: `costbot outbox dead` says why" in shown(heard)
    assert "Messages" not in shown(unheard)


async def test_without_bigquery_nothing_is_said_of_it(play: Play) -> None:
    async with play() as playing:
        heard = await playing.stage.say("/cost about", "ada")
    assert [block["block_id"] for block in heard.ack["blocks"]] == ["about-sources", "about-fields"]
    assert "*GPU* 20 Nov 12:15 UTC" in shown(heard)


async def test_jobs_of_a_project_that_is_no_longer_set_are_still_told(play: Play) -> None:
    async with play() as playing:
        await with_jobs(playing.parts)
        heard = await playing.stage.say("/cost about", "ada")
    assert "$3.13: 512 GiB billed by 3 BigQuery jobs" in shown(heard)


async def test_where_slots_are_reserved_bytes_cost_nothing(play: Play) -> None:
    async with play(**SET_UP, bigquery_usd_per_tib="0") as playing:
        await with_jobs(playing.parts)
        heard = await playing.stage.say("/cost about", "ada")
    assert "$0.00: 512 GiB billed by 3 BigQuery jobs" in shown(heard)
    assert "*Price*\\nnothing by the byte (reserved slots)" in shown(heard)


async def test_nothing_asked_yet_is_nothing_billed(play: Play) -> None:
    async with play(**SET_UP) as playing:
        heard = await playing.stage.say("/cost about", "ada")
    assert "$0.00: 0 bytes billed by 0 BigQuery jobs" in shown(heard)
    assert "*By purpose*\\nnothing was asked yet" in shown(heard)
    assert "*Refresh from BigQuery* never yet: `costbot sync` does it" in shown(heard)


async def test_asking_about_costbot_costs_nothing_itself(play: Play) -> None:
    async with play(**SET_UP) as playing:
        for _ in range(3):
            await playing.stage.say("/cost about", "ada")
            await playing.stage.say("/cost today by model", "ada")
        assert await playing.parts.store.warehouse_jobs.since(NOW - timedelta(days=99)) == []


def test_a_month_is_that_of_utc() -> None:
    tokyo_new_year = datetime.fromisoformat("2027-01-01T08:00:00+09:00")
    assert month_of(tokyo_new_year) == datetime(2026, 12, 1, tzinfo=UTC)
    assert month_of(datetime(2027, 1, 1, tzinfo=UTC)) == datetime(2027, 1, 1, tzinfo=UTC)


@given(
    st.lists(st.integers(min_value=0, max_value=2**55), max_size=8),
    st.decimals(min_value=0, max_value=100, places=2),
)
def test_the_purposes_add_up_to_the_whole(billed: list[int], price: Decimal) -> None:
    totals = tuple(
        JobTotals(
            purpose=str(number), jobs=1, failed=0, refused=0, bytes_processed=0, bytes_billed=one
        )
        for number, one in enumerate(billed)
    )
    cost = OwnCost(NOW, totals, price, 1)
    parts = sum((cost.usd_of(one) for one in billed), Decimal(0))
    assert cost.bytes_billed == sum(billed)
    assert abs(cost.usd - parts) < Decimal("1e-18")
    assert cost.usd_of(2**40) == price

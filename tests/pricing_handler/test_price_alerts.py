"""Models that end and models without a price: who is told, how often, in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.assembly import Parts
from bot.price_alerts import PriceAlertJob, price_alert_job
from storage.records.delivery import Delivery
from storage.records.person import Person
from storage.records.price import ModelPrice
from tests.facts import Fact, request
from tests.stores import TestClock
from tests.whatif.usage import NOW, costbot, day, edges, turbo

LEAD = Person(
    team_id="T1",
    user_id="U2",
    name="Otto",
    organization="acme",
    role=Role.ORG_ADMIN,
    zone=ZoneInfo("UTC"),
)
ADMIN = replace(LEAD, user_id="U1", name="Ada", organization=None, role=Role.ADMIN)
MEMBER = replace(LEAD, user_id="U3", name="Ute", role=Role.USER)
GONE = replace(LEAD, user_id="U9", name="Gone", active=False)

GPT_4 = request(
    day(2), "60", model="gpt-4-turbo", provider="openai", organization="acme", requests=500
)
AURORA = request(day(3), None, model="aurora", organization="acme", requests=500)
USAGE: Sequence[Fact] = (*edges(), GPT_4, AURORA, turbo(4, organization="globex"))


async def listed(parts: Parts) -> None:
    for person in (LEAD, ADMIN, MEMBER, GONE):
        await parts.store.people.put(person)


async def told(parts: Parts) -> list[Delivery]:
    return sorted(await parts.store.deliveries.newest(), key=lambda one: one.key)


async def tell(parts: Parts) -> PriceAlertJob:
    job = price_alert_job(parts)
    await job.tell()
    return job


async def test_admins_of_the_organization_are_told_of_models_that_end_and_have_no_price(
    tmp_path: Path,
) -> None:
    async with costbot(tmp_path, USAGE) as parts:
        await listed(parts)
        await tell(parts)
        of_globex, ending, unpriced = await told(parts)
    assert [one.address for one in (of_globex, ending, unpriced)] == ["U1", "U2", "U2"]
    assert ending.key == "prices.deprecated|2026-11|T1/U2"
    assert unpriced.key == "prices.unpriced|/aurora|T1/U2"
    text = str(ending.payload["text"])
    assert text.startswith("gpt-4-turbo is deprecated, and acme uses it: $60.00 a month")
    assert "It names " in text
    assert "aurora has no price, and acme uses it: 500 requests since 2026-11-17" in str(
        unpriced.payload["text"]
    )


async def test_each_is_told_once_though_it_is_looked_for_again_and_elsewhere(
    tmp_path: Path,
) -> None:
    async with costbot(tmp_path, USAGE) as parts:
        await listed(parts)
        job = await tell(parts)
        await job.tell()
        await tell(parts)
        assert len(await told(parts)) == 3
        job.told = None
        await job.tell()
        assert len(await told(parts)) == 3


async def test_a_model_in_use_is_told_of_again_in_the_next_month_and_a_price_only_once(
    tmp_path: Path,
) -> None:
    december = datetime(2026, 12, 1, 12, tzinfo=UTC)
    clock = TestClock(NOW)
    later = tuple(
        {**one, "time": when, "dt": when.date(), "request_id": f"later-{place}"}
        for place, one in enumerate((GPT_4, AURORA, {**edges()[1]}))
        for when in (december - timedelta(hours=18) if place < 2 else december,)
    )
    async with costbot(tmp_path, (*USAGE, *later), clock) as parts:
        await listed(parts)
        await tell(parts)
        first = {one.key for one in await told(parts)}
        clock.now = december
        await tell(parts)
        new = {one.key for one in await told(parts)} - first
    assert new == {"prices.deprecated|2026-12|T1/U2"}


async def test_what_has_a_price_by_now_is_not_told_of(tmp_path: Path) -> None:
    async with costbot(tmp_path, USAGE) as parts:
        await listed(parts)
        await parts.store.prices.add(
            ModelPrice(
                provider="own",
                model="aurora",
                input=Decimal(1),
                output=Decimal(2),
                effective_from=NOW - timedelta(days=1),
                source="ourselves",
                reference="a page",
                created_by="T1/U1",
            )
        )
        await tell(parts)
        assert not [one for one in await told(parts) if "aurora" in one.key]


async def test_many_models_that_end_are_one_message_and_a_model_of_many_without_a_price_too(
    tmp_path: Path,
) -> None:
    many = (
        *edges(),
        GPT_4,
        {**GPT_4, "model": "gpt-4", "request_id": "four"},
        {**turbo(4, organization="globex")},
        AURORA,
        {**AURORA, "organization": "globex", "request_id": "theirs"},
    )
    async with costbot(tmp_path, many) as parts:
        await parts.store.people.put(ADMIN)
        await tell(parts)
        ending, unpriced = await told(parts)
    text = str(ending.payload["text"])
    assert text.startswith("2 models that you use are deprecated: ")
    assert "globex" in str(ending.payload["blocks"])
    assert "aurora has no price, and acme and 1 other use it: 1,000 requests" in str(
        unpriced.payload["text"]
    )


async def test_nobody_is_woken(tmp_path: Path) -> None:
    async with costbot(tmp_path, USAGE) as parts:
        tokyo = replace(LEAD, zone=ZoneInfo("Asia/Tokyo"))
        await parts.store.people.put(tokyo)
        await tell(parts)
        (message, _) = await told(parts)
    # 13:37 in UTC is 22:37 in Tokyo: the next morning at nine.
    assert message.next_at == datetime(2026, 11, 21, 0, tzinfo=UTC)


async def test_names_from_data_ping_nobody(tmp_path: Path) -> None:
    hostile = {**AURORA, "model": "<!channel>", "request_id": "hostile"}
    async with costbot(tmp_path, (*edges(), hostile)) as parts:
        await listed(parts)
        await tell(parts)
        (message,) = await told(parts)
    assert "<!channel>" not in str(message.payload["text"])
    assert "&lt;!channel&gt;" in str(message.payload["text"])


async def test_without_data_nobody_is_told_anything(tmp_path: Path) -> None:
    async with costbot(tmp_path, ()) as parts:
        await listed(parts)
        await tell(parts)
        assert await told(parts) == []

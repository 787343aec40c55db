"""Rates: who may set which, tried on one's own usage, saved with a trail, taken back for a day."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood, Outdated
from analysis.prices import PriceSource
from bot.assembly import Parts
from bot.blocks.rates import rate_preview_answer, rate_saved_answer
from bot.grammar.pricing_set import PricingSetCommand, write_pricing_set
from handlers.caller import Caller
from handlers.rates import RateRequest
from tests.stores import TestClock
from tests.whatif.usage import ADMIN, LEAD, MEMBER, NOW, STRANGER, costbot

RATE = RateRequest(
    provider="OpenAI",
    model="gpt-4-turbo",
    input=Decimal("7.5"),
    output=Decimal("22.5"),
    effective=date(2026, 12, 1),
    reference="contract 17",
)

Deployment = tuple[Parts, TestClock]


@pytest.fixture
async def deployment(tmp_path: Path) -> AsyncGenerator[Deployment]:
    clock = TestClock(NOW)
    async with costbot(tmp_path, clock=clock) as parts:
        yield parts, clock


async def test_a_rate_is_tried_on_the_own_usage_before_it_is_saved(deployment: Deployment) -> None:
    parts, _ = deployment
    preview = await parts.handlers.rates.preview(RATE, LEAD)
    assert preview.tried is not None
    # acme: 40,000 requests of 1,000 tokens in and 100 out, at $10 and $30.
    assert (preview.tried.requests, preview.tried.now) == (40_000, 520)
    assert (preview.tried.then, preview.tried.unpriced) == (390, 0)
    assert preview.before is not None
    assert (preview.before.organization, preview.before.input) == (None, 10)
    assert preview.price.organization == "acme"
    assert all(one.organization is None for one in await parts.store.prices.find_all())


async def test_a_list_price_is_tried_on_everybody_without_a_rate_of_its_own(
    deployment: Deployment,
) -> None:
    parts, _ = deployment
    rates = parts.handlers.rates
    everybody = replace(RATE, everybody=True)
    whole = (await rates.preview(everybody, ADMIN)).tried
    await rates.save(replace(RATE, effective=date(2026, 11, 1)), LEAD, "slack")
    rest = (await rates.preview(everybody, ADMIN)).tried
    assert whole is not None
    assert rest is not None
    assert (whole.now, rest.now) == (910, 390)


async def test_requests_without_a_price_are_told_apart(deployment: Deployment) -> None:
    parts, _ = deployment
    rate = replace(RATE, provider="own", model="aurora")
    preview = await parts.handlers.rates.preview(rate, LEAD)
    # The rows name no provider, so nobody knows that they are meant.
    assert preview.tried is not None
    assert preview.tried.requests == 0
    assert not preview.is_listed


async def test_a_saved_rate_is_in_force_for_the_organization_alone(deployment: Deployment) -> None:
    parts, clock = deployment
    saved = await parts.handlers.rates.save(RATE, LEAD, "slack")
    assert (saved.organization, saved.created_by, saved.source) == ("acme", "T1/U2", "negotiated")
    clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    negotiated = [
        one
        for one in await parts.store.prices.find_all("openai")
        if one.model == "gpt-4-turbo" and one.in_force(clock.now) and one.organization == "acme"
    ]
    assert [one.unit_price().source for one in negotiated] == [PriceSource.NEGOTIATED]
    assert negotiated[0].context_window == 128_000
    (entry,) = await parts.store.audit.of_object("price", str(saved.id))
    assert (entry.action, entry.actor.name, entry.organization) == ("price.set", "Otto", "acme")
    assert entry.after is not None
    assert (entry.after["input"], entry.after["reference"]) == ("7.5", "contract 17")
    with pytest.raises(BadInput, match="has a price from 2026-12-01"):
        await parts.handlers.rates.save(RATE, LEAD, "slack")


@pytest.mark.parametrize(
    ("caller", "change", "error", "sentence"),
    [
        (MEMBER, {}, NotAllowed, "Only an organization admin"),
        (LEAD, {"organization": "globex"}, NotAllowed, "You set the rates of acme"),
        (LEAD, {"everybody": True}, NotAllowed, "Only an admin changes the list price"),
        (ADMIN, {}, NotUnderstood, "not said whose rate"),
        (ADMIN, {"everybody": True, "organization": "acme"}, NotUnderstood, "not said whose rate"),
        (LEAD, {"input": Decimal(-1)}, BadInput, "does not exist"),
    ],
    ids=["member", "another's", "list", "nobody's", "both", "negative"],
)
async def test_who_may_not_or_says_nonsense_is_refused_both_times(
    deployment: Deployment,
    caller: Caller,
    change: dict[str, object],
    error: type[Exception],
    sentence: str,
) -> None:
    parts, _ = deployment
    request = replace(RATE, **change)  # pyright: ignore[reportArgumentType]
    with pytest.raises(error, match=sentence):
        await parts.handlers.rates.preview(request, caller)
    with pytest.raises(error, match=sentence):
        await parts.handlers.rates.save(request, caller, "slack")


async def test_a_rate_is_taken_back_within_a_day_by_its_own_admins(deployment: Deployment) -> None:
    parts, clock = deployment
    rates = parts.handlers.rates
    saved = await rates.save(RATE, LEAD, "slack")
    key = str(saved.id)
    with pytest.raises(NotFound):
        await rates.undo(key, STRANGER, "slack")
    with pytest.raises(NotAllowed):
        await rates.undo(key, MEMBER, "slack")
    clock.advance(timedelta(days=1))
    await rates.undo(key, LEAD, "slack")
    assert all(str(one.id) != key for one in await parts.store.prices.find_all())
    undone, _ = await parts.store.audit.of_object("price", key)
    assert (undone.action, undone.after) == ("price.undo", None)
    with pytest.raises(NotFound, match="no such rate any more"):
        await rates.undo(key, LEAD, "slack")


async def test_after_a_day_a_rate_stays(deployment: Deployment) -> None:
    parts, clock = deployment
    saved = await parts.handlers.rates.save(RATE, LEAD, "slack")
    clock.advance(timedelta(days=1, seconds=1))
    with pytest.raises(Outdated, match="more than a day ago"):
        await parts.handlers.rates.undo(str(saved.id), ADMIN, "slack")


async def test_a_list_price_is_nothing_that_an_organization_takes_back(
    deployment: Deployment,
) -> None:
    parts, _ = deployment
    saved = await parts.handlers.rates.save(replace(RATE, everybody=True), ADMIN, "slack")
    with pytest.raises(NotFound):
        await parts.handlers.rates.undo(str(saved.id), LEAD, "slack")
    # What the list knew of the model, it still knows.
    assert saved.context_window == 128_000
    assert saved.replacement
    assert saved.capabilities


async def test_a_rate_with_tiers_is_taken_back_from_the_top(deployment: Deployment) -> None:
    parts, _ = deployment
    rates = parts.handlers.rates
    base = await rates.save(RATE, LEAD, "slack")
    tier = await rates.save(replace(RATE, above=64_000, input=Decimal(9)), LEAD, "slack")
    with pytest.raises(BadInput, match="tiers that begin with this price"):
        await rates.undo(str(base.id), LEAD, "slack")
    await rates.undo(str(tier.id), LEAD, "slack")
    await rates.undo(str(base.id), LEAD, "slack")


async def test_the_buttons_say_what_was_meant_word_by_word(deployment: Deployment) -> None:
    parts, _ = deployment
    request = replace(
        RATE,
        reference='the "big" contract',
        batch_input=Decimal("3.75"),
        batch_output=Decimal(11),
        cached_input=Decimal("0.1"),
    )
    preview = await parts.handlers.rates.preview(request, LEAD)
    payload = str(rate_preview_answer(preview).payload())
    text = write_pricing_set(PricingSetCommand(preview.request, save=True))
    command = parts.road.understand(text, LEAD)
    assert command == PricingSetCommand(preview.request, save=True)
    assert "$390.00 in place of $520.00" in payload
    saved = await parts.handlers.rates.save(request, LEAD, "slack")
    assert f"pricing undo {saved.id}" in str(rate_saved_answer(saved).payload())


async def test_names_in_a_rate_ping_nobody(deployment: Deployment) -> None:
    parts, _ = deployment
    request = replace(RATE, model="<!channel>", reference="<!here>")
    preview = await parts.handlers.rates.preview(request, LEAD)
    answer = rate_preview_answer(preview).without_buttons()
    assert "<!" not in str(answer.payload())
    saved = await parts.handlers.rates.save(request, LEAD, "slack")
    assert "<!" not in str(rate_saved_answer(saved).payload())

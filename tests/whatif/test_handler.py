"""What-ifs over a real mart and a real price list."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import NotAllowed, NotFound, NotUnderstood
from analysis.periods import Calendar, Dates, Last
from analysis.recommendations.whatif import Changes, Part
from bot.assembly import Parts
from handlers.whatif import WhatIfRequest
from storage.records.price import ModelPrice
from tests.whatif.usage import ADMIN, LEAD, MEMBER, NOW, STRANGER, costbot, day, edges, turbo

D = Decimal

MOVED = WhatIfRequest(Changes(model=D("0.4")), source="gpt-4-turbo", target="gpt-4o-mini")

MINI = D("0.21")
"""A million tokens in and a tenth of it out at gpt-4o-mini, USD."""


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncGenerator[Parts]:
    async with costbot(tmp_path) as parts:
        yield parts


async def test_a_share_at_another_model_is_priced_by_the_list(parts: Parts) -> None:
    result = await parts.handlers.what_if.what_if(MOVED, LEAD)
    assert (result.outcome.current, result.requests) == (520, 40_000)
    assert result.outcome.saved == 40 * D("0.4") * (13 - MINI)
    assert result.models == ("gpt-4-turbo",)
    assert result.whole == 580
    assert result.usage.days.days == 30
    assert f"{result.usage.days.last_day}" == "2026-11-19"
    assert {route.feature: one.cost for route, one in result.outcome.routes.items()} == {
        "chat": 390,
        "find": 130,
    }


async def test_the_other_model_is_compared_in_quality_and_in_what_it_takes(parts: Parts) -> None:
    comparison = (await parts.handlers.what_if.what_if(MOVED, LEAD)).comparison
    assert comparison is not None
    assert comparison.fit is not None
    assert comparison.test == "mmlu"
    assert comparison.quality_change == D("-0.045")
    assert comparison.fit.largest == 1_100
    narrow = replace(MOVED, target="llama-2-70b")
    comparison = (await parts.handlers.what_if.what_if(narrow, LEAD)).comparison
    assert comparison is not None
    assert comparison.fit is not None
    assert comparison.fit.maybe_lacking == {"json", "tools", "vision"}


async def test_requests_that_do_not_fit_are_counted(tmp_path: Path) -> None:
    long = turbo(1, requests=10, fresh_input_tokens=50_000, output_tokens=1_000)
    short = (turbo(back) for back in range(1, 9))
    async with costbot(tmp_path, [*short, long, *edges()]) as parts:
        narrow = replace(MOVED, target="llama-2-70b")
        comparison = (await parts.handlers.what_if.what_if(narrow, LEAD)).comparison
    assert comparison is not None
    assert comparison.fit is not None
    assert (comparison.fit.too_long, comparison.fit.requests) == (10, 8_010)
    assert comparison.fit.largest == 5_100


async def test_levers_alone_and_filters_by_dimensions_that_routes_do_not_have(
    parts: Parts,
) -> None:
    request_ = WhatIfRequest(Changes(batch=D("0.5")), filters={"team": ("search",)})
    result = await parts.handlers.what_if.what_if(request_, LEAD)
    assert (result.outcome.current, result.outcome.saved) == (130, D("32.5"))
    assert [one.part for one in result.outcome.parts] == [Part.BATCH]
    by_user = replace(request_, filters={"user": ("u1",)})
    assert (await parts.handlers.what_if.what_if(by_user, LEAD)).outcome.current == 60
    with pytest.raises(NotAllowed):
        await parts.handlers.what_if.what_if(by_user, MEMBER)


async def test_everybody_sees_their_own_organization_alone(parts: Parts) -> None:
    handler = parts.handlers.what_if
    request_ = WhatIfRequest(Changes(batch=D(1)))
    assert (await handler.what_if(request_, STRANGER)).outcome.current == 390
    assert (await handler.what_if(request_, ADMIN)).outcome.current == 970
    of_globex = replace(request_, filters={"organization": ("globex",)})
    assert (await handler.what_if(of_globex, ADMIN)).outcome.current == 390
    with pytest.raises(NotFound, match="no organization `globex`"):
        await handler.what_if(of_globex, LEAD)


async def test_negotiated_rates_are_those_of_whoever_asks(parts: Parts) -> None:
    await parts.store.prices.add(
        ModelPrice(
            provider="openai",
            model="gpt-4o-mini",
            input=D("0.10"),
            output=D("0.10"),
            effective_from=NOW - timedelta(days=1),
            source="negotiated",
            reference="a contract",
            created_by="ada",
            organization="acme",
        )
    )
    handler = parts.handlers.what_if
    mine, theirs = await handler.what_if(MOVED, LEAD), await handler.what_if(MOVED, STRANGER)
    assert mine.outcome.saved == 40 * D("0.4") * (13 - D("0.11"))
    assert theirs.outcome.saved == 30 * D("0.4") * (13 - MINI)


async def test_what_has_no_price_is_counted_and_in_no_figure(parts: Parts) -> None:
    result = await parts.handlers.what_if.what_if(WhatIfRequest(Changes(cache=D("0.3"))), LEAD)
    assert (result.unpriced, result.requests) == (500, 41_500)
    assert result.outcome.current == 580
    alone = WhatIfRequest(Changes(cache=D("0.3")), filters={"model": ("aurora",)})
    with pytest.raises(NotFound, match=r"None of the 500 requests of `aurora`.* has a price"):
        await parts.handlers.what_if.what_if(alone, LEAD)


async def test_where_a_lever_has_no_price_it_is_said_for_how_much(parts: Parts) -> None:
    result = await parts.handlers.what_if.what_if(
        WhatIfRequest(Changes(cache=D("0.3"), batch=D(1))), LEAD
    )
    assert result.cacheable == 0  # neither gpt-4-turbo nor gpt-4 has a price for cached input
    cached, batched = result.outcome.parts
    assert (cached.saved, cached.alone) == (0, 0)
    assert result.batchable * 580 == batched.saved * 2


@pytest.mark.parametrize(
    ("request_", "sentence", "hint"),
    [
        (replace(MOVED, target="gpt-4o-minni"), "No price list has the model", "`gpt-4o-mini`"),
        (
            replace(MOVED, source="gpt-4-trubo"),
            "`gpt-4-trubo` was not used in the 30 days to 2026-11-19.",
            "Did you mean `gpt-4-turbo`? Used were `gpt-4-turbo`, `gpt-4`, `aurora`.",
        ),
        (replace(MOVED, source="gpt-4o"), "`gpt-4o` was not used", "Used were"),
        (replace(MOVED, target="gpt-4-turbo"), "answered by itself", "another model"),
        (replace(MOVED, target="openai/gpt-4-turbo"), "already", "another model"),
        (WhatIfRequest(Changes()), "Nothing would be different.", "whatif cache 30%"),
        (replace(MOVED, period=Calendar.TODAY), "`today` is no whole day", "`7d`"),
        (replace(MOVED, period=Last(5, "h")), "`5h` is no whole day", "`7d`"),
        (replace(MOVED, period=Last(91, "d")), "91 days are too many", "90"),
        (replace(MOVED, filters={"workspace": ("w",)}), "`workspace` says nothing", "Leave it"),
        (replace(MOVED, filters={"feature": ("chats",)}), "no feature `chats`", "`chat`"),
        (
            replace(MOVED, period=Dates(day(90).date(), day(80).date())),
            "none of them was asked for",
            "Leave the period away",
        ),
    ],
    ids=range(12),
)
async def test_what_cannot_be_answered_is_told_with_what_could(
    parts: Parts, request_: WhatIfRequest, sentence: str, hint: str
) -> None:
    with pytest.raises((NotFound, NotUnderstood)) as refused:
        await parts.handlers.what_if.what_if(request_, LEAD)
    assert sentence in refused.value.sentence
    assert hint in refused.value.hint


async def test_no_usage_at_all_is_said(tmp_path: Path) -> None:
    async with costbot(tmp_path, []) as parts:
        with pytest.raises(NotFound, match="There is no LLM usage yet"):
            await parts.handlers.what_if.what_if(MOVED, ADMIN)


async def test_other_days_are_extended_to_a_month_as_well(parts: Parts) -> None:
    handler = parts.handlers.what_if
    week = await handler.what_if(replace(MOVED, period=Last(6, "d")), LEAD)
    assert (week.usage.days.days, week.usage.asked) == (6, 6)
    assert week.outcome.current == 520
    longer = await handler.what_if(replace(MOVED, period=Last(60, "d")), LEAD)
    assert (longer.usage.days.days, longer.usage.asked) == (30, 60)
    one = await handler.what_if(replace(MOVED, period=Calendar.YESTERDAY), LEAD)
    assert one.outcome.current == 30 * 26


async def test_a_model_with_the_date_of_its_release_is_the_same_model(tmp_path: Path) -> None:
    dated = [turbo(back, model="gpt-4-turbo-2024-04-09") for back in range(1, 9)]
    async with costbot(tmp_path, [*dated, turbo(1), *edges()]) as parts:
        handler = parts.handlers.what_if
        exact = await handler.what_if(MOVED, LEAD)
        loose = await handler.what_if(replace(MOVED, source="GPT-4-TURBO-2024-04-09"), LEAD)
        public = await handler.what_if(replace(MOVED, target="o3-mini"), LEAD)
    assert exact.models == ("gpt-4-turbo",)
    assert loose.models == ("gpt-4-turbo-2024-04-09",)
    assert loose.outcome.saved > 0
    assert public.comparison is not None
    assert public.comparison.other.is_estimate
    assert public.comparison.fit is None


async def test_a_bill_of_a_model_that_has_no_price_can_be_moved_but_not_cached(
    tmp_path: Path,
) -> None:
    own = [turbo(back, model="own", provider="house") for back in range(1, 31)]
    async with costbot(tmp_path, [*own, *edges()]) as parts:
        changes = Changes(model=D("0.5"), cache=D(1))
        asked = WhatIfRequest(changes, source="own", target="gpt-4o-mini")
        result = await parts.handlers.what_if.what_if(asked, LEAD)
    assert result.not_listed == 1
    cached, moved = result.outcome.parts
    assert cached.saved == 0
    assert moved.saved == 30 * D("0.5") * (13 - MINI)

"""A what-if that somebody makes a recommendation of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from analysis.errors import NotAllowed, NotUnderstood, Outdated
from analysis.recommendations.kept.states import Move, State
from analysis.recommendations.proposal import Difficulty, Kind, QualityImpact
from analysis.recommendations.whatif import Changes
from bot.assembly import Parts, recommendations_of
from handlers.recommendations.journal import RECOMMENDATION
from handlers.recommendations.requests import DecideRequest, GenerateRequest
from handlers.whatif import WhatIfRequest
from handlers.whatif_recommendation import Recommended
from tests.stores import TestClock
from tests.whatif.usage import ADMIN, LEAD, MEMBER, NOW, STRANGER, costbot, edges, turbo

D = Decimal

MOVED = WhatIfRequest(Changes(model=D("0.4")), source="gpt-4-turbo", target="gpt-4o-mini")


@pytest.fixture
def clock() -> TestClock:
    return TestClock(NOW)


@pytest.fixture
async def parts(tmp_path: Path, clock: TestClock) -> AsyncGenerator[Parts]:
    async with costbot(tmp_path, clock=clock) as parts:
        yield parts


async def recommend(parts: Parts, request: WhatIfRequest = MOVED) -> Recommended:
    return await parts.handlers.what_if_recommender.recommend(request, LEAD, "slack")


async def test_it_is_kept_pending_with_what_was_shown_and_its_author(parts: Parts) -> None:
    kept = await recommend(parts)
    row, outcome = kept.recommendation, kept.result.outcome
    assert kept.is_new
    assert (row.state, row.organization) == (State.PENDING, "acme")
    content = row.content
    assert content.variant == "whatif|share 0.4|to openai/gpt-4o-mini"
    assert content.scope == {"model": ("gpt-4-turbo",)}
    assert content.kind is Kind.MODEL_DOWNGRADE
    assert (content.current_cost, content.savings.likely) == (outcome.current, outcome.saved)
    assert content.savings.low == outcome.low.quantize(D("0.000001"))
    assert content.title == "What if: 40 % of gpt-4-turbo to gpt-4o-mini"
    assert content.difficulty is Difficulty.EASY
    assert content.quality_impact is QualityImpact.MEDIUM
    assert content.evidence["last_day"] == "2026-11-19"
    assert 0 < content.confidence < D("0.7")
    entry = (await parts.store.audit.of_object(RECOMMENDATION, str(row.id), limit=5))[0]
    assert (entry.actor.name, entry.action) == ("Otto", "recommendation.create")
    assert (entry.surface, entry.organization) == ("slack", "acme")


async def test_its_dollars_are_those_of_whole_routes_however_narrow_the_question(
    parts: Parts,
) -> None:
    narrow = replace(MOVED, filters={"team": ("search",)})
    content = (await recommend(parts, narrow)).recommendation.content
    assert content.scope == {"team": ("search",), "model": ("gpt-4-turbo",)}
    (part,) = content.parts
    assert (part.cost, part.saved) == (130, content.savings.likely)
    assert '"find"' in part.cell
    whole = (await recommend(parts)).recommendation.content
    assert sum(part.cost for part in whole.parts) == whole.current_cost == 520
    assert sum(part.saved for part in whole.parts) == whole.savings.likely


async def test_the_same_again_brings_it_up_to_date_and_another_share_is_another_one(
    parts: Parts, clock: TestClock
) -> None:
    first = await recommend(parts)
    clock.advance(timedelta(hours=1))
    again = await recommend(parts)
    other = await recommend(parts, replace(MOVED, changes=Changes(model=D("0.5"))))
    assert not again.is_new
    assert again.recommendation.id == first.recommendation.id
    assert again.recommendation.last_seen > first.recommendation.last_seen
    assert other.is_new


async def test_drawing_anew_does_not_let_it_expire_but_time_does(
    parts: Parts, clock: TestClock
) -> None:
    kept = (await recommend(parts)).recommendation
    handlers = recommendations_of(parts, "cli")
    await handlers.generate.generate(GenerateRequest(), ADMIN)
    row = await parts.store.recommendations.find(kept.id)
    assert row is not None
    assert row.state is State.PENDING
    clock.advance(timedelta(days=32))
    await handlers.age.age()
    row = await parts.store.recommendations.find(kept.id)
    assert row is not None
    assert row.state is State.EXPIRED


async def test_what_was_decided_stays_decided_and_what_expired_comes_back(
    parts: Parts, clock: TestClock
) -> None:
    kept = (await recommend(parts)).recommendation
    decide = recommendations_of(parts, "slack").decide
    await decide.decide(DecideRequest(str(kept.id), Move.REJECT, reason="no"), LEAD)
    with pytest.raises(Outdated, match="it is rejected"):
        await recommend(parts)
    await decide.decide(DecideRequest(str(kept.id), Move.REOPEN), LEAD)
    clock.advance(timedelta(days=32))
    await recommendations_of(parts, "cli").age.age()
    back = await recommend(parts, replace(MOVED, period=None))
    assert (back.recommendation.id, back.recommendation.state) == (kept.id, State.PENDING)


async def test_two_who_make_it_at_once_make_one(parts: Parts) -> None:
    kept = await asyncio.gather(*(recommend(parts) for _ in range(4)), return_exceptions=True)
    made = [one for one in kept if isinstance(one, Recommended)]
    assert len({one.recommendation.id for one in made}) == 1
    assert sum(one.is_new for one in made) == 1
    assert all(isinstance(one, (Recommended, Outdated)) for one in kept)


async def test_who_may_not_draw_recommendations_makes_none(parts: Parts) -> None:
    recommender = parts.handlers.what_if_recommender
    with pytest.raises(NotAllowed, match="organization admin"):
        await recommender.recommend(MOVED, MEMBER, "slack")
    theirs = await recommender.recommend(MOVED, STRANGER, "slack")
    assert theirs.recommendation.organization == "globex"
    assert await parts.store.recommendations.find(theirs.recommendation.id, within="acme") is None


async def test_what_is_of_users_is_there_for_organization_admins_alone(parts: Parts) -> None:
    of_user = replace(MOVED, source="gpt-4", filters={"user": ("u1",)})
    row = (await recommend(parts, of_user)).recommendation
    assert row.drawn.audience is LEAD.role


@pytest.mark.parametrize(
    ("request_", "sentence", "hint"),
    [
        (MOVED, "the usage of 2 organizations", "organization acme"),
        (
            WhatIfRequest(
                Changes(model=D(1)),
                source="gpt-4-turbo",
                target="gpt-4",
                filters={"organization": ("acme",)},
            ),
            "a month more",
            "no recommendation",
        ),
    ],
    ids=["several organizations", "dearer"],
)
async def test_what_is_no_recommendation_is_refused(
    parts: Parts, request_: WhatIfRequest, sentence: str, hint: str
) -> None:
    with pytest.raises(NotUnderstood) as refused:
        await parts.handlers.what_if_recommender.recommend(request_, ADMIN, "cli")
    assert sentence in refused.value.sentence
    assert hint in refused.value.hint


async def test_more_than_fits_the_other_model_is_never_recommended(tmp_path: Path) -> None:
    long = [turbo(back, fresh_input_tokens=5_000_000) for back in range(1, 11)]
    async with costbot(tmp_path, [*long, *(turbo(b) for b in range(1, 11)), *edges()]) as parts:
        narrow = replace(MOVED, changes=Changes(model=D("0.6")), target="llama-2-70b")
        with pytest.raises(NotUnderstood, match=r"only 50.0 % are sure to fit") as refused:
            await recommend(parts, narrow)
        assert "share 50%" in refused.value.hint
        assert (await recommend(parts, replace(narrow, changes=Changes(model=D("0.5"))))).is_new


async def test_several_levers_are_one_recommendation_with_a_step_each(parts: Parts) -> None:
    changes = Changes(
        requests=D("0.1"), input=D("0.2"), cache=D("0.3"), model=D("0.4"), batch=D("0.5")
    )
    row = (await recommend(parts, replace(MOVED, changes=changes))).recommendation
    assert row.content.kind is Kind.MODEL_DOWNGRADE
    assert row.content.difficulty is Difficulty.MEDIUM
    assert len(row.content.steps) == 6
    assert row.content.evidence["parts"] is not None

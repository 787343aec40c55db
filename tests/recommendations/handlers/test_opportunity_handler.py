"""Opportunities: drawn with the recommendations, taken up by somebody, and settled."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood, Outdated
from analysis.recommendations.kept.opportunities import OpportunityKind
from analysis.recommendations.kept.opportunity_states import OpportunityState
from analysis.recommendations.proposal import Kind
from handlers.caller import Caller
from handlers.recommendations.fields import opportunity_json, opportunity_summary_json
from handlers.recommendations.requests import OpportunityListRequest, ResolveRequest
from handlers.recommendations.results import ShownOpportunity
from storage.records.opportunity import StoredOpportunity
from tests.recommendations.handlers.conftest import ADMIN, LEAD, MEMBER, OTHER_LEAD, STRANGER, Desk
from tests.recommendations.proposals import proposal

BATCH = proposal(saved="20", kind=Kind.BATCH_PROCESSING)


async def only(desk: Desk) -> StoredOpportunity:
    (row,) = (await desk.handlers.opportunities.list(OpportunityListRequest(), LEAD)).rows
    return row


async def resolve(
    desk: Desk, row: StoredOpportunity, caller: Caller = LEAD, **fields: object
) -> ShownOpportunity:
    asked = replace(ResolveRequest(str(row.id)), **fields)  # pyright: ignore[reportArgumentType]
    return await desk.handlers.opportunities.resolve(asked, caller)


async def test_they_are_drawn_with_the_recommendations_and_listed_by_dollars(desk: Desk) -> None:
    done = await desk.draw(proposal(saved="40"), BATCH, proposal(organization="globex"))
    assert done.opportunities == 3
    listed = await desk.handlers.opportunities.list(OpportunityListRequest(), LEAD)
    assert [row.content.kind.value for row in listed.rows] == [
        "expensive_model_overuse",
        "off_peak_usage_potential",
    ]
    assert listed.counts == {OpportunityState.OPEN: 2}
    summary = await desk.handlers.opportunities.summary(ADMIN)
    assert summary.potential == Decimal(80)
    assert opportunity_summary_json(summary)["by_status"] == {"open": 3}
    await desk.draw(proposal(saved="45"), BATCH)
    states = {
        row.content.kind.value: (row.state.value, row.content.potential_savings)
        for row in (await desk.handlers.opportunities.list(OpportunityListRequest(), LEAD)).rows
    }
    assert states["expensive_model_overuse"] == ("open", Decimal(45))
    assert (await desk.handlers.opportunities.summary(STRANGER)).counts == {
        OpportunityState.EXPIRED: 1
    }


async def test_one_is_taken_up_assigned_and_settled_with_what_was_found(desk: Desk) -> None:
    await desk.draw(BATCH)
    row = await only(desk)
    await resolve(desk, row, state=OpportunityState.INVESTIGATING, assign=True, user="U024BE7LH")
    await resolve(desk, row, state=OpportunityState.PLANNED)
    await desk.draw()
    done = await resolve(
        desk, row, state=OpportunityState.IMPLEMENTED, savings="18", resolution="nights are batch"
    )
    told = json.loads(json.dumps(opportunity_json(done.opportunity)))
    assert (
        told
        | {
            "status": "implemented",
            "assigned_to": "U024BE7LH",
            "verified_savings": "18",
            "resolution": "nights are batch",
            "type": "off_peak_usage_potential",
            "affected_models": ["gpt-4"],
        }
        == told
    )
    actions = [entry.action for entry in done.entries]
    assert actions == [
        "opportunity.implemented",
        "opportunity.planned",
        "opportunity.investigating",
        "opportunity.create",
    ]
    assert done.names["T1/U2"] == "Kim"


async def test_what_was_dismissed_is_not_brought_up_again(desk: Desk) -> None:
    await desk.draw(BATCH)
    row = await only(desk)
    with pytest.raises(BadInput, match="A dismissal needs a reason"):
        await resolve(desk, row, state=OpportunityState.DISMISSED)
    await resolve(desk, row, state=OpportunityState.DISMISSED, resolution="it cannot wait")
    await desk.draw(BATCH)
    assert (await only(desk)).state is OpportunityState.DISMISSED


async def test_who_is_late_hears_who_was_quicker(desk: Desk) -> None:
    await desk.draw(BATCH)
    row = await only(desk)
    await resolve(desk, row, OTHER_LEAD, state=OpportunityState.PLANNED)
    with pytest.raises(Outdated, match=r"Lee was quicker at .* it is planned"):
        await resolve(desk, row, state=OpportunityState.INVESTIGATING, seen=OpportunityState.OPEN)


async def test_roles_and_organizations_hold_here_too(desk: Desk) -> None:
    await desk.draw(BATCH)
    row = await only(desk)
    assert (await desk.handlers.opportunities.show(row.id.hex[:8], MEMBER)).opportunity == row
    with pytest.raises(NotAllowed, match="Only an organization admin may decide on opp"):
        await resolve(desk, row, MEMBER, state=OpportunityState.PLANNED)
    with pytest.raises(NotFound):
        await resolve(desk, row, STRANGER, state=OpportunityState.PLANNED)
    with pytest.raises(NotUnderstood, match="Nothing is named"):
        await resolve(desk, row)
    with pytest.raises(Outdated, match="cannot become expired"):
        await resolve(desk, row, state=OpportunityState.EXPIRED)


async def test_what_names_keys_is_not_there_for_the_role_user(desk: Desk) -> None:
    await desk.draw(BATCH)
    unused = replace((await only(desk)).content, kind=OpportunityKind.UNUSED_FEATURES)
    row = await desk.store.opportunities.add(unused)
    assert row is not None
    handler = desk.handlers.opportunities
    assert len((await handler.list(OpportunityListRequest(), LEAD)).rows) == 2
    mine = await handler.list(OpportunityListRequest(), MEMBER)
    assert [one.content.kind for one in mine.rows] == [OpportunityKind.OFF_PEAK_USAGE_POTENTIAL]
    assert sum(mine.counts.values()) == 1 == sum((await handler.summary(MEMBER)).counts.values())
    for which in (str(row.id), row.id.hex[:8]):
        with pytest.raises(NotFound):
            await handler.show(which, MEMBER)

"""Budgets changed: by one at a time, with who did it; paused, deleted, and taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from analysis.errors import BadInput, NotAllowed, NotFound, NotUnderstood, Outdated, Unfit
from handlers.budgets.form import BudgetForm
from handlers.budgets.requests import (
    DeleteRequest,
    EditRequest,
    HistoryRequest,
    ListRequest,
    PauseRequest,
    ResumeRequest,
    ShowRequest,
    UndoRequest,
    Which,
)
from tests.budgets.handlers.conftest import (
    ADMIN,
    KEEPER,
    MEMBER,
    OTHER_KEEPER,
    STRANGER,
    Desk,
    OpenDesk,
    daily,
    end_of,
)

PROD = Which("Prod LLM")
FACTS = (*daily(date(2026, 11, 1), date(2026, 11, 19), "20"), end_of(date(2026, 11, 19)))
LIMIT = BudgetForm(limit="6000")


async def test_a_change_that_rests_on_an_older_state_says_who_was_quicker(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        seen = await at.create(KEEPER)
        await at.budgets.change.edit(EditRequest(PROD, LIMIT, seen.version), OTHER_KEEPER)
        stale = EditRequest(PROD, BudgetForm(limit="7000"), seen.version)
        said = r"Lee has changed the budget Prod LLM \(limit\) meanwhile, at 2026-11-20 09:30 UTC"
        with pytest.raises(Outdated, match=said):
            await at.budgets.change.edit(stale, KEEPER)
        with pytest.raises(Outdated, match="Lee has changed"):
            await at.budgets.change.delete(DeleteRequest(PROD, seen.version), KEEPER)
        assert (await at.store.budgets.find_named("Prod LLM"))[0].limit == 6000


async def test_history_has_before_and_after_of_what_differs(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        form = BudgetForm(limit="6000", scope={"model": ("gpt-4",)}, forecast="off", warning="70")
        edited = await at.budgets.change.edit(EditRequest(PROD, form), KEEPER)
        assert set(edited.changed) == {"limit", "scope", "forecast", "warning"}
        again = await at.budgets.change.edit(EditRequest(PROD, form), KEEPER)
        assert again.changed == ()
        history = await at.budgets.read.history(HistoryRequest(PROD), MEMBER)
        entry, created = history.entries
        assert (entry.actor.name, entry.surface, entry.organization) == ("Kim", "slack", "acme")
        assert entry.before == {
            "limit": "1000",
            "scope": {},
            "warning": "0.8",
            "forecast": "1.1",
        }
        assert entry.after == {
            "limit": "6000",
            "scope": {"model": ["gpt-4"]},
            "warning": "0.7",
            "forecast": None,
        }
        assert created.before is None
        assert [day.cumulative for day in history.course[:3]] == [20, 40, 60]


async def test_an_edit_without_anything_to_change_says_so(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        with pytest.raises(NotUnderstood, match="Nothing is named"):
            await at.budgets.change.edit(EditRequest(PROD, BudgetForm()), KEEPER)
        form = BudgetForm(organization="globex")
        with pytest.raises(Unfit, match="stays with the organization"):
            await at.budgets.change.edit(EditRequest(PROD, form), KEEPER)


async def test_an_admin_cannot_reach_beyond_an_organizations_budget_by_its_scope(
    desk: OpenDesk,
) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        form = BudgetForm(scope={"organization": ("globex",)})
        with pytest.raises(Unfit):
            await at.budgets.change.edit(EditRequest(PROD, form), ADMIN)


async def test_a_value_that_the_scope_has_already_is_kept_unasked(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER, scope={"model": ("gpt-9",)}, unseen=True)
        form = BudgetForm(scope={"model": ("gpt-9", "gpt-4")})
        edited = await at.budgets.change.edit(EditRequest(PROD, form), KEEPER)
        assert edited.after.scope == {"model": ("gpt-4", "gpt-9")}
        other = EditRequest(PROD, BudgetForm(scope={"model": ("gpt-9", "gpt-8")}))
        with pytest.raises(Unfit, match="There is no model"):
            await at.budgets.change.edit(other, KEEPER)


async def test_a_limit_cannot_be_emptied(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER)
        with pytest.raises(Unfit, match="needs a limit"):
            await at.budgets.change.edit(EditRequest(PROD, BudgetForm(limit=" ")), KEEPER)


async def test_a_pause_ends_when_its_day_begins_in_the_budgets_zone(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        await at.create(KEEPER, zone="Asia/Tokyo")
        pausing = PauseRequest(PROD, date(2026, 12, 1))
        paused = (await at.budgets.change.pause(pausing, KEEPER)).after
        assert paused.paused
        assert paused.paused_until == datetime(2026, 11, 30, 15, tzinfo=UTC)
        with pytest.raises(BadInput, match="would be over"):
            await at.budgets.change.pause(PauseRequest(PROD, date(2026, 11, 20)), KEEPER)
        resumed = (await at.budgets.change.resume(ResumeRequest(PROD), KEEPER)).after
        assert (resumed.paused, resumed.paused_until) == (False, None)


async def test_a_pause_that_is_over_is_not_told_any_more(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        await at.budgets.change.pause(PauseRequest(PROD, date(2026, 11, 22)), KEEPER)
        read = at.budgets.read
        for days, is_paused in ((0, True), (1, True), (1, False)):
            at.clock.advance(timedelta(days=days))
            (listed,) = (await read.list(ListRequest(), MEMBER)).standings
            shown = await read.show(ShowRequest(Which(str(budget.id))), MEMBER)
            found = [listed, shown.standing, await read.status(ShowRequest(PROD), MEMBER)]
            assert {one.budget.paused for one in found} == {is_paused}
        edited = await at.budgets.change.edit(EditRequest(PROD, BudgetForm(limit="7")), KEEPER)
        assert edited.changed == ("limit",)


async def test_a_deletion_is_taken_back_within_a_day(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        assert (await at.budgets.change.preview_deletion(DeleteRequest(PROD), KEEPER)).budget
        deleted = await at.budgets.change.delete(DeleteRequest(PROD), KEEPER)
        assert deleted.undo_until == at.clock() + timedelta(days=1)
        with pytest.raises(NotFound):
            await at.budgets.read.show(ShowRequest(PROD), KEEPER)
        at.clock.advance(timedelta(days=1))
        await at.budgets.change.undo(UndoRequest(budget.id), KEEPER)
        with pytest.raises(Outdated, match="is there already"):
            await at.budgets.change.undo(UndoRequest(budget.id), KEEPER)
        await at.budgets.change.delete(DeleteRequest(PROD), KEEPER)
        at.clock.advance(timedelta(days=1, seconds=1))
        with pytest.raises(Outdated, match="more than a day ago"):
            await at.budgets.change.undo(UndoRequest(budget.id), KEEPER)


async def test_a_deletion_is_not_taken_back_over_another_of_its_name(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        await at.budgets.change.delete(DeleteRequest(PROD), KEEPER)
        await at.create(KEEPER)
        with pytest.raises(BadInput, match="another budget"):
            await at.budgets.change.undo(UndoRequest(budget.id), KEEPER)
        entries = await at.store.audit.of_object("budget", str(budget.id))
        assert [entry.action for entry in entries] == ["budget.delete", "budget.create"]


async def foreign(at: Desk, name: str) -> list[str]:
    """What a stranger is told who tries everything on a budget."""
    which, change, read = Which(name), at.budgets.change, at.budgets.read
    said: list[str] = []
    for doing in (
        read.show(ShowRequest(which), STRANGER),
        read.status(ShowRequest(which), STRANGER),
        read.history(HistoryRequest(which), STRANGER),
        change.edit(EditRequest(which, LIMIT), STRANGER),
        change.pause(PauseRequest(which), STRANGER),
        change.resume(ResumeRequest(which), STRANGER),
        change.preview_deletion(DeleteRequest(which), STRANGER),
        change.delete(DeleteRequest(which), STRANGER),
    ):
        with pytest.raises(NotFound) as refused:
            await doing
        said.append(f"{refused.value.sentence} {refused.value.hint}".replace(name, "…"))
    return said


async def test_a_budget_of_another_organization_is_like_one_that_is_not_there(
    desk: OpenDesk,
) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        assert set(await foreign(at, str(budget.id))) == set(await foreign(at, str(uuid4())))
        assert set(await foreign(at, "Prod LLM")) == set(await foreign(at, "Prod ALL"))
        with pytest.raises(NotFound):
            await at.budgets.change.undo(UndoRequest(budget.id), STRANGER)
        assert not (await at.budgets.read.list(ListRequest(), STRANGER)).standings
        with pytest.raises(NotAllowed):
            await at.budgets.read.list(ListRequest(organization="acme"), STRANGER)


async def test_a_user_looks_and_changes_nothing(desk: OpenDesk) -> None:
    async with desk(FACTS) as at:
        budget = await at.create(KEEPER)
        assert (await at.budgets.read.show(ShowRequest(PROD), MEMBER)).standing.budget == budget
        change = at.budgets.change
        for doing in (
            change.edit(EditRequest(PROD, LIMIT), MEMBER),
            change.pause(PauseRequest(PROD), MEMBER),
            change.resume(ResumeRequest(PROD), MEMBER),
            change.delete(DeleteRequest(PROD), MEMBER),
            change.undo(UndoRequest(budget.id), MEMBER),
        ):
            with pytest.raises(NotAllowed):
                await doing
        assert await at.store.budgets.find(budget.id) == budget


async def test_a_scope_beyond_the_role_hides_the_budget(desk: OpenDesk) -> None:
    facts = [*FACTS, *daily(date(2026, 11, 1), date(2026, 11, 2), "1", user_id="ann")]
    async with desk(facts) as at:
        await at.create(KEEPER, name="Ann", scope={"user": ("ann",)})
        listed = await at.budgets.read.list(ListRequest(), KEEPER)
        assert [one.status.spend for one in listed.standings] == [2]
        assert not (await at.budgets.read.list(ListRequest(), MEMBER)).standings
        with pytest.raises(NotFound):
            await at.budgets.read.show(ShowRequest(Which("Ann")), MEMBER)


async def test_one_name_in_several_organizations_is_asked_about(desk: OpenDesk) -> None:
    async with desk(
        (*FACTS, *daily(date(2026, 11, 1), date(2026, 11, 1), "1", organization="b"))
    ) as at:
        await at.create(KEEPER)
        await at.create(ADMIN, organization="b")
        with pytest.raises(NotUnderstood, match="2 budgets are called `Prod LLM`"):
            await at.budgets.read.show(ShowRequest(PROD), ADMIN)
        found = await at.budgets.read.show(ShowRequest(Which("Prod LLM", "b")), ADMIN)
        assert found.standing.budget.organization == "b"
        with pytest.raises(NotFound, match="Did you mean `Prod LLM`"):
            await at.budgets.read.show(ShowRequest(Which("Prod LM")), ADMIN)

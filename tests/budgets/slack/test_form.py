"""The form of a budget: opened, told its faults, previewed, saved once; and the same for edits."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from analysis.roles import Role
from playground.faults import Fault
from playground.outcome import Outcome
from storage.records.budget import BudgetDraft
from tests.budgets.slack.acting import PROD, Act, Acting, fields_of, filled, forged, text_of
from tests.facts import request
from tests.slack.conftest import at

GOOD = {"name": "Prod <!channel>", "limit": "16", "scope": ["model=gpt-4"]}


def draft(name: str) -> BudgetDraft:
    """A budget of acme."""
    return BudgetDraft(
        name=name,
        limit=Decimal(1),
        kind="monthly",
        zone=ZoneInfo("UTC"),
        start=date(2026, 1, 1),
        organization="acme",
    )


async def saved(acting: Acting, who: str, **changes: object) -> None:
    """Fills in the form of a new budget, looks at the preview, and saves it."""
    view = await acting.open_form("create", who)
    assert (await acting.submit(view, who, **{**GOOD, **changes})).field_errors == {}
    assert (await acting.submit(view, who)).field_errors == {}


async def test_create_alone_opens_a_form_in_the_zone_of_who_asks(act: Act):
    async with act() as acting:
        view = await acting.open_form("create", "otto")
    assert view.payload["submit"]["text"] == "Preview"
    assert filled(view)["zone"]["value"]["value"] == "Europe/Berlin"
    assert filled(view)["channels"]["value"]["selected_conversations"] == [acting.costs]
    assert {"name", "limit", "kind", "scope", "hardness", "rollover", "emails"} <= set(
        fields_of(view)
    )


async def test_something_is_seen_at_once_while_the_form_is_made(act: Act):
    async with act() as acting:
        seen: list[str] = []
        workspace = acting.slack.workspace
        user_id = acting.playing.stage.user_id("otto")
        await acting.slack.delivery.command(user_id, acting.costs, "/budget create")
        async with asyncio.timeout(5):
            while not seen or "Begins anew" not in seen[-1]:
                shown = [text_of(view) for view in workspace.modals_of(user_id)]
                seen += [one for one in shown if one not in seen]
                await asyncio.sleep(0)
        await acting.idle()
    assert "One moment" in seen[0]


async def test_a_scope_offers_the_values_of_the_own_organization_alone(act: Act):
    async with act() as acting:
        await acting.promote("gil", "globex", Role.ORG_ADMIN)
        own = text_of(await acting.open_form("create", "otto"))
        other = text_of(await acting.open_form("create", "gil"))
        all_of_them = await acting.open_form("create", "ada")
    assert "claude-3-haiku" in own
    assert "claude-3-haiku" not in other
    assert "organization" not in fields_of(acting.modal("otto"))
    assert "globex" in text_of(all_of_them)


async def test_every_fault_is_told_in_its_place_and_nothing_is_saved(act: Act):
    async with act() as acting:
        view = await acting.open_form("create", "otto")
        outcome = await acting.submit(
            view,
            "otto",
            **GOOD,
            zone="Mars/Base",
            kind="custom",
            warning="99",
            rollover="-5",
            emails="nobody",
        )
        assert await acting.budgets() == []
    errors = outcome.field_errors
    assert set(errors) == {"zone", "end", "critical", "rollover", "emails"}
    assert "time zone" in errors["zone"]
    assert "day on which it ends" in errors["end"]


async def test_what_was_filled_in_is_previewed_before_it_is_saved(act: Act):
    async with act() as acting:
        view = await acting.open_form("create", "otto")
        await acting.submit(view, "otto", **GOOD)
        assert await acting.budgets() == []
        preview = text_of(view)
        assert view.payload["submit"]["text"] == "Save"
        await acting.submit(view, "otto")
        budget = await acting.budget()
        entries = await acting.store.audit.of_object("budget", str(budget.id))
        closing = text_of(view)
    assert "It would stand at" in preview
    assert "87.5 %" in preview
    assert "*Prod &lt;!channel&gt;*" in preview
    assert (budget.name, budget.limit, budget.organization) == (
        "Prod <!channel>",
        Decimal(16),
        "acme",
    )
    assert budget.scope == {"model": ("gpt-4",)}
    assert budget.slack_channels == (acting.costs,)
    assert [(entry.action, entry.actor.name, entry.surface) for entry in entries] == [
        ("budget.create", "Otto Owner", "slack")
    ]
    assert "Created" in closing


async def test_what_is_changed_after_the_preview_is_previewed_again(act: Act):
    async with act() as acting:
        view = await acting.open_form("create", "otto")
        await acting.submit(view, "otto", **GOOD)
        await acting.submit(view, "otto", limit="28")
        assert await acting.budgets() == []
        assert "50.0 %" in text_of(view)
        await acting.submit(view, "otto")
        assert (await acting.budget()).limit == 28


async def test_overlapping_budgets_are_named_in_the_preview(act: Act):
    async with act() as acting:
        await acting.create('create "All of <acme>" 100 monthly')
        view = await acting.open_form("create", "otto")
        await acting.submit(view, "otto", **GOOD)
    assert "All of &lt;acme&gt; (acme) counts all of this one's spend" in text_of(view)


async def test_a_taken_name_is_told_at_the_name(act: Act):
    async with act() as acting:
        await acting.create()
        view = await acting.open_form("create", "otto")
        await acting.submit(view, "otto", **{**GOOD, "name": "prod  llm"})
        outcome = await acting.submit(view, "otto")
    assert set(outcome.field_errors) == {"name"}
    assert "already" in outcome.field_errors["name"]


async def test_a_form_that_is_sent_in_twice_at_once_saves_once(act: Act):
    async with act() as acting:
        view = await acting.open_form("create", "otto")
        await acting.submit(view, "otto", **GOOD)
        user_id, values = acting.playing.stage.user_id("otto"), filled(view)
        outcomes: list[Outcome] = await asyncio.gather(
            *(acting.slack.delivery.submit(user_id, view, values) for _ in range(2))
        )
        budget = await acting.budget()
        entries = await acting.store.audit.of_object("budget", str(budget.id))
    assert [(outcome.status, outcome.field_errors) for outcome in outcomes] == [(200, {})] * 2
    assert len(entries) == 1


async def test_an_admin_makes_a_budget_of_one_organization_or_of_all(act: Act):
    async with act() as acting:
        await saved(acting, "ada", name="theirs", organization="globex")
        await saved(acting, "ada", name="ours", scope=[])
        found = {budget.name: budget.organization for budget in await acting.budgets()}
    assert found == {"theirs": "globex", "ours": None}


async def test_what_takes_long_is_answered_in_the_open_modal(act: Act):
    async with act(answer_within_seconds=0.0) as acting:
        view = await acting.open_form("create", "otto")
        user_id = acting.playing.stage.user_id("otto")
        outcome = await acting.slack.delivery.submit(user_id, view, filled(view, **GOOD))
        assert outcome.ack["response_action"] == "update"
        assert "One moment" in str(outcome.ack["view"])
        await acting.idle()
        assert "It would stand at" in text_of(view)
        await acting.submit(view, "otto")
        assert (await acting.budget()).limit == 16


async def test_faults_that_are_found_late_stand_above_what_was_filled_in(act: Act):
    async with act(answer_within_seconds=0.0) as acting:
        view = await acting.open_form("create", "otto")
        await acting.submit(view, "otto", **GOOD)
        await acting.store.budgets.add(draft("Prod <!channel>"), "somebody")
        outcome = await acting.submit(view, "otto")
        assert outcome.ack["response_action"] == "update"
        assert "has a budget called Prod &lt;!channel&gt; already" in text_of(view)
        assert filled(view)["name"]["value"]["value"] == GOOD["name"]
        assert view.payload["submit"]["text"] == "Preview"


async def test_a_modal_that_is_closed_meanwhile_is_no_error(
    act: Act, caplog: pytest.LogCaptureFixture
):
    async with act(answer_within_seconds=0.0) as acting:
        view = await acting.open_form("create", "otto")
        user_id = acting.playing.stage.user_id("otto")
        await acting.slack.delivery.submit(user_id, view, filled(view, **GOOD))
        await acting.slack.delivery.close(user_id, view)
        await acting.idle()
        assert await acting.budgets() == []
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.parametrize("metadata", ["", "{}", "[1]", '{"key":"x"}', '{"budget":"1"}', "no"])
async def test_metadata_that_costbot_did_not_write_saves_nothing(act: Act, metadata: str):
    async with act() as acting:
        view = forged(await acting.open_form("create", "otto"), metadata)
        outcome = await acting.submit(view, "otto", **GOOD)
        assert await acting.budgets() == []
    assert outcome.status == 200
    assert "not one of costbot" in text_of(view)


async def test_a_forged_id_of_another_organizations_budget_finds_and_changes_nothing(act: Act):
    async with act() as acting:
        await acting.promote("gil", "globex", Role.ORG_ADMIN)
        theirs = await acting.create('create "Secret" 16 monthly', "gil")
        metadata = json.dumps({"budget": str(theirs.id), "version": 1, "seen": ""})
        edit = forged(await acting.open_form("create", "otto"), metadata)
        await acting.submit(edit, "otto", **GOOD)
        key = json.dumps({"key": str(theirs.id), "seen": ""})
        new = forged(await acting.open_form("create", "otto"), key)
        await acting.submit(new, "otto", **GOOD)
        outcome = await acting.submit(new, "otto")
        assert await acting.budget() == theirs
    assert "There is no budget" in text_of(edit)
    assert "Secret" not in text_of(edit) + text_of(new) + str(outcome.field_errors)


async def test_an_edit_opens_the_form_filled_and_saves_what_differs(act: Act):
    async with act() as acting:
        await acting.create(f"{PROD} hard rollover 5 forecast off to mail@example.com")
        view = await acting.open_form('edit "Prod LLM"', "otto")
        before = {name: field["value"] for name, field in filled(view).items()}
        await acting.submit(view, "otto", limit="28", end="2027-03-31")
        assert "It would stand at" in text_of(view)
        await acting.submit(view, "otto")
        budget = await acting.budget()
    assert before["name"]["value"] == "Prod LLM"
    assert before["hardness"]["selected_option"]["value"] == "hard"
    assert (before["rollover"]["value"], before["forecast"]["value"]) == ("5", None)
    assert (budget.version, budget.limit, str(budget.end)) == (2, 28, "2027-03-31")
    assert (budget.is_hard, budget.rollover, budget.forecast) == (True, 5, None)
    assert budget.emails == ("mail@example.com",)
    assert "Limit: $16.00 → $28.00" in text_of(view)


async def test_who_edits_what_was_changed_meanwhile_is_told_by_whom_and_keeps_the_form(act: Act):
    async with act() as acting:
        await acting.create()
        view = await acting.open_form('edit "Prod LLM"', "otto")
        await acting.say('edit "Prod LLM" limit 40', "ada")
        await acting.submit(view, "otto", limit="28")
        await acting.submit(view, "otto")
        assert (await acting.budget()).limit == 40
        assert "Ada Admin has changed the budget" in text_of(view)
        await acting.submit(view, "otto")
        await acting.submit(view, "otto")
        assert (await acting.budget()).limit == 28


async def test_an_edit_that_is_sent_in_twice_changes_once(act: Act):
    async with act() as acting:
        await acting.create()
        view = await acting.open_form('edit "Prod LLM"', "otto")
        await acting.submit(view, "otto", limit="28")
        user_id, values = acting.playing.stage.user_id("otto"), filled(view)
        await asyncio.gather(
            *(acting.slack.delivery.submit(user_id, view, values) for _ in range(2))
        )
        budget = await acting.budget()
    assert (budget.version, budget.limit) == (2, 28)
    assert "Saved" in str(view.payload["title"])


async def test_a_value_too_long_for_slacks_lists_survives_an_edit(act: Act):
    long = "m" * 160
    async with act() as acting:
        await acting.create(f'create "Prod LLM" 16 monthly model gpt-4 model {long} anyway')
        view = await acting.open_form('edit "Prod LLM"', "otto")
        await acting.submit(view, "otto", limit="28")
        await acting.submit(view, "otto")
        assert (await acting.budget()).scope == {"model": ("gpt-4", long)}


async def test_who_asks_for_a_form_that_slack_does_not_open_is_told(act: Act):
    async with act() as acting:
        acting.slack.faults.set(Fault("dropped", times=None, methods=frozenset({"views.open"})))
        heard = await acting.say("create", "otto")
    assert "Slack did not open the form in time" in heard.messages[0]["text"]


async def test_who_has_no_such_budget_is_told_so_in_the_modal(act: Act):
    async with act() as acting:
        view = await acting.open_form("edit nothing", "otto")
    assert "There is no budget `nothing`" in text_of(view)
    assert "submit" not in view.payload


async def test_a_form_offers_as_many_values_as_slack_takes(act: Act):
    facts = [
        request(at(20, 9), "1", model=f"model-{number}<&>" + "x" * number, organization="acme")
        for number in range(170)
    ]
    async with act(facts=facts) as acting:
        view = await acting.open_form("create", "otto")
        (scope,) = [block for block in view.payload["blocks"] if block["block_id"] == "scope"]
        (group,) = scope["element"]["option_groups"]
        assert len(group["options"]) == 100
        await acting.submit(view, "otto", name="n" * 80, limit="5", scope=["model=model-0<&>"])
        await acting.submit(view, "otto")
        assert (await acting.budget()).scope == {"model": ("model-0<&>",)}

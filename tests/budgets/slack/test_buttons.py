"""Buttons under budgets: looked at again when clicked, with the identity of who clicks."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from tests.budgets.slack.acting import PROD, Act, action, button, labels


async def test_details_take_the_place_of_the_list_that_only_one_person_sees(act: Act):
    async with act() as acting:
        await acting.create()
        message = await acting.message("list", "ute")
        assert await acting.click(message, "Prod LLM", "ute") == []
    assert message.text.startswith("Prod LLM · 87.5 %")


async def test_a_message_that_others_see_is_answered_beside_it(act: Act):
    async with act() as acting:
        await acting.create(f"{PROD} to #costs")
        await acting.say('raise "Prod LLM" 5 because of the launch', "ute")
        await acting.send_outbox()
        (message,) = acting.posted(acting.costs)
        details = action("budget_show", str((await acting.budget()).id))
        (answer,) = await acting.press(message, details, "otto")
    assert answer.startswith("Prod LLM · 87.5 %")
    assert message.text.startswith("Raise of $5.00")


async def test_a_budget_is_paused_and_resumed_by_a_click(act: Act):
    async with act() as acting:
        await acting.create(f"{PROD} hard")
        message = await acting.message('status "Prod LLM"', "otto")
        await acting.click(message, "Pause", "otto")
        assert (await acting.budget()).paused
        assert "neither alerts nor denies" in message.text
        await acting.click(message, "Resume", "otto")
        assert not (await acting.budget()).paused
    assert "It alerts again and denies." in message.text


async def test_a_typed_deletion_asks_first_and_can_be_undone(act: Act):
    async with act() as acting:
        await acting.create()
        message = await acting.message('delete "Prod LLM"', "otto")
        assert len(await acting.budgets()) == 1
        assert message.text.startswith("Delete Prod LLM")
        await acting.click(message, "Delete", "otto")
        assert await acting.budgets() == []
        assert "It can be restored until 21 Nov" in message.text
        undo = button(message, "Undo")
        await acting.press(message, undo, "otto")
        assert (await acting.budget()).name == "Prod LLM"
        (again,) = await acting.press(message, undo, "otto")
    assert "is there already" in again


async def test_the_button_that_deletes_asks_in_a_dialog(act: Act):
    async with act() as acting:
        await acting.create()
        message = await acting.message('show "Prod LLM"', "otto")
    (delete,) = [
        element
        for block in message.blocks
        for element in block.get("elements", [])
        if element.get("action_id") == "budget_delete"
    ]
    assert delete["confirm"]["title"]["text"] == "Delete this budget?"


async def test_a_second_click_on_a_deleted_budget_is_answered_plainly(act: Act):
    async with act() as acting:
        await acting.create()
        message = await acting.message('show "Prod LLM"', "otto")
        delete = button(message, "Delete")
        await acting.say('delete "Prod LLM"', "ada")
        await acting.press(message, delete, "ada")
        shown = message.text
        (answer,) = await acting.press(message, delete, "otto")
    assert "There is no budget" in answer
    assert message.text == shown  # what was refused is said beside it


FORGED = ("", "x", "1:2", str(uuid4()), "../../etc", "9" * 2000)


@pytest.mark.parametrize(
    "name",
    [
        "budget_show",
        "budget_history",
        "budget_pause",
        "budget_resume",
        "budget_delete",
        "budget_undo",
        "raise_approve",
        "raise_withdraw",
    ],
)
async def test_a_forged_button_changes_nothing_and_is_answered(act: Act, name: str):
    async with act() as acting:
        budget = await acting.create()
        message = await acting.message("list", "otto")
        answers = [await acting.press(message, action(name, value), "otto") for value in FORGED]
        assert await acting.budget() == budget
    assert [len(told) for told in answers] == [1] * len(FORGED)
    assert [told for told in answers if "went wrong" in told[0]] == []


async def test_of_two_who_delete_at_once_one_does_and_the_other_is_told(act: Act):
    async with act() as acting:
        await acting.create()
        messages = [await acting.message('show "Prod LLM"', name) for name in ("otto", "ada")]
        answers = await asyncio.gather(
            *(
                acting.press(message, button(message, "Delete"), name)
                for message, name in zip(messages, ("otto", "ada"), strict=True)
            )
        )
        assert await acting.budgets() == []
    told = [text for some in answers for text in some]
    assert len(told) == 1
    assert "has deleted the budget" in told[0] or "There is no budget" in told[0]


async def test_who_may_only_look_is_offered_only_that(act: Act):
    async with act() as acting:
        await acting.create()
        user = await acting.message('status "Prod LLM"', "ute")
        owner = await acting.message('status "Prod LLM"', "otto")
    assert labels(user) == ["Details", "History", "Ask for a raise"]
    assert labels(owner) == ["Details", "Edit", "History", "Pause", "Ask for a raise", "Delete"]


async def test_edit_opens_the_filled_form_from_a_button(act: Act):
    async with act() as acting:
        await acting.create()
        message = await acting.message('show "Prod LLM"', "otto")
        await acting.click(message, "Edit", "otto")
        view = acting.modal("otto")
    assert view.payload["title"]["text"] == "Edit the budget"
    assert "Prod LLM" in str(view.payload["blocks"])

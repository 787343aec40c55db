"""Who may do what with budgets in Slack: every command, button and modal, by role and organization.

One budget is acme's, one the deployment's own. `yes`: it is done or shown. `role`: the role does
not reach, and that is said. `gone`: it is not there for whoever asks. `who`: nobody knows them.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from analysis.roles import Role
from bot.blocks import budget_buttons as buttons
from bot.slack.permissions import ACTIONS, COMMANDS, VIEWS
from playground.model import Message
from tests.budgets.slack.acting import Act, Acting, action, forged, text_of

PEOPLE = ("ute", "otto", "ada", "gil", "gus", "sam")
"""A user and an organization admin of acme, an admin, an organization admin and a user of globex,
and a stranger."""

OF_ACME = "yes yes yes gone gone who"
KEEPS_ACME = "role yes yes gone role who"
OF_ALL = "gone gone yes gone gone who"
KEEPS_ALL = "role gone yes gone role who"

COMMANDS_ON = {
    'show "{}"': (OF_ACME, OF_ALL),
    'status "{}"': (OF_ACME, OF_ALL),
    'history "{}"': (OF_ACME, OF_ALL),
    'raise "{}" 5 because of the launch': (OF_ACME, OF_ALL),
    'edit "{}" limit 20': (KEEPS_ACME, KEEPS_ALL),
    'pause "{}"': (KEEPS_ACME, KEEPS_ALL),
    'resume "{}"': (KEEPS_ACME, KEEPS_ALL),
    'delete "{}"': (KEEPS_ACME, KEEPS_ALL),
}
"""Command to what follows for acme's budget and for the deployment's own, person by person."""

BUTTONS_ON = {
    buttons.SHOW: (OF_ACME, OF_ALL),
    buttons.HISTORY: (OF_ACME, OF_ALL),
    buttons.PAUSE: (KEEPS_ACME, KEEPS_ALL),
    buttons.RESUME: (KEEPS_ACME, KEEPS_ALL),
    buttons.DELETE: (KEEPS_ACME, KEEPS_ALL),
    buttons.UNDO: (KEEPS_ACME, KEEPS_ALL),
}
FORMS_ON = {
    buttons.EDIT: (KEEPS_ACME, KEEPS_ALL),
    buttons.RAISE: (OF_ACME, OF_ALL),
}
RAISES = {
    buttons.APPROVE: "role yes yes gone role who",
    buttons.REJECT: "role yes yes gone role who",
    # It is there for who sees the budget, and theirs to withdraw for who asked alone: nobody here.
    buttons.WITHDRAW: "own own own gone gone who",
}
ANYWHERE = {
    buttons.LIST: "yes yes yes yes yes who",
    buttons.NEW: "role yes yes yes role who",
}

SAYS = {
    "role": ("Only an organization admin may", "This is for organization admins"),
    "gone": ("There is no budget", "There is no such raise"),
    "who": ("I don't know you yet",),
    "own": ("Only who asked for a raise withdraws it",),
}

OF_OTHERS = ("Acme budget", "$14.00", "Otto", "gpt-4")
SECRETS = ("Own budget", "$15.00", "Ada")
"""What nobody learns of a budget that is not there for them; who is of acme knows acme's own."""


async def prepared(acting: Acting) -> dict[str, UUID]:
    """The two budgets, by name, and everybody in their role."""
    await acting.promote("gil", "globex", Role.ORG_ADMIN)
    workspace = acting.slack.workspace
    gil = next(user for user in workspace.people() if user.name == "gil")
    workspace.users["U0GUS00001"] = type(gil)(id="U0GUS00001", name="gus", real_name="Gus Globex")
    await acting.promote("gus", "globex", Role.USER)
    await acting.create('create "Acme budget" 16 monthly model gpt-4', "otto")
    await acting.create('create "Own budget" 16 monthly model gpt-4', "ada")
    return {budget.name: budget.id for budget in await acting.budgets()}


def verdict(told: str, person: str) -> str:
    """What an answer to somebody comes to."""
    found = [word for word, says in SAYS.items() if any(part in told for part in says)]
    if found and found[0] != "own":
        secrets = SECRETS if person in ("ute", "otto") else SECRETS + OF_OTHERS
        assert [secret for secret in secrets if secret in told] == [], told
    return found[0] if found else "yes"


def test_every_button_and_every_modal_is_in_the_matrix() -> None:
    tested = {*BUTTONS_ON, *FORMS_ON, *RAISES, *ANYWHERE}
    declared = {name for name in ACTIONS if name.startswith(("budget_", "raise_"))}
    assert (
        declared & {value for value in vars(buttons).values() if isinstance(value, str)} == tested
    )
    assert {"budget_form", "budget_raise", "raise_reject"} <= set(VIEWS)
    assert "/budget" in COMMANDS


@pytest.mark.parametrize("command", COMMANDS_ON)
async def test_every_command(act: Act, command: str):
    async with act() as acting:
        names = list(await prepared(acting))
        for name, expected in zip(sorted(names), COMMANDS_ON[command], strict=True):
            found: list[str] = []
            for person in PEOPLE:
                heard = await acting.say(command.format(name), person)
                assert (heard.status, heard.failure) == (200, "")
                told = heard.ack["text"].replace(
                    f"There is no budget `{name}`", "There is no budget"
                )
                found.append(verdict(told, person))
            assert " ".join(found) == expected, name


@pytest.mark.parametrize("name", BUTTONS_ON)
async def test_every_button(act: Act, name: str):
    async with act() as acting:
        for budget, expected in zip(
            sorted((await prepared(acting)).items()), BUTTONS_ON[name], strict=True
        ):
            found: list[str] = []
            for person in PEOPLE:
                if name in (buttons.DELETE, buttons.UNDO):
                    await set_deleted(acting, budget[1], deleted=name == buttons.UNDO)
                message = await shown_to(acting, person)
                told = await acting.press(message, action(name, str(budget[1])), person)
                text = told[0] if told else message.text
                found.append(verdict(text.replace(str(budget[1]), ""), person))
            assert " ".join(found) == expected, budget[0]


@pytest.mark.parametrize("name", FORMS_ON)
async def test_every_form_that_a_button_opens(act: Act, name: str):
    async with act() as acting:
        for budget, expected in zip(
            sorted((await prepared(acting)).items()), FORMS_ON[name], strict=True
        ):
            found = [await opened(acting, name, str(budget[1]), person) for person in PEOPLE]
            assert " ".join(found) == expected, budget[0]


@pytest.mark.parametrize("name", RAISES)
async def test_every_decision_on_a_raise(act: Act, name: str):
    async with act() as acting:
        key = (await prepared(acting))["Acme budget"]
        found: list[str] = []
        for person in PEOPLE:
            asker = "ada" if person != "ada" else "otto"
            await acting.say(f'raise "Acme budget" 5 because of {person}', asker)
            newest = await acting.store.raises.of_budget(key)
            (raise_,) = [one for one in newest if one.reason == f"of {person}"]
            if name == buttons.REJECT:
                found.append(await opened(acting, name, str(raise_.id), person))
                continue
            message = await shown_to(acting, person)
            told = await acting.press(message, action(name, str(raise_.id)), person)
            found.append(verdict(told[0] if told else message.text, person))
    assert " ".join(found) == RAISES[name]


@pytest.mark.parametrize("name", ANYWHERE)
async def test_what_concerns_no_single_budget(act: Act, name: str):
    async with act() as acting:
        keys = await prepared(acting)
        found: list[str] = []
        for person in PEOPLE:
            if name == buttons.NEW:
                found.append(await opened(acting, name, "new", person))
                continue
            message = await shown_to(acting, person)
            told = await acting.press(message, action(name, str(keys["Acme budget"])), person)
            text = told[0] if told else message.text
            nothing = "There is no budget yet." in text
            assert nothing == (person in ("gil", "gus"))
            found.append("yes" if nothing else verdict(text, person))
    assert " ".join(found) == ANYWHERE[name]


@pytest.mark.parametrize("callback", ["budget_form", "raise_reject"])
async def test_a_modal_that_one_may_not_send_in_says_so_in_its_place(act: Act, callback: str):
    async with act() as acting:
        await prepared(acting)
        view = await acting.open_form('raise "Acme budget"', "ute")
        view.payload["callback_id"] = callback
        outcome = await acting.submit(view, "ute", amount="5", reason="launch")
        assert outcome.status == 200
        assert "This is for organization admins" in text_of(view)
        assert len(await acting.budgets()) == 2


async def test_a_modal_of_a_budget_out_of_reach_is_sent_in_for_nothing(act: Act):
    async with act() as acting:
        key = (await prepared(acting))["Acme budget"]
        await acting.say("create Theirs 5 monthly", "gil")
        view = await acting.open_form("raise Theirs", "gil")
        forged(view, f'{{"budget":"{key}"}}')
        await acting.submit(view, "gil", amount="5", reason="launch")
        assert await acting.store.raises.of_budget(key) == []
    assert verdict(text_of(view).replace(str(key), ""), "gil") == "gone"


async def shown_to(acting: Acting, person: str) -> Message:
    """A message of costbot's that somebody can click in."""
    return await acting.message("help", person)


async def opened(acting: Acting, name: str, value: str, person: str) -> str:
    """What comes of a button that opens a form."""
    message = await shown_to(acting, person)
    user_id = acting.playing.stage.user_id(person)
    acting.slack.workspace.set_modals(user_id, [])
    told = await acting.press(message, action(name, value), person)
    if told:
        return verdict(told[0], person)
    view = acting.modal(person)
    word = verdict(text_of(view).replace(value, ""), person)
    assert (word == "yes") == ("submit" in view.payload)
    return word


async def set_deleted(acting: Acting, key: UUID, *, deleted: bool) -> None:
    """Deletes a budget or restores it, whatever it was."""
    budget = await acting.store.budgets.find(key, deleted=True)
    assert budget is not None
    if deleted and budget.deleted_at is None:
        await acting.store.budgets.delete(key, budget.version)
    if not deleted and budget.deleted_at is not None:
        await acting.store.budgets.restore(key, budget.version)

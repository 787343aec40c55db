"""The Home tab through the real app: opened, clicked on, brought up to date."""

from __future__ import annotations

from typing import cast
from zoneinfo import ZoneInfo

from analysis.roles import Role
from bot.assembly.home import home_of
from bot.slack.home_publisher import HomePublisher
from bot.stage import access_to
from playground.faults import Fault
from playground.model import JsonObject, SlackApp, View
from storage.records.person import Person
from tests.slack.conftest import Play, Playing


def the_app(playing: Playing) -> SlackApp:
    [app] = playing.stage.slack.workspace.apps.values()
    return app


def home_of_person(playing: Playing, name: str) -> View:
    stage = playing.stage
    home = stage.slack.workspace.home_of(stage.user_id(name), the_app(playing).id)
    assert home is not None
    return home


async def settled(playing: Playing) -> None:
    """Everything is done that was begun."""
    await playing.stage.slack.delivery.events.settle()
    await playing.stage.supervisor.idle()


async def opened(playing: Playing, name: str) -> View:
    """A person's Home tab, once what their opening began is done."""
    stage = playing.stage
    stage.slack.delivery.open_home(stage.user_id(name), the_app(playing))
    await settled(playing)
    return home_of_person(playing, name)


def texts(view: View) -> str:
    return str(view.payload["blocks"])


def element(view: View, action: str) -> JsonObject:
    """What a click on the first element with this action sends."""
    for block in cast("list[JsonObject]", view.payload["blocks"]):
        within = [*block.get("elements", []), *filter(None, [block.get("accessory")])]
        for one in within:
            if str(one.get("action_id", "")).startswith(action):
                chosen = {"selected_option": one["options"][0]} if "options" in one else {}
                value = {"value": one["value"]} if "value" in one else {}
                return {
                    "type": one["type"],
                    "action_id": one["action_id"],
                    "block_id": block["block_id"],
                    **value,
                    **chosen,
                }
    raise AssertionError(f"nothing here does {action!r}: {texts(view)}")


async def clicked(playing: Playing, view: View, action: str, name: str) -> list[View]:
    """The modals that stand there after a click."""
    stage = playing.stage
    user_id = stage.user_id(name)
    outcome = await stage.slack.delivery.click_in_view(user_id, view, element(view, action))
    assert (outcome.status, outcome.error) == (200, "")
    await settled(playing)
    return stage.slack.workspace.modals_of(user_id)


async def test_the_tab_shows_what_somebody_may_see(play: Play) -> None:
    async with play() as playing:
        ada = await opened(playing, "ada")
        gil = await opened(playing, "gil")
    assert "all organizations" in texts(ada)
    assert "$4.90" in texts(ada)
    assert "globex" in texts(gil)
    assert "$1.00" in texts(gil)
    assert "acme" not in texts(gil)


async def test_a_stranger_reads_whom_to_ask_and_sees_costs_once_they_are_known(play: Play) -> None:
    async with play() as playing:
        stage = playing.stage
        home = await opened(playing, "sam")
        assert "costbot people add" in texts(home)
        assert "$" not in texts(home)
        user_id, team = stage.user_id("sam"), stage.slack.workspace.team.id
        assert stage.slack.workspace.modals_of(user_id) == []
        assert "acme" not in texts(home)
        zone = ZoneInfo("UTC")
        person = Person(
            team_id=team,
            user_id=user_id,
            name="Sam",
            organization="acme",
            role=Role.USER,
            zone=zone,
        )
        await playing.parts.store.people.put(person)
        fresh = publisher_of(playing)
        await fresh.opened(team, user_id, is_empty=False)
        await settled(playing)
        assert "$3.90" in texts(home_of_person(playing, "sam"))


async def test_what_a_button_answers_opens_as_a_modal_and_is_answered_there(play: Play) -> None:
    async with play() as playing:
        home = await opened(playing, "ute")
        [modal] = await clicked(playing, home, "ask_0", "ute")
        assert "gpt-4" in texts(modal)
        assert "'table'" not in texts(modal)
        assert "'share'" not in texts(modal)
        [same] = await clicked(playing, modal, "ask_", "ute")
        assert same.id == modal.id
        assert same.hash != ""


async def test_a_form_opens_from_the_tab_and_what_it_decides_is_seen_there(play: Play) -> None:
    async with play() as playing:
        stage, user_id = playing.stage, playing.stage.user_id("otto")
        home = await opened(playing, "otto")
        before = home.hash
        [form] = await clicked(playing, home, "budget_new", "otto")
        assert form.payload["callback_id"] == "budget_form"
        await stage.say("/budget create spring 100 monthly", "otto")
        await publisher_of(playing).refresh()
        await settled(playing)
        home = home_of_person(playing, "otto")
        assert home.hash != before
        assert "*spring*" in texts(home)
        stage.slack.delivery.open_home(user_id, the_app(playing))
        await settled(playing)
        stage.slack.workspace.set_modals(user_id, [])
        [details] = await clicked(playing, home, "budget_show", "otto")
        assert "spring" in texts(details)
        [_, above] = await clicked(playing, details, "budget_edit", "otto")
        assert above.payload["callback_id"] == "budget_form"
        stage.slack.workspace.set_modals(user_id, [])
        [details] = await clicked(playing, home, "budget_show", "otto")
        [paused] = await clicked(playing, details, "budget_pause", "otto")
        assert "aused" in texts(paused)


async def test_a_digest_is_paused_from_the_tab_which_says_so(play: Play) -> None:
    async with play() as playing:
        await playing.stage.say("/cost digest subscribe me daily 9:00", "ute")
        home = await opened(playing, "ute")
        assert "every day at 09:00" in texts(home)
        await clicked(playing, home, "digest_pause", "ute")
        assert "⏸ paused" in texts(home_of_person(playing, "ute"))


async def test_somebody_elses_button_is_refused_in_a_modal(play: Play) -> None:
    async with play() as playing:
        await playing.stage.say("/budget create spring 100 monthly", "otto")
        otto = await opened(playing, "otto")
        gil = await opened(playing, "gil")
        stage, forged = playing.stage, element(otto, "budget_show")
        await stage.slack.delivery.click_in_view(stage.user_id("gil"), gil, forged)
        await settled(playing)
        [modal] = stage.slack.workspace.modals_of(stage.user_id("gil"))
    assert "There is no budget" in texts(modal)
    assert "spring" not in texts(modal)


async def test_what_no_modal_can_show_any_more_goes_into_the_direct_messages(play: Play) -> None:
    async with play() as playing:
        stage, user_id = playing.stage, playing.stage.user_id("ute")
        home = await opened(playing, "ute")
        late = Fault("refused", methods=frozenset({"views.open"}), error="expired_trigger_id")
        stage.slack.faults.set(late)
        assert await clicked(playing, home, "ask_0", "ute") == []
        channel = stage.slack.workspace.open_im(user_id, the_app(playing).bot_user_id)
        [message] = stage.slack.workspace.visible(channel.id, user_id)
    assert message.text.startswith("$3.90")


def publisher_of(playing: Playing) -> HomePublisher:
    """Another replica's."""
    access = access_to(the_app(playing), playing.stage.slack.api_url)
    return home_of(playing.parts, access, playing.stage.supervisor)

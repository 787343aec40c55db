"""Workspaces install costbot over real HTTP, and each is answered with its own organization."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from analysis.roles import Role
from bot.outbox.payloads import SlackMessage
from handlers.callers import Callers
from storage.records.delivery import NewDelivery
from storage.records.person import Person
from tests.stores import Postgres
from tests.workspaces.conftest import OPERATOR
from tests.workspaces.world import CLIENT_SECRET, OTTO, UTE, World, query_of, world


@pytest.fixture
async def there(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path) as opened:
        yield opened


async def given(there: World, team: str, organization: str, role: str = "user") -> None:
    """Installs costbot in a workspace, and gives that to an organization."""
    assert (await there.install(team))[0] == 200
    await there.handler.give(team, organization, role, OPERATOR)


async def two_workspaces(there: World) -> None:
    await given(there, "T0ACME", "acme", "org_admin")
    await given(there, "T0GLOBEX", "globex", "org_admin")


def admin(team: str) -> Person:
    return Person(
        team_id=team,
        user_id="U0ADA00001",
        name="Ada",
        organization=None,
        role=Role.ADMIN,
        zone=OPERATOR.zone,
    )


def files_in(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in folder.iterdir() if file.is_file()]


async def test_the_same_person_is_answered_in_each_workspace_with_its_own_organization(
    there: World,
) -> None:
    await two_workspaces(there)
    assert there.channel("T0ACME") == there.channel("T0GLOBEX")
    acme, globex = await there.say("T0ACME", "/cost today"), await there.say("T0GLOBEX", "/cost")
    assert "$3.00" in str(acme.ack)
    assert "700" not in str(acme.ack)
    assert "$700.00" in str(globex.ack)
    assert "$3.00" not in str(globex.ack)


async def test_an_installed_workspace_sees_nothing_before_it_is_given_to_an_organization(
    there: World,
) -> None:
    status, page = await there.install("T0ACME")
    assert status == 200
    assert "costbot workspaces map T0ACME" in page
    # Not even what the settings say of everybody in the deployment's own workspace.
    heard = await there.say("T0ACME", "/cost today", OTTO)
    assert "costbot people add" in str(heard.ack)
    assert "$3.00" not in str(heard.ack)


async def test_a_workspace_that_never_installed_it_is_not_answered(there: World) -> None:
    await given(there, "T0ACME", "acme")
    app = there.slack("T0ACME").workspace.apps[there.slacks.listing.app.id]
    stranger = there.slack("T0GLOBEX").workspace
    stranger.add_user(there.slack("T0ACME").workspace.users[app.bot_user_id])
    stranger.install(app)
    heard = await there.say("T0GLOBEX", "/cost today")
    assert heard.reply is not None
    said = f"{heard.ack} {[one.text for one in heard.reply.posted]}"
    assert "$3.00" not in said
    assert "not installed in this workspace" in said


async def test_what_is_picked_in_a_workspace_is_told_in_that_workspace(there: World) -> None:
    await two_workspaces(there)
    for team, name in (("T0ACME", "acme"), ("T0GLOBEX", "globex")):
        channel = there.channel(team)
        line = f'/budget create "{name} all" 1000 monthly to #costs'
        heard = await there.say(team, line, OTTO)
        assert "Created" in str(heard.ack), heard.ack
        assert f"<#{channel}" in str(heard.ack)
    budgets = {one.organization: one for one in await there.store.budgets.page(limit=10)}
    assert budgets["acme"].slack_channels == (f"T0ACME/{there.channel('T0ACME')}",)
    assert budgets["globex"].slack_channels == (f"T0GLOBEX/{there.channel('T0GLOBEX')}",)
    for team, name in (("T0ACME", "acme"), ("T0GLOBEX", "globex")):
        new = NewDelivery(
            key=name,
            channel="slack",
            address=budgets[name].slack_channels[0],
            payload=SlackMessage(text=f"alert of {name}").as_json(),
        )
        await there.store.deliveries.add(new)
        person = NewDelivery(
            key=f"{name} person",
            channel="slack",
            address=OTTO,
            workspace=team,
            payload=SlackMessage(text=f"word for {name}").as_json(),
        )
        await there.store.deliveries.add(person)
    await there.send_outbox()
    for team, name in (("T0ACME", "acme"), ("T0GLOBEX", "globex")):
        said = {one.text for one in there.posted(team)}
        assert said == {f"alert of {name}", f"word for {name}"}


async def test_a_digest_goes_to_the_workspace_of_who_subscribed(there: World) -> None:
    await two_workspaces(there)
    there.channel("T0ACME")
    there.channel("T0GLOBEX")
    heard = await there.say("T0GLOBEX", "/cost digest subscribe #costs daily 9:00 UTC", OTTO)
    assert "Subscribed: globex" in str(heard.ack), heard.ack
    (digest,) = await there.store.digests.find_all()
    assert (digest.team_id, digest.organization) == ("T0GLOBEX", "globex")
    tested = await there.say("T0GLOBEX", f"/cost digest test {str(digest.id)[:8]}", OTTO)
    assert "test" in str(tested.ack).lower(), tested.ack
    await there.send_outbox()
    assert there.posted("T0ACME") == []
    assert any("globex" in one.text for one in there.posted("T0GLOBEX")), there.posted("T0GLOBEX")


async def test_an_uninstalled_workspace_is_told_nothing_more_and_may_come_back(
    there: World,
) -> None:
    await two_workspaces(there)
    channel = there.channel("T0ACME")
    await there.store.people.put(admin("T0GLOBEX"))
    await there.store.people.put(admin("T0ACME"))
    there.slacks.uninstall("T0ACME")
    await there.settle()
    await there.send_outbox()
    (told,) = there.posted("T0GLOBEX")  # the owner, where they still can be reached
    assert "removed from the Slack workspace Acme" in told.text
    gone = await there.store.workspaces.find("T0ACME")
    assert gone is not None
    assert (gone.sealed, gone.organization) == (None, "acme")
    assert gone.removed_why in ("uninstalled", "its token was revoked")
    trail = await there.store.audit.of_object("workspace", "T0ACME")
    assert [one.action for one in trail].count("workspace.remove") == 1
    message = SlackMessage(text="too late").as_json()
    await there.store.deliveries.add(
        NewDelivery(key="late", channel="slack", address=f"T0ACME/{channel}", payload=message)
    )
    await there.send_outbox()
    (late,) = await there.store.deliveries.find_keys(["late"])
    assert late.state == "dead"
    assert late.last_error.startswith("Costbot was removed from the workspace Acme (T0ACME).")
    assert "/slack/install" in late.last_error
    assert (await there.install("T0ACME"))[0] == 200
    assert "$3.00" in str((await there.say("T0ACME", "/cost today")).ack)


async def test_a_token_that_slack_takes_no_more_is_given_up_by_itself(there: World) -> None:
    await given(there, "T0ACME", "acme")
    channel = there.channel("T0ACME")
    for token in there.slacks.given.tokens.values():
        token.revoked = True  # and no event has told of it
    message = SlackMessage(text="lost").as_json()
    await there.store.deliveries.add(
        NewDelivery(key="lost", channel="slack", address=f"T0ACME/{channel}", payload=message)
    )
    await there.send_outbox()
    gone = await there.store.workspaces.find("T0ACME")
    assert gone is not None
    assert (gone.sealed, gone.removed_why) == (None, "account_inactive")


async def test_a_token_of_one_workspace_reaches_nothing_of_another(there: World) -> None:
    await two_workspaces(there)
    private = there.slack("T0GLOBEX").workspace.add_channel("board", is_private=True)
    message = SlackMessage(text="astray").as_json()
    await there.store.deliveries.add(
        NewDelivery(key="astray", channel="slack", address=f"T0ACME/{private.id}", payload=message)
    )
    await there.send_outbox()
    (astray,) = await there.store.deliveries.find_keys(["astray"])
    assert (astray.state, "channel_not_found" in astray.last_error) == ("dead", True)


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ("replay", "took too long, or was finished before"),
        ("foreign browser", "not begun in this browser"),
        ("made up", "took too long, or was finished before"),
        ("cancelled", "cancelled in Slack"),
        ("no code", "did not allow"),
        ("wrong code", "does not take the code"),
    ],
)
async def test_what_was_not_begun_here_or_comes_twice_installs_nothing(
    there: World, forged: str, said: str
) -> None:
    address, cookie = await there.begin()
    do = "cancel" if forged == "cancelled" else "allow"
    back = await there.allow(address, "T0ACME", do=do)
    state = query_of(back)["state"][0]
    page = back.partition("?")[0]
    if forged == "replay":
        assert (await there.come_back(back, cookie))[0] == 200
        there.slacks.uninstall("T0ACME")
        await there.settle()
    elif forged == "foreign browser":
        _, cookie = await there.begin()
    elif forged == "made up":
        cookie, back = "costbot-install=guess", f"{page}?{urlencode({'state': 'guess'})}"
    elif forged == "no code":
        back = f"{page}?{urlencode({'state': state})}"
    elif forged == "wrong code":
        back = f"{page}?{urlencode({'state': state, 'code': 'guess'})}"
    status, text = await there.come_back(back, cookie)
    assert (status, said in text) == (400, True), text
    found = await there.store.workspaces.find("T0ACME")
    assert found is None or found.sealed is None


async def test_a_state_that_has_expired_installs_nothing(there: World) -> None:
    address, cookie = await there.begin()
    back = await there.allow(address, "T0ACME")
    await there.store.workspaces.forget_states(there.parts.clock() + timedelta(minutes=10))
    status, text = await there.come_back(back, cookie)
    assert (status, "took too long" in text) == (400, True)


async def test_one_installation_for_a_grid_serves_each_of_its_workspaces(there: World) -> None:
    assert (await there.install("E0GRID"))[0] == 200
    await there.handler.give("E0GRID", "acme", "org_admin", OPERATOR)
    for team in ("T0EAST", "T0WEST"):
        assert "$3.00" in str((await there.say(team, "/cost today")).ack)
    # One of them may belong to another organization.
    await there.handler.give("T0WEST", "globex", "user", OPERATOR)
    callers: Callers = there.parts.callers
    caller = await callers.caller_of("T0WEST", UTE)
    assert caller is not None
    assert (caller.organization, caller.workspace) == ("globex", "T0WEST")
    message = SlackMessage(text="hello west").as_json()
    await there.store.deliveries.add(
        NewDelivery(key="west", channel="slack", address=f"T0WEST/{UTE}", payload=message)
    )
    await there.send_outbox()
    (west,) = await there.store.deliveries.find_keys(["west"])
    assert west.state == "sent"
    there.slacks.uninstall("E0GRID")
    await there.settle()
    gone = await there.store.workspaces.find("E0GRID")
    assert gone is not None
    assert gone.sealed is None
    assert await there.store.workspaces.find("T0EAST") is not None
    with pytest.raises(Exception, match="removed from the workspace"):
        await there.many.entered("T0EAST")


async def test_tokens_that_end_are_renewed_in_time(tmp_path: Path) -> None:
    async with world(tmp_path, rotates=True) as there:
        await given(there, "T0ACME", "acme")
        before = await there.store.workspaces.find("T0ACME")
        assert before is not None
        first = there.handler.tokens_of(before)
        assert (await there.many.entered("T0ACME")).token == first.bot
        soon = before.expires_at
        assert soon is not None
        ending = replace(before, expires_at=there.parts.clock() + timedelta(hours=1))
        assert await there.store.workspaces.change(ending)
        entered = await there.many.entered("T0ACME")
        assert entered.token != first.bot
        after = await there.store.workspaces.find("T0ACME")
        assert after is not None
        assert after.expires_at == there.parts.clock() + timedelta(hours=12)
        assert there.handler.tokens_of(after).bot == entered.token
        assert "$3.00" in str((await there.say("T0ACME", "/cost today")).ack)


async def test_no_token_and_no_secret_lies_anywhere_in_plain_text(
    there: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    await two_workspaces(there)
    await there.say("T0ACME", "/cost today")
    planted = [*there.slacks.given.tokens, CLIENT_SECRET, there.key.get_secret_value()]
    assert len(planted) == 4
    for secret in planted:
        assert not any(secret.encode() in content for content in files_in(tmp_path))
        assert secret not in caplog.text


async def test_it_is_the_same_on_postgresql(tmp_path: Path, postgres: Postgres) -> None:
    async with world(tmp_path, store_url=await postgres.new_store()) as there:
        await two_workspaces(there)
        assert "$3.00" in str((await there.say("T0ACME", "/cost today")).ack)
        assert "$700.00" in str((await there.say("T0GLOBEX", "/cost today")).ack)
        there.slacks.uninstall("T0ACME")
        await there.settle()
        gone = await there.store.workspaces.find("T0ACME")
        assert gone is not None
        assert gone.sealed is None
        assert isinstance(there.key, SecretStr)

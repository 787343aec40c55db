"""Installations beside the deployment's own workspace, and settings that do not go together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from html import unescape
from pathlib import Path

import pytest
from pydantic import SecretStr

from analysis.errors import BadInput
from analysis.roles import Role
from bot.assembly.workspaces import oauth_app_of
from bot.outbox.payloads import SlackMessage
from bot.settings import Settings
from bot.slack.permissions import who, who_among_many
from bot.slack.workspaces import ENTERED, NoWorkspace, WorkspaceClient, here, inside
from handlers.caller import Caller
from handlers.workspaces.addresses import kept, kept_all, picked
from handlers.workspaces.sealing import new_key
from storage.records.delivery import NewDelivery
from tests.workspaces.conftest import OPERATOR
from tests.workspaces.world import OTTO, World, world


@pytest.fixture
async def there(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path, own="T0ACME") as opened:
        yield opened


async def sent(there: World, key: str, address: str) -> str:
    """What became of a message."""
    payload = SlackMessage(text=key).as_json()
    new = NewDelivery(key=key, channel="slack", address=address, payload=payload)
    await there.store.deliveries.add(new)
    await there.send_outbox()
    (row,) = await there.store.deliveries.find_keys([key])
    return row.last_error or row.state


async def test_the_own_workspace_goes_on_as_before_while_another_installs_it(there: World) -> None:
    # The settings' default organization speaks for the own workspace.
    assert "$3.00" in str((await there.say("T0ACME", "/cost today")).ack)
    assert (await there.install("T0GLOBEX"))[0] == 200
    await there.handler.give("T0GLOBEX", "globex", "org_admin", OPERATOR)
    assert "$700.00" in str((await there.say("T0GLOBEX", "/cost today")).ack)
    own = await there.parts.callers.caller_of("T0ACME", OTTO)
    assert own is not None
    assert (own.organization, own.workspace) == ("acme", "")
    # What names no workspace was kept when there was one.
    assert await sent(there, "old", there.channel("T0ACME")) == "sent"
    assert await sent(there, "own person", f"T0ACME/{OTTO}") == "sent"
    assert await sent(there, "theirs", f"T0GLOBEX/{there.channel('T0GLOBEX')}") == "sent"
    assert [one.text for one in there.posted("T0ACME")] == ["old", "own person"]
    assert [one.text for one in there.posted("T0GLOBEX")] == ["theirs"]
    assert "never installed" in await sent(there, "nowhere", "T0NOWHERE/C0000000001")


async def test_nobody_makes_strangers_of_the_own_people_by_installing_it_there(
    there: World,
) -> None:
    status, page = await there.install("T0ACME")
    assert (status, "deployment's own" in unescape(page)) == (400, True)
    assert await there.store.workspaces.find("T0ACME") is None
    own = await there.parts.callers.caller_of("T0ACME", OTTO)
    assert own is not None
    assert (own.organization, own.workspace) == ("acme", "")


async def test_rules_and_routes_are_told_where_they_were_made(there: World) -> None:
    assert (await there.install("T0GLOBEX"))[0] == 200
    await there.handler.give("T0GLOBEX", "globex", "org_admin", OPERATOR)
    channel = there.channel("T0GLOBEX")
    heard = await there.say("T0GLOBEX", "/cost route add to #costs", OTTO)
    assert f"<#{channel}>" in str(heard.ack), heard.ack
    (route,) = await there.store.routes.all()
    assert route.targets == (("slack", f"T0GLOBEX/{channel}"),)
    heard = await there.say(
        "T0GLOBEX", '/cost alert create "Big day" cost above 900 a day to #costs', OTTO
    )
    assert f"<#{channel}>" in str(heard.ack), heard.ack
    (rule,) = await there.store.alert_rules.page(limit=5)
    assert rule.targets == (("slack", f"T0GLOBEX/{channel}"),)
    await there.say("T0GLOBEX", f"/cost route test {route.id}", OTTO)
    await there.send_outbox()
    assert any("test" in one.text for one in there.posted("T0GLOBEX"))
    assert there.posted("T0ACME") == []


async def test_a_home_tab_is_published_in_the_workspace_of_who_opens_it(there: World) -> None:
    assert (await there.install("T0GLOBEX"))[0] == 200
    await there.handler.give("T0GLOBEX", "globex", "user", OPERATOR)
    there.slack("T0GLOBEX").workspace.state.ids_given += 1000  # Slack's ids of events are unique
    app = there.slacks.listing.app.id
    for team in ("T0ACME", "T0GLOBEX"):
        slack = there.slack(team)
        slack.delivery.open_home(OTTO, slack.workspace.apps[app])
    await there.settle()
    for _ in range(500):  # the listener goes on after its acknowledgement
        if all(there.slack(team).workspace.home_of(OTTO, app) for team in ("T0ACME", "T0GLOBEX")):
            break
        await asyncio.sleep(0.01)
    await there.supervisor.idle()
    shown = {
        team: str(there.slack(team).workspace.home_of(OTTO, app)) for team in ("T0ACME", "T0GLOBEX")
    }
    assert "$700" in shown["T0GLOBEX"]
    assert "$700" not in shown["T0ACME"]
    assert "$3.00" in shown["T0ACME"]
    assert "$3.00" not in shown["T0GLOBEX"]


async def test_a_call_in_no_workspace_goes_out_with_no_token(there: World) -> None:
    client = WorkspaceClient(token=None)
    assert (client.token, here()) == (None, "")
    assert (await there.install("T0GLOBEX"))[0] == 200
    async with inside(there.many, "T0GLOBEX"):
        assert here() == "T0GLOBEX"
        assert client.token in there.slacks.given.tokens
    assert ENTERED.get() is None
    assert client.token is None
    with pytest.raises(NoWorkspace, match="never installed"):
        await there.many.entered("T0EAST")


def settings(**fields: object) -> Settings:
    usual: dict[str, object] = {
        "slack_client_id": "1.2",
        "slack_client_secret": SecretStr("s"),
        "slack_signing_secret": SecretStr("t"),
        "encryption_keys": (SecretStr(new_key()),),
    }
    return Settings(**(usual | fields))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"encryption_keys": ()}, "no key to encrypt"),
        ({"encryption_keys": (SecretStr("short"),)}, "Key 1 of COSTBOT_ENCRYPTION_KEYS"),
        ({"slack_client_secret": None}, "go together"),
        ({"slack_signing_secret": None}, "no signing secret"),
        ({"admins": ("U1",)}, "names U1 without a workspace"),
    ],
    ids=["no key", "bad key", "no secret", "no signature", "bare admin"],
)
def test_settings_that_do_not_go_together_are_told_at_the_start(
    fields: dict[str, object], said: str
) -> None:
    with pytest.raises(BadInput, match=said) as refusal:
        oauth_app_of(settings(**fields))
    assert refusal.value.hint


def test_keys_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = new_key(), new_key()
    monkeypatch.setenv("COSTBOT_ENCRYPTION_KEYS", f"{first}, {second}")
    keys = Settings().encryption_keys
    assert [key.get_secret_value() for key in keys] == [first, second]
    assert first not in repr(Settings())


def test_a_guest_who_clicks_in_a_shared_channel_belongs_to_their_own_workspace() -> None:
    body = {"team": {"id": "T1"}, "user": {"id": "U1", "team_id": "T2"}}
    assert who(body) == ("T1", "U1")
    assert who_among_many(body) == ("T2", "U1")
    assert who_among_many({**body, "enterprise": {"id": "E1"}}) == ("T1", "U1")


def test_an_edit_from_another_workspace_leaves_the_others_channels_alone() -> None:
    here_now = Caller("T2", "U1", "Una", "acme", Role.ORG_ADMIN, OPERATOR.zone, "T2")
    before = ("C9", "T1/C1", "T2/C1")
    assert picked(before, "T2") == ("C1",)
    assert kept_all(("C1", "C2"), here_now, before) == ("T2/C1", "T2/C2", "C9", "T1/C1")
    assert kept_all((), here_now, before) == ("C9", "T1/C1")
    terminal = Caller("terminal", "terminal", "operator", None, Role.ADMIN, OPERATOR.zone)
    assert kept("C1", terminal) == "C1"

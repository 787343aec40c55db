"""From nothing to a Slack app that answers, against a Slack over real HTTP."""

from __future__ import annotations

from typing import cast

import pytest

from analysis.checks import Level
from analysis.roles import Role
from bot.assembly import assembled, opened_store
from bot.setup.asking import Wishes
from bot.setup.env_file import values_in
from bot.setup.manifest import manifest_for
from bot.slack.permissions import SCOPES
from bot.stage import staged
from playground.faults import Fault
from tests.setup.conftest import CONFIG_TOKEN, Beginner


def posted(beginner: Beginner, channel: str = "costs") -> list[str]:
    """What the app has posted in a channel."""
    workspace = beginner.slack.workspace
    found = workspace.find_channel(channel)
    assert found is not None
    return [message.text for message in workspace.history(found.id) if message.app_id]


async def test_options_alone_set_everything_up_and_each_step_is_told(beginner: Beginner) -> None:
    done, told = await beginner.set_up(beginner.wishes(organization="acme"))
    assert done
    assert [(check.name, check.level) for check in told.checks] == [
        (name, Level.OK)
        for name in (
            "way",
            "Slack",
            "Slack scopes",
            "Slack hearing",
            ".env",
            "channel",
            "test message",
            "admin",
            ".env",
            "everybody else",
        )
    ]
    assert len(posted(beginner)) == 1
    assert beginner.env_file.stat().st_mode & 0o777 == 0o600
    settings = beginner.settings()
    assert settings.default_organization == "acme"
    async with opened_store(settings) as store:
        person = await store.people.find("T0PLAYGRND", "U0ADA00001")
    assert person is not None
    assert (person.name, person.role, person.organization) == ("Ada Admin", Role.ADMIN, None)
    assert "Ada Admin (U0ADA00001) sees all organizations." in told.of("admin").sentence
    assert any("costbot serve" in line for line in told.said)


async def test_what_was_set_up_answers(beginner: Beginner) -> None:
    await beginner.set_up(beginner.wishes())
    async with assembled(beginner.settings()) as parts, staged(parts) as stage:
        heard = await stage.say("/cost today", "ada")
    assert heard.status == 200
    assert "costbot sample" in str(heard.ack)


async def test_a_second_run_asks_and_writes_nothing_again(beginner: Beginner) -> None:
    await beginner.set_up(beginner.wishes())
    written = beginner.env_file.read_text()
    done, told = await beginner.set_up(Wishes())
    assert done
    assert not told.faults
    assert ".env" not in [check.name for check in told.checks]
    assert beginner.env_file.read_text() == written
    assert len(posted(beginner)) == 1


async def test_somebody_is_asked_for_what_is_missing_and_secrets_are_never_shown(
    beginner: Beginner,
) -> None:
    app = beginner.app
    answers = ["", app.bot_token, app.app_token, "#general", False, "U0ADA00001", "acme"]
    done, told = await beginner.set_up(answers=answers)
    assert not done  # costbot was not invited to #general
    assert told.of("channel").cure == "Type `/invite @costbot` there, then run this again."
    assert told.hidden == ["The bot token", "The app-level token"]
    assert any(
        line.strip().startswith("https://api.slack.com/apps?new_app=1") for line in told.said
    )
    for secret in (app.bot_token, app.app_token, app.signing_secret):
        assert secret not in told.shown
    done, told = await beginner.set_up(answers=["costs", True])
    assert done
    assert len(posted(beginner)) == 1


async def test_who_invites_costbot_meanwhile_goes_on(beginner: Beginner) -> None:
    workspace = beginner.slack.workspace
    channel = workspace.find_channel("general")
    assert channel is not None
    workspace.join(channel.id, beginner.app.bot_user_id)
    done, told = await beginner.set_up(beginner.wishes(channel=channel.id))
    assert (done, told.of("channel").sentence) == (
        True,
        f"#general ({channel.id}): costbot is in it.",
    )


async def test_with_the_scope_for_it_costbot_joins_by_itself(beginner: Beginner) -> None:
    beginner.app.scopes = SCOPES | {"channels:join"}
    done, _ = await beginner.set_up(beginner.wishes(channel="general"))
    assert done
    assert len(posted(beginner, "general")) == 1


async def test_the_app_is_made_of_the_manifest_with_a_configuration_token(
    beginner: Beginner,
) -> None:
    url = "https://costs.acme.example"
    done, told = await beginner.set_up(Wishes(url=url, config_token=CONFIG_TOKEN))
    (made,) = beginner.slack.workspace.made_apps.values()
    assert not done
    assert made.manifest == manifest_for(url)
    assert f"https://api.slack.com/apps/{made.id}/install-on-team" in told.shown
    # The secret that Slack tells once is kept, so that the bot token alone is missing now.
    assert values_in(beginner.env_file) == {
        "COSTBOT_PUBLIC_URL": url,
        "COSTBOT_SLACK_SIGNING_SECRET": made.signing_secret,
    }
    assert told.faults == ["bot token"]
    assert made.signing_secret not in told.shown
    assert CONFIG_TOKEN not in told.shown + beginner.env_file.read_text()


@pytest.mark.parametrize(
    ("token", "sentence"),
    [
        ("xoxe.xoxp-1-another-one", "Slack refuses apps.manifest.create: invalid_auth."),
        ("xoxb-123456789012", "This is a bot token. The configuration token is another"),
    ],
)
async def test_a_configuration_token_that_is_none_makes_no_app(
    beginner: Beginner, token: str, sentence: str
) -> None:
    done, told = await beginner.set_up(Wishes(socket=True, config_token=token))
    assert not done
    assert sentence in told.shown
    assert not beginner.slack.workspace.made_apps


async def test_a_wrong_kind_of_token_is_called_by_its_name_and_nothing_is_written(
    beginner: Beginner,
) -> None:
    done, told = await beginner.set_up(beginner.wishes(bot_token="xoxp-hunter2-hunter2"))
    assert not done
    check = told.of("bot token")
    assert check.sentence == "This is a user token. The bot token is another: it begins with xoxb-."
    assert "--bot-token" in check.cure
    assert "COSTBOT_SLACK_BOT_TOKEN" in check.cure
    assert "hunter2" not in told.shown
    assert not beginner.env_file.exists()


async def test_a_token_that_slack_refuses_is_not_written(beginner: Beginner) -> None:
    done, told = await beginner.set_up(beginner.wishes(bot_token="xoxb-hunter2-hunter2"))
    assert not done
    assert told.of("Slack").sentence == "Slack does not take the bot token: invalid_auth."
    assert not beginner.env_file.exists()


async def test_a_token_that_was_revoked_is_asked_for_again_and_replaced_with_leave(
    beginner: Beginner,
) -> None:
    app = beginner.app
    old = "xoxb-older-older-older"
    beginner.env_file.write_text(f"COSTBOT_SLACK_BOT_TOKEN={old}\n")
    wishes = beginner.wishes(bot_token=None)
    done, told = await beginner.set_up(wishes, [app.bot_token, True, True, ""])
    assert done
    assert told.of("Slack").level is Level.OK
    assert values_in(beginner.env_file)["COSTBOT_SLACK_BOT_TOKEN"] == app.bot_token
    assert old not in told.shown


async def test_missing_scopes_stop_the_walk_with_the_way_to_them(beginner: Beginner) -> None:
    beginner.app.scopes = SCOPES - {"files:write"}
    done, told = await beginner.set_up(beginner.wishes())
    assert (done, told.faults) == (False, ["Slack scopes"])
    assert "manifest.yaml" in told.of("Slack scopes").cure
    assert posted(beginner) == []


async def test_what_stands_in_the_file_otherwise_is_replaced_with_leave_alone(
    beginner: Beginner,
) -> None:
    before = "# mine\nOTHER=1\nCOSTBOT_SLACK_BOT_TOKEN=xoxb-older-older-older\n"
    beginner.env_file.write_text(before)
    done, told = await beginner.set_up(beginner.wishes())
    assert (done, told.of(".env").level) == (False, Level.FAULT)
    assert beginner.env_file.read_text() == before
    done, _ = await beginner.set_up(beginner.wishes(), [False])
    assert beginner.env_file.read_text() == before
    done, _ = await beginner.set_up(beginner.wishes(replace=True))
    assert done
    lines = beginner.env_file.read_text().splitlines()
    assert lines[:3] == ["# mine", "OTHER=1", f"COSTBOT_SLACK_BOT_TOKEN={beginner.app.bot_token}"]


async def test_a_variable_that_goes_before_the_file_is_told(beginner: Beginner) -> None:
    _, told = await beginner.set_up(
        beginner.wishes(), environment=frozenset({"COSTBOT_SLACK_BOT_TOKEN", "PATH"})
    )
    (warning,) = [check for check in told.checks if check.level is Level.WARNING]
    assert warning.sentence.startswith("COSTBOT_SLACK_BOT_TOKEN is an environment variable too")


async def test_a_private_channel_is_tried_by_its_id_though_its_name_is_not_costbots_to_know(
    beginner: Beginner,
) -> None:
    workspace = beginner.slack.workspace
    within, without = (
        workspace.add_channel(name, is_private=True, members=members)
        for name, members in (("leads", [beginner.app.bot_user_id]), ("board", []))
    )
    done, told = await beginner.set_up(beginner.wishes(channel=within.id))
    assert (done, told.of("channel").sentence) == (
        True,
        f"{within.id}: it is private.",
    )
    assert len(posted(beginner, "leads")) == 1
    done, told = await beginner.set_up(beginner.wishes(channel=without.id))
    assert (done, told.faults) == (False, ["channel"])
    assert "`/invite @costbot` first" in told.of("channel").cure


async def test_no_message_is_sent_where_none_is_wanted(beginner: Beginner) -> None:
    done, _ = await beginner.set_up(beginner.wishes(message=False))
    assert (done, posted(beginner)) == (True, [])


async def test_a_channel_that_is_not_there_is_told_with_those_like_it(beginner: Beginner) -> None:
    done, told = await beginner.set_up(beginner.wishes(channel="#cots"))
    assert not done
    check = told.of("channel")
    assert "There is no public channel" in check.sentence
    assert "costs" in check.cure


async def test_the_list_of_channels_is_read_once_and_slacks_pause_is_kept(
    beginner: Beginner,
) -> None:
    beginner.slack.faults.set(
        Fault("ratelimited", methods=frozenset({"conversations.list"}), seconds=7, times=1)
    )
    done, _ = await beginner.set_up(beginner.wishes())
    assert (done, beginner.paused) == (True, [7.0])


async def test_a_slack_that_asks_to_wait_for_long_is_told(beginner: Beginner) -> None:
    beginner.slack.faults.set(
        Fault("ratelimited", methods=frozenset({"conversations.list"}), seconds=300)
    )
    done, told = await beginner.set_up(beginner.wishes())
    assert (done, beginner.paused) == (False, [])
    assert "wait 300 seconds" in told.of("channel").sentence


async def test_nobody_of_that_address_is_no_admin(beginner: Beginner) -> None:
    done, told = await beginner.set_up(beginner.wishes(admin="nobody@example.com"))
    assert (done, told.faults) == (False, ["admin"])
    assert "member id" in told.of("admin").cure


async def test_without_anybody_who_may_do_it_all_the_setup_is_not_done(beginner: Beginner) -> None:
    done, told = await beginner.set_up(beginner.wishes(admin=None))
    assert not done
    assert told.of("admin").level is Level.WARNING


async def test_a_setting_that_does_not_fit_is_told_before_anything_else(beginner: Beginner) -> None:
    beginner.env_file.write_text("COSTBOT_PORT=many\n")
    done, told = await beginner.set_up(beginner.wishes())
    assert not done
    assert [check.name for check in told.checks] == ["settings"]
    assert "COSTBOT_PORT" in told.shown


def test_the_manifest_fits_the_way_that_slack_takes() -> None:
    over_http, through_socket = manifest_for("https://c.acme.example"), manifest_for(None)
    assert "costs.example.com" not in str(over_http) + str(through_socket)
    settings = cast("dict[str, object]", through_socket["settings"])
    assert settings["socket_mode_enabled"] is True
    assert "request_url" not in str(through_socket)
    assert str(over_http).count("https://c.acme.example/slack/events") >= 5

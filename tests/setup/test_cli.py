"""`costbot setup` as a process, with nobody at the terminal."""

from __future__ import annotations

import asyncio

from bot.setup.manifest import as_yaml, manifest_for
from tests.road.processes import costbot
from tests.setup.conftest import Beginner


async def test_options_and_variables_set_everything_up(beginner: Beginner) -> None:
    app = beginner.app
    arguments = ("--socket-mode", "--channel", "#costs", "--admin", "U0ADA00001")
    variables: dict[str, str] = {
        "COSTBOT_SLACK_API_URL": beginner.slack.api_url,
        "COSTBOT_SLACK_APP_TOKEN": app.app_token,
    }
    ended = await asyncio.to_thread(
        costbot,
        beginner.home / "home",
        "setup",
        *arguments,
        "--bot-token",
        app.bot_token,
        typed=None,
        **variables,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "✓ test message It stands in #costs: " in ended.stdout
    assert "What comes next:" in ended.stdout
    assert app.bot_token not in ended.stdout
    assert app.app_token not in ended.stdout
    assert (beginner.home / ".env").read_text() == f"COSTBOT_SLACK_BOT_TOKEN={app.bot_token}\n"


async def test_what_is_missing_ends_it_with_the_option_to_give_it_by(beginner: Beginner) -> None:
    manifest = costbot(beginner.home / "home", "setup", "--manifest", "--socket-mode")
    assert manifest.stdout == as_yaml(manifest_for(None))
    ended = await asyncio.to_thread(costbot, beginner.home / "home", "setup", "--socket-mode")
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "https://api.slack.com/apps?new_app=1&manifest_yaml=" in ended.stdout
    assert "--bot-token" in ended.stdout

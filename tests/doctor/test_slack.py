"""What Slack says to the tokens, asked of the playground's Web API over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import pytest
from pydantic import SecretStr

from analysis.checks import Check, Level
from bot.slack.cures import APPS, CURES
from bot.slack.inspection import SlackInspection
from bot.slack.permissions import SCOPES
from bot.stage import installed_app, people
from playground.beginning import begin
from playground.clock import SystemClock
from playground.faults import Fault, Kind
from playground.server import running
from playground.slack import FakeSlack

APP = replace(installed_app(), socket_mode=True)


@dataclass
class Workspace:
    """A Slack that is asked."""

    slack: FakeSlack

    async def inspected(
        self,
        *,
        bot_token: str | None = APP.bot_token,
        app_token: str | None = None,
        signing_secret: str | None = APP.signing_secret,
    ) -> list[Check]:
        def secret(text: str | None) -> SecretStr | None:
            return None if text is None else SecretStr(text)

        inspection = SlackInspection(
            secret(bot_token), secret(app_token), secret(signing_secret), self.slack.api_url
        )
        return await inspection.inspect()


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with running(begin(SystemClock(), people(), replace(APP))) as slack:
        yield Workspace(slack)


def grant(workspace: Workspace, scopes: frozenset[str]) -> None:
    for app in workspace.slack.workspace.apps.values():
        app.scopes = scopes


async def test_an_app_as_the_manifest_makes_it_passes(workspace: Workspace) -> None:
    checks = await workspace.inspected(app_token=APP.app_token)
    assert [(check.name, check.level) for check in checks] == [
        ("Slack", Level.OK),
        ("Slack scopes", Level.OK),
        ("Slack hearing", Level.OK),
    ]
    assert checks[0].sentence == "The bot token is costbot's in the workspace Playground."


async def test_asking_opens_no_socket_and_posts_nothing(workspace: Workspace) -> None:
    before = str(workspace.slack.workspace.channels)
    await workspace.inspected(app_token=APP.app_token)
    assert workspace.slack.services.socket_mode.connections(APP.id) == 0
    assert str(workspace.slack.workspace.channels) == before


async def test_missing_scopes_are_named(workspace: Workspace) -> None:
    grant(workspace, SCOPES - {"files:write", "im:write"})
    _, scopes, _ = await workspace.inspected()
    assert (scopes.name, scopes.level) == ("Slack scopes", Level.FAULT)
    assert scopes.sentence == "The bot token lacks files:write, im:write."
    assert "manifest.yaml" in scopes.cure


async def test_scopes_that_only_spare_a_second_message_are_missed_with_a_warning(
    workspace: Workspace,
) -> None:
    grant(workspace, SCOPES - {"groups:history"})
    _, scopes, _ = await workspace.inspected()
    assert scopes.level is Level.WARNING
    assert scopes.sentence == (
        "The bot token lacks groups:history: where Slack's reply to a message is lost, that "
        "message may stand twice."
    )
    grant(workspace, SCOPES - {"groups:history", "im:write"})
    _, scopes, _ = await workspace.inspected()
    assert scopes.level is Level.FAULT


async def test_scopes_beyond_what_is_needed_are_a_warning(workspace: Workspace) -> None:
    grant(workspace, SCOPES | {"admin"})
    _, scopes, _ = await workspace.inspected()
    assert scopes.level is Level.WARNING
    assert scopes.sentence == "The bot token has scopes that costbot does not need: admin."


async def test_a_token_that_slack_does_not_know_is_a_fault_and_is_not_repeated(
    workspace: Workspace,
) -> None:
    checks = await workspace.inspected(bot_token="xoxb-hunter2")
    assert checks[0].level is Level.FAULT
    assert checks[0].sentence == "Slack does not take the bot token: invalid_auth."
    assert checks[0].cure
    assert "hunter2" not in str(checks)


async def test_tokens_that_were_mistaken_for_each_other_are_faults(workspace: Workspace) -> None:
    checks = await workspace.inspected(bot_token=APP.app_token, app_token=APP.bot_token)
    assert [check.level for check in checks] == [Level.FAULT, Level.FAULT]
    assert all("begins with xoxb-" in check.cure for check in checks)


async def test_socket_mode_that_is_switched_off_is_a_fault(workspace: Workspace) -> None:
    for app in workspace.slack.workspace.apps.values():
        app.socket_mode = False
    checks = await workspace.inspected(app_token=APP.app_token)
    assert checks[-1].sentence == "Slack does not take the app token: socket_mode_not_enabled."
    assert checks[-1].cure.startswith("Switch Socket Mode on")


async def test_without_a_way_to_hear_slack_there_is_a_fault(workspace: Workspace) -> None:
    checks = await workspace.inspected(signing_secret=None)
    assert (checks[-1].name, checks[-1].level) == ("Slack hearing", Level.FAULT)
    assert "COSTBOT_SLACK_APP_TOKEN" in checks[-1].cure


async def test_without_a_bot_token_there_is_a_fault(workspace: Workspace) -> None:
    checks = await workspace.inspected(bot_token=None)
    assert checks[0].sentence == "There is no bot token: costbot cannot speak to Slack."


async def test_without_tokens_nothing_is_asked(workspace: Workspace) -> None:
    checks = await workspace.inspected(bot_token=None, signing_secret=None)
    assert [(check.level, check.sentence) for check in checks] == [
        (Level.OK, "Not set: costbot runs with `serve --playground` only.")
    ]


@pytest.mark.parametrize("kind", ["server_error", "dropped", "ratelimited"])
async def test_a_slack_that_fails_is_a_fault_with_a_sentence(
    workspace: Workspace, kind: Kind
) -> None:
    workspace.slack.faults.set(Fault(kind, methods=frozenset({"auth.test"})))
    checks = await workspace.inspected()
    assert checks[0].level is Level.FAULT
    assert checks[0].cure


async def test_every_word_of_slacks_has_its_next_step(workspace: Workspace) -> None:
    for word in (*CURES, "a_word_of_tomorrow"):
        fault = Fault("refused", error=word, methods=frozenset({"auth.test"}))
        workspace.slack.faults.set(fault)
        first, *_ = await workspace.inspected()
        assert (first.level, word in first.sentence) == (Level.FAULT, True), word
        assert first.cure == CURES.get(word, f"See what {word} means at {APPS}.")


async def test_a_slack_that_is_not_there_is_a_fault() -> None:
    token = SecretStr("xoxb-hunter2")
    (check, _) = await SlackInspection(token, None, token, "http://127.0.0.1:9/api/").inspect()
    assert check.level is Level.FAULT
    assert check.sentence.startswith("Slack does not answer at http://127.0.0.1:9/api/: ")
    assert "hunter2" not in str(check)

"""The files that Slack and Docker read agree with what the code does."""

from __future__ import annotations

from typing import Any

import yaml

from bot.install_routes import REDIRECT_PATH
from bot.slack.permissions import COMMANDS, EVENTS, REMOVALS
from bot.web import SLACK_PATH
from tests.house.project import ROOT, packages

LEAST_SCOPES = {
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:history",  # a message in doubt is looked for before it is sent again
    "im:history",
    "im:write",
    "links:read",  # previews of costbot's own links
    "links:write",
    "usergroups:read",  # roles by user group
    "users:read",
    "users:read.email",
}


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_manifest_declares_the_commands_that_costbot_answers() -> None:
    declared = read("manifest.yaml")["features"]["slash_commands"]
    assert {entry["command"] for entry in declared} == set(COMMANDS)
    assert [entry["command"] for entry in declared if not entry["description"]] == []


def test_the_manifest_subscribes_to_the_events_that_costbot_hears() -> None:
    events = read("manifest.yaml")["settings"]["event_subscriptions"]["bot_events"]
    assert set(events) == {*EVENTS, *REMOVALS}


def test_the_manifest_asks_for_the_least_scopes() -> None:
    scopes: list[str] = read("manifest.yaml")["oauth_config"]["scopes"]["bot"]
    assert scopes == sorted(LEAST_SCOPES)


def test_slack_sends_everything_to_one_address() -> None:
    manifest = read("manifest.yaml")
    settings = manifest["settings"]
    addresses = {
        settings["interactivity"]["request_url"],
        settings["event_subscriptions"]["request_url"],
        *(entry["url"] for entry in manifest["features"]["slash_commands"]),
    }
    assert addresses == {f"https://costs.example.com{SLACK_PATH}"}


def test_slack_leads_back_to_the_page_of_an_installation() -> None:
    addresses = read("manifest.yaml")["oauth_config"]["redirect_urls"]
    assert addresses == [f"https://costs.example.com{REDIRECT_PATH}"]


def test_the_image_is_built_from_every_package_and_nothing_else() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    taken = {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert taken == {*packages(), "pyproject.toml", "README.md", "requirements.txt"}
    assert lines[0] == "*"


def test_costbot_waits_for_its_store_and_keeps_its_data() -> None:
    services = read("compose.yaml")["services"]
    assert services["costbot"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert services["costbot"]["volumes"] == ["data:/data"]
    assert services["costbot"]["environment"]["COSTBOT_HOME"] == "/data"

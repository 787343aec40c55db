"""`/cost token` through the real app: the secret is for one person, once."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import aiohttp
import pytest

from bot.assembly.api_tokens import identities_opened
from bot.slack.permissions import ACTIONS
from playground.model import Message
from playground.serving import serving
from tests.api_tokens.conftest import Client, who_app
from tests.budgets.slack.acting import Acting, button, labels
from tests.slack.conftest import Play, play

__all__ = ["play"]

TOKEN = re.compile(r"cbt_[0-9A-Za-z]{57}")


async def typed(acting: Acting, text: str, name: str) -> Message:
    """The message that answers `/cost text`."""
    user_id = acting.playing.stage.user_id(name)
    outcome = await acting.slack.delivery.command(user_id, acting.costs, f"/cost {text}")
    await acting.idle()
    assert outcome.reply is not None
    return outcome.reply.posted[0]


def secret_in(message: Message) -> str:
    (secret,) = set(TOKEN.findall(str(message.blocks)))
    return secret


async def test_a_token_is_made_used_hidden_and_revoked(play: Play):
    async with play() as playing, identities_opened(playing.parts) as identities:
        acting = Acting(playing)
        made = await typed(acting, "token create grafana expires 30d", "otto")
        assert made.ephemeral_to == playing.stage.user_id("otto")
        secret = secret_in(made)
        assert secret not in made.text
        assert "acme as user until 2026-12-20" in str(made.blocks)
        async with serving(who_app(identities)) as url, aiohttp.ClientSession() as session:
            answered = await Client(session, url).who(secret)
        assert (answered.status, answered.body["organization"]) == (200, "acme")
        await acting.click(made, "I have it, hide it", "otto")
        assert secret[12:] not in str(made.blocks) + made.text
        assert "Nobody can show it again" in str(made.blocks)
        listed = await typed(acting, "token list", "otto")
        assert "1 active API token" in listed.text
        assert secret[12:] not in str(listed.blocks)
        assert "Revoke this token?" in str(listed.blocks)
        await acting.click(listed, "Revoke", "otto")
        assert "Revoked:" in listed.text
        assert labels(listed) == ["All tokens"]
        await acting.click(listed, "All tokens", "otto")
        assert "There is no active API token." in listed.text
        assert "1 ended" in str((await typed(acting, "token list all", "otto")).blocks)


async def test_users_are_told_whom_to_ask_and_others_see_nothing(play: Play):
    async with play() as playing:
        acting = Acting(playing)
        assert (
            "Only an organization admin may make API tokens."
            in (await typed(acting, "token create x", "ute")).text
        )
        made = await typed(acting, "token create grafana", "otto")
        for name in ("ute", "gil"):
            for label in ("I have it, hide it", "Revoke"):
                (told,) = await acting.click(made, label, name)
                assert "for organization admins" in told
        assert {"token_list", "token_hide", "token_revoke"} <= set(ACTIONS)
        (token,) = await playing.parts.store.api_tokens.all()
        assert token.revoked_at is None


async def test_an_older_button_says_so(play: Play):
    async with play() as playing:
        acting = Acting(playing)
        made = await typed(acting, "token create grafana", "otto")
        stale = {**button(made, "Revoke"), "value": "grafana"}
        (told,) = await acting.press(made, stale, "otto") or [made.text]
        assert "That button belongs to an older message." in told


async def test_a_planted_secret_is_found_nowhere(
    play: Play, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """Not in the logs, the audit trail, the store's file, or any file of the home folder."""
    caplog.set_level(logging.DEBUG)
    for name in ("slack_sdk", "slack_bolt", "bot.slack.bolt"):
        # As `costbot serve` has it: below INFO Slack's own library writes whole answers.
        caplog.set_level(logging.INFO, name)
    secrets: list[str] = []
    async with play() as playing:
        acting = Acting(playing)
        async with identities_opened(playing.parts) as identities:
            made = await typed(acting, "token create planted", "otto")
            secrets.append(secret_in(made))
            async with (
                serving(who_app(identities)) as url,
                aiohttp.ClientSession() as session,
            ):
                client = Client(session, url)
                secret = secrets[0]
                assert (await client.who(secret)).status == 200
                for sent in (secret[:-1], f"{secret}x", f"{secret}.{secret}.{secret}"):
                    answered = await client.who(sent)
                    assert answered.status == 401
                    assert secret[12:] not in str(answered)
                await client.get("/who", {"params": {"token": secret}})
            for text in (
                f"token create {secret}",
                f"token revoke x{secret}",
                f"token {secret}",
                f"token list {secret}",
                f"token revoke {secret}",
            ):
                said = await typed(acting, text, "otto")
                assert secret[12:] not in str(said.blocks) + said.text, text
        trail = await playing.parts.store.audit.page(limit=500)
        assert {"api_token.create", "api_token.revoke", "login.failure"} <= {
            one.action for one in trail
        }
        assert secret[12:] not in str(trail)
    assert secret[:12] in caplog.text
    leaks = {one.name for one in caplog.records if secret[12:] in one.getMessage()}
    assert leaks == set()
    assert files_with(secret[:12], tmp_path) != []
    assert files_with(secret[12:], tmp_path) == []


def files_with(text: str, folder: Path) -> list[str]:
    """The files that have a text in them."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return [file.name for file in files if text.encode() in file.read_bytes()]

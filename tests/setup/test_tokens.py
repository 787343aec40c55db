"""What was pasted is what was asked for, or is called by its name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.setup.tokens import APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, SIGNING_SECRET, Secret, fault_in

HEX = "0123456789abcdef" * 2
EVERY = (APP_TOKEN, BOT_TOKEN, CONFIG_TOKEN, SIGNING_SECRET)


@pytest.mark.parametrize(
    ("secret", "typed"),
    [
        (BOT_TOKEN, "xoxb-1234567890-abcDEF"),
        (BOT_TOKEN, "xoxe.xoxb-1-abcdefghijk"),
        (APP_TOKEN, "xapp-1-A0123-456-abc"),
        (SIGNING_SECRET, HEX),
        (CONFIG_TOKEN, "xoxe.xoxp-1-abcdefghij"),
    ],
)
def test_the_right_one_is_taken(secret: Secret, typed: str) -> None:
    assert fault_in(secret, typed) == ""


@pytest.mark.parametrize(
    ("secret", "typed", "begin"),
    [
        (BOT_TOKEN, "xoxp-1234567890", "This is a user token."),
        (BOT_TOKEN, "xapp-1-A0123-456-abc", "This is an app-level token."),
        (BOT_TOKEN, "xoxe-1-abc", "This is a refresh token."),
        (BOT_TOKEN, "xoxe.xoxp-1-abcdefghij", "This is a configuration token."),
        (BOT_TOKEN, "xoxc-1234567890", "This is a token of a browser."),
        (BOT_TOKEN, "https://hooks.slack.com/services/T/B/x", "This is an address of an incoming"),
        (BOT_TOKEN, HEX, "This is a signing secret, or a client secret."),
        (BOT_TOKEN, "xoxb-", "The bot token is not whole"),
        (BOT_TOKEN, "xoxb-123 4567890", "The bot token is not whole"),
        (BOT_TOKEN, "", "Nothing was given as the bot token."),
        (APP_TOKEN, "xoxb-1234567890-abc", "This is a bot token."),
        (SIGNING_SECRET, "xoxb-1234567890-abc", "This is a bot token."),
        (SIGNING_SECRET, HEX[:31], "This is no signing secret: it is 32 digits"),
        (SIGNING_SECRET, "1234567890.1234567890", "This is no signing secret"),
    ],
)
def test_another_one_is_called_by_its_name(secret: Secret, typed: str, begin: str) -> None:
    assert fault_in(secret, typed).startswith(begin)


@given(secret=st.sampled_from(EVERY), typed=st.text(min_size=6))
def test_what_was_typed_is_never_repeated(secret: Secret, typed: str) -> None:
    known = " ".join(fault_in(one, "") + fault_in(one, "xoxp-1") for one in EVERY)
    assert typed not in fault_in(secret, typed) or typed in known

"""What a line of the log looks like, and that no secret is in it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from secrets import token_hex, token_urlsafe
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from analysis.request_id import under
from bot.logs.begun import log_begun, log_ended
from bot.logs.lines import LogFormat
from bot.logs.masking import MASK, Mask, secrets_in
from bot.settings import Settings

log = logging.getLogger("bot.tests")

FORMS: tuple[LogFormat, ...] = ("text", "json")
BOTH = pytest.mark.parametrize("form", FORMS)


@contextmanager
def writing(form: LogFormat, mask: Mask | None = None) -> Generator[Callable[[], str]]:
    """What is logged within the block."""
    stream = io.StringIO()
    handler = log_begun("DEBUG", form, mask or Mask(), stream)
    try:
        yield stream.getvalue
    finally:
        log_ended(handler)


def test_a_line_of_json_has_the_instant_the_level_the_logger_the_id_and_what_goes_along():
    with writing("json") as written, under("req-1"):
        log.warning("%d rows", 3, extra={"delivery": 7})
    line = json.loads(written())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "bot.tests",
        "message": "3 rows",
        "request_id": "req-1",
        "delivery": 7,
    }


def test_a_line_of_text_has_the_id_too():
    with writing("text") as written:
        log.info("before")
        with under("req-1"):
            log.info("within")
    before, within = written().splitlines()
    assert before.endswith("INFO bot.tests: before")
    assert within.endswith("INFO bot.tests [req-1]: within")


@BOTH
def test_a_traceback_stays_with_its_line(form: LogFormat):
    with writing(form) as written:
        try:
            raise ValueError("the password=hunter2-hunter2 is wrong")
        except ValueError:
            log.exception("it failed")
    assert "ValueError" in written()
    assert "hunter2" not in written()
    assert form == "text" or written().count("\n") == 1


SECRETS = (
    f"xoxb-{token_hex(12)}",
    f"xoxe.xoxp-1-{token_hex(12)}",
    f"xapp-1-A0-{token_hex(12)}",
    f"cbt_{token_hex(30)}",
    f"lin_api_{token_hex(20)}",
    f"eyJ{token_hex(8)}.eyJ{token_hex(8)}.{token_urlsafe(12)}",
    f"gAAAAA{token_urlsafe(40)}",
)
KINDS = ("xoxb", "xoxe", "xapp", "cbt", "lin", "jwt", "fernet")


@BOTH
@pytest.mark.parametrize("secret", SECRETS, ids=KINDS)
def test_what_looks_like_a_token_is_masked_wherever_it_stands(form: LogFormat, secret: str):
    with writing(form) as written:
        log.error("refused: %s", {"token": secret}, extra={"told": [secret]})
        log.error("GET https://slack.example/api?x=%s&y=1", secret)
    assert secret not in written()
    assert written().count(MASK) >= 2


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Authorization: Bearer abcdef.123456", "Authorization: Bearer ***"),
        ("postgresql+asyncpg://costbot:pa55@host/db", "postgresql+asyncpg://***@host/db"),
        ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/***"),
        ("http://h/commands/T0AB/123/xyzabc it", "http://h/commands/*** it"),
        ("client_secret=abcdefgh&code=1", "client_secret=***&code=1"),
        ("client_secret%3Dabcdefgh", "client_secret%3D***"),
        (r'"{\"token\": \"abcdefgh\"}"', r'"{\"token\": \"***"}"'),
        (r"https:\/\/hooks.slack.com\/services\/T0\/B0", r"https:\/\/hooks.slack.com\/***"),
        ("Incorrect API key: sk-proj-abcdefghijklmnop", "Incorrect API key: ***"),
        ("wss://wss.example/link?ticket=abcdefgh-1", "wss://wss.example/link?ticket=***"),
        ("told to ada.l@example.com of it", "told to *** of it"),
        ("token cbt_3fQ7xK2a is revoked", "token cbt_3fQ7xK2a is revoked"),
        (
            "delivery 7 is tried, again at 13:37:00 UTC",
            "delivery 7 is tried, again at 13:37:00 UTC",
        ),
    ],
)
def test_of_a_line_the_secret_alone_is_masked(text: str, masked: str):
    assert Mask().masked(text) == masked


def test_the_values_of_secret_settings_are_masked_whatever_they_look_like():
    settings = Settings(
        store_url=SecretStr("postgresql+asyncpg://costbot:p-ss-w-rd@host/costbot"),
        slack_signing_secret=SecretStr("plainwordsigning"),
        webhooks={
            "pager": {"url": "https://pager.example/in/4711", "secret": "sixteen-bytes-long"}
        },  # pyright: ignore[reportArgumentType]
    )
    mask = Mask(secrets_in(settings))
    told = "p-ss-w-rd plainwordsigning https://pager.example/in/4711 sixteen-bytes-long"
    assert mask.masked(told) == "*** *** *** ***"


def test_a_secret_is_masked_however_it_is_written():
    secret = 'it"is\\a/secret'
    within = (
        json.dumps({"told": secret}),
        repr(secret),
        quote(secret),
        quote(secret, safe="").replace("%5C", "%5c").replace("%2F", "%2f"),
    )
    for written in within:
        assert "secret" not in Mask([secret]).masked(written)


@pytest.mark.parametrize("before", ["token%3D", "%22", "_", "x_"])
@pytest.mark.parametrize("secret", SECRETS, ids=KINDS)
def test_a_token_is_masked_whatever_stands_before_it(before: str, secret: str):
    assert secret not in Mask().masked(f"told={before}{secret}")


@given(st.text(), st.sampled_from(SECRETS))
def test_a_line_of_json_stays_one_whatever_is_masked_in_it(text: str, secret: str):
    with writing("json", Mask({"known-secret"})) as written:
        log.info('%stoken="%s\\"%s known-secret %s', text, secret, text, secret)
        log.info("password=%s\\", secret)
    for line in written().splitlines():
        assert secret not in json.loads(line)["message"]
    assert written().count("\n") == 2

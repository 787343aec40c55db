"""What is typed after `/cost token`."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import NotUnderstood
from bot.grammar.api_tokens import (
    TokenCommand,
    TokenCreate,
    TokenList,
    TokenRevoke,
    parse_token,
)
from handlers.api_tokens.managing import NewToken
from handlers.api_tokens.secret import new_secret


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("token", TokenList()),
        ("tokens", TokenList()),
        ("token list", TokenList()),
        ("token list ALL", TokenList(with_ended=True)),
        ("token create grafana", TokenCreate(NewToken("grafana"))),
        ("token new 'my CI' org acme", TokenCreate(NewToken("my CI", "acme"))),
        (
            "token create ci expires in 30 days role org_admin organization “The Acme”",
            TokenCreate(NewToken("ci", "The Acme", "org_admin", "30")),
        ),
        ("token create ci expires 30d", TokenCreate(NewToken("ci", expires="30d"))),
        ("token create gateway scope ingest", TokenCreate(NewToken("gateway", scope="ingest"))),
        ("token create role role user", TokenCreate(NewToken("role"))),
        ("token revoke cbt_3fQ7xK2a", TokenRevoke("cbt_3fQ7xK2a")),
        ("token delete 'my CI'", TokenRevoke("my CI")),
    ],
)
def test_it_is_understood(text: str, command: TokenCommand) -> None:
    assert parse_token(text) == command


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("token crate x", "Did you mean `create`"),
        ("token create", "A token needs a name."),
        ("token create my ci", "Quote a name with spaces."),
        ("token create ci role", "`role` needs a value."),
        ("token create ci role user role admin", "`role` is given twice."),
        ("token create ci expries 30d", "Did you mean `expires`"),
        ("token list some", "`token list` does not go with `some`."),
        ("token revoke", "needs a token"),
        ("token revoke a b", "takes one token"),
    ],
)
def test_what_is_wrong_is_said_with_what_would_work(text: str, said: str) -> None:
    with pytest.raises(NotUnderstood) as refusal:
        parse_token(text)
    assert said in str(refusal.value)
    assert refusal.value.hint


@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_a_bug(text: str) -> None:
    with suppress(NotUnderstood):
        assert parse_token(f"token {text}") is not None


@pytest.mark.parametrize("line", ["token {}", "token list {}", "token create ci {}"])
def test_a_pasted_token_is_not_said_again(line: str) -> None:
    secret = new_secret().text.get_secret_value()
    with pytest.raises(NotUnderstood) as refusal:
        parse_token(line.format(secret))
    assert secret[12:] not in str(refusal.value)
    assert secret[:12] in str(refusal.value)

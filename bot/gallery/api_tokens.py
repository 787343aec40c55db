"""API tokens: a new one, the list, and the end of one, with typical, empty and extreme data."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from analysis.roles import Role
from bot.blocks.answer import Answer
from bot.blocks.api_tokens import created_answer, hidden_answer, list_answer, revoked_answer
from bot.gallery.entry import DataSet, Entry
from handlers.api_tokens.managing import CreatedToken, RevokedToken
from handlers.api_tokens.secret import LENGTH, MARK
from storage.records.api_token import ApiToken

NOW = datetime(2026, 11, 20, 8, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")

_NO_TOKEN = SecretStr(MARK + "EXAMPLE1" + "x" * (LENGTH - 12))
"""It looks like a token, and opens nothing: its checksum is wrong."""

_TYPICAL = ApiToken(
    id=UUID("0a4bd4b1-46d0-4d3c-8f6c-0f0a4df40dbe"),
    name="grafana",
    prefix=f"{MARK}EXAMPLE1",
    digest="",
    organization="acme",
    role=Role.USER,
    expires_at=NOW + timedelta(days=90),
    created_by="T1/U1",
    created_by_name="Otto Orgadmin",
    created_at=NOW - timedelta(days=3),
    last_used_at=NOW - timedelta(minutes=4),
)
_SMALL = replace(_TYPICAL, last_used_at=None, expires_at=NOW + timedelta(days=1))
_EXTREME = replace(
    _TYPICAL,
    name="<!channel> " + "a-very-long-name-" * 11,
    organization="*_~`<@U1>&amp;" * 12,
    role=Role.ORG_ADMIN,
    created_by_name="<!here>" * 25,
    expires_at=NOW + timedelta(days=3660),
)
_EVERYTHING = replace(_TYPICAL, name="warehouse", organization=None, role=Role.ADMIN)


def entries() -> list[Entry]:
    """All of them."""
    doubts = ("No costs of organization `acmee` are known yet.", "Did you mean `acme`?")
    ended = [
        replace(_TYPICAL, name="old", revoked_at=NOW - timedelta(days=2), revoked_by="T1/U1"),
        replace(_TYPICAL, name="older", expires_at=NOW - timedelta(days=2)),
    ]
    many = [_EXTREME] * 90
    return [
        _entry("a new API token", "typical", created_answer(_made(_TYPICAL), BERLIN)),
        _entry("a new API token", "empty", created_answer(_made(_SMALL, doubts), BERLIN)),
        _entry("a new API token", "extreme", created_answer(_made(_EXTREME, doubts * 9), BERLIN)),
        _entry("a hidden API token", "typical", hidden_answer(_TYPICAL, BERLIN)),
        _entry("a hidden API token", "empty", hidden_answer(_SMALL, BERLIN)),
        _entry("a hidden API token", "extreme", hidden_answer(_EXTREME, BERLIN)),
        _entry("API tokens", "typical", _listed([_TYPICAL, _SMALL, _EVERYTHING, *ended])),
        _entry("API tokens", "empty", _listed([])),
        _entry("API tokens", "extreme", _listed([*many, *ended * 40])),
        _entry("a revoked API token", "typical", _revoked(_TYPICAL)),
        _entry("a revoked API token", "empty", _revoked(_EVERYTHING, is_new=False)),
        _entry("a revoked API token", "extreme", _revoked(_EXTREME)),
    ]


def _made(token: ApiToken, doubts: tuple[str, ...] = ()) -> CreatedToken:
    return CreatedToken(token, _NO_TOKEN, doubts)


def _listed(tokens: list[ApiToken]) -> Answer:
    return list_answer(tokens, NOW, BERLIN, with_ended=True)


def _revoked(token: ApiToken, *, is_new: bool = True) -> Answer:
    return revoked_answer(RevokedToken(token, is_new))


def _entry(template: str, data: DataSet, answer: Answer) -> Entry:
    return Entry(template, data, answer.payload(), answer.chart)

"""The domains of addresses, as Slack's stand-in tells them, and who is let in by them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

import pytest
from pydantic import SecretStr

from bot.outbox.slack_calls import Calls, WebApi
from bot.slack.email_domains import PAUSE, REMEMBERED, TRUSTED, EmailDomains
from bot.slack.workspaces import OneWorkspace
from tests.slack.conftest import Play, answered
from tests.stores import TestClock

MEMBER: Mapping[str, object] = {
    "id": "U1",
    "team_id": "T1",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_email_confirmed": True,
    "profile": {"email": "Ann@Acme.COM"},
}


@dataclass
class Answers:
    """A Web API that tells of one user, or hangs up."""

    user: object = None
    asked: list[Mapping[str, object]] = field(default_factory=list[Mapping[str, object]])

    async def api_call(self, api_method: str, **more: object) -> Mapping[str, object]:
        assert api_method == "users.info"
        self.asked.append(cast("Mapping[str, object]", more["params"]))
        if self.user is None:
            raise TimeoutError
        return {"ok": True, "user": self.user}


def domains_of(answers: Answers, clock: TestClock) -> EmailDomains:
    calls = Calls(cast("WebApi", answers), timedelta(seconds=2))
    return EmailDomains(calls, clock, OneWorkspace(SecretStr("xoxb-1")))


async def test_a_confirmed_address_of_a_member_counts():
    assert await domains_of(Answers(MEMBER), TestClock()).domain("T1", "U1") == "acme.com"


@pytest.mark.parametrize(
    "changes",
    [
        {"deleted": True},
        {"is_bot": True},
        {"is_restricted": True},
        {"is_ultra_restricted": True},
        {"is_stranger": True},
        {"team_id": "T2"},
        {"team_id": "T2", "enterprise_user": {"teams": ["T3"]}},
        {"is_email_confirmed": False},
        {"is_email_confirmed": None},
        {"profile": {}},
        {"profile": {"email": "acme.com"}},
        {"profile": {"email": "@acme.com"}},
        {"profile": {"email": "a@acme.com@"}},
        {"profile": None},
    ],
)
async def test_all_others_count_as_having_none(changes: dict[str, object]):
    answers = Answers({**MEMBER, **changes})
    assert await domains_of(answers, TestClock()).domain("T1", "U1") == ""


async def test_a_person_of_the_enterprise_belongs_to_each_of_their_workspaces():
    user = {**MEMBER, "team_id": "E1", "enterprise_user": {"teams": ["T1", "T2"]}}
    assert await domains_of(Answers(user), TestClock()).domain("T1", "U1") == "acme.com"


async def test_it_is_asked_once_in_five_minutes_and_trusted_an_hour_more(
    caplog: pytest.LogCaptureFixture,
):
    answers, clock = Answers(MEMBER), TestClock()
    domains = domains_of(answers, clock)
    for _ in range(5):
        assert await domains.domain("T1", "U1") == "acme.com"
    assert answers.asked == [{"user": "U1"}]
    answers.user = None
    clock.advance(REMEMBERED)
    with caplog.at_level(logging.WARNING):
        assert await domains.domain("T1", "U1") == "acme.com"
        assert await domains.domain("T1", "U1") == "acme.com"
    assert len(answers.asked) == 2
    assert "acme" not in caplog.text.lower()
    clock.advance(TRUSTED)
    assert await domains.domain("T1", "U1") is None
    answers.user = {**MEMBER, "profile": {"email": "ann@globex.com"}}
    assert await domains.domain("T1", "U1") is None
    clock.advance(PAUSE)
    assert await domains.domain("T1", "U1") == "globex.com"


async def test_a_stranger_is_let_in_by_their_domain(play: Play):
    async with play(email_domains="playground.example=globex:user") as playing:
        heard = answered(await playing.stage.say("/cost today", "sam"))
        assert "$1.00" in heard.ack["text"]
        assert "$3.90" not in heard.ack["text"]
        heard = answered(await playing.stage.say("/cost today", "otto"))
        assert "$3.90" in heard.ack["text"]
    async with play(email_domains="elsewhere.example=globex") as playing:
        heard = answered(await playing.stage.say("/cost today", "sam"))
        assert "$" not in heard.ack["text"]

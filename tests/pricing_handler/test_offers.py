"""Offers: entered by admins, seen by whoever they are made to, in the terminal and in a message."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from analysis.errors import BadInput, NotAllowed, NotFound
from analysis.recommendations.tiers.provider_offers import OfferKind
from bot.blocks.offers import offers_answer
from bot.cli.pricing import app
from handlers.offers import OfferHandler
from storage.records.offer import Offer
from tests.stores import TestClock, sqlite_store
from tests.whatif.usage import ADMIN, LEAD, MEMBER, NOW, STRANGER

YEAR = datetime(2026, 1, 1, tzinfo=UTC)

COMMITMENT = Offer(
    kind=OfferKind.COMMITMENT,
    name="Annual <5k>",
    provider="openai",
    effective_from=YEAR,
    reference="order form 17",
    created_by="nobody",
    discount=Decimal("0.15"),
    from_usd=Decimal(5000),
    term_months=12,
)


async def test_an_admin_enters_an_offer_and_the_trail_says_so(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path, TestClock(NOW)) as store:
        handler = OfferHandler(store, TestClock(NOW))
        for caller in (LEAD, MEMBER):
            with pytest.raises(NotAllowed, match="Only an admin enters"):
                await handler.add(COMMITMENT, caller, "slack")
        offer = await handler.add(COMMITMENT, ADMIN, "cli")
        assert offer.created_by == "T1/U1"
        await handler.subscribe("annual <5k>", "acme", YEAR, ADMIN, "cli")
        await handler.end(str(offer.id)[:6], None, ADMIN, "cli")
        entries = await store.audit.of_object("offer", str(offer.id))
    assert [(one.action, one.organization) for one in entries] == [
        ("offer.end", None),
        ("offer.subscribe", "acme"),
        ("offer.add", None),
    ]


async def test_an_organization_sees_what_it_can_take_and_not_who_else_did(tmp_path: Path) -> None:
    async with sqlite_store(tmp_path, TestClock(NOW)) as store:
        handler = OfferHandler(store, TestClock(NOW))
        await handler.add(COMMITMENT, ADMIN, "cli")
        own = replace(COMMITMENT, name="For globex", organization="globex")
        await handler.add(own, ADMIN, "cli")
        await handler.subscribe("annual <5k>", "globex", YEAR, ADMIN, "cli")
        (of_acme,) = (await handler.offers(None, LEAD)).offers
        assert (of_acme.name, of_acme.subscriptions) == ("Annual <5k>", ())
        of_globex = (await handler.offers("OpenAI", STRANGER)).offers
        assert [len(one.subscriptions) for one in of_globex] == [1, 0]
        message = str(offers_answer(await handler.offers(None, ADMIN)).payload())
        with pytest.raises(NotFound, match="No offer of `opnai`") as refusal:
            await handler.offers("opnai", LEAD)
    assert "Did you mean `openai`?" in refusal.value.hint
    assert "<5k>" not in message
    assert "15.0 % off the list, at least $5,000.00 a month, for 12 months" in message
    assert "globex since 2026-01-01" in message


async def test_what_is_over_is_listed_while_somebody_pays_for_it(tmp_path: Path) -> None:
    clock = TestClock(NOW)
    async with sqlite_store(tmp_path, clock) as store:
        handler = OfferHandler(store, clock)
        await handler.add(COMMITMENT, ADMIN, "cli")
        await handler.subscribe("annual <5k>", "acme", YEAR, ADMIN, "cli")
        await handler.end("annual <5k>", None, ADMIN, "cli")
        assert len((await handler.offers(None, LEAD)).offers) == 1
        clock.advance(timedelta(days=1))
        await handler.unsubscribe("annual <5k>", "acme", None, ADMIN, "cli")
        assert (await handler.offers(None, LEAD)).offers == ()
        assert len((await handler.offers(None, LEAD, ended=True)).offers) == 1


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["offer", *words])


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.usefixtures("home")
def test_offers_are_entered_taken_and_ended_in_the_terminal() -> None:
    units = ("add", "provisioned_throughput", "azure", "PTU", "--reference", "a quote")
    with_terms = (*units, "--unit-usd", "$260", "--tokens-per-minute", "2500")
    assert "Entered: azure PTU" in run(*with_terms, "--model", "gpt-4o").stdout
    taken = run("subscribe", "PTU", "--from", "2026-06-01", "--organization", "acme")
    assert "acme has taken azure PTU from 2026-06-01 on" in taken.stdout
    listed: dict[str, Any] = json.loads(run("list", "--json").stdout)
    (offer,) = listed["offers"]
    assert (offer["unit_usd"], offer["models"]) == ("260", ["gpt-4o"])
    assert offer["subscriptions"][0]["since"] == "2026-06-01T00:00:00+00:00"
    assert "PTU" in run("list").stdout
    assert "no longer" in run("unsubscribe", "ptu", "--organization", "acme").stdout
    assert "Ended: azure PTU" in run("end", "PTU").stdout
    assert json.loads(run("list", "--json").stdout) == {"offers": []}


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("add", "commitment", "openai", "X", "--reference", "r"), "needs the least amount"),
        (
            ("add", "volume_discount", "openai", "X", "--reference", "r", "--discount", "10"),
            "does not exist",
        ),
        (
            ("add", "commitment", "openai", "X", "--reference", "r", "--from-usd", "lots"),
            "is no number",
        ),
        (("end", "nothing"), "There is no offer named"),
    ],
    ids=["incomplete", "a share", "a number", "unknown"],
)
def test_what_is_wrong_with_an_offer_is_said(words: tuple[str, ...], sentence: str) -> None:
    refused = run(*words).exception
    assert isinstance(refused, BadInput | NotFound)
    assert sentence in str(refused)


@pytest.mark.usefixtures("home")
def test_a_rate_is_tried_set_and_taken_back_in_the_terminal() -> None:
    words = ("set", "openai", "gpt-4o", "input", "2", "output", "8", "from", "2026-12-01")
    rate = (*words, "reference", "contract 17", "organization", "acme")
    tried = CliRunner().invoke(app, [*rate, "--json"])
    assert json.loads(tried.stdout)["tried"] is None
    assert "Not saved" in CliRunner().invoke(app, [*rate]).stdout
    saved = json.loads(CliRunner().invoke(app, [*rate, "--save", "--json"]).stdout)["saved"]
    assert (saved["organization"], saved["rate"]["input"]) == ("acme", "2")
    undone = CliRunner().invoke(app, ["undo", saved["id"]])
    assert "Taken back: openai gpt-4o for acme" in undone.stdout

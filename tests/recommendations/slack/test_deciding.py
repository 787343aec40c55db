"""Recommendations decided on in Slack: by click, by form, by line; once, and named."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

import pytest

from analysis.recommendations.kept.states import State
from handlers.recommendations.finding import short_id
from tests.budgets.slack.acting import action, forged, labels, text_of
from tests.recommendations.proposals import proposal
from tests.recommendations.slack.acting import Act, whole

HOSTILE = "<!channel> & *all* <@U0ADA00001>"


async def test_who_accepted_and_when_takes_the_place_of_the_buttons(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        assert await acting.click(message, "Accept", "otto") == []
        row = await acting.row()
    assert row.state is State.ACCEPTED
    assert row.standing.decided_by is not None
    assert "✅ Accepted by Otto Owner, 2026-11-20 14:37 CET" in message.text
    assert "Accept" not in labels(message)
    assert "Undo" in labels(message)
    assert "<@" not in whole(message)


async def test_what_is_decided_in_a_list_stands_above_the_rest_of_it(act: Act):
    async with act() as acting:
        await acting.drawn(proposal("gpt-4", "40"), proposal("gpt-5", "30"))
        message = await acting.message("list kind model_downgrade", "otto")
        assert await acting.click(message, "Accept", "otto") == []
        text = whole(message)
    assert text.index("Accepted* by Otto Owner") < text.index("1 recommendation, pending")
    assert "gpt-4" in text[: text.index("1 recommendation, pending")]
    assert "gpt-5" in text[text.index("1 recommendation, pending") :]
    assert labels(message)[0] == "Undo"


async def test_a_decision_is_taken_back(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Accept", "otto")
        assert await acting.click(message, "Undo", "otto") == []
        assert await acting.state() is State.PENDING
    assert "Taken back by Otto Owner: it is pending again" in message.text
    assert "Accept" in labels(message)


async def test_a_rejection_asks_for_its_reason_and_edits_the_message(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Reject …", "otto")
        view = acting.modal("otto")
        assert "gpt-4" in text_of(view)
        nothing = await acting.submit(view, "otto", reason="   ")
        assert await acting.state() is State.PENDING
        await acting.submit(view, "otto", reason=HOSTILE, until="2027-01-31")
        row = await acting.row()
    assert list(nothing.field_errors) == ["reason"]
    assert row.state is State.REJECTED
    assert row.standing.decided_reason == HOSTILE
    assert "not proposed again before 2027-01-31" in message.text
    assert "&lt;!channel&gt; &amp;" in whole(message)
    assert "<!channel>" not in whole(message) + text_of(view)
    assert "Rejected* by Otto Owner" in text_of(view)
    assert labels(message)[0] == "Undo"


async def test_a_day_that_is_over_is_told_under_its_field(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.choose(message, ":day", "otto")
        outcome = await acting.submit(acting.modal("otto"), "otto", until="2026-11-20")
        assert await acting.state() is State.PENDING
        await acting.submit(acting.modal("otto"), "otto", until="2026-11-21")
        row = await acting.row()
    assert list(outcome.field_errors) == ["until"]
    assert row.state is State.SNOOZED
    assert "comes back 2026-11-21" in message.text


@pytest.mark.parametrize(("span", "days"), [("week", 7), ("month", 30), ("quarter", 90)])
async def test_a_snooze_is_one_click(act: Act, span: str, days: int):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("", "otto")
        assert await acting.choose(message, f":{span}", "otto") == []
        row = await acting.row()
    assert row.state is State.SNOOZED
    assert f"comes back {date(2026, 11, 20) + timedelta(days=days)}" in message.text


async def test_savings_are_verified_in_a_form(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "It is done", "otto")
        await acting.click(message, "Verify …", "otto")
        view = acting.modal("otto")
        faulty = await acting.submit(view, "otto", amount="-4")
        await acting.submit(view, "otto", amount="35.50", reason="the invoice says so")
        row = await acting.row()
    assert list(faulty.field_errors) == ["amount"]
    assert (row.state, row.standing.verified_savings) == (State.VERIFIED, Decimal("35.50"))
    assert "saves $35.50 a month: the invoice says so" in message.text
    assert labels(message)[0] == "Correct …"


async def test_somebody_is_assigned_and_named_but_not_pinged(act: Act):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Assign …", "otto")
        ute = acting.playing.stage.user_id("ute")
        await acting.submit(acting.modal("otto"), "otto", user=ute)
        assert (await acting.row()).standing.assigned_to == ute
        assert "assigned to Ute User" in whole(message)
        await acting.say(f"assign {short_id((await acting.row()).id)} nobody", "otto")
        assert (await acting.row()).standing.assigned_to is None
    assert "<@" not in whole(message)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("accept {} because it is as good", State.ACCEPTED),
        ("reject {} because answers change", State.REJECTED),
        ("reject {} answers change until 2026-12-24", State.REJECTED),
        ("snooze {} 14d", State.SNOOZED),
        ("implement {}", State.IMPLEMENTED),
    ],
)
async def test_a_line_decides_too(act: Act, line: str, state: State):
    async with act() as acting:
        (row,) = await acting.drawn()
        heard = await acting.say(line.format(short_id(row.id)), "otto")
        assert await acting.state() is state
    assert f"{state.value.capitalize()} by Otto Owner" in heard.ack["text"]


@pytest.mark.parametrize("line", ["reject {}", "verify {}", "assign {}"])
async def test_a_line_that_lacks_something_opens_the_form(act: Act, line: str):
    async with act() as acting:
        (row,) = await acting.drawn()
        if line.startswith("verify"):
            await acting.say(f"accept {short_id(row.id)}", "otto")
        heard = await acting.say(line.format(short_id(row.id)), "otto")
        assert heard.ack == {}
        view = acting.modal("otto")
        ute = acting.playing.stage.user_id("ute")
        await acting.submit(view, "otto", reason="of launch", amount="5", user=ute)
        entries = await acting.store.audit.of_object("recommendation", str(row.id))
    assert entries[0].action == f"recommendation.{line.split()[0]}"


async def test_a_place_in_the_list_is_shown_but_not_decided_on(act: Act):
    async with act() as acting:
        (row,) = await acting.drawn()
        shown = await acting.say("show 1", "otto")
        beyond = await acting.say("show 2", "otto")
        heard = await acting.say("accept 1", "otto")
        assert await acting.state() is State.PENDING
    assert "smaller model" in shown.ack["text"]
    assert "There is no number 2 in the list" in beyond.ack["text"]
    assert f"Decide by its id, `{short_id(row.id)}`" in heard.ack["text"]


async def test_of_two_who_decide_at_once_one_does_and_the_other_learns_who(act: Act):
    async with act() as acting:
        await acting.drawn()
        messages = {name: await acting.message("show 1", name) for name in ("otto", "ada")}
        answers = await asyncio.gather(
            *(acting.click(message, "Accept", name) for name, message in messages.items())
        )
        row = await acting.row()
        entries = await acting.store.audit.of_object("recommendation", str(row.id))
    told = [text for some in answers for text in some]
    (entry,) = entries
    assert len(told) == 1
    assert f"{entry.actor.name} accepted this recommendation at 2026-11-20 13:37 UTC" in told[0]


async def test_a_button_of_a_state_that_is_over_is_answered_with_who_and_when(act: Act):
    async with act() as acting:
        (row,) = await acting.drawn()
        message = await acting.message("show 1", "otto")
        before = whole(message)
        await acting.say(f"reject {short_id(row.id)} because of launch", "ada")
        (answer,) = await acting.click(message, "Accept", "otto")
        await acting.click(message, "Reject …", "otto")
        assert "Rejected* by Ada Admin" in text_of(acting.modal("otto"))
        assert acting.modal("otto").payload.get("submit") is None
        assert await acting.state() is State.REJECTED
    assert "Ada Admin rejected this recommendation" in answer
    assert whole(message) == before


async def test_an_undo_of_another_decision_is_not_made(act: Act):
    async with act() as acting:
        (row,) = await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Accept", "otto")
        await acting.say(f"undo {short_id(row.id)}", "ada")
        await acting.say(f"reject {short_id(row.id)} because of launch", "ada")
        (answer,) = await acting.click(message, "Undo", "otto")
        assert await acting.state() is State.REJECTED
    assert "Ada Admin rejected this recommendation" in answer


@pytest.mark.parametrize("value", ["", "x", "x:pending", "1a2b:pending", "🐟", "-" * 2000])
async def test_a_forged_button_is_told_to_be_older(act: Act, value: str):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        for name in ("recs_accept", "recs_undo", "recs_show", "recs_share"):
            (answer,) = await acting.press(message, action(name, value, "recs-card-0"), "otto")
            assert "older message" in answer
        assert await acting.state() is State.PENDING


async def test_a_button_that_asks_never_decides(act: Act):
    async with act() as acting:
        (row,) = await acting.drawn()
        message = await acting.message("show 1", "otto")
        line = f"accept {short_id(row.id)}"
        for name in ("recs_ask_0", "recs_csv"):
            (answer,) = await acting.press(message, action(name, line, "recs-next"), "otto")
            assert "older message" in answer
        assert await acting.state() is State.PENDING


@pytest.mark.parametrize("metadata", ["", "{}", '{"rec":"x","seen":"pending"}', '{"rec":1}'])
async def test_forged_metadata_decides_nothing(act: Act, metadata: str):
    async with act() as acting:
        await acting.drawn()
        message = await acting.message("show 1", "otto")
        await acting.click(message, "Reject …", "otto")
        view = forged(acting.modal("otto"), metadata)
        outcome = await acting.submit(view, "otto", reason="of launch")
        assert outcome.status == 200
        assert await acting.state() is State.PENDING

"""What is read about budgets: the list, one of them, its history, and every change."""

from __future__ import annotations

import pytest

from bot.stage import Heard
from tests.budgets.slack.acting import PROD, Act, labels
from tests.facts import request
from tests.slack.conftest import at


def table_of(heard: Heard) -> list[list[str]]:
    """The cells of the ack's table."""
    (table,) = [block for block in heard.ack["blocks"] if block["type"] == "table"]
    return [[cell["text"] for cell in row] for row in table["rows"]]


async def test_what_is_in_danger_comes_first_in_the_list(act: Act):
    async with act() as acting:
        await acting.create('create "A quiet one" 10,000 annual')
        await acting.create(PROD)
        await acting.create('create "Over" 3 monthly model gpt-4')
        await acting.create('create "Empty" 3 monthly model gpt-9 anyway')
        heard = await acting.say("list", "otto")
    rows = table_of(heard)
    assert [row[0] for row in rows] == ["Budget", "Over", "Prod LLM", "A quiet one", "Empty"]
    assert rows[1][1:6] == ["🔴 exceeded", "$14.00", "▓▓▓▓▓▓▓▓▓▓", "$3.00", "466.7 %"]
    assert rows[2][1:6] == ["🟡 warning, not on track", "$14.00", "▓▓▓▓▓▓▓▓░░", "$16.00", "87.5 %"]
    assert heard.ack["text"].startswith("4 budgets · 🔴 1 exceeded · 🟡 1 warning")


async def test_an_admin_reads_whose_budgets_they_are(act: Act):
    async with act() as acting:
        await acting.create()
        await acting.create('create "Ours" 100 monthly', "ada")
        heard = await acting.say("list", "ada")
    assert [row[:2] for row in table_of(heard)] == [
        ["Budget", "Organization"],
        ["Prod LLM", "acme"],
        ["Ours", "all"],
    ]


async def test_one_budget_shows_its_bar_burn_drivers_overlaps_and_what_can_be_done(act: Act):
    async with act() as acting:
        await acting.create(f"{PROD} hard")
        await acting.create('create "All" 100 monthly')
        heard = await acting.say('show "Prod LLM"', "otto")
        message = await acting.message('show "Prod LLM"', "ute")
    shown = str(heard.ack["blocks"])
    assert "`▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░` *87.5 %* · $14.00 of $16.00 · $2.00 left" in shown
    assert "Burns $11.00 a day" in shown
    assert "is the last day it pays for · not on track" in shown
    assert "All (acme) counts all of this one's spend, and more" in shown
    assert "beyond the limit requests are denied" in shown
    assert "Created by Otto Owner" in shown
    assert ["no endpoint", "$14.00"] in [row[:2] for row in table_of(heard)]
    assert heard.ack["text"].startswith("Prod LLM · 87.5 % · $14.00 of $16.00")
    assert labels(message) == ["History", "Ask for a raise"]


async def test_a_status_is_as_of_the_day_that_is_asked_for(act: Act):
    async with act() as acting:
        await acting.create()
        heard = await acting.say('status "Prod LLM" on 2026-11-19', "ute")
        ahead = await acting.say('status "Prod LLM" on 2027-01-01', "ute")
    assert "68.8 %" in heard.ack["text"]
    assert "is not here yet" in ahead.ack["text"]


async def test_history_tells_who_changed_what_from_what_to_what(act: Act):
    async with act() as acting:
        await acting.create()
        await acting.say('edit "Prod LLM" limit 20 warn 70%', "ada")
        heard = await acting.say('history "Prod LLM"', "ute")
    shown = str(heard.ack["blocks"])
    assert "*Changed* by Ada Admin in Slack" in shown
    assert "Limit: $16.00 → $20.00" in shown
    assert "Warning at: 80.0 % → 70.0 %" in shown
    assert "*Created* by Otto Owner in Slack" in shown
    assert heard.ack["text"] == "History of Prod LLM: 2 decisions"


@pytest.mark.parametrize(
    "text", ["list", "show {}", "status {}", "history {}", "edit {} limit 20", "pause {}"]
)
async def test_no_name_pings_anybody(act: Act, text: str):
    name = '"<!channel> <@U0ADA00001> & co"'
    async with act() as acting:
        await acting.create(f"create {name} 16 monthly about <!here>")
        heard = await acting.say(text.format(name), "otto")
    assert heard.status == 200
    shown = str(heard.ack)
    assert "&lt;!channel&gt;" in shown
    assert [mention for mention in ("<!", "<@") if mention in shown] == []


async def test_what_has_no_price_is_said_and_never_ok(act: Act):
    facts = [request(at(20, 9), None, model="aurora", organization="acme", requests=4)]
    async with act(facts=facts) as acting:
        await acting.create('create "Unpriced" 16 monthly model aurora')
        heard = await acting.say("show Unpriced", "otto")
    assert "4 requests without a price" in str(heard.ack)
    assert "⚪ unknown" in str(heard.ack)


async def test_hundreds_of_budgets_are_paged(act: Act):
    async with act() as acting:
        for number in range(53):
            await acting.create(f'create "Budget {number:02}" 100 monthly')
        first = await acting.message("list", "otto")
        assert "50 of 53 budgets" in first.text
        await acting.click(first, "More budgets", "otto")
    assert first.text.startswith("3 of 53 budgets")


async def test_help_has_every_declared_word_and_its_form_for_who_may(act: Act):
    async with act() as acting:
        user = await acting.message("help", "ute")
        owner = await acting.message("help", "otto")
    assert "/budget raise NAME" in str(user.blocks)
    assert (labels(user), labels(owner)) == ([], ["New budget"])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("crate x 5 monthly", "Did you mean `create`"),
        ("show Prod", "Did you mean `Prod LLM`"),
        ("create x 5000 montly", "monthly"),
        ('edit "Prod LLM" limit 0', "limit"),
        ('raise "Prod LLM" 5', "reason"),
        ("undo x", "needs an id"),
    ],
)
async def test_a_mistake_is_answered_with_what_would_work(act: Act, text: str, says: str):
    async with act() as acting:
        await acting.create()
        heard = await acting.say(text, "otto")
    assert heard.status == 200
    assert says in heard.ack["text"]


async def test_a_pending_raise_is_shown_with_the_id_by_which_it_is_decided(act: Act):
    async with act() as acting:
        budget = await acting.create()
        await acting.say('raise "Prod LLM" 5 because of the launch', "ute")
        (raise_,) = await acting.store.raises.of_budget(budget.id)
        shown = await acting.say('show "Prod LLM"', "otto")
        assert f"pending, id `{raise_.id}`" in str(shown.ack)
        approved = await acting.say(f"approve {raise_.id}", "otto")
    assert "Approved by Otto Owner" in approved.ack["text"]


async def test_of_several_mistakes_each_is_told_in_a_line_of_its_own(act: Act):
    async with act() as acting:
        heard = await acting.say(
            'create "<!here>" 0 monthly warn 99% zone Mars/<b> model gpt4', "otto"
        )
        assert await acting.budgets() == []
    lines = heard.ack["text"].splitlines()
    assert lines[0] == "Nothing was kept, for this cannot be used:"
    assert [line[:2] for line in lines[1:]] == ["• "] * 4
    assert "<" not in heard.ack["text"]


async def test_channels_and_people_are_named_as_one_types_them(act: Act):
    async with act() as acting:
        budget = await acting.create(f"{PROD} to #costs @ute")
    assert budget.slack_channels == (acting.costs,)
    assert budget.slack_users == ("U0UTE00001",)

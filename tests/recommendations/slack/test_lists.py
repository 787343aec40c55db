"""Lists of recommendations in Slack: what they say, where they lead, and how they are drawn."""

from __future__ import annotations

import json

from analysis.recommendations.proposal import Kind
from tests.budgets.slack.acting import labels
from tests.recommendations.proposals import proposal
from tests.recommendations.slack.acting import Act, whole

HOSTILE = "<!channel> & *all* <@U0ADA00001>"


async def test_a_list_shows_what_is_saved_together_and_what_can_be_decided(act: Act):
    async with act() as acting:
        caching = proposal("gpt-4", "50", kind=Kind.CACHING)
        await acting.drawn(proposal("gpt-4", "40"), caching)
        message = await acting.message("", "otto")
        user = await acting.message("", "ute")
    assert "2 recommendations, pending" in message.text
    # 40 % and 50 % of the same 100 dollars: 70 together.
    assert "together $70.00 a month, not the plain sum of $90.00: they overlap" in message.text
    assert labels(message)[:3] == ["Accept", "Reject …", "Details"]
    assert "Saves *$50.00 a month* (90 %: $25.00 to $100.00), 50.0 % of $100.00" in whole(message)
    assert labels(user)[:2] == ["Details", "Details"]


async def test_a_list_leads_to_details_and_back(act: Act):
    async with act() as acting:
        await acting.drawn(proposal("gpt-4", "40"), proposal("gpt-5", "30"))
        message = await acting.message("list min 35", "ute")
        await acting.click(message, "Details", "ute")
        assert "What to do" in whole(message)
        assert "How it was reckoned" in whole(message)
        await acting.click(message, "Back to the list", "ute")
    assert "1 recommendation, pending* · at least $35.00 a month" in whole(message)


async def test_pages_follow_each_other_and_none_is_lost(act: Act):
    async with act() as acting:
        await acting.drawn(*(proposal(f"model-{n}", str(10 + n % 80)) for n in range(120)))
        message = await acting.message("", "otto")
        seen: list[str] = []
        while True:
            text = json.dumps(message.blocks)
            seen += [one for one in (f"model-{n}" for n in range(120)) if f"of {one} to" in text]
            if "More" not in labels(message):
                break
            assert await acting.click(message, "More", "otto") == []
    assert sorted(seen) == sorted(f"model-{n}" for n in range(120))


async def test_a_list_comes_as_a_file_too(act: Act):
    async with act() as acting:
        await acting.drawn(proposal("gpt-4", "40"), proposal("=cmd()", "30"))
        message = await acting.message("", "otto")
        (told,) = await acting.click(message, "CSV", "otto")
        heard = await acting.say("opportunities csv", "otto")
    assert "2 rows as `recommendations.csv`" in told
    assert "There is no opportunity" in heard.ack["text"]


async def test_everybody_is_drawn_for_after_a_question(act: Act):
    async with act() as acting:
        message = await acting.message("generate", "ada")
        assert labels(message) == ["Draw them anew"]
        refused = await acting.say("generate", "ute")
        assert await acting.click(message, "Draw them anew", "ada") == []
    # The facts of the stage are too few days for evidence, and that is said.
    assert "complete days of data" in message.text
    assert "Only an organization admin may" in refused.ack["text"]


async def test_drawing_says_at_once_that_it_has_begun(act: Act):
    async with act() as acting:
        heard = await acting.say("generate 30d", "otto")
        days = await acting.say("generate 5d", "otto")
    assert heard.ack["text"].startswith("Drawing recommendations from the last 30 complete days")
    assert "complete days of data" in heard.messages[0]["text"]
    assert "Give 7 to 90 days" in days.messages[0]["text"]

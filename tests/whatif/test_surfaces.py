"""What-ifs as people meet them: in Slack, by a click, as a file, in the terminal."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.errors import NotUnderstood
from analysis.recommendations.kept.states import State
from analysis.recommendations.whatif import Changes
from bot.blocks.whatif import what_if_answer
from bot.cli.commands import app
from handlers.recommendations.journal import RECOMMENDATION
from handlers.whatif import WhatIfRequest
from storage.repositories.recommendations import Wanted
from tests.slack.conftest import Play
from tests.slack.conftest import play as play
from tests.slack.test_clicks import asked, button, click
from tests.whatif.usage import LEAD, MEMBER, USAGE, costbot, edges, lines_of, turbo

MOVED = "/cost whatif model gpt-4-turbo→gpt-4o-mini share 40% batch 50% 2026-10-21..2026-11-19"

MAKE = "Make it a recommendation"


async def test_slack_tells_what_is_saved_by_which_part_and_what_stands_against_it(
    play: Play,
) -> None:
    async with play(USAGE) as playing:
        heard = await playing.stage.say(MOVED, "otto")
    assert (heard.status, heard.failure) == (200, "")
    text = str(heard.ack["text"])
    assert text.startswith(
        "What if: 40 % of gpt-4-turbo to gpt-4o-mini and 50 % in batches? "
        "$520.00 a month now, $236.52 then: $283.48 saved (54.5 %), with 90 % "
    )
    assert "requests of gpt-4-turbo · 89.7 % of $580.00 a month for all models" in text
    assert "gpt-4o-mini scores 4.5 points of 100 lower on MMLU." in text
    assert "its provider names gpt-6-luna." in text
    shown = str(heard.ack["blocks"])
    assert "the largest request, 1,100 tokens, fits its 128,000" in shown
    assert "by the spread of whole weeks" in shown


async def test_a_click_makes_a_recommendation_with_its_author(play: Play) -> None:
    async with play(USAGE) as playing:
        message = await asked(playing, MOVED, "otto")
        await click(playing, message, MAKE, "otto")
        (row,) = await playing.parts.store.recommendations.page(Wanted())
        entries = await playing.parts.store.audit.of_object(RECOMMENDATION, str(row.id), limit=5)
    assert "is a recommendation now" in message.text
    assert message.edited is not None
    assert (row.state, row.organization) == (State.PENDING, "acme")
    assert (entries[-1].actor.user_id, entries[-1].surface) == (
        playing.stage.user_id("otto"),
        "slack",
    )


async def test_the_click_is_checked_again_for_whoever_clicks(play: Play) -> None:
    async with play(USAGE) as playing:
        message = await asked(playing, MOVED, "otto")
        forged = button(message, MAKE)
        ute = playing.stage.user_id("ute")
        own = await asked(playing, MOVED, "ute")
        await playing.stage.slack.delivery.click(ute, own, forged)
        await playing.stage.supervisor.idle()
        kept = await playing.parts.store.recommendations.page(Wanted())
    assert kept == []
    assert "Only an organization admin" in own.text
    with pytest.raises(AssertionError, match="there is no button"):
        button(own, MAKE)


async def test_the_next_questions_lead_on(play: Play) -> None:
    async with play(USAGE) as playing:
        message = await asked(playing, MOVED, "otto")
        await click(playing, message, "Compare models", "otto")
        compared = message.text
        await click(playing, message, "What if gpt-4-turbo moved?", "otto")
    assert compared.startswith("Your own usage at each model's prices: $520.00 a month now")
    assert message.text.startswith("What if: 100 % of gpt-4-turbo to ")


async def test_a_dearer_question_offers_no_recommendation(tmp_path: Path) -> None:
    async with costbot(tmp_path) as parts:
        dearer = WhatIfRequest(Changes(model=Decimal(1)), "gpt-4-turbo", "gpt-4")
        answer = what_if_answer(await parts.handlers.what_if.what_if(dearer, LEAD), LEAD)
    assert "more (" in answer.text
    assert MAKE not in str(answer.payload())


async def test_names_from_data_ping_nobody(tmp_path: Path) -> None:
    hostile = [turbo(back, model="<!channel>", feature="<@U1>") for back in range(1, 31)]
    async with costbot(tmp_path, [*hostile, *edges()]) as parts:
        for text in (
            'whatif model "<!channel>" cache 30% feature "<@U1>"',
            'whatif model "<!channel>" to gpt-4o-mini',
            'pricing compare model "<!channel>"',
        ):
            command = parts.road.understand(text, LEAD)
            payload = str((await parts.road.answer(command, LEAD)).payload())
            assert "&lt;!channel&gt;" in payload
            # What a button carries is no markup, and is read as typed.
            assert "<!channel>" not in re.sub(r"'value': '[^']*'", "", payload)
            assert "<@U1>" not in re.sub(r"'value': '[^']*'", "", payload)


async def test_the_file_has_each_part_and_there_is_none_of_a_decision(tmp_path: Path) -> None:
    async with costbot(tmp_path) as parts:
        command = parts.road.understand(MOVED.removeprefix("/cost ") + " csv", LEAD)
        file = await parts.road.csv(command, LEAD)
        kept = parts.road.understand(MOVED.removeprefix("/cost ") + " recommend csv", LEAD)
        with pytest.raises(NotUnderstood, match="no file"):
            await parts.road.csv(kept, LEAD)
        assert await parts.store.recommendations.page(Wanted()) == []
    rows = list(csv.DictReader(io.StringIO(file.content)))
    assert [row["part"] for row in rows] == ["now", "model", "batch", "all"]
    assert float(rows[0]["projected_cost"]) == 520
    assert abs(sum(float(row["saved"] or 0) for row in rows[1:3]) - float(rows[3]["saved"])) < 1e-9


async def test_one_change_alone_needs_no_order(tmp_path: Path) -> None:
    async with costbot(tmp_path) as parts:
        command = parts.road.understand("whatif batch 100% model gpt-4-turbo", MEMBER)
        answer = await parts.road.answer(command, MEMBER)
    lines = lines_of(answer)
    assert lines == [
        ["USD a month", "Saves", "Leaves"],
        ["Now", " ", "$520.00"],
        ["100 % in batches", "$260.00", "$260.00"],
    ]


def test_the_terminal_takes_the_same_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COSTBOT_HOME", str(tmp_path))

    async def fill() -> None:
        async with costbot(tmp_path):
            pass

    asyncio.run(fill())
    runner = CliRunner()
    days = "2026-10-21..2026-11-19"
    words = ["whatif", "model", "gpt-4-turbo", "to", "gpt-4o-mini", "share", "40%", "input", "-20%"]
    words += ["org", "acme", days]
    told = json.loads(runner.invoke(app, [*words, "--json"]).stdout)
    assert told["current_monthly_cost"] == "520"
    assert [part["part"] for part in told["parts"]] == ["length", "model"]
    assert told["target"]["model"] == "gpt-4o-mini"
    assert "20 % shorter input" in runner.invoke(app, words).stdout
    assert runner.invoke(app, [*words, "--csv"]).stdout.startswith("part,change,")
    made = json.loads(runner.invoke(app, [*words, "recommend", "--json"]).stdout)
    assert made["recommendation_is_new"] is True
    assert isinstance(runner.invoke(app, ["whatif", "cahce", "30%"]).exception, NotUnderstood)
